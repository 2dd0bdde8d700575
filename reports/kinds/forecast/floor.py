"""The noise floor: how far what the open deals bring would scatter even if the odds of every one of them were right."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reports.findings.odds import Position
from reports.kinds.forecast.record import ENOUGH
from reports.kinds.scene import Scene
from reports.view.standings import amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What the open deals of a period may be expected to bring, and the standard deviation of that; `n` deals."""

    expected: Decimal
    scatter: Decimal
    n: int

    @property
    def share(self) -> Decimal:
        """Return sqrt(sum p (1 - p) a²) / sum p a (METRICS §7.1), a relative standard deviation."""
        return self.scatter / self.expected


def floor(scene: Scene) -> Floor | None:
    """Return the noise floor of the scene's period; None where it is no quarter, is over, or history gives no odds.

    The odds of a deal are those of its peers: same stage, segment and position of its date on this day of past
    quarters. What is created and closed later is left out, and so is drift: it is a lower bound.
    """
    odds = scene.judged.odds
    if scene.is_over or len(scene.view.calendar.quarters(scene.period)) != 1:
        return None
    if odds.peers is None or odds.quarters < ENOUGH:
        return None
    stages = {stage.name: stage.order for stage in scene.company.stages}
    found = amounts(scene.view, scene.period)
    pairs = [
        (odds.peer(_position(stages.get(stage or "", 0), segment, late=late)).share, amount)
        for stage, segment, late, amount in found
    ]
    expected, scatter = spread(pairs)
    return Floor(expected=expected, scatter=scatter, n=len(found)) if expected > 0 else None


def spread(pairs: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Return sum p a and sqrt(sum p (1 - p) a²) of (p, a) pairs, both to the hundredth."""
    expected = sum((p * amount for p, amount in pairs), Decimal(0))
    return _cents(expected), _cents(
        sum((p * (1 - p) * amount * amount for p, amount in pairs), Decimal(0)).sqrt()
    )


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def _position(stage: int, segment: str | None, *, late: bool) -> Position:
    """Return where a deal stands, as far as the odds of its peers go; they do not look at the rest."""
    return Position(
        stage=stage,
        due="overdue" if late else "this",
        category="",
        segment=segment,
        pushes=0,
        idle="unknown",
        step=True,
    )
