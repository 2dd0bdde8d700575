"""One message an owner and day: what comes later joins the next, and the same round is put once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.nudges.asking import ask
from bot.nudges.book import Book, book_of
from bot.nudges.values import Asked, Item
from bot.store import open_store

# A Friday, 14:30 in Berlin.
NOW = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of(open_store(tmp_path).notes, "larkmoor")


def put(book: Book, cause: str, deal: str = "D1", *, now: datetime = NOW, **more: object) -> Asked:
    item = Item(cause=cause, round=cause, asker="U1", words="past due", deal_id=deal, need="date")
    holidays = more.get("holidays", ())
    return ask(book, (item,), owner="P1", user="U2", zone="Europe/Berlin", now=now, holidays=holidays)  # type: ignore[arg-type]


def mark(book: Book, asked: Asked, **fields: object) -> None:
    book.asked.change(asked.id, lambda held: held.model_copy(update=fields) if held else None)


def test_the_first_of_a_day_goes_out_now_and_takes_more_until_it_does(book: Book):
    first, second = put(book, "a"), put(book, "b", "D2")

    assert (first.id, first.due) == ("P1:2026-11-27", NOW)
    assert second.id == first.id
    assert [item.deal_id for item in second.items] == ["D1", "D2"]


def test_after_that_it_is_the_next_working_morning_of_the_owner(book: Book):
    mark(book, put(book, "a"), state="sent", sent_at=NOW)
    second = put(book, "b")

    assert (second.id, second.due) == ("P1:2026-11-30", MONDAY)
    assert put(book, "c").id == second.id
    holiday = MONDAY.date()
    mark(book, second, state="sent", sent_at=MONDAY)
    later = put(book, "d", now=NOW + timedelta(minutes=1), holidays=(holiday,))
    assert later.due == MONDAY + timedelta(days=1)


def test_the_same_round_is_put_once(book: Book):
    first = put(book, "a")
    mark(book, first, state="sent", sent_at=NOW)

    assert put(book, "a").id == first.id
    assert len(book.asked.all()) == 1


def test_a_message_of_another_day_that_went_out_today_is_todays(book: Book):
    first = put(book, "a", now=NOW - timedelta(days=1))
    mark(book, first, state="sent", sent_at=NOW)

    assert put(book, "b").due == MONDAY


def test_a_message_that_was_never_finished_does_not_block_later_days(book: Book):
    mark(book, put(book, "a", now=NOW - timedelta(days=1)), state="sealed")

    assert put(book, "b").due == NOW
