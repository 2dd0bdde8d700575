"""How well the rules find what was planted in the demo company: precision and recall, printed as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.findings import Finding
from reports.findings.finding import HARMS

# What was planted and can show: who has no economic buyer leaves no trace in the mirror.
SHOWING = ("champion_left", "competitor", "stalled", "zombie", "stale", "happy_ears", "amount_drop")


@dataclass(frozen=True, kw_only=True)
class Score:
    """One rule: how many deals it flags, how many of those are planted, and how many planted there are."""

    rule: str
    flagged: int
    right: int
    planted: int

    @property
    def precision(self) -> float:
        return self.right / self.flagged if self.flagged else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.planted if self.planted else 0.0


def harmed(truth: Mapping[str, Mapping[str, Iterable[str]]]) -> set[str]:
    return {deal_id for name in SHOWING for deal_id in truth["harms"].get(name, ())}


def scores(
    findings: Iterable[Finding], truth: Mapping[str, Mapping[str, Iterable[str]]], looked_at: set[str]
) -> dict[str, Score]:
    """Return the score of every rule, of any rule, and of "every deal is at risk" (`all`), over `looked_at`."""
    planted = harmed(truth) & looked_at
    flagged: dict[str, set[str]] = {"all": set(looked_at)}
    for finding in findings:
        if finding.kind in HARMS and finding.deal_id in looked_at:
            flagged.setdefault(finding.kind.value, set()).add(finding.deal_id)
            flagged.setdefault("any rule", set()).add(finding.deal_id)
            if finding.severity.rank >= 2:
                flagged.setdefault("risk or severe", set()).add(finding.deal_id)
    return {
        rule: Score(rule=rule, flagged=len(deals), right=len(deals & planted), planted=len(planted))
        for rule, deals in flagged.items()
    }


def table(found: Mapping[str, Score]) -> str:
    """Return the scores as text, one rule a line."""
    lines = [f"{'rule':16}{'flagged':>8}{'precision':>11}{'recall':>8}"]
    lines += [
        f"{score.rule:16}{score.flagged:>8}{score.precision:>11.2f}{score.recall:>8.2f}"
        for score in sorted(found.values(), key=lambda score: score.rule)
    ]
    return "\n".join(lines)
