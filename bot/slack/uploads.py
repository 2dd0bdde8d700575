"""Brings a file to a channel once, wherever the process dies between reserving it and seeing it there."""

from __future__ import annotations

from typing import cast

from pydantic import JsonValue
from slack_sdk.errors import SlackApiError

from bot import flows
from bot.runs.ports import Steps
from bot.slack.desk import Desk
from bot.slack.files import GONE, Reserved
from bot.store import Revision
from reports.facts import Frozen


class Brought(Frozen):
    """A file that was brought: its id and the `ts` of the message that shows it, empty where Slack is slow to tell.

    `gone`: somebody deleted it before it was shown.
    """

    file: str
    ts: str = ""
    gone: bool = False


def bring_deck(desk: Desk, steps: Steps, revision: Revision, where: dict[str, str]) -> Brought:
    """Bring a revision's deck to a channel (and thread), once."""
    data = flows.file_of(desk.line, revision, "deck").read_bytes()
    name = f"{revision.spec.kind}-{revision.deck.as_of:%Y-%m-%d}-r{revision.number}.pptx"
    return bring(
        desk, steps, data, name=name, title=f"{revision.deck.title}, r{revision.number}", where=where
    )


def retitle(desk: Desk, brought: Brought, channel: str, told: str) -> None:
    """Say something else beside a file that was brought; Slack may by now list one that it was slow about."""
    late = not brought.ts and brought.file
    ts = desk.files.shown(brought.file, channel, wait=False) if late else brought.ts
    if ts:
        desk.poster.call("chat.update", channel=channel, ts=ts, text=told)


def bring(desk: Desk, steps: Steps, data: bytes, *, name: str, title: str, where: dict[str, str]) -> Brought:
    """Bring a file to a channel (and thread), once."""
    first = steps.step("reserve", lambda: cast("JsonValue", desk.files.reserve(name, len(data)).model_dump()))

    def upload() -> dict[str, JsonValue]:
        reserved = Reserved.model_validate(first)
        there = desk.files.shown(reserved.id, where["channel"]) if steps.again else None
        if not there and not _sent(desk, reserved, data, title, where, again=steps.again):
            reserved = desk.files.reserve(name, len(data))
            desk.files.send(reserved, data)
            desk.files.complete(reserved, title, **where)
        ts = there or desk.files.shown(reserved.id, where["channel"])
        return Brought(file=reserved.id, ts=ts or "", gone=ts is None).model_dump()

    return Brought.model_validate(steps.step("deck", upload))


def _sent(
    desk: Desk, reserved: Reserved, data: bytes, title: str, where: dict[str, str], *, again: bool
) -> bool:
    """Send a reserved file and finish its upload, or find that an earlier try did; False where the file is gone."""
    desk.files.send(reserved, data, again=again)
    try:
        desk.files.complete(reserved, title, **where)
    except SlackApiError as error:
        told = str(error.response.get("error"))
        if not told.startswith("file"):
            raise
        if desk.files.shown(reserved.id, where["channel"], wait=False) is None:
            if told not in GONE:
                raise
            return False
    return True
