"""The forecast's titles, all in one place, with their variants. No number stands here."""

from __future__ import annotations

from reports.deck import Words
from reports.kinds.ledger import Ledger

# 1 the call: what the records come to, by (side, whether the scope is narrowed); then what a manager calls, or the best
ROLLS_UP = {
    ("short", False): "{{period}} rolls up to {{called}} won and committed, {{gap}} short of {{target}}",
    ("short", True): "{{place}} rolls up to {{called}} in {{period}}, {{gap}} short of {{target}}",
    ("ahead", False): "{{period}} rolls up to {{called}} won and committed, {{gap}} ahead of {{target}}",
    ("ahead", True): "{{place}} rolls up to {{called}} in {{period}}, {{gap}} ahead of {{target}}",
    ("even", False): "{{period}} rolls up to its target of {{target}}",
    ("even", True): "{{place}} rolls up to its target of {{target}} in {{period}}",
    ("no_target", False): "{{period}} rolls up to {{called}} won and committed, without a target",
    ("no_target", True): "{{place}} rolls up to {{called}} in {{period}}, without a target",
}
NOTHING = {
    False: "{{period}} has nothing won or committed yet",
    True: "{{place}} has nothing won or committed in {{period}} yet",
}
CALLED = "{{caller}} calls {{call}}"
AT_BEST = "best case reaches {{at_best}}"
CLOSED_WITH = "{{place}} closed with {{called}} won in {{period}}"
CALLED_OVER = "{{caller}} called {{call}}"

# 2 the path to target
NEEDS = {
    False: "{{period}} needs {{gap}} of its {{best}} best case, {{part}} of it, besides all of commit",
    True: "{{place}} needs {{gap}} of its {{best}} best case, {{part}} of it, besides all of commit",
}
NOT_ENOUGH = {
    False: "Even with all {{best}} of best case {{period}} stays {{missing}} short of {{target}}",
    True: "Even with all {{best}} of best case {{place}} stays {{missing}} short of {{target}}",
}
NO_BEST = {
    False: "{{period}} is {{gap}} short of {{target}}, and nothing is called best case",
    True: "{{place}} is {{gap}} short of {{target}}, and nothing is called best case",
}
ENOUGH = {
    False: "Won and commit carry {{period}} past {{target}}; best case would add {{best}}",
    True: "Won and commit carry {{place}} past {{target}}; best case would add {{best}}",
}
JUST = {
    False: "Won and commit bring {{period}} to its target of {{target}}; best case would add {{best}}",
    True: "Won and commit bring {{place}} to its target of {{target}}; best case would add {{best}}",
}
ADDS_UP = {
    False: "{{period}} reaches {{at_best}} if all of commit and best case is won",
    True: "{{place}} reaches {{at_best}} if all of commit and best case is won",
}

# 3 swing deals: what they carry, then what speaks against them
SWING = "{{n}} swing {{deals}} carry {{part}} of the {{total}} still called"
SWING_ONE = "{{n}} swing deal carries {{part}} of the {{total}} still called"
SWING_ALL = "{{n}} swing {{deals}} carry all {{total}} still called"
SWING_ALL_ONE = "{{n}} swing deal carries all {{total}} still called"
CLEAR = "nothing speaks against them"
CLEAR_ONE = "nothing speaks against it"
BLOCKED = "{{k}} of them have a warning sign"
BLOCKED_ONE = "{{k}} of them has a warning sign"
BLOCKED_ALONE = "it has a warning sign"

# 4 trajectory: against last year, then what the past errors were
ABOVE_YEAR = "Won + commit is {{called}}, {{year_change}} above the same week last year"
BELOW_YEAR = "Won + commit is {{called}}, {{year_change}} below the same week last year"
AS_YEAR = "Won + commit is {{called}}, as in the same week last year"
NO_YEAR = "Won + commit is {{called}}; there is no snapshot of a year ago"
NOTHING_YET = "Nothing is won or committed in {{period}} yet"
NOTHING_YEAR = "Nothing is won or committed in {{period}} yet; in the same week last year it was {{year}}"
OVER_ABOVE = "{{period}} closed with {{called}} won, {{year_change}} above a year before"
OVER_BELOW = "{{period}} closed with {{called}} won, {{year_change}} below a year before"
OVER_AS = "{{period}} closed with {{called}} won, as a year before"
OVER_ALONE = "{{called}} was won in {{period}}; there is no snapshot of a year ago"
OFF_BY = "in the past it was off by {{wape}}"

# 5 what changed in the call
FELL = "Open commit fell {{change}} this week to {{closing}}"
ROSE = "Open commit rose {{change}} this week to {{closing}}"
FLAT = "Open commit stayed at {{closing}} this week"
GONE = "Open commit fell {{change}} this week to nothing"
NONE = "No deal of {{period}} is called commit, as a week ago"
NONE_KNOWN = "No deal of {{period}} is called commit; there is no snapshot a week earlier to compare it with"
BECAUSE = {
    "added": "{{moved}} was added new",
    "moved_in": "{{moved}} moved in",
    "raised_to": "{{moved}} was upgraded to it",
    "lowered_to": "{{moved}} was downgraded to it",
    "entered": "{{moved}} came into scope",
    "increased": "{{moved}} was added to amounts",
    "decreased": "{{moved}} was taken off amounts",
    "won": "{{moved}} of it was won",
    "lost": "{{moved}} of it was lost",
    "moved_out": "{{moved}} of it moved out",
    "raised_from": "{{moved}} of it was upgraded",
    "lowered_from": "{{moved}} of it was downgraded",
    "left": "{{moved}} of it left the scope",
}
# … and for a period that is over what was called against what it ended with
APART = {
    1: "{{caller}} called {{call}}, {{call.apart}} above what {{period}} ended with",
    0: "{{caller}} called {{call}}, as much as {{period}} ended with",
    -1: "{{caller}} called {{call}}, {{call.apart}} below what {{period}} ended with",
}
NO_SNAPSHOT = "Open commit is {{closing}}; there is no snapshot a week earlier to compare it with"


# Characters of a title that can be read at once.
LONGEST = 100


def said(ledger: Ledger, told: str) -> Words:
    """Return a title; only its first clause where all of it is longer than can be read at once."""
    whole = ledger.say(told)
    return whole if len(whole.text) <= LONGEST else ledger.say(f"{told.partition('; ')[0].rstrip('.')}.")


def sentence(*parts: str) -> str:
    """Return the parts as one sentence, set apart by semicolons, with a full stop."""
    return f"{'; '.join(part for part in parts if part)}."
