"""A channel that is named in what is said: an admin's word is about it, and a report is not posted past it."""

from __future__ import annotations

import pytest

from tests.fakes.slack.shapes import Channel
from tests.scenarios.slack.stage import Stage, told

DANA, MARCUS = "Dana Whitcombe", "Marcus Bell"
LEADERS, EMEA = "sales-leadership", "emea-sales"
THERE = "Say it in #emea-sales; I post where I am asked."


def add(at: Stage, name: str, *, private: bool = False) -> None:
    """Let there be a channel with Dana, Marcus and the bot that is not on the list."""
    bot = at.slack.channel(LEADERS).members[-1]
    members = (at.slack.person(DANA).id, at.slack.person(MARCUS).id, bot)
    with at.slack.world.changed:
        at.slack.world.put_channel(Channel(id="CNEW", name=name, members=members, is_private=private))


@pytest.mark.parametrize("kind", ["channel", "group"])
@pytest.mark.parametrize("way", ["command", "mention"])
def test_an_admin_allows_and_disallows_a_channel_by_its_name_from_another(at: Stage, way: str, kind: str):
    add(at, "new-deals", private=kind == "group")
    say = getattr(at, way)
    assert "From now on I may post in #new-deals." in told(*say(MARCUS, LEADERS, "allow #new-deals"))
    assert "Open pipeline" in told(*at.mention(DANA, "new-deals", "pipeline"))

    assert "I no longer post in #new-deals." in told(*say(MARCUS, LEADERS, "disallow #new-deals"))
    assert "not on the list" in told(*at.mention(DANA, "new-deals", "pipeline"))


def test_a_channel_whose_name_was_only_typed_is_asked_for_again(at: Stage):
    *_, answer = at.command(MARCUS, LEADERS, "allow #nowhere")

    assert answer.text == "I see no channel by 'nowhere'; type # and pick it from the list."


@pytest.mark.parametrize("way", ["command", "mention"])
@pytest.mark.parametrize("words", ["send the weekly to #emea-sales", "weekly #emea-sales"])
def test_a_report_for_another_channel_is_posted_neither_there_nor_here(at: Stage, way: str, words: str):
    before = at.slack.messages(LEADERS, bot=True), at.slack.messages(EMEA, bot=True)
    seen = getattr(at, way)(DANA, LEADERS, words)

    assert THERE in told(*seen)
    assert (at.slack.messages(LEADERS, bot=True), at.slack.messages(EMEA, bot=True)) == before


def test_a_report_for_a_channel_is_not_made_in_direct_messages_instead(at: Stage):
    (answer,) = at.dm(DANA, "send the weekly to #emea-sales")

    assert answer.text == THERE


def test_an_answer_to_all_is_not_given_here_when_it_is_meant_for_another_channel(at: Stage):
    seen = at.mention(DANA, LEADERS, "pipeline #emea-sales")

    assert THERE in told(*seen)
    assert "$" not in told(*seen)


def test_a_question_that_merely_names_a_channel_is_answered_to_the_asker_alone(at: Stage):
    assert "Open pipeline" in told(*at.command(DANA, LEADERS, "pipeline #emea-sales"))
    assert "Open pipeline" in told(*at.dm(DANA, "pipeline #emea-sales"))


def test_the_name_of_a_channel_that_one_is_not_in_is_not_told(at: Stage):
    (answer,) = at.dm(DANA, "weekly <#CALL>")
    assert answer.text == "Say it in #all-sales; I post where I am asked."

    at.slack.leave(DANA, "all-sales")
    (answer,) = at.dm(DANA, "weekly <#CALL>")
    assert answer.text == "Say it in that channel; I post where I am asked."


def test_the_channel_where_it_is_said_may_be_named(at: Stage):
    assert "3 decisions" in told(*at.command(DANA, LEADERS, "send the weekly to #sales-leadership"))


def test_an_edit_may_name_a_channel(at: Stage):
    draft = at.draft(DANA, LEADERS)
    seen = at.mention(DANA, LEADERS, 'title 3 "More in #emea-sales"', thread=draft.ts)

    assert "*r2*" in told(*seen)
    assert "More in #emea-sales" in told(*seen)
