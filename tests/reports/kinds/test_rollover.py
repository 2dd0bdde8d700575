"""The first ten days of a quarter: the weekly opens with how the last one closed and what this one opens with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connectors.company import Target
from connectors.demo import company
from reports import words
from reports.check import check
from reports.compose import compose
from reports.kinds import weekly
from reports.kinds.scene import Scene
from reports.kinds.weekly.rollover import rolled
from reports.measures import measure
from reports.render import render
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block, region
from tests.reports.small import COMPANY, Small, State, deal, only

FIRST, TENTH, ELEVENTH = date(2026, 10, 1), date(2026, 10, 10), date(2026, 10, 11)
COVERAGE = COMPANY.thresholds.required_coverage
SCOPES = {
    "all regions": (),
    "AMER": (region("AMER"),),
    "EMEA": (region("EMEA"),),
    "APAC": (region("APAC"),),
    "all but EMEA": (region("EMEA", negate=True),),
}


@pytest.fixture
def on(larkmoor_view):
    """Compose the weekly of a day, at its end."""

    def made(day, *, filters=(), targets=True, **more):
        view = larkmoor_view
        if not targets:
            view = replace(view, company=replace(company(), targets=()))
        spec = weekly.spec(as_of=view.calendar.end_of(day), filters=filters, **more)
        return compose(spec, view)

    return made


def test_the_first_day_opens_with_the_last_quarter_and_the_new_one(on):
    deck = on(FIRST)

    assert deck.slides[0].title.text == (
        "Q3 closed $0.21M ahead of $5.20M; Q4 opens with $12.4M of the $12.8M it needs."
    )
    assert deck.message.notification == (
        "Q3 closed $0.21M ahead of $5.20M, Q4 opens with $12.4M of the $12.8M it needs. 3 decisions."
    )
    assert deck.message.headline.text == "Q3 closed $0.21M ahead of $5.20M."
    assert deck.message.lead.text == "Q4 opens with $12.4M of the $12.8M it needs."
    assert deck.message.changed_since == "How Q3 closed"
    assert [line.text for line in deck.message.changes] == [
        "On 23 Sep $4.50M was won and committed; $5.41M is won (rounded).",
        "$1.29M was won beyond the call in ten deals: Havercourt Tools $0.82M and Mosselrow Paper $163k first.",
        "$0.18M slipped over in eight deals; amounts fell by $0.11M in eight deals; $0.10M was lost in two deals.",
    ]
    assert block(deck, "summary", "changes").lines == deck.message.changes


def test_its_tiles_and_its_card_are_those_of_both_quarters(on):
    deck = on(FIRST)
    tiles = {tile.label: (tile.value, tile.detail) for tile in block(deck, "summary", "tiles").tiles}

    assert tiles["Won in Q3"] == ("$5.41M", "104 % of $5.20M")
    assert tiles["Slipped over"] == ("$0.18M", "8 deals of the commit of 23 Sep")
    assert tiles["Open pipeline, due in Q4"][0] == "$12.38M"
    assert tiles["Coverage (needs 2.2x)"][0] == "2.14x"
    card = deck.card
    assert (card.target, card.commit, card.commit_text, card.gap_text) == (5_200_000, 0, "", "$0.21M ahead")
    assert card.bridge_heading == "What became of the call of Q3, rounded"
    assert [step.label for step in card.bridge] == [
        *("Called 23 Sep", "Won besides", "Slipped over", "Lost", "Amounts changed", "Won"),
    ]
    assert sum(step.value for step in card.bridge[:-1]) == card.bridge[-1].value == card.won
    assert card.moves_heading == "Q4 opens with $12.4M of the $12.8M it needs"


def test_the_tenth_day_still_does_and_the_eleventh_does_not(on):
    assert on(TENTH).slides[0].title.text == (
        "Q3 closed $0.21M ahead of $5.20M; Q4 has $11.2M open of the $12.2M it needs."
    )
    assert on(ELEVENTH).slides[0].title.text.startswith("Q4 is ")
    assert on(ELEVENTH).message.changed_since.startswith("Changed since ")


@pytest.mark.parametrize("targets", [True, False], ids=["targets", "no targets"])
@pytest.mark.parametrize("scope", SCOPES)
def test_it_holds_in_every_scope_with_and_without_targets(on, scope, targets):
    deck = on(TENTH, filters=SCOPES[scope], targets=targets)

    assert "closed" in deck.slides[0].title.text
    assert "Q4 has " in deck.slides[0].title.text
    assert len(deck.message.notification) <= 120
    assert [problem for problem in check(render(deck), deck) if problem.severity == "error"] == []
    assert sum(step.value for step in deck.card.bridge[:-1]) == deck.card.bridge[-1].value
    assert_every_number_is_a_fact(deck)


def test_without_targets_it_says_what_was_won_and_what_is_open(on):
    assert on(FIRST, targets=False).slides[0].title.text == (
        "Q3 closed with $5.41M won; Q4 opens with $12.4M; there is no target for it yet."
    )


def test_a_part_for_which_no_targets_can_be_set_says_so_and_asks_for_none(on):
    deck = on(FIRST, filters=(only("segment", "Enterprise"),))

    assert deck.slides[0].title.text.endswith("; targets are set by region and owner only.")
    assert "set it now" not in strip(deck)[0]
    assert "targets are set by region and owner only, so this part has none" in strip(deck)[0]


def test_deals_that_the_last_quarter_left_open_are_named(on, larkmoor_view):
    view = larkmoor_view.at(larkmoor_view.calendar.end_of(TENTH))
    last = view.calendar.previous(view.calendar.quarter(view.today))
    still = measure(view, "open_pipeline", period=last).rows[0]
    deck = on(TENTH)

    worth = words.money(still.value, "USD", words.MILLIONS)
    said = f"{worth} in {still.n} deals of Q3 is still open: close them, or give them new dates."
    assert strip(deck)[1:] == (said,)


@pytest.mark.parametrize(
    "open_now, needed, said, missing",
    [
        ("12740000", "12770000", "Q4 has $12.74M open of the $12.77M it needs", "$0.03M is missing"),
        ("12769000", "12770000", "Q4 has the $12.8M open that it needs", None),
        ("12900000", "12770000", "Q4 has $12.9M open, more than the $12.8M it needs", None),
        ("12000000", "12700000", "Q4 has $12.0M open of the $12.7M it needs", "$0.7M is missing"),
    ],
)
def test_what_is_missing_is_the_difference_of_what_is_shown(open_now, needed, said, missing):
    small = opened(amount=open_now, target=Decimal(needed) / Decimal(COVERAGE))
    deck = compose(weekly.spec(), small.view())

    assert said in deck.slides[0].title.text
    assert (missing or "is missing") in strip(deck)[0] or missing is None
    assert ("is missing" in strip(deck)[0]) == (missing is not None)


def test_what_changed_by_nothing_as_shown_is_left_out():
    now = date(2026, 10, 5)
    called = date(2026, 9, 20)
    small = Small(
        (
            deal(
                "won",
                State(since=_at(called), category="commit", close=date(2026, 9, 14), amount="5000000"),
                State(since=_at(date(2026, 9, 25)), status="won", close=date(2026, 9, 25), amount="5001000"),
            ),
            deal("open", State(since=_at(called), close=date(2026, 11, 2), amount="5000000")),
        ),
        now=_at(now),
    )
    deck = compose(weekly.spec(), small.view())

    assert [line.text for line in deck.message.changes] == [
        "On 23 Sep $5.00M was won and committed; $5.00M is won."
    ]
    assert [step.label for step in deck.card.bridge] == ["Called 23 Sep", "Won"]


def test_the_parts_of_the_regions_are_those_of_the_whole(larkmoor_view):
    view = larkmoor_view.at(larkmoor_view.calendar.end_of(FIRST))
    period = view.calendar.quarter(view.today)

    def ends(*filters):
        found = rolled(Scene(view=view.where(*filters), period=period, opening=True)).outcome
        return {step.bucket: (step.n, step.value) for step in found.steps}

    parts = [ends(region(name)) for name in ("AMER", "EMEA", "APAC")]
    for bucket, (n, value) in ends().items():
        assert sum(part[bucket][0] for part in parts) == n
        assert sum((part[bucket][1] for part in parts), Decimal(0)) == value


@pytest.mark.parametrize("asked", ["FY26-Q4", "last-quarter", "next-quarter"])
def test_a_period_that_was_asked_for_is_shown_as_asked(on, asked):
    assert "opens with" not in on(FIRST, period=asked).slides[0].title.text


def test_this_quarter_by_its_name_is_asked_for(larkmoor_view):
    calendar = larkmoor_view.calendar

    assert calendar.asked("This-Quarter ", FIRST) == "FY26-Q4"
    assert calendar.asked("last-quarter", FIRST) == "last-quarter"


def test_the_other_slides_are_those_of_the_new_quarter(on):
    opened, asked = on(FIRST), on(FIRST, period="FY26-Q4")

    assert [slide.title.text for slide in opened.slides[1:-1]] == [
        slide.title.text for slide in asked.slides[1:-1]
    ]


def test_where_no_snapshot_goes_back_that_far_the_call_is_not_known():
    now = date(2026, 10, 5)
    small = Small(
        (
            deal("won", State(since=_at(now), status="won", close=date(2026, 9, 14), amount="700")),
            deal("open", State(since=_at(now), close=date(2026, 11, 2))),
        ),
        now=_at(now),
    )
    deck = compose(weekly.spec(), small.view())

    assert deck.slides[0].title.text == "Q3 closed with $700 won; Q4 has $100 open of the $2,200 it needs."
    assert [line.text for line in deck.message.changes] == [
        "What was called before its end is not known: no snapshot goes back that far."
    ]
    assert (deck.card.bridge, deck.card.bridge_heading) == ((), "What was called is not known")


def test_a_company_without_a_past_quarter_begins_with_its_first():
    now = date(2026, 10, 5)
    small = Small(
        (deal("open", State(since=_at(now), close=date(2026, 11, 2))),), now=_at(now), company=COMPANY
    )

    assert compose(weekly.spec(), small.view()).slides[0].title.text.startswith("Q4 is ")


def opened(*, amount, target):
    """Return a small company on 5 Oct with a won deal in Q3, and so much open and wanted in Q4."""
    now = date(2026, 10, 5)
    wanted = (Target(period="FY26-Q4", amount=target),)
    return Small(
        (
            deal("won", State(since=_at(now), status="won", close=date(2026, 9, 14), amount="7000000")),
            deal("open", State(since=_at(now), close=date(2026, 11, 2), amount=amount)),
        ),
        now=_at(now),
        company=replace(COMPANY, targets=wanted),
    )


def strip(deck):
    return tuple(line.text for line in block(deck, "summary", "so-what").lines)


def _at(day):
    return Small(()).view().calendar.end_of(day)
