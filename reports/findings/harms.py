"""The rules that speak of a harm. Each tells what was seen, since when, how loud it may be, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from reports.findings.evidence import Teller
from reports.findings.finding import Evidence, FindingKind, Severity
from reports.findings.setting import SOON, THIS_WEEK, Setting
from reports.view.signals import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One rule that spoke about one deal. `unknown` says what it could not look at."""

    kind: FindingKind
    severity: Severity
    evidence: Evidence
    act: str
    working_days: int
    began: date
    unknown: tuple[str, ...] = ()


def harms(setting: Setting, signal: Signal, told: Callable[[FindingKind], Teller]) -> Iterator[Harm]:
    """Yield what every rule says about a deal; nothing where it is healthy. `told` gives the teller of a kind."""
    for kind, (speaks, tell) in _RULES.items():
        if speaks(signal):
            yield tell(setting, signal, told(kind))


def _overdue(setting: Setting, signal: Signal, told: Teller) -> Harm:
    late = (setting.today - signal.close).days
    words = (
        f"close date {told.day('close', signal.close, setting.today)} passed {told.days('late', late)} ago"
    )
    return Harm(
        kind=FindingKind.OVERDUE,
        severity=Severity.RISK if late >= setting.limits.overdue_risk_days else Severity.WARN,
        evidence=told.tell("past due", words),
        act="Ask for a new date",
        working_days=THIS_WEEK,
        began=signal.close + timedelta(days=1),
    )


def _pushed(setting: Setting, signal: Signal, told: Teller) -> Harm:
    path = [signal.moves[0][1], *(new for _, _, new in signal.moves)]
    later = [move for move in signal.moves if move[2] > move[1]]
    words = f"close date moved {told.path('path', path, setting.today)} ({told.nth('moves', len(signal.moves))} move)"
    severe = signal.pushes >= setting.limits.push_severe
    return Harm(
        kind=FindingKind.PUSHED,
        severity=Severity.SEVERE if severe else Severity.RISK,
        evidence=told.tell("close date moved", words),
        act="Sponsor call" if severe else "Ask what the date depends on",
        working_days=SOON if severe else THIS_WEEK,
        began=setting.day(later[-1][0]),
    )


def silence(setting: Setting, signal: Signal, told: Teller) -> Evidence:
    """Return how long the buyer has been silent, against what is usual; where only days are known, anybody."""
    idle = (
        (setting.today - setting.day(signal.last_touch)).days
        if signal.last_touch is not None
        else signal.idle
    )
    what = "buyer touch" if setting.touched else "activity"
    seen = f"no {what} for " if signal.last_touch else f"no {what} since it was created, "
    usual = "" if signal.gap is None else f" (usual gap: {told.days('gap', max(round(signal.gap), 1))})"
    return told.tell(
        "buyer silent" if setting.touched else "silent", f"{seen}{told.days('idle', idle)}{usual}"
    )


def contact(setting: Setting, signal: Signal, told: Teller) -> Evidence:
    """Return when the buyer was last seen, for a deal that nothing is wrong with; where only days are known, anybody."""
    idle = (setting.today - setting.day(signal.last_touch)).days if signal.last_touch else signal.idle
    seen = f"{told.days('idle', idle)} ago" if idle else "today"
    usual = "" if signal.gap is None else f" (usual gap: {told.days('gap', max(round(signal.gap), 1))})"
    what = "buyer seen" if setting.touched else "last activity"
    return told.tell(what, f"{what} {seen}{usual}")


def _stale(setting: Setting, signal: Signal, told: Teller) -> Harm:
    limits = setting.limits
    days = max(limits.stale_min_days, round(4 * (signal.gap or 0))) if setting.touched else limits.stale_days
    return Harm(
        kind=FindingKind.STALE,
        severity=Severity.RISK,
        evidence=silence(setting, signal, told),
        act="Reach the buyer",
        working_days=SOON,
        began=setting.today - timedelta(days=max(signal.idle - days, 0)),
        unknown=() if setting.touched else ("it is not known who took part in the last activity",),
    )


def _no_step(setting: Setting, signal: Signal, told: Teller) -> Harm:
    gone = setting.day(signal.step_gone_since)
    return Harm(
        kind=FindingKind.NO_NEXT_STEP,
        severity=Severity.WARN,
        evidence=told.tell(
            "no next step", f"no next step written down since {told.day('since', gone, setting.today)}"
        ),
        act="Agree the next step",
        working_days=THIS_WEEK,
        began=gone,
    )


def _drop(setting: Setting, signal: Signal, told: Teller) -> Harm:
    before = max(value for value in (signal.amount_before, signal.amount_peak) if value is not None)
    amount = signal.amount if signal.amount is not None else before
    since = setting.day(signal.dropped_at) if signal.dropped_at else setting.today
    words = (
        f"amount fell from {told.money('before', before)} to {told.money('now', amount)} "
        f"on {told.day('since', since, setting.today)}"
    )
    return Harm(
        kind=FindingKind.AMOUNT_DROP,
        severity=Severity.WARN,
        evidence=told.tell("amount fell", words),
        act="Ask what was taken out",
        working_days=THIS_WEEK,
        began=since,
    )


def _regress(setting: Setting, signal: Signal, told: Teller) -> Harm:
    since = setting.day(signal.regressed_at) if signal.regressed_at else setting.today
    words = (
        f"went back from {told.name('from', signal.regressed_from or '?')} to {told.name('to', signal.stage)} "
        f"on {told.day('since', since, setting.today)}"
    )
    return Harm(
        kind=FindingKind.REGRESS,
        severity=Severity.RISK,
        evidence=told.tell("went back", words),
        act="Qualify again",
        working_days=THIS_WEEK,
        began=since,
    )


def _early(setting: Setting, signal: Signal, told: Teller) -> Harm:
    left = (signal.close - setting.today).days
    words = f"still in {told.name('stage', signal.stage)}, due in {told.days('left', left)}"
    return Harm(
        kind=FindingKind.EARLY_FOR_DATE,
        severity=Severity.WARN,
        evidence=told.tell("early for its date", words),
        act="Move the date or show the plan",
        working_days=THIS_WEEK,
        began=max(signal.close - timedelta(days=setting.limits.early_days), setting.day(signal.created)),
    )


_RULES: dict[FindingKind, tuple[Callable[[Signal], bool], Callable[[Setting, Signal, Teller], Harm]]] = {
    FindingKind.STALE: (lambda s: s.stale, _stale),
    FindingKind.PUSHED: (lambda s: s.pushed, _pushed),
    FindingKind.OVERDUE: (lambda s: s.overdue, _overdue),
    FindingKind.REGRESS: (lambda s: s.regress, _regress),
    FindingKind.AMOUNT_DROP: (lambda s: s.drop, _drop),
    FindingKind.NO_NEXT_STEP: (lambda s: s.no_step, _no_step),
    FindingKind.EARLY_FOR_DATE: (lambda s: s.early, _early),
}
