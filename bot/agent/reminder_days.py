"""The day of a reminder: `thursday`, `friday afternoon`, `next week friday`, `the 4th`; and what is a time, but no day."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.agent.dates import MONTHS, WEEKDAYS
from bot.agent.utterance import Utterance

BEFORE_A_DAY = {"on", "by", "until", "till", "before", "due", "for", "at", "bis", "am"}
CLOSING = {"please", "pls", "thanks", "thx", "ok", ".", "!", ",", "?", "asap", "bitte"}
_TIME = re.compile(r"\d{1,2}(?:am|pm)|\d{1,2}")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})")
# A part of a day goes with it, longest first: a reminder comes in the morning all the same.
_PARTS = (
    ("first", "thing", "in", "the", "morning"),
    ("in", "the", "morning"),
    ("in", "the", "afternoon"),
    ("in", "the", "evening"),
    ("end", "of", "day"),
    ("first", "thing"),
    ("at", "noon"),
    ("at", "lunch"),
    ("morning",),
    ("afternoon",),
    ("evening",),
    ("night",),
    ("noon",),
    ("midday",),
    ("eod",),
)
_FRIDAY, _WEEK, _YEAR = 4, 7, 366
_DAYS = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
# Words that mean a time, at the end of what is to be done.
_UNREAD = re.compile(
    rf"""(?:^|[\s,])(?P<when>
      (?:every|each)\s+(?:other\s+|second\s+)?\w+
    | (?:(?:on|at|by|until|till|before|from|around|am|w/c)\s+)+(?:the\s+)?(?:{_DAYS})\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?
    | in\s+(?:\d+|an?|one|two|three|four|five|six|half\s+an|a\s+few|a\s+couple\s+of)\s*
      (?:h|hours?|hrs?|min|mins|minutes?|days?|weeks?|months?|quarters?|years?)
    | (?:(?:on|by|until|before|in|at|early|late|mid|end\s+of)\s+)*(?:next|this|coming)\s+(?:month|quarter|year|weekend)
    | (?:(?:on|by|until|before)\s+)*(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?|\w+)\s+(?:of\s+)?(?:{_NAMES})(?:\s+\d{{4}})?
    | (?:{_NAMES})\s+\d{{1,2}}(?:st|nd|rd|th)?
    | (?:on|by|until|before|am)\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th|[./]\d{{1,2}}\.?)?
    | (?:at\s+|around\s+|by\s+)?\d{{1,2}}(?::\d\d)?\s*(?:am|pm|uhr|h)
    | at\s+(?:\d{{1,2}}(?::\d\d)?|noon|midday|lunch|midnight)
    | (?:on|by)\s+(?:next\s+|this\s+)*(?:{_DAYS})\s+\w+
    | tonight | this\s+(?:morning|afternoon|evening) | later(?:\s+today)? | (?:at\s+|on\s+)?the\s+weekend
    )[\s.!?,]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_FRONT = re.compile(
    r"^(?P<when>(?:(?:when|once|if|as\s+soon\s+as|unless)\s.*|(?:every|each)\s+\w+|tonight|later|in\s+\w+\s+(?:hours?|hrs?|min|mins|minutes?)"
    r"|at\s+\d{1,2}(?::\d\d)?\s*(?:am|pm|uhr|h)?|next\s+(?:month|quarter|year)|this\s+(?:morning|afternoon|evening|weekend))\b)",
    re.IGNORECASE,
)


def day_at(said: Utterance, at: int) -> tuple[date, int] | None:
    """Return the day that begins there and its length; `next week` is its Monday, the end of a week its Friday.

    A weekday that is today is the next one: whoever means today says so.
    """
    keys, today = said.keys, said.clock.today
    for words in (("w", "c"), ("week", "of"), ("week", "commencing")):
        if keys[at : at + len(words)] == words and (found := said.day_at(at + len(words), "future")):
            return found[0], found[1] + len(words)
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % _WEEK)
    monday = today + timedelta(days=_WEEK - today.weekday())
    if keys[at : at + 2] == ("next", "week"):
        place = at + 2 + (keys[at + 2 : at + 3] == ("on",))
        number = WEEKDAYS.get(keys[place]) if place < len(keys) else None
        return (monday, 2) if number is None else (monday + timedelta(days=number), place + 1 - at)
    phrases = (
        (("end", "of", "week"), friday),
        (("end", "of", "the", "week"), friday),
        (("eow",), friday),
        (("end", "of", "day"), today),
        (("eod",), today),
    )
    named = ((day, len(words)) for words, day in phrases if keys[at : at + len(words)] == words)
    return next(named, None) or _weekday(said, at) or said.day_at(at, "future") or _of_month(said, at)


