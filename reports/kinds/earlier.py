"""The same question asked of an earlier time: which period, and as of when."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from reports.facts import Period
from reports.view import PipelineView

# What people call the three comparisons.
COMPARED = {
    "prior_week": "a week earlier",
    "prior_quarter": "same day of the quarter before",
    "prior_year": "same day a year before",
}


def earlier_day(view: PipelineView, period: Period, compare: str) -> tuple[Period, datetime]:
    """Return the period to compare with, and the instant at the same normalised day of it.

    A week earlier it is the same period; a quarter or a year earlier it is the period of the same kind.
    """
    calendar = view.calendar
    if compare == "prior_week":
        return period, calendar.back(view.as_of, days=7)
    earlier = calendar.previous(period) if compare == "prior_quarter" else _a_year_before(view, period)
    length, passed = (period.end - period.start).days, (view.today - period.start).days
    if passed >= length:
        return earlier, calendar.end_of(earlier.end - timedelta(days=1))
    days = -(-passed * (earlier.end - earlier.start).days // length)
    return earlier, calendar.end_of(earlier.start + timedelta(days=days))


def _a_year_before(view: PipelineView, period: Period) -> Period:
    """Return the same span a year earlier, named as a fiscal period where it is one."""
    start, end = _back_a_year(period.start), _back_a_year(period.end)
    quarter = view.calendar.quarter(start)
    if (quarter.start, quarter.end) == (start, end):
        return quarter
    return Period(label=f"{start:%-d %b %Y} to {end - timedelta(days=1):%-d %b %Y}", start=start, end=end)


def _back_a_year(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)
