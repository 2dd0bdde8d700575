"""The named identity under which something comes by itself into a channel: what it may see there, and who it is."""

from __future__ import annotations

from bot.agent.answers.asking import Asker
from bot.slack.desk import Desk
from bot.slack.places import Roster, Verdict
from bot.slack.request import Request
from connectors.access import Access
from connectors.visibility import nobody, service_grant

# What is said where the company file declares no such identity.
UNDECLARED = (
    "Nothing comes by itself into a channel before the company file says under whose rights: an admin adds "
    '[service] with a name and sees = "all" to it.'
)


def verdict(desk: Desk, channel: str) -> Verdict:
    """Return whether what comes by itself may be said in a channel, and under whose rights: as of now, for all who read there."""
    return verdict_of(desk, desk.places.look(channel))


def verdict_of(desk: Desk, roster: Roster) -> Verdict:
    """Return the same for a channel that was looked at; direct messages are under the person's rights, not here."""
    service = desk.line.company.service
    if service is None:
        access = Access(workspace=desk.workspace, asker=nobody("service"))
        return Verdict(here=False, access=access, why=UNDECLARED)
    if roster.kind == "direct":
        access = Access(workspace=desk.workspace, asker=nobody("service"))
        return Verdict(here=False, access=access, why="Direct messages come under your own rights.")
    return desk.places.weigh(roster, service_grant(service))


def asker(desk: Desk) -> Asker:
    """Return how answers call who asks by itself; it owns no deals."""
    service = desk.line.company.service
    return Asker(name=service.name if service else "schedule")


def judge(desk: Desk, roster: Roster, request: Request) -> Verdict:
    """Return whether what answers a request may be said in a place, and under whose rights: who asked, or the service."""
    if request.scheduled and roster.kind != "direct":
        return verdict_of(desk, roster)
    return desk.places.judge(roster, desk.directory.known(request.user))
