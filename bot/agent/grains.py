"""Weeks, months and quarters as rows of an answer: how they are asked for, and which ones a period is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from reports.errors import BadInput
from reports.facts import Period
from reports.periods import Calendar
from reports.spec import Grain

# More rows than this are no answer any more.
MOST_ROWS = 60
# What is shown of a grain when nobody says for when: what was, up to today, or what is ahead.
_BACK: dict[Grain, str] = {"week": "this-quarter", "month": "this-year", "quarter": "this-year"}
_AHEAD: dict[Grain, int] = {"week": 13, "month": 6, "quarter": 4}
UNITS: dict[str, Grain] = {
    "week": "week", "weeks": "week", "wk": "week", "woche": "week", "semaine": "week",
    "month": "month", "months": "month", "mth": "month", "monat": "month", "mois": "month",
    "quarter": "quarter", "quarters": "quarter", "qtr": "quarter", "q": "quarter", "quartal": "quarter",
    "trimestre": "quarter",
}  # fmt: skip
_ADVERBS: dict[str, Grain] = {"monthly": "month", "quarterly": "quarter", "monatlich": "month"}
_BY = {"by", "per", "each", "every", "nach", "pro", "je", "par"}


def grain_at(keys: Sequence[str], at: int) -> tuple[Grain, int] | None:
    """Return the grain of `by month`, `per quarter`, `monthly`, `month by month`, and its length; else None."""
    if at >= len(keys):
        return None
    if keys[at] in _ADVERBS:
        return _ADVERBS[keys[at]], 1
    start = at
    if keys[at] in {"for", "in", "split", "broken", "down", "grouped"}:
        at += 1 + (keys[at + 1 : at + 2] in (("down",), ["down"]))
    if at + 1 < len(keys) and keys[at] in _BY:
        place = at + 1 + (keys[at + 1] in {"close", "closing"})
        unit = UNITS.get(keys[place]) if place < len(keys) else None
        return (unit, place + 1 - start) if unit else None
    unit = UNITS.get(keys[start])
    if unit and tuple(keys[start + 1 : start + 3]) == ("by", keys[start]):
        return unit, 3
    return None


def default_span(grain: Grain, calendar: Calendar, today: date, *, backward: bool) -> str:
    """Return the name of the period that is shown by grain when nobody said one."""
    if backward:
        return _BACK[grain]
    first = _around(calendar, today, grain)
    last = first
    for _ in range(_AHEAD[grain] - 1):
        last = _around(calendar, last.end, grain)
    return f"{first.start.isoformat()}..{(last.end - timedelta(days=1)).isoformat()}"


def pieces(period: Period, grain: Grain, calendar: Calendar) -> tuple[Period, ...]:
    """Return the weeks, months or quarters that touch a period, in order; those at its edges only as far as it goes.

    Raises:
        BadInput: there are more of them than an answer can hold.
    """
    found: list[Period] = []
    day = period.start
    while day < period.end:
        piece = _around(calendar, day, grain)
        found.append(_within(piece, period))
        day = piece.end
        if len(found) > MOST_ROWS:
            raise BadInput(
                f"{period.label} has more than {MOST_ROWS} {grain}s; ask for a shorter period, for example: by {grain} "
                "this year"
            )
    return tuple(found)


def _within(piece: Period, period: Period) -> Period:
    """Return the part of a piece that lies in the period, named as such where it is not all of it."""
    start, end = max(piece.start, period.start), min(piece.end, period.end)
    whole = (start, end) == (piece.start, piece.end)
    return piece if whole else Period(label=f"{piece.label} (part)", start=start, end=end)


def _around(calendar: Calendar, day: date, grain: Grain) -> Period:
    """Return the week, month or quarter in which a day lies."""
    match grain:
        case "week":
            return calendar.week(day)
        case "month":
            return calendar.month(day)
        case "quarter":
            return calendar.quarter(day)
