"""The time and the zone in the words of a schedule: `at 8:30 ET`, `9am`, `noon Berlin time`."""

from __future__ import annotations

from datetime import time

from bot.schedules.left import Left, phrase
from bot.schedules.zones import pattern, zones

_CLOCK = (
    r"(?:(?:at|by|@|um|around)\s*)?(?P<h1>\d{1,2}):(?P<m1>\d{2})(?:\s*(?P<half1>[ap])\.?m\.?)?(?:\s*h\b)?"
    r"|(?:at|by|@)\s*(?P<h2>\d{1,2})[.h](?P<m2>\d{2})(?:\s*(?P<half2>[ap])\.?m\.?)?"
    r"|(?:(?:at|by|@)\s*)?(?P<h3>\d{1,2})\s*(?P<half3>[ap])\.?m\.?"
    r"|(?:at|by|@)\s*(?P<h4>\d{1,2})(?:\s*o['’]?clock|\s*h\b|\s*uhr)?(?!\d|[:.]\d|\s*[km%]\b)"
    r"|(?:at\s+)?(?P<name>noon|midnight)"
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
    number = next(int(found[name]) for name in ("h1", "h2", "h3", "h4") if found[name])
    minute = int(found["m1"] or found["m2"] or 0)
    half = (found["half1"] or found["half2"] or found["half3"] or "").casefold()
    hour = number % 12 + (12 if half == "p" else 0) if half and 1 <= number <= 12 else number
    if hour > 23 or minute > 59 or (half and not 1 <= number <= 12):
        return f"“{found[0].strip()}” is no time of day. Write it like 08:30 or 5 pm."
    return {"at": time(hour, minute), "zone": zone}
