"""The time and the zone in the words of a schedule: `at 8:30 ET`, `9am`, `noon Berlin time`."""

from __future__ import annotations

import re
from datetime import time

from bot.schedules.asked import DAY
from bot.schedules.left import Left, phrase
from bot.schedules.zones import pattern, zones

_NAMED = "one two three four five six seven eight nine ten eleven twelve".split()
_CLOCK = (
    r"(?:(?:at|by|@|um|around)\s*)?(?P<h1>\d{1,2}):(?P<m1>\d{2})(?:\s*(?P<half1>[ap])\.?m\.?)?(?:\s*h\b)?"
    r"|(?:at|by|@)\s*(?P<h2>\d{1,2})[.h](?P<m2>\d{2})(?:\s*(?P<half2>[ap])\.?m\.?)?"
    r"|(?:(?:at|by|@)\s*)?(?P<h3>\d{1,2})\s*(?P<half3>[ap])\.?m\.?"
    r"|(?:at|by|@)\s*(?P<h4>\d{1,2})(?:\s*o['’]?clock|\s*h\b|\s*uhr)?(?!\d|[:.]\d|\s*[km%]\b)"
    r"|(?:at|by|@)\s*(?P<h5>\d{1,2})(?P<m5>[0-5]\d)(?!\d|[:.]\d|\s*[km%]\b)(?:\s*(?P<half5>[ap])\.?m\.?)?"
    r"|(?P<h6>[01]\d|2[0-3])(?P<m6>[0-5]\d)\s*(?:h\b|hrs?\b|uhr\b)|(?P<h7>0\d)(?P<m7>[0-5]\d)(?!\d|[:.]\d|\s*[km%]\b)"
    rf"|at\s+(?P<word>{'|'.join(_NAMED)})(?:\s*o['’]?clock)?(?:\s*(?P<half6>[ap])\.?m\.?)?"
    r"|(?:at\s+)?(?P<name>noon|midnight)"
)
# A zone that has no summer and winter, one that is another for everybody, one that nobody knows.
_NO_ZONE = phrase(
    r"(?:utc|gmt)\s?[+-]\s?\d{1,2}(?::?\d\d)?|(?:in\s+)?(?:my|our|your|his|her|their|local)\s+(?:local\s+)?(?:time(?:\s*zone)?|tz)"
)
_ODD_ZONE = re.compile(
    rf"\d(?:\s*[AaPp]\.?[Mm]\.?)?\s+(?P<zone>(?!(?:{pattern().upper()})\b)[A-Z]{{1,3}}[SD]T)\b"
)
_BARE = re.compile(
    rf"\b(?:{DAY}s?|daily|day|workday|weekday|morning)\s+(?P<number>\d{{1,2}}(?:\.\d\d)?)(?=\s*$|\s+(?:in|to|for|here|and)\b|\s*#)",
    re.IGNORECASE,
)


def unclear(left: Left) -> str:
    """Return why a time or its zone cannot be read, with how it is written; empty where they can, or none is said."""
    if found := left.find(_NO_ZONE):
        zone = found[0].strip()
    elif found := left.find(_ODD_ZONE):
        zone = found["zone"]
    elif found := left.find(_BARE):
        number = found["number"].replace(".", ":")
        whole = number if ":" in number else f"{number}:00"
        return f"If “{found['number']}” is the time, write it like “{whole}” or “{number}am”."
    else:
        return ""
    return (
        f"I do not know the time zone “{zone}”. Name a city or a usual short name: “9:00 Berlin”, “9am ET”."
    )


def clock(left: Left) -> dict[str, object] | str:
    """Take the time and its zone; a sentence where it is no time of day."""
    found = left.take(phrase(rf"(?:{_CLOCK})(?:\s*\(?(?P<zone>{pattern()})\)?(?:\s+time)?)?"))
    alone = None if found and found["zone"] else left.take(phrase(rf"(?:in\s+)?(?P<zone>{pattern()})\s+time"))
    zone = zones()[((alone or found)["zone"]).casefold()] if (alone or (found and found["zone"])) else ""  # type: ignore[index]
    if found is None:
        return {"zone": zone}
    if found["name"]:
        return {"at": time(12 if found["name"].casefold() == "noon" else 0), "zone": zone}
    number = next(
        _number(found[name]) for name in ("h1", "h2", "h3", "h4", "h5", "h6", "h7", "word") if found[name]
    )
    minute = int(next((found[name] for name in ("m1", "m2", "m5", "m6", "m7") if found[name]), 0))
    half = next(
        (found[name] for name in ("half1", "half2", "half3", "half5", "half6") if found[name]), ""
    ).casefold()
    hour = number % 12 + (12 if half == "p" else 0) if half and 1 <= number <= 12 else number
    if hour > 23 or minute > 59 or (half and not 1 <= number <= 12):
        return f"“{found[0].strip()}” is no time of day. Write it like 08:30 or 5 pm."
    return {"at": time(hour, minute), "zone": zone}


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NAMED.index(text.casefold()) + 1
