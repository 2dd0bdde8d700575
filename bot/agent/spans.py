"""Periods in people's words, as names of `reports.periods`: `this q`, `eoq`, `Q3`, `H2`, `last wk`, `past 30 days`, `Oct`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.agent.amounts import days_at, small_number
from bot.agent.dates import MONTHS, WEEKDAYS, Clock, Lean
from bot.agent.dates import day_at as plain_day_at
from reports.errors import BadInput

_UNITS = {
    "q": "quarter",
    "qtr": "quarter",
    "qrtr": "quarter",
    "quarter": "quarter",
    "fq": "quarter",
    "quarters": "quarter",
    "month": "month",
    "mo": "month",
    "mth": "month",
    "months": "month",
    "year": "year",
    "yr": "year",
    "fy": "year",
    "years": "year",
    "week": "week",
    "wk": "week",
    "weeks": "week",
    "quartal": "quarter",
    "trimestre": "quarter",
    "monat": "month",
    "mois": "month",
    "jahr": "year",
    "annee": "year",
    "woche": "week",
    "semaine": "week",
}
_SHIFTS = {
    "this": "this",
    "current": "this",
    "the": "",
    "last": "last",
    "previous": "last",
    "prev": "last",
    "prior": "last",
    "past": "last",
    "next": "next",
    "coming": "next",
    "following": "next",
    "upcoming": "next",
    **dict.fromkeys("dieses diese diesem diesen dieser laufendes laufende ce cette cet".split(), "this"),
    **dict.fromkeys(
        "letztes letzte letzten letzter letztem vergangene vergangenen voriges vorige".split(), "last"
    ),
    **dict.fromkeys(
        "nachstes nachste nachsten naechstes naechste naechsten kommendes kommende".split(), "next"
    ),
}
_FIXED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("trailing", "12", "months"), "trailing-12-months"),
    (("trailing", "twelve", "months"), "trailing-12-months"),
    (("rolling", "12", "months"), "trailing-12-months"),
    (("last", "12", "months"), "trailing-12-months"),
    (("past", "12", "months"), "trailing-12-months"),
    (("last", "twelve", "months"), "trailing-12-months"),
    (("trailing", "12"), "trailing-12-months"),
    (("trailing", "year"), "trailing-12-months"),
    (("past", "year"), "trailing-12-months"),
    (("ttm",), "trailing-12-months"),
    (("ltm",), "trailing-12-months"),
    (("t12m",), "trailing-12-months"),
    (("eoq",), "this-quarter"),
    (("qtd",), "this-quarter"),
    (("eom",), "this-month"),
    (("mtd",), "this-month"),
    (("eoy",), "this-year"),
    (("ytd",), "this-year"),
    (("eow",), "this-week"),
    (("quarter", "to", "date"), "this-quarter"),
    (("month", "to", "date"), "this-month"),
    (("year", "to", "date"), "this-year"),
    (("end", "of", "quarter"), "this-quarter"),
    (("end", "of", "the", "quarter"), "this-quarter"),
    (("end", "of", "q"), "this-quarter"),
    (("end", "of", "month"), "this-month"),
    (("end", "of", "the", "month"), "this-month"),
    (("end", "of", "year"), "this-year"),
    (("end", "of", "the", "year"), "this-year"),
    (("year", "end"), "this-year"),
    (("quarter", "end"), "this-quarter"),
    (("month", "end"), "this-month"),
    (("this", "week"), "this-week"),
    (("thisquarter",), "this-quarter"),
    (("lastquarter",), "last-quarter"),
    (("nextquarter",), "next-quarter"),
    (("vorwoche",), "last-week"),
    (("vormonat",), "last-month"),
    (("vorquartal",), "last-quarter"),
    (("vorjahr",), "last-year"),
    (("semaine", "derniere"), "last-week"),
    (("mois", "dernier"), "last-month"),
    (("mois", "prochain"), "next-month"),
    (("trimestre", "dernier"), "last-quarter"),
    (("trimestre", "prochain"), "next-quarter"),
    (("annee", "derniere"), "last-year"),
    (("lannee", "derniere"), "last-year"),
    (("annee", "prochaine"), "next-year"),
)
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_FISCAL = re.compile(r"fy[ -]?(\d{2}|\d{4})(?:[ -]?([qh])([1-4]))?")
_TURNED = re.compile(r"([qh])([1-4])[ -](?:fy[ -]?)?(\d{2}|\d{4})")
_CALENDAR = re.compile(r"(\d{4})[ -]q([1-4])")
_PART = re.compile(r"(q)([1-4])|(h)([12])")
_YEAR = re.compile(r"20\d\d")
_PRECEDES_MONTH = {
    "in",
    "for",
    "of",
    "during",
    "last",
    "this",
    "next",
    "since",
    "closing",
    "due",
    "by",
    "until",
    "through",
}


def day_at(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Return the day that begins at `start` and its length in words, `end of last quarter` included; else None."""
    return plain_day_at(keys, start, clock, lean) or (
        _edge(keys, start, clock, lean) if start < len(keys) else None
    )


