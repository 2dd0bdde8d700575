"""Every way to the bot, over HTTP and over a socket: the same words, the same answer, in the place where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.sessions import PROMPTS
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.conftest import PEOPLE
from tests.scenarios.slack.stage import Stage, home_of, stage, told

DANA, KATRIN, LUC, JONAS, GUEST = (
    "Dana Whitcombe",
    "Katrin Vogelsang",
    "Luc Fournel",
    "Jonas Adler",
    "Gil Ostrow",
)
LEADERS = "sales-leadership"
NUMBER = "Open pipeline closing in Q4: $5.49M, 212 deals, commit $1.94M of it."
SHORTCUT = "ask_about_this"


@pytest.fixture(scope="module", params=["http", "socket"])
def shared(
    request: pytest.FixtureRequest, larkmoor_records: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    home = home_of(larkmoor_records, tmp_path_factory.mktemp("surfaces"))
    with stage(home, transport=request.param) as opened:
        opened.confirm(*PEOPLE)
        yield opened


@pytest.fixture
def at(shared: Stage) -> Stage:
    """Return the stage a minute later: a second press of a button counts anew."""
    shared.clock.forward(60)
    return shared


def statuses(at: Stage, since: int) -> list[str]:
    return [one.status for one in at.slack.world.session_log[since:]]


def only_new(at: Stage, old: list[object]) -> bool:
    """Say whether the bot holds a socket again, and none of the old ones."""
    now = at.slack.switchboard.connections
    return bool(now) and not any(one is before for one in now for before in old)


def home_of_person(at: Stage, who: str) -> Seen:
    at.slack.open_home(who)
    at.settle()
    return next(seen for seen in at.slack.seen_by(who) if seen.kind == "home")


def test_a_command_is_answered_to_the_one_who_typed_it(at: Stage):
    working, answer = at.command(DANA, LEADERS, "pipeline")

    assert (working.kind, working.text) == ("ephemeral", "On it: pipeline")
    assert (answer.kind, answer.text) == ("ephemeral", NUMBER)


def test_a_mention_is_answered_in_its_thread(at: Stage):
    (answer,) = at.mention(DANA, LEADERS, "pipeline")

    assert (answer.kind, answer.text) == ("message", NUMBER)
    assert answer.thread_ts not in {None, answer.ts}


def test_a_direct_message_is_answered_at_top_level_and_in_a_thread_where_it_was_in_one(at: Stage):
    said = at.slack.dm(DANA, "pipeline")
    at.settle()
    answer = at.slack.seen_by(DANA)[-1]
    assert (answer.channel, answer.text, answer.thread_ts) == (said.channel, NUMBER, None)

    at.slack.dm(DANA, "by region", answer.ts)
    at.settle()
    threaded = at.slack.seen_by(DANA)[-1]
    assert threaded.thread_ts == answer.ts
    assert threaded.text == NUMBER


def test_both_events_of_a_mention_are_one_answer(at: Stage):
    before = len(at.slack.messages(LEADERS, bot=True))
    at.slack.mention(DANA, LEADERS, "win rate")
    acks = at.slack.postman.acks[-2:]
    at.settle()

    assert {ack.sent.payload["event"]["type"] for ack in acks} == {"app_mention", "message"}
    assert all(ack.ok for ack in acks)
    assert len(at.slack.messages(LEADERS, bot=True)) == before + 1


def test_what_slack_delivers_again_four_times_is_answered_once(at: Stage):
    before = len(at.slack.messages(LEADERS, bot=True))
    at.slack.mention(DANA, LEADERS, "win rate")
    acks = at.slack.postman.acks[-2:]
    at.slack.redeliver(acks, times=2)
    at.settle()
    at.slack.redeliver(acks, times=2)
    at.settle()

    assert len(at.slack.messages(LEADERS, bot=True)) == before + 1


def test_a_press_that_is_delivered_again_has_one_effect(at: Stage):
    (answer,) = at.mention(DANA, LEADERS, "pipeline")
    before = len(at.slack.messages(LEADERS, bot=True))
    ack = at.slack.click(KATRIN, answer, "By region")
    at.slack.redeliver(ack, times=4)
    at.settle()

    assert len(at.slack.messages(LEADERS, bot=True)) == before + 1
    assert at.slack.seen_by(LUC)[-1].thread_ts == answer.thread_ts


def test_opening_the_chat_offers_what_to_ask_first(at: Stage):
    before = len(at.slack.world.prompts)
    at.slack.open_home(DANA, tab="messages")
    at.settle()

    (offer,) = at.slack.world.prompts[before:]
    assert offer["channel"] == at.slack.im_with(DANA).id
    assert [(one["title"], one["message"]) for one in offer["prompts"]] == list(PROMPTS)


@pytest.mark.parametrize("message", [message for _, message in PROMPTS])
def test_each_suggested_question_is_one_that_the_bot_can_answer(at: Stage, message: str):
    found = at.dm(DANA, message)

    assert found
    assert "I could not read" not in told(*found)


def test_a_session_says_that_it_works_and_then_that_it_is_ready(at: Stage):
    since = len(at.slack.world.session_log)
    at.dm(DANA, "pipeline")

    assert statuses(at, since) == ["processing", "active"]


def test_the_stop_button_stops_what_is_waiting_and_says_so(at: Stage):
    since = len(at.slack.world.session_log)
    said = at.slack.dm(DANA, "weekly")
    at.slack.stop_session(DANA, at.slack.im_with(DANA), said.ts)
    at.settle()

    answer = at.slack.seen_by(DANA)[-1]
    assert answer.text == "Stopped. What was finished before stays; nothing in the CRM was changed."
    new = [one for one in at.slack.messages(at.slack.im_with(DANA), bot=True) if one.ts > said.ts]
    assert [one.text for one in new] == [answer.text]
    assert statuses(at, since)[-1] == "active"


def test_the_home_tab_says_who_i_am_what_to_ask_and_which_drafts_are_mine(at: Stage):
    draft = at.draft(DANA, LEADERS)
    home = home_of_person(at, DANA)

    assert "In the CRM you are Dana Whitcombe, VP Sales." in told(home)
    assert "pipeline emea" in told(home)
    assert "Weekly pipeline review, FY26-Q4, r1, draft" in told(home)
    assert "$" not in told(home)
    assert any(draft.ts.replace(".", "") in link for link in at.slack.links_of(home))


def test_the_home_tab_of_a_guest_shows_nothing_of_the_company(at: Stage):
    home = home_of_person(at, GUEST)

    assert "I answer the people of this company only." in told(home)
    assert "weekly" not in told(home)


def test_a_button_of_the_home_tab_is_answered_in_the_direct_messages(at: Stage):
    home = home_of_person(at, "Paula Renner")
    assert "I know you in Slack as paula.renner@larkmoor.example, not in the CRM." in told(home)
    at.slack.click("Paula Renner", home, "Connect")
    at.settle()

    answer = at.slack.seen_by("Paula Renner")[-1]
    assert (answer.kind, answer.channel) == ("message", at.slack.im_with("Paula Renner").id)
    assert answer.text == "I asked Marcus Bell to link you."


def test_in_direct_messages_a_draft_is_made_revised_and_taken_back(at: Stage):
    root, deck = at.dm(DANA, "weekly")
    at.dm(DANA, "only EMEA")
    at.clock.forward(30)
    at.slack.dm(DANA, "drop 7", root.ts)
    at.settle()
    at.clock.forward(30)
    at.dm(DANA, "undo")

    assert deck.thread_ts == root.ts
    assert "EMEA · definitions v3 · r4, draft" in told(at.shown(DANA, root.ts))


def test_a_copy_of_ones_own_is_revised_in_the_direct_messages(at: Stage):
    draft = at.draft(DANA, LEADERS)
    copy = next(
        seen
        for seen in at.reply(KATRIN, LEADERS, "only EMEA", draft.ts)
        if seen.files and "draft" in told(seen)
    )
    at.clock.forward(30)
    at.dm(KATRIN, "only APAC")

    assert "APAC · definitions v3 · r2, draft" in told(at.shown(KATRIN, copy.ts))
    assert "all regions · definitions v3 · r1, draft" in told(at.shown(LUC, draft.ts))


def test_a_message_is_asked_about_in_a_dialog_and_answered_directly(at: Stage):
    said = at.slack.say(KATRIN, LEADERS, "pipeline emea")
    at.slack.shortcut(DANA, said, SHORTCUT)
    dialog = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "modal")
    assert dialog.view is not None
    before = at.slack.seen_by(KATRIN)
    at.slack.submit(DANA, dialog.view)
    at.settle()

    answer = at.slack.seen_by(DANA)[-1]
    assert answer.channel == at.slack.im_with(DANA).id
    assert answer.text.startswith("Open pipeline closing in Q4, EMEA: $1.76M, 67 deals")
    assert at.slack.seen_by(KATRIN) == before


def test_a_dialog_with_nothing_but_spaces_says_what_to_write_and_stays_open(at: Stage):
    said = at.slack.say(KATRIN, LEADERS, "hello")
    at.slack.shortcut(DANA, said, SHORTCUT)
    dialog = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "modal")
    ack = at.slack.submit(DANA, dialog.view, {"question": "   "})
    at.settle()

    assert ack.json["errors"] == {"question": "Write what you want to know, for example: pipeline emea"}
    assert any(seen.kind == "modal" for seen in at.slack.seen_by(DANA))
    at.slack.close_view(DANA)


def test_a_dialog_over_a_message_with_slacks_signs_shows_them_as_letters(at: Stage):
    said = at.slack.say(KATRIN, LEADERS, "<!channel> <@UPAULA> *pipeline*", raw=True)
    at.slack.shortcut(DANA, said, SHORTCUT)
    dialog = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "modal")

    assert at.slack.pings_of(dialog) == ()
    at.slack.close_view(DANA)


def test_a_button_under_an_answer_answers_in_the_same_thread(at: Stage):
    (answer,) = at.mention(DANA, LEADERS, "pipeline")
    at.slack.click(DANA, answer, "By region")
    at.settle()

    last = at.slack.seen_by(KATRIN)[-1]
    assert last.thread_ts == answer.thread_ts
    assert "AMER" in told(last)


def test_a_button_under_a_private_answer_answers_privately(at: Stage):
    *_, answer = at.command(DANA, LEADERS, "pipeline")
    before = at.slack.seen_by(KATRIN)
    at.slack.click(DANA, answer, "By region")
    at.settle()

    last = at.slack.seen_by(DANA)[-1]
    assert last.kind == "ephemeral"
    assert "AMER" in told(last)
    assert at.slack.seen_by(KATRIN) == before


def test_post_here_puts_a_private_answer_before_everybody_once(at: Stage):
    *_, answer = at.command(DANA, LEADERS, "pipeline")
    before = len(at.slack.messages(LEADERS, bot=True))
    at.slack.click(DANA, answer, "Post here")
    at.slack.click(DANA, answer, "Post here")
    at.settle()

    assert len(at.slack.messages(LEADERS, bot=True)) == before + 1
    assert at.slack.seen_by(KATRIN)[-1].text == NUMBER


def test_a_command_outside_every_channel_of_the_bots_is_answered_there_privately(at: Stage):
    *_, answer = at.command(DANA, "private-no-bot", "pipeline")

    assert (answer.kind, answer.channel, answer.text) == ("ephemeral", "CSECRET", NUMBER)


def test_every_acknowledgement_comes_within_a_second(at: Stage):
    at.mention(DANA, LEADERS, "pipeline")
    at.command(DANA, LEADERS, "pipeline")

    assert all(ack.ok and ack.seconds < 1 for ack in at.slack.postman.acks[-3:])


def test_a_socket_that_drops_is_opened_anew_and_what_is_said_then_is_answered(shared: Stage):
    if shared.slack.request_url is not None:
        assert shared.dm(DANA, "pipeline")
        return
    for politely in (True, False):
        old = list(shared.slack.switchboard.connections)
        shared.slack.drop_sockets(politely=politely)
        shared.slack.wait_for(lambda old=old: only_new(shared, old), timeout=30)
        (answer,) = shared.dm(DANA, "pipeline")
        assert answer.text == NUMBER


def test_the_stop_button_in_a_channels_thread_stops_what_was_asked_there_and_nothing_else(at: Stage):
    said = at.slack.mention(DANA, LEADERS, "win rate")
    at.slack.mention(KATRIN, LEADERS, "pipeline")
    at.slack.stop_session(DANA, LEADERS, said.ts)
    at.settle()

    texts = [one.text for one in at.slack.messages(LEADERS, bot=True) if one.ts > said.ts]
    assert texts == [NUMBER]
    assert "Stopped." in told(at.slack.seen_by(DANA)[-1])


def test_the_stop_button_leaves_what_somebody_else_asked_for_in_the_same_thread(at: Stage):
    said = at.slack.mention(DANA, LEADERS, "win rate")
    at.slack.mention(KATRIN, LEADERS, "pipeline", thread_ts=said.ts)
    at.slack.stop_session(KATRIN, LEADERS, said.ts)
    at.settle()

    texts = [one.text for one in at.slack.messages(LEADERS, bot=True) if one.ts > said.ts]
    assert len(texts) == 1
    assert texts[0].startswith("Win rate")
    assert "Stopped." in told(at.slack.seen_by(KATRIN)[-1])


def test_the_stop_button_says_so_where_nothing_of_ones_own_is_running(at: Stage):
    said = at.slack.mention(DANA, LEADERS, "win rate")
    at.slack.stop_session(KATRIN, LEADERS, said.ts)
    at.settle()

    assert "there was nothing to stop" in told(at.slack.seen_by(KATRIN)[-1])
    assert [one.text for one in at.slack.messages(LEADERS, bot=True) if one.ts > said.ts]
