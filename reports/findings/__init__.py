"""What matters and why: findings ranked by money, each with its evidence, what to do, and what is not known."""

from __future__ import annotations

from reports.findings.find import find, ranked
from reports.findings.finding import Evidence, Finding, FindingKind, Move, Severity
from reports.findings.moves import moves
from reports.findings.setting import LAST_SEEN, Setting, setting, silence_rule
from reports.findings.signs import Inspection, inspect, signs

__all__ = [
    "LAST_SEEN",
    "Evidence",
    "Finding",
    "FindingKind",
    "Inspection",
    "Move",
    "Setting",
    "Severity",
    "find",
    "inspect",
    "moves",
    "ranked",
    "setting",
    "signs",
    "silence_rule",
]
