"""Whom the words of a nudge or a goal leave out, and what in them is no condition: a day, somebody outside, oneself."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.agent.intents import FindingsAsk, Intent
from bot.nudges.values import Search
from reports.facts import Filter

_NOT = re.compile(
    r"[\s,]+(?P<sign>except(?:ing)?(?:\s+for)?|but(?:\s+not|\s+for)?|other\s+than|apart\s+from|besides|excluding|excl\.?|save\s+for"
    r"|not|minus|ex|sans|ohne|leaving\s+out)\s+(?P<who>.+?)"
    r"(?=[\s,]+(?:with|about|on|re|regarding|who|whose|that|which|for|has|have|is|are|get|gets|to|by)\b|[.;!?]|\s*$)",
    re.IGNORECASE,
)
# Words that are also a part of a condition, `not touched`: they leave out only what is known by a name.
_SOFT = {"not", "ex", "minus"}
# A name has so many words at most.
_LONGEST = 4
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|or|nor|&|\+)\s+", re.IGNORECASE)
_WEEKDAY = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATED = rf"(?:the\s+)?{_NTH}\s+(?:of\s+)?(?:{_MONTH})|(?:{_MONTH})\s+{_NTH}|\d{{4}}-\d\d-\d\d"
DAY = rf"(?:(?:next|this|coming)\s+)?(?:{_WEEKDAY})|today|tonight|tomorrow|tmrw|{_DATED}"
# A day that no word of a condition stands before says when to ask.
_LATER = re.compile(
    rf"(?<!closing)(?<!closes)(?<!close)(?<!due)(?<!since)(?<!after)(?<!before)(?<!until)(?<!by)(?<!from)(?<!for)(?<!than)"
    rf"\s+(?P<when>(?:(?:on|at|in|from)\s+)?(?:{DAY}|next\s+week)(?:\s+(?:morning|noon|afternoon|evening))?)"
    r"(?=[\s.!?]*$|\s+(?:about|with|who|whose|re|regarding|to|on)\b)",
    re.IGNORECASE,
)
_NOW = re.compile(r"today|tonight", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"^\S+\s+(?:(?:the|our|all|my|those|these)\s+)*(?P<who>customers?|clients?|buyers?|prospects?|accounts?|partners?|contacts?|champions?)\b",
    re.IGNORECASE,
)
_ME = re.compile(r"^\S+\s+(?:me|myself|mich)\b", re.IGNORECASE)


def left_out(text: str, understand: Callable[[str], Intent]) -> tuple[str, tuple[Filter, ...]] | str:
    """Return words without `except priya`, and the filters that leave her out; else why it is not plain who is left out."""
    out: list[Filter] = []
    place = 0
    while found := _NOT.search(text, place):
        named = tuple(_named(one, understand) for one in _AND.split(found["who"].strip(" ,")))
        if not all(named):
            if found["sign"].casefold() in _SOFT:
                place = found.end("sign")
                continue
            return (
                f"I do not understand “{found[0].strip(' ,')}”, so I ask nobody: it might be who not to ask. "
                "Name them as the CRM does, or say whom I shall ask."
            )
        out.extend(item.model_copy(update={"negate": True}) for one in named for item in one)
        text = f"{text[: found.start()]} {text[found.end() :].lstrip(' ,')}".strip()
    return text, tuple(out)


def away(search: Search) -> str:
    """Return who or what a search leaves out, as a sentence; empty for nothing."""
    names = dict.fromkeys(
        f"{value} and team" if item.dim == "manager" else value
        for item in (search.asked.filters if search.asked else ())
        if item.negate
        for value in item.values
    )
    return f"Left out, as you said: {', '.join(names)}." if names else ""


def not_asked(text: str) -> str:
    """Return why the words of a nudge ask no owner of a deal, or not now, as a sentence; empty where they do."""
    if _ME.match(text):
        return (
            "A nudge asks the owners of deals. To be reminded yourself, say for example: remind me friday about brandt. "
            "To see your own deals: my deals."
        )
    if outside := _OUTSIDE.match(text):
        return (
            f"I never write to {outside['who'].lower()}: a nudge goes to the owners of deals, in Slack. "
            "Say for example: nudge everyone with past due close dates"
        )
    later = _LATER.search(text)
    if later is None or _NOW.fullmatch(later["when"]):
        return ""
    when = later["when"].strip()
    return (
        f"A nudge goes out when you press [Send]; I cannot send it “{when}”. Say it again then, without the day; "
        "I can remind you of it: remind me friday to nudge everyone"
    )


def sent_now(text: str) -> str:
    """Return the words of a nudge without the day of today, on which it goes out anyway."""
    later = _LATER.search(text)
    return text if later is None else f"{text[: later.start()]}{text[later.end() :]}"


def _named(words: str, understand: Callable[[str], Intent]) -> tuple[Filter, ...]:
    """Return what words name, as filters; nothing where any of them is not a name."""
    words = re.sub(r"[’']s?\s+(?:deals|team|people|reps)$|\s+(?:deals|region|team)$", "", words).strip()
    if not words or len(words.split()) > _LONGEST:
        return ()
    meant = understand(f"overdue deals for {words}")
    if not isinstance(meant, FindingsAsk) or meant.topic != "overdue" or meant.unread or meant.mine:
        return ()
    plain = meant.period is None and meant.limit is None and len(meant.filters) == 1
    return meant.filters if plain and len(meant.filters[0].values) == 1 else ()
