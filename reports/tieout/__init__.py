"""Tie-out: a measure of ours beside the company's own report of it, deal by deal, each difference with its reason."""

from __future__ import annotations

from reports.tieout.compare import tie_out
from reports.tieout.differences import Difference, Reason, Side, TieOut, Where
from reports.tieout.selection import SELECTIONS, Selection, selection

__all__ = [
    "SELECTIONS",
    "Difference",
    "Reason",
    "Selection",
    "Side",
    "TieOut",
    "Where",
    "selection",
    "tie_out",
]
