"""The mirror follows the system of record while the bot serves; the admins hear when it cannot, and when it can again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.runs.ports import Payload, Steps, Work
from bot.slack.desk import Desk
from bot.slack.feature import Feature
from bot.slack.telling import tell_others
from connectors.errors import ConnectorError, NoData, TryLater
from reports import words

_KIND: Final = "synced"
_WORK: Final = "sync"
# A system that is out of reach is mostly back soon: so many syncs in a row may fail before somebody is told.
PATIENCE: Final = 4


def _due(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Return the sync of this quarter of an hour, or whatever time the settings say; none where nothing is fetched."""
    if desk.syncing is None:
        return ()
    slot = int(now.timestamp() // desk.syncing.every.total_seconds())
    return (
        Work(kind=_WORK, key=f"{_WORK}:{slot}", lane=f"{desk.workspace}:{_WORK}", payload={"slot": slot}),
    )


def _work(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Bring the mirror up to date; tell the admins once when that fails for good or for long, and once when it is mended."""
    said = steps.step("sync", lambda: _synced(desk))
    if said:
        admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
        same = f"{_WORK}:{payload['slot']}"
        steps.step("tell", lambda: tell_others(desk, tuple((user, said, same) for user in admins)))


def _synced(desk: Desk) -> str:
    """Sync, and return what the admins should hear of it; mostly nothing."""
    if desk.syncing is None:
        return ""
    before = desk.notes.read(desk.workspace, _KIND, "") or {"failed": 0, "told": False}
    failed, told = int(str(before["failed"])), bool(before["told"])
    try:
        desk.syncing.run()
    except ConnectorError as error:
        failed += 1
        tell = not told and (failed >= PATIENCE or not isinstance(error, TryLater))
        desk.notes.write(desk.workspace, _KIND, "", {"failed": failed, "told": told or tell})
        return f"Records do not come any more: {error}. {_meanwhile(desk)}" if tell else ""
    if failed:
        desk.notes.write(desk.workspace, _KIND, "", {"failed": 0, "told": False})
    return "Records come again: reports are up to date." if told else ""


def _meanwhile(desk: Desk) -> str:
    try:
        known = desk.line.mirror.current().as_of
    except NoData:
        return "There are none yet, so nothing can be reported."
    return f"Reports speak as of {words.instant(known, desk.line.company.zone)} until that is mended; I try again and again."


FEATURE = Feature(works={_WORK: _work}, clock=(_due,))
