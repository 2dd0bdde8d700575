"""What Slack tells us: acknowledge, keep it by its id, return. The work is done elsewhere."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.runs.ports import Work
from bot.slack import blocks as b
from bot.slack import dialogs, held
from bot.slack.connecting import FORGET
from bot.slack.conversation import ours
from bot.slack.desk import Desk
from bot.slack.message import SHORTCUT
from bot.slack.presses import DOUBLE, from_action
from bot.slack.request import Request, from_command, from_message, plain

_log = logging.getLogger("quarterdeck")
_ANYTHING = re.compile(".*", re.DOTALL)
# The dialog of the message shortcut, and the field in it.
DIALOG, FIELD = "ask_about_this", "question"
_QUOTED = 2_000


def register(app: App, desk: Desk) -> None:
    """Hear everything that the manifest subscribes to; what is not for us is acknowledged too."""
    _Listeners(desk).register(app)


class _Listeners:
    def __init__(self, desk: Desk) -> None:
        self._desk, self._runs, self._now = desk, desk.runs, desk.clock

    def register(self, app: App) -> None:
        app.command(_ANYTHING)(self.command)
        app.event("app_mention")(self.message)
        app.event("message")(self.message)
        app.event("app_home_opened")(self.opened)
        app.event("agent_session_stopped")(self.stopped)
        app.event("app_uninstalled")(self.gone)
        app.event("tokens_revoked")(self.gone)
        app.event("user_change")(self.changed)
        app.action(_ANYTHING)(self.pressed)
        app.shortcut(SHORTCUT)(self.shortcut)
        app.view(DIALOG)(self.asked)
        app.view(_ANYTHING)(self.sent)
        app.view_closed(_ANYTHING)(_ignored)
        app.options(_ANYTHING)(_ignored)
        app.error(_failed)

    def command(self, ack: Ack, body: dict[str, Any]) -> None:
        request = from_command(body, at=self._now())
        self._runs.enqueue(request.work("hear"))
        working = f"On it: {b.escaped(request.text, 120)}" if request.text.strip() else ""
        ack(response_type="ephemeral", text=working) if working else ack()

    def message(self, body: dict[str, Any]) -> None:
        request = from_message(body, bot=self._desk.bot, at=self._now())
        # Talk in threads that we have no part in is not kept.
        if request is not None and (request.surface != "thread" or ours(self._desk, request)):
            self._runs.enqueue(request.work("hear"))

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        press = from_action(body, at=self._now())
        key = press.request.key
        if press.action.partition(":")[0] not in {"link", "leave"} and self._first(key):
            # The same press that is told again, however late, has the same trigger and so is the same work.
            once = press.request.trigger or press.request.at.timestamp()
            unique = press.model_copy(
                update={"request": press.request.model_copy(update={"key": f"{key}:{once}"})}
            )
            if not dialogs.opens(self._desk, unique, client):
                self._runs.enqueue(unique.work())
        ack()

    def sent(self, ack: Ack, body: dict[str, Any]) -> None:
        filled = dialogs.sent(body, at=self._now())
        if errors := dialogs.wrong(self._desk, filled):
            ack(response_action="errors", errors=errors)
            return
        self._runs.enqueue(dialogs.work_of(self._desk, filled))
        ack()

    def opened(self, body: dict[str, Any]) -> None:
        event = body["event"]
        if event.get("tab") == "messages":
            self._desk.sessions.suggest(str(event["channel"]))
            return
        user = str(event["user"])
        self._runs.enqueue(
            Work(
                kind="home",
                key=f"home:{body['event_id']}",
                lane=f"{self._desk.workspace}:home:{user}",
                payload={"user": user},
            )
        )

    def stopped(self, body: dict[str, Any]) -> None:
        event = body["event"]
        channel, thread = str(event["channel"]), str(event.get("thread_ts") or "")
        request = Request(
            key=f"stopped:{body['event_id']}",
            workspace=str(body.get("team_id") or event.get("team")),
            channel=channel,
            user=str(event["user"]),
            text="stop",
            surface="direct" if channel.startswith("D") else "mention",
            at=self._now(),
            thread=thread,
        )
        # What others asked for here goes on, and their edits that are held with this person's.
        lanes = {request.lane, f"{request.workspace}:{channel}"}
        stopped = sum(self._runs.cancel(lane, only=partial(_asked_by, request.user)) for lane in lanes)
        stopped += held.let_go(self._desk, request)
        self._runs.enqueue(request.work("stopped" if stopped else "idle"))

    def shortcut(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        quoted = plain(str((body.get("message") or {}).get("text") or ""), bot=self._desk.bot)
        try:
            client.views_open(trigger_id=body["trigger_id"], view=_dialog(quoted))
        except SlackApiError as error:
            _log.warning("the dialog did not open: %s", error.response.get("error"))

    def asked(self, ack: Ack, body: dict[str, Any]) -> None:
        text = str(body["view"]["state"]["values"][FIELD][FIELD].get("value") or "").strip()
        if not text:
            ack(
                response_action="errors",
                errors={FIELD: "Write what you want to know, for example: pipeline emea"},
            )
            return
        user = str(body["user"]["id"])
        request = Request(
            key=f"dialog:{body['view']['id']}",
            workspace=self._desk.workspace,
            channel=user,
            user=user,
            text=plain(text),
            surface="direct",
            at=self._now(),
        )
        self._runs.enqueue(request.work("ask"))
        ack()

    def gone(self, body: dict[str, Any]) -> None:
        event = body["event"]
        _log.warning("Slack says %s: the token no longer works", event["type"])
        ours = event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot")
        if ours and self._desk.connecting is not None:
            workspace = self._desk.workspace
            self._runs.enqueue(
                Work(kind=FORGET, key=f"forget:{body['event_id']}", lane=f"{workspace}:forget", payload={})
            )

    def changed(self, body: dict[str, Any]) -> None:
        """Somebody may be a guest by now, or gone: what the event says lacks their address, so Slack is asked anew."""
        self._desk.directory.forget(str(body["event"]["user"]["id"]))

    def _first(self, key: str) -> bool:
        return self._desk.notes.claim(
            self._desk.workspace, key, at=self._now(), within=timedelta(seconds=DOUBLE)
        )


def _dialog(quoted: str) -> dict[str, Any]:
    field: dict[str, Any] = {"type": "plain_text_input", "action_id": FIELD, "multiline": True}
    if quoted:
        field["initial_value"] = b.clean(quoted, _QUOTED)
    return {
        "type": "modal",
        "callback_id": DIALOG,
        "title": {"type": "plain_text", "text": "Ask Quarterdeck"},
        "submit": {"type": "plain_text", "text": "Ask"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            {
                "type": "input",
                "block_id": FIELD,
                "label": {"type": "plain_text", "text": "What do you want to know?"},
                "element": field,
            },
            *b.grey(["The answer comes to you alone."]),
        ],
    }


def _asked_by(user: str, work: Work) -> bool:
    """Say whether a work is what this one person asked for; held edits are several people's."""
    pressed = work.payload.get("request")
    return work.kind != "held" and user == (pressed if isinstance(pressed, dict) else work.payload).get(
        "user"
    )


def _ignored(ack: Ack) -> None:
    ack()


def _failed(error: Exception) -> None:
    _log.error("a listener failed: %s", type(error).__name__)
