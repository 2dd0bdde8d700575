"""Places that change between the question and the post: what was right when it was asked is checked again when it is posted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.slack.handlers import failed, handlers
from tests.fakes.runs import Crash, MemoryRuns
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Clock, Stage, stage, told

DANA, KATRIN, LUC = "Dana Whitcombe", "Katrin Vogelsang", "Luc Fournel"
GUEST, PAULA = "Gil Ostrow", "Paula Renner"
LEADERS = "sales-leadership"
HEADLINE = "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."
NUMBER = "Open pipeline closing in Q4: $5.49M, 212 deals, commit $1.94M of it."
# Where a run can be halted: a question before its message, a draft before its message.
QUESTION, DRAFT = 2, 6

Change = Callable[[Stage], object]


def halted(home: Path, say: Change, change: Change, *, at_place: int) -> Stage:
    """Let something be asked, halt the work before it posts, let the place change, and let the work go on."""
    clock = Clock()
    runs = MemoryRuns(clock, crash_at=at_place)
    with stage(home, runs=runs) as at:
        at.clock = clock
        at.confirm(*PEOPLE)
        say(at)
        with pytest.raises(Crash):
            at.settle()
        change(at)
        at.runs = runs.reopened()
        at.runs.start(handlers(at.served.desk), failed(at.served.desk))
        at.settle()
    return at


CHANGES: dict[str, tuple[Change, str]] = {
    "a guest joins": (lambda at: at.slack.join(GUEST, LEADERS), "This channel has guests in it."),
    "somebody unknown to the CRM joins": (
        lambda at: at.slack.join(PAULA, LEADERS),
        "Not everybody in #sales-leadership may see this.",
    ),
    "it is shared": (lambda at: at.slack.share(LEADERS), "This channel has people from outside."),
    "a company is invited": (
        lambda at: at.slack.share(LEADERS, pending=True),
        "This channel has people from outside.",
    ),
    "it is archived": (lambda at: at.slack.archive(LEADERS), "#sales-leadership is archived."),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_answer_on_its_way_goes_to_the_asker_when_the_place_changes(own_home: Path, what: str):
    change, why = CHANGES[what]
    at = halted(own_home, lambda at: at.slack.mention(DANA, LEADERS, "pipeline"), change, at_place=QUESTION)

    direct = at.slack.im_with(DANA).id
    assert next(seen.text for seen in at.slack.seen_by(DANA) if seen.channel == direct) == NUMBER
    assert f"{why} I sent it to you directly." in told(*at.slack.seen_by(DANA))
    assert at.slack.messages(LEADERS, bot=True) == ()
    assert b"5.49" not in at.slack.all_bytes_visible_to(KATRIN)


@pytest.mark.parametrize("what", ["a guest joins", "it is shared", "it is archived"])
def test_a_draft_on_its_way_goes_to_the_asker_when_the_place_changes(own_home: Path, what: str):
    change, why = CHANGES[what]
    at = halted(own_home, lambda at: at.slack.command(DANA, LEADERS, "weekly"), change, at_place=DRAFT)

    direct = at.slack.im_with(DANA).id
    assert next(seen.text for seen in at.slack.seen_by(DANA) if seen.channel == direct) == HEADLINE
    assert f"{why} I sent the draft to you directly." in told(*at.slack.seen_by(DANA))
    assert at.slack.messages(LEADERS, bot=True) == ()
    assert b"0.80" not in at.slack.all_bytes_visible_to(KATRIN)


def test_a_rep_who_joins_before_the_post_narrows_it_to_nothing_and_the_asker_hears_why(own_home: Path):
    at = halted(
        own_home,
        lambda at: at.slack.mention(DANA, LEADERS, "pipeline"),
        lambda at: at.slack.join("Jonas Adler", LEADERS),
        at_place=QUESTION,
    )

    assert at.slack.messages(LEADERS, bot=True) == ()
    assert "Who reads in this channel changed just now. I sent it to you directly." in told(
        *at.slack.seen_by(DANA)
    )
    assert b"5.49" not in at.slack.all_bytes_visible_to("Jonas Adler")


def test_a_guest_who_joins_between_the_message_and_its_deck_does_not_get_the_deck(own_home: Path):
    at = halted(
        own_home,
        lambda at: at.slack.command(DANA, LEADERS, "weekly"),
        lambda at: at.slack.join(GUEST, LEADERS),
        at_place=10,
    )

    assert not [
        one
        for one in at.slack.messages(LEADERS, bot=True)
        if one.files and one.thread_ts != one.ts and "pptx" in one.text
    ]
    assert b"PK\x03\x04" not in at.slack.all_bytes_visible_to(GUEST)
    assert "This channel has guests in it." in told(*at.slack.seen_by(DANA))


def test_when_the_bot_is_taken_out_of_the_channel_the_asker_gets_the_draft_directly(own_home: Path):
    at = halted(
        own_home,
        lambda at: at.slack.command(DANA, LEADERS, "weekly"),
        lambda at: at.slack.leave(at.slack.world.bot, LEADERS),
        at_place=DRAFT,
    )

    assert at.slack.messages(LEADERS, bot=True) == ()
    assert (
        "I am not in #sales-leadership. Type /invite @quarterdeck there and I can post in it. "
        "I sent the draft to you directly."
    ) in told(*at.slack.seen_by(DANA))


def test_a_revision_of_a_draft_whose_channel_is_shared_by_now_stays_out_of_it(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.share(LEADERS)
    before = len(at.slack.messages(LEADERS, bot=True))
    found = at.reply(DANA, LEADERS, "only EMEA", draft.ts)

    assert len(at.slack.messages(LEADERS, bot=True)) == before
    assert "r1, draft" in told(at.shown(LUC, draft.ts))
    assert "This channel has people from outside." in told(*found)
    assert any(seen.channel == at.slack.im_with(DANA).id for seen in found)


def test_edits_that_waited_for_a_channel_that_was_shared_are_refused_and_nothing_is_said_to_be_sent(
    at: Stage,
):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "drop 7", draft.ts)
    at.reply(DANA, LEADERS, "drop 6", draft.ts)
    at.slack.share(LEADERS)
    at.clock.forward(30)
    at.settle()

    told_her = told(*at.slack.seen_by(DANA))
    assert "This channel has people from outside." in told_her
    assert "directly" not in told_her
