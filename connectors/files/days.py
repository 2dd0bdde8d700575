"""The day an export was made, from the name of its file."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_YEAR_FIRST: Final = re.compile(r"(?<!\d)(20\d{2})([-_. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d{1,2})[-_. ](\d{1,2})[-_. ](20\d{2})(?!\d)")
# Salesforce names a report after the milliseconds since 1970 at which it was exported.
_MILLISECONDS: Final = re.compile(r"^report(1[5-9]\d{11}|2\d{12})(?!\d)", re.IGNORECASE)


def day_in_name(name: str, zone: ZoneInfo) -> date | None:
    """Return the day that a file's name has; None without one, or where day and month could be either."""
    if found := _YEAR_FIRST.search(name):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.search(name):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12 or first == second or "." in found[0]:
            return _day(year, second, first)
        return _day(year, first, second) if second > 12 else None
    if found := _MILLISECONDS.search(name):
        return datetime.fromtimestamp(int(found[1]) / 1000, UTC).astimezone(zone).date()
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
