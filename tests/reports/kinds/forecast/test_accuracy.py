"""The record of past errors, worked out a second time from the measures at each past day; and its pure parts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.facts import Period
from reports.findings.odds import Position
from reports.findings.setting import setting
from reports.kinds.forecast.floor import spread
from reports.kinds.forecast.record import ENOUGH, Past, Record, wape
from reports.kinds.forecast.trajectory import AHEAD, LEAST, MOST, week_days
from reports.measures import measure
from tests.reports.kinds.looked import block

MONEY = st.decimals(min_value=1, max_value=10**7, places=2)
QUARTER = Period(label="FY26-Q4", start=date(2026, 10, 1), end=date(2027, 1, 1))


def quarters_before(view):
    """The eight quarters before this one, newest first, and the one before them."""
    found = [view.calendar.quarter(view.today)]
    for _ in range(9):
        found.append(view.calendar.previous(found[-1]))
    return found[1:]


def percent(part, whole):
    return ((part - whole) / whole * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)


def test_every_error_is_what_the_measures_say_on_that_day(with_calls, larkmoor_view):
    view = larkmoor_view
    now = view.calendar.quarter(view.today)
    passed, length = (view.today - now.start).days, (now.end - now.start).days
    *quarters, first = quarters_before(view)
    ended = {q.label: measure(view, "bookings", period=q).value for q in (*quarters, first)}
    rows = {row.cells[0].text: row.cells for row in block(with_calls, "trajectory", "past").rows}
    far, naive_far = Decimal(0), Decimal(0)
    for quarter, before in zip(quarters, [*quarters[1:], first], strict=True):
        days = -(-passed * (quarter.end - quarter.start).days // length)
        then = view.at(view.calendar.end_of(quarter.start + timedelta(days=days)))
        stood = measure(then, "won_plus_commit", period=quarter).value
        end, naive = ended[quarter.label], ended[before.label]
        far, naive_far = far + abs(stood - end), naive_far + abs(naive - end)
        own = rows[quarter.label]

        assert (own[1].value, own[2].value) == (stood, end)
        assert [int(cell.text.replace("−", "-").rstrip(" %")) for cell in own[3:]] == [
            percent(stood, end),
            percent(naive, end),
        ]
    total = sum(ended[quarter.label] for quarter in quarters)

    assert list(rows) == [*(quarter.label for quarter in quarters), "Off by"]
    assert [cell.value for cell in rows["Off by"][3:]] == [far / total, naive_far / total]


def test_lowest_and_highest_ending_are_the_extremes_of_past_quarters(with_calls, larkmoor_view):
    rows = block(with_calls, "trajectory", "past").rows[:-1]
    rates = [row.cells[2].value / row.cells[1].value for row in rows]
    readings = {row.cells[0].text: row.cells[1].value for row in block(with_calls, "path", "readings").rows}
    called = measure(larkmoor_view, "won_plus_commit").value

    assert readings["Lowest ending from here"] == called * min(rates)
    assert readings["Highest ending from here"] == called * max(rates)


def test_the_noise_floor_is_that_of_the_open_deals_at_their_peers_odds(with_calls, larkmoor_view):
    view = larkmoor_view
    quarter = view.calendar.quarter(view.today)
    odds = setting(view, quarter).odds
    expected, variance = Decimal(0), Decimal(0)
    for deal in view.deals(due=quarter):
        if deal.status == "open" and deal.amount:
            due = "overdue" if deal.close < view.today else "this"
            p = odds.peer(Position(deal.stage_order, due, "commit", deal.segment, 1, "week", False)).share
            expected += p * deal.amount
            variance += p * (1 - p) * deal.amount**2
    facts = {fact.id: fact for fact in with_calls.slides[3].facts}

    assert Decimal(facts["scatter"].value) == round(variance.sqrt(), 2)
    assert round(Decimal(facts["floor"].value), 6) == round(variance.sqrt() / expected, 6)
    assert "what the open ones bring scatters by" in block(with_calls, "trajectory", "so-what").lines[1].text


def test_a_sure_deal_scatters_by_nothing_and_an_even_one_by_half_its_amount():
    assert spread([(Decimal(1), Decimal(100)), (Decimal(0), Decimal(50))]) == (100, 0)
    assert spread([(Decimal("0.5"), Decimal(100))]) == (50, 50)


def past(number, called, ended, naive=None):
    start = date(2026 - number, 1, 1)
    period = Period(label=f"P{number}", start=start, end=start + timedelta(days=90))
    return Past(period=period, called=Decimal(called), ended=Decimal(ended), naive=naive)


def test_an_error_is_signed_and_there_is_none_where_nothing_was_won():
    assert past(0, 120, 100).error == Decimal("0.2")
    assert past(0, 80, 100).error == Decimal("-0.2")
    assert past(0, 80, 0).error is None
    assert past(0, 80, 100).naive_error is None


@pytest.mark.parametrize("periods", range(5))
def test_fewer_than_three_periods_make_neither_a_rate_nor_a_range(periods):
    few = Record(pasts=tuple(past(number, 90, 100) for number in range(periods)), naive=None)

    assert (few.wape is not None) == (few.reach(Decimal(10)) is not None) == (periods >= ENOUGH)


@given(st.lists(st.tuples(MONEY, MONEY), min_size=ENOUGH, max_size=8), MONEY)
def test_the_range_holds_what_each_past_period_would_make_of_it(pairs, called):
    known = Record(pasts=tuple(past(n, *pair) for n, pair in enumerate(pairs)), naive=None)
    low, high = known.reach(called)

    assert all(low <= called * ended / then * (1 + Decimal("1e-20")) for then, ended in pairs)
    assert all(called * ended / then <= high * (1 + Decimal("1e-20")) for then, ended in pairs)


@given(st.lists(st.tuples(MONEY, MONEY), min_size=ENOUGH, max_size=8))
def test_the_error_of_all_lies_between_the_errors_of_each(pairs):
    each = [abs(then - ended) / ended for then, ended in pairs]
    slack = Decimal("1e-20")

    assert min(each) * (1 - slack) <= wape(pairs) <= max(each) * (1 + slack)


@given(st.integers(-400, 500))
def test_weeks_are_seven_days_apart_and_the_last_is_today(offset):
    today = QUARTER.start + timedelta(days=offset)
    days = week_days(QUARTER, today)

    assert days[-1] == min(today, QUARTER.end - timedelta(days=1))
    assert {(later - day).days for day, later in pairwise(days)} == {7}
    assert len(days) == AHEAD if today < QUARTER.start else LEAST <= len(days) <= MOST
    if today >= QUARTER.start + timedelta(weeks=LEAST):
        assert QUARTER.start <= days[0] < QUARTER.start + timedelta(days=7)
