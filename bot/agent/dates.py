"""Days in people's words: `3 Oct`, `last friday`, `two weeks ago`, `10/3`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.agent.amounts import days_at, small_number
from reports.periods import Calendar

# Which side of today a day without a year (or a weekday) lies on.
Lean = Literal["past", "near", "future"]

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier",
            "february feb februar fevrier",
            "march mar marz maerz",
            "april apr avril",
            "may",
            "june jun juni juin",
            "july jul juli juillet",
            "august aug aout",
            "september sep sept septembre",
            "october oct okt oktober octobre",
            "november nov novembre",
            "december dec dez dezember decembre",
        ),
        start=1,
    )
    for name in names.split()
}
# Months whose folded names are what is left of a word with an accent: written without it, they may be meant for a name.
_ACCENTED = {"marz": "märz", "fevrier": "février", "aout": "août", "decembre": "décembre"}
WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "monday mon montag lundi",
            "tuesday tue tues dienstag mardi",
            "wednesday wed weds mittwoch mercredi",
            "thursday thu thur thurs donnerstag jeudi",
            "friday fri freitag vendredi",
            "saturday sat samstag samedi",
            "sunday sun sonntag dimanche",
        )
    )
    for name in names.split()
}
_LAST = {"last", "past", "previous", "letzten", "vorigen"}
_SIDES = {*_LAST, "next", "this", "coming", "on", "am"}
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_YEAR = re.compile(r"(?:20\d\d)")


@dataclass(frozen=True, slots=True)
class Clock:
    """What a word for a day is seen from: the company's calendar and its own today.

    `month_first` says how 10/3 is read: October 3rd in North America, 10 March elsewhere.
    """

    calendar: Calendar
    today: date

    @property
    def month_first(self) -> bool:
        """Return whether the company's zone writes the month first."""
        return str(self.calendar.zone).startswith(("America/", "US/"))


def bent(key: str, typed: str) -> str | None:
    """Return the month, `March`, that a word typed without its accent is read as; None where it is written as it should be."""
    proper = _ACCENTED.get(key)
    if proper is None or unicodedata.normalize("NFC", typed).casefold() == proper:
        return None
    return next(name for name, number in MONTHS.items() if number == MONTHS[key]).capitalize()


