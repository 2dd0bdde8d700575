"""A deck on its way: Slack is slow to list it, somebody deletes it, the process dies over it, the connection breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.slack.files import Files
from bot.slack.handlers import failed, handlers
from tests.fakes.runs import Crash
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told

DANA = "Dana Whitcombe"
LEADERS = "sales-leadership"
GONE = "The deck's file was deleted before it was shown."


def decks(at: Stage, root: str) -> list[Seen]:
    """Return what in a draft's thread shows a file, or did."""
    return [seen for seen in at.slack.seen_by(DANA) if seen.thread_ts == root != seen.ts and seen.files]


def test_a_deck_that_slack_is_slow_to_list_is_not_said_to_be_deleted(at: Stage):
    at.slack.world.polls_before_share = 25
    draft = at.draft(DANA, LEADERS)

    assert GONE not in told(*at.slack.seen_by(DANA))
    assert len(decks(at, draft.ts)) == 1

    at.clock.forward(60)
    at.slack.world.polls_before_share = 0
    desk = at.served.desk
    (note,) = desk.notes.all("local", "posted").values()
    for _ in range(5):
        desk.files.shown(str(note["file"]), draft.channel, wait=False)
    at.reply(DANA, LEADERS, "only EMEA", draft.ts)
    assert "r1, superseded by r2" in told(*decks(at, draft.ts))


def test_a_revisions_deck_that_is_deleted_before_it_was_shown_is_said_to_be_gone(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.clock.forward(60)
    at.slack.fault("files.info", error="file_deleted")
    found = at.reply(DANA, LEADERS, "only EMEA", draft.ts)

    assert GONE in told(*found)


@pytest.mark.parametrize("polls", [3, 40])
def test_a_process_that_dies_before_slack_lists_the_deck_brings_it_once(at: Stage, polls: int):
    at.slack.world.polls_before_share = polls

    def die(seconds: float) -> None:
        raise Crash

    desk = replace(at.served.desk, files=Files(at.served.desk.poster, pause=die))
    at.runs = at.runs.reopened()
    at.runs.start(handlers(desk), failed(desk))
    at.slack.command(DANA, LEADERS, "weekly")
    with pytest.raises(Crash):
        at.settle()
    at.restart()
    at.settle()

    (root,) = [one for one in at.slack.messages(LEADERS, bot=True) if one.thread_ts in (None, one.ts)]
    assert len(decks(at, root.ts)) == 1
    assert GONE not in told(*at.slack.seen_by(DANA))


@pytest.mark.parametrize("method", ["upload", "files.completeUploadExternal"])
def test_a_connection_that_breaks_around_the_deck_brings_it_once(at: Stage, method: str):
    at.slack.fault(method)
    at.slack.fault(method, drop_connection="after")
    draft = at.draft(DANA, LEADERS)

    assert len(decks(at, draft.ts)) == 1
