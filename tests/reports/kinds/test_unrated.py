"""Deals in a currency without a plan rate: no title says that they are not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reports.compose import compose
from reports.kinds import forecast, weekly
from tests.reports.kinds.looked import block
from tests.reports.small import COMPANY, Small, State, deal

SAID = "; deals without a plan rate are left out."


def made(kind, *, currency: str, status: str, targets: bool):
    company = COMPANY if targets else replace(COMPANY, targets=())
    states = State(status=status, close=date(2026, 11, 18), currency=currency)
    small = Small((deal("one", states), deal("open", State(currency="USD"))), company=company)
    return compose(kind.spec(), small.view())


@pytest.mark.parametrize("kind", [weekly, forecast], ids=["weekly", "forecast"])
@pytest.mark.parametrize("targets", [True, False], ids=["targets", "no targets"])
def test_a_title_names_what_has_no_rate_and_does_not_call_it_nothing(kind, targets):
    title = made(kind, currency="CHF", status="won", targets=targets).slides[0].title.text

    assert title.endswith(SAID)
    assert "nothing" not in title.casefold()
    assert "n/a" not in title


@pytest.mark.parametrize("kind", [weekly, forecast], ids=["weekly", "forecast"])
def test_with_a_rate_it_is_said_nowhere(kind):
    title = made(kind, currency="GBP", status="won", targets=True).slides[0].title.text

    assert SAID not in title


def test_its_tile_says_what_it_is_without():
    def detail(currency: str, status: str, place: int) -> str:
        deck = made(weekly, currency=currency, status=status, targets=True)
        return block(deck, "summary", "tiles").tiles[place].detail

    assert detail("CHF", "won", 0) == detail("CHF", "open", 2) == "without deals that have no plan rate"
    assert "plan rate" not in detail("GBP", "won", 0) + detail("CHF", "won", 2)


@pytest.mark.parametrize("targets", [True, False], ids=["targets of parts", "no targets"])
def test_what_was_won_is_not_called_unset_and_targets_of_parts_are_told_of_only_where_there_are_some(targets):
    company = replace(COMPANY, targets=tuple(t for t in COMPANY.targets if t.owner) * targets)
    states = State(status="won", close=date(2026, 11, 18), currency="CHF")
    small = Small((deal("one", states), deal("open", State(currency="USD"))), company=company)
    deck = compose(weekly.spec(), small.view())

    tiles = {tile.label: tile.value for tile in block(deck, "coverage", "standing").tiles}
    said = " ".join(line.text for line in block(deck, "coverage", "definition").lines)
    assert (tiles["Target"], tiles["Won"]) == ("none set", "n/a")
    assert ("Targets are set by region" in said) == targets
