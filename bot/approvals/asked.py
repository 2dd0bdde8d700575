"""From the words of a request to the one field that it changes, and the value that it gets; else why it is not that plain."""

from __future__ import annotations

import re
from typing import Final

from bot.agent import tokens
from bot.agent.amounts import amount_at
from bot.agent.intents import Errand
from connectors.records import Stage, Status
from reports import words
from reports.facts import Frozen

EXAMPLES: Final = (
    "update ostrander close date 29 jan",
    "bump cobalt to 260k",
    "update ostrander next step: call legal",
)
SAY: Final = f"Say for example: {' · '.join(EXAMPLES)}"
_STEP: Final = re.compile(r"\bnext[\s-]*steps?\b", re.IGNORECASE)
_STEP_VALUE: Final = re.compile(
    r"(?:.*?(?::|=)|.*?\b(?:to|is)\b)\s*(?P<value>\S.*)", re.IGNORECASE | re.DOTALL
)
_BY: Final = re.compile(
    r"(?:\b(?:by(?:\s+(?:about|another))?|another|(?:an?\s+)?(?:extra|further|additional))\s+|(?:^|\s)[-−+]\s?)"
    r"(?:[$€£]\s*)?\d",
    re.IGNORECASE,
)
# “Raise it 20k” says by how much as well as up to what.
_MORE: Final = re.compile(r"\b(?:bump|raise|increase|lower|reduce|cut|decrease)\b", re.IGNORECASE)
_TO: Final = re.compile(r"\b(?:to|at|is)\b|[:=]", re.IGNORECASE)
_NOTHING: Final = frozenset({"none", "nothing", "empty", "blank", "null", "-", "–"})
_OWNER: Final = re.compile(r"\b(?:owner|reassign|assign|transfer)\b", re.IGNORECASE)
_GONE: Final = re.compile(r"^(?:please\s+)?(?:delete|create|log)\b", re.IGNORECASE)
_DATE, _AMOUNT = re.compile(r"\bdate\b", re.IGNORECASE), re.compile(r"\bamount\b", re.IGNORECASE)
# “31 Feb”, “31.2.” and “close to 31” mean a day, though there is none like that.
_MEANT_DAY: Final = re.compile(
    r"\b(?:close|date|day)\b|\d\s*(?:st|nd|rd|th)\b|\d{1,4}[./-]\d{1,2}[./-]|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:[a-z]{0,6})\b",
    re.IGNORECASE,
)
# “1.250.000” is read otherwise here than where dots part thousands.
_DOTTED: Final = re.compile(r"\d\.\d{3}\.\d")
_LOST, _WON = re.compile(r"\blost\b", re.IGNORECASE), re.compile(r"\bwon\b", re.IGNORECASE)
# Words that a request for a day or an amount is made of.
_USED: Final = frozenset(
    "push move slip postpone delay shift reschedule pull in forward bump raise increase lower reduce cut up decrease update "
    "set change mark edit fix correct modify close date amount value to on the of for at is as out until till from by a an "
    "and too deal opp opportunity please pls can could would will you we i us let lets need want now its it my our "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday "
    "mon tue tues wed thu thur thurs fri sat sun today tomorrow next this coming end mid week month quarter year day days "
    "weeks eow eom eoq eoy k m mm thousand million grand usd eur gbp aud dollar dollars euro euros pounds bucks "
    "st nd rd th".split()
)
_WHICH_DAY: Final = "To which day? Say for example: push ostrander to 29 jan"
# Salesforce takes so many letters in a next step.
_LONGEST: Final = 255


class Wish(Frozen):
    """One field, by our word for it, and the value it gets, as text.

    Attributes:
        currency: what an amount was said in; empty where nothing was.
        options: the values to choose from where the words leave that open; `value` is empty then.
        reason: why a deal is lost, as the system has it; empty for none.
    """

    word: str
    value: str
    currency: str = ""
    options: tuple[str, ...] = ()
    reason: str = ""


