"""The day of a reminder, the words that only look like one, and whom a reminder names besides `remind X`."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agent.intents import Errand
from tests.bot.agent.world import said

NOV, DEC = (2026, 11), (2026, 12)


def reminder(text: str) -> Errand:
    meant = said(text)
    assert isinstance(meant, Errand), meant
    assert meant.kind == "remind"
    return meant


@pytest.mark.parametrize(
    "text, day, what",
    [
        ("can you remind jonas about ostrander on thursday?", date(*NOV, 26), "about ostrander"),
        ("remind jonas about ostrander friday afternoon", date(*NOV, 27), "about ostrander"),
        ("remind jonas about ostrander on friday asap", date(*NOV, 27), "about ostrander"),
        ("remind jonas thursday 3 pm to call", date(*NOV, 26), "call"),
        ("remind jonas monday morning to call", date(*NOV, 30), "call"),
        ("remind jonas to call on monday the 30th", date(*NOV, 30), "call"),
        ("remind jonas to call on thursday, 26 nov", date(*NOV, 26), "call"),
        ("remind jonas to call next week friday", date(*DEC, 4), "call"),
        ("remind jonas to call friday next week", date(*DEC, 4), "call"),
        ("remind jonas to call w/c 7 dec", date(*DEC, 7), "call"),
        ("remind jonas to call on the 4th", date(*DEC, 4), "call"),
        ("remind jonas to call on 24.12.", date(*DEC, 24), "call"),
        ("remind me monday to call", date(*NOV, 30), "call"),
        ("remind me today to call", date(*NOV, 23), "call"),
    ],
)
def test_a_day_is_read_with_what_goes_with_it(text: str, day: date, what: str):
    meant = reminder(text)

    assert (meant.day, meant.text, meant.undated) == (day, what, "")


@pytest.mark.parametrize(
    "text, undated",
    [
        ("remind jonas to call next month", "next month"),
        ("remind jonas to call on 31 nov", "on 31 nov"),
        ("remind jonas to call on tuesday the 30th", "on tuesday the 30th"),
        ("remind jonas to call on first of december", "on first of december"),
        ("remind me to call at 3pm", "at 3pm"),
        ("remind me in 2 hours to call", "in 2 hours"),
        ("remind me tonight to call", "tonight"),
        ("remind me to call every monday", "every monday"),
        ("remind me of my call every thursday", "every thursday"),
        ("remind me when ostrander closes", "when ostrander closes"),
    ],
)
def test_a_time_that_is_no_day_is_not_thrown_away(text: str, undated: str):
    meant = reminder(text)

    assert (meant.day, meant.undated) == (None, undated)


@pytest.mark.parametrize(
    "text, what",
    [
        (
            "remind jonas that the close date moved to 18 december",
            "the close date moved to 18 december",
        ),
        ("remind jonas that ostrander closes january 29", "ostrander closes january 29"),
        ("remind me to prepare the friday deck", "prepare the friday deck"),
        ("remind me to buy 3 chairs", "buy 3 chairs"),
        ("todo review march numbers", "review march numbers"),
        ("todo call the 2nd buyer", "call the 2nd buyer"),
    ],
)
def test_a_day_in_what_is_to_be_known_or_done_stays_there(text: str, what: str):
    meant = reminder(text)

    assert (meant.day, meant.text, meant.undated) == (None, what, "")


@pytest.mark.parametrize(
    "text, whom, day, what",
    [
        ("todo for jonas: call ostrander by friday", ("P2",), date(*NOV, 27), "call ostrander"),
        ("reminder: jonas, ostrander, thursday", ("P2",), date(*NOV, 26), "ostrander"),
        ("todo for the board: print the deck", (), None, "for the board: print the deck"),
    ],
)
def test_whom_a_todo_or_a_reminder_is_for(text: str, whom: tuple[str, ...], day: date | None, what: str):
    meant = reminder(text)

    assert tuple(person.id for person in meant.people) == whom
    assert (meant.day, meant.text) == (day, what)


@pytest.mark.parametrize(
    "text", ["remind jonas brenner's team friday to log it", "remind #sales-leadership friday to update"]
)
def test_a_team_or_a_channel_is_several(text: str):
    assert reminder(text).bulk
