"""When a rhythm comes: its next instants, on the clocks of its zone, over holidays and the nights the clocks change."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.schedules.schedule import Rhythm
from reports import words

_NONE: frozenset[date] = frozenset()
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)
# So far ahead is looked; every rhythm comes sooner, unless the company file makes holidays of all days.
_HORIZON = 800
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def following(
    rhythm: Rhythm,
    after: datetime,
    *,
    holidays: Collection[date] = _NONE,
    skips: Collection[date] = _NONE,
) -> Iterator[datetime]:
    """Yield the instants after `after` at which it comes, ascending, in its zone; none on the days of `skips`."""
    # Two instants in one zone would be compared by what clocks show, whichever time they show it.
    after, zone = after.astimezone(UTC), ZoneInfo(rhythm.zone)
    day = after.astimezone(zone).date() - _DAY
    for _ in range(_HORIZON):
        if day not in skips and _comes_on(rhythm, day, holidays):
            found = instant(day, rhythm.at, zone)
            if found > after:
                yield found
        day += _DAY


def due(
    rhythm: Rhythm,
    since: datetime,
    until: datetime,
    *,
    holidays: Collection[date] = _NONE,
    skips: Collection[date] = _NONE,
) -> tuple[datetime, ...]:
    """Return the instants after `since` and up to `until` at which it comes, ascending; those of the last years only."""
    until = until.astimezone(UTC)
    since = max(since, until - timedelta(days=_HORIZON - 2))
    return tuple(
        takewhile(lambda found: found <= until, following(rhythm, since, holidays=holidays, skips=skips))
    )


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when clocks of a zone show a time of a day.

    A time that they show twice is its first; one that they leave out is the first instant after the gap.
    """
    first = datetime.combine(day, at, tzinfo=zone)
    here = first.astimezone(UTC)
    if here.astimezone(zone).replace(tzinfo=None) == first.replace(tzinfo=None):
        return first
    # By the offset before the gap it lies behind the change, by the one after it lies ahead of it.
    low, high = first.replace(fold=1).astimezone(UTC), here
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.astimezone(zone)


def left_out(rhythm: Rhythm, after: datetime, *, holidays: Collection[date] = _NONE) -> datetime | None:
    """Return the next instant within a year at which it comes later than it says, for clocks leave that time out; else None."""
    year = takewhile(
        lambda found: found < after + timedelta(days=366), following(rhythm, after, holidays=holidays)
    )
    return next((found for found in year if found.time() != rhythm.at), None)


def said(rhythm: Rhythm, *, near: datetime) -> str:
    """Return a rhythm in words, `every Monday at 08:30 ET`; zones are called as they are `near` an instant."""
    match rhythm.every:
        case "day":
            days = "every day"
        case "workday":
            days = "every working day"
        case "week":
            days = f"every {words.joined(_NAMES[day] for day in rhythm.weekdays)}"
        case "month":
            days = (
                "on the last day of each month"
                if rhythm.day == 31
                else f"on the {ordinal(rhythm.day or 1)} of each month"
            )
        case "first_workday":
            days = "on the first working day of each month"
    zone = words.zone_name(near, ZoneInfo(rhythm.zone))
    return f"{days} at {rhythm.at:%H:%M} {zone}"


def dated(value: datetime, zone: str) -> str:
    """Return an instant on the clocks of a zone, `Mon 23 Nov 08:30 ET`."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{words.weekday(local.date())} {words.instant(local, ZoneInfo(zone))}"


def ordinal(number: int) -> str:
    """Return `1st`, `22nd`, `13th`."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _comes_on(rhythm: Rhythm, day: date, holidays: Collection[date]) -> bool:
    match rhythm.every:
        case "day":
            return True
        case "workday":
            return _is_workday(day, holidays)
        case "week":
            return day.weekday() in rhythm.weekdays
        case "month":
            return day.day == min(rhythm.day or 1, monthrange(day.year, day.month)[1])
        case "first_workday":
            earlier = (day.replace(day=number) for number in range(1, day.day))
            return _is_workday(day, holidays) and not any(_is_workday(one, holidays) for one in earlier)


def _is_workday(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in holidays
