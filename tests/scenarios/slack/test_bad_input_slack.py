"""Slack refuses, waits, forgets and breaks off: people get their answer once, plainer or later, or hear why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, stage, told

DANA, KATRIN, LUC = "Dana Whitcombe", "Katrin Vogelsang", "Luc Fournel"
LEADERS = "sales-leadership"
NUMBER = "Open pipeline closing in Q4: $5.49M, 212 deals, commit $1.94M of it."
HEADLINE = "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."


@pytest.fixture
def at(shared: Stage) -> Stage:
    """Return the stage a minute later."""
    shared.clock.forward(60)
    return shared


def posts(at: Stage, words: str, where: str = LEADERS) -> list[str]:
    """Return the ids of the bot's messages in a channel with these words."""
    return [one.ts for one in at.slack.messages(where, bot=True) if words in one.text]


def letters(seen: Seen) -> str:
    return "\n".join(block["text"]["text"] for block in seen.blocks if block["type"] == "section")


def test_where_slack_takes_no_tables_the_same_table_stands_in_letters(at: Stage):
    at.slack.fault("chat.postMessage", error="invalid_blocks")
    (answer,) = at.mention(DANA, LEADERS, "cov by region?")

    assert {block["type"] for block in answer.blocks} <= {"section", "context", "actions"}
    for row in (("AMER", "2.65x"), ("EMEA", "1.40x"), ("APAC", "2.00x"), ("All", "2.00x")):
        assert all(cell in letters(answer) for cell in row)


def test_where_slack_takes_no_blocks_at_all_the_headline_is_still_there(at: Stage):
    at.slack.fault("chat.postMessage", error="invalid_blocks", times=2)
    (answer,) = at.mention(DANA, LEADERS, "pipeline")

    assert (answer.text, answer.blocks) == (NUMBER, ())


def test_where_the_picture_is_not_taken_the_draft_stands_without_it(at: Stage):
    at.slack.fault("chat.postMessage", error="invalid_blocks", times=3)
    draft = at.draft(DANA, LEADERS)

    assert draft.text == HEADLINE
    assert "image" not in {block["type"] for block in draft.blocks}
    assert "Changed since Mon 16 Nov" in told(draft)


def test_where_the_picture_cannot_be_uploaded_the_draft_stands_without_it(at: Stage):
    at.slack.fault("files.getUploadURLExternal", error="file_uploads_disabled")
    draft = at.draft(DANA, LEADERS)

    assert draft.text == HEADLINE
    assert "image" not in {block["type"] for block in draft.blocks}


def test_where_the_card_is_deleted_before_the_message_the_draft_stands_without_it(at: Stage):
    at.slack.fault("chat.postMessage", error="invalid_blocks", times=3)
    draft = at.draft(DANA, LEADERS)

    assert [
        one.files for one in at.slack.messages(LEADERS, bot=True) if one.thread_ts == draft.ts and one.files
    ]


def test_a_slack_without_agent_sessions_answers_all_the_same_and_is_asked_once(own_home: Path):
    with stage(own_home) as at:
        at.confirm(*PEOPLE)
        at.slack.fault("agents.sessions.setStatus", error="unknown_method", times=3)
        (answer,) = at.mention(DANA, LEADERS, "pipeline")

        assert answer.text == NUMBER
        since = len(at.slack.called("agents.sessions.setStatus"))
        at.mention(DANA, LEADERS, "pipeline")
        assert len(at.slack.called("agents.sessions.setStatus")) == since


@pytest.mark.parametrize("method", ["agents.sessions.setStatus", "users.info", "chat.getPermalink"])
def test_a_breaking_connection_beside_the_answer_does_not_cost_the_answer(at: Stage, method: str):
    at.slack.fault(method, drop_connection="before")
    at.served.desk.directory.forget(at.slack.person(DANA).id)
    (answer,) = at.mention(DANA, LEADERS, "pipeline")

    assert answer.text == NUMBER


