"""Fiscal calendars, half-open periods and as-of instants: the only place where a quarter is worked out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connectors.company import Fiscal
from reports.errors import BadInput
from reports.facts import Period

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# The names that need nothing but today, in the order in which help lists them.
NAMES: tuple[str, ...] = (
    "this-quarter",
    "last-quarter",
    "next-quarter",
    "this-month",
    "last-month",
    "next-month",
    "this-year",
    "last-year",
    "next-year",
    "this-week",
    "last-week",
    "trailing-12-months",
)
# How the other names are written, shown beside NAMES when a name is not known.
_EXAMPLES: tuple[str, ...] = ("FY26-Q3", "FY26", "Q3", "2017-Q3", "2017-07", "2017-07-01..2017-09-30")

_FISCAL = re.compile(r"FY(?P<year>\d{2}|\d{4})(?:-?(?P<part>[QH])(?P<number>\d))?")
_PART = re.compile(r"(?P<part>[QH])(?P<number>\d)")
_QUARTER = re.compile(r"(?P<year>\d{4})-?Q(?P<number>\d)")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})")
_DAY_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")
_RANGE = re.compile(r"(?P<first>\d{4}-\d{2}-\d{2})\.\.(?P<last>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Calendar:
    """One company's calendar: its fiscal year, and the zone in which its days begin and end."""

    fiscal: Fiscal
    zone: ZoneInfo

    def day(self, instant: datetime) -> date:
        """Return the day in the organisation's zone on which `instant` falls."""
        return instant.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Return the first instant of the day in the organisation's zone, in UTC."""
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the last microsecond of the day in the organisation's zone, in UTC."""
        return self.start_of(day + _DAY) - _TICK

    def back(self, instant: datetime, *, days: int) -> datetime:
        """Return the same time of day in the organisation's zone, so many days earlier, in UTC."""
        local = instant.astimezone(self.zone).replace(tzinfo=None) - timedelta(days=days)
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def quarter(self, day: date) -> Period:
        """Return the fiscal quarter in which the day lies, for example FY26-Q4."""
        return self._quarters(_months(day) - (_months(day) - self.fiscal.start_month + 1) % 3)

    def month(self, day: date) -> Period:
        """Return the calendar month in which the day lies, for example Nov 2026."""
        return self._span(_months(day), 1)

    def year(self, day: date) -> Period:
        """Return the fiscal year in which the day lies, for example FY26."""
        return self._span(_months(day) - (_months(day) - self.fiscal.start_month + 1) % 12, 12)

    def week(self, day: date) -> Period:
        """Return the week from Monday to Sunday in which the day lies."""
        monday = day - timedelta(days=day.weekday())
        return Period(label=f"week of {written(monday)}", start=monday, end=monday + timedelta(days=7))

    def trailing_year(self, today: date) -> Period:
        """Return the twelve months that end with the day."""
        end = today + _DAY
        last_year = (
            end.replace(year=end.year - 1, day=28)
            if (end.month, end.day) == (2, 29)
            else end.replace(year=end.year - 1)
        )
        return Period(label=f"12 months to {written(today)}", start=last_year, end=end)

    def next(self, period: Period) -> Period:
        """Return the period of the same length that follows: months where it is made of months, else days."""
        return self._shift(period, 1)

    def previous(self, period: Period) -> Period:
        """Return the period of the same length before it: months where it is made of months, else days."""
        return self._shift(period, -1)

    def quarters(self, period: Period) -> tuple[Period, ...]:
        """Return the whole fiscal quarters that make up the period; empty where none do exactly."""
        found: list[Period] = []
        start = period.start
        while start < period.end:
            quarter = self.quarter(start)
            if quarter.start != start:
                return ()
            found.append(quarter)
            start = quarter.end
        return tuple(found) if start == period.end else ()

    def short(self, period: Period) -> str:
        """Return the label people use when the year is plain: Q4 for FY26-Q4, the whole label otherwise."""
        matched = _FISCAL.fullmatch(period.label)
        return f"{matched['part']}{matched['number']}" if matched and matched["part"] else period.label

    def normalised_day(self, day: date) -> int:
        """Return the day's place in its fiscal quarter, 0 to 89, whatever the quarter's length."""
        quarter = self.quarter(day)
        return 90 * (day - quarter.start).days // (quarter.end - quarter.start).days

    def asked(self, name: str, today: date) -> str:
        """Return the name under which a report shows a period that somebody asked for: this quarter by its own name."""
        return self.quarter(today).label if name.strip().lower() == "this-quarter" else name

    def parse(self, name: str, today: date) -> Period:
        """Return the period of that name, seen from `today`.

        Names are those of NAMES, `FY26-Q3`, `FY26-H1`, `FY26` (fiscal), `Q3` and `H1` (of the fiscal year of
        today), `2017-Q3`, `2017-07` (calendar), one day `2017-07-01`, or `2017-07-01..2017-09-30` with both
        days included.

        Raises:
            BadInput: the name is not known, or the days are not days; the message lists the nearest names.
        """
        folded = name.strip()
        relative = _RELATIVE.get(folded.lower())
        if relative:
            return relative(self, today)
        try:
            found = self._written_out(folded.upper(), today)
        except (ValueError, OverflowError) as error:
            raise BadInput(
                f"period {name!r} cannot be used: {error}; write one like {', '.join(_EXAMPLES)}"
            ) from error
        if found is None:
            raise BadInput.unknown("period", name, (*NAMES, *_EXAMPLES))
        return found

    def _written_out(self, name: str, today: date) -> Period | None:
        """Return the period for an absolute name in capitals; None when it is not one."""
        if matched := _FISCAL.fullmatch(name):
            year = int(matched["year"])
            return self._fiscal(year + 2000 if year < 100 else year, matched["part"], matched["number"])
        if matched := _PART.fullmatch(name):
            return self._fiscal(self._fiscal_year(self.year(today).start), matched["part"], matched["number"])
        if matched := _QUARTER.fullmatch(name):
            start = (int(matched["year"]) * 4 + _up_to(matched["number"], 4) - 1) * 3
            return Period(
                label=f"{matched['year']}-Q{matched['number']}", start=_first(start), end=_first(start + 3)
            )
        if matched := _MONTH.fullmatch(name):
            return self.month(date(int(matched["year"]), int(matched["month"]), 1))
        if _DAY_NAME.fullmatch(name):
            return self._between(date.fromisoformat(name), date.fromisoformat(name) + _DAY)
        if matched := _RANGE.fullmatch(name):
            first, last = date.fromisoformat(matched["first"]), date.fromisoformat(matched["last"])
            if last < first:
                raise ValueError(f"{last} comes before {first}")
            return self._between(first, last + _DAY)
        return None

    def _fiscal(self, year: int, part: str | None, number: str | None) -> Period:
        first = (year - self._naming()) * 12 + self.fiscal.start_month - 1
        match part:
            case "Q":
                return self._quarters(first + 3 * (_up_to(number, 4) - 1))
            case "H":
                half = _up_to(number, 2)
                start = first + 6 * (half - 1)
                return Period(label=f"FY{year % 100:02d}-H{half}", start=_first(start), end=_first(start + 6))
            case _:
                return self._span(first, 12)

    def _naming(self) -> int:
        """Return how many years a fiscal year's name is ahead of the calendar year in which it starts."""
        return int(self.fiscal.named_by == "ending" and self.fiscal.start_month > 1)

    def _fiscal_year(self, start: date) -> int:
        return start.year + self._naming()

    def _quarters(self, start: int) -> Period:
        day = _first(start)
        year = self._fiscal_year(self.year(day).start)
        number = (start - self.fiscal.start_month + 1) % 12 // 3 + 1
        return Period(label=f"FY{year % 100:02d}-Q{number}", start=day, end=_first(start + 3))

    def _span(self, start: int, length: int) -> Period:
        """Return the period of so many months, labelled as people would call it."""
        day, end = _first(start), _first(start + length)
        into_year = (start - self.fiscal.start_month + 1) % 12
        if length == 1:
            return Period(label=f"{_MONTHS[day.month - 1]} {day.year}", start=day, end=end)
        if length == 3 and into_year % 3 == 0:
            return self._quarters(start)
        if length == 3 and start % 3 == 0:
            return Period(label=f"{day.year}-Q{start % 12 // 3 + 1}", start=day, end=end)
        if length == 6 and into_year % 6 == 0:
            return self._fiscal(self._fiscal_year(self.year(day).start), "H", str(into_year // 6 + 1))
        if length == 12 and into_year == 0:
            return Period(label=f"FY{self._fiscal_year(day) % 100:02d}", start=day, end=end)
        return Period(label=f"{written(day)} to {written(end - _DAY)}", start=day, end=end)

    def _between(self, start: date, end: date) -> Period:
        if end == start + _DAY:
            return Period(label=written(start), start=start, end=end)
        if start.day == 1 and end.day == 1:
            return self._span(_months(start), _months(end) - _months(start))
        return Period(label=f"{written(start)} to {written(end - _DAY)}", start=start, end=end)

    def _shift(self, period: Period, steps: int) -> Period:
        if period.start.day == 1 and period.end.day == 1:
            length = _months(period.end) - _months(period.start)
            return self._span(_months(period.start) + steps * length, length)
        length_in_days = (period.end - period.start) * steps
        if period.label.startswith("week of "):
            return self.week(period.start + length_in_days)
        return self._between(period.start + length_in_days, period.end + length_in_days)


_RELATIVE: dict[str, Callable[[Calendar, date], Period]] = {
    "this-quarter": Calendar.quarter,
    "last-quarter": lambda calendar, today: calendar.previous(calendar.quarter(today)),
    "next-quarter": lambda calendar, today: calendar.next(calendar.quarter(today)),
    "this-month": Calendar.month,
    "last-month": lambda calendar, today: calendar.previous(calendar.month(today)),
    "next-month": lambda calendar, today: calendar.next(calendar.month(today)),
    "this-year": Calendar.year,
    "last-year": lambda calendar, today: calendar.previous(calendar.year(today)),
    "next-year": lambda calendar, today: calendar.next(calendar.year(today)),
    "this-week": Calendar.week,
    "last-week": lambda calendar, today: calendar.week(today - timedelta(days=7)),
    "trailing-12-months": Calendar.trailing_year,
}


def _months(day: date) -> int:
    """Return the number of whole months since year 0."""
    return day.year * 12 + day.month - 1


def _first(months: int) -> date:
    """Return the first day of the month that is so many months after year 0."""
    return date(months // 12, months % 12 + 1, 1)


def _up_to(number: str | None, most: int) -> int:
    value = int(number or 0)
    if not 1 <= value <= most:
        raise ValueError(f"there is no part {value} of a year; use 1 to {most}")
    return value


def written(day: date) -> str:
    """Return the day as people write it, for example 23 Nov 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
