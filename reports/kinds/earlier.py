"""The same question asked of an earlier time: which period, as of when, and over which window things moved."""

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
# A movement without a period, or of a week, is that of the seven days before: the week of a weekly.
WEEK = 7
_WEEKS = frozenset({None, "last-week", "this-week"})


def window(view: PipelineView, period: str | None) -> tuple[PipelineView, Period, datetime]:
    """Return the view at the window's end, the fiscal period whose deals moved, and the window's beginning.

    A name of a past or running period is when things moved; one that lies ahead is when the deals are due, and the
    window is the week before. Without a name, or for a week, it is the week before the view's instant.
    """
    calendar, today = view.calendar, view.today
    back = view.back(WEEK)
    if period in _WEEKS:
        return view, calendar.quarter(today), back
    span = calendar.parse(period or "this-quarter", today)
    if span.start > today:
        return view, span, back
    end = min(view.as_of, calendar.end_of(span.end - timedelta(days=1)))
    whole = span if calendar.quarters(span) else calendar.quarter(span.start)
    return (view if end == view.as_of else view.at(end)), whole, calendar.start_of(span.start)


def earlier_day(view: PipelineView, period: Period, compare: str) -> tuple[Period, datetime]:
    """Return the period to compare with, and the instant at the same normalised day of it.

    A week earlier it is the same period; a quarter or a year earlier it is the period of the same kind.
    """
    calendar = view.calendar
    if compare == "prior_week":
        return period, calendar.back(view.as_of, days=7)
    earlier = calendar.previous(period) if compare == "prior_quarter" else a_year_before(view, period)
    length, passed = (period.end - period.start).days, (view.today - period.start).days
    if passed >= length:
        return earlier, calendar.end_of(earlier.end - timedelta(days=1))
    days = -(-passed * (earlier.end - earlier.start).days // length)
    return earlier, calendar.end_of(earlier.start + timedelta(days=days))


def a_year_before(view: PipelineView, period: Period) -> Period:
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