def wish(errand: Errand, stages: tuple[Stage, ...]) -> Wish | str:
    """Return what a request changes; why that cannot be told, as a sentence."""
    text = errand.text.strip()
    if errand.bulk:
        return (
            "I change one deal at a time. To have owners mend many of them, say for example: "
            "nudge everyone with past due close dates"
        )
    if _GONE.search(text):
        return f"I make and delete no records. {SAY}"
    if _OWNER.search(text):
        return "I do not change who owns a deal."
    if found := _STEP.search(text):
        return _step(text[: found.start()], text[found.end() :])
    if errand.people:
        return f"One thing at a time, please. {SAY}"
    vague = _BY.search(text) or _DOTTED.search(text) or (_MORE.search(text) and not _TO.search(text))
    if vague and (errand.amount is not None or "%" in text):
        return "Say the amount that the deal gets, for example: bump cobalt to 260k"
    if (
        errand.amount is not None
        and errand.day is None
        and not _AMOUNT.search(text)
        and _MEANT_DAY.search(text)
    ):
        return _WHICH_DAY
    wishes = _wishes(errand, stages)
    if len(wishes) > 1:
        return f"One field at a time, please. {SAY}"
    return wishes[0] if wishes else _lacking(errand)


def same_name(errand: Errand) -> bool:
    """Say whether all the deals of a request are what one name may mean, rather than several that were named."""
    said = frozenset(tokens.words(errand.text))
    return len({said & frozenset(tokens.words(deal.name)) for deal in errand.deals}) == 1


def unused(errand: Errand, wanted: Wish) -> tuple[str, ...]:
    """Return the words of a request for a day or an amount that its change does not come from, in their order."""
    if wanted.word not in {"close", "amount"}:
        return ()
    named = {tokens.loose(key) for deal in errand.deals for key in tokens.words(deal.name)}
    return tuple(
        errand.text[token.start : token.end]
        for token in tokens.tokens(errand.text)
        if token.shape == "word"
        and token.key not in _USED
        and tokens.loose(token.key) not in named
        and not any(letter.isdigit() for letter in token.key)
    )


def _wishes(errand: Errand, stages: tuple[Stage, ...]) -> list[Wish]:
    found = []
    if errand.day is not None:
        found.append(Wish(word="close", value=errand.day.isoformat()))
    if errand.amount is not None:
        found.append(Wish(word="amount", value=f"{errand.amount:f}", currency=_currency(errand.text)))
    found += [
        Wish(word=one.dim, value=one.values[0])
        for one in errand.filters
        if one.dim in {"stage", "category"} and len(one.values) == 1
    ]
    if not any(one.word == "stage" for one in found):
        for sign, status in ((_LOST, Status.LOST), (_WON, Status.WON)):
            if sign.search(errand.text):
                ends = [stage.name for stage in stages if stage.status is status]
                if len(ends) == 1:
                    found.append(Wish(word="stage", value=ends[0]))
                elif ends:
                    found.append(Wish(word="stage", value="", options=tuple(ends)))
    return found


def _lacking(errand: Errand) -> str:
    """Return the question for the value that is missing."""
    if errand.kind == "push" or _DATE.search(errand.text):
        return _WHICH_DAY
    if errand.kind == "bump" or _AMOUNT.search(errand.text):
        return "To which amount? Say for example: bump cobalt to 260k"
    return f"What shall change, and to what? {SAY}"


def _step(before: str, after: str) -> Wish | str:
    value = _STEP_VALUE.fullmatch(after)
    if value is None:
        return "What is the next step? Say for example: update ostrander next step: call legal"
    if re.search(r"\b(?:close\s+date|amount|stage)\b", before, re.IGNORECASE):
        return f"One field at a time, please. {SAY}"
    step = words.line(value["value"])
    if step.casefold().rstrip(".") in _NOTHING:
        return (
            "I empty no field. Say what the next step is, for example: update ostrander next step: call legal"
        )
    if len(step) > _LONGEST:
        return f"A next step has at most {_LONGEST} characters; that were {len(step)}."
    return Wish(word="next_step", value=step)


def _currency(text: str) -> str:
    """Return the currency that an amount was said in; empty where none was."""
    keys = tokens.words(text)
    found = (amount_at(keys, place) for place in range(len(keys)))
    return next((one[0].currency for one in found if one is not None and one[0].currency), "")
