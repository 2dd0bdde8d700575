"""The file's amounts in the view's currency, and how one of them can come from another deal's or rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connectors.files.claim import Claim
from reports.view import Deal, PipelineView, cross_rates
from reports.words import money

_CENT: Final = Decimal("0.01")
_HALF_CENT: Final = Decimal("0.005")
_HALF: Final = Decimal("0.5")
# Rates of a system of record have so many decimals, and differ from the plan's by less than so much.
_RATE: Final = Decimal("0.0001")
# As a share of it, a plan rate is as exact as this: a system of record converts with more digits.
_EXACT: Final = Decimal("0.000001")
_NEAREST, _FARTHEST = Decimal("0.75"), Decimal("1.34")
_WHOLE, _THIRDS = Decimal(100), Decimal(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How amounts of the file are read: `rates` are units of `currency` per unit of each currency, at plan."""

    currency: str
    rates: Mapping[str, Decimal]

    @classmethod
    def of(cls, view: PipelineView) -> Amounts:
        """Return the amounts of a view's currency."""
        return cls(currency=view.currency, rates=cross_rates(view.company, view.currency))

    def value(self, claim: Claim) -> Decimal | None:
        """Return a line's amount in our currency, exact; None without an amount or without a plan rate.

        An amount without a currency counts as it stands, as the report adds it up.
        """
        if claim.amount is None:
            return None
        rate = self.rates.get(claim.currency or self.currency)
        return None if rate is None else claim.amount * rate

    def converted(self, claim: Claim) -> bool:
        """Say whether the file has this amount in another currency, so that the plan rate comes in."""
        return claim.amount is not None and (claim.currency or self.currency) != self.currency

    def otherwise(self, claim: Claim, deal: Deal) -> str:
        """Say how the amounts of a line and a deal differ by currency alone; empty where they do not."""
        if deal.entered is None or claim.amount is None:
            return ""
        entered, code = deal.entered
        if code not in self.rates:
            return f"no plan rate for {code}"
        if claim.currency is not None and claim.currency not in self.rates:
            return f"no plan rate for {claim.currency}"
        if claim.currency is not None and claim.currency != code and same(claim.amount, entered):
            return f"{claim.amount:,.2f} {claim.currency} in yours, {entered:,.2f} {code} with us"
        if code == self.currency:
            return ""
        if claim.currency in {None, self.currency} and same(claim.amount, entered):
            return f"{entered:,.2f} {code}, not converted in yours"
        return self._rate(claim, entered, code)

    def _rate(self, claim: Claim, entered: Decimal, code: str) -> str:
        """Say at which rate the file converted; empty where no rate gives its amount to the cent."""
        value, plan = self.value(claim), self.rates[code]
        if not entered or value is None:
            return ""
        if claim.entered is not None and (claim.entered[1] != code or not same(claim.entered[0], entered)):
            return ""
        rate = value / entered
        rounded = rate.quantize(_RATE)
        if not _NEAREST < rate / plan < _FARTHEST:
            return ""
        if abs(rate - plan) <= plan * _EXACT:
            return f"{money(entered, code)} at {plan.normalize():f}, with more digits in yours"
        if claim.entered is None and not same(entered * rounded, value):
            return ""
        return f"{money(entered, code)} at {rounded.normalize():f} in yours, at {plan.normalize():f} with us"


def same(one: Decimal | None, other: Decimal | None) -> bool:
    """Say whether two amounts are the same to the cent; two that are missing are."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _HALF_CENT


def rounded(yours: Decimal | None, ours: Decimal | None) -> bool:
    """Say whether the file's amount is ours, rounded to cents or to whole units."""
    if yours is None or ours is None:
        return False
    whole = yours == yours.to_integral_value()
    return abs(yours - ours) <= (_HALF if whole else _HALF_CENT)


def share(yours: Decimal | None, ours: Decimal | None) -> str:
    """Return the share of ours that the file's amount is, to the cent, as whole per cent or a third; empty where none."""
    if not yours or not ours or yours * ours < 0:
        return ""
    for parts in (_WHOLE, _THIRDS):
        part = (yours / ours * parts).to_integral_value()
        if part and abs(yours * parts - ours * part) <= _CENT * parts:
            return f"{_WHOLE * part / parts:.0f} %"
    return ""


def of_share(yours: Decimal | None, ours: Decimal | None, percent: Decimal | None) -> bool:
    """Say whether the file's amount is so many per cent of ours."""
    if yours is None or ours is None or percent is None or percent == _WHOLE:
        return False
    return abs(yours * _WHOLE - ours * percent) <= _CENT * _WHOLE
