"""A bot with one of everything, on Slack's own framework, over HTTP or a socket; it writes down what it hears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.fakes.slack import FakeSlack, Loopback

BUTTONS = [
    {"type": "section", "block_id": "words", "text": {"type": "mrkdwn", "text": "*Ready?*"}},
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "yes",
                "value": "P1",
                "text": {"type": "plain_text", "text": "Yes"},
            },
            {
                "type": "static_select",
                "action_id": "region",
                "placeholder": {"type": "plain_text", "text": "Region"},
                "options": [
                    {"text": {"type": "plain_text", "text": "EMEA"}, "value": "emea"},
                    {"text": {"type": "plain_text", "text": "APAC"}, "value": "apac"},
                ],
            },
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "A note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "words"},
        },
        {
            "type": "input",
            "block_id": "due",
            "optional": True,
            "label": {"type": "plain_text", "text": "Due"},
            "element": {"type": "datepicker", "action_id": "due"},
        },
    ],
}
HEARD = (
    "agent_session_stopped app_home_opened app_mention app_uninstalled channel_archive member_joined_channel"
    " member_left_channel message reaction_added tokens_revoked user_change".split()
)
HOME = {"type": "home", "blocks": BUTTONS}


class TinyBot:
    """What the bot heard, oldest first, as (kind, payload)."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.heard: list[tuple[str, dict[str, Any]]] = []
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        self.app = App(client=client, signing_secret=slack.signing_secret)
        for kind in HEARD:
            self.app.event(kind)(self._event)
        self.app.command("/sales")(self._command)
        self.app.action({"type": "block_actions", "action_id": "yes"})(self._yes)
        self.app.action("region")(self._action)
        self.app.shortcut("about")(self._shortcut)
        self.app.view("note")(self._submitted)
        self.app.view_closed("note")(self._closed)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [body for name, body in self.heard if name == kind]

    def rest(self) -> None:
        """Finish what was begun."""
        self.app.listener_runner.listener_executor.shutdown()

    def _note(self, kind: str, body: dict[str, Any]) -> None:
        with self.slack.world.changed:
            self.heard.append((kind, body))
            self.slack.world.changed.notify_all()

    def _event(self, body: dict[str, Any], event: dict[str, Any], client: WebClient) -> None:
        if event["type"] == "app_home_opened" and event["tab"] == "home":
            client.views_publish(user_id=event["user"], view=HOME)
        self._note(event["type"], body)

    def _command(self, ack: Any, command: dict[str, Any], respond: Any) -> None:
        match command["text"]:
            case "now":
                ack(text="at once", blocks=BUTTONS)
            case "loud":
                ack()
                respond(text="for all", response_type="in_channel", blocks=BUTTONS)
            case _:
                ack()
                respond(text="for you", blocks=BUTTONS)
        self._note("command", command)

    def _yes(self, ack: Any, body: dict[str, Any], respond: Any, client: WebClient) -> None:
        ack()
        if body["container"]["type"] == "message":
            respond(text="done", replace_original=True)
            client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        self._note("yes", body)

    def _action(self, ack: Any, body: dict[str, Any]) -> None:
        ack()
        self._note("action", body)

    def _shortcut(self, ack: Any, body: dict[str, Any]) -> None:
        ack()
        self._note("shortcut", body)

    def _submitted(self, ack: Any, view: dict[str, Any], body: dict[str, Any]) -> None:
        match view["state"]["values"]["words"]["words"]["value"]:
            case "no":
                ack(response_action="errors", errors={"words": "Not this"})
            case "more":
                ack(response_action="push", view=MODAL)
            case "other":
                ack(
                    response_action="update",
                    view={**MODAL, "title": {"type": "plain_text", "text": "Another"}},
                )
            case _:
                ack()
        self._note("submitted", body)

    def _closed(self, ack: Any, body: dict[str, Any]) -> None:
        ack()
        self._note("closed", body)


@contextmanager
def running(slack: FakeSlack, transport: str) -> Iterator[TinyBot]:
    """Run the bot, over "http" or "socket"."""
    bot = TinyBot(slack)
    if transport == "http":
        with Loopback(SlackRequestHandler(bot.app)) as loopback:
            slack.request_url = f"{loopback.url}/slack/events"
            yield bot
            bot.rest()
        return
    handler = SocketModeHandler(bot.app, slack.app_token, ping_interval=1)
    handler.connect()
    try:
        slack.wait_for_sockets()
        yield bot
    finally:
        slack.hang_up(handler.client)
        bot.rest()
