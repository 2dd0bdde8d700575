"""Many days and instants of the demo at once, as arrays; only making the company needs them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from connectors.demo.calendar import BEFORE, COMPANY_ZONE, DAY, HORIZON, START, ZONES, day, number

Ints = NDArray[np.int64]


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


def stamps(seconds: Any, shift: int) -> NDArray[np.datetime64]:
    """Return instants as datetime64[us] in UTC, moved by `shift` days."""
    base = np.datetime64(START.isoformat(), "us") + np.timedelta64(shift, "D")
    return np.asarray(base + np.asarray(seconds, dtype=np.int64).astype("timedelta64[s]"))


def dates(days: Any, shift: int) -> NDArray[np.datetime64]:
    """Return days as datetime64[s] at midnight, moved by `shift` days."""
    base = np.datetime64(START.isoformat(), "s") + np.timedelta64(shift, "D")
    return np.asarray(base + np.asarray(days, dtype=np.int64).astype("timedelta64[D]"))
