"""What people see in the fake, what ever reached them, whom it called; and that many hands at once do no harm."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fakes.slack import FakeSlack, links_of, pings_of, text_of
from tests.fakes_tests.conftest import client_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def answer(url: str, body: object) -> tuple[int, str]:
    """POST to a response_url; return the status and text of the answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def response_url(slack: FakeSlack, who: str, where: str) -> str:
    with slack.world.changed:
        key = slack.world.answer_right(slack.channel(where).id, slack.person(who).id)
    return f"{slack.world.base_url}/response/{key}"


def test_members_see_a_channel_and_others_do_not(slack, client):
    client.chat_postMessage(channel="CEMEA", text="numbers")

    assert [text_of(one) for one in slack.seen_by("Dana")] == ["numbers"]
    assert slack.seen_by("Paula") == ()


def test_who_joins_sees_what_was_said_and_who_leaves_sees_nothing_more(slack, client):
    client.chat_postMessage(channel="CEMEA", text="numbers")
    slack.join("Paula", "#emea-sales")
    slack.leave("Luc", "#emea-sales")

    assert [one.text for one in slack.seen_by("Paula")] == ["numbers"]
    assert slack.seen_by("Luc") == ()


def test_things_are_seen_in_the_order_in_which_they_came(slack, client, clock):
    client.chat_postMessage(channel="CEMEA", text="one")
    clock.at += 1
    client.chat_postEphemeral(channel="CEMEA", user=slack.person("Luc").id, text="two")
    clock.at += 1
    client.views_publish(
        user_id=slack.person("Luc").id, view={"type": "home", "blocks": [{"type": "divider"}]}
    )
    clock.at += 1
    client.chat_postMessage(channel=slack.person("Luc").id, text="three")

    assert [(one.kind, one.text) for one in slack.seen_by("Luc")] == [
        ("message", "one"),
        ("ephemeral", "two"),
        ("home", ""),
        ("message", "three"),
    ]


def test_a_message_is_seen_as_it_now_is(slack, client):
    own = client.chat_postMessage(channel="CEMEA", text="draft")["ts"]
    client.chat_update(channel="CEMEA", ts=own, text="final")

    assert [one.text for one in slack.seen_by("Luc")] == ["final"]


def test_all_text_is_found_at_any_depth(slack, client):
    blocks = [
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": "Ostrander"}],
                [{"type": "raw_number", "value": 310, "text": "$310k"}],
            ],
        },
        {
            "type": "container",
            "title": {"type": "plain_text", "text": "Inside"},
            "child_blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "deep"}]}],
        },
        {
            "type": "data_visualization",
            "title": "Pipeline",
            "chart": {"type": "pie", "segments": [{"label": "EMEA", "value": 570}]},
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "rich"}]}],
        },
    ]
    client.chat_postMessage(channel="CEMEA", text="top", blocks=blocks)

    assert text_of(*slack.seen_by("Luc")).split("\n") == (
        ["top", "Ostrander", "310", "$310k", "Inside", "deep", "Pipeline", "EMEA", "570", "rich"]
    )


def test_what_was_changed_or_deleted_still_counts_as_having_been_shown(slack, client):
    own = client.chat_postMessage(channel="CEMEA", text="secret one")["ts"]
    client.chat_update(channel="CEMEA", ts=own, text="secret two")
    client.chat_delete(channel="CEMEA", ts=own)
    slack.join("Paula", "#emea-sales")

    assert b"secret one" in slack.all_bytes_visible_to("Luc")
    assert b"secret two" in slack.all_bytes_visible_to("Luc")
    assert b"secret" not in slack.all_bytes_visible_to("Paula")
    assert slack.seen_by("Luc") == ()


def test_who_has_left_is_not_shown_what_is_written_later(slack, client):
    own = client.chat_postMessage(channel="CEMEA", text="secret one")["ts"]
    slack.leave("Luc", "#emea-sales")
    slack.join("Paula", "#emea-sales")
    client.chat_update(channel="CEMEA", ts=own, text="secret two")

    assert b"secret one" in slack.all_bytes_visible_to("Luc")
    assert b"secret two" not in slack.all_bytes_visible_to("Luc")
    assert b"secret one" in slack.all_bytes_visible_to("Paula")
    assert b"secret two" in slack.all_bytes_visible_to("Paula")


