"""When something should have come, worked out a second time: by walking through the minutes of a zone's clocks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def instants(
    zone: str, days: Collection[date], at: time, *, since: datetime, until: datetime
) -> tuple[datetime, ...]:
    """Return for each of these days the first minute at which the zone's clocks show `at` or are past it, in UTC."""
    found = (_first(zone, day, at) for day in sorted(days))
    return tuple(minute for minute in found if since < minute <= until)


@cache
def _first(zone: str, day: date, at: time) -> datetime:
    minute = datetime.combine(day, time(), tzinfo=ZoneInfo("UTC")) - timedelta(hours=15)
    while (shown := minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) < datetime.combine(day, at):
        minute += _MINUTE
    assert shown.date() == day
    return minute


def weekdays(first: date, last: date, *numbers: int) -> list[date]:
    """Return the days from `first` to `last`, both included, that are such weekdays: 0 is Monday."""
    count = (last - first).days + 1
    days = (first + timedelta(days=number) for number in range(count))
    return [day for day in days if day.weekday() in numbers]
