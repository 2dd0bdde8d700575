"""What is kept of a reminder's words: whose it is, who sees it, and what is asked back before anything is kept."""

from __future__ import annotations

from datetime import date

import pytest

from tests.scenarios.slack.asking import DANA, EVERYBODY, JONAS, buttons
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_actions import press


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return a stage on which the bot knows everybody."""
    at.confirm(*EVERYBODY)
    return at


def kept(at: Stage) -> list[tuple[str, str, date, bool]]:
    """Return what is kept of actions: whose, what, when, and whether only its owner sees it."""
    desk = at.served.desk
    found = desk.line.store.actions(desk.workspace)
    return [
        (one.owner, one.text, one.due, one.private) for one in found if one.source.startswith("asked by ")
    ]


def test_a_reminder_to_oneself_is_private_with_a_deal_in_it_too(at: Stage):
    (answer,) = at.dm(DANA, "remind me tomorrow to tell legal ostrander is a mess")

    assert kept(at) == [(DANA, "Tell legal ostrander is a mess", date(2026, 11, 24), True)]
    assert "It is on nobody's list but yours." in told(answer)
    assert "mess" not in told(at.dm(JONAS, "actions for ostrander")[-1])


def test_a_mention_in_the_words_is_kept_as_a_name(at: Stage):
    at.dm(DANA, f"remind me tomorrow to talk to @{JONAS} about the deck")

    assert kept(at) == [(DANA, f"Talk to {JONAS} about the deck", date(2026, 11, 24), True)]


def test_a_time_that_is_no_day_is_asked_back_and_nothing_is_kept(at: Stage):
    (answer,) = at.dm(DANA, "remind jonas every monday to call ostrander")

    assert kept(at) == []
    assert "I could not read the day" in told(answer) or "every monday" in told(answer)


def test_a_time_of_day_alone_is_asked_back(at: Stage):
    (answer,) = at.dm(DANA, "remind jonas to call ostrander at 3pm")

    assert kept(at) == []
    assert told(answer).startswith("I could not read the day: “at 3pm”.")


def test_who_gave_what_is_done_by_now_hears_that_it_is_done(at: Stage):
    (answer,) = at.dm(DANA, "remind jonas thursday re ostrander")
    letter = at.slack.seen_by(JONAS)[-1]
    press(at, JONAS, letter, "Done")

    (moved,) = press(at, DANA, answer, "Move")
    (back,) = press(at, DANA, answer, "Take back")
    assert (moved.text, back.text) == ("That is done already.", "That is done already.")


def test_what_is_taken_back_stands_in_place_of_what_was_kept(at: Stage):
    (answer,) = at.dm(DANA, "remind jonas thursday re ostrander")
    press(at, DANA, answer, "Take back")

    (shown,) = [seen for seen in at.slack.seen_by(DANA) if seen.ts == answer.ts]
    assert shown.text == "Taken back: “Re ostrander”."
    assert buttons(shown) == []
