"""Date literals of SOQL: which days TODAY, LAST_N_DAYS:30 or THIS_FISCAL_QUARTER are."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.fakes.salesforce.soql import DateWord, malformed

_SINGLE = re.compile(r"(THIS|LAST|NEXT)_(WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)")
_COUNTED = re.compile(r"(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)S")
_AGO = re.compile(r"N_(DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)S_AGO")
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def days(word: DateWord, today: date, fiscal_start: int = 1) -> tuple[date, date]:
    """Return the first day that a literal means, and the day after the last.

    Raises:
        ApiError: there is no such literal.
    """
    near = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
    if word.name in near:
        first = today + timedelta(days=near[word.name])
        return first, first + timedelta(days=1)
    if word.name in {"LAST_90_DAYS", "NEXT_90_DAYS"}:
        word = DateWord(f"{word.name[:4]}_N_DAYS", 90)
    if found := _SINGLE.fullmatch(word.name):
        step = {"LAST": -1, "THIS": 0, "NEXT": 1}[found[1]]
        return _span(found[2], today, fiscal_start, step, step + 1)
    if found := _COUNTED.fullmatch(word.name):
        n = word.number
        if found[2] == "DAY":
            # Counted back, today is the last day; counted on, it begins tomorrow.
            if found[1] == "LAST":
                return today - timedelta(days=n), today + timedelta(days=1)
            return today + timedelta(days=1), today + timedelta(days=n + 1)
        return _span(found[2], today, fiscal_start, *((-n, 0) if found[1] == "LAST" else (1, n + 1)))
    if found := _AGO.fullmatch(word.name):
        if found[1] == "DAY":
            first = today - timedelta(days=word.number)
            return first, first + timedelta(days=1)
        return _span(found[1], today, fiscal_start, -word.number, 1 - word.number)
    raise malformed(f"unexpected token: '{word.name.lower()}'")


def _span(unit: str, today: date, fiscal_start: int, first: int, end: int) -> tuple[date, date]:
    if unit == "WEEK":
        sunday = today - timedelta(days=today.isoweekday() % 7)
        return sunday + timedelta(weeks=first), sunday + timedelta(weeks=end)
    size = _MONTHS[unit.removeprefix("FISCAL_")]
    shift = (fiscal_start - 1) if unit.startswith("FISCAL_") else 0
    months = today.year * 12 + today.month - 1 - shift
    base = months - months % size
    return _month(base + shift + first * size), _month(base + shift + end * size)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
