from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.findings.odds import (
    OWN_LEVELS,
    STRENGTHS,
    THIN,
    Cell,
    Position,
    Record,
    best_strength,
    peer_odds,
    profile,
    table,
)

HERE = Position(4, "this", "commit", "ENT", 0, "week", step=True)


def cell(n: int, won: int, **changed: object) -> Cell:
    return Cell(HERE._replace(**changed), n, won)


def test_a_thin_cell_is_pulled_towards_its_parent() -> None:
    rates = table([cell(400, 320), cell(2, 0, pushes=2)], OWN_LEVELS)

    thick, thin = rates.at(HERE), rates.at(HERE._replace(pushes=2))
    assert Decimal("0.75") < thick.share < Decimal("0.82")
    assert Decimal(0) < thin.share < thick.share


def test_the_n_of_a_thin_cell_is_that_of_the_nearest_group_that_is_not_thin() -> None:
    rates = table([cell(400, 320), cell(2, 0, pushes=2)], OWN_LEVELS)

    assert rates.at(HERE).n == 400
    assert rates.at(HERE._replace(pushes=2)).n == 402


def test_a_position_never_seen_has_the_rate_of_the_finest_group_that_was() -> None:
    rates = table([cell(100, 50), cell(100, 10, stage=3)], OWN_LEVELS)

    assert rates.at(HERE._replace(category="best_case")).share > Decimal("0.4")
    assert rates.at(HERE._replace(stage=1)).share == Decimal("0.3000")


def test_strength_is_low_where_cells_differ_and_high_where_they_do_not() -> None:
    differ = [(200, 180, 0.5), (200, 20, 0.5)]
    same = [(20, 10, 0.5)] * 20

    assert best_strength(differ) <= 5
    assert best_strength(same) == max(STRENGTHS)


def test_below_fifty_closed_deals_there_is_one_rate_for_all() -> None:
    odds = peer_odds([cell(40, 30)], won=10, lost=39, quarters=4)

    assert odds.now(HERE) == odds.peer(HERE) == odds.base
    assert odds.base.share == Decimal("0.2041")
    assert odds.base.n == 49
    assert odds.quarters == 0


def test_nothing_closed_gives_zero_over_zero_deals_and_no_error() -> None:
    odds = peer_odds([], won=0, lost=0, quarters=0)

    assert odds.now(HERE) == (Decimal(0), 0)


def test_an_owner_is_compared_with_everybody_else_in_the_same_segments() -> None:
    records = [
        Record("walt", "best_case", "ENT", 20, 13),
        Record("others", "best_case", "ENT", 50, 20),
        Record("others", "best_case", "SMB", 50, 40),
        Record("others", "commit", "ENT", 50, 30),
    ]
    odds = peer_odds([cell(200, 100)], records=records, won=100, lost=100, quarters=8)

    assert odds.record("walt", "best_case") == (Decimal("0.6500"), 20)
    assert odds.expected("walt", "best_case", as_if="best_case") == Decimal("0.4000")
    assert odds.expected("walt", "best_case", as_if="commit") == Decimal("0.6000")
    assert odds.record("nobody", "commit").n == 0


def test_a_profile_needs_enough_won_deals_and_covers_three_quarters_of_them() -> None:
    won = [cell(80, 80), cell(40, 15, idle="month"), cell(40, 5, idle="longer", pushes=2, stage=3)]

    assert profile([cell(THIN, THIN - 1)]) is None
    found = profile(won)
    assert found is not None
    assert found.fits(HERE)
    assert not found.fits(HERE._replace(idle="longer"))
    assert not found.fits(HERE._replace(stage=3))
    assert not found.fits(HERE._replace(pushes=1))


positions = st.builds(
    Position,
    stage=st.integers(1, 4),
    due=st.sampled_from(["this", "next"]),
    category=st.sampled_from(["commit", "best_case"]),
    segment=st.sampled_from(["ENT", "SMB", None]),
    pushes=st.integers(0, 2),
    idle=st.sampled_from(["week", "month"]),
    step=st.booleans(),
)
cells = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.builds(Cell, positions, st.just(n), st.integers(0, n))),
    min_size=1,
    max_size=30,
)


@given(cells=cells, asked=positions)
def test_a_shrunken_rate_lies_between_the_lowest_and_the_highest_that_was_seen(
    cells: list[Cell], asked: Position
) -> None:
    share = table(cells, OWN_LEVELS).at(asked).share

    seen: dict[Position, list[int]] = {}
    for each in cells:
        total = seen.setdefault(each.position, [0, 0])
        total[0] += each.n
        total[1] += each.won
    rates = [Decimal(won) / n for n, won in seen.values()]
    assert min(rates) - Decimal("0.0001") <= share <= max(rates) + Decimal("0.0001")


@given(cells=cells)
def test_counts_of_every_level_are_those_of_all_deals(cells: list[Cell]) -> None:
    counts = table(cells, OWN_LEVELS).counts

    total = sum(each.n for each in cells)
    assert [sum(level.values()) for level in counts] == [total] * len(OWN_LEVELS)
