"""Calls in the notebook: kept as they were made, oldest first, and counted no more once they were taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.store import Notebook, open_store
from bot.store.calls import call_of, calls, keep_call, take_back
from reports.context import Call

AT = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


@pytest.fixture
def notes(tmp_path: Path) -> Notebook:
    return open_store(tmp_path).notes


def call(call_id: str, commit: int, *, minutes: int = 0) -> Call:
    return Call(
        id=call_id,
        caller="Katrin Vogelsang",
        caller_id="u06",
        period="FY26-Q4",
        region="EMEA",
        commit=Decimal(commit),
        at=AT + timedelta(minutes=minutes),
    )


def test_a_call_that_is_kept_again_stays_as_it_was_first(notes: Notebook):
    keep_call(notes, "w", call("a", 1_450_000))
    again = keep_call(notes, "w", call("a", 9, minutes=5))

    assert again == call("a", 1_450_000)
    assert calls(notes, "w") == (again,)


def test_calls_come_oldest_first_and_those_of_one_instant_by_their_ids(notes: Notebook):
    for one in (call("c", 3, minutes=1), call("b", 2), call("a", 1)):
        keep_call(notes, "w", one)

    assert [int(one.commit) for one in calls(notes, "w")] == [1, 2, 3]
    assert calls(notes, "other") == ()


def test_what_is_taken_back_stays_but_counts_no_more(notes: Notebook):
    keep_call(notes, "w", call("a", 1))
    take_back(notes, "w", "a", by="Katrin Vogelsang")

    assert calls(notes, "w") == ()
    assert call_of(notes, "w", "a") is None
    assert notes.read("w", "call", "a") is not None
