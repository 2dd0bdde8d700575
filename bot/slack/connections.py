"""Who somebody is in the system of record: asked once, confirmed by them alone, and let go of with a word."""

from __future__ import annotations

from bot.slack import blocks as b
from bot.slack.desk import Answer, Desk
from bot.slack.gate import SIGN_IN, SIGN_OUT, USER_ME, USER_NOT_ME, to_connect
from bot.slack.people import Known
from connectors.errors import Conflict, ConnectorError, NotConnected, TryLater
from connectors.protocol import Connecting
from connectors.records import Person

NONE_HERE = "There is nothing to connect here: whose rights count is declared in the company file."
NOT_YOURS = "That button is somebody else's. Nothing was changed."


def asked(desk: Desk, known: Known, value: str) -> Answer:
    """Return the question whether somebody is the user who has their address; it is theirs alone to answer."""
    connecting, person, why = _about(desk, known, value)
    if connecting is None or person is None:
        return Answer(to="alone", why=why)
    name = connecting.connected_as(person.id)
    if name and not known.connects:
        return Answer(to="alone", why=f"You are connected already, as {name}.")
    label, again = connecting.label, (_again(connecting, known),)
    try:
        name = connecting.propose(person)
    except NotConnected as refusal:
        return Answer(to="alone", why=f"{refusal}.", buttons=again)
    except TryLater:
        why = f"{label} does not answer at the moment. Press once more in a while."
        return Answer(to="alone", why=why, buttons=again)
    except ConnectorError:
        why = f"{label} does not tell me who you are there. An admin of Quarterdeck runs quarterdeck doctor, which says why."
        return Answer(to="alone", why=why, buttons=again)
    return Answer(
        to="alone",
        why=f"In {label} I take you for {name}. Is that you? I then read there as you, and show you what you see there.",
        buttons=(
            ("That is me", USER_ME, f"{known.member.id}:{name}"),
            ("Not me", USER_NOT_ME, known.member.id),
        ),
    )


def confirmed(desk: Desk, known: Known, value: str) -> Answer:
    """Sign somebody in as the user who they said to be, and return what came of it."""
    user, _, name = value.partition(":")
    connecting, person, why = _about(desk, known, user)
    if connecting is None or person is None:
        return Answer(to="alone", why=why)
    label, again = connecting.label, (_again(connecting, known),)
    try:
        connecting.connect(person.id, name)
    except TryLater:
        why = f"{label} does not answer at the moment, so you are not connected. Press once more in a while."
    except Conflict:
        why = f"{name} is not who I asked you about last. Press once more."
    except ConnectorError as refusal:
        why = f"You are not connected: {refusal}. Press once more when that is done."
    else:
        return Answer(to="alone", why=f"Connected as {name}: ask again.")
    return Answer(to="alone", why=why, buttons=again)


def refused(desk: Desk, known: Known, value: str) -> Answer:
    """Forget who was proposed to somebody."""
    connecting, person, why = _about(desk, known, value)
    if connecting is None or person is None:
        return Answer(to="alone", why=why)
    connecting.disconnect(person.id)
    label = connecting.label
    return Answer(
        to="alone",
        why=f"Then you stay unconnected. In {label}, that user has your e-mail address: a {label} administrator looks "
        "at Setup, Users.",
    )


def let_go(desk: Desk, known: Known) -> Answer:
    """Forget somebody's sign-in and what they see, at once."""
    connecting, person, why = _about(desk, known, known.member.id)
    if connecting is None or person is None:
        return Answer(to="alone", why=why)
    label, again = connecting.label, (_again(connecting, known),)
    if not connecting.connected_as(person.id):
        return Answer(to="alone", why=f"You have not connected {label}.", buttons=again)
    gone = connecting.disconnect(person.id)
    there = "" if gone else f" {label} did not confirm that it forgot it too; it runs out there by itself."
    return Answer(
        to="alone",
        why=f"Disconnected: your sign-in and what you see in {label} are forgotten here.{there}",
        buttons=again,
    )


def on_home(desk: Desk, known: Known) -> list[b.Block]:
    """Return as whom somebody is connected and how they let go of it, or why nothing is shown to them and how they connect."""
    connecting, person = desk.connecting, known.person
    name = connecting.connected_as(person.id) if connecting is not None and person is not None else ""
    buttons = [b.button(*found) for found in to_connect(desk, known)]
    if connecting is not None and name:
        buttons.append(b.button(f"Disconnect {connecting.label}", SIGN_OUT, known.member.id))
    said = [f"You are connected to {connecting.label} as {name}."] if connecting is not None and name else []
    return [*([b.plain(known.why)] if known.why else []), *b.grey(said), *b.actions(buttons)]


def _about(desk: Desk, known: Known, user: str) -> tuple[Connecting | None, Person | None, str]:
    """Return what is connected and who does so; else why it is not theirs to."""
    if desk.connecting is None or known.person is None:
        return None, None, NONE_HERE
    if user != known.member.id:
        return None, None, NOT_YOURS
    return desk.connecting, known.person, ""


def _again(connecting: Connecting, known: Known) -> tuple[str, str, str]:
    return (f"Connect {connecting.label}", SIGN_IN, known.member.id)
