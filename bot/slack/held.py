"""Edits that wait for the next revision of a draft, so that a thread is not flooded with one revision for each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue

from bot.runs.ports import Work
from bot.slack.desk import Desk
from bot.slack.request import Request

_HELD, _PACE, _BEGUN = "held", "pace", "begun"
# What waited longer, because nothing ran meanwhile, is no longer done by itself.
LATE = timedelta(minutes=10)
# Who took an edit back before it was in a revision.
_DROPPED = "dropped by"


def mark(desk: Desk, draft_id: str) -> None:
    """Keep that a revision of a draft was made just now."""
    desk.notes.write(desk.workspace, _PACE, draft_id, {"at": desk.clock().isoformat()})


def forget_marks(desk: Desk, *, before: datetime) -> int:
    """Forget of which drafts a revision was made before an instant; return how many they were."""
    return desk.notes.forget(
        desk.workspace, _PACE, lambda note: datetime.fromisoformat(str(note["at"])) < before
    )


def hold(desk: Desk, request: Request, draft_id: str, *, pace: timedelta) -> bool:
    """Hold an edit until the draft's last revision is old enough; False when it need not wait."""
    at = _last(desk, draft_id)
    left = 0.0 if at is None else (at + pace - desk.clock()).total_seconds()
    if at is None or left <= 0:
        return False
    desk.notes.change(desk.workspace, _HELD, draft_id, lambda note: _with(note, request))
    key = f"held:{draft_id}:{at.timestamp():.6f}"
    work = Work(kind="held", key=key, lane=request.lane, payload={"draft": draft_id, "key": key})
    desk.runs.enqueue(work, after=left)
    return True


def held(desk: Desk, draft_id: str) -> tuple[Request, ...]:
    """Return the edits that wait for a draft, oldest first; empty where none does."""
    note = desk.notes.read(desk.workspace, _HELD, draft_id)
    return tuple(_request(item) for item in _requests(note) if _DROPPED not in item)


def take_back(desk: Desk, draft_id: str, *, undo: Request) -> Request | None:
    """Drop the newest edit that waits, and return it; None where the last thing that was done is a revision.

    The same undo, heard again, drops nothing more.
    """
    since = _last(desk, draft_id)

    def without(note: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        items = _requests(note)
        if not any(item.get(_DROPPED) == undo.key for item in items):
            waits = [item for item in items if _DROPPED not in item and _after(item, since)]
            items = [item | {_DROPPED: undo.key} if item in waits[-1:] else item for item in items]
        return _note(items)

    after = _requests(desk.notes.change(desk.workspace, _HELD, draft_id, without))
    return next((_request(item) for item in after if item.get(_DROPPED) == undo.key), None)


def release(desk: Desk, draft_id: str, keys: frozenset[str]) -> None:
    """Forget these edits, which are in a revision or were answered otherwise, and those that were taken back."""
    desk.notes.change(
        desk.workspace,
        _HELD,
        draft_id,
        lambda note: _note(
            [item for item in _requests(note) if item["key"] not in keys and _DROPPED not in item]
        ),
    )


def let_go(desk: Desk, request: Request) -> int:
    """Forget the edits of the one who asks so that wait for the draft of that conversation; return how many they were."""
    draft_id = desk.thread(request.conversation).draft_id
    theirs = [one.key for one in held(desk, draft_id) if one.user == request.user] if draft_id else []
    if draft_id and theirs:
        release(desk, draft_id, frozenset(theirs))
    return len(theirs)


def begin(desk: Desk, request: Request) -> None:
    """Keep that a revision is being made at words that did not call us: their author is to hear if it goes wrong."""
    desk.notes.write(desk.workspace, _BEGUN, request.key, {})


def is_begun(desk: Desk, request: Request) -> bool:
    """Say whether a revision at these words was begun and has not come to its end."""
    return desk.notes.read(desk.workspace, _BEGUN, request.key) is not None


def end(desk: Desk, request: Request) -> None:
    """Forget that a revision was begun: it has come to its end."""
    desk.notes.erase(desk.workspace, _BEGUN, request.key)


def _last(desk: Desk, draft_id: str) -> datetime | None:
    note = desk.notes.read(desk.workspace, _PACE, draft_id)
    return None if note is None else datetime.fromisoformat(str(note["at"]))


def _after(item: dict[str, JsonValue], since: datetime | None) -> bool:
    return since is None or _request(item).at >= since


def _with(note: dict[str, JsonValue] | None, request: Request) -> dict[str, JsonValue] | None:
    known = [item for item in _requests(note) if item["key"] != request.key]
    return _note([*known, request.model_dump(mode="json")])


def _request(item: dict[str, JsonValue]) -> Request:
    return Request.model_validate({name: value for name, value in item.items() if name != _DROPPED})


def _requests(note: dict[str, JsonValue] | None) -> list[dict[str, JsonValue]]:
    return cast("list[dict[str, JsonValue]]", (note or {}).get("requests", []))


def _note(items: list[dict[str, JsonValue]]) -> dict[str, JsonValue] | None:
    return {"requests": cast("list[JsonValue]", items)} if items else None
