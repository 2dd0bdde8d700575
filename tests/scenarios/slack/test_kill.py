"""A process that dies anywhere: each request still ends in exactly one draft, revision, answer or effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.fakes.runs import Crash
from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN = "Dana Whitcombe", "Katrin Vogelsang"
LEADERS = "sales-leadership"


def deaths(at: Stage, say: Callable[[], object]) -> Iterator[int]:
    """Say something again and again; each time the process dies one place later, and the next one takes up its work.

    Yields the place after each; ends when the work has no further place to die at.
    """
    for place in count():
        say()
        at.runs.crash_at = place
        try:
            at.runs.run_due()
        except Crash:
            at.restart()
            at.runs.run_due()
            assert at.runs.failures == []
            yield place
            continue
        at.runs.crash_at = None
        return


def posted(at: Stage, where: str = LEADERS) -> tuple[int, int]:
    """Return how many messages of the bot stand at the top of a channel, and how many decks below them."""
    messages = at.slack.messages(where, bot=True)
    tops = [one for one in messages if one.thread_ts in (None, one.ts)]
    decks = [one for one in messages if one.thread_ts not in (None, one.ts) and one.files]
    return len(tops), len(decks)


def test_wherever_the_process_dies_a_command_gives_one_draft_with_one_deck(at: Stage):
    places = 0
    for place in deaths(at, lambda: send(at, "command", DANA, "weekly")):
        places = place + 1
        assert posted(at) == (places, places)
    assert places >= 14


def test_wherever_the_process_dies_an_edit_gives_one_revision_with_one_file(at: Stage):
    draft = at.draft(DANA, LEADERS)
    words = (f"title slide 2: take {number}" for number in count())

    def say() -> None:
        at.clock.forward(60)
        send(at, "say", DANA, next(words), thread=draft.ts)

    places = 0
    for place in deaths(at, say):
        places = place + 1
        assert posted(at) == (1, places + 1)
        shown = [one.text for one in at.slack.messages(LEADERS, bot=True) if one.files and one.ts != draft.ts]
        assert [text for text in shown if "superseded" not in text] == [shown[-1]]
        assert f"r{places + 1}, draft" in told(at.shown(KATRIN, draft.ts))
    assert places >= 14


def test_wherever_the_process_dies_a_question_gets_one_answer(at: Stage):
    places = 0
    for place in deaths(at, lambda: send(at, "mention", DANA, "coverage by region")):
        places = place + 1
        assert len(at.slack.messages(LEADERS, bot=True)) == places
    assert places >= 6


@pytest.mark.parametrize(
    "button, after", [("publish", "published by Dana Whitcombe"), ("take:A", "– Dana Whitcombe")]
)
def test_wherever_the_process_dies_a_press_has_its_effect_once(at: Stage, button: str, after: str):
    def say() -> None:
        at.clock.forward(60)
        at.settle()
        at.slack.click(DANA, at.draft(DANA, LEADERS), button)

    for place in deaths(at, say):
        drafts = [one for one in at.slack.messages(LEADERS, bot=True) if one.thread_ts in (None, one.ts)]
        assert len(drafts) == place + 1
        assert told(at.shown(KATRIN, drafts[-1].ts)).count(after) == 1


def send(at: Stage, how: str, who: str, text: str, *, thread: str | None = None) -> None:
    """Let somebody say something, and let nothing be done about it yet."""
    match how:
        case "command":
            at.slack.command(who, LEADERS, text)
        case "mention":
            at.slack.mention(who, LEADERS, text)
        case _:
            at.slack.say(who, LEADERS, text, thread_ts=thread)
