"""A forecast from a single export: what one day cannot show is left out and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.compose import compose
from reports.kinds import forecast, weekly
from tests.reports.kinds.looked import block
from tests.reports.small import COMPANY, Small, State, deal


def left_out(deck):
    return dict(said.split(": ", 1) for said in deck.omitted)


def made(*, since: float, targets: bool = False, category: str = "pipeline"):
    company = COMPANY if targets else replace(COMPANY, targets=())
    deals = (
        deal("won", State(since=since, status="won", close=date(2026, 11, 18))),
        deal("open", State(since=since, category=category)),
    )
    return compose(forecast.spec(), Small(deals, company=company).view())


def test_a_line_of_one_day_is_left_out_and_named():
    assert left_out(made(since=0.1))["Trajectory"] == (
        "history does not reach back a week: there is no line to draw yet"
    )
    assert "Trajectory" not in left_out(made(since=8))


def test_a_path_of_nothing_is_left_out_and_named():
    assert left_out(made(since=0.1))["Path to target"] == (
        "no target is set for Q4, and nothing open is called commit or best case"
    )
    assert "Path to target" not in left_out(made(since=0.1, targets=True))
    assert "Path to target" not in left_out(made(since=0.1, category="commit"))


def test_a_deal_that_came_and_was_lost_within_the_week_has_its_close_date():
    lost = State(since=2, status="lost", close=date(2026, 11, 20))
    states = (State(since=3, close=date(2026, 12, 4)), lost)
    small = Small((deal("old", State(since=30)), deal("new", *states)))
    rows = block(compose(weekly.spec(), small.view()), "left", "left").rows

    assert [row.cells[5].text for row in rows] == ["20 Nov"]
