"""The default company: the simulated past, the planned weeks and the season, fitted until every number of the story holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.demo import calendar, clock, fit, goals, rows, season
from connectors.demo.clock import Ints
from connectors.demo.plan import CATEGORY, Plan
from connectors.demo.population import RATES, REGIONS
from connectors.demo.simulate import LOST, OPEN, WON, Past
from connectors.demo.story import Story, live, taken_over
from connectors.mirror.schema import BIT

_TODAY = calendar.WEEKS * 7
# Twelve months back from the Monday of the story.
_YEAR_AGO = calendar.number(date(2025, 11, 23))
_SENSE, _YARD = 2, 0
_SENSE_FROM = clock.at(date(2026, 5, 4), "00:00")


@dataclass(frozen=True, slots=True)
class Told:
    """The finished company: `kept` says which deals of `past` are still told by columns; the others are stories."""

    past: Past
    kept: NDArray[np.bool_]
    stories: tuple[Story, ...]
    season: tuple[Story, ...]


def told(past: Past, account_names: Sequence[str], *, seed: int) -> Told:
    """Return the company with all its numbers in place.

    Raises:
        ValueError: this seed does not give enough deals for the story.
    """
    tales = season.season()
    first = len(past.deals)
    written = season.stories(
        tales,
        [rows.deal_id(first + place) for place in range(len(tales))],
        [rows.account_id(len(account_names) + place) for place in range(len(tales))],
    )
    places = live(past)
    labels = [
        rows.deal_name(account_names[past.deals.account[place]], int(past.deals.product[place]))
        for place in places
    ]
    pool = taken_over(
        past,
        places,
        [rows.deal_id(place) for place in places],
        labels,
        [
            None if past.deals.orphan[place] else rows.account_id(int(past.deals.account[place]))
            for place in places
        ],
    )
    kept = past.state["status"] != OPEN
    past = _fit_past(past)
    wanted = {category: _open_wanted(category, written) for category in goals.OPEN}
    plan = Plan(pool, seed=seed, wanted={**wanted, "won": _wins_wanted(past, written)})
    plan.carry_out()
    _fit_open(plan)
    _fit_overdue(plan)
    _fit_wins(plan, past, written)
    _fit_slips(plan, written)
    _fit_next(plan, written)
    _share_of_sense(plan, past, written)
    stories = tuple(sorted((*pool, *written), key=lambda story: story.id))
    return Told(_fit_losses(past, kept, stories), kept, stories, tuple(written))


def state_at(story: Story, at: int) -> dict[str, Any]:
    """Return a deal's fields as they were at an instant; empty before it was opened."""
    state: dict[str, Any] = {}
    for event in story.events:
        if event.at <= at:
            state |= event.values
    return state


def is_due(state: dict[str, Any]) -> bool:
    """Say whether a deal in this state is open and due in the story's quarter."""
    return (
        bool(state) and state["status"] == OPEN and calendar.QUARTER <= state["close"] < calendar.NEXT_QUARTER
    )


