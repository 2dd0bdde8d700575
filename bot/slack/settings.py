"""What a channel was set to, and the edits that wait for the next revision of a draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, cast

from pydantic import JsonValue

from bot.runs.ports import Work
from bot.slack.desk import Desk
from bot.slack.request import Request

Mode = Literal["edits", "mention only", "everything"]
MODES: tuple[Mode, ...] = ("edits", "mention only", "everything")
_CHANNEL, _HELD, _PACE = "channel", "held", "pace"


def mode_of(desk: Desk, channel: str) -> Mode:
    """Return what a channel listens to: edits (and private offers), mentions only, or every question too."""
    note = desk.notes.read(desk.workspace, _CHANNEL, channel) or {}
    return next((mode for mode in MODES if mode == note.get("mode")), "edits")


def set_mode(desk: Desk, channel: str, mode: Mode, *, by: str) -> None:
    """Keep what a channel listens to from now on."""
    desk.notes.write(desk.workspace, _CHANNEL, channel, {"mode": mode, "by": by})


def mark(desk: Desk, conversation: str) -> None:
    """Keep that a revision was made just now."""
    desk.notes.write(desk.workspace, _PACE, conversation, {"at": desk.clock().isoformat()})


def hold(desk: Desk, request: Request, *, pace: timedelta) -> str | None:
    """Hold an edit until the last revision is old enough; return the key of the run that takes it, None if it need not wait."""
    last = desk.notes.read(desk.workspace, _PACE, request.conversation)
    if last is None:
        return None
    at = datetime.fromisoformat(str(last["at"]))
    left = (at + pace - desk.clock()).total_seconds()
    if left <= 0:
        return None
    desk.notes.change(desk.workspace, _HELD, request.conversation, lambda note: _with(note, request))
    key = f"held:{request.conversation}:{at.timestamp():.6f}"
    desk.runs.enqueue(
        Work(
            kind="held",
            key=key,
            lane=request.lane,
            payload={"conversation": request.conversation, "key": key},
        ),
        after=left,
    )
    return key


def held(desk: Desk, conversation: str) -> tuple[Request, ...]:
    """Return the edits that wait in a conversation, oldest first; empty where none does."""
    note = desk.notes.read(desk.workspace, _HELD, conversation) or {}
    return tuple(Request.model_validate(item) for item in _requests(note))


def release(desk: Desk, conversation: str, keys: frozenset[str]) -> None:
    """Forget these edits: they are in a revision."""

    def without(note: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        left = [item for item in _requests(note or {}) if item["key"] not in keys]
        return {"requests": cast("list[JsonValue]", left)} if left else None

    desk.notes.change(desk.workspace, _HELD, conversation, without)


def _with(note: dict[str, JsonValue] | None, request: Request) -> dict[str, JsonValue]:
    known = [item for item in _requests(note or {}) if item["key"] != request.key]
    return {"requests": cast("list[JsonValue]", [*known, request.model_dump(mode="json")])}


def _requests(note: dict[str, JsonValue]) -> list[dict[str, JsonValue]]:
    return cast("list[dict[str, JsonValue]]", note.get("requests", []))
