"""What one person was shown alone stays theirs, and a thread is about what stands in it."""

from __future__ import annotations

from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, JONAS = "Dana Whitcombe", "Katrin Vogelsang", "Jonas Adler"
EMEA, LEADERS = "emea-sales", "sales-leadership"


def test_a_whisper_s_button_in_a_thread_leaves_nothing_for_others_to_ask_about(at: Stage):
    asked = at.slack.mention(DANA, EMEA, "pipeline")
    at.settle()
    origin = at.mention(JONAS, EMEA, "where does 1.76 come from", thread=asked.ts)
    unread = at.mention(DANA, EMEA, "blub", thread=asked.ts)
    at.slack.click(DANA, unread[-1], "Pipeline")
    at.settle()
    assert "$5.49M" in told(*at.slack.seen_by(DANA))

    button = next(seen for seen in origin if "CSV" in told(seen))
    at.slack.click(JONAS, button, "CSV")
    at.settle()
    assert b"5.49" not in at.slack.all_bytes_visible_to(JONAS)


def test_a_thread_under_an_answer_is_not_about_the_deck_that_was_asked_for_before(at: Stage):
    at.draft(DANA, LEADERS)
    answer = at.command(DANA, LEADERS, "pipeline")[-1]
    at.slack.click(DANA, answer, "Post here")
    at.settle()
    posted = at.slack.messages(LEADERS, bot=True)[-1]
    before = len(at.slack.called("files.completeUploadExternal"))
    at.reply(DANA, LEADERS, "only EMEA", posted.ts)

    assert len(at.slack.called("files.completeUploadExternal")) == before


def test_post_here_stays_in_the_thread_that_it_was_pressed_in(at: Stage):
    asked = at.slack.mention(DANA, LEADERS, "pipeline")
    at.settle()
    unread = at.mention(DANA, LEADERS, "blub", thread=asked.ts)
    at.slack.click(DANA, unread[-1], "Pipeline")
    at.settle()
    at.slack.click(DANA, at.slack.wait_for_text(DANA, "Post here"), "Post here")
    at.settle()

    posted = at.slack.messages(LEADERS, bot=True)[-1]
    assert posted.thread_ts == asked.ts
    assert "$5.49M" in told(at.shown(KATRIN, posted.ts))
