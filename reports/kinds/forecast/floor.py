"""The noise floor: how far what the open deals bring would scatter even if the odds of every one of them were right."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from connectors.records import Status
from reports.findings.odds import Position
from reports.kinds.forecast.record import ENOUGH
from reports.kinds.scene import Scene
from reports.view import Deal


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
    deals = [deal for deal in scene.view.deals(status=Status.OPEN, due=scene.period) if deal.amount]
    pairs = [(odds.peer(_position(scene, deal)).share, deal.amount or Decimal(0)) for deal in deals]
    expected, scatter = spread(pairs)
    return Floor(expected=expected, scatter=scatter, n=len(deals)) if expected > 0 else None


def spread(pairs: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Return sum p a and sqrt(sum p (1 - p) a²) of (p, a) pairs."""
    expected = sum((p * amount for p, amount in pairs), Decimal(0))
    return expected, sum((p * (1 - p) * amount * amount for p, amount in pairs), Decimal(0)).sqrt()


def _position(scene: Scene, deal: Deal) -> Position:
    """Return where a deal stands, as far as the odds of its peers go; they do not look at the rest."""
    late = deal.close is not None and deal.close < scene.today
    return Position(
        stage=deal.stage_order,
        due="overdue" if late else "this",
        category=str(deal.category),
        segment=deal.segment,
        pushes=0,
        idle="unknown",
        step=True,
    )
