"""What a press of a button says, as Slack and servers of its kind send it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.presses import from_action

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


def pressed(container: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    return {
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "container": {"channel_id": "C1", "message_ts": "1.2", **container},
        "message": {"ts": "1.2", **message},
        "actions": [{"action_id": "say:0", "value": "my deals"}],
        "response_url": "https://hooks.example/1",
    }


@pytest.mark.parametrize(
    "container, message",
    [({"is_ephemeral": True}, {}), ({"is_ephemeral": False}, {"subtype": "ephemeral"})],
)
def test_a_press_on_what_one_person_alone_was_shown_is_answered_to_that_person(
    container: dict[str, Any], message: dict[str, Any]
):
    press = from_action(pressed(container, message), at=NOW)

    assert press.whispered
    assert press.request.response_url


def test_a_press_on_what_all_were_shown_is_not_private():
    press = from_action(pressed({"is_ephemeral": False}, {}), at=NOW)

    assert not press.whispered
    assert press.request.response_url == ""


def test_a_press_on_the_root_of_a_thread_belongs_where_that_message_stands():
    root = from_action(pressed({}, {"thread_ts": "1.2"}), at=NOW)
    reply = from_action(pressed({}, {"thread_ts": "1.1"}), at=NOW)

    assert root.request.thread == ""
    assert root.request.conversation == "C1:1.2"
    assert reply.request.thread == "1.1"
