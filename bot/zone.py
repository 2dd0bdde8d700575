"""The time zone of this machine, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from connectors.company import zone_named


def machine_zone(environ: Mapping[str, str], *, localtime: Path = Path("/etc/localtime")) -> str:
    """Return the zone that TZ names, else the one the system's clock is set to; UTC where neither says."""
    given = environ.get("TZ", "").removeprefix(":")
    linked = str(localtime.resolve()) if localtime.is_symlink() else ""
    for name in (given, linked.partition("/zoneinfo/")[2]):
        if name and zone_named(name):
            return name
    return "UTC"
