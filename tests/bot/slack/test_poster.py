"""How long a message waits for its turn."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.slack.message import sentence
from bot.slack.poster import TURN, Poster


class Willing(WebClient):
    """A Slack that takes every message at once."""

    def api_call(self, *_args: Any, **_more: Any) -> Any:
        return {"ok": True, "ts": "1.2"}


def test_no_message_waits_longer_for_its_turn_than_a_quarter_of_a_minute():
    waits: list[float] = []
    poster = Poster(Willing(), clock=lambda: 0.0, pause=waits.append)
    for number in range(40):
        poster.post("C1", sentence("hello"), key=f"qd-{number}")

    assert waits[:3] == [1.0, 2.0, 3.0]
    assert max(waits) == TURN
