"""Where we can win: the moves that findings make, each by one person, before the period ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from reports.facts import Period
from reports.findings.finding import Evidence, Finding, FindingKind, Move
from reports.view import PipelineView

# Kinds that can still land in the period; the others begin a deal rather than end one.
IN_TIME = (FindingKind.SAVE, FindingKind.BETTER_THAN_CALLED, FindingKind.READY_TO_PULL_IN)
# Kinds of which all deals of one owner are one conversation.
TOGETHER = (FindingKind.BETTER_THAN_CALLED,)
MOST = 3
# A move below this share of the quarter's target is not a leader's matter.
LEAST_SHARE = Decimal("0.01")
_PLACES = Decimal("0.0001")


def moves(
    view: PipelineView, period: Period, findings: Iterable[Finding], *, most: int = MOST
) -> tuple[Move, ...]:
    """Return at most `most` moves, the largest odds-weighted value first, without odds the largest value; or none.

    A move has a named owner, an act due before the period ends, odds (if any) better than as it stands, and at least
    LEAST_SHARE of the target in value. Best-case deals of one owner that are better than called are one move.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if finding.kind in IN_TIME and _actionable(finding, period):
            together = finding.kind in TOGETHER
            key = (
                (finding.kind, finding.owner_id)
                if together
                else (finding.kind, finding.owner_id, finding.deal_id)
            )
            groups.setdefault(key, []).append(finding)
    made = [_move(group) for group in groups.values()]
    target = next(
        (t.amount for t in view.company.targets if t.period == period.label and not t.region and not t.owner),
        None,
    )
    least = (target or Decimal(0)) * LEAST_SHARE * _rate(view)
    worth = [move for move in made if move.value >= least]
    return tuple(sorted(worth, key=lambda move: (-_worth(move), move.id))[:most])


def _actionable(finding: Finding, period: Period) -> bool:
    return (
        finding.owner is not None
        and finding.amount is not None
        and finding.by is not None
        and finding.by < period.end
        and (finding.odds_peer is None or finding.odds_peer > (finding.odds_now or 0))
    )


def _worth(move: Move) -> Decimal:
    return move.value if move.weighted is None else move.weighted


def _move(group: Sequence[Finding]) -> Move:
    deals = sorted(group, key=lambda finding: (-(finding.amount or Decimal(0)), finding.deal_id))
    first = deals[0]
    value = sum((deal.amount or Decimal(0) for deal in deals), Decimal(0))
    weighted = sum(
        ((deal.amount or Decimal(0)) * (deal.odds_peer or Decimal(0)) for deal in deals), Decimal(0)
    )
    counted = all(deal.odds_peer is not None for deal in deals)
    now = sum(((deal.amount or Decimal(0)) * (deal.odds_now or Decimal(0)) for deal in deals), Decimal(0))
    return Move(
        id=f"{first.kind}:{first.owner_id}" if first.kind in TOGETHER else first.id,
        kind=first.kind,
        deals=tuple(deal.deal for deal in deals),
        deal_ids=tuple(deal.deal_id for deal in deals),
        accounts=tuple(deal.account or deal.deal for deal in deals),
        owner=first.owner,
        owner_id=first.owner_id,
        region=first.region,
        value=value,
        currency=first.currency,
        odds_now=(now / value).quantize(_PLACES) if value and counted else None,
        odds_peer=((weighted / value).quantize(_PLACES) if value else Decimal(0)) if counted else None,
        weighted=weighted if counted else None,
        n=min(deal.n for deal in deals),
        act=first.act,
        by=min(deal.by for deal in deals if deal.by is not None),
        evidence=tuple(_evidence(deals)),
        urls=tuple(deal.url for deal in deals),
    )


def _evidence(deals: Sequence[Finding]) -> Iterable[Evidence]:
    """Yield the evidence of all deals, that which reads the same only once."""
    said = set()
    for deal in deals:
        for evidence in deal.evidence:
            if evidence.text not in said:
                said.add(evidence.text)
                yield evidence


def _rate(view: PipelineView) -> Decimal:
    """Return how many units of the view's currency make one of the company's."""
    return view.company.rates[view.company.currency] / view.company.rates[view.currency]
