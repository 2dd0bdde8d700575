"""Which finding comes first: money at stake × confidence × actionability × novelty (METRICS §9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from reports.findings.finding import HARMS, FindingKind, Severity
from reports.findings.harms import Harm
from reports.findings.odds import THIN, Odds
from reports.findings.setting import Setting

# The normal quantile of an 80 % interval.
_Z = Decimal("1.28")
_HALF = Decimal("0.5")
# What a finding is worth when it was there a week ago already.
REPEATED = Decimal("0.3")
# Odds as low as this share of the peers' are evidence of their own.
CLEARLY_WORSE = Decimal("0.5")


def confidence(odds: Odds, quarters: int) -> Decimal:
    """Return how sure a share is, 0 to 1: its lower 80 % bound over itself; 0 where too little was measured."""
    return effect_confidence(odds, Odds(Decimal(0), 0), quarters)


def effect_confidence(high: Odds, low: Odds, quarters: int) -> Decimal:
    """Return how sure the difference of two shares is, 0 to 1; 0 with n below THIN or under two quarters."""
    effect = high.share - low.share
    if high.n < THIN or quarters < 2 or effect <= 0:
        return Decimal(0)
    variance = sum(
        (odds.share * (1 - odds.share) / odds.n for odds in (high, low) if odds.n), start=Decimal(0)
    )
    return min(max((effect - _Z * variance.sqrt()) / effect, Decimal(0)), Decimal(1))


def novelty(began: date | None, setting: Setting) -> Decimal:
    """Return 1 for what is new since the comparison began, REPEATED for what was there before."""
    new = began is None or began >= setting.day(setting.since)
    return Decimal(1) if new else REPEATED


def actionable(owner: str | None, by: date | None) -> Decimal:
    """Return 1 where somebody named can act by a day, half where nobody is named."""
    return Decimal(1) if owner and by else _HALF


def kinds_of_evidence(found: Sequence[Harm], now: Decimal, peer: Decimal, *, compared: bool) -> int:
    """Return how many independent kinds of evidence speak against a deal, the odds being one of them."""
    kinds = {HARMS[harm.kind] for harm in found}
    return len(kinds) + (compared and peer > 0 and now <= peer * CLEARLY_WORSE)


def loudness(harm: Harm, *, kinds: int, enough_money: bool) -> Severity:
    """Return how loud a harm may be: above warn it needs two kinds of evidence, above info enough money.

    A date that has passed is warned of whatever the amount: it is a field to mend.
    """
    if not enough_money:
        return Severity.WARN if harm.kind is FindingKind.OVERDUE else Severity.INFO
    if kinds < 2 and harm.severity.rank > Severity.WARN.rank:
        return Severity.WARN
    return harm.severity
