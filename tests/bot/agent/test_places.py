"""Words for what is not there are refused: an answer for everything would look like the answer to them."""

import pytest

from bot.agent.intents import Ask, Problem, Report
from tests.bot.agent.world import in_thread, said


@pytest.mark.parametrize("text", ["pipeline Q5", "pipeline in q9", "weekly Q7", "bookings q0 emea"])
def test_a_quarter_that_no_year_has_is_refused(text: str) -> None:
    meant = said(text)

    assert isinstance(meant, Problem)
    assert meant.kind == "period"
    assert meant.message.endswith("a year has Q1 to Q4.")


def test_an_owner_nobody_is_called_is_refused_with_the_nearest_names() -> None:
    meant = said("deals owned by Bill Drumm")

    assert isinstance(meant, Problem)
    assert meant.message == "There is no owner 'Bill Drumm'. Did you mean Will Drummond?"
    assert meant.known[0] == "Will Drummond"


@pytest.mark.parametrize("text", ["weekly for Mars", "pipeline in mars", "pipeline only mars"])
def test_a_word_that_stands_for_a_place_is_refused_where_nothing_is_called_so(text: str) -> None:
    meant = said(text)

    assert isinstance(meant, Problem)
    assert "ars'" in meant.message


@pytest.mark.parametrize(
    "text", ["weekly mars", "weekly Mars", "Weekly Mars", "show pipeline foo", "pipeline Foo"]
)
def test_a_word_without_a_part_is_reported_however_it_is_written_and_the_rest_answered(text: str) -> None:
    meant = said(text)

    assert isinstance(meant, Ask | Report)
    assert meant.unread == (text.rsplit(maxsplit=1)[-1],)


@pytest.mark.parametrize("text", ["only MARS", "only mars", "only region mars"])
def test_a_deck_of_only_what_is_not_there_is_refused_with_what_is(text: str) -> None:
    meant = in_thread(text, addressed=True)

    assert isinstance(meant, Problem)
    assert set(meant.known) == {"AMER", "EMEA", "APAC"}


@pytest.mark.parametrize(
    "text, period",
    [
        ("slip rate week before last", "2026-11-09..2026-11-15"),
        ("bookings the quarter before last", "2026-04-01..2026-06-30"),
    ],
)
def test_what_was_before_the_last_one_is_a_period(text: str, period: str) -> None:
    meant = said(text)

    assert isinstance(meant, Ask)
    assert meant.question.period == period
    assert not meant.unread
