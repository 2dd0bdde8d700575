"""Files, streams, sessions and messages for later in the fake, called by Slack's own client."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from tests.fakes_tests.conftest import refusal

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def test_the_sdks_upload_ends_in_a_share_that_shows_after_some_polls(slack, client):
    thread = slack.say("Dana", "#all-sales", "the deck?")
    done = client.files_upload_v2(
        channel="CALL",
        file=b"deck",
        filename="q4.pptx",
        title="Q4",
        initial_comment="here",
        thread_ts=thread.ts,
    )
    key = done["file"]["id"]
    polls = [client.files_info(file=key)["file"] for _ in range(2)]

    assert polls[0]["shares"] == {}
    assert polls[1]["shares"]["public"]["CALL"][0]["ts"] == slack.messages("#all-sales", bot=True)[0].ts
    assert slack.seen_by("Marcus")[-1].files[0].content == b"deck"
    assert slack.seen_by("Marcus")[-1].thread_ts == thread.ts
    assert refusal(client.files_completeUploadExternal, files=[{"id": key}]) == "file_update_failed"
    client.files_delete(file=key)
    assert refusal(client.files_info, file=key) == "file_deleted"
    assert slack.seen_by("Marcus")[-1].files == ()


def test_a_share_can_be_lost_although_the_upload_succeeded(slack, client):
    slack.world.lose_shares = True
    done = client.files_upload_v2(channel="CALL", file=b"deck", filename="q4.pptx")

    assert client.files_info(file=done["file"]["id"])["file"]["shares"] == {}
    assert slack.messages("#all-sales") == ()


def test_an_upload_must_have_the_length_that_was_told(client):
    asked = client.files_getUploadURLExternal(filename="a.pptx", length=5)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(asked["upload_url"], data=b"four")

    assert refusal(client.files_completeUploadExternal, files=[{"id": asked["file_id"]}]) == "file_not_found"


def test_files_go_only_to_channels_that_the_bot_is_in(client):
    assert refusal(client.files_upload_v2, channel="COUTSIDE", file=b"x", filename="a") == "not_in_channel"
    assert refusal(client.files_upload_v2, channel="CSECRET", file=b"x", filename="a") == "channel_not_found"


def test_the_bots_token_downloads_a_file(slack, client):
    done = client.files_upload_v2(file=PNG, filename="card.png")
    url = client.files_info(file=done["file"]["id"])["file"]["url_private"]
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {slack.bot_token}"})

    with urllib.request.urlopen(request) as answer:
        assert answer.read() == PNG
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url)


def test_a_picture_in_a_message_must_be_an_uploaded_image(slack, client):
    image = client.files_upload_v2(file=PNG, filename="card.png")["file"]["id"]
    deck = client.files_upload_v2(file=b"PK", filename="deck.pptx")["file"]["id"]

    def blocks(key: str) -> list[dict[str, object]]:
        return [{"type": "image", "alt_text": "card", "slack_file": {"id": key}}]

    client.chat_postMessage(channel="CALL", text="x", blocks=blocks(image))

    assert slack.seen_by("Dana")[-1].files[0].content == PNG
    assert refusal(client.chat_postMessage, channel="CALL", text="x", blocks=blocks(deck)) == "invalid_blocks"
    assert (
        refusal(client.chat_postMessage, channel="CALL", text="x", blocks=blocks("F404")) == "invalid_blocks"
    )


def test_a_stream_grows_and_stops(slack, client):
    asked = slack.say("Dana", "#all-sales", "why?")
    person = slack.person("Dana")
    stream = client.chat_stream(
        channel="CALL", thread_ts=asked.ts, recipient_user_id=person.id, recipient_team_id=person.team_id
    )
    stream.append(markdown_text="a" * 300)
    stream.append(markdown_text="b")
    stream.stop(session_status="active")

    (answer,) = slack.messages("#all-sales", bot=True)
    assert answer.text == "a" * 300 + "b"
    assert answer.thread_ts == asked.ts
    assert slack.world.sessions["CALL", asked.ts].status == "active"
    assert refusal(client.chat_appendStream, channel="CALL", ts=answer.ts, markdown_text="c") == (
        "message_not_in_streaming_state"
    )


def test_a_stream_dies_after_five_minutes(slack, client, clock):
    asked = slack.dm("Dana", "why?")
    started = client.chat_startStream(channel=asked.channel, thread_ts=asked.ts, markdown_text="so")
    clock.at += 301

    assert (
        refusal(client.chat_stopStream, channel=asked.channel, ts=started["ts"])
        == "message_not_in_streaming_state"
    )
    assert client.chat_update(channel=asked.channel, ts=started["ts"], text="whole")["ok"]


def test_a_stream_in_a_channel_names_its_recipient(slack, client):
    asked = slack.say("Dana", "#all-sales", "why?")

    assert refusal(client.chat_startStream, channel="CALL", thread_ts=asked.ts) == "missing_recipient_user_id"
    assert (
        refusal(client.chat_startStream, channel=slack.im_with("Dana").id, thread_ts=asked.ts)
        == "thread_not_found"
    )


def test_sessions_have_four_states(slack, client):
    asked = slack.dm("Dana", "why?")
    client.agents_sessions_setStatus(
        channel_id=asked.channel, thread_ts=asked.ts, status="processing", title="Why"
    )
    client.agents_sessions_setStatus(channel_id=asked.channel, thread_ts=asked.ts, status="suspended")

    assert [(one.status, one.title) for one in slack.world.session_log] == [
        ("processing", "Why"),
        ("suspended", "Why"),
    ]
    assert refusal(
        client.agents_sessions_setStatus, channel_id=asked.channel, thread_ts=asked.ts, status="thinking"
    ) == ("invalid_arguments")
    assert refusal(
        client.agents_sessions_setStatus, channel_id=asked.channel, thread_ts="1.000001", status="active"
    ) == ("invalid_thread_ts")


def test_at_most_four_prompts_are_suggested(slack, client):
    prompts = [{"title": "Risks", "message": "at risk?"}]
    client.assistant_threads_setSuggestedPrompts(channel_id=slack.im_with("Dana").id, prompts=prompts)

    assert slack.world.prompts[0]["prompts"] == prompts
    assert refusal(
        client.assistant_threads_setSuggestedPrompts, channel_id=slack.im_with("Dana").id, prompts=prompts * 5
    ) == ("invalid_arguments")


def test_messages_for_later_are_kept_with_their_time(slack, client, clock):
    done = client.chat_scheduleMessage(channel="CALL", text="later", post_at=int(clock.at) + 60)

    assert slack.world.scheduled[done["scheduled_message_id"]].post_at == int(clock.at) + 60
    assert (
        refusal(client.chat_scheduleMessage, channel="CALL", text="x", post_at=int(clock.at) - 60)
        == "time_in_past"
    )


def test_the_share_shows_after_as_many_polls_as_asked(slack, client):
    slack.world.polls_before_share = 3
    key = client.files_upload_v2(channel="CALL", file=b"deck", filename="q4.pptx")["file"]["id"]

    assert [bool(client.files_info(file=key)["file"]["shares"]) for _ in range(5)] == [False] * 3 + [True] * 2
