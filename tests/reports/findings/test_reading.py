"""What the set-based reading of signals and landmarks says, against the view's own answers, deal by deal."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.access import Access
from connectors.demo import DemoCrm
from connectors.demo.crm import company
from connectors.mirror import Mirror, open_generation
from connectors.records import Status
from reports.facts import Period
from reports.findings import FindingKind, find
from reports.view import PipelineView, open_view, push_count
from reports.view.landmarks import IDLE_DAYS, _landmarks, past
from reports.view.signals import Signal, open_signals


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> PipelineView:
    home: Path = tmp_path_factory.mktemp("demo")
    return open_view(
        open_generation(Mirror(home, "demo").load(DemoCrm())), company(), Access.operator("demo")
    )


@pytest.fixture(scope="module")
def quarter(view: PipelineView) -> Period:
    return view.calendar.quarter(view.today)


@pytest.fixture(scope="module")
def signals(view: PipelineView, quarter: Period) -> dict[str, Signal]:
    ids = [deal.id for deal in view.deals(status=Status.OPEN) if deal.close is not None]
    week_ago = view.calendar.back(view.as_of, days=7)
    return {each.id: each for each in open_signals(view, quarter, since=week_ago, ids=ids)}


def test_every_open_deal_has_its_signal_with_the_values_of_the_view(
    view: PipelineView, signals: dict[str, Signal]
) -> None:
    deals = {deal.id: deal for deal in view.deals(status=Status.OPEN) if deal.close is not None}

    assert signals.keys() == deals.keys()
    for key, signal in signals.items():
        deal = deals[key]
        assert (signal.name, signal.account, signal.owner, signal.stage, signal.order, signal.close) == (
            deal.name, deal.account, deal.owner, deal.stage, deal.stage_order, deal.close,
        )  # fmt: skip
        assert signal.amount == deal.amount
        assert signal.next_step == deal.next_step


def test_moves_and_pushes_are_those_of_the_view(view: PipelineView, signals: dict[str, Signal]) -> None:
    moves = view.close_moves(signals)

    for key, signal in signals.items():
        own = moves.get(key, ())
        assert [tuple(move) for move in own] == list(signal.moves)
        assert push_count(own) == signal.pushes
        slips = sum(view.calendar.quarter(m.new).start > view.calendar.quarter(m.old).start for m in own)
        assert slips == signal.slips
        assert signal.pushed == (signal.pushes >= 2 or slips >= 1)


def test_touches_are_those_of_the_view(view: PipelineView, signals: dict[str, Signal]) -> None:
    touches = view.touches(signals)

    assert {key: each.last_touch for key, each in signals.items()} == {
        key: each.last_buyer for key, each in touches.items()
    }


def test_amounts_and_stages_are_those_of_the_log_of_states(
    view: PipelineView, signals: dict[str, Signal]
) -> None:
    order = {stage.name: stage.order for stage in view.company.stages}
    month_ago = view.as_of - timedelta(days=30)
    log: dict[str, list[tuple[datetime, int, Decimal | None]]] = {key: [] for key in signals}
    for deal_id, since, stage, amount, currency in view.rows(
        "SELECT deal_id, valid_from, stage, amount, currency FROM state ORDER BY deal_id, valid_from"
    ):
        at = since.replace(tzinfo=UTC)
        if deal_id in log and at <= view.as_of:
            value = None if amount is None else amount * view.company.rates[currency]
            log[deal_id].append((at, order[stage], value))

    for key, signal in signals.items():
        peak = max((value for _, _, value in log[key] if value is not None), default=None)
        assert signal.drop == (
            peak is not None and signal.amount is not None and signal.amount * 10 <= peak * 9
        )
        changes = [(b[0], a[1], b[1]) for a, b in pairwise(log[key]) if a[1] != b[1]]
        assert signal.in_stage_since == (changes[-1][0] if changes else log[key][0][0])
        back = [(at, old) for at, old, new in changes if new < old]
        assert signal.regress == bool(back and back[-1][0] > month_ago and signal.order < back[-1][1])


def test_deals_read_together_say_what_each_says_alone(
    view: PipelineView, quarter: Period, signals: dict[str, Signal]
) -> None:
    closed = next(deal.id for deal in view.deals(status=Status.WON, limit=1))
    far = next(key for key, each in signals.items() if each.close >= view.calendar.next(quarter).end)
    ids = [closed, far, *list(signals)[:40]]
    week_ago = view.calendar.back(view.as_of, days=7)

    together = open_signals(view, quarter, since=week_ago, ids=ids, together=True)

    assert together == open_signals(view, quarter, since=week_ago, ids=ids)
    assert far in {each.id for each in together}


def test_chances_alone_are_the_chances_among_all_findings(view: PipelineView, quarter: Period) -> None:
    everything = find(view, quarter)
    chances = find(view, quarter, harms_too=False)

    assert chances == tuple(each for each in everything if each.is_chance)
    assert {FindingKind.SAVE, FindingKind.BETTER_THAN_CALLED} & {each.kind for each in chances}


def test_a_peer_is_as_idle_as_its_last_buyer_touch_before_the_landmark(
    view: PipelineView, quarter: Period
) -> None:
    idle: Counter[str] = Counter()
    week, month = (timedelta(days=days) for days in IDLE_DAYS)
    for mark in _landmarks(view, quarter):
        then = view.at(mark.at.replace(tzinfo=UTC))
        touches = then.touches(
            deal.id for deal in then.deals(status=Status.OPEN) if deal.close is not None
        ).values()
        for touch in touches:
            gap = then.as_of - touch.last_buyer if touch.last_buyer else None
            idle["longer" if gap is None or gap >= month else "week" if gap < week else "month"] += 1

    counted: Counter[str] = Counter()
    for cell in past(view, quarter).cells:
        counted[cell[5]] += cell[7]
    assert counted == idle
    assert set(idle) == {"week", "month", "longer"}


def test_landmarks_count_the_deals_that_were_open_then_and_those_won_by_the_quarters_end(
    view: PipelineView, quarter: Period
) -> None:
    n: Counter[str] = Counter()
    won: Counter[str] = Counter()
    for mark in _landmarks(view, quarter):
        then = view.at(mark.at.replace(tzinfo=UTC)).deals(status=Status.OPEN)
        ended = {deal.id for deal in view.at(mark.over.replace(tzinfo=UTC)).deals(status=Status.WON)}
        for deal in then:
            if deal.close is not None:
                n[deal.stage or ""] += 1
                won[deal.stage or ""] += deal.id in ended

    counted: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    names = {stage.order: stage.name for stage in view.company.stages}
    for cell in past(view, quarter).cells:
        counted[names[cell[0]]] += cell[7]
        hit[names[cell[0]]] += cell[8]
    assert counted == n
    assert +hit == +won
    assert sum(n.values()) > 1000


def test_a_landmark_is_the_same_normalised_day_of_a_quarter_that_is_over(
    view: PipelineView, quarter: Period
) -> None:
    marks = _landmarks(view, quarter)

    today = view.calendar.normalised_day(view.today)
    assert len(marks) == 8
    assert all(abs(view.calendar.normalised_day(mark.day) - today) <= 1 for mark in marks)
    assert all(mark.start <= mark.day < mark.end <= quarter.start for mark in marks)
