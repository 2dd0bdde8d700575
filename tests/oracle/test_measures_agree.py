"""Two evaluators, one truth: every measure against plain Python, on random companies, scopes, rights and instants."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import HealthCheck, event, given, seed, settings
from hypothesis import strategies as st

from connectors.company import Fiscal
from reports.errors import BadInput
from reports.facts import Measured, Period
from reports.measures import bridge, measure
from reports.periods import Calendar
from reports.view import PipelineView
from tests.depth import share
from tests.oracle.bridging import Bridging
from tests.oracle.evaluator import Evaluator
from tests.oracle.world import Answer, Asked, World
from tests.oracle.worlds import let_go, mirror_of, questions, view_of, worlds

SHARDS = 8
EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", share(15, of=40)))
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
PRECISION = Decimal("0.000000001")


def rounded(value: Decimal | None) -> Decimal | None:
    return (
        None
        if value is None
        else Decimal(value).quantize(PRECISION, rounding=ROUND_HALF_EVEN).normalize() + 0
    )


def ours(measured: Measured, *, records: bool = True) -> Counter[object]:
    return Counter(
        (tuple(v for _, v in row.by), rounded(row.value), row.n, row.record_count if records else None)
        for row in measured.rows
    )


def theirs(answers: list[Answer], *, records: bool = True) -> Counter[object]:
    return Counter((a.by, rounded(a.value), a.n, a.records if records else None) for a in answers)


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, Asked]:
    world = draw(worlds())
    return world, draw(questions(world))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_both_evaluators_agree(shard: int) -> None:
    @seed(shard)
    @MANY
    @given(cases())
    def agree(case: tuple[World, Asked]) -> None:
        check(*case)

    agree()


def check(world: World, asked: Asked) -> None:
    con = mirror_of(world)
    try:
        view = view_of(con, world, asked)
    except BadInput as refusal:
        event(f"refused: {refusal}")
        let_go(con)
        return
    plain = Bridging(world)
    period = Period(label="P", start=asked.start, end=asked.end)
    sums = {
        "open_pipeline": plain.open_pipeline,
        "bookings": plain.bookings,
        "lost": plain.lost,
        "deal_count": plain.deal_count,
        "pipeline_created": plain.pipeline_created,
        "won_plus_commit": plain.won_plus_commit,
        "won_plus_most_likely": lambda asked: plain.won_plus(asked, "commit", "most_likely"),
        "won_plus_best_case": lambda asked: plain.won_plus(asked, "commit", "most_likely", "best_case"),
        **{
            name: (lambda question, name=name: plain.called(question, name))
            for name in ("commit", "best_case", "most_likely", "pipeline")
        },
    }
    for name, evaluate in sums.items():
        assert ours(measure(view, name, period=period, by=asked.by)) == theirs(
            plain.known(asked, evaluate(asked))
        ), name
    assert ours(measure(view, "overdue", by=asked.by)) == theirs(plain.overdue(asked)), "overdue"
    rates = {
        "win_rate": plain.win_rate,
        "win_rate_value": plain.win_rate_value,
        "average_deal_size": plain.average_deal_size,
        "sales_cycle": plain.sales_cycle,
    }
    for name, evaluate in rates.items():
        found = ours(measure(view, name, period=period, by=asked.by), records=False)
        assert found == theirs(evaluate(asked), records=False), name
    against_targets(world, asked, view)
    movements(plain, asked, view, period)
    let_go(con)


def against_targets(world: World, asked: Asked, view: PipelineView) -> None:
    plain = Evaluator(world)
    calendar = Calendar(Fiscal(start_month=world.start_month), world.zone)
    quarter = calendar.quarter(asked.start)
    if (quarter.start, quarter.end) != (asked.start, asked.end):
        return
    assert rounded(measure(view, "target", period=quarter).value) == rounded(plain.target(asked)), "target"
    for name in ("gap", "attainment", "coverage", "required_pipeline"):
        found = measure(view, name, period=quarter).value
        assert rounded(found) == rounded(plain.against_target(asked, name)), name


def movements(plain: Bridging, asked: Asked, view: PipelineView, period: Period) -> None:
    since = plain.days_back(asked.at, 7)
    begins = min(entry.valid_at for entry in plain.world.events)
    if since < begins:
        return
    walk = bridge(view, period, since.replace(tzinfo=UTC))
    expected = sorted((deal, bucket, rounded(value)) for deal, bucket, value in plain.flows(asked, since))
    found = sorted((item.deal_id, item.bucket, rounded(item.value)) for item in walk.movements)
    assert found == expected, "bridge"
    opening = plain.opening(asked, since)
    assert rounded(walk.opening.value) == rounded(opening)
    assert rounded(sum((value for *_, value in plain.flows(asked, since)), opening)) == rounded(
        walk.closing.value
    )
    slip = measure(view, "slip_rate", period=period, since=since.replace(tzinfo=UTC)).rows[0]
    answer = plain.slip_rate(asked, since)
    assert (rounded(slip.value), slip.n, slip.record_count) == (
        rounded(answer.value),
        answer.n,
        answer.records,
    )
    weeks = [plain.days_back(since, 7 * (number + 1)) for number in range(4)]
    known = [week for week in weeks if week >= begins]
    rates = [plain.slip_rate(replace(asked, at=plain.days_back(week, -7)), week).value for week in known]
    kept = [rate for rate in rates if rate is not None]
    average = measure(view, "slip_rate_average", period=period, since=since.replace(tzinfo=UTC)).value
    assert rounded(average) == rounded(sum(kept, Decimal(0)) / len(kept) if kept else None), (
        "slip_rate_average"
    )