@pytest.mark.parametrize("times", [1, 3])
def test_a_limit_is_waited_out_for_as_long_as_slack_says(at: Stage, times: int):
    at.slack.fault("chat.postMessage", retry_after=7, times=times)
    start = at.clock.at
    (answer,) = at.mention(DANA, LEADERS, "pipeline")

    assert answer.text == NUMBER
    assert (at.clock.at - start).total_seconds() >= 7 * times


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.info"])
def test_a_limit_on_looking_around_is_waited_out_too(at: Stage, method: str):
    at.served.desk.directory.forget(at.slack.person(DANA).id)
    at.slack.fault(method, retry_after=3)
    (answer,) = at.mention(DANA, LEADERS, "pipeline")

    assert answer.text == NUMBER


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_breaks_around_a_post_gives_exactly_one_message(at: Stage, when: str):
    draft = at.draft(DANA, LEADERS)
    before = len(posts(at, NUMBER))
    at.slack.fault("chat.postMessage", drop_connection=when)
    at.mention(DANA, LEADERS, "pipeline", draft.ts)

    assert len(posts(at, NUMBER)) == before + 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_that_breaks_around_a_draft_gives_exactly_one_draft_or_one_word_about_it(
    at: Stage, when: str
):
    before = len(posts(at, HEADLINE))
    at.slack.fault("chat.postMessage", drop_connection=when)
    at.command(DANA, LEADERS, "weekly")

    assert len(posts(at, HEADLINE)) == before + 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info", "upload"]
)
def test_a_connection_that_breaks_around_an_upload_gives_exactly_one_deck(at: Stage, method: str, when: str):
    at.slack.fault(method, drop_connection=when, times=1)
    draft = at.draft(DANA, LEADERS)

    decks = [
        one
        for one in at.slack.messages(LEADERS, bot=True)
        if one.thread_ts == draft.ts and one.ts != draft.ts
    ]
    assert [[at.slack.world.files[key].name for key in one.files] for one in decks] == [
        ["weekly-2026-11-23-r1.pptx"]
    ]


def test_a_deck_that_is_deleted_before_it_was_shown_is_said_to_be_gone(at: Stage):
    at.slack.fault("files.info", error="file_deleted")
    found = at.command(DANA, LEADERS, "weekly")

    assert (
        "The deck's file was deleted before it was shown. Say “fresh data” in the draft's thread and I make it again."
        in told(*found)
    )


def test_a_deck_that_is_deleted_between_upload_and_completion_is_uploaded_again(at: Stage):
    at.draft(DANA, LEADERS)
    at.slack.fault("files.completeUploadExternal", error="file_not_found")
    draft = at.draft(DANA, LEADERS)

    decks = [
        one
        for one in at.slack.messages(LEADERS, bot=True)
        if one.thread_ts == draft.ts and one.ts != draft.ts
    ]
    assert len(decks) == 1


def test_a_channel_that_is_archived_at_the_last_moment_is_named_and_the_draft_comes_directly(at: Stage):
    at.slack.fault("chat.postMessage", error="is_archived")
    found = at.command(DANA, LEADERS, "weekly")

    assert "The channel was archived. I sent the draft to you directly." in told(*found)
    assert HEADLINE in [seen.text for seen in found if seen.channel == at.slack.im_with(DANA).id]


def test_a_draft_whose_message_was_deleted_is_revised_without_it(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.fault("chat.update", error="message_not_found", times=2)
    at.reply(DANA, LEADERS, "only EMEA", draft.ts)

    decks = [
        one
        for one in at.slack.messages(LEADERS, bot=True)
        if one.thread_ts == draft.ts and one.ts != draft.ts
    ]
    assert "r2" in decks[-1].text


def test_a_note_that_cannot_be_whispered_comes_directly(at: Stage):
    at.slack.fault("chat.postEphemeral", error="user_not_in_channel")
    (answer,) = at.mention(DANA, LEADERS, "blue elephants")

    assert answer.channel == at.slack.im_with(DANA).id


def test_what_slack_refuses_for_good_ends_in_a_reason_with_a_reference(own_home: Path):
    with stage(own_home) as at:
        at.confirm(*PEOPLE)
        at.slack.fault("chat.postMessage", error="fatal_error")
        before = at.slack.seen_by(DANA)
        at.slack.mention(DANA, LEADERS, "pipeline")
        at.settle(failing=True)

        new = told(*(seen for seen in at.slack.seen_by(DANA) if seen not in before))
        assert "That went wrong on my side, and I could not finish it; nothing in the CRM was changed." in new
        assert "give the admin this reference: " in new
        assert "fatal_error" not in new
