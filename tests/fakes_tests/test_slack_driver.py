"""What people do in the fake, as a bot on Slack's own framework hears it, over HTTP and over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.slack import BOT_ID, BOT_USER, CannotDo, FakeSlack, text_of
from tests.fakes_tests.conftest import client_of
from tests.fakes_tests.tiny_bot import BUTTONS, TinyBot, running


@pytest.fixture(params=["http", "socket"])
def bot(request) -> Iterator[TinyBot]:
    with FakeSlack() as slack, running(slack, request.param) as bot:
        yield bot


@pytest.fixture
def slack(bot) -> FakeSlack:
    return bot.slack


def test_a_command_answers_the_asker_alone(slack, bot):
    ack = slack.command("Luc", "#emea-sales", "weekly")
    note = slack.wait_for_text("Luc", "for you")

    assert ack.ok
    assert note.kind == "ephemeral"
    assert slack.seen_by("Dana") == ()
    assert slack.wait_for(lambda: bot.of("command"))[0]["channel_id"] == "CEMEA"


def test_an_acknowledgement_can_carry_the_answer(slack, bot):
    slack.command("Luc", "#emea-sales", "now")

    assert text_of(slack.seen_by("Luc")[-1]) == "at once\n*Ready?*\nYes\nRegion\nEMEA\nAPAC"


def test_an_answer_can_be_for_everybody(slack, bot):
    slack.command("Luc", "#emea-sales", "loud")

    assert slack.wait_for_text("Dana", "for all").kind == "message"


def test_a_command_works_where_the_bot_is_not(slack, bot):
    private = slack.im_between("Dana", "Marcus")
    slack.command("Dana", private, "weekly")

    assert slack.wait_for_text("Dana", "for you").channel == private.id
    assert slack.seen_by("Marcus") == ()


def test_a_command_that_nobody_acknowledges_fails_for_its_asker(slack, bot):
    slack.postman.patience = 0.2
    ack = slack.command("Luc", "#emea-sales", "weekly", command="/other")

    assert not ack.ok
    assert "failed with the error" in text_of(slack.seen_by("Luc")[-1])


def test_a_mention_is_heard_twice_with_different_event_ids(slack, bot):
    message = slack.mention("Dana", "#emea-sales", "weekly")
    mention = slack.wait_for(lambda: bot.of("app_mention"))[0]
    heard = slack.wait_for(lambda: bot.of("message"))[0]

    assert mention["event"]["ts"] == heard["event"]["ts"] == message.ts
    assert mention["event_id"] != heard["event_id"]
    assert heard["event"]["channel_type"] == "channel"
    assert mention["event"]["text"] == f"<@{BOT_USER}> weekly"


def test_the_bot_hears_only_where_it_is_a_member(slack, bot):
    slack.mention("Dana", "#private-no-bot", "weekly")
    slack.mention("Dana", "#public-no-bot", "weekly")
    slack.dm("Dana", "hello")
    slack.wait_for(lambda: bot.of("message"))

    assert [body["event"]["text"] for body in bot.of("message")] == ["hello"]
    assert bot.of("app_mention") == []


def test_a_reply_in_a_thread_names_its_root(slack, bot):
    root = slack.say("Dana", "#emea-sales", "numbers?")
    slack.say("Luc", "#emea-sales", "only emea", root.ts)
    slack.wait_for(lambda: len(bot.of("message")) == 2)

    assert bot.of("message")[1]["event"]["thread_ts"] == root.ts
    assert bot.of("message")[1]["event"]["parent_user_id"] == slack.person("Dana").id


def test_typed_words_are_escaped_and_references_are_made(slack, bot):
    slack.dm(
        "Dana", "a < b & c, ask @Marcus Bell in #emea-sales, see https://x.example/?a=1&b or mail m@x.example"
    )
    text = slack.wait_for(lambda: bot.of("message"))[0]["event"]["text"]

    assert text == (
        f"a &lt; b &amp; c, ask <@{slack.person('Marcus').id}> in <#CEMEA|emea-sales>,"
        " see <https://x.example/?a=1&amp;b> or mail <mailto:m@x.example|m@x.example>"
    )


def test_a_click_tells_who_where_and_on_what(slack, bot):
    slack.command("Luc", "#emea-sales", "loud")
    message = slack.wait_for_text("Dana", "for all")
    slack.click("Dana", message, "Yes")
    body = slack.wait_for(lambda: bot.of("yes"))[0]

    assert body["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "yes",
        "block_id": "row",
        "value": "P1",
        "text": {"type": "plain_text", "text": "Yes"},
        "action_ts": "",
    }
    assert body["user"]["id"] == slack.person("Dana").id
    assert body["message"]["ts"] == body["container"]["message_ts"] == message.ts
    slack.wait_for(lambda: slack.messages("#emea-sales")[-1].text == "done")
    assert slack.seen_by("Dana")[-1].kind == "modal"


def test_nobody_clicks_what_they_cannot_see(slack, bot):
    slack.command("Luc", "#emea-sales", "weekly")
    note = slack.wait_for_text("Luc", "for you")

    with pytest.raises(CannotDo, match="cannot see"):
        slack.click("Dana", note, "Yes")
    with pytest.raises(CannotDo, match="no button 'Maybe'; there are: Yes"):
        slack.click("Luc", note, "Maybe")


def test_a_button_can_be_there_for_one_person_only(slack, bot):
    button = {**BUTTONS[1]["elements"][0], "visible_to_user_ids": [slack.person("Luc").id]}
    blocks = [{"type": "actions", "elements": [button]}]
    client_of(slack).chat_postMessage(channel="CEMEA", text="x", blocks=blocks)
    message = slack.messages("#emea-sales")[0]
    slack.click("Luc", message, "yes")

    with pytest.raises(CannotDo):
        slack.click("Dana", message, "yes")


def test_what_was_chosen_goes_with_the_next_click(slack, bot):
    slack.command("Luc", "#emea-sales", "weekly")
    note = slack.wait_for_text("Luc", "for you")
    slack.select("Luc", note, "region", "APAC")
    slack.click("Luc", note, "yes")
    chosen = slack.wait_for(lambda: bot.of("action"))[0]
    clicked = slack.wait_for(lambda: bot.of("yes"))[0]

    assert chosen["actions"][0]["selected_option"]["value"] == "apac"
    assert clicked["state"]["values"]["row"]["region"]["selected_option"]["value"] == "apac"
    assert clicked["container"]["is_ephemeral"]
    assert slack.wait_for_text("Luc", "done").ts == note.ts


def test_a_modal_is_filled_in_and_sent(slack, bot):
    modal = open_modal(slack)
    slack.submit("Luc", modal, {"words": "legal call", "due": "2026-11-30"})
    body = slack.wait_for(lambda: bot.of("submitted"))[0]

    assert body["view"]["state"]["values"] == {
        "words": {"words": {"type": "plain_text_input", "value": "legal call"}},
        "due": {"due": {"type": "datepicker", "selected_date": "2026-11-30"}},
    }
    assert all(one.kind != "modal" for one in slack.seen_by("Luc"))


def test_a_modal_stays_when_something_is_wrong_with_it(slack, bot):
    modal = open_modal(slack)

    with pytest.raises(CannotDo, match="'words' must be filled in"):
        slack.submit("Luc", modal, {"due": "2026-11-30"})
    with pytest.raises(CannotDo, match="nothing to fill in called x"):
        slack.submit("Luc", modal, {"words": "a", "x": "b"})
    assert slack.submit("Luc", modal, {"words": "no"}).json["errors"] == {"words": "Not this"}
    assert slack.seen_by("Luc")[-1].view == modal.view


def test_a_modal_is_followed_by_another_or_becomes_it(slack, bot):
    modal = open_modal(slack)
    slack.submit("Luc", modal, {"words": "more"})
    upper = slack.seen_by("Luc")[-1]
    slack.submit("Luc", upper, {"words": "other"})
    changed = slack.seen_by("Luc")[-1]

    assert upper.view.previous == modal.view.id
    assert changed.view.id == upper.view.id
    assert "Another" in text_of(changed)
    assert slack.close_view("Luc", changed).ok
    assert slack.seen_by("Luc")[-1].view.id == modal.view.id
    assert slack.wait_for(lambda: bot.of("closed"))[0]["view"]["id"] == upper.view.id


def open_modal(slack):
    slack.command("Luc", "#emea-sales", "weekly")
    slack.click("Luc", slack.wait_for_text("Luc", "for you"), "yes")
    return slack.wait_for(lambda: next((one for one in slack.seen_by("Luc") if one.kind == "modal"), None))


def test_the_home_tab_is_published_for_one_person(slack, bot):
    slack.open_home("Luc")
    home = slack.wait_for_text("Luc", "Ready?")
    slack.click("Luc", home, "yes")

    assert home.kind == "home"
    assert slack.seen_by("Dana") == ()
    assert slack.wait_for(lambda: bot.of("yes"))[0]["container"]["type"] == "view"
    with pytest.raises(CannotDo):
        slack.click("Dana", home, "yes")


def test_the_chat_tab_says_where_a_person_is(slack, bot):
    slack.open_home("Luc", tab="messages", context="#emea-sales")
    body = slack.wait_for(lambda: bot.of("app_home_opened"))[0]

    assert body["event"]["tab"] == "messages"
    assert body["event"]["context"]["entities"] == [{"type": "slack#/types/channel_id", "value": "CEMEA"}]


def test_a_shortcut_hands_over_the_message(slack, bot):
    message = slack.say("Dana", "#emea-sales", "Ostrander?")
    slack.shortcut("Luc", message, "about")
    slack.shortcut("Luc", None, "about")
    slack.wait_for(lambda: len(bot.of("shortcut")) == 2)

    assert [body["type"] for body in bot.of("shortcut")] == ["message_action", "shortcut"]
    assert bot.of("shortcut")[0]["message"]["text"] == "Ostrander?"
    with pytest.raises(CannotDo):
        slack.shortcut("Paula", message, "about")


def test_edits_and_deletions_are_told(slack, bot):
    message = slack.say("Dana", "#emea-sales", "first")
    slack.edit("Dana", message, "second")
    slack.delete_message("Dana", message)
    slack.wait_for(lambda: len(bot.of("message")) == 3)

    assert [body["event"].get("subtype") for body in bot.of("message")] == [
        None,
        "message_changed",
        "message_deleted",
    ]
    assert bot.of("message")[1]["event"]["message"]["text"] == "second"
    with pytest.raises(CannotDo):
        slack.edit("Dana", message, "third")


def test_the_stop_button_names_the_stream(slack, bot):
    asked = slack.dm("Dana", "why?")
    stream = client_of(slack).chat_startStream(channel=asked.channel, thread_ts=asked.ts)
    slack.stop_session("Dana", asked.channel, asked.ts)

    assert slack.wait_for(lambda: bot.of("agent_session_stopped"))[0]["event"]["streaming_message_ts"] == [
        stream["ts"]
    ]


def test_slack_repeats_an_event_with_the_same_id(slack, bot):
    slack.dm("Dana", "hello")
    acks = slack.redeliver(times=4)
    slack.wait_for(lambda: len(bot.of("message")) == 5)

    assert [ack.retry for ack in acks] == [1, 2, 3, 4]
    assert len({body["event_id"] for body in bot.of("message")}) == 1


def test_slack_echoes_what_the_bot_itself_wrote_and_bolt_drops_it(slack, bot):
    client = client_of(slack)
    own = client.chat_postMessage(channel="CEMEA", text="first")["ts"]
    client.chat_update(channel="CEMEA", ts=own, text="second")
    client.chat_delete(channel="CEMEA", ts=own)
    acks = slack.echo()
    slack.say("Dana", "#emea-sales", "hello")
    slack.wait_for(lambda: bot.of("message"))

    told = [ack.sent.payload["event"] for ack in acks]
    assert [event.get("subtype") for event in told] == [None, "message_changed", "message_deleted"]
    assert told[0]["bot_id"] == told[1]["message"]["bot_id"] == BOT_ID
    assert all(ack.ok for ack in acks)
    assert bot.of("message")[0]["event"]["text"] == "hello"
    assert slack.echo() == ()


def test_people_come_and_go(slack, bot):
    slack.join("Paula", "#emea-sales")
    slack.say("Paula", "#emea-sales", "hello")
    slack.leave("Paula", "#emea-sales")
    slack.archive("#all-sales")
    slack.deactivate("Luc")
    slack.wait_for(
        lambda: bot.of("channel_archive") and bot.of("user_change") and bot.of("member_joined_channel")
    )

    assert bot.of("member_joined_channel")[0]["event"]["user"] == "UPAULA"
    for who, where in (("Paula", "#emea-sales"), ("Luc", "#emea-sales"), ("Dana", "#all-sales")):
        with pytest.raises(CannotDo):
            slack.say(who, where, "hello")


def test_only_subscribed_events_are_told(slack, bot):
    slack.events = frozenset({"app_mention", "message.im"})
    slack.mention("Dana", "#emea-sales", "weekly")
    slack.dm("Dana", "hello")
    slack.wait_for(lambda: bot.of("message") and bot.of("app_mention"))

    assert [body["event"]["text"] for body in bot.of("message")] == ["hello"]


def test_only_events_of_granted_scopes_are_told(slack, bot):
    slack.scopes = frozenset({"app_mentions:read", "im:history"})
    slack.mention("Dana", "#emea-sales", "weekly")
    slack.dm("Dana", "hello")
    slack.wait_for(lambda: bot.of("message") and bot.of("app_mention"))

    assert [body["event"]["text"] for body in bot.of("message")] == ["hello"]


def test_an_uninstalled_app_hears_it(slack, bot):
    slack.uninstall()

    assert slack.wait_for(lambda: bot.of("app_uninstalled") and bot.of("tokens_revoked"))


def test_people_and_places_are_found_by_name(slack):
    assert slack.person("@dana.whitcombe") == slack.person("dana") == slack.person(slack.person("Dana").id)
    assert slack.channel("emea-sales") == slack.channel("#emea-sales") == slack.channel("CEMEA")
    with pytest.raises(LookupError, match="nobody is called 'Nemo'"):
        slack.person("Nemo")
    with pytest.raises(LookupError, match="there is no channel 'nowhere'"):
        slack.channel("#nowhere")
