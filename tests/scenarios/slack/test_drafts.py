"""A deck as a draft in a thread: asked for, revised by words, owned, taken up and published by clicks."""

from __future__ import annotations

import pytest

from tests.fakes.slack.driver.base import CannotDo
from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN = "Dana Whitcombe", "Katrin Vogelsang"
LEADERS = "sales-leadership"


def in_thread(at: Stage, where: str, root: str):
    return [seen for seen in at.slack.messages(where, bot=True) if seen.thread_ts == root and seen.ts != root]


def test_a_command_gives_a_draft_whose_first_line_and_notification_are_the_answer(at: Stage):
    draft = at.draft(DANA, LEADERS)

    assert draft.text == "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."
    assert draft.blocks[0]["text"]["text"] == "*Q4 is $0.80M short of $5.80M, 5½ weeks left.*"
    assert [file.name for file in draft.files] == ["card.png"]
    (deck,) = in_thread(at, LEADERS, draft.ts)
    assert [at.slack.world.files[file].name for file in deck.files] == ["weekly-2026-11-23-r1.pptx"]


def test_a_report_without_a_region_is_about_the_others(at: Stage):
    draft = at.draft(DANA, LEADERS, "weekly without emea")

    assert draft.text.startswith("All but EMEA $0.23M short of $3.90M in Q4")


def test_an_edit_in_the_thread_is_one_revision_with_one_file_and_supersedes_the_older_one(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "drop 4 and 6, add win rate by segment", draft.ts)

    first, second = in_thread(at, LEADERS, draft.ts)
    assert first.text == "r1, superseded by r2"
    assert second.text.splitlines()[:3] == [
        "*r2*",
        "• Slides 4 and 6 dropped",
        "• Slide 6 added: win rate by segment",
    ]
    assert [at.slack.world.files[file].name for file in second.files] == ["weekly-2026-11-23-r2.pptx"]
    assert "r2, draft" in told(at.shown(KATRIN, draft.ts))


def test_edits_within_twenty_seconds_become_one_revision(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "only EMEA", draft.ts)
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.reply(KATRIN, LEADERS, "slide 3 in eur", draft.ts)
    assert len(in_thread(at, LEADERS, draft.ts)) == 2

    at.clock.forward(20)
    at.settle()
    _, _, third = in_thread(at, LEADERS, draft.ts)
    assert "r3" in third.text


@pytest.mark.parametrize(
    "words", ["EMEA is the only one that matters here", "thanks all", "@Jonas Adler what happened here?"]
)
def test_talk_in_the_thread_is_left_alone(at: Stage, words: str):
    draft = at.draft(DANA, LEADERS)
    before = len(at.slack.calls)

    assert at.reply(DANA, LEADERS, words, draft.ts) == ()
    assert not [call for call in at.slack.calls[before:] if call.method.startswith(("chat.", "files."))]


def test_somebody_else_gets_a_copy_of_their_own_and_the_draft_stays(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.reply(KATRIN, LEADERS, "only EMEA", draft.ts)

    assert len(in_thread(at, LEADERS, draft.ts)) == 1
    copy = at.slack.wait_for_text(KATRIN, "EMEA is $0.57M short")
    assert copy.channel.startswith("D")
    assert "Dana Whitcombe owns this draft" in told(*at.slack.seen_by(KATRIN))
    assert "owns this draft" not in told(*at.slack.seen_by("Luc Fournel"))


def test_a_decision_is_taken_once_and_says_by_whom(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(KATRIN, draft, "take:A")
    at.settle()

    root = at.shown(DANA, draft.ts)
    assert "Sponsor call to Ostrander Paper by Wed ($310k) – Katrin Vogelsang" in told(root)
    with pytest.raises(CannotDo, match="no button 'take:A'"):
        at.slack.click(DANA, root, "take:A")
    (action,) = [one for one in at.served.desk.line.store.actions("local") if one.owner == KATRIN]
    assert action.text == "Sponsor call to Ostrander Paper by Wed ($310k)"


def test_only_the_owner_publishes(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(KATRIN, draft, "publish")
    at.settle()
    assert "Dana Whitcombe owns this draft; I told Dana Whitcombe." in told(*at.slack.seen_by(KATRIN))

    at.slack.click(DANA, draft, "publish")
    at.settle()
    root = at.shown(KATRIN, draft.ts)
    assert "r1, published by Dana Whitcombe" in told(root)


def test_words_that_a_report_did_not_use_are_told_to_the_asker_alone(at: Stage):
    found = at.command(DANA, LEADERS, "weekly blub")

    assert [told(seen) for seen in found if seen.kind == "ephemeral"][-1].endswith("Not used: blub.")
    assert "blub" not in told(*at.slack.seen_by(KATRIN))


def test_a_press_on_a_draft_is_answered_beside_it_and_not_in_its_thread(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.click(KATRIN, draft, "publish")
    at.settle()

    assert at.slack.seen_by(KATRIN)[-1].kind == "ephemeral"
    assert at.slack.seen_by(KATRIN)[-1].thread_ts is None


def test_an_owner_is_told_once_a_day_that_the_same_person_would_publish(at: Stage):
    draft = at.draft(DANA, LEADERS)
    for _ in range(3):
        *_, said = at.mention(KATRIN, LEADERS, "publish", draft.ts)
        assert said.text == "Dana Whitcombe owns this draft; I told Dana Whitcombe."
        at.slack.click(KATRIN, draft, "publish")
        at.clock.forward(60)
        at.settle()

    assert sum("would publish your draft" in seen.text for seen in at.slack.seen_by(DANA)) == 1
