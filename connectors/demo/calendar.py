"""Days and instants of the demo: counted from Monday 1 January 2024, always in the same invented weeks.

`--today` does not change the story, it moves it: every instant is shifted by whole weeks when it leaves the connector.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

START = date(2024, 1, 1)
TODAY = date(2026, 11, 23)
WEEKS = (TODAY - START).days // 7
# The quarter that is running, and the next one; days count from START.
QUARTER = (date(2026, 10, 1) - START).days
NEXT_QUARTER = (date(2027, 1, 1) - START).days
QUARTER_AFTER = (date(2027, 4, 1) - START).days
# The weeks that are written by hand or planned, rather than simulated: the last five.
PLANNED_WEEKS = 5
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


@cache
def offsets(zone: str) -> Ints:
    """Return the zone's offset from UTC in seconds at noon of each day, from BEFORE days ahead of START on."""
    place = ZoneInfo(zone)
    noons = (
        datetime.combine(START + timedelta(days=n - BEFORE), time(12), place) for n in range(HORIZON + BEFORE)
    )
    return np.array(
        [int((noon.utcoffset() or timedelta()).total_seconds()) for noon in noons], dtype=np.int64
    )


def instant(days: Ints, minutes: Ints, zone: str) -> Ints:
    """Return seconds since START (UTC) of local days and minutes of the day in `zone`."""
    return days * DAY + minutes * 60 - offsets(zone)[np.clip(days + BEFORE, 0, HORIZON + BEFORE - 1)]


def company_day(seconds: Ints) -> Ints:
    """Return the number of the day that these instants fall on in the company's zone."""
    days = np.clip(seconds // DAY + BEFORE, 0, HORIZON + BEFORE - 1)
    return (seconds + offsets(COMPANY_ZONE)[days]) // DAY


def at(when: date, clock: str, region: str = "AMER") -> int:
    """Return the instant of a local day and clock (`16:50`) at a region's office, in seconds since START (UTC)."""
    hours, minutes = clock.split(":")
    local = np.array([int(hours) * 60 + int(minutes)], dtype=np.int64)
    return int(instant(np.array([number(when)], dtype=np.int64), local, ZONES[region])[0])


def week_start(week: int) -> int:
    """Return the instant at which a week begins: Monday 08:30 in the company's zone."""
    return at(day(week * 7), "08:30")


def shift_for(today: date) -> int:
    """Return the days by which the story is moved so that its last Monday is the last Monday up to `today`."""
    return ((today - TODAY).days // 7) * 7


def stamps(seconds: Any, shift: int) -> NDArray[np.datetime64]:
    """Return instants as datetime64[us] in UTC, moved by `shift` days."""
    base = np.datetime64(START.isoformat(), "us") + np.timedelta64(shift, "D")
    return np.asarray(base + np.asarray(seconds, dtype=np.int64).astype("timedelta64[s]"))


def dates(days: Any, shift: int) -> NDArray[np.datetime64]:
    """Return days as datetime64[s] at midnight, moved by `shift` days."""
    base = np.datetime64(START.isoformat(), "s") + np.timedelta64(shift, "D")
    return np.asarray(base + np.asarray(days, dtype=np.int64).astype("timedelta64[D]"))


def moment(seconds: int, shift: int) -> datetime:
    """Return one instant as an aware datetime in UTC."""
    return datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(seconds=seconds, days=shift)
