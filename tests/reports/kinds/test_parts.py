"""The choices a weekly makes: which deals to name, where an axis begins, how many changes to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene
from reports.kinds.weekly.ahead import week_ends
from reports.kinds.weekly.changes import chosen_moves
from reports.kinds.weekly.commitments import carriers
from reports.kinds.weekly.coverage import heat
from reports.kinds.weekly.movement import cut, few_of, slip_clause
from reports.kinds.weekly.standing import Standing
from reports.measures import Movement
from reports.words import MILLIONS

D = Decimal


def slip(name, thousands, bucket="pushed_out"):
    return Movement(deal_id=name, bucket=bucket, value=D(-thousands * 1000), old_close=None, new_close=None)


def test_the_few_deals_named_hold_two_thirds_of_what_slipped():
    slipped = tuple(slip(str(number), value) for number, value in enumerate((310, 170, 50, 35, 25)))

    assert few_of(slipped, D(590000)) == slipped[:2]


def slip_title(*, regions):
    """Tell what slipped in a scope with these regions: four EMEA deals, two of them large."""
    slipped = tuple(slip(str(number), value) for number, value in enumerate((300, 200, 20, 10)))
    scene = SimpleNamespace(
        of_week=True,
        company=SimpleNamespace(label=str),
        values=lambda _dim: regions,
        moved=lambda _bucket: slipped,
        step=lambda _bucket: SimpleNamespace(value=D(-530000), n=4),
        deals=lambda ids: {key: SimpleNamespace(region="EMEA") for key in ids},
    )
    ledger = Ledger(
        as_of=datetime(2026, 11, 23, tzinfo=UTC), currency="USD", scale=MILLIONS, scope="", period=None
    )
    return ledger.say(slip_clause(scene, ledger)).text


def test_slipped_deals_are_placed_only_where_there_are_several_places():
    assert slip_title(regions=("AMER", "EMEA")) == "$0.53M slipped, 94 % of it in two EMEA deals"
    assert slip_title(regions=("EMEA",)) == "$0.53M slipped, 94 % of it in two deals"


def test_no_few_are_named_when_it_takes_all_or_many():
    even = tuple(slip(str(number), 100) for number in range(8))

    assert few_of(even, D(800000)) is None
    assert few_of((slip("a", 10),), D(10000)) is None
    assert few_of((slip("a", 0), slip("b", 0)), D(0)) is None


def test_a_bridge_between_large_totals_has_its_axis_cut():
    levels = [D(value * 1000) for value in (6230, 6540, 6720, 6810, 6390, 5800, 5720, 5490)]

    start = cut(levels, D(590000))

    assert start == D(4500000)


def test_a_bridge_with_large_movements_starts_at_zero():
    assert cut([D(100), D(500), D(300)], D(400)) is None
    assert cut([D(0), D(10)], D(10)) is None
    assert cut([D(-5), D(10)], D(1)) is None


@given(st.lists(st.integers(min_value=1, max_value=10**9), min_size=2, max_size=9), st.integers(0, 10**8))
def test_a_cut_axis_begins_below_every_level_and_above_zero(levels, largest):
    start = cut([D(level) for level in levels], D(largest))

    assert start is None or 0 < start <= min(levels)


def test_changes_are_the_largest_but_not_all_of_one_kind():
    moved = (
        slip("a", 310),
        slip("b", 170),
        slip("c", 150),
        slip("d", 100, "lost"),
        slip("a", 90, "decreased"),
    )

    assert [move.deal_id for move in chosen_moves(moved)] == ["a", "b", "d"]


def deals(*thousands):
    return tuple(
        SimpleNamespace(id=str(number), amount=None if value is None else D(value * 1000))
        for number, value in enumerate(thousands)
    )


def test_the_commit_deals_shown_carry_two_thirds_of_commit():
    all_deals = deals(260, 240, 210, 170, 165, 145, 120, *([45] * 14))

    assert len(carriers(all_deals[:8], sum(deal.amount for deal in all_deals))) == 7


def test_never_more_than_eight_commit_deals_are_shown():
    assert len(carriers(deals(*([10] * 40)), D(400_000))) == 8
    assert len(carriers(deals(None, None), D(0))) == 2


@pytest.mark.parametrize(
    "coverage,met,tone",
    [
        ("2.65", False, "good"),
        ("2.2", False, "good"),
        ("2.0", False, "warn"),
        ("1.4", False, "bad"),
        (None, True, "good"),
    ],
)
def test_coverage_is_coloured_by_what_is_needed(coverage, met, tone):
    assert heat(None if coverage is None else D(coverage), D("2.2"), met=met) == tone


def test_nothing_is_coloured_where_nothing_is_needed():
    assert heat(D(1), None, met=False) == "neutral"
    assert heat(None, D("2.2"), met=False) == "neutral"


def test_the_build_line_runs_to_the_next_period_with_today_on_it():
    days = week_ends(date(2026, 11, 23), date(2027, 1, 1))

    assert len(days) == 14
    assert date(2026, 11, 23) in days
    assert days[-1] == date(2027, 1, 4)


def test_a_region_explains_the_gap_only_as_a_large_part_of_it():
    short = Standing(gap=D(800), side="short", driver="EMEA", driver_gap=D(570))

    assert short.driver_explains
    assert not replace(short, driver_gap=D(900)).driver_explains
    assert not replace(short, driver_gap=D(300)).driver_explains
    assert not replace(short, gap=D(-10), side="ahead").driver_explains


@pytest.mark.parametrize("every,said", [(1, 0), (3, 1)])
def test_rates_that_stand_on_a_part_of_the_deals_say_so(every, said):
    scene = SimpleNamespace(judged=SimpleNamespace(every=every))

    sentences = Scene.sampled.fget(scene)

    assert len(sentences) == said
    assert all("every third deal" in sentence for sentence in sentences)
