"""The forecast call: five slides on what the period will end with, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from reports.kinds.forecast import call, changes, path, swing, trajectory
from reports.kinds.forecast.message import card, message
from reports.kinds.page import Body, LeftOut, Page
from reports.spec import whole

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

# The report as data, `reports.spec.whole` of all its slides.
spec = partial(whole, "forecast", tuple(SLIDES))

__all__ = ["LABELS", "NAME", "REVISED", "SLIDES", "card", "message", "spec"]
