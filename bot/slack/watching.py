"""A watched folder: an export that appears there is taken in once, and the admins are told what became of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import JsonValue

from bot.runs.ports import Payload, Steps, Work
from bot.slack.desk import Desk
from bot.slack.feature import Feature
from bot.slack.telling import tell_others
from bot.watched import exports
from connectors.errors import ConnectorError, TryLater

_KIND, _WORK = "watched", "watch"


def _due(desk: Desk, _now: datetime) -> tuple[Work, ...]:
    """Return a work for each file that is there as it was a minute ago and was not looked at yet."""
    return tuple(
        Work(
            kind=_WORK,
            key=f"{_WORK}:{path.name}:{stamp}:{tries}",
            lane=f"{desk.workspace}:{_WORK}",
            payload={"file": path.name, "stamp": stamp},
        )
        for path in (exports(desk.watched.folder) if desk.watched else ())
        if (stamp := _stamp(path)) and (tries := _tries(desk, path.name, stamp))
    )


def _tries(desk: Desk, name: str, stamp: str) -> int:
    """Return which try of a file is due, 1 for the first; 0 where it has changed lately, which is kept, or is done."""
    before = desk.notes.read(desk.workspace, _KIND, name)
    if before is None or before["stamp"] != stamp:
        desk.notes.write(desk.workspace, _KIND, name, {"stamp": stamp, "done": False, "tries": 1})
        return 0
    return 0 if before["done"] else int(str(before["tries"]))


def _work(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Take one file in, bring the mirror up to date, and tell the admins; a file that fails waits until it changes."""
    name, stamp = str(payload["file"]), str(payload["stamp"])
    said = steps.step("take", lambda: _taken(desk, name, stamp))
    if said:
        admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
        same = f"{_WORK}:{name}:{stamp}"
        steps.step("tell", lambda: tell_others(desk, tuple((user, said, same) for user in admins)))


def _taken(desk: Desk, name: str, stamp: str) -> str:
    """Return what became of a file; empty where it is no export of deals, or has changed meanwhile."""
    if desk.watched is None or _stamp(desk.watched.folder / name) != stamp:
        return ""
    try:
        said = desk.watched.take(desk.watched.folder / name)
    except TryLater:
        # Somebody else is writing just now: the next minute tries it again, as a work of its own.
        _note(desk, name, stamp, done=False)
        return ""
    except (ConnectorError, OSError) as error:
        reason = str(error) if isinstance(error, ConnectorError) else error.__class__.__name__
        said = f"{name} was not taken in: {reason}. I try it again once it has changed."
    _note(desk, name, stamp, done=True)
    return said


def _note(desk: Desk, name: str, stamp: str, *, done: bool) -> None:
    """Keep that a file was tried once more, and whether that was the last time."""

    def tried(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        tries = 1 if note is None or note["stamp"] != stamp else int(str(note["tries"])) + 1
        return {"stamp": stamp, "done": done, "tries": tries}

    desk.notes.change(desk.workspace, _KIND, name, tried)


def _stamp(path: Path) -> str:
    """Return what changes when a file is written; empty where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size}:{found.st_mtime_ns}"


FEATURE = Feature(works={_WORK: _work}, clock=(_due,))
