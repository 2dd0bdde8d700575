"""Whole decks, with the message and the phone card that go with them."""

from __future__ import annotations

from datetime import date

from reports.deck import (
    Card,
    CardMove,
    CardStep,
    Decision,
    Deck,
    Message,
    Slide,
)
from reports.facts import Fact, Unit
from reports.narrative import say
from tests.fakes.decks.ahead import appendix, next_quarter
from tests.fakes.decks.deals import commit, left_quarter, winnable
from tests.fakes.decks.parts import AS_OF, k, words
from tests.fakes.decks.standing import coverage, movement, stacked, summary


def card(**changes: object) -> Card:
    return Card(
        company="Larkmoor Software",
        headline="Q4 is $0.80M short of $5.80M with 5½ weeks left; EMEA is $0.57M of the gap",
        target=k(5800),
        target_text="$5.80M",
        won=k(3060),
        won_text="$3.06M",
        commit=k(1940),
        commit_text="$1.94M",
        gap_text="$0.80M short",
        bridge_heading="Open Q4 pipeline since Mon 16 Nov",
        bridge=(
            CardStep(label="16 Nov", value=k(6230), text="$6.23M", total=True),
            CardStep(label="Created", value=k(310), text="+$0.31M"),
            CardStep(label="Pulled in", value=k(180), text="+$0.18M"),
            CardStep(label="Increased", value=k(90), text="+$0.09M"),
            CardStep(label="Won", value=k(-420), text="−$0.42M"),
            CardStep(label="Slipped", value=k(-590), text="−$0.59M"),
            CardStep(label="Decreased", value=k(-80), text="−$0.08M"),
            CardStep(label="Lost", value=k(-230), text="−$0.23M"),
            CardStep(label="23 Nov", value=k(5490), text="$5.49M", total=True),
        ),
        moves_heading="Where we can win: $0.86M, odds say $0.45M",
        moves=(
            CardMove(
                label="Ostrander Paper: sponsor call", text="$310k", detail="Dana Whitcombe, by Wed 25 Nov"
            ),
            CardMove(
                label="Brandt & Söhne, Velde: call commit", text="$420k", detail="Jonas Reuter, by Tue 24 Nov"
            ),
            CardMove(label="O'Malley Freight: pull in", text="$130k", detail="Priya Raman, by Fri 27 Nov"),
        ),
        footer="23 Nov 08:30 ET · all regions · definitions v3 · r1, draft",
    ).model_copy(update=changes)


def message() -> Message:
    facts = {
        item.id: item
        for item in (
            _fact("gap", Unit.MONEY, "800000", "$0.80M"),
            _fact("target", Unit.MONEY, "5800000", "$5.80M"),
            _fact("driver_gap", Unit.MONEY, "570000", "$0.57M"),
            _fact("left", Unit.DAYS, "38", "5½ weeks"),
            _fact("decisions", Unit.COUNT, "3", "3"),
            _fact("moved", Unit.MONEY, "310000", "$310k"),
            _fact("old", Unit.DATE, "2026-12-18", "18 Dec"),
            _fact("new", Unit.DATE, "2027-01-29", "29 Jan"),
        )
    }
    return Message(
        notification="Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions.",
        headline=say("Q4 is {{gap}} short of {{target}}, {{left}} left.", facts),
        changed_since="Mon 16 Nov",
        changes=(say("Ostrander Paper {{moved}} left Q4: {{old}} → {{new}}.", facts),),
        decisions=(
            Decision(
                letter="A",
                words=words("Sponsor call to Ostrander by Wed"),
                owner="Dana Whitcombe",
                due=date(2026, 11, 25),
            ),
        ),
        grey="23 Nov 08:30 ET · all regions · definitions v3 · r1, draft",
        facts=tuple(facts.values()),
    )


def _fact(name: str, unit: Unit, value: str, text: str) -> Fact:
    return Fact(id=name, value=value, unit=unit, text=text, source="sample", as_of=AS_OF)


def deck(*slides: Slide, **changes: object) -> Deck:
    """Return a deck of these slides; of the whole weekly review, when there are none."""
    return Deck(
        kind="weekly",
        title="Weekly pipeline review",
        company="Larkmoor Software",
        revision=1,
        as_of=AS_OF,
        period="FY26-Q4",
        scope="all regions",
        currency="USD",
        spec_hash="5" * 64,
        generation="gen-1",
        slides=slides or weekly_slides(),
        message=message(),
        card=card(),
    ).model_copy(update=changes)


def weekly_slides() -> tuple[Slide, ...]:
    return (
        summary(),
        movement(),
        coverage(),
        commit(),
        left_quarter(),
        winnable(),
        next_quarter(),
        appendix(),
    )


def weekly() -> Deck:
    """Return the eight slides of the weekly review."""
    return deck()


def every_block() -> Deck:
    """Return the weekly review and a slide with the marks that it does not use."""
    return deck(*weekly_slides(), stacked())
