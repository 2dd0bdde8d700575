"""How the call moved: every deal that came to be called so or ceased to be, in one bucket, and it always closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.records import ForecastClass
from reports.errors import NothingThere
from reports.measures import measure
from reports.measures.calling import CHANGES, calling
from tests.reports.measures.companies import ANCHOR, companies
from tests.reports.small import NOW, WEEK_AGO, Small, State, deal, only, sees

COMMIT = State(since=40, category="commit")
BEST = State(since=40, category="best_case")
AFTER, STAMP = date(2027, 1, 15), date(2026, 11, 18)


def made(small, *filters, category=ForecastClass.COMMIT, access=None):
    view = small.view(*filters, **({"access": access} if access else {}))
    return calling(view, view.calendar.quarter(view.today), WEEK_AGO, category)


def steps(small, *filters, **more):
    return {step.bucket: step.value for step in made(small, *filters, **more).steps if step.n}


@dataclass(frozen=True)
class Case:
    name: str
    states: tuple[State, ...]
    expected: dict[str, int]


CASES = (
    Case("stays", (COMMIT,), {}),
    Case("new", (COMMIT.at(3),), {"added": 100}),
    Case("pulled in", (COMMIT.at(40, close=AFTER), COMMIT.at(3)), {"moved_in": 100}),
    Case("upgraded", (BEST, COMMIT.at(3, amount="130")), {"raised_to": 130}),
    Case("reopened", (COMMIT.at(40, status="lost", close=STAMP), COMMIT.at(3)), {"entered": 100}),
    Case("called again", (COMMIT.at(40, category="omitted"), COMMIT.at(3)), {"raised_to": 100}),
    Case("raised", (COMMIT, COMMIT.at(3, amount="150")), {"increased": 50}),
    Case("cut", (COMMIT, COMMIT.at(3, amount="70")), {"decreased": -30}),
    Case("won for more", (COMMIT, COMMIT.at(3, status="won", close=STAMP, amount="130")), {"won": -100}),
    Case("lost", (COMMIT, COMMIT.at(3, status="lost", close=STAMP)), {"lost": -100}),
    Case("slipped", (COMMIT, COMMIT.at(3, close=AFTER)), {"moved_out": -100}),
    Case("downgraded", (COMMIT, COMMIT.at(3, category="pipeline")), {"lowered_from": -100}),
    Case("omitted", (COMMIT, COMMIT.at(3, category="omitted")), {"lowered_from": -100}),
    Case("deleted", (COMMIT, COMMIT.at(3, deleted=True)), {"left": -100}),
    Case("came and went", (BEST, COMMIT.at(3), COMMIT.at(1, status="won", close=STAMP)), {}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_deal_moves_through_one_bucket(case):
    assert steps(Small([ANCHOR, deal("d", *case.states)])) == case.expected


@pytest.mark.parametrize(
    "states,expected",
    [
        ((BEST, COMMIT.at(3)), {"raised_from": -100}),
        ((COMMIT, BEST.at(3)), {"lowered_to": 100}),
        ((COMMIT.at(40, category="pipeline"), BEST.at(3)), {"raised_to": 100}),
        ((BEST, BEST.at(3, category="pipeline")), {"lowered_from": -100}),
    ],
    ids=["to commit", "from commit", "from pipeline", "to pipeline"],
)
def test_best_case_is_left_upward_and_downward(states, expected):
    small = Small([ANCHOR, deal("d", *states)])

    assert steps(small, category=ForecastClass.BEST_CASE) == expected


def test_a_deal_that_leaves_the_scope_is_not_called_downgraded():
    moved = Small([ANCHOR, deal("d", COMMIT, COMMIT.at(3, region="EMEA", category="pipeline"))])

    assert steps(moved) == {"lowered_from": -100}
    assert steps(moved, only("region", "AMER")) == {"left": -100}


def test_who_may_not_see_a_deal_any_more_does_not_learn_how_it_is_called():
    gone = Small([ANCHOR, deal("d", COMMIT, COMMIT.at(3, region="EMEA", category="omitted"))])
    found = made(gone, access=sees(regions=["AMER"]))

    assert [(recall.bucket, recall.after) for recall in found.recalls] == [("left", None)]


def test_it_says_how_each_deal_was_called_and_is_now():
    (recall,) = made(Small([ANCHOR, deal("d", BEST, COMMIT.at(3))])).recalls

    assert (recall.deal_id, recall.before, recall.after) == ("d", "best_case", "commit")


def test_there_is_nothing_to_compare_before_history_begins():
    with pytest.raises(NothingThere, match="nothing can be compared with 16 Nov 2026"):
        made(Small([deal("d", COMMIT.at(3))]))


CALLED = st.sampled_from(["pipeline", "best_case", "most_likely", "commit", "omitted"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(companies, st.data())
def test_opening_and_steps_come_to_the_closing_whatever_happened(deals, data):
    changed = [
        deal(each.id, *(state.at(state.since, category=data.draw(CALLED)) for state in each.states))
        for each in deals
    ]
    small = Small(changed)
    view = small.view()
    quarter = view.calendar.quarter(view.today)
    for category in (ForecastClass.COMMIT, ForecastClass.BEST_CASE):
        found = calling(view, quarter, NOW - timedelta(days=7), category)

        assert found.opening.value == (measure(view.at(found.since), category, period=quarter).value or 0)
        assert found.closing.value == (measure(view, category, period=quarter).value or 0)
        assert found.opening.value + sum((s.value for s in found.steps), Decimal(0)) == found.closing.value
        assert [step.bucket for step in found.steps] == list(CHANGES)
