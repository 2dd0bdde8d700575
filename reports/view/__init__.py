"""The only reader: the mirror as of an instant, for a scope and for those who will see the answer."""

from __future__ import annotations

from reports.view.deals import Deal
from reports.view.moves import Move, Touch, push_count
from reports.view.names import DealName, Names
from reports.view.pipeline import PipelineView, open_view, session_for
from reports.view.session import cross_rates

__all__ = [
    "Deal",
    "DealName",
    "Move",
    "Names",
    "PipelineView",
    "Touch",
    "cross_rates",
    "open_view",
    "push_count",
    "session_for",
]
