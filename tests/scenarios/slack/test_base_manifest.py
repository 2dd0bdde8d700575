"""Installed from the base manifest, which reads no thread: everything works by mention, and that is said once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.slack.manifest import events, scopes
from tests.scenarios.slack.stage import Stage, stage, told

DANA = "Dana Whitcombe"
LEADERS = "sales-leadership"


def notes(at: Stage, root: str) -> list[str]:
    return [seen.text for seen in at.slack.messages(LEADERS, bot=True) if seen.thread_ts == root != seen.ts]


def test_without_thread_reading_the_thread_is_told_once_to_mention_the_bot(own_home: Path):
    with stage(own_home, scopes=scopes(), events=events()) as at:
        at.confirm(DANA)
        draft = at.draft(DANA, LEADERS)
        assert notes(at, draft.ts)[0].endswith(
            "Mention me here to change it, for example: @quarterdeck drop 4."
        )

        assert at.reply(DANA, LEADERS, "drop 6", draft.ts) == ()
        at.mention(DANA, LEADERS, "drop 4", thread=draft.ts)
        assert [("Mention me" in text, "r2" in text) for text in notes(at, draft.ts)] == [
            (False, True),
            (False, True),
        ]

        (direct, *_) = at.dm(DANA, "weekly emea")
        assert "Mention me" not in told(direct, *at.slack.seen_by(DANA))


def test_with_thread_reading_nothing_of_the_kind_is_said(at: Stage):
    draft = at.draft(DANA, LEADERS)

    assert [text for text in notes(at, draft.ts) if "Mention me" in text] == []


@pytest.mark.parametrize("words, what", [("pipeline", "answer"), ("weekly", "draft")])
def test_a_connection_that_breaks_where_the_bot_may_not_look_is_said_to_the_person(
    own_home: Path, words: str, what: str
):
    with stage(own_home, scopes=scopes(), events=events()) as at:
        at.confirm(DANA)
        at.slack.fault("chat.postMessage", drop_connection="after")
        found = at.mention(DANA, LEADERS, words)

        assert f"I was interrupted while I posted your {what}" in told(*found)
        assert len(at.slack.messages(LEADERS, bot=True)) == 1
