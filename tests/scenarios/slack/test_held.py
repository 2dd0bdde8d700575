"""Edits that come quickly one after the other: one revision for them all, and nobody is left in the dark about theirs."""

from __future__ import annotations

from bot.slack import held
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told

DANA, MARCUS, LUC = "Dana Whitcombe", "Marcus Bell", "Luc Fournel"
LEADERS = "sales-leadership"


def later(at: Stage, seconds: float = 21) -> None:
    at.clock.forward(seconds)
    at.settle(failing=True)


def revised(at: Stage, draft: Seen) -> Seen:
    """Revise a draft just now, so that what is said next is held."""
    at.reply(DANA, LEADERS, "only EMEA", draft.ts)
    assert "r2, draft" in told(at.shown(LUC, draft.ts))
    return draft


def test_edits_within_twenty_seconds_become_one_revision(at: Stage):
    draft = revised(at, at.draft(DANA, LEADERS))
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.mention(MARCUS, LEADERS, "drop 6", draft.ts)
    assert "r2, draft" in told(at.shown(LUC, draft.ts))

    later(at)
    assert "r3, draft" in told(at.shown(LUC, draft.ts))


def test_in_direct_messages_too(at: Stage):
    at.dm(DANA, "weekly")
    root = next(one for one in at.slack.messages(at.slack.im_with(DANA), bot=True) if one.blocks)
    at.dm(DANA, "only EMEA")
    for words in ("drop 7", "drop 6"):
        at.dm(DANA, words)
    assert "r2, draft" in told(at.shown(DANA, root.ts))

    later(at)
    assert "r3, draft" in told(at.shown(DANA, root.ts))


def test_by_command_too(at: Stage):
    draft = at.draft(DANA, LEADERS)
    for words in ("only EMEA", "drop 7", "drop 6"):
        at.command(DANA, LEADERS, words)
    assert "r2, draft" in told(at.shown(LUC, draft.ts))

    later(at)
    assert "r3, draft" in told(at.shown(LUC, draft.ts))


def test_undo_takes_back_the_edit_that_is_still_held(at: Stage):
    draft = revised(at, at.draft(DANA, LEADERS))
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.clock.forward(1)
    (answer,) = at.reply(DANA, LEADERS, "undo", draft.ts)
    assert answer.kind == "ephemeral"
    assert answer.text == "“drop 7” was not in the draft yet; I left it out."

    later(at)
    assert "EMEA · definitions v3 · r2, draft" in told(at.shown(LUC, draft.ts))


def test_whose_held_edit_somebody_else_takes_back_is_told(at: Stage):
    draft = revised(at, at.draft(DANA, LEADERS))
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.reply(MARCUS, LEADERS, "undo", draft.ts)

    assert "Marcus Bell took back “drop 7” before it was in the draft." in told(*at.slack.seen_by(DANA))


def test_held_edits_that_go_wrong_are_told_to_each_author_and_held_no_longer(at: Stage):
    draft = revised(at, at.draft(DANA, LEADERS))
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.reply(MARCUS, LEADERS, "drop 6", draft.ts)
    at.slack.fault("files.getUploadURLExternal", error="fatal_error", times=2)
    later(at)

    for who, words in ((DANA, "drop 7"), (MARCUS, "drop 6")):
        answer = at.slack.seen_by(who)[-1]
        assert answer.kind == "ephemeral"
        assert f"Please say it once more: “{words}”." in told(answer)
    assert held.held(at.served.desk, at.served.desk.thread(f"CLEADERS:{draft.ts}").draft_id or "") == ()


def test_held_edits_that_nobody_did_for_ten_minutes_are_said_and_not_done(at: Stage):
    draft = revised(at, at.draft(DANA, LEADERS))
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    later(at, seconds=11 * 60)

    assert "r2, draft" in told(at.shown(LUC, draft.ts))
    assert "That waited too long, and I left the draft as it is. Say it once more: “drop 7”." in told(
        at.slack.seen_by(DANA)[-1]
    )


def test_stop_drops_the_held_edits_of_whoever_pressed_it_and_nobody_elses(at: Stage):
    draft = revised(at, at.draft(DANA, LEADERS))
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.reply(MARCUS, LEADERS, "drop 6", draft.ts)
    at.slack.stop_session(DANA, LEADERS, draft.ts)
    at.settle()
    assert "Stopped." in told(at.slack.seen_by(DANA)[-1])

    later(at)
    revision = at.served.desk.revision(at.served.desk.thread(f"CLEADERS:{draft.ts}").draft_id)
    assert (revision.number, revision.author) == (3, MARCUS)


def test_an_edit_without_a_mention_that_goes_wrong_is_told_to_its_author(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.fault("files.getUploadURLExternal", error="fatal_error", times=2)
    at.slack.say(DANA, LEADERS, "only EMEA", thread_ts=draft.ts)
    at.settle(failing=True)

    answer = at.slack.seen_by(DANA)[-1]
    assert answer.kind == "ephemeral"
    assert "That went wrong on my side" in told(answer)
