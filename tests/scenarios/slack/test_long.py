"""More than 4,000 letters: the rest is not read, and what was read is not taken for the whole."""

from __future__ import annotations

import pytest

from bot.slack.request import LONGEST
from tests.scenarios.slack.stage import Stage, told

DANA, LEADERS = "Dana Whitcombe", "sales-leadership"
LONG = f"{'pipeline emea '.ljust(LONGEST)}only if nobody else asked"
TOLD = "I read the first 4,000 letters only, so I did nothing yet. Say it in fewer words."


@pytest.mark.parametrize("way", ["command", "mention"])
def test_words_that_go_on_past_what_is_read_are_not_answered_as_if_they_were_all(at: Stage, way: str):
    before = at.slack.messages(LEADERS, bot=True)
    seen = getattr(at, way)(DANA, LEADERS, LONG.replace("  ", " ."))

    assert TOLD in told(*seen)
    assert "$" not in told(*seen)
    assert at.slack.messages(LEADERS, bot=True) == before


def test_nor_are_they_in_direct_messages_and_in_a_thread_nobody_is_told(at: Stage):
    (answer,) = at.dm(DANA, LONG.replace("  ", " ."))
    assert answer.text == TOLD

    draft = at.draft(DANA, LEADERS)
    assert at.reply(DANA, LEADERS, f'title 3 "{"more " * 1_000}"', draft.ts) == ()


def test_of_words_that_were_not_used_a_line_is_said_again_and_not_all(at: Stage):
    seen = at.command(DANA, LEADERS, f"weekly {'blub' * 100}")
    lines = {line for line in told(*seen).splitlines() if "Not used" in line}

    assert lines == {f"Not used: {('blub' * 100)[:59]}…."}
