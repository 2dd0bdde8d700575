"""The fake's Web API, called by Slack's own client."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from tests.fakes.slack import BOT_USER, FakeSlack, larkmoor_world
from tests.fakes_tests.conftest import Clock, client_of, refusal

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def test_a_token_that_slack_never_gave_is_refused(slack):
    assert refusal(client_of(slack, "xoxb-other").auth_test) == "invalid_auth"


def test_a_call_without_a_token_is_refused(slack):
    with urllib.request.urlopen(f"{slack.api_url}auth.test") as answer:
        assert b"not_authed" in answer.read()


def test_each_kind_of_token_has_its_own_methods(slack, client):
    assert refusal(client_of(slack, slack.app_token).auth_test) == "not_allowed_token_type"
    assert refusal(client.apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"


def test_an_uninstalled_app_can_do_nothing(slack, client):
    slack.uninstall()

    assert refusal(client.auth_test) == "account_inactive"


def test_an_unknown_method_is_answered_with_http_200(slack, client):
    with pytest.raises(SlackApiError) as caught:
        client.api_call("chat.postNonsense")

    assert caught.value.response.status_code == 200
    assert caught.value.response.data == {"ok": False, "error": "unknown_method"}


def test_a_missing_scope_says_what_was_needed_and_what_there_is():
    with FakeSlack(scopes={"chat:write", "users:read"}) as slack:
        client = client_of(slack)
        client.chat_postMessage(channel="CALL", text="hello")
        with pytest.raises(SlackApiError) as caught:
            client.conversations_info(channel="CALL")
        email = client.users_info(user="UPAULA")["user"]["profile"].get("email")
        upload = refusal(client.files_getUploadURLExternal, filename="a", length=1)
        slack.scopes = {"channels:read", "files:write"}
        client.files_getUploadURLExternal(filename="a", length=1)
        client.conversations_info(channel="CALL")

    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "channels:read"
    assert caught.value.response["provided"] == "chat:write,users:read"
    assert email is None
    assert upload == "missing_scope"


@pytest.mark.parametrize(
    "channel, error",
    [
        ("COUTSIDE", "not_in_channel"),
        ("CSECRET", "channel_not_found"),
        ("CNOWHERE", "channel_not_found"),
        ("CARCHIVED", "is_archived"),
        ("UOSCAR", "user_disabled"),
    ],
)
def test_a_post_goes_only_where_the_bot_may_write(client, channel, error):
    assert refusal(client.chat_postMessage, channel=channel, text="hello") == error


def test_a_post_to_a_person_opens_their_direct_messages(slack, client):
    first = client.chat_postMessage(channel="UPAULA", text="hello")["channel"]
    opened = client.conversations_open(users="UPAULA")["channel"]["id"]

    assert first == opened == slack.im_with("Paula").id


def test_direct_messages_between_two_people_do_not_exist_for_the_bot(slack, client):
    private = slack.im_between("Dana", "Marcus")

    assert refusal(client.chat_postMessage, channel=private.id, text="hello") == "channel_not_found"
    assert refusal(client.conversations_members, channel=private.id) == "channel_not_found"


def test_a_message_needs_something_to_show(client):
    assert refusal(client.api_call, api_method="chat.postMessage", params={"channel": "CALL"}) == "no_text"
    assert refusal(client.chat_postMessage, channel="CALL", text="x" * 40_001) == "msg_too_long"
    assert client.chat_postMessage(channel="CALL", text="x" * 40_000)["ok"]


def test_a_reply_needs_a_thread(slack, client):
    asked = slack.say("Dana", "#all-sales", "anybody?")
    reply = client.chat_postMessage(channel="CALL", text="here", thread_ts=asked.ts)
    below = client.chat_postMessage(channel="CALL", text="and here", thread_ts=reply["ts"])

    assert below["message"]["thread_ts"] == asked.ts
    assert (
        refusal(client.chat_postMessage, channel="CALL", text="x", thread_ts="1.000001") == "thread_not_found"
    )
    slack.delete_message("Dana", asked)
    assert client.chat_postMessage(channel="CALL", text="still", thread_ts=asked.ts)["ok"]


def test_a_reply_to_a_message_that_was_deleted_is_refused(slack, client):
    asked = slack.say("Dana", "#all-sales", "anybody?")
    slack.delete_message("Dana", asked)

    assert (
        refusal(client.chat_postMessage, channel="CALL", text="x", thread_ts=asked.ts) == "thread_not_found"
    )


def test_only_ones_own_messages_can_be_changed(slack, client):
    other = slack.say("Dana", "#all-sales", "mine")
    own = client.chat_postMessage(channel="CALL", text="first")["ts"]
    client.chat_update(channel="CALL", ts=own, text="second")

    assert [one.text for one in slack.messages("#all-sales", bot=True)] == ["second"]
    assert refusal(client.chat_update, channel="CALL", ts=other.ts, text="x") == "cant_update_message"
    assert refusal(client.chat_delete, channel="CALL", ts=other.ts) == "cant_delete_message"
    client.chat_delete(channel="CALL", ts=own)
    assert refusal(client.chat_update, channel="CALL", ts=own, text="x") == "message_not_found"


def test_an_update_without_blocks_keeps_them(client):
    blocks = [{"type": "divider", "block_id": "line"}]
    own = client.chat_postMessage(channel="CALL", text="first", blocks=blocks)["ts"]

    assert client.chat_update(channel="CALL", ts=own, text="second")["message"]["blocks"] == blocks
    assert "blocks" not in client.chat_update(channel="CALL", ts=own, text="third", blocks=[])["message"]


def test_a_note_is_seen_by_its_one_viewer_only(slack, client):
    client.chat_postEphemeral(channel="CEMEA", user=slack.person("Luc").id, text="for you")

    assert [one.text for one in slack.seen_by("Luc")] == ["for you"]
    assert slack.seen_by("Dana") == ()


def test_a_note_reaches_only_members(client):
    assert (
        refusal(client.chat_postEphemeral, channel="CEMEA", user="UPAULA", text="x") == "user_not_in_channel"
    )
    assert refusal(client.chat_postEphemeral, channel="CEMEA", user="U404", text="x") == "user_not_found"


def test_strict_rates_allow_a_burst_and_then_one_post_a_second():
    clock = Clock()
    with FakeSlack(larkmoor_world(now=clock), strict_rates=True) as slack:
        client = client_of(slack)
        for _ in range(4):
            client.chat_postMessage(channel="CALL", text="x")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel="CALL", text="x")
        client.chat_postMessage(channel="CEMEA", text="x")
        clock.at += 1.0
        client.chat_postMessage(channel="CALL", text="x")

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["retry-after"] == "1"
    assert caught.value.response["error"] == "ratelimited"


def test_slacks_own_handler_understands_being_too_fast(slack):
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.fault("auth.test", retry_after=0)

    assert client.auth_test()["user_id"] == BOT_USER
    assert [call.error for call in slack.calls] == ["ratelimited", None]


def test_faults_strike_as_often_as_asked(slack, client):
    slack.fault("chat.postMessage", error="fatal_error", times=2)

    assert refusal(client.chat_postMessage, channel="CALL", text="x") == "fatal_error"
    assert refusal(client.chat_postMessage, channel="CALL", text="x") == "fatal_error"
    assert client.chat_postMessage(channel="CALL", text="x")["ok"]


@pytest.mark.parametrize("moment, posted", [("before", 0), ("after", 1)])
def test_a_connection_breaks_before_or_after_the_work(slack, client, moment, posted):
    slack.fault("chat.postMessage", drop_connection=moment)
    with pytest.raises((OSError, urllib.error.URLError)):
        client.chat_postMessage(channel="CALL", text="x")

    assert len(slack.messages("#all-sales")) == posted


def test_the_sdks_retry_after_a_broken_connection_posts_twice(slack):
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    slack.fault("chat.postMessage", drop_connection="after")
    client.chat_postMessage(channel="CALL", text="x")

    assert len(slack.messages("#all-sales")) == 2


def test_members_come_in_pages(slack, client):
    pages = [page["members"] for page in client.conversations_members(channel="CALL", limit=10)]

    assert [len(page) for page in pages] == [10, 10, 10, 5]
    assert {key for page in pages for key in page} == set(slack.channel("#all-sales").members)
    assert refusal(client.conversations_members, channel="CALL", cursor="elsewhere") == "invalid_cursor"


def test_people_are_marked_as_what_they_are(slack, client):
    guest = client.users_info(user="UGIL")["user"]
    stranger = client.users_info(user="UULLA")["user"]

    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, False)
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0CUSTOMER")
    assert "email" not in stranger["profile"]
    assert client.users_info(user="UOSCAR")["user"]["deleted"]
    assert (
        client.users_lookupByEmail(email="dana.whitcombe@larkmoor.example")["user"]["id"]
        == slack.person("Dana").id
    )
    assert refusal(client.users_lookupByEmail, email="oscar.leland@larkmoor.example") == "users_not_found"
    assert refusal(client.users_info, user="U404") == "user_not_found"


def test_channels_are_marked_as_what_they_are(client):
    shared = client.conversations_info(channel="CSHARED")["channel"]
    pending = client.conversations_info(channel="CPENDING")["channel"]

    assert (shared["is_ext_shared"], shared["is_shared"]) == (True, True)
    assert (pending["is_ext_shared"], pending["is_pending_ext_shared"]) == (False, True)
    assert client.conversations_info(channel="CLEGAL")["channel"]["is_private"]
    assert not client.conversations_info(channel="COUTSIDE")["channel"]["is_member"]
    assert refusal(client.conversations_info, channel="CSECRET") == "channel_not_found"


def test_the_list_of_channels_holds_public_ones_and_the_bots_own(client):
    names = [
        row["name"] for row in client.conversations_list(types="public_channel,private_channel")["channels"]
    ]
    own = [row["name"] for row in client.users_conversations()["channels"]]

    assert "private-with-bot" in names
    assert "public-no-bot" in names
    assert "private-no-bot" not in names
    assert "public-no-bot" not in own


def test_the_bot_joins_public_channels_itself(client):
    client.conversations_join(channel="COUTSIDE")

    assert client.chat_postMessage(channel="COUTSIDE", text="hello")["ok"]
    assert refusal(client.conversations_join, channel="CLEGAL") == "method_not_supported_for_channel_type"


def test_history_is_newest_first_and_replies_are_oldest_first(slack, client):
    first = slack.say("Dana", "#all-sales", "first")
    slack.say("Dana", "#all-sales", "reply", first.ts)
    slack.say("Dana", "#all-sales", "second")

    history = client.conversations_history(channel="CALL", limit=1)
    everything = client.conversations_history(channel="CALL")["messages"]
    replies = client.conversations_replies(channel="CALL", ts=first.ts)["messages"]
    later = client.conversations_history(channel="CALL", oldest=first.ts)["messages"]

    assert [one["text"] for one in history["messages"]] == ["second"]
    assert history["has_more"]
    assert [one["text"] for one in everything] == ["second", "first"]
    assert everything[1]["reply_count"] == 1
    assert [one["text"] for one in replies] == ["first", "reply"]
    assert [one["text"] for one in later] == ["second"]
    assert refusal(client.conversations_replies, channel="CALL", ts="1.000001") == "thread_not_found"


def test_a_permalink_names_channel_message_and_thread(slack, client):
    asked = slack.say("Dana", "#all-sales", "why?")
    reply = slack.say("Dana", "#all-sales", "because", asked.ts)
    link = client.chat_getPermalink(channel="CALL", message_ts=reply.ts)["permalink"]

    assert link.endswith(f"/CALL/p{reply.ts.replace('.', '')}?thread_ts={asked.ts}&cid=CALL")


def test_methods_that_read_take_a_form_and_no_json(client):
    assert client.api_call("users.info", params={"user": "UPAULA"})["ok"]
    assert refusal(client.api_call, api_method="users.info", json={"user": "UPAULA"}) == "invalid_arguments"


def test_metadata_is_told_only_to_who_asks(client):
    metadata = {"event_type": "draft", "event_payload": {"key": "d1"}}
    client.chat_postMessage(channel="CALL", text="x", metadata=metadata)
    plain = client.conversations_history(channel="CALL")["messages"][0]
    whole = client.conversations_history(channel="CALL", include_all_metadata=True)["messages"][0]

    assert "metadata" not in plain
    assert whole["metadata"] == metadata


def test_answers_tell_what_the_token_may_do(client):
    with FakeSlack(scopes={"chat:write", "commands"}) as slack:
        headers = client_of(slack).chat_postMessage(channel="CALL", text="x").headers
    granted = client.auth_test().headers["x-oauth-scopes"].split(",")

    assert headers["x-oauth-scopes"] == "chat:write,commands"
    assert headers["x-accepted-oauth-scopes"] == "chat:write"
    assert {"channels:history", "files:read", "users:read.email"} <= set(granted)


def test_the_client_without_a_network_gets_the_same_answers(slack):
    direct = slack.client()
    asked = slack.say("Dana", "#all-sales", "the deck?")
    done = direct.files_upload_v2(channel="CALL", file=PNG, filename="card.png", thread_ts=asked.ts)
    blocks = [{"type": "image", "alt_text": "x", "slack_file": {"id": done["file"]["id"]}}]
    direct.chat_postMessage(channel="CALL", text="x", blocks=blocks)
    slack.fault("chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        direct.chat_postMessage(channel="CALL", text="x")
    slack.fault("chat.postMessage", drop_connection="after")
    with pytest.raises(ConnectionResetError):
        direct.chat_postMessage(channel="CALL", text="y")

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["retry-after"] == "7"
    assert [one.text for one in slack.messages("#all-sales", bot=True)] == ["", "x", "y"]
    assert slack.seen_by("Dana")[-2].files[0].content == PNG


def test_calls_are_written_down_without_their_token(slack, client):
    client.chat_postMessage(channel="CALL", text="x", unfurl_links=False, unfurl_media=False)

    (call,) = slack.called("chat.postMessage")
    assert call.ok
    assert "token" not in call.args
    assert not slack.messages("#all-sales")[0].unfurls
