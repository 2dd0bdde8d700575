"""Money: exact, and never mixed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.records import CurrencyMismatchError, Money

amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=2, allow_nan=False, allow_infinity=False)


def euro(amount: Decimal) -> Money:
    return Money(amount=amount, currency="EUR")


@given(amounts, amounts, amounts)
def test_sums_do_not_depend_on_the_order(a: Decimal, b: Decimal, c: Decimal) -> None:
    assert (euro(a) + euro(b)) + euro(c) == euro(c) + (euro(b) + euro(a))
    assert euro(a) - euro(a) == euro(Decimal(0))
    assert -euro(a) + euro(a) == euro(Decimal(0))


@given(amounts, amounts)
def test_two_currencies_never_meet(a: Decimal, b: Decimal) -> None:
    dollars = Money(amount=b, currency="USD")

    for combine in (lambda: euro(a) + dollars, lambda: euro(a) - dollars, lambda: euro(a) < dollars):
        with pytest.raises(CurrencyMismatchError, match="cannot combine 'EUR' with 'USD'"):
            combine()


@given(amounts, st.decimals(min_value=Decimal("0.0001"), max_value=10_000, places=4))
def test_conversion_is_exact(amount: Decimal, rate: Decimal) -> None:
    assert euro(amount).convert(rate=rate, currency="USD").amount == amount * rate


def test_money_is_never_a_float_and_never_infinite() -> None:
    with pytest.raises(TypeError, match=r"not 1\.5"):
        Money(amount=1.5, currency="EUR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        Money(amount=Decimal("Infinity"), currency="EUR")
