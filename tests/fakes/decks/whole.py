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
    return Message(
        notification="Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions.",
        headline=words("Q4 is $0.80M short of $5.80M, 5½ weeks left."),
        changed_since="Mon 16 Nov",
        changes=(words("Ostrander Paper $310k left Q4: 18 Dec → 29 Jan."),),
        decisions=(
            Decision(
                letter="A",
                words=words("Sponsor call to Ostrander by Wed"),
                owner="Dana Whitcombe",
                due=date(2026, 11, 25),
            ),
        ),
        grey="23 Nov 08:30 ET · all regions · definitions v3 · r1, draft",
    )


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
