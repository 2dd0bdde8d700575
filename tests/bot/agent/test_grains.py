"""Weeks, months and quarters: how they are asked for, and that they are all of their period and nothing else."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agent.grains import MOST_ROWS, default_span, grain_at, pieces
from reports.errors import BadInput
from reports.facts import Period
from tests.bot.agent.world import LEXICON

CALENDAR, TODAY = LEXICON.clock.calendar, LEXICON.clock.today


@pytest.mark.parametrize(
    "words, grain",
    [
        ("by month", "month"),
        ("per quarter", "quarter"),
        ("each week", "week"),
        ("monthly", "month"),
        ("month by month", "month"),
        ("broken down by month", "month"),
        ("by close month", "month"),
        ("nach monat", "month"),
        ("by region", None),
        ("month", None),
        ("by friday", None),
    ],
)
def test_a_grain_is_asked_for_in_words(words: str, grain: str | None):
    keys = tuple(words.split())
    found = grain_at(keys, 0)

    assert found == (None if grain is None else (grain, len(keys)))


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 300),
    grain=st.sampled_from(["week", "month", "quarter"]),
)
def test_the_pieces_of_a_period_follow_each_other_and_fill_it(start: date, days: int, grain: str):
    period = Period(label="some days", start=start, end=start + timedelta(days=days))

    found = pieces(period, grain, CALENDAR)

    assert (found[0].start, found[-1].end) == (period.start, period.end)
    assert all(one.end == other.start for one, other in pairwise(found))
    assert len({piece.label for piece in found}) == len(found)


def test_a_piece_that_is_cut_off_says_so():
    period = CALENDAR.parse("2026-11-10..2026-12-31", TODAY)

    assert [piece.label for piece in pieces(period, "month", CALENDAR)] == ["Nov 2026 (part)", "Dec 2026"]


def test_more_rows_than_an_answer_holds_are_refused_with_what_would_work():
    decade = CALENDAR.parse("2016-01-01..2026-12-31", TODAY)

    with pytest.raises(BadInput, match=f"more than {MOST_ROWS} months.*by month this year"):
        pieces(decade, "month", CALENDAR)


def test_what_lies_ahead_is_shown_ahead_and_what_was_as_far_as_it_went():
    assert default_span("month", CALENDAR, TODAY, backward=True) == "this-year"
    assert default_span("quarter", CALENDAR, TODAY, backward=False) == "2026-10-01..2027-09-30"
