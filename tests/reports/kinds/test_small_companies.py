"""The weekly of companies that keep less than Larkmoor does: no target, no regions, no amounts, no activity."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors.company import Target, Thresholds
from reports.check import content_problems
from reports.compose import compose
from reports.errors import NothingThere
from reports.kinds import weekly
from reports.measures import measure
from reports.narrative import guard
from tests.reports.deck_text import deck_text
from tests.reports.kinds.looked import block
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
    state = State(amount=amount, **more)
    return deal(name, state, state.at(5, status="won", close=date(2026, 11, 18)))


def test_ahead_of_target_is_said():
    assert weekly_of(won("d1", "900"), company=target(600)).slides[0].title.text == (
        "Q4 is $300 ahead of $600 with 5½ weeks left."
    )


def test_a_small_target_is_not_met_by_rounding():
    deck = weekly_of(
        won("d1", "300"),
        deal("d2", State(amount="90000", close=date(2027, 2, 1))),
        deal("d3", State(amount="60000")),
        company=target(500),
    )

    assert deck.slides[0].title.text.startswith("Q4 is $200 short of $500")
    assert content_problems(deck) == ()


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


def regional(**amounts):
    lines = [
        Target(period="FY26-Q4", amount=Decimal(amount), region=region or None)
        for region, amount in amounts.items()
    ]
    return replace(COMPANY, targets=tuple(lines))


def target_and(amount, **amounts):
    company = regional(**amounts)
    return replace(company, targets=(*company.targets, *target(amount).targets))


def covered(deck):
    """Return the rows of the table of coverage: label, then texts; the deck's own check has nothing to say."""
    assert content_problems(deck) == ()
    [table] = [
        block
        for slide in deck.slides
        if slide.id == "coverage"
        for block in slide.blocks
        if block.id == "coverage"
    ]
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}


def test_a_region_without_a_target_counts_toward_that_of_all():
    deck = weekly_of(
        won("d1", "300", region="AMER"),
        won("d2", "50", region="APAC"),
        deal("d3", State(region="EMEA", amount="70")),
        company=regional(AMER=600, EMEA=400),
    )
    rows = covered(deck)

    assert rows["APAC"][:4] == ["n/a", "$50", "$0", "$50 ahead"]
    assert rows["AMER"][3] == "$300 short"
    assert rows["All"][3] == "$650 short"
    assert "No region" not in rows
    assert "What has no target of its own counts toward the target of all." in deck_text(deck)


def test_what_has_no_region_is_a_row_of_its_own():
    rows = covered(
        weekly_of(
            won("d1", "300", region="AMER"),
            won("d2", "50", region=None),
            deal("d3", State(region=None, amount="70")),
            company=regional(AMER=600),
        )
    )

    assert rows["No region"][:5] == ["n/a", "$50", "$0", "$50 ahead", "$70"]
    assert rows["All"][1] == "$350"


def test_a_target_of_all_that_no_region_has_is_held_against_none():
    deck = weekly_of(won("d1", "300", region="AMER"), company=target_and(1000, AMER=600, EMEA=100))
    rows = covered(deck)

    assert "no target of its own" not in deck_text(deck)
    assert rows["No region"][:4] == ["$300", "$0", "$0", "$300 short"]
    assert rows["No region"][5] == "0.00x"
    assert rows["All"][:4] == ["$1,000", "$300", "$0", "$700 short"]


def test_a_region_with_a_target_alone_or_with_wins_alone_has_its_row():
    company = regional(Peru=600)
    listed = replace(
        company,
        dimensions={**company.dimensions, "region": (*company.dimensions["region"], "Peru")},
    )
    rows = covered(
        weekly_of(won("d1", "300", region="Brazil"), deal("d2", State(amount="5")), company=listed)
    )

    assert (rows["Brazil"][1], rows["Peru"][0], rows["All"][0]) == ("$300", "$600", "$600")


def test_a_gap_too_small_for_the_scale_is_still_a_gap():
    rows = covered(
        weekly_of(
            won("d1", "5000000", region="AMER"),
            won("d2", "3000000", region="EMEA"),
            company=regional(AMER=5001000, EMEA=2999900),
        )
    )

    assert (rows["AMER"][3], rows["EMEA"][3]) == ("$0.00M short", "$0.00M ahead")


