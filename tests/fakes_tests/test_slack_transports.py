"""Signatures over HTTP, and sockets that break and come back."""

from __future__ import annotations

import json
import time

import pytest
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.fakes.slack import FakeSlack
from tests.fakes_tests.conftest import client_of
from tests.fakes_tests.tiny_bot import running

FORM = {"Content-Type": "application/json"}
BODY = json.dumps(
    {"type": "event_callback", "event": {"type": "app_mention", "user": "U1", "channel": "C1"}}
).encode()


def test_bolt_takes_what_is_signed_now_and_refuses_anything_else():
    with FakeSlack() as slack, running(slack, "http"):
        postman = slack.postman
        good = postman.signed(BODY)
        old = postman.signed(BODY, at=time.time() - 301)
        bad = good | {"X-Slack-Signature": "v0=" + "0" * 64}

        assert postman.send(BODY, good | FORM)[0] == 200
        assert postman.send(BODY, old | FORM)[0] == 401
        assert postman.send(BODY, bad | FORM)[0] == 401
        assert postman.send(BODY + b" ", good | FORM)[0] == 401


def test_a_bot_that_is_not_there_is_told_nothing():
    with FakeSlack(request_url="http://127.0.0.1:9/slack/events") as slack:
        ack = slack.command("Dana", "#all-sales", "weekly")

        assert ack.status is None
        assert "operation_timeout" in slack.seen_by("Dana")[-1].text


@pytest.mark.parametrize("politely", [True, False])
def test_a_broken_socket_comes_back_and_hears_what_happened_meanwhile(politely):
    with FakeSlack() as slack, running(slack, "socket") as bot:
        first = slack.switchboard.connections[0]
        slack.drop_sockets(politely=politely)
        slack.wait_for(
            lambda: slack.switchboard.connections and slack.switchboard.connections[0] is not first, 20
        )
        slack.dm("Dana", "still there?")

        assert slack.wait_for(lambda: bot.of("message"))


def test_each_envelope_goes_to_one_of_the_sockets():
    with FakeSlack() as slack:
        clients = [SocketModeClient(app_token=slack.app_token, web_client=client_of(slack)) for _ in range(2)]
        heard = []

        def listen(client, request) -> None:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
            heard.append(client)

        try:
            for client in clients:
                client.socket_mode_request_listeners.append(listen)
                client.connect()
            slack.wait_for_sockets(2)
            for number in range(4):
                slack.dm("Dana", f"message {number}")
            slack.wait_for(lambda: len(heard) == 4)
        finally:
            slack.hang_up(*clients)

        assert [heard.count(client) for client in clients] == [2, 2]
        assert all(ack.ok for ack in slack.postman.acks)


def test_a_socket_says_when_slack_tells_it_again():
    with FakeSlack() as slack:
        client = SocketModeClient(app_token=slack.app_token, web_client=client_of(slack))
        heard = []

        def listen(client, request) -> None:
            heard.append((request.retry_attempt, request.retry_reason))
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

        client.socket_mode_request_listeners.append(listen)
        client.connect()
        slack.wait_for_sockets()
        slack.dm("Dana", "hello")
        slack.redeliver(times=1, reason="timeout")
        slack.hang_up(client)

        assert heard == [(0, ""), (1, "timeout")]


def test_the_address_of_a_socket_is_good_once():
    with FakeSlack() as slack:
        url = client_of(slack).apps_connections_open(app_token=slack.app_token)["url"]
        with connect(url) as socket:
            hello = json.loads(socket.recv())
        with pytest.raises(InvalidStatus):
            connect(url)

    assert hello["type"] == "hello"


def test_starting_takes_less_than_50_ms():
    def seconds() -> float:
        start = time.perf_counter()
        with FakeSlack() as slack:
            client_of(slack).auth_test()
        return time.perf_counter() - start

    assert min(seconds() for _ in range(10)) < 0.05
