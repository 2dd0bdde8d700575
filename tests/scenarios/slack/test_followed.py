"""What is said after something else: a follow-up in a channel's thread, and a press that came before the name."""

from __future__ import annotations

from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, TOM = "Dana Whitcombe", "Katrin Vogelsang", "Tom Okafor"
LEADERS = "sales-leadership"


def test_a_follow_up_under_an_answer_is_answered_there_for_all(at: Stage):
    (first,) = at.mention(DANA, LEADERS, "pipeline by region")
    root = first.thread_ts
    (second,) = at.mention(KATRIN, LEADERS, "only emea", thread=root)

    assert (second.channel, second.thread_ts) == (first.channel, root)
    assert "EMEA" in told(second)
    (third,) = at.mention(DANA, LEADERS, "by segment", thread=root)
    (fourth,) = at.mention(DANA, LEADERS, "only apac", thread=root)
    assert [seen.channel for seen in (third, fourth)] == [first.channel] * 2
    assert "$1.76M" in told(third)


def test_what_one_person_was_told_alone_goes_on_for_that_person_alone(at: Stage):
    said = at.slack.mention(DANA, "random", "pipeline by region")
    at.settle()
    found = at.mention(DANA, "random", "only emea", thread=said.ts)

    answer = next(seen for seen in found if seen.kind == "message")
    assert answer.channel.startswith("D")
    assert "EMEA" in told(answer)
    assert not [seen for seen in at.slack.messages("random", bot=True) if seen.thread_ts == said.ts]


def test_a_press_before_the_name_is_known_is_carried_out_once_it_is(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(TOM, draft, "take:B")
    at.settle()
    asked = next(seen for seen in at.slack.seen_by(TOM) if "Is that you?" in told(seen))
    at.slack.click(TOM, asked, "That's me")
    at.settle()

    assert "by Fri ($420k) – Tom Okafor" in told(at.shown(DANA, draft.ts))
    assert "could not read" not in told(*at.slack.seen_by(TOM))
    assert "Is that you?" not in told(*at.slack.seen_by(TOM))


def test_a_question_who_somebody_is_gives_way_to_what_came_of_it(at: Stage):
    (asked,) = at.dm(TOM, "pipeline emea")
    at.slack.click(TOM, asked, "That's me")
    at.settle()

    assert at.shown(TOM, asked.ts).text == "Thank you, Tom."
    assert "Is that you?" not in told(*at.slack.seen_by(TOM))
    assert "$1.76M" in told(*at.slack.seen_by(TOM))


def test_talk_in_threads_of_others_is_not_even_kept(at: Stage):
    said = at.slack.say(KATRIN, LEADERS, "who is in on Friday?")
    at.slack.say(DANA, LEADERS, "only EMEA", thread_ts=said.ts)
    assert at.runs.waiting() == []

    draft = at.draft(DANA, LEADERS)
    at.slack.say(DANA, LEADERS, "drop 4", thread_ts=draft.ts)
    (kept,) = at.runs.waiting()
    assert kept.payload["text"] == "drop 4"