def test_more_regions_than_fit_are_added_up():
    regions = [f"R{number:02}" for number in range(14)]
    rows = covered(
        weekly_of(
            *(won(f"d{place}", "10", region=region) for place, region in enumerate(regions)),
            company=regional(**dict.fromkeys(regions, 100)),
        )
    )

    # All have the same coverage; the title names the first and the last of them.
    assert list(rows) == [*regions[:7], regions[-1], "All others", "All"]
    assert rows["All others"][:4] == ["$600", "$60", "$0", "$540 short"]


@pytest.mark.parametrize("count", [9, 14], ids=["all in the table", "some added up"])
def test_the_regions_that_the_title_names_stand_in_the_table_and_the_chart(count):
    regions = [f"R{number:02}" for number in range(count)]
    amounts = [*(["100"] * (count - 2)), "300", "20"]
    deck = weekly_of(
        *(
            deal(f"d{place}", State(amount=amount, region=region))
            for place, (region, amount) in enumerate(zip(regions, amounts, strict=True))
        ),
        company=regional(**dict.fromkeys(regions, 100)),
    )
    shown = [*regions[:6], *regions[-2:]]
    highest, lowest = regions[-2:]
    title = next(slide.title.text for slide in deck.slides if slide.id == "coverage")

    assert title == f"{lowest} covers 0.2x of what is left and needs 2.2x; {highest} has 3.0x."
    assert f"So what: {lowest} is $200 of pipeline below" in deck_text(deck)
    assert list(block(deck, "coverage", "covered").categories) == shown
    kept = [row.cells[0].text for row in block(deck, "coverage", "coverage").rows if row.kept]
    assert kept == [highest, lowest]
    assert list(covered(deck)) == ([*shown, "All others", "All"] if count > 9 else [*regions, "All"])


def test_a_target_that_is_nothing_beside_what_was_won_stops_no_deck():
    deck = weekly_of(won("d1", "2100000"), company=target(540))

    assert content_problems(deck) == ()


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


def known_late(*fields):
    """Return a company with a deal that moved, whose fields are known of all deals from yesterday on only."""
    small = Small([deal("d1", State(), State().at(2, amount="150")), deal("d2", State())])
    since = (small.now - timedelta(days=1)).isoformat()
    small._insert("meta", [("known_from", json.dumps(dict.fromkeys(fields, since)))])
    return small.view()


@pytest.mark.parametrize("fields", [["stage", "status", "close", "amount"], ["close"], ["amount"]])
def test_a_week_of_which_the_crm_keeps_no_history_is_not_told(fields):
    deck = compose(weekly.spec(), known_late(*fields))

    assert "movement" not in [slide.id for slide in deck.slides]
    assert "Which stages, dates and amounts stood before 22 Nov is not known of all deals." in deck_text(deck)
    assert content_problems(deck) == ()


@pytest.mark.parametrize("name", ["bridge", "slip_rate"])
@pytest.mark.parametrize(
    "field, said",
    [
        ("close", "history begins 22 Nov 2026"),
        ("amount", "amounts are known of all deals from 22 Nov 2026 on only"),
    ],
)
def test_nothing_is_compared_with_what_is_not_known(name, field, said):
    with pytest.raises(NothingThere, match=said):
        measure(known_late(field), name)


def test_weeks_before_amounts_are_known_are_no_usual_weeks():
    small = Small([deal("d1", State(), State().at(2, close=date(2027, 2, 1))), deal("d2", State())])
    since = (small.now - timedelta(days=10)).isoformat()
    small._insert("meta", [("known_from", json.dumps({"amount": since}))])
    text = deck_text(compose(weekly.spec(), small.view()), notes=True)

    assert "in the four weeks before" not in text
    assert "4-week average" not in text
    assert "slipped" in text


def test_a_week_is_told_although_types_are_known_late():
    deck = compose(weekly.spec(), known_late("type"))

    assert "movement" in [slide.id for slide in deck.slides]
    assert "not known of all deals" not in deck_text(deck)
