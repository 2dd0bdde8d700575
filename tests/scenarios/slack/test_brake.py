"""The brake by words: what stops everything, what lets it go on, and what is about one schedule alone."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import DANA, LEADERS, MARCUS, save


@pytest.mark.parametrize(
    "stop, go_on",
    [("turn everything off", "go on"), ("shut it down", "start again"), ("stop posting", "resume")],
)
def test_an_admin_stops_everything_and_lets_it_go_on_in_other_words(at: Stage, stop: str, go_on: str):
    stopped = told(*at.command(MARCUS, LEADERS, stop))
    gone_on = told(*at.command(MARCUS, LEADERS, go_on))

    assert "All writes, sends and schedules are off: Marcus Bell" in stopped
    assert "I go on: Marcus Bell" in gone_on


def test_where_nothing_is_stopped_nobody_is_asked_to_let_it_go_on(at: Stage):
    assert "Nothing is stopped" in told(*at.command(DANA, LEADERS, "go on"))
    assert not at.slack.messages(at.slack.im_with(MARCUS).id, bot=True)


@pytest.mark.parametrize(
    "words",
    ["pause the weekly", "stop sending me the weekly", "when is the next weekly", "change the weekly to 9am"],
)
def test_words_about_one_schedule_bring_the_list_with_its_buttons(at: Stage, words: str):
    save(at, DANA, LEADERS, "weekly every monday at 9 in #sales-leadership")
    found = at.command(DANA, LEADERS, words)

    assert "What comes by itself: 1 of yours" in told(*found)
    assert "Pause" in told(*found)
