"""The slip rate: what slipped of what was due, and what is usual."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from reports.measures import measure
from tests.reports.measures.companies import ANCHOR
from tests.reports.measures.test_bridge import steps
from tests.reports.small import Small, State, deal, only

OPEN = State(since=40)
BEFORE, IN, AFTER = date(2026, 9, 15), date(2026, 12, 11), date(2027, 1, 15)
STAMP = date(2026, 11, 18)


def test_the_slip_rate_is_what_slipped_of_what_was_due():
    small = Small(
        [
            ANCHOR,
            deal("d1", OPEN, OPEN.at(3, close=AFTER, amount="40")),
            deal("d2", OPEN.at(40, amount="300", region="EMEA")),
        ]
    )
    found = measure(small.view(), "slip_rate")

    assert (found.value, found.rows[0].n, found.rows[0].records) == (Decimal(100) / 400, 2, ("d1",))
    assert [(row.by[0][1], row.value) for row in measure(small.view(), "slip_rate", by=("region",)).rows] == [
        ("AMER", 1),
        ("EMEA", 0),
    ]


def test_what_slips_and_changes_hands_slipped_in_neither_slice():
    small = Small([ANCHOR, deal("d1", OPEN, OPEN.at(3, close=AFTER, region="EMEA"))])

    assert measure(small.view(), "slip_rate").value == 1
    assert [row.value for row in measure(small.view(), "slip_rate", by=("region",)).rows] == [0]
    assert steps(small, only("region", "AMER")) == {"left_scope": -100}


def test_the_usual_slip_rate_is_the_mean_of_the_four_weeks_before():
    small = Small(
        [
            ANCHOR,
            deal("d0", OPEN, OPEN.at(3, close=AFTER)),
            *(
                deal(f"d{n}", OPEN, *([OPEN.at(7 * n + 3, close=AFTER)] if n % 2 else []))
                for n in range(1, 5)
            ),
        ]
    )
    found = measure(small.view(), "slip_rate_average")

    assert found.value == (Decimal(1) / 4 + 0 + Decimal(1) / 5 + 0) / 4
    assert found.rows[0].n == 4


def test_short_history_averages_the_weeks_there_are_and_says_so():
    found = measure(Small([deal("d1", OPEN.at(15))]).view(), "slip_rate_average")

    assert (found.value, found.notes) == (0, ("history reaches back 1 of the 4 weeks",))


# The rule of METRICS §4.2 in plain Python, over the states that the small company was made from.
