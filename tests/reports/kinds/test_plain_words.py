"""What slides say of thin scopes, and of scopes too large to look at every deal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reports.compose import compose
from reports.facts import Filter
from reports.kinds import weekly
from reports.narrative import guard
from reports.spec import Note, PersonText
from tests.reports.small import Small, State, deal

APAC = Filter(dim="region", values=("APAC",))
SLIPPED = {"close": date(2027, 2, 1)}


@pytest.fixture(scope="module")
def apac(larkmoor_view, last_week):
    return compose(weekly.spec(filters=(APAC,)), larkmoor_view, last_week)


@pytest.fixture(scope="module")
def all_regions(larkmoor_view, last_week):
    return compose(weekly.spec(), larkmoor_view, last_week)


@pytest.fixture(scope="module")
def crowd():
    """Seventy deals that slipped for one dollar and more, sixty that were lost."""
    slipped = (
        deal(f"s{n:03d}", State(amount=str(100 + n)), State(amount=str(100 + n)).at(2, **SLIPPED))
        for n in range(70)
    )
    lost = (
        deal(
            f"l{n:03d}",
            State(amount=str(500 + n)),
            State(amount=str(500 + n)).at(2, status="lost", close=date(2026, 11, 20), reason="Price"),
        )
        for n in range(60)
    )
    return compose(weekly.spec(), Small((*slipped, *lost, deal("open", State()))).view())


def block(deck, slide_id, block_id):
    slide = next(slide for slide in deck.slides if slide.id == slide_id)
    return next(block for block in slide.blocks if block.id == block_id)


def texts(deck, slide_id, block_id):
    return [line.text for line in block(deck, slide_id, block_id).lines]


def test_the_slide_says_from_which_stage_on_a_next_step_is_missed(all_regions):
    assert block(all_regions, "appendix", "hygiene").more.startswith(
        "No next step: counted from Evaluation on."
    )


def test_teams_stand_in_the_order_of_what_is_past_due(all_regions):
    *teams, total = block(all_regions, "appendix", "hygiene").rows
    late = [row.cells[1].value for row in teams]

    assert late == sorted(late, reverse=True)
    assert sum(late) == total.cells[1].value


def test_short_of_target_without_a_move_there_is_something_to_decide(apac):
    assert texts(apac, "summary", "decisions")[0] == (
        "Missing $50k: name the deals of the $180k best case that bring it, by Fri"
    )


def test_what_is_no_way_out_is_not_called_one(apac, all_regions):
    assert block(apac, "summary", "so-what").heading == "Worth protecting"
    assert block(all_regions, "summary", "so-what").heading == "The way out"


def test_a_week_in_which_nothing_slipped_is_not_called_no_more_than_usual(larkmoor_view, last_week):
    coming = compose(weekly.spec(period="next-quarter"), larkmoor_view, last_week)

    assert texts(coming, "movement", "so-what")[1] == (
        "Nothing slipped this week, nor in the four weeks before."
    )


def test_less_slippage_than_usual_is_called_less(apac):
    assert texts(apac, "movement", "so-what")[1].endswith("average of 5.7 %: less than usual.")


def test_a_scope_with_nothing_won_or_called_says_so(larkmoor_view, last_week):
    scope = Filter(dim="account", values=("Ostrander Paper",))
    deck = compose(weekly.spec(filters=(scope,)), larkmoor_view, last_week)

    assert deck.slides[0].title.text == (
        "Ostrander Paper has nothing won or committed in Q4 with 5½ weeks left; no target is set."
    )
    assert "reasons" not in {item.id for slide in deck.slides for item in slide.blocks}


def test_a_note_stands_beside_what_kind_of_move_it_is(larkmoor_view, last_week, all_regions):
    move = block(all_regions, "win", "moves").rows[0]
    said = PersonText(text="legal call Tue", by="Jonas", at=datetime(2026, 11, 23, 15, tzinfo=UTC))
    note = Note(deal_id=move.record, deal="Ostrander Paper", words=said)
    spec = weekly.spec().model_copy(update={"notes": (note,)})
    noted = block(compose(spec, larkmoor_view, last_week), "win", "moves").rows[0]

    assert move.cells[0].note == "slipped, not dead"
    assert noted.cells[0].note == "slipped, not dead · Jonas, 23 Nov: legal call Tue"


def test_what_odds_say_is_marked_as_rounded(all_regions):
    assert block(all_regions, "win", "moves").more.startswith("Odds say: value × peers' odds")
    assert "Rounded" in block(all_regions, "win", "moves").more


def test_the_needed_coverage_runs_across_the_chart(all_regions):
    chart = block(all_regions, "coverage", "covered")

    assert [(series.name, series.line) for series in chart.series] == [("Coverage", False), ("Needed", True)]
    assert set(chart.series[1].values) == {Decimal("2.2")}


def test_deals_that_were_not_looked_at_stand_in_the_chart_as_a_bar_of_their_own(crowd):
    chart = block(crowd, "left", "reasons")
    bars = dict(zip(chart.categories, chart.series[0].values, strict=True))

    assert chart.heading == "What the record shows, by value, largest 100 deals"
    assert bars["30 smaller deals"] == sum(100 + n for n in range(20)) + sum(500 + n for n in range(10))
    assert sum(bars.values()) == sum(100 + n for n in range(70)) + sum(500 + n for n in range(60))
    slide = next(slide for slide in crowd.slides if slide.key == "left")
    assert {"100", "30"} <= {fact.text for fact in slide.facts}


def test_the_table_shows_the_largest_of_all_that_left_and_counts_the_rest(crowd):
    table = block(crowd, "left", "left")

    assert [row.cells[3].text for row in table.rows] == [f"${559 - n}" for n in range(10)]
    assert table.more.startswith("and 120 more, ")


def test_counts_of_what_left_are_those_of_all_deals(crowd):
    slide = next(slide for slide in crowd.slides if slide.id == "left")
    (line,) = block(crowd, "left", "so-what").lines

    assert slide.title.text.startswith("130 deals left: 70 slipped")
    assert "70 of them are still open" in line.text
    assert guard(line, slide.facts) == ()


def test_one_column_of_amounts_has_one_scale():
    amounts = ("570000", "450000", "12000")
    deals = [
        deal(f"d{n}", State(amount=amount), State(amount=amount).at(2, **SLIPPED))
        for n, amount in enumerate(amounts)
    ]
    deck = compose(weekly.spec(), Small(deals).view())

    assert [row.cells[3].text for row in block(deck, "left", "left").rows] == ["$570k", "$450k", "$12k"]


def test_a_slide_of_few_commit_deals_tells_what_stands_behind_their_signs(composed, all_regions):
    deck = composed(period="next-quarter")
    commit = next(slide for slide in all_regions.slides if slide.id == "commit")

    assert texts(deck, "commit", "evidence") == [
        (
            "Ostrander Paper. No buyer touch for 24 days (usual gap: 6 days). "
            "Close date moved 25 Sep → 30 Oct → 18 Dec → 29 Jan (third move)."
        )
    ]
    assert [item.id for item in commit.blocks] == ["commit", "so-what"]
