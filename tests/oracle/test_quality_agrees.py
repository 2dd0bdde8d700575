"""Every check of data quality against plain Python, on random companies with wrong records, scopes, rights and instants."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, event, given, seed, settings
from hypothesis import strategies as st

from reports.errors import BadInput, NothingThere
from reports.measures.quality import CHECKS, quality
from reports.view.hygiene import hygiene
from tests.oracle.dirty import Dirty, Faulty, dirty, mirror_of_dirty
from tests.oracle.test_measures_agree import EXAMPLES, rounded
from tests.oracle.world import Asked
from tests.oracle.worlds import let_go, questions, view_of

SHARDS = 4
MANY = settings(
    max_examples=EXAMPLES // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Dirty, Asked]:
    case = draw(dirty())
    return case, draw(questions(case.world))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_each_check_finds_what_a_loop_over_the_deals_finds(shard: int) -> None:
    @seed(shard)
    @MANY
    @given(cases())
    def agree(case: tuple[Dirty, Asked]) -> None:
        check(*case)

    agree()


def check(case: Dirty, asked: Asked) -> None:
    con = mirror_of_dirty(case)
    try:
        view = view_of(con, case.world, asked)
    except (BadInput, NothingThere) as refusal:
        event(f"refused: {refusal}")
        let_go(con)
        return
    plain = Faulty(case)
    found, wanted = quality(view), plain.faults(asked)
    made = set(CHECKS) - {each.name for each in found.unmade}
    for name in made:
        fault, ids = found.fault(name), wanted.get(name, set())
        assert set(fault.records if fault else ()) == ids, name
        if fault is not None:
            values = [
                value
                for deal in ids
                if (value := plain.value(plain.alive(deal, asked.at), asked)) is not None
            ]
            assert (fault.n, rounded(fault.value)) == (
                len(ids),
                rounded(sum(values, Decimal(0)) if values else None),
            ), name
    assert found.deals == sum(
        plain.in_scope(deal, state, asked) and state.status != "lost"
        for deal in plain.log
        if (state := plain.alive(deal, asked.at)) is not None
    )
    as_hygiene_counts(view, found, made)
    let_go(con)


def as_hygiene_counts(view, found, made) -> None:
    teams = hygiene(view)
    counted = {
        "overdue": (sum(team.overdue for team in teams), sum((team.overdue_value for team in teams), Decimal(0))),
        "no_amount": (sum(team.no_amount for team in teams), None),
        "no_step": (sum(team.no_step for team in teams), None),
    }  # fmt: skip
    for name in set(counted) & made:
        fault, (n, value) = found.fault(name), counted[name]
        assert (fault.n if fault else 0) == n, name
        if value is not None:
            assert rounded(fault.value or Decimal(0) if fault else Decimal(0)) == rounded(value), name
