"""The brake: an admin stops all that the bot does by itself with one word, and lets it go on with another."""

from __future__ import annotations

from datetime import datetime

from bot.agent.brakes import BRAKE
from bot.agent.intents import Errand
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.people import Known
from bot.slack.request import Request

_KIND, _ID, _GONE_ON = "brake", "all", "gone on"


def stopped(desk: Desk) -> str:
    """Return who stopped everything and when, as a sentence's part; empty while nothing is stopped."""
    note = desk.notes.read(desk.workspace, _KIND, _ID)
    return "" if note is None else f"stopped by {note['by']} on {note['at']}"


def let_go_on(desk: Desk) -> datetime | None:
    """Return when everything was let go on for the last time; None while it never was."""
    note = desk.notes.read(desk.workspace, _KIND, _GONE_ON)
    return None if note is None else datetime.fromisoformat(str(note["at"]))


def _errand(desk: Desk, request: Request, known: Known, _asked: Errand) -> Answer:
    """Stop everything that begins by itself, or let it go on; whoever may not has the admins told."""
    found = BRAKE.fullmatch(request.text.strip())
    if found is None:
        return Answer(
            to="alone",
            why=f"I left everything as it is. {desk.command} stop alone stops all that I do by myself; "
            f"to stop one schedule or goal, press its button under {desk.command} schedules or {desk.command} goals.",
        )
    go_on, asker = found["on"] is not None, known.asker.name
    if go_on and not stopped(desk):
        return Answer(to="alone", why="Nothing is stopped, so there is nothing to go on with.")
    if not desk.directory.is_in("admin", known):
        names = " and ".join(desk.directory.named("admin"))
        admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
        word = "go on" if go_on else "stop everything"
        told = f"{asker} would have me {word}. Say {desk.command} {'resume' if go_on else 'stop'} if I shall."
        same = f"brake:{word}:{request.user}"
        said = "I told them." if admins else "None of them has spoken with me yet, so I could tell nobody."
        return Answer(
            to="alone",
            why=f"Only {names or 'an admin of the company file'} can. {said}",
            tells=tuple((user, told, same) for user in admins),
        )
    at = f"{desk.clock().astimezone(desk.line.company.zone):%-d %b %H:%M}"
    if go_on:
        desk.notes.write(desk.workspace, _KIND, _GONE_ON, {"at": desk.clock().isoformat()})
        desk.notes.erase(desk.workspace, _KIND, _ID)
        return Answer(to="alone", why=f"I go on: {asker}, {at}. What was due meanwhile is not made up for.")
    desk.notes.write(desk.workspace, _KIND, _ID, {"by": asker, "at": at})
    return Answer(
        to="alone",
        why=f"All writes, sends and schedules are off: {asker}, {at}. {desk.command} resume lets me go on.",
    )


FEATURE = Feature(errands={"stop": _errand})