def front_day(said: Utterance, at: int) -> tuple[date | None, int]:
    """Return the day that the words at a place begin with and the place behind it; a time of day goes with it."""
    place = at + (said.keys[at : at + 1] != () and said.keys[at] in BEFORE_A_DAY)
    found = day_at(said, place) if place < len(said.keys) else None
    if found is None:
        return None, at
    return found[0], _behind_time(said, place + found[1])


def day_behind(said: Utterance, start: int, end: int) -> tuple[date | None, int]:
    """Return the day that the words up to `end` end with and where the words before it end.

    Behind `every` it is not one day, and behind a weekday that is another day none that was meant.
    """
    for place in range(start, end):
        found = day_at(said, place)
        if found is not None and _closed(said, _behind_time(said, place + found[1]), end):
            rest = place
            while rest > start and said.keys[rest - 1] in BEFORE_A_DAY | {","}:
                rest -= 1
            if rest > start and (said.keys[rest - 1] in {"every", "each"} or said.keys[rest - 1] in WEEKDAYS):
                return None, end
            return found[0], rest
    return None, end


def left_over(text: str) -> str:
    """Return the words of a reminder that mean a time and are no day, where it begins or ends with such; else nothing."""
    found = _UNREAD.search(text) or _FRONT.search(text)
    return found["when"].strip() if found else ""


def _closed(said: Utterance, at: int, end: int) -> bool:
    """Say whether nothing but a mark stands between a day and the end."""
    return all(key in CLOSING for key in said.keys[at:end])


def _weekday(said: Utterance, at: int) -> tuple[date, int] | None:
    """Return the day of `monday`, `monday the 30th`, `friday next week`; None where it is no weekday."""
    keys, today = said.keys, said.clock.today
    if at >= len(keys) or keys[at] not in WEEKDAYS:
        return None
    number = WEEKDAYS[keys[at]]
    if keys[at + 1 : at + 3] == ("next", "week"):
        return today + timedelta(days=_WEEK - today.weekday() + number), 3
    place = at + 1 + (keys[at + 1 : at + 2] == (",",))
    dated = said.day_at(place, "future") or _of_month(said, place) if place < len(keys) else None
    if dated is not None:
        return (dated[0], place + dated[1] - at) if dated[0].weekday() == number else None
    return today + timedelta(days=(number - today.weekday()) % _WEEK or _WEEK), 1


def _of_month(said: Utterance, at: int) -> tuple[date, int] | None:
    """Return the next day of `the 4th`, or of `24.12.` behind a word like `on`; None for another number."""
    keys, today = said.keys, said.clock.today
    place = at + (keys[at : at + 1] == ("the",))
    if place >= len(keys):
        return None
    days = (today + timedelta(days=ahead) for ahead in range(_YEAR))
    if (nth := _ORDINAL.fullmatch(keys[place])) and keys[place + 1 : place + 2] != ("of",):
        named = keys[place + 1 : place + 2]
        found = (
            None if named and named[0] in MONTHS else next((d for d in days if d.day == int(nth[1])), None)
        )
        return None if found is None else (found, place + 1 - at)
    dotted = _DOTTED.fullmatch(keys[place])
    if dotted is None or at == 0 or keys[at - 1] not in BEFORE_A_DAY:
        return None
    wanted = (int(dotted[2]), int(dotted[1]))
    found = next((day for day in days if (day.month, day.day) == wanted), None)
    return None if found is None else (found, 1 + (keys[place + 1 : place + 2] == (".",)))


def _behind_time(said: Utterance, at: int) -> int:
    """Return the place behind a time or a part of a day, `at 9am`, `at 15:00`, `afternoon`; the same place without one."""
    at += said.keys[at : at + 1] == (",",) and _hour(said, at + 1) > at + 1
    return _hour(said, at)


def _hour(said: Utterance, at: int) -> int:
    part = next((len(words) for words in _PARTS if said.keys[at : at + len(words)] == words), 0)
    if part:
        return _hour(said, at + part)
    place = at + (said.keys[at : at + 1] == ("at",))
    if place >= len(said.keys) or not _TIME.fullmatch(said.keys[place]):
        return at
    half = said.keys[place + 1 : place + 2] in {("am",), ("pm",)}
    if place == at and said.keys[place].isdigit() and not half and said.keys[place + 1 : place + 2] != (":",):
        return at
    place += 1 + half
    return place + 2 if said.keys[place : place + 1] == (":",) else place
