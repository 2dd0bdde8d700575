"""`find`: everything worth saying about a period, ranked by money."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reports.facts import Period
from reports.findings.chances import Chance, chances
from reports.findings.customers import expansion, revive
from reports.findings.evidence import Teller
from reports.findings.finding import Evidence, Finding, FindingKind
from reports.findings.harms import Harm, harms
from reports.findings.odds import Odds
from reports.findings.rank import (
    actionable,
    confidence,
    effect_confidence,
    kinds_of_evidence,
    loudness,
    novelty,
)
from reports.findings.setting import Setting, setting
from reports.view import PipelineView
from reports.view.signals import Signal, open_signals


def find(
    view: PipelineView, period: Period, *, judged: Setting | None = None, harms_too: bool = True
) -> tuple[Finding, ...]:
    """Return the findings about open deals due up to the end of `period`, and the chances to win more in it.

    Ranked by score, then stake, then amount; a deal's loudest first. Empty where nothing speaks. Harms are told of deals due in
    the period or overdue; chances of deals of the next period too, and of customers. Access and filters are the
    view's; peers are all deals that may be seen. `judged` saves working out the setting twice;
    without `harms_too` only the chances are worded and returned.
    """
    if judged is None:
        return view.once(
            ("find", period, harms_too),
            lambda: find(view, period, judged=setting(view, period), harms_too=harms_too),
        )
    found: list[Finding] = []
    for signal in open_signals(view, period, since=judged.since, chances_only=not harms_too):
        found += of_deal(judged, signal, harms_too=harms_too)
    found += revive(judged)
    found += expansion(judged)
    return ranked(found)


def of_deal(judged: Setting, signal: Signal, *, harms_too: bool = True) -> tuple[Finding, ...]:
    """Return what there is to say about one open deal: harms where it is due by the period's end, and chances."""
    tellers: dict[FindingKind, Teller] = {}

    def told(kind: FindingKind) -> Teller:
        return tellers.setdefault(kind, judged.teller(f"{kind}:{signal.id}", signal.id))

    made: list[Finding] = [_chance(judged, signal, chance) for chance in chances(judged, signal, told)]
    if harms_too and signal.close < judged.period.end:
        spoken = tuple(harms(judged, signal, told))
        made += [_harm(judged, signal, harm, spoken, told(harm.kind)) for harm in spoken]
    return tuple(made)


def ranked(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in their order: score, stake, what may slip, amount, the loudest first; ties by id."""

    def key(f: Finding) -> tuple[Decimal | int | str, ...]:
        return (-f.score, -f.stake, -f.slipping, -(f.amount or Decimal(0)), f.deal_id, -f.severity.rank, f.id)

    return tuple(sorted(found, key=key))


def _harm(judged: Setting, signal: Signal, harm: Harm, spoken: tuple[Harm, ...], told: Teller) -> Finding:
    now, peer, n, sentence = judged.odds_line(told, judged.position(signal))
    compared = bool(sentence)
    amount = signal.amount or Decimal(0)
    stake = amount * max(peer - now, Decimal(0)) if compared else Decimal(0)
    kinds = kinds_of_evidence(spoken, now, peer, compared=compared)
    by = judged.by(harm.working_days, signal.close)
    sure = effect_confidence(Odds(peer, n), Odds(now, n), judged.odds.quarters)
    unknown = list(harm.unknown)
    if not compared:
        unknown.append(f"n={n}, not compared" if n else "too little history to compare with")
    if signal.amount is None and "amount" not in judged.view.access.hidden:
        unknown.append("no amount: it is counted, not valued")
    if signal.logs is False and not signal.stale:
        unknown.append("the owner logs too little to judge silence")
    evidence: list[Evidence] = [harm.evidence]
    evidence += [other.evidence for other in spoken if other is not harm]
    if sentence:
        evidence.append(told.tell("odds", sentence))
    return _finding(
        judged,
        signal,
        kind=harm.kind,
        stake=stake,
        slipping=amount if signal.close >= judged.period.start else Decimal(0),
        score=stake * sure * actionable(signal.owner, by) * novelty(harm.began, judged),
        severity=loudness(
            harm, kinds=kinds, enough_money=amount > 0 and amount >= judged.floor(signal.segment)
        ),
        evidence=tuple(evidence),
        unknown=tuple(unknown),
        act=harm.act,
        by=by,
        odds_now=now if compared else None,
        odds_peer=peer if compared else None,
        n=n,
        began=harm.began,
    )


def _chance(judged: Setting, signal: Signal, chance: Chance) -> Finding:
    amount = signal.amount or Decimal(0)
    now, then = chance.now, chance.then
    stake = amount if then is None else amount * then.share
    sure = Decimal(0) if then is None else confidence(then, judged.odds.quarters)
    by = judged.by(chance.working_days, signal.close)
    return _finding(
        judged,
        signal,
        kind=chance.kind,
        stake=stake,
        score=stake * sure * actionable(signal.owner, by) * novelty(None, judged),
        severity="info",
        evidence=chance.evidence,
        unknown=(*chance.unknown, *(judged.no_odds,) * (then is None)),
        act=chance.act,
        by=by,
        odds_now=None if now is None else now.share,
        odds_peer=None if then is None else then.share,
        n=0 if then is None else then.n,
        began=chance.began,
    )


def _finding(judged: Setting, signal: Signal, **rest: object) -> Finding:
    return Finding.model_validate(
        {
            "id": f"{rest['kind']}:{signal.id}",
            "deal_id": signal.id,
            "deal": signal.name,
            "account": signal.account,
            "owner": signal.owner,
            "owner_id": signal.owner_id,
            "region": signal.region,
            "segment": signal.segment,
            "stage": signal.stage,
            "category": signal.category,
            "close": signal.close,
            "url": signal.url,
            "amount": signal.amount,
            "currency": judged.view.currency,
            **rest,
        }
    )
