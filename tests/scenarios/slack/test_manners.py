"""How the bot behaves in a thread: what it acts on, what it offers to one person, and when it says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, stage, told

DANA, KATRIN, LUC, MARCUS, JONAS = (
    "Dana Whitcombe",
    "Katrin Vogelsang",
    "Luc Fournel",
    "Marcus Bell",
    "Jonas Adler",
)
LEADERS = "sales-leadership"


@pytest.fixture
def at(shared: Stage) -> Iterator[Stage]:
    """Return the stage a minute later, in a channel that is set to nothing special."""
    shared.clock.forward(60)
    yield shared
    shared.command(MARCUS, LEADERS, "listen to edits")


def public(at: Stage) -> list[str]:
    """Return what the bot has said in the channel so far, by its ids."""
    return [one.ts for one in at.slack.messages(LEADERS, bot=True)]


def new_for(at: Stage, who: str, before: tuple[Seen, ...]) -> tuple[Seen, ...]:
    bot = at.slack.world.bot.id
    return tuple(seen for seen in at.slack.seen_by(who) if seen not in before and seen.author == bot)


@pytest.mark.parametrize(
    "words",
    [
        "only EMEA",
        "can you please make it only EMEA? :pray:",
        "only EMEA pls, thanks!",
    ],
)
def test_a_message_that_is_an_edit_as_a_whole_is_done_politeness_and_emoji_aside(at: Stage, words: str):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, words, draft.ts)

    assert "EMEA · definitions v3 · r2, draft" in told(at.shown(LUC, draft.ts))


@pytest.mark.parametrize(
    "words",
    [
        "only EMEA is a mess, and finance knows it",
        "we should drop the price for slide 4 customers",
        "EMEA only has itself to blame",
        ":+1:",
        "thanks, great deck",
        f"@{KATRIN} only EMEA",
    ],
)
def test_a_message_that_is_not_an_edit_as_a_whole_changes_nothing_and_says_nothing(at: Stage, words: str):
    draft = at.draft(DANA, LEADERS)
    before = public(at)
    found = at.reply(DANA, LEADERS, words, draft.ts)

    assert public(at) == before
    assert "r1, draft" in told(at.shown(LUC, draft.ts))
    assert all(seen.kind == "ephemeral" for seen in found)


def test_a_hedged_edit_is_offered_to_its_author_who_may_have_it_done(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before = at.slack.seen_by(LUC)
    (offer,) = at.reply(DANA, LEADERS, "maybe only EMEA", draft.ts)
    assert offer.kind == "ephemeral"
    assert offer.text == "Read this as: only EMEA?"
    assert [button["text"]["text"] for button in offer.blocks[-1]["elements"]] == ["Do it", "No"]
    assert new_for(at, LUC, before) == ()

    at.slack.click(DANA, offer, "Do it")
    at.settle()
    assert "EMEA · definitions v3 · r2, draft" in told(at.shown(LUC, draft.ts))


def test_no_to_an_offer_leaves_everything_and_is_not_asked_again(at: Stage):
    draft = at.draft(DANA, LEADERS)
    (offer,) = at.reply(DANA, LEADERS, "maybe only EMEA", draft.ts)
    at.slack.click(DANA, offer, "No")
    at.settle()

    assert "r1, draft" in told(at.shown(LUC, draft.ts))
    assert at.reply(DANA, LEADERS, "perhaps only APAC", draft.ts) == ()


def test_an_offer_is_made_once_for_each_person_and_thread(at: Stage):
    draft = at.draft(DANA, LEADERS)
    assert len(at.reply(KATRIN, LEADERS, "why is emea low", draft.ts)) == 1
    assert at.reply(KATRIN, LEADERS, "what slipped last week?", draft.ts) == ()
    assert len(at.reply(DANA, LEADERS, "why is emea low", draft.ts)) == 1

    other = at.draft(DANA, LEADERS)
    assert len(at.reply(KATRIN, LEADERS, "why is emea low", other.ts)) == 1


def test_answer_puts_the_answer_into_the_thread_for_all(at: Stage):
    draft = at.draft(DANA, LEADERS)
    (offer,) = at.reply(KATRIN, LEADERS, "why is emea low", draft.ts)
    at.slack.click(KATRIN, offer, "Answer")
    at.settle()

    answer = at.slack.seen_by(LUC)[-1]
    assert answer.thread_ts == draft.ts
    assert "EMEA is $0.57M short in Q4." in told(answer)


def test_in_dm_answers_the_one_person_and_nobody_else(at: Stage):
    draft = at.draft(DANA, LEADERS)
    (offer,) = at.reply(KATRIN, LEADERS, "why is emea low", draft.ts)
    before = at.slack.seen_by(LUC)
    at.slack.click(KATRIN, offer, "In DM")
    at.settle()

    answer = at.slack.seen_by(KATRIN)[-1]
    assert answer.channel == at.slack.im_with(KATRIN).id
    assert "EMEA is $0.57M short in Q4." in told(answer)
    assert new_for(at, LUC, before) == ()


def test_a_mention_in_a_thread_is_always_answered(at: Stage):
    draft = at.draft(DANA, LEADERS)
    for words in ("thanks", "blue elephants", "why is emea low", "drop slide 99", "hello"):
        assert at.mention(KATRIN, LEADERS, words, draft.ts), words


def test_mention_only_acts_on_nothing_else(at: Stage):
    *_, said = at.command(MARCUS, LEADERS, "mention only")
    assert said.text == "Here I act on mentions only."
    draft = at.draft(DANA, LEADERS)
    assert at.reply(DANA, LEADERS, "only EMEA", draft.ts) == ()
    assert at.reply(DANA, LEADERS, "why is emea low", draft.ts) == ()

    at.mention(DANA, LEADERS, "only EMEA", draft.ts)
    assert "r2, draft" in told(at.shown(LUC, draft.ts))


def test_everything_answers_questions_in_the_thread_for_all(at: Stage):
    *_, said = at.command(MARCUS, LEADERS, "listen to everything")
    assert said.text == (
        "Here I act on edits of my decks and answer questions in their threads without a mention."
    )
    draft = at.draft(DANA, LEADERS)
    (answer,) = at.reply(KATRIN, LEADERS, "why is emea low", draft.ts)

    assert answer.kind == "message"
    assert answer in at.slack.seen_by(LUC)


def test_only_admins_set_what_a_channel_listens_to(at: Stage):
    *_, refused = at.command(KATRIN, LEADERS, "listen to everything")

    assert refused.text == "Only Marcus Bell and Ana Ferreira can do that."


def test_undo_takes_the_last_revision_back(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "only EMEA", draft.ts)
    at.clock.forward(30)
    at.reply(DANA, LEADERS, "undo", draft.ts)

    shown = at.shown(LUC, draft.ts)
    assert shown.text == "Q4 $0.80M short of $5.80M, EMEA is $0.57M of it. 3 decisions."
    assert "all regions · definitions v3 · r3, draft" in told(shown)


def test_undo_of_the_first_revision_says_privately_that_there_is_nothing_to_undo(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before = public(at)
    (answer,) = at.reply(DANA, LEADERS, "undo", draft.ts)

    assert answer.kind == "ephemeral"
    assert "nothing to undo" in answer.text
    assert public(at) == before


def test_only_the_newest_file_is_not_marked_superseded(at: Stage):
    draft = at.draft(DANA, LEADERS)
    for words in ("only EMEA", "drop 7", "undo"):
        at.reply(DANA, LEADERS, words, draft.ts)
        at.clock.forward(30)
        at.settle()

    decks = [
        one
        for one in at.slack.messages(LEADERS, bot=True)
        if one.thread_ts == draft.ts and one.ts != draft.ts
    ]
    assert [one.text for one in decks[:-1]] == [
        "r1, superseded by r2",
        "r2, superseded by r3",
        "r3, superseded by r4",
    ]
    assert "r4" in decks[-1].text


def test_a_persons_words_survive_fresh_data(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.reply(DANA, LEADERS, "title slide 2: It is two deals", draft.ts)
    at.clock.forward(30)
    at.reply(DANA, LEADERS, "fresh data", draft.ts)

    revision = at.served.desk.revision(at.served.desk.thread(f"CLEADERS:{draft.ts}").draft_id)
    assert revision.number == 3
    assert revision.deck.slides[1].title.text == "It is two deals"
    assert revision.deck.slides[1].title.by == DANA


def test_a_revision_of_somebody_elses_draft_is_a_copy_for_the_one_who_asked(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before, mine = public(at), at.slack.seen_by(LUC)
    found = at.reply(KATRIN, LEADERS, "only EMEA", draft.ts)

    assert public(at) == before
    assert new_for(at, LUC, mine) == ()
    copy = next(seen for seen in found if seen.kind == "message" and seen.thread_ts in {None, seen.ts})
    assert copy.channel == at.slack.im_with(KATRIN).id
    assert "EMEA · definitions v3 · r1, draft" in told(copy)
    assert "Dana Whitcombe owns this draft. I sent you a copy of your own with that change." in told(*found)


def test_undo_and_fresh_data_from_somebody_else_are_refused_to_them_alone(at: Stage):
    draft = at.draft(DANA, LEADERS)
    before = public(at)
    for words in ("undo", "fresh data"):
        (answer,) = at.reply(KATRIN, LEADERS, words, draft.ts)
        assert (answer.kind, answer.text) == (
            "ephemeral",
            "Dana Whitcombe owns this draft. It stays as it is.",
        )
    assert public(at) == before


def test_a_reaction_approves_nothing(at: Stage):
    draft = at.draft(DANA, LEADERS)
    at.slack.react(DANA, draft, "white_check_mark")
    at.settle()

    assert "r1, draft" in told(at.shown(LUC, draft.ts))


def test_an_undo_after_somebody_with_fewer_rights_has_joined_does_not_bring_back_what_they_may_not_see(
    own_home: Path,
):
    with stage(own_home) as at:
        at.confirm(*PEOPLE)
        draft = at.draft(DANA, LEADERS)
        at.reply(DANA, LEADERS, "only EMEA", draft.ts)
        at.clock.forward(30)
        at.slack.join(JONAS, LEADERS)
        seen = at.slack.seen_by(JONAS)
        at.mention(DANA, LEADERS, "undo", draft.ts)

        new = told(*new_for(at, JONAS, seen))
        assert "r3" in new
        assert "EMEA" in new
        assert "$5.80M" not in new
        assert "Calderwick" not in new
