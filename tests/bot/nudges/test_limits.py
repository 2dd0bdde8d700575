"""The brakes on messages, and what is forgotten once it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.nudges.book import Book, book_of
from bot.nudges.limits import A_DAY, AT_ONCE, over, tidy
from bot.nudges.values import Asked, Nudge, Search
from bot.store import open_store

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "owners, out, why",
    [
        (AT_ONCE, 0, ""),
        (AT_ONCE + 1, 0, "That would be 61 messages, and I send at most 60 at once."),
        (AT_ONCE, A_DAY - AT_ONCE, ""),
        (2, A_DAY - 1, "You have 119 messages out today; with these 2 it would be more than 120 a day."),
    ],
)
def test_so_many_messages_and_no_more(owners: int, out: int, why: str):
    assert over(owners, out).startswith(why)
    assert bool(over(owners, out)) == bool(why)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of(open_store(tmp_path).notes, "larkmoor")


def nudge(name: str, state: str, *, days: int) -> Nudge:
    return Nudge.model_validate(
        {
            "id": name,
            "asker": "U1",
            "search": Search(words="past due"),
            "deals": (),
            "state": state,
            "made_at": NOW - timedelta(days=days),
            "zone": "Europe/Berlin",
        }
    )


def test_what_is_over_is_forgotten_and_what_runs_is_not(book: Book):
    kept = [
        nudge("runs", "running", days=200),
        nudge("new", "offered", days=1),
        nudge("told", "reported", days=80),
    ]
    gone = [nudge("unsent", "offered", days=3), nudge("old", "reported", days=91)]
    for one in (*kept, *gone):
        book.nudges.change(one.id, lambda _, one=one: one)
    for days in (10, 100):
        asked = Asked(id=f"P1:{days}", owner="P1", user="U1", due=NOW - timedelta(days=days))
        book.asked.change(asked.id, lambda _, asked=asked: asked)

    assert tidy(book, NOW) == 3
    assert {one.id for one in book.nudges.all()} == {one.id for one in kept}
    assert [one.id for one in book.asked.all()] == ["P1:10"]
