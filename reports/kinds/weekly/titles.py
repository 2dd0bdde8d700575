"""The weekly's titles, all in one place, with their variants. No number stands here."""

from __future__ import annotations

# 1 summary: how the period stands, by (side, whether the scope is narrowed); what is left of it; then why
STANDS = {
    ("short", False): "{{period}} is {{gap}} short of {{target}}",
    ("short", True): "{{place}} is {{gap}} short of {{target}} in {{period}}",
    ("ahead", False): "{{period}} is {{gap}} ahead of {{target}}",
    ("ahead", True): "{{place}} is {{gap}} ahead of {{target}} in {{period}}",
    ("even", False): "{{period}} is on its target of {{target}}",
    ("even", True): "{{place}} is on its target of {{target}} in {{period}}",
    ("no_target", False): "{{period}} has {{called}} won and committed",
    ("no_target", True): "{{place}} has {{called}} won and committed in {{period}}",
}
NOTHING = {
    False: "{{period}} has nothing won or committed",
    True: "{{place}} has nothing won or committed in {{period}}",
}
CLOSED = {
    ("short", False): "{{period}} closed {{gap}} short of {{target}}",
    ("short", True): "{{place}} closed {{period}} {{gap}} short of {{target}}",
    ("ahead", False): "{{period}} closed {{gap}} ahead of {{target}}",
    ("ahead", True): "{{place}} closed {{period}} {{gap}} ahead of {{target}}",
    ("even", False): "{{period}} closed on its target of {{target}}",
    ("even", True): "{{place}} closed {{period}} on its target of {{target}}",
    ("no_target", False): "{{period}} closed with {{called}} won",
    ("no_target", True): "{{place}} closed {{period}} with {{called}} won",
}
CLOSED_NOTHING = {
    False: "{{period}} closed with nothing won",
    True: "{{place}} closed {{period}} with nothing won",
}
# … where no open deal has a close date: by (whether there is a target, whether the scope is narrowed)
UNDATED = {
    (True, False): "{{period}} has {{called}} won of {{target}}",
    (True, True): "{{place}} has {{called}} won of {{target}} in {{period}}",
    (False, False): "{{period}} has {{called}} won",
    (False, True): "{{place}} has {{called}} won in {{period}}",
}
NO_DATES = "no open deal has a close date"
COMING = {
    (True, False): "{{period}} is still to come, with {{open}} open against a target of {{target}}",
    (True, True): "{{place}} has {{open}} open for {{period}}, still to come, against a target of {{target}}",
    (False, False): "{{period}} is still to come, with {{open}} open",
    (False, True): "{{place}} has {{open}} open for {{period}}, still to come",
}
WITH_LEFT = " with {{left}} left"
COMMA_LEFT = ", {{left}} left"
DRIVER = "{{driver}} is {{driver_gap}} of the gap"
DRIVER_OF_IT = "{{driver}} is {{driver_gap}} of it"
DRIVER_ALONE = "{{driver}} alone is {{driver_gap}} short"
NO_TARGET = "no target is set"
UNRATED = "deals without a plan rate are left out"
UNVALUED = {
    False: "What is won and committed in {{period}} is not known",
    True: "What {{place}} has won and committed in {{period}} is not known",
}
SLIPPED = "{{week_slipped}} slipped this week"

# 2 movement: first what the pipeline did, then what slipped …
FELL = "Open {{period}} pipeline fell {{change}} this week"
ROSE = "Open {{period}} pipeline rose {{change}} this week"
FLAT = "Open {{period}} pipeline stayed at {{closing}} this week"
NO_SLIP = "nothing slipped"
SLIP_IN_PLACE = "{{slipped}} slipped, {{part}} of it in {{few}} {{where}} {{deals}}"
SLIP_IN_FEW = "{{slipped}} slipped, {{part}} of it in {{few}} {{deals}}"
SLIP_ONE = "{{slipped}} slipped in {{few}} {{deals}}, {{slipped_deal}}"
SLIP = "{{slipped}} slipped in {{few}} {{deals}}"
# or, where something else moved clearly more than slipped, that: by bucket of the bridge
MOVED = {
    "created": "{{moved}} was created in {{many}} {{deals}}",
    "returned": "{{moved}} came back in {{many}} {{deals}}",
    "reopened": "{{moved}} was reopened in {{many}} {{deals}}",
    "entered_scope": "{{moved}} came into scope in {{many}} {{deals}}",
    "pulled_in": "{{moved}} was pulled in with {{many}} {{deals}}",
    "pushed_in": "{{moved}} slipped into it with {{many}} {{deals}}",
    "increased": "{{moved}} was added to {{many}} {{deals}}",
    "won": "{{moved}} was won in {{many}} {{deals}}",
    "pulled_out": "{{moved}} moved ahead of it with {{many}} {{deals}}",
    "decreased": "{{moved}} was taken off {{many}} {{deals}}",
    "lost": "{{moved}} was lost in {{many}} {{deals}}",
    "left_scope": "{{moved}} left the scope in {{many}} {{deals}}",
    "deleted": "{{moved}} was deleted in {{many}} {{deals}}",
    "closed_undated": "{{moved}} was closed under another date in {{many}} {{deals}}",
}
# … what left the period without a date, all of it or in part
LOST_DATE = {
    True: "{{moved}} lost its close date in {{many}} {{deals}}",
    False: "{{moved}} moved ahead of it or lost its date with {{many}} {{deals}}",
}
NO_SNAPSHOT = (
    "Open {{period}} pipeline is {{closing}}; there is no snapshot a week earlier to compare it with"
)

