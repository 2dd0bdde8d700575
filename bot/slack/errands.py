"""What admins say about the installation itself: allow a channel, set what it listens to, link a person."""

from __future__ import annotations

import re

from bot.slack import connections, settings
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.request import Request

_ALLOW = re.compile(r"(allow|disallow)(?:\s+(?:this(?:\s+channel)?|here|#?([\w.-]+)))?", re.IGNORECASE)
_MODE = re.compile(
    r"(?:listen\s+to\s+|listen:\s*)?(edits|mentions?\s+only|everything)(?:\s+here)?", re.IGNORECASE
)
_LINK = re.compile(r"(?i:link)\s+@?(?P<user>[UW][A-Z0-9]+)\s+(?:to\s+|=\s*)?(?P<person>.+)")
# A command's text shows whom it names; the id is beside it.
_LINK_NAMED = re.compile(r"link\s+@(?P<name>.+?)\s*(?:\sto\s|=)\s*(?P<person>.+)", re.IGNORECASE)
_DISCONNECT = re.compile(r"disconnect(?:\s+(?:me|salesforce))*", re.IGNORECASE)
_WHO = re.compile(r"who\s*am\s*i\??|whoami", re.IGNORECASE)


def run(desk: Desk, request: Request, known: Known) -> Answer | None:
    """Do what an admin says about the installation, and return what is told; None where the words are about something else."""
    if request.surface == "thread":
        return None
    text = request.text.strip().rstrip(".!")
    if _WHO.fullmatch(text):
        person = known.person
        return Answer(
            to="alone",
            why=f"In the CRM you are {person.name}, {person.role}."
            if person
            else "The CRM does not know you.",
        )
    if desk.connecting is not None and _DISCONNECT.fullmatch(text):
        return connections.let_go(desk, known)
    if found := _ALLOW.fullmatch(text):
        channel = next(iter(request.channels), found[2] or request.channel)
        return _admin(desk, known) or _allow(
            desk, known, channel=channel, named=bool(found[2]), on=found[1].lower() == "allow"
        )
    if found := _MODE.fullmatch(text):
        mode = "mention only" if found[1].lower().startswith("mention") else found[1].lower()
        return _admin(desk, known) or _listen(desk, request, known, mode)
    if request.people and (found := _LINK_NAMED.fullmatch(text)):
        return _admin(desk, known) or _linked(desk, request.people[0], found["person"].strip())
    if found := _LINK.fullmatch(text):
        return _admin(desk, known) or _linked(desk, found["user"], found["person"].strip())
    return None


def leave(desk: Desk, request: Request, known: Known) -> Answer | None:
    """Let somebody go who has connected the system of record and says so, whether they are let in or not; else None."""
    if desk.connecting is None or request.surface == "thread":
        return None
    said = _DISCONNECT.fullmatch(request.text.strip().rstrip(".!"))
    person = desk.directory.said_to_be(request.user) if said else ""
    return connections.let_go(desk, known) if person and desk.connecting.connected_as(person) else None


def _admin(desk: Desk, known: Known) -> Answer | None:
    if desk.directory.is_in("admin", known):
        return None
    names = (
        " and ".join(desk.directory.named("admin"))
        or "Nobody yet: the company file names no admin, so nobody"
    )
    return Answer(to="alone", why=f"Only {names} can do that.")


def _allow(desk: Desk, known: Known, *, channel: str, named: bool, on: bool) -> Answer:
    roster = desk.places.look(channel)
    if roster.kind == "unknown" and named:
        return Answer(to="alone", why=f"I see no channel by {channel!r}; type # and pick it from the list.")
    if roster.kind != "channel":
        return Answer(
            to="alone", why="Say that in the channel it is about; here is none that I could post in."
        )
    if roster.shared:
        return Answer(to="alone", why=f"#{roster.name} has people from outside: I never post there.")
    name = known.asker.name
    if on:
        desk.places.allow(roster.id, by=name)
        invite = "" if roster.member else " I am not in it yet: type /invite @quarterdeck there."
        return Answer(to="alone", why=f"From now on I may post in #{roster.name}.{invite}")
    gone = desk.places.disallow(roster.id)
    return Answer(
        to="alone",
        why=f"I no longer post in #{roster.name}."
        if gone
        else f"#{roster.name} is in QUARTERDECK_CHANNELS, which only the installation's settings can change.",
    )


def _listen(desk: Desk, request: Request, known: Known, mode: str) -> Answer:
    found = next(item for item in settings.MODES if item == mode)
    settings.set_mode(desk, request.channel, found, by=known.asker.name)
    told = {
        "edits": "Here I act on edits of my decks without a mention, and offer answers privately.",
        "mention only": "Here I act on mentions only.",
        "everything": "Here I act on edits of my decks and answer questions in their threads without a mention.",
    }
    return Answer(to="alone", why=told[found])


def _linked(desk: Desk, user: str, name: str) -> Answer:
    folded = name.casefold()
    people = [
        person
        for person in desk.line.crm.people()
        if folded in {person.name.casefold(), person.email.casefold()}
    ]
    if len(people) != 1:
        return Answer(
            to="alone",
            why=f"The CRM has {'nobody' if not people else 'several people'} called {name!r}; give the e-mail address.",
        )
    member = desk.directory.member(user, fresh=True)
    if not member.name:
        return Answer(to="alone", why=f"Slack knows nobody by {user!r}; write @ and pick the person.")
    if member.outside or member.gone or member.program:
        return Answer(
            to="alone",
            why=f"{member.name or user} is no colleague in Slack (a guest, an app, or deactivated), and so nobody of the CRM.",
        )
    desk.directory.link(user, people[0].id)
    return Answer(to="alone", why=f"Linked: that person is {people[0].name}, {people[0].role}, in the CRM.")
