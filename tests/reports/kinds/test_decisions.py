"""What to decide today: the summary, the message and the slides ask for the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.company import Target
from reports.compose import compose
from reports.facts import Filter
from reports.kinds import weekly
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block, region
from tests.reports.small import COMPANY, Small, State, deal

MID_MARKET = (Filter(dim="segment", values=("MM",)),)
OCTOBER = datetime(2026, 10, 13, 3, 59, tzinfo=UTC)
SCOPES = {
    "EMEA": {"filters": (region("EMEA"),)},
    "APAC": {"filters": (region("APAC"),)},
    "Mid-market": {"filters": MID_MARKET},
    "next quarter": {"period": "next-quarter"},
    "last quarter": {"period": "last-quarter"},
    "October": {"as_of": OCTOBER},
}


def decided(deck):
    return [decision.words.text for decision in deck.message.decisions]


@pytest.fixture(scope="module", params=SCOPES)
def deck(request, larkmoor_view, last_week):
    return compose(weekly.spec().model_copy(update=SCOPES[request.param]), larkmoor_view, last_week)


def test_the_summary_and_the_message_list_the_same_decisions(deck):
    shown = [line.text for line in block(deck, "summary", "decisions").lines]

    assert [line.partition(" by ")[0] for line in shown] == [
        text.partition(" by ")[0] for text in decided(deck)
    ]
    assert_every_number_is_a_fact(deck)


def test_a_commit_deal_in_doubt_is_a_decision(deck):
    asked = block(deck, "commit", "so-what").lines[0].text
    name = asked.removeprefix("So what: ").partition(" (")[0]

    assert "take it out of commit" in asked
    assert any(text.startswith(f"{name}: ") and "take it out of commit" in text for text in decided(deck))


@pytest.mark.parametrize(
    "changed, decisions",
    [
        (
            {"filters": MID_MARKET},
            [
                "Netherrow Pet Foods: agree the next step, or take it out of commit, by Fri ($19k)",
                "Get new dates from the buyers of the two slipped deals by Fri ($85k)",
            ],
        ),
        (
            {"period": "next-quarter"},
            ["Ostrander Paper: reach the buyer, or take it out of commit, by Wed ($310k)"],
        ),
        (
            {"as_of": OCTOBER},
            [
                "Missing $3.62M: name the deals of the $3.63M best case that bring it, by Fri",
                "Tornwald Möbel: agree the next step, or take it out of commit, by Fri ($97k)",
                "Get a new date from the buyer of Penngate Dairy by Fri ($39k)",
            ],
        ),
    ],
    ids=["Mid-market", "next quarter", "October"],
)
def test_what_slides_ask_is_decided_where_there_is_no_move(composed, changed, decisions):
    assert decided(composed(**changed)) == decisions


def test_who_builds_the_next_quarter_is_a_decision_where_the_pace_is_too_slow():
    next_one = Target(period="FY27-Q1", amount=Decimal(1000))
    company = replace(COMPANY, targets=(Target(period="FY26-Q4", amount=Decimal(100)), next_one))
    won = State().at(20, status="won", close=date(2026, 11, 3))
    deck = compose(weekly.spec(), Small((deal("d1", State(), won),), company=company).view())

    assert "decide who creates the rest" in block(deck, "next", "so-what").lines[0].text
    assert decided(deck) == ["Say who creates the missing Q1 pipeline, $395 a week, by Fri"]


def test_a_loss_without_a_reason_is_asked_about():
    lost = State().at(3, status="lost", close=date(2026, 11, 20))
    company = replace(COMPANY, targets=())
    deck = compose(
        weekly.spec(), Small((deal("d1", State(), lost), deal("d2", State())), company=company).view()
    )

    assert "left without a reason" in block(deck, "left", "so-what").lines[0].text
    assert decided(deck) == ["Ask why Ärmel AG left by Fri ($100)"]


def test_nothing_is_to_be_decided_where_no_slide_asks_for_anything():
    company = replace(COMPANY, targets=())
    deck = compose(weekly.spec(), Small((deal("d1", State()),), company=company).view())

    assert decided(deck) == []
    assert block(deck, "summary", "decisions").lines[0].text == "Nothing has to be decided today."


def test_a_card_without_moves_shows_what_to_decide(composed):
    card = composed(as_of=OCTOBER).card

    assert card.moves_heading == "Decide today"
    assert [(move.label, move.detail) for move in card.moves] == [
        ("Missing $3.62M", "name the deals of the $3.63M best case that bring it, by Fri"),
        ("Tornwald Möbel", "agree the next step, or take it out of commit, by Fri (Birgit Sommerfeld, $97k)"),
        ("Get a new date from the buyer of Penngate Dairy", "by Fri (Priya Raman, $39k)"),
    ]