def period_at(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Return the name of the period that begins at `start`, and its length in words; None when none begins there.

    `lean` chooses the year of `Q3` and `October`: the last one that has begun, the nearest, or the next.
    """
    if start >= len(keys):
        return None
    if re.fullmatch(r"\d{4}-\d\d?-\d\d?\.\.\d{4}-\d\d?-\d\d?", keys[start]):
        return _known(keys[start], clock, 1)
    for phrase, name in _FIXED:
        if tuple(keys[start : start + len(phrase)]) == phrase:
            return name, len(phrase)
    for reader in (_range, _rolling, _before_last, _shifted, _fiscal, _part, _month):
        found = reader(keys, start, clock, lean)
        if found is not None:
            return found
    return None


def _shifted(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `this q`, `last wk`, `the previous quarter`, `next month`, `last q3`, `last october`, `quarter` alone not."""
    del lean
    at = start + 1 if keys[start] == "the" else start
    shift = _SHIFTS.get(keys[at]) if at < len(keys) else None
    if not shift or at + 1 >= len(keys):
        return None
    word = keys[at + 1]
    side: Lean = "past" if shift == "last" else "future" if shift == "next" else "near"
    if word in {"fiscal", "calendar", "business"} and at + 2 < len(keys):
        at, word = at + 1, keys[at + 2]
    if word.startswith("q") and word[1:] in {"1", "2", "3", "4"}:
        part = _part(keys, at + 1, clock, side)
        return (part[0], at + 2 - start) if part else None
    if word in MONTHS and word not in {"may", "mar"}:
        found = _nearest_month(MONTHS[word], clock, side, strict=shift != "this")
        return (found, at + 2 - start) if found else None
    unit = _UNITS.get(word)
    if unit is None or (word.endswith("s") and at + 2 < len(keys) and small_number(keys[at + 2]) is not None):
        return None
    if shift == "next" and unit == "week":
        monday = clock.today + timedelta(days=7 - clock.today.weekday())
        return _days(monday, monday + timedelta(days=6)), at + 2 - start
    return f"{shift}-{unit}", at + 2 - start


def _before_last(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `week before last`, `the quarter before last`."""
    del lean
    at = start + 1 if keys[start] == "the" else start
    unit = _UNITS.get(keys[at]) if at < len(keys) else None
    if unit is None or tuple(keys[at + 1 : at + 3]) != ("before", "last"):
        return None
    last = clock.calendar.parse(f"last-{unit}", clock.today)
    before = clock.calendar.parse(f"last-{unit}", last.start)
    return _days(before.start, before.end - timedelta(days=1)), at + 3 - start


def _rolling(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `last 30 days`, `past two weeks`, `next 6 weeks`, `last 2 quarters`."""
    del lean
    at = start + 1 if keys[start] == "the" else start
    word = keys[at] if at < len(keys) else ""
    if word not in {"last", "past", "previous", "next", "coming", "trailing", "rolling"} or at + 1 >= len(
        keys
    ):
        return None
    count, unit = small_number(keys[at + 1]), keys[at + 2] if at + 2 < len(keys) else ""
    ahead = word in {"next", "coming"}
    if count and unit in {"quarters", "qs", "qtrs"}:
        quarter = clock.calendar.quarter(clock.today)
        edge = quarter
        for _ in range(min(count, 40)):
            edge = clock.calendar.next(edge) if ahead else clock.calendar.previous(edge)
        first, last = (quarter.end, edge.end) if ahead else (edge.start, quarter.start)
        return _days(first, last - timedelta(days=1)), at + 3 - start
    found = days_at(keys, at + 1)
    if found is None or not 1 <= found[0] <= 3_660 or keys[at + 1] in {"a", "an"}:
        return None
    first, last = (
        (clock.today, clock.today + timedelta(days=found[0]))
        if ahead
        else (clock.today - timedelta(days=found[0] - 1), clock.today)
    )
    return _days(first, last), at + 1 + found[1] - start


def _fiscal(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `FY26-Q3`, `fy26 q3`, `fy 26`, `2026-Q3`, `Q3 26`, `Q3 FY26`, `H2 2026`."""
    del lean
    for length in (3, 2, 1):
        text = " ".join(keys[start : start + length])
        if start + length > len(keys) or len(text) > 20:
            continue
        if matched := _FISCAL.fullmatch(text):
            year = matched[1][-2:]
            name = f"FY{year}" + (f"-{matched[2].upper()}{matched[3]}" if matched[2] else "")
            return _known(name, clock, length)
        if matched := _TURNED.fullmatch(text):
            return _known(f"FY{matched[3][-2:]}-{matched[1].upper()}{matched[2]}", clock, length)
        if length == 1 and re.fullmatch(r"20[1-3]\d", text):
            return _known(f"FY{text[-2:]}", clock, length)
        if matched := _CALENDAR.fullmatch(text):
            return _known(f"{matched[1]}-Q{matched[2]}", clock, length)
    return None


def _part(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `Q3`, `H2`, `third quarter`, `first half`: of the year that `lean` says."""
    matched = _PART.fullmatch(keys[start])
    if matched:
        letter, number, length = (matched[1] or matched[3]).upper(), int(matched[2] or matched[4]), 1
    elif keys[start] in _ORDINALS and keys[start + 1 : start + 2] and keys[start + 1] in {"quarter", "half"}:
        letter, number, length = ("Q" if keys[start + 1] == "quarter" else "H"), _ORDINALS[keys[start]], 2
        if letter == "H" and number > 2:
            return None
    else:
        return None
    this = clock.calendar.year(clock.today).label
    if not re.fullmatch(r"FY\d\d", this):
        return _known(f"{letter}{number}", clock, length)
    base = int(this[2:])
    names = [f"FY{year % 100:02d}-{letter}{number}" for year in (base - 1, base, base + 1)]
    return _choose(names, clock, lean), length


def _month(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `October`, `oct 2026`, `2026-10`: months that are also words need a year or a word before them."""
    word = keys[start]
    if re.fullmatch(r"\d{4}-\d\d", word):
        return _known(word, clock, 1)
    month = MONTHS.get(word)
    if month is None:
        return None
    if start + 1 < len(keys) and _YEAR.fullmatch(keys[start + 1]):
        return _known(f"{keys[start + 1]}-{month:02d}", clock, 2)
    before = keys[start - 1] if start else ""
    if (
        word in {"may", "mar", "march", "sep", "dec"}
        and before not in _PRECEDES_MONTH
        and word in {"may", "mar", "march"}
    ):
        return None
    found = _nearest_month(month, clock, lean, strict=False)
    return (found, 1) if found else None


def _edge(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[date, int] | None:
    """Read `end of last quarter`, `start of October`, `beginning of this month`."""
    first = keys[start]
    if first not in {"end", "start", "beginning", "close", "begin", "first", "last"}:
        return None
    at = start + 1
    if first in {"first", "last"}:
        if keys[at : at + 1] not in (["day"], ("day",)):
            return None
        at += 1
    if keys[at : at + 1] not in (["of"], ("of",)):
        return None
    at += 1
    if keys[at : at + 1] in (["the"], ("the",)):
        at += 1
    if at < len(keys) and keys[at] in {"quarter", "month", "year", "week", "q", "qtr"}:
        unit = {"q": "quarter", "qtr": "quarter"}.get(keys[at], keys[at])
        period, end = clock.calendar.parse(f"this-{unit}", clock.today), at + 1
    else:
        found = period_at(keys, at, clock, lean)
        if found is None:
            return None
        period, end = clock.calendar.parse(found[0], clock.today), at + found[1]
    ends = first in {"end", "close", "last"}
    return (period.end - timedelta(days=1) if ends else period.start), end - start


def _range(keys: Sequence[str], start: int, clock: Clock, lean: Lean) -> tuple[str, int] | None:
    """Read `from 1 oct to 3 nov`, `between … and …`, `since monday`, `by friday`, `until christmas eve` not."""
    word = keys[start]
    if word in {"from", "between"}:
        first = day_at(keys, start + 1, clock, lean)
        if first is None:
            return None
        at = start + 1 + first[1]
        if keys[at : at + 1] and keys[at] in {"to", "and", "-", "until", "till", "through"}:
            last = day_at(keys, at + 1, clock, lean)
            if last and first[0] <= last[0]:
                return _days(first[0], last[0]), at + 1 + last[1] - start
        return None
    if word == "since":
        first = day_at(keys, start + 1, clock, "past")
        if first and first[0] <= clock.today:
            weekday = first[0] == clock.today and keys[start + 1] in WEEKDAYS
            return _days(first[0] - timedelta(days=7 * weekday), clock.today), 1 + first[1]
        period = period_at(keys, start + 1, clock, "past")
        if period:
            begin = clock.calendar.parse(period[0], clock.today).start
            if begin <= clock.today:
                return _days(begin, clock.today), 1 + period[1]
        return None
    if (
        word in {"by", "until", "till", "before", "through"}
        and start + 1 < len(keys)
        and keys[start + 1] != "the"
    ):
        last = day_at(keys, start + 1, clock, "future")
        if last and last[0] >= clock.today and keys[start + 1] != "now":
            day = last[0] - timedelta(days=1) if word == "before" and last[0] > clock.today else last[0]
            return _days(clock.today, day), 1 + last[1]
    return None


def _nearest_month(month: int, clock: Clock, lean: Lean, *, strict: bool) -> str | None:
    names = [f"{clock.today.year + shift}-{month:02d}" for shift in (-1, 0, 1)]
    if strict:
        this = f"{clock.today.year}-{clock.today.month:02d}"
        names = [name for name in names if name != this]
    return _choose(names, clock, lean)


def _choose(names: Sequence[str], clock: Clock, lean: Lean) -> str:
    """Return the one of the periods (earliest first) that lies where `lean` says; ties go to the later one."""
    spans = [(name, clock.calendar.parse(name, clock.today)) for name in names]
    if lean == "past":
        begun = [name for name, span in spans if span.start <= clock.today]
        return begun[-1] if begun else names[0]
    if lean == "future":
        ahead = [name for name, span in spans if span.end > clock.today]
        return ahead[0] if ahead else names[-1]

    def distance(item: tuple[str, object]) -> int:
        span = clock.calendar.parse(item[0], clock.today)
        if span.start <= clock.today < span.end:
            return 0
        return min(abs((span.start - clock.today).days), abs((clock.today - span.end).days) + 1)

    return min(reversed(spans), key=distance)[0]


def _days(first: date, last: date) -> str:
    return f"{first.isoformat()}..{last.isoformat()}"


def _known(name: str, clock: Clock, length: int) -> tuple[str, int] | None:
    try:
        clock.calendar.parse(name, clock.today)
    except BadInput:
        return None
    return name, length
