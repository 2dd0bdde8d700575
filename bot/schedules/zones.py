"""Names of time zones as people type them: `ET`, `Berlin`, `Europe/Berlin`."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

_SHORT = {
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "eastern": "America/New_York",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "central": "America/Chicago",
    "mt": "America/Denver",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "uk": "Europe/London",
    "bst": "Europe/London",
    "gmt": "UTC",
    "utc": "UTC",
    "z": "UTC",
    "ist": "Asia/Kolkata",
    "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "awst": "Australia/Perth",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
    "eet": "Europe/Helsinki",
    "eest": "Europe/Helsinki",
    "sast": "Africa/Johannesburg",
    "brt": "America/Sao_Paulo",
    "hst": "Pacific/Honolulu",
    "munich": "Europe/Berlin",
    "frankfurt": "Europe/Berlin",
    "hamburg": "Europe/Berlin",
    "cologne": "Europe/Berlin",
    "boston": "America/New_York",
    "washington": "America/New_York",
    "atlanta": "America/New_York",
    "columbus": "America/New_York",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "austin": "America/Chicago",
    "dallas": "America/Chicago",
    "houston": "America/Chicago",
    "bangalore": "Asia/Kolkata",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "barcelona": "Europe/Madrid",
    "milan": "Europe/Rome",
    "geneva": "Europe/Zurich",
    "manchester": "Europe/London",
    "edinburgh": "Europe/London",
}


@cache
def zones() -> dict[str, str]:
    """Return what people type, in small letters, to the zone's IANA name."""
    known = {
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    }
    cities = {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in sorted(known)}
    full = {name.casefold(): name for name in known}
    return cities | full | _SHORT


@cache
def pattern() -> str:
    """Return the pattern of a zone's name, longest first."""
    return "|".join(re.escape(name) for name in sorted(zones(), key=len, reverse=True))