def day_at(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Return the day that begins at `start` and its length in words; None when none begins there."""
    if start >= len(keys):
        return None
    for reader in (_fixed, _written, _month_and_day, _ago, _weekday):
        found = reader(keys, start, clock, lean)
        if found is not None:
            return found
    return None


def _fixed(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    del lean
    for phrase, days in (
        (("today",), 0),
        (("now",), 0),
        (("yesterday",), -1),
        (("heute",), 0),
        (("gestern",), -1),
        (("vorgestern",), -2),
        (("morgen",), 1),
        (("aujourdhui",), 0),
        (("demain",), 1),
        (("tomorrow",), 1),
        (("tmrw",), 1),
        (("tomoz",), 1),
        (("day", "before", "yesterday"), -2),
        (("day", "after", "tomorrow"), 2),
    ):
        if tuple(keys[start : start + len(phrase)]) == phrase:
            return clock.today + timedelta(days=days), len(phrase)
    return None


def _written(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Read 2026-10-03, 3.10.2026, 10/3, 10/3/26."""
    text = keys[start]
    if re.fullmatch(r"\d{4}-\d\d?-\d\d?", text):
        year, month, day = (int(part) for part in text.split("-"))
        found = _date(year, month, day)
        return (found, 1) if found else None
    # The tokens of 10/3/26 are 10 / 3 / 26; those of 3.10.2026 are 3.10 . 2026.
    length, joined = 1, text
    while start + length + 1 < len(keys) and keys[start + length] in {"/", "."} and length < 5:
        if not keys[start + length + 1].isdigit():
            break
        joined += keys[start + length] + keys[start + length + 1]
        length += 2
    matched = _NUMERIC.fullmatch(joined)
    if matched is None or ("." in joined and not matched[3]):
        return None
    first, second = int(matched[1]), int(matched[2])
    month_first = "." not in joined and (clock.month_first or second > 12) and first <= 12
    month, day = (first, second) if month_first else (second, first)
    if matched[3]:
        year = int(matched[3]) + (2000 if len(matched[3]) == 2 else 0)
        found = _date(year, month, day)
    else:
        found = _without_year(month, day, clock.today, lean)
    return (found, length) if found else None


def _month_and_day(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Read 3 October, 3rd of Oct 2026, Oct 3, October 3rd, 2026, the 3rd of October."""
    at = start + 1 if keys[start] == "the" else start
    if at >= len(keys):
        return None
    day = _ordinal(keys[at])
    if day is not None:
        month_at = at + 2 if keys[at + 1 : at + 2] in (["of"], ("of",)) else at + 1
        month = MONTHS.get(keys[month_at]) if month_at < len(keys) else None
        end = month_at + 1
    else:
        month = MONTHS.get(keys[at])
        day_at_index = at + 2 if keys[at + 1 : at + 2] in (["the"], ("the",)) else at + 1
        day = _ordinal(keys[day_at_index]) if day_at_index < len(keys) else None
        end = day_at_index + 1
    if month is None or day is None:
        return None
    year_at = end + 1 if end + 1 < len(keys) and keys[end] == "," else end
    if year_at < len(keys) and _YEAR.fullmatch(keys[year_at]):
        found, end = _date(int(keys[year_at]), month, day), year_at + 1
    else:
        found = _without_year(month, day, clock.today, lean)
    return (found, end - start) if found else None


def _ago(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Read `two weeks ago`, `a month ago`, `in 3 days`."""
    del lean
    if keys[start] == "in":
        found = days_at(keys, start + 1)
        if found and not _long(keys, start + 1, found[1]):
            return clock.today + timedelta(days=found[0]), 1 + found[1]
        return None
    if keys[start] == "vor":
        found = days_at(keys, start + 1)
        return (_back(clock.today, found[0]), 1 + found[1]) if found else None
    found = days_at(keys, start)
    if found and keys[start + found[1] : start + found[1] + 1] in (["ago"], ("ago",)):
        return _back(clock.today, found[0]), found[1] + 1
    return None


def _weekday(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Read `friday`, `last friday`, `next tues`, `this thursday`, `monday last week`."""
    at = start + 1 if keys[start] in _SIDES else start
    number = WEEKDAYS.get(keys[at]) if at < len(keys) else None
    if number is None:
        return None
    word = keys[start] if at > start else ""
    if word in _LAST or (word in {"", "on", "am"} and lean == "past"):
        back = (clock.today.weekday() - number) % 7
        return clock.today - timedelta(days=back or 7 * (word not in {"", "on", "am"})), at + 1 - start
    ahead = (number - clock.today.weekday()) % 7
    if word == "next":
        monday = clock.today - timedelta(days=clock.today.weekday())
        return monday + timedelta(days=7 + number), at + 1 - start
    return clock.today + timedelta(days=ahead or 7 * (word == "coming")), at + 1 - start


def _ordinal(key: str) -> int | None:
    matched = _ORDINAL.fullmatch(key)
    if matched is None:
        return None
    number = int(matched[1])
    return number if 1 <= number <= 31 else None


def _long(keys: Sequence[str], start: int, length: int) -> bool:
    """Say whether what looks like a length is an amount of something else (`in 3 days time` is fine)."""
    return small_number(keys[start]) == 0 or length == 0


def _back(day: date, days: int) -> date:
    return day - timedelta(days=min(days, (day - date.min).days))


def _without_year(month: int, day: int, today: date, lean: Lean) -> date | None:
    """Return the day of that month that lies on the right side of today, None when no year has it."""
    candidates = [
        found
        for year in range(today.year - 4, today.year + 5)
        if (found := _date(year, month, day)) is not None
    ]
    match lean:
        case "past":
            past = [found for found in candidates if found <= today]
            return past[-1] if past else None
        case "future":
            future = [found for found in candidates if found >= today]
            return future[0] if future else None
        case _:
            return min(candidates, key=lambda found: abs(found - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
