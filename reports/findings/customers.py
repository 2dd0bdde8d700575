"""The rules that find money at customers: deals lost on timing that stir again, and products that peers own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from reports.findings.evidence import Teller
from reports.findings.finding import Finding, FindingKind, Severity
from reports.findings.odds import THIN, Odds
from reports.findings.rank import confidence, novelty
from reports.findings.setting import THIS_WEEK, Setting
from reports.view.accounts import Gap, Pair, Revival, gaps, pairs, revivals

# An expansion needs this share of peers, and this lift at the lower 90 % bound.
ADOPTION = Decimal("0.25")
LIFT = 1.2
MOST = 20
# What begins a deal cannot land in the period: it counts half beside what can.
_LATER = Decimal("0.5")


def revive(setting: Setting) -> Iterator[Finding]:
    """Yield lost deals that are worth another call, odds being those of any deal that was ever closed."""
    limits = setting.limits
    months = (limits.revive_min_months, limits.revive_max_months)
    for deal in revivals(setting.view, months=months):
        if deal.amount is not None:
            yield _revive(setting, deal)


def expansion(setting: Setting) -> Iterator[Finding]:
    """Yield customers that own a product whose owners usually have another one too; the best pair of each, at most MOST."""
    adoption = lifted(pairs(setting.view))
    best: dict[str, tuple[Decimal, Gap, Odds]] = {}
    for gap in gaps(setting.view, tuple(adoption)):
        odds = adoption[gap.segment, gap.has, gap.wants]
        name, stake = _called(gap), gap.amount * odds.share
        if name not in best or best[name][0] < stake:
            best[name] = (stake, gap, odds)
    # There are many more gaps than are told of, and telling takes longer than comparing.
    for name in sorted(best, key=lambda name: (-best[name][0], name))[:MOST]:
        _, gap, odds = best[name]
        yield _expansion(setting, gap, odds)


def lifted(counted: tuple[Pair, ...]) -> dict[tuple[str | None, str, str], Odds]:
    """Return, by (segment, has, wants), the share of peers that adopted; only pairs that are more than popular.

    Kept when at least THIN peers own `has`, the share is ADOPTION or more, and the lower 90 % bound of the lift
    `P(wants | has) / P(wants)` is above LIFT (log-normal, Laplace-smoothed).
    """
    kept = {}
    for pair in counted:
        if pair.industry is not None or pair.with_has < THIN:
            continue
        together, alone = (
            (pair.with_both + 1) / (pair.with_has + 2),
            (pair.with_wants + 1) / (pair.customers + 2),
        )
        spread = math.sqrt((1 - together) / (pair.with_both + 1) + (1 - alone) / (pair.with_wants + 1))
        low = together / alone * math.exp(-1.645 * spread)
        share = Decimal(pair.with_both) / pair.with_has
        if share >= ADOPTION and low > LIFT:
            kept[pair.segment, pair.has, pair.wants] = Odds(share.quantize(Decimal("0.0001")), pair.with_has)
    return kept


def _revive(setting: Setting, deal: Revival) -> Finding:
    told = Teller(
        finding=f"{FindingKind.REVIVE}:{deal.id}",
        record=deal.id,
        as_of=setting.view.as_of,
        currency=setting.view.currency,
    )
    odds, amount, today = setting.odds.base, deal.amount or Decimal(0), setting.today
    lost = told.tell(
        "lost on timing", f"lost {told.day('lost', deal.lost_on, today)}: {told.name('reason', deal.reason)}"
    )
    stirred = told.tell(
        "stirs again",
        f"buyer in touch again since {told.day('first', setting.day(deal.first), today)} "
        f"({told.count('touches', deal.touches)} times), last {told.day('last', setting.day(deal.last), today)}",
    )
    stake = amount * odds.share
    began = setting.day(deal.first)
    return Finding(
        id=told.finding,
        kind=FindingKind.REVIVE,
        deal_id=deal.id,
        deal=deal.name,
        account=deal.account,
        owner=deal.owner,
        owner_id=deal.owner_id,
        region=deal.region,
        segment=deal.segment,
        url=deal.url,
        amount=deal.amount,
        currency=setting.view.currency,
        stake=stake,
        score=stake * confidence(odds, setting.odds.quarters) * _LATER * novelty(began, setting),
        severity=Severity.INFO,
        evidence=(lost, stirred),
        unknown=("odds are those of any closed deal: revived deals are not measured apart",),
        act="Call again",
        by=setting.by(THIS_WEEK, None),
        odds_now=Decimal(0),
        odds_peer=odds.share,
        n=odds.n,
        began=began,
    )


def _called(gap: Gap) -> str:
    return f"{FindingKind.EXPANSION}:{gap.account_id}:{gap.wants}"


def _expansion(setting: Setting, gap: Gap, odds: Odds) -> Finding:
    told = Teller(
        finding=_called(gap),
        record=gap.account_id,
        as_of=setting.view.as_of,
        currency=setting.view.currency,
    )
    label = setting.view.company.label
    has, wants = label(gap.has), label(gap.wants)
    peers = told.tell(
        "peers own it",
        f"owns {told.name('has', has)} since {told.day('since', gap.since, setting.today)}; of "
        f"{told.count('n', odds.n)} such customers {told.share('share', odds.share, odds.n)} own {told.name('wants', wants)} too",
    )
    price = told.tell("usual deal", f"median deal for it: {told.money('median', gap.amount)}")
    stake = gap.amount * odds.share
    return Finding(
        id=told.finding,
        kind=FindingKind.EXPANSION,
        deal_id=gap.account_id,
        deal=f"{gap.account}: {wants}",
        account=gap.account,
        owner=gap.owner,
        owner_id=gap.owner_id,
        region=gap.region,
        segment=gap.segment,
        amount=gap.amount,
        currency=setting.view.currency,
        stake=stake,
        score=stake * confidence(odds, setting.odds.quarters) * _LATER * novelty(None, setting),
        severity=Severity.INFO,
        evidence=(peers, price),
        unknown=("no usage data: use of what it owns is not looked at",),
        act=f"Offer {wants}",
        by=setting.by(THIS_WEEK, None),
        odds_now=Decimal(0),
        odds_peer=odds.share,
        n=odds.n,
    )
