"""The forecast call: five slides on what the period will end with, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from reports.facts import Filter
from reports.kinds.forecast import call, changes, path, swing, trajectory
from reports.kinds.forecast.message import card, message
from reports.kinds.page import Body, LeftOut, Page
from reports.spec import ReportSpec, SlideSpec

NAME = "Forecast call"
SLIDES: Mapping[str, Callable[[Page], Body | LeftOut]] = {
    "call": call.build,
    "path": path.build,
    "swing": swing.build,
    "trajectory": trajectory.build,
    "changes": changes.build,
}
# What a slide is called where it has to be named without its title.
LABELS: Mapping[str, str] = {
    "call": "The call",
    "path": "Path to target",
    "swing": "Swing deals",
    "trajectory": "Trajectory",
    "changes": "Category changes",
}
# Slides whose footer names the revision: the others stay identical when nothing on them changed.
REVISED = frozenset({"call"})

__all__ = ["LABELS", "NAME", "REVISED", "SLIDES", "card", "message", "spec"]


def spec(
    period: str = "this-quarter",
    as_of: datetime | None = None,
    filters: tuple[Filter, ...] = (),
    generation: str | None = None,
    currency: str | None = None,
) -> ReportSpec:
    """Return the forecast as data: all five slides, in the scope, period and currency asked for."""
    return ReportSpec(
        kind="forecast",
        period=period,
        as_of=as_of,
        generation=generation,
        currency=currency,
        filters=filters,
        slides=tuple(SlideSpec(id=key, key=key) for key in SLIDES),
    )
