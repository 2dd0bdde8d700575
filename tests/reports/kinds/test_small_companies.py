"""The weekly of companies that keep less than Larkmoor does: no target, no regions, no amounts, no activity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connectors.company import Target, Thresholds
from reports.compose import compose
from reports.errors import NothingThere
from reports.kinds import weekly
from reports.narrative import guard
from tests.reports.deck_text import deck_text
from tests.reports.small import COMPANY, Small, State, deal

BARE = replace(COMPANY, dimensions={}, targets=(), thresholds=Thresholds(), types_in_scope=(), labels={})


def target(amount):
    return replace(COMPANY, targets=(Target(period="FY26-Q4", amount=Decimal(amount)),))


def weekly_of(*deals, company=COMPANY):
    deck = compose(weekly.spec(), Small(deals, company=company).view())
    for slide in deck.slides:
        texts = [
            slide.title,
            *(line for block in slide.blocks if block.type == "lines" for line in block.lines),
        ]
        assert [problem for text in texts for problem in guard(text, slide.facts)] == []
    return deck


def won(name, amount, **more):
    return deal(
        name, State(amount=amount), State(amount=amount).at(5, status="won", close=date(2026, 11, 18)), **more
    )


def test_ahead_of_target_is_said():
    assert weekly_of(won("d1", "900"), company=target(600)).slides[0].title.text == (
        "Q4 is $300 ahead of $600 with 5½ weeks left."
    )


def test_exactly_on_target_is_said():
    deck = weekly_of(won("d1", "600"), company=target(600))

    assert deck.slides[0].title.text == "Q4 is on its target of $600 with 5½ weeks left."
    assert deck.card.gap_text == "on target"


def test_ahead_although_one_region_is_behind():
    deck = weekly_of(won("d1", "1200"), deal("d2", State(region="EMEA", amount="50")))

    assert (
        deck.slides[0].title.text
        == "Q4 is $200 ahead of $1,000 with 5½ weeks left; EMEA alone is $400 short."
    )


def test_a_company_without_targets_regions_or_thresholds_still_gets_its_deck():
    deck = weekly_of(won("d1", "300"), deal("d2", State(region=None, segment=None)), company=BARE)

    assert deck.slides[0].title.text == "Q4 has $300 won and committed with 5½ weeks left; no target is set."
    assert next(slide for slide in deck.slides if slide.id == "coverage").title.text == (
        "Tiny Works has $100 open; without a target there is no coverage."
    )


def test_deals_without_an_amount_are_counted_and_never_zero():
    deck = weekly_of(
        deal("d1", State(amount=None, category="commit", stage="Proposal")),
        deal("d2", State(amount="70", category="commit", stage="Proposal")),
    )
    rows = next(block for slide in deck.slides if slide.id == "commit" for block in slide.blocks).rows

    assert [row.cells[2].text for row in rows] == ["$70", "no amount"]
    assert "1 deal without an amount: counted, not valued" in deck_text(deck, notes=True)


def test_a_slip_without_an_amount_is_still_a_slip():
    deck = weekly_of(
        deal("d1", State(amount=None), State(amount=None).at(2, close=date(2027, 2, 1))), deal("d2", State())
    )

    assert "slipped in one deal" in next(slide.title.text for slide in deck.slides if slide.id == "movement")
    assert next(slide.title.text for slide in deck.slides if slide.id == "left").startswith("One deal left")


def test_only_losses_are_told_as_losses():
    deck = weekly_of(
        deal("d1", State(), State().at(3, status="lost", close=date(2026, 11, 20), reason="Price")),
        deal("d2", State()),
    )

    assert next(slide.title.text for slide in deck.slides if slide.id == "left") == (
        "One deal left: it was lost ($100); nothing slipped."
    )


def test_a_company_without_deals_gets_no_deck_but_a_reason():
    with pytest.raises(NothingThere, match="the records hold no deal yet"):
        compose(weekly.spec(), Small(()).view())
