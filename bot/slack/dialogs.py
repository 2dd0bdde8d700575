"""Dialogs: opened while the button's trigger lasts, checked while Slack waits, and carried out as a work of their own."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.runs.ports import Payload, Steps, Work
from bot.slack import blocks as b
from bot.slack import message as m
from bot.slack.desk import Desk
from bot.slack.feature import Filled
from bot.slack.gate import gate
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, private, tell

_log = logging.getLogger("quarterdeck")
# What is told where Slack did not open a dialog any more.
TOO_LATE = "That dialog did not open in time. Please press once more."


def dialog(
    name: str, title: str, fields: list[b.Block], *, about: str = "", send: str = "Save", note: str = ""
) -> dict[str, Any]:
    """Return a dialog: its name is what it is told by when it comes back, `about` comes back with it unchanged."""
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": about,
        "title": {"type": "plain_text", "text": b.clean(title, 24)},
        "submit": {"type": "plain_text", "text": send},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [*fields, *(b.grey([note]) if note else [])],
    }


def field(name: str, label: str, element: dict[str, Any], *, optional: bool = False) -> b.Block:
    """Return a field of a dialog; `element` is one of Slack's input elements, without its action id."""
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": {"type": "plain_text", "text": b.clean(label, 2_000)},
        "element": {**element, "action_id": name},
    }


def opens(desk: Desk, press: Press, client: WebClient) -> bool:
    """Open the dialog of a button that has one; False where it has none for this person now, and is a press like any other.

    Slack gives three seconds for it, which is why it does not wait for its turn among the works.
    """
    kind = press.action.partition(":")[0]
    build = next((feature.dialogs[kind] for feature in desk.features if kind in feature.dialogs), None)
    if build is None:
        return False
    known = desk.directory.known(press.request.user)
    if gate(desk, press.request, known, work=press.work()) is not None:
        return False
    view = build(desk, press, known)
    if view is None:
        return False
    try:
        client.views_open(trigger_id=press.request.trigger, view=view)
    except SlackApiError as error:
        _log.warning("a dialog did not open: %s", error.response.get("error"))
        desk.runs.enqueue(press.request.work("unopened"))
    return True


def sent(body: Mapping[str, Any], *, at: datetime) -> Filled:
    """Return what somebody filled in."""
    view = body["view"]
    states: dict[str, dict[str, Any]] = {
        name: next(iter(field.values()), {}) for name, field in (view["state"].get("values") or {}).items()
    }
    return Filled(
        key=f"dialog:{view['id']}",
        user=str(body["user"]["id"]),
        dialog=str(view["callback_id"]),
        about=str(view.get("private_metadata") or ""),
        values={name: _value(state) for name, state in states.items()},
        at=at,
    )


def wrong(desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is wrong with it, by field, so that the dialog stays open; none where it is fine."""
    for feature in desk.features:
        if check := feature.checks.get(filled.dialog):
            return check(desk, filled)
    return {}


def work_of(desk: Desk, filled: Filled) -> Work:
    """Return the work that a dialog which was sent is."""
    lane = f"{desk.workspace}:dialog:{filled.user}"
    return Work(kind="filled", key=filled.key, lane=lane, payload=filled.model_dump(mode="json"))


def fill(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Carry out a dialog that was sent. Who may is decided here, now."""
    filled = Filled.model_validate(payload)
    known = desk.directory.known(filled.user)
    request = request_of(desk, filled)
    refused = gate(desk, request, known, work=work_of(desk, filled))
    if refused is not None:
        key = mark_of(filled.key)
        steps.step("tell", lambda: tell(desk, request, private(refused), key=key, look=steps.again))
        return
    for feature in desk.features:
        if do := feature.filled.get(filled.dialog):
            do(desk, steps, filled, known)


def request_of(desk: Desk, filled: Filled) -> Request:
    """Return what was filled in as something that the person said to us alone."""
    return Request(
        key=filled.key,
        workspace=desk.workspace,
        channel=filled.user,
        user=filled.user,
        text="",
        surface="direct",
        at=filled.at,
    )


def unopened(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Tell somebody that the dialog behind a button did not open."""
    request = Request.model_validate(payload)
    key = mark_of(request.key)
    steps.step("tell", lambda: tell(desk, request, m.sentence(TOO_LATE), key=key, look=steps.again))


def _value(state: Mapping[str, Any]) -> str:
    chosen = state.get("selected_option") or {}
    several = state.get("selected_options") or ()
    plain = (
        state.get(name)
        for name in (
            "value",
            "selected_date",
            "selected_time",
            "selected_user",
            "selected_conversation",
            "selected_channel",
        )
    )
    found = next((str(value) for value in plain if value), "") or str(chosen.get("value") or "")
    return found or ",".join(str(option["value"]) for option in several)