# 3 coverage
COVERS_MIXED = "{{low}} covers {{low_x}} of what is left and needs {{need}}; {{high}} has {{high_x}}"
COVERS_ALL = "Every {{dim}} covers what is left at {{need}} or more; {{low}} is lowest at {{low_x}}"
COVERS_NONE = "No {{dim}} covers what is left at {{need}}: {{low}} has {{low_x}}, {{high}} {{high_x}}"
COVERS_FREE = "{{low}} covers {{low_x}} of what is left, {{high}} {{high_x}}"
COVERS_ONE = "{{place}} covers {{low_x}} of what is left and needs {{need}}"
COVERS_ONE_FREE = "{{place}} covers {{low_x}} of what is left"
COVERS_ONE_ENOUGH = "{{place}} covers {{low_x}} of what is left, more than the {{need}} it needs"
COVERS_MET = "{{place}} has met its target; {{open}} is still open"
COVERS_NO_TARGET = "{{place}} has {{open}} open; without a target there is no coverage"

# 4 commit: who carries it, then the signs
CARRY = "{{n}} commit {{deals}} carry {{part}} of {{total}}"
CARRY_ONE = "{{n}} commit deal carries {{part}} of {{total}}"
CARRY_ALL = "{{n}} commit {{deals}} carry the whole {{total}}"
CARRY_ALL_ONE = "{{n}} commit deal carries the whole {{total}}"
SIGNS_NONE = "none shows a warning sign"
SIGNS_ONE_DEAL = "{{k}} shows {{m}} warning {{signs}}"
SIGNS_DEALS = "{{k}} show {{m}} warning {{signs}}"

# 5 what left
LEFT_BOTH = "{{n}} deals left: {{s}} slipped ({{slipped}}), {{l}} lost ({{lost}})"
LEFT_SLIPPED = "{{n}} {{deals}} left, all slipped ({{slipped}}); nothing was lost"
LEFT_SLIPPED_ONE = "{{n}} deal left: it slipped ({{slipped}}); nothing was lost"
LEFT_LOST = "{{n}} {{deals}} left, all lost ({{lost}}); nothing slipped"
LEFT_LOST_ONE = "{{n}} deal left: it was lost ({{lost}}); nothing slipped"

# 6 where we can win
WIN_MORE = "Where we can win: {{n}} moves are worth {{value}}, more than the gap"
WIN_LESS = "Where we can win: {{n}} moves are worth {{value}} of the {{gap}} gap"
WIN = "Where we can win: {{n}} moves are worth {{value}}"
WIN_MORE_ONE = "Where we can win: {{n}} move is worth {{value}}, more than the gap"
WIN_LESS_ONE = "Where we can win: {{n}} move is worth {{value}} of the {{gap}} gap"
WIN_ONE = "Where we can win: {{n}} move is worth {{value}}"
ODDS_SAY = "odds say {{weighted}}"

# 7 next quarter
OPENS_SHORT = "{{next}} opens with {{open}} of the {{need}} it needs"
OPENS_ENOUGH = "{{next}} opens with {{open}}, more than the {{need}} it needs"
OPENS_TARGET = "{{next}} opens with {{open}} against a target of {{target}}"
OPENS_UNKNOWN = "what {{next}} opens with is not known"
OPENS = "{{next}} opens with {{open}}; there is no target for it yet"
# … and, once it has begun, by (whether this is its first day, what there is to hold it against): later in its first days
# what is open is no longer what it opened with
BEGINS = {
    (True, "short"): OPENS_SHORT,
    (True, "even"): "{{next}} opens with the {{open}} it needs",
    (True, "enough"): OPENS_ENOUGH,
    (True, "target"): OPENS_TARGET,
    (True, "elsewhere"): "{{next}} opens with {{open}}; targets are set by region and owner only",
    (True, "none"): OPENS,
    (True, "undated"): OPENS_UNKNOWN,
    (False, "short"): "{{next}} has {{open}} open of the {{need}} it needs",
    (False, "even"): "{{next}} has the {{open}} open that it needs",
    (False, "enough"): "{{next}} has {{open}} open, more than the {{need}} it needs",
    (False, "target"): "{{next}} has {{open}} open against a target of {{target}}",
    (False, "elsewhere"): "{{next}} has {{open}} open; targets are set by region and owner only",
    (False, "none"): "{{next}} has {{open}} open; there is no target for it yet",
    (False, "undated"): "what {{next}} has open is not known",
}

# In the first days of a quarter: what became of what was called of the last one, by way out
ENDED = {
    "beyond": "{amount} was won beyond the call in {n} {deals}",
    "slipped": "{amount} slipped over in {n} {deals}",
    "lost": "{amount} was lost in {n} {deals}",
    "rose": "amounts rose by {amount} in {n} {deals}",
    "fell": "amounts fell by {amount} in {n} {deals}",
    "gone": "{amount} is no longer counted in {n} {deals}",
}

# 8 appendix
ACTIONS_DONE = "{{done}} of {{all}} actions done"
ACTION_DONE_ONE = "The {{all}} action of last week is done"
PAST_DUE = "{{overdue}} close dates are past due ({{value}})"
PAST_DUE_ONE = "{{overdue}} close date is past due ({{value}})"
NO_DATES = "no open deal has a close date"
PAST_DUE_NONE = "no close date is past due"

# A question put on a slide
ASKED = "{{label}} is {{value}} {{span}}"
ASKED_SPREAD = (
    "{{label}} is {{value}} {{span}}; {{high}} is highest at {{high_x}}, {{low}} lowest at {{low_x}}"
)
ASKED_SHARE = "{{label}} is {{value}} {{span}}; {{high}} is {{high_x}} of it"


def sentence(*parts: str) -> str:
    """Return the parts as one sentence, set apart by semicolons, with a full stop."""
    return f"{'; '.join(part for part in parts if part)}."