@pytest.mark.parametrize(
    "where", ["value", "metadata", "file", "packed", "modal", "title", "prompt", "picture"]
)
def test_nothing_that_is_shown_escapes_the_oracle(slack, client, where):
    luc, secret = slack.person("Luc").id, "Ostrander $310k"
    asked = slack.dm("Luc", "hello")
    match where:
        case "value":
            button = {
                "type": "button",
                "action_id": "a",
                "value": secret,
                "text": {"type": "plain_text", "text": "x"},
            }
            blocks = [{"type": "actions", "elements": [button]}]
            client.chat_postEphemeral(channel="CEMEA", user=luc, text="x", blocks=blocks)
        case "metadata":
            metadata = {"event_type": "x", "event_payload": {"deal": secret}}
            client.chat_postMessage(channel=luc, text="x", metadata=metadata)
        case "file":
            client.files_upload_v2(channel=asked.channel, file=secret.encode(), filename="a.csv")
        case "packed":
            content = zipped("a.xlsx", zipped("sheet.xml", secret.encode() * 50))
            client.files_upload_v2(channel=asked.channel, file=content, filename="a.pptx")
        case "modal":
            modal = {
                "type": "modal",
                "title": {"type": "plain_text", "text": "x"},
                "blocks": [],
                "private_metadata": secret,
            }
            modal["blocks"] = [{"type": "divider"}]
            with slack.world.changed:
                trigger = slack.world.trigger(luc)
            client.views_open(trigger_id=trigger, view=modal)
        case "title":
            client.agents_sessions_setStatus(
                channel_id=asked.channel, thread_ts=asked.ts, status="active", title=secret
            )
        case "prompt":
            prompts = [{"title": "x", "message": secret}]
            client.assistant_threads_setSuggestedPrompts(channel_id=asked.channel, prompts=prompts)
        case _:
            key = client.files_upload_v2(file=PNG + secret.encode(), filename="card.png")["file"]["id"]
            blocks = [{"type": "image", "alt_text": "x", "slack_file": {"id": key}}]
            client.chat_postMessage(channel=luc, text="x", blocks=blocks)

    assert secret.encode() in slack.all_bytes_visible_to("Luc")
    assert secret.encode() not in slack.all_bytes_visible_to("Dana")


def test_what_people_write_themselves_is_no_leak(slack):
    slack.say("Dana", "#all-sales", "Ostrander is late")

    assert slack.all_bytes_visible_to("Luc") == b""


def test_a_response_url_takes_five_answers(slack):
    url = response_url(slack, "Luc", "#emea-sales")
    found = [answer(url, {"text": f"answer {number}"}) for number in range(6)]

    assert [status for status, _ in found] == [200] * 5 + [404]
    assert "used_url" in found[-1][1]
    assert len(slack.seen_by("Luc")) == 5
    assert slack.seen_by("Dana") == ()


def test_a_response_url_lives_for_half_an_hour(slack, clock):
    url = response_url(slack, "Luc", "#emea-sales")
    clock.at += 1801

    assert answer(url, {"text": "late"}) == (404, '{"ok": false, "error": "expired_url"}')


@pytest.mark.parametrize(
    "body, error",
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "rainbow"}]}, "invalid_blocks"),
        ({"txt": "x"}, "invalid_payload"),
    ],
)
def test_a_response_url_is_as_strict_as_a_method(slack, body, error):
    status, text = answer(response_url(slack, "Luc", "#emea-sales"), body)

    assert status == 400
    assert error in text


def test_whom_a_message_calls_is_known(slack, client):
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "ask <@UU05> &lt;@UU07&gt;"}},
        {"type": "section", "text": {"type": "plain_text", "text": "not <@UU06>"}},
    ]
    client.chat_postMessage(channel="CALL", text="<!channel> read this", blocks=blocks)

    assert pings_of(*slack.seen_by("Dana")) == ("channel", "UU05")


def test_where_a_message_leads_is_known(slack, client):
    button = {
        "type": "button",
        "action_id": "a",
        "url": "https://c.example",
        "text": {"type": "plain_text", "text": "x"},
    }
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<https://a.example|deal> https://b.example"}},
        {"type": "actions", "elements": [button]},
        {"type": "markdown", "text": "![x](https://d.example/p.png)"},
    ]
    client.chat_postMessage(channel="CALL", text="x", blocks=blocks)

    assert set(links_of(*slack.seen_by("Dana"))) == {
        "https://a.example",
        "https://b.example",
        "https://c.example",
        "https://d.example/p.png",
    }


def test_another_apps_messages_are_not_the_bots(slack):
    slack.say("Standup Bot", "#random", "who is in?")

    (message,) = slack.messages("#random", bot=False)
    assert message.bot_id == "BSTANDUP"
    assert slack.all_bytes_visible_to("Paula") == b""


def test_many_hands_at_once_lose_nothing():
    with FakeSlack() as slack, ThreadPoolExecutor(16) as pool:
        clients = [client_of(slack) for _ in range(8)]
        posts = [
            pool.submit(client.chat_postMessage, channel="CALL", text=str(n))
            for n in range(25)
            for client in clients
        ]
        said = [pool.submit(slack.say, "Dana", "#all-sales", f"word {n}") for n in range(100)]
        looks = [pool.submit(slack.seen_by, "Marcus") for _ in range(50)]
        for future in (*posts, *said, *looks):
            future.result(30)

        assert len(slack.messages("#all-sales")) == 300
        assert len({one.ts for one in slack.messages("#all-sales")}) == 300


def test_waiting_says_what_was_called_when_nothing_comes(slack, client):
    client.auth_test()

    with pytest.raises(AssertionError, match=r"not seen within 0\.05 s; the last calls: auth\.test"):
        slack.wait_for(lambda: False, 0.05)


def test_waiting_ends_with_the_change(slack, client):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(slack.wait_for_text, "Dana", "numbers")
        client.chat_postMessage(channel="CALL", text="numbers")

        assert waiting.result(5).text == "numbers"


def test_a_defect_of_the_fake_itself_is_heard_of(monkeypatch):
    slack = FakeSlack()
    monkeypatch.setattr(slack._desk, "answer", lambda _request: 1 / 0)
    with pytest.raises(Exception, match=r"500|non-JSON"):
        client_of(slack).auth_test()

    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        slack.close()
