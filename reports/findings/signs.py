"""Warning signs of single deals, as for an inspection of the commit: what each shows, and what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reports.facts import Period
from reports.findings.find import of_deal
from reports.findings.finding import Finding, FindingKind, Severity
from reports.findings.odds import THIN
from reports.findings.setting import Setting, setting
from reports.view import Deal, PipelineView
from reports.view.signals import Signal, open_signals
from reports.view.sizes import stage_norms

# A deal is old for its stage at so many times what three quarters of the won deals needed.
OLD = Decimal("1.5")
# Signs in the order in which they are told.
_ORDER = (
    FindingKind.STALE,
    FindingKind.PUSHED,
    FindingKind.NO_NEXT_STEP,
    FindingKind.OVERDUE,
    FindingKind.REGRESS,
    FindingKind.AMOUNT_DROP,
    FindingKind.LONG_IN_STAGE,
    FindingKind.EARLY_FOR_DATE,
)

# How days in a stage are counted where only exports are known.
SEEN_FROM = "Days since the export that first shows the deal in this stage: it was there for at least so many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a look at one deal shows: days in its stage against the norm, the last touch, moves, signs.

    Where only exports are known, `days_in_stage` are counted from the one that first shows the stage: at least so many.
    `norm_days` is what three quarters of won deals needed in that stage and segment (`norm_n` visits); None where
    too few were won. `last_touch` is that of the buyer, or of anybody where only days are known; `usual_gap` is days
    between buyer touches for this owner and stage, None where they are not known.
    """

    deal_id: str
    days_in_stage: int
    norm_days: int | None
    norm_n: int
    last_touch: datetime | None
    idle_days: int
    usual_gap: Decimal | None
    pushes: int
    moves: tuple[tuple[datetime, object, object], ...]
    next_step: str | None
    signs: tuple[Finding, ...]


def signs(
    view: PipelineView, deals: Iterable[Deal], *, period: Period | None = None
) -> Mapping[str, tuple[Finding, ...]]:
    """Return the warning signs of each deal, worst first; an empty tuple for a deal without any."""
    return {key: look.signs for key, look in inspect(view, deals, period=period).items()}


def inspect(
    view: PipelineView,
    deals: Iterable[Deal],
    *,
    period: Period | None = None,
    judged: Setting | None = None,
    known: Iterable[Signal] | None = None,
) -> Mapping[str, Inspection]:
    """Return what a look at each open deal shows, by its id; deals that are closed or not visible are left out.

    Slow alone is no sign: a deal that is old for its stage is told of only where it also is silent, pushed or
    without a plan. One that goes through procurement with its buyer in touch is slow, and fine. `known` saves reading
    the signals of these deals again.
    """
    ids = [deal.id for deal in deals]
    if not ids:
        return {}
    period = period or view.calendar.quarter(view.today)
    judged = judged or setting(view, period)
    norms = stage_norms(view, every=judged.every)
    found = (
        open_signals(view.everything(), period, since=judged.since, ids=ids)
        if known is None
        else sorted(known, key=lambda signal: (-(signal.amount or 0), signal.id))
    )
    return {signal.id: _inspection(judged, signal, norms) for signal in found}


def _inspection(
    judged: Setting, signal: Signal, norms: Mapping[tuple[int, str | None], tuple[int, int]]
) -> Inspection:
    days, n = norms.get((signal.order, signal.segment), (0, 0))
    if n < THIN:
        days, n = norms.get((signal.order, None), (0, 0))
    in_stage = (judged.today - judged.day(signal.in_stage_since)).days
    told = tuple(f for f in of_deal(judged, signal) if not f.is_chance and _is_sign(f, signal))
    slow = n >= THIN and in_stage > days * OLD
    unwell = any(f.kind in {FindingKind.STALE, FindingKind.PUSHED, FindingKind.NO_NEXT_STEP} for f in told)
    if slow and unwell:
        told += (_long(judged, signal, in_stage, days, n),)
    return Inspection(
        deal_id=signal.id,
        days_in_stage=in_stage,
        norm_days=days if n >= THIN else None,
        norm_n=n,
        last_touch=signal.last_touch,
        idle_days=(judged.today - judged.day(signal.last_touch)).days if signal.last_touch else signal.idle,
        usual_gap=signal.gap,
        pushes=signal.pushes,
        moves=signal.moves,
        next_step=signal.next_step,
        signs=tuple(sorted(told, key=lambda f: _ORDER.index(f.kind))),
    )


def _is_sign(finding: Finding, signal: Signal) -> bool:
    """Say whether a finding is a sign on its own: one move of the date is not, two are."""
    return finding.kind is not FindingKind.PUSHED or signal.pushes >= 2


def _long(judged: Setting, signal: Signal, in_stage: int, norm: int, n: int) -> Finding:
    told = judged.teller(f"{FindingKind.LONG_IN_STAGE}:{signal.id}", signal.id)
    # Between two exports a deal may have changed its stage on any day.
    seen = bool(judged.view.snapshots)
    stay = told.days("stay", in_stage, definition=SEEN_FROM if seen else "")
    words = (
        f"{'at least ' if seen else ''}{stay} in {told.name('stage', signal.stage)}; most won deals needed "
        f"{told.days('norm', norm)} (n = {told.count('norm_n', n)})"
    )
    base = of_deal(judged, signal)[-1]
    return base.model_copy(
        update={
            "id": told.finding,
            "kind": FindingKind.LONG_IN_STAGE,
            "severity": Severity.WARN,
            "evidence": (told.tell("old for its stage", words),),
            "act": "Ask what it waits for",
            "began": judged.day(signal.in_stage_since),
        }
    )