def _open_wanted(category: str, written: Sequence[Story]) -> list[tuple[int, int]]:
    wanted: list[tuple[int, int]] = []
    for region, (n, dollars) in enumerate(zip(goals.OPEN_COUNT[category], goals.OPEN[category], strict=True)):
        here = [s for s in _written_open(category, written) if s.region == region]
        wanted.append((n - len(here), dollars - fit.total(here) // fit.DOLLAR))
    return wanted


def _written_open(category: str, written: Sequence[Story]) -> list[Story]:
    now = clock.week_start(calendar.WEEKS)
    return [s for s in written if is_due(state_at(s, now)) and s.last("category") == CATEGORY[category]]


def _fit_open(plan: Plan) -> None:
    for (category, region), cell in plan.open.items():
        fit.fit_round(cell, plan.wanted[category][region][1], at_most=95_000)


def _fit_overdue(plan: Plan) -> None:
    """Size the deals that are overdue from before, so that all overdue ones come to their value, to 500 dollars."""
    in_quarter = [s for cell in plan.open.values() for s in cell if s.last("close") < _TODAY]
    left = goals.OVERDUE_VALUE - fit.total(in_quarter) // fit.DOLLAR
    fit.fit_round(plan.old_overdue, round(left / 1000) * 1000, at_most=45_000)


def _fit_slips(plan: Plan, written: Sequence[Story]) -> None:
    """Size the deals that slipped in the weeks before, so that the slip rates come out: the latest week first."""
    everybody = [
        *(s for cell in plan.open.values() for s in cell),
        *plan.won,
        *plan.lost,
        *plan.next_quarter,
        *written,
    ]
    weeks = sorted(plan.slipped, reverse=True)
    for week, rate in zip(weeks, reversed(goals.SLIP_RATES), strict=True):
        at = clock.week_start(week)
        later = [s for other in weeks if other > week for s in plan.slipped[other]]
        due = [
            state_at(s, at) | {"rate": int(RATES[s.currency])}
            for s in (*everybody, *later)
            if is_due(state_at(s, at))
        ]
        base = sum((state["amount"] or 0) * state["rate"] for state in due) / fit.DOLLAR
        fit.fit_round(plan.slipped[week], round(rate / (1 - rate) * base / 1000) * 1000)


def _fit_next(plan: Plan, written: Sequence[Story]) -> None:
    def due_next(story: Story) -> bool:
        return story.is_open and calendar.NEXT_QUARTER <= story.last("close") < calendar.QUARTER_AFTER

    given = [s for s in (*written, *(s for week in plan.slipped.values() for s in week)) if due_next(s)]
    fit.fit_round(plan.next_quarter, goals.NEXT_QUARTER - fit.total(given) // fit.DOLLAR)


def _won_in_quarter(past: Past) -> NDArray[np.bool_]:
    close = past.state["close"]
    counts = past.deals.type < 2
    won: NDArray[np.bool_] = (past.state["status"] == WON) & (close >= calendar.QUARTER) & counts
    return won


def _wins_wanted(past: Past, written: Sequence[Story]) -> list[tuple[int, int]]:
    """Return how many deals each region has still to win, so that the quarter has goals.WINS wins."""
    sooner = _won_in_quarter(past)
    dollars = past.state["amount"] * RATES[past.deals.currency]
    left = goals.WINS - int(sooner.sum()) - sum(s.last("status") == WON for s in written)
    shares = [round(left * part / sum(goals.WON)) for part in goals.WON]
    shares[0] = left - shares[1] - shares[2]
    given = [
        int(dollars[sooner & (past.deals.region == region)].sum())
        + fit.total([s for s in written if s.region == region and s.last("status") == WON])
        for region in range(len(REGIONS))
    ]
    return [(n, goal - told // fit.DOLLAR) for n, goal, told in zip(shares, goals.WON, given, strict=True)]


def _fit_wins(plan: Plan, past: Past, written: Sequence[Story]) -> None:
    sooner = _won_in_quarter(past)
    dollars = past.state["amount"] * RATES[past.deals.currency]
    for region, goal in enumerate(goals.WON):
        given = int(dollars[sooner & (past.deals.region == region)].sum())
        given += fit.total([s for s in written if s.region == region and s.last("status") == WON])
        fit.fit_exact([s for s in plan.won if s.region == region], goal, given=given)


def _share_of_sense(plan: Plan, past: Past, written: Sequence[Story]) -> None:
    """Let Sense be in a third of the quarter's wins."""
    sooner = int((_won_in_quarter(past) & (past.deals.product == _SENSE)).sum())
    wanted = goals.SENSE_WINS - sooner - sum(s.last("status") == WON and s.product == _SENSE for s in written)
    for place, story in enumerate(
        sorted(plan.won, key=lambda s: (s.product != _SENSE, s.created < _SENSE_FROM, s.id))
    ):
        if (place < wanted) != (story.product == _SENSE):
            story.product = _SENSE if place < wanted else _YARD
            story.name = rows.deal_name(story.name.rsplit(" – ", 1)[0], story.product)


def _fit_past(past: Past) -> Past:
    """Scale the wins of the quarters with targets to their bookings; amounts stay whole in the deal's currency.

    What was won in the first weeks of the story's quarter is kept to a third of its bookings, so that there is room.
    """
    factor = np.ones(len(past.deals))
    quarters = {label: _quarter(label) for label in goals.BOOKINGS}
    dollars = past.state["amount"] * RATES[past.deals.currency] / fit.DOLLAR
    won = (past.state["status"] == WON) & (past.deals.type < 2)
    for label, (first, last) in quarters.items():
        inside = won & (past.state["close"] >= first) & (past.state["close"] < last)
        for region, goal in enumerate(goals.BOOKINGS[label]):
            cell = inside & (past.deals.region == region)
            factor[cell] = goal / dollars[cell].sum()
    for region, goal in enumerate(goals.WON):
        cell = _won_in_quarter(past) & (past.deals.region == region)
        factor[cell] = min(goal / 3 / max(dollars[cell].sum(), 1), 1)
    return fit.scaled(past, factor)


def _fit_losses(past: Past, kept: NDArray[np.bool_], stories: Sequence[Story]) -> Past:
    """Bring the win rates of the last twelve months to where they belong.

    By count: the oldest losses that are too many are merged away. By value: all losses of the year are scaled.
    """
    close = past.state["close"]
    year = kept & (close >= _YEAR_AGO) & (past.deals.type < 2)
    dollars = past.state["amount"] * RATES[past.deals.currency] / fit.DOLLAR
    told_won = [s for s in stories if s.last("status") == WON]
    told_lost = [s for s in stories if s.last("status") == LOST and s.last("close") >= _YEAR_AGO]
    won, lost = year & (past.state["status"] == WON), year & (past.state["status"] == LOST)
    wins = int(won.sum()) + len(told_won)
    spare = int(lost.sum()) + len(told_lost) - round(wins * (1 - goals.WIN_RATE) / goals.WIN_RATE)
    merged = np.flatnonzero(lost)[np.linspace(0, lost.sum() - 1, max(spare, 0)).astype(int)]
    lost[merged] = False
    value = dollars[won].sum() + fit.total(told_won) / fit.DOLLAR
    wanted = (
        value * (1 - goals.WIN_RATE_BY_VALUE) / goals.WIN_RATE_BY_VALUE - fit.total(told_lost) / fit.DOLLAR
    )
    factor = np.ones(len(past.deals))
    factor[lost] = wanted / dollars[lost].sum()
    return _merged_away(fit.scaled(past, factor, step=50_000), merged)


def _merged_away(past: Past, places: Ints) -> Past:
    """Return the history in which these deals were deleted two days after they were lost: they had been entered twice."""
    rows_of = {name: np.zeros(len(places), dtype=np.int64) for name in past.events}
    last = np.searchsorted(past.events["deal"], places, side="right") - 1
    rows_of |= {
        "deal": places,
        "at": past.events["at"][last] + 2 * calendar.DAY,
        "deleted": np.ones(len(places), np.int64),
    }
    rows_of["fields"] = np.full(len(places), BIT["deleted"])
    columns = {name: np.concatenate([column, rows_of[name]]) for name, column in past.events.items()}
    order = np.lexsort((columns["at"], columns["deal"]))
    return replace(past, events={name: column[order] for name, column in columns.items()})


def _quarter(label: str) -> tuple[int, int]:
    year, number = 2000 + int(label[2:4]), int(label[-1])
    first = date(year, number * 3 - 2, 1)
    return calendar.number(first), calendar.number(date(year + number // 4, number * 3 % 12 + 1, 1))
