"""A question that was put already: who asks it again is told, a goal does not, and how lists are asked for in words."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.asking import DANA, EVERYBODY, KATRIN, press
from tests.scenarios.slack.stage import Stage, told

STEPLESS = "nudge diego about deals without next step"


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return a stage on which the bot knows everybody, and Dana has asked Diego about his deals without a next step."""
    at.confirm(*EVERYBODY)
    (preview,) = at.dm(DANA, STEPLESS)
    assert "Each deal with [Next step] [Lost] [Leave it];" in told(preview)
    press(at, DANA, preview, "Send")
    return at


def test_who_asks_again_is_told_that_it_was_asked(at: Stage):
    (preview,) = at.dm(KATRIN, STEPLESS)

    assert "2 of these were asked about in the last 3 days; the owners are asked once more." in told(preview)


def test_a_goal_does_not_ask_again_what_a_nudge_has_asked_and_says_who_hears_of_it_later(at: Stage):
    (card,) = at.dm(DANA, "get every deal a next step by friday")
    press(at, DANA, card, "Start")
    assert "Asked 23 owners about 89 deals." in at.slack.seen_by(DANA)[-1].text

    (other,) = at.dm(DANA, "get every deal a close date in the future by friday")
    press(at, DANA, other, "Start")
    line = told(at.slack.seen_by(DANA)[-1])
    assert "14 owners to ask about 33 deals: 13 had a message today and get this with the next." in line


@pytest.mark.parametrize(
    "text", ["who has not answered", "cancel nudge", "stop the nudge", "nudge status", "status of my nudge"]
)
def test_nudges_are_listed_for_whoever_wants_to_stop_one_or_know_how_it_stands(at: Stage, text: str):
    assert at.dm(DANA, text)[0].text == "1 nudge of yours is out."


@pytest.mark.parametrize("text", ["stop the goal", "goal status", "cancel goal", "status of my goal"])
def test_goals_are_listed_for_whoever_wants_to_stop_one_or_know_how_it_stands(at: Stage, text: str):
    assert at.dm(DANA, text)[0].text.startswith("No goal of yours runs.")
