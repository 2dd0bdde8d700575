"""The weekly pipeline review: eight slides, and whatever question is put beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.weekly import ahead, appendix, commitments, coverage, left, movement, summary, win
from reports.kinds.weekly.message import card, message
from reports.spec import whole

NAME = "Weekly pipeline review"
SLIDES: Mapping[str, Callable[[Page], Body | LeftOut]] = {
    "summary": summary.build,
    "movement": movement.build,
    "coverage": coverage.build,
    "commit": commitments.build,
    "left": left.build,
    "win": win.build,
    "next": ahead.build,
    "appendix": appendix.build,
}
# What a slide is called where it has to be named without its title.
LABELS: Mapping[str, str] = {
    "summary": "Summary",
    "movement": "Movement",
    "coverage": "Coverage",
    "commit": "Commit inspection",
    "left": "What left",
    "win": "Where we can win",
    "next": "Next quarter",
    "appendix": "Appendix",
}
# Slides whose footer names the revision: the others stay identical when nothing on them changed.
REVISED = frozenset({"summary", "appendix"})

# The report as data, `reports.spec.whole` of all its slides.
spec = partial(whole, "weekly", tuple(SLIDES))

__all__ = ["LABELS", "NAME", "REVISED", "SLIDES", "card", "message", "spec"]
