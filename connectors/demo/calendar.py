"""Days of the demo: counted from Monday 1 January 2024, always in the same invented weeks.

`--today` does not change the story, it moves it: every instant is shifted by whole weeks when it leaves the connector.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

START = date(2024, 1, 1)
TODAY = date(2026, 11, 23)
WEEKS = (TODAY - START).days // 7
# The quarter that is running, and the next one; days count from START.
QUARTER = (date(2026, 10, 1) - START).days
NEXT_QUARTER = (date(2027, 1, 1) - START).days
QUARTER_AFTER = (date(2027, 4, 1) - START).days
# The weeks that are written by hand or planned, rather than simulated: the last five.
PLANNED_WEEKS = 5
# The story is told for so many deals; with more or fewer it is left out.
DEFAULT_SIZE = 5_000
HORIZON = QUARTER_AFTER + 900
BEFORE = 40
DAY = 86_400
COMPANY_ZONE = "America/New_York"
ZONES = {"AMER": "America/New_York", "EMEA": "Europe/Berlin", "APAC": "Australia/Sydney"}


def number(day: date) -> int:
    """Return the day's number, 0 for START."""
    return (day - START).days


def day(n: int) -> date:
    """Return the day of that number."""
    return START + timedelta(days=n)


def shift_for(today: date) -> int:
    """Return the days by which the story is moved so that its last Monday is the last Monday up to `today`."""
    return ((today - TODAY).days // 7) * 7


def moment(seconds: int, shift: int) -> datetime:
    """Return one instant as an aware datetime in UTC."""
    return datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(seconds=seconds, days=shift)
