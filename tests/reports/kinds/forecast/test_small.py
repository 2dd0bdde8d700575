"""The forecast of companies that keep less than Larkmoor does, and the sums of its slides whatever the amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.company import Target, Thresholds
from reports.check import check
from reports.compose import compose
from reports.context import NO_CONTEXT, Context
from reports.errors import NothingThere
from reports.facts import Period, Row
from reports.kinds import forecast
from reports.kinds.forecast.changes import MOST, rows
from reports.kinds.forecast.path import path
from reports.kinds.scene import Scene
from reports.measures import Step
from reports.measures.calling import CHANGES, Calling
from reports.render import render
from tests.reports.kinds.forecast.conftest import called
from tests.reports.kinds.looked import assert_every_number_is_a_fact, block
from tests.reports.small import COMPANY, NOW, Small, State, deal, only

BARE = replace(COMPANY, dimensions={}, targets=(), thresholds=Thresholds(), types_in_scope=(), labels={})


def target(amount):
    return replace(COMPANY, targets=(Target(period="FY26-Q4", amount=Decimal(amount)),))


def forecast_of(*deals, company=COMPANY, context=NO_CONTEXT, **asked):
    """Compose a forecast, and have it drawn and checked."""
    deck = compose(forecast.spec(**asked), Small(deals, company=company).view(), context)
    assert_every_number_is_a_fact(deck)
    assert [str(problem) for problem in check(render(deck), deck) if problem.severity == "error"] == []
    return deck


def titles(deck):
    return [slide.title.text for slide in deck.slides]


def won(name, amount, **more):
    return deal(
        name, State(amount=amount), State(amount=amount).at(5, status="won", close=date(2026, 11, 18)), **more
    )


def open_deal(name, category, amount, **more):
    return deal(name, State(category=category, amount=amount, **more))


def test_past_the_target_best_case_is_not_needed():
    deck = forecast_of(won("d1", "900"), open_deal("d2", "best_case", "50"), company=target(600))

    assert titles(deck)[:2] == [
        "Q4 rolls up to $900 won and committed, $300 ahead of $600; best case reaches $950.",
        "Won and commit carry Q4 past $600; best case would add $50.",
    ]
    assert block(deck, "path", "path").series[0].values[-2:] == (-300, 600)


def test_exactly_on_target_is_said():
    deck = forecast_of(won("d1", "600"), open_deal("d2", "best_case", "50"), company=target(600))

    assert titles(deck)[:2] == [
        "Q4 rolls up to its target of $600; best case reaches $650.",
        "Won and commit bring Q4 to its target of $600; best case would add $50.",
    ]


def test_short_without_any_best_case_is_said():
    deck = forecast_of(won("d1", "500"), open_deal("d2", "commit", "50"), company=target(600))

    assert titles(deck)[1] == "Q4 is $50 short of $600, and nothing is called best case."
    assert block(deck, "path", "path").categories[-2:] == ("Not called yet", "Target")


def test_a_company_that_calls_deals_most_likely_sees_them_in_a_column_of_their_own():
    deck = forecast_of(
        won("d1", "500"),
        open_deal("d2", "most_likely", "70"),
        open_deal("d3", "best_case", "30"),
        company=target(900),
    )

    assert [tile.label for tile in block(deck, "call", "tiles").tiles] == [
        "Won + commit", "With most likely", "With best case", "Target",
    ]  # fmt: skip
    assert [tile.value for tile in block(deck, "call", "tiles").tiles][:3] == ["$500", "$570", "$600"]
    assert "most likely" in [row.cells[1].text for row in block(deck, "swing", "swing").rows]


def test_a_company_without_targets_regions_or_history_still_gets_its_deck():
    deck = forecast_of(open_deal("d1", "commit", "500", since=2), company=BARE)

    assert titles(deck) == [
        "Q4 rolls up to $500 committed, without a target; best case reaches $500.",
        "Q4 reaches $500 if all of commit and best case is won.",
        "One swing deal carries all $500 still called; nothing speaks against it.",
        "Open commit is $500; there is no snapshot a week earlier to compare it with.",
    ]
    assert deck.omitted == ("Trajectory: history does not reach back a week: there is no line to draw yet",)
    assert block(deck, "path", "readings").more == "No range of past errors: no period of history."


def test_two_weeks_of_history_make_a_line_and_no_past_error():
    deck = forecast_of(open_deal("d1", "commit", "500", since=8), company=BARE)

    assert "Won + commit is $500; there is no snapshot of a year ago." in titles(deck)
    assert "History covers no past period on this day" in block(deck, "trajectory", "so-what").lines[0].text


def test_of_two_past_quarters_each_is_shown_and_no_rate_is_made_of_them():
    def quarter(name, end, amount):
        begins = NOW - timedelta(days=240)
        closing = NOW.replace(year=end.year, month=end.month, day=end.day)
        state = State(since=begins, category="commit", amount=amount, close=end)
        return deal(name, state, state.at(closing, status="won", category="closed"))

    deck = forecast_of(
        quarter("d1", date(2026, 9, 20), "400"),
        quarter("d2", date(2026, 6, 20), "300"),
        open_deal("d3", "commit", "100"),
    )
    table = block(deck, "trajectory", "past")

    assert [row.cells[0].text for row in table.rows] == ["FY26-Q3", "FY26-Q2"]
    assert titles(deck)[3] == "Won + commit is $100; there is no snapshot of a year ago."
    assert block(deck, "trajectory", "so-what").lines[0].text == (
        "History covers two past periods on this day: too few to call an error usual."
    )
    assert block(deck, "path", "readings").more == "No range of past errors: only two periods of history."


def test_a_deal_without_an_amount_is_shown_and_counts_as_nothing():
    deck = forecast_of(open_deal("d1", "commit", None), open_deal("d2", "best_case", "40"))

    assert [row.cells[2].text for row in block(deck, "swing", "swing").rows] == ["$40", "no amount"]
    assert titles(deck)[2].startswith("Two swing deals carry all $40 still called")


def test_only_a_call_is_known_of_a_quarter():
    context = Context(calls=(called("c", "Mia Lead", "m1", "700"),))
    deck = forecast_of(open_deal("d1", "pipeline", "40"), context=context)

    assert titles(deck)[0] == "Q4 has nothing won or committed yet; Mia Lead calls $700."
    assert [left.partition(":")[0] for left in deck.omitted] == ["Swing deals", "Trajectory"][
        : len(deck.omitted)
    ]
    assert block(deck, "changes", "adjustments").rows[0].cells[-1].text == "+$700"


def test_a_title_that_cannot_be_read_at_once_keeps_its_first_clause():
    deck = forecast_of(won("d1", "600"), open_deal("d2", "best_case", "50"), period="trailing-12-months")

    assert titles(deck)[0] == "12 months to 23 Nov 2026 closed with $600 won."
    long = forecast_of(
        won("d1", "600"),
        open_deal("d2", "best_case", "50"),
        period="2026-11-01..2026-12-20",
        filters=(only("region", "EMEA", "APAC", negate=True), only("segment", "SMB")),
    )
    assert titles(long)[0] == (
        "All but EMEA or APAC, SMB rolls up to $600 in 1 Nov 2026 to 20 Dec 2026, without a target."
    )


def test_a_week_of_one_place_is_told_by_what_was_won_in_it():
    deck = forecast_of(won("d1", "600"), period="last-week", filters=(only("region", "AMER"),))

    assert titles(deck)[0] == "AMER closed with $600 won in week of 16 Nov 2026."


def test_an_empty_quarter_makes_no_deck_and_says_why():
    with pytest.raises(NothingThere, match="nothing is open, won or due in FY25-Q1"):
        forecast_of(won("d1", "600"), period="FY25-Q1")


AMOUNTS = st.lists(st.integers(0, 100), min_size=3, max_size=3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(AMOUNTS, st.one_of(st.none(), st.integers(1, 250)))
def test_the_path_foots_whatever_is_won_called_and_wanted(amounts, wanted):
    done, commit, best = (str(amount) for amount in amounts)
    company = replace(COMPANY, targets=()) if wanted is None else target(wanted)
    deals = (won("d1", done), open_deal("d2", "commit", commit), open_deal("d3", "best_case", best))
    view = Small(deals, company=company).view()
    steps = path(Scene(view=view, period=view.calendar.quarter(view.today)))

    level = Decimal(0)
    for place, (_, value, total) in enumerate(steps):
        assert not total or place == 0 or level == value
        level = value if total else level + value
    assert level == (sum(amounts) if wanted is None else wanted)


NOBODY = Row(value=Decimal(0), n=0)


def week(category, *values):
    """A week in which every bucket moved, by these values in their order."""
    steps = tuple(
        Step(bucket=name, value=Decimal(value), n=1) for name, value in zip(CHANGES, values, strict=True)
    )
    return Calling(
        category=category,
        period=Period(label="FY26-Q4", start=date(2026, 10, 1), end=date(2027, 1, 1)),
        since=NOW - timedelta(days=7),
        as_of=NOW,
        currency="USD",
        opening=NOBODY,
        steps=steps,
        closing=NOBODY,
        recalls=(),
    )


VALUES = st.lists(st.integers(-1000, 1000), min_size=len(CHANGES), max_size=len(CHANGES))


@given(VALUES, VALUES)
def test_the_smallest_changes_of_a_busy_week_are_one_row_and_none_is_lost(commit, best):
    shown = rows((week("commit", *commit), week("best_case", *best)))

    assert len(shown) == MOST
    assert shown[-1][0] == "Other changes"
    assert [sum(row[place] for row in shown) for place in (1, 2)] == [sum(commit), sum(best)]


def test_a_quiet_week_shows_every_change_under_its_own_name():
    one = week("commit", *([5] + [0] * (len(CHANGES) - 1)))
    few = one.model_copy(
        update={"steps": tuple(step.model_copy(update={"n": int(bool(step.value))}) for step in one.steps)}
    )

    assert rows((few, few)) == (("Added new", 5, 5),)
