"""Who somebody is in the system of record: asked once, confirmed by them alone, and let go of with a word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.slack import blocks as b
from bot.slack.desk import Answer, Desk
from bot.slack.gate import SIGN_IN, SIGN_OUT, USER_ME, USER_NOT_ME, to_connect
from bot.slack.people import Known
from connectors.errors import Conflict, ConnectorError, NotConnected, TryLater
from connectors.protocol import Back, Browsing, Connecting
from connectors.records import Person

NONE_HERE = "There is nothing to connect here: whose rights count is declared in the company file."
NOT_YOURS = "That button is somebody else's. Nothing was changed."
# What [No] carries where somebody signed in in the browser, with the instant of that sign-in.
_BROWSER: Final = "browser"


def asked(desk: Desk, known: Known, value: str) -> Answer:
    """Return the question whether somebody is the user who has their address; it is theirs alone to answer."""
    connecting, person, why = _about(desk, known, value)
    if connecting is None or person is None:
        return Answer(to="alone", why=why)
    name = connecting.connected_as(person.id)
    if name and not known.connects:
        return Answer(to="alone", why=f"You are connected already, as {name}.")
    label, again = connecting.label, (_again(connecting, known),)
    if connecting.browser is not None and connecting.browser.goes_first(person.id):
        return _by_browser(connecting, connecting.browser, known, person)
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
    except NotConnected as refusal:
        if connecting.browser is not None:
            return _by_browser(connecting, connecting.browser, known, person, first=f"{refusal}. ")
        why = f"You are not connected: {refusal}. Press once more."
    except ConnectorError as refusal:
        why = f"You are not connected: {refusal}. Press once more when that is done."
    else:
        return Answer(to="alone", why=f"Connected as {name}: ask again.")
    return Answer(to="alone", why=why, buttons=again)


def refused(desk: Desk, known: Known, value: str) -> Answer:
    """Forget who was proposed to somebody, or the sign-in from the browser that was asked about; no later one."""
    user, _, rest = value.partition(":")
    way, _, at = rest.partition(":")
    connecting, person, why = _about(desk, known, user)
    if connecting is None or person is None:
        return Answer(to="alone", why=why)
    label = connecting.label
    if name := connecting.connected_as(person.id):
        return Answer(
            to="alone",
            why=f"That was an old question, and nothing was changed: you are connected to {label} as {name}. "
            "My Home tab has the button that disconnects you.",
        )
    if way == _BROWSER and connecting.browser is not None and at:
        connecting.browser.lapse(person.id, datetime.fromisoformat(at))
    else:
        connecting.disconnect(person.id)
    if way == _BROWSER:
        return Answer(
            to="alone",
            why="Then you stay unconnected, and that sign-in is revoked. If it was not you who opened the link, tell a "
            f"{label} administrator: somebody signed in there as you.",
            buttons=(_again(connecting, known),),
        )
    return Answer(
        to="alone",
        why=f"Then you stay unconnected. In {label}, that user has your e-mail address: a {label} administrator looks "
        "at Setup, Users.",
    )


def returned(desk: Desk, known: Known, back: Back) -> Answer:
    """Return what somebody hears of whoever came back from the browser by their link: a question, or why nothing is kept."""
    connecting = desk.connecting
    if connecting is None or known.person is None or known.person.id != back.person:
        return Answer(
            to="alone", why="By now you are somebody else in the CRM, so that sign-in counts for nothing."
        )
    label = connecting.label
    if back.why:
        why = f"You are not connected: {back.why}. Press once more when you want to try again."
        return Answer(to="alone", why=why, buttons=(_again(connecting, known),))
    there, here = back.email.casefold().removesuffix(".invalid"), known.member.email
    differs = "" if there == here else f" There your e-mail address is {back.email}, in Slack it is {here}."
    return Answer(
        to="alone",
        why=f"Signed in to {label} as {back.name} ({back.user_name}). Is this you?{differs} If so, I read there as you, and "
        f"show you what you see there. Without an answer I forget it in {_minutes(back.waits)} minutes.",
        buttons=(
            ("Yes", USER_ME, f"{known.member.id}:{back.user_name}"),
            ("No", USER_NOT_ME, f"{known.member.id}:{_BROWSER}:{back.at.isoformat()}"),
        ),
    )


def let_go(desk: Desk, known: Known) -> Answer:
    """Forget somebody's sign-in and what they see, at once; whoever is nobody of the CRM any more can do that, too."""
    connecting, person = desk.connecting, desk.directory.said_to_be(known.member.id)
    if connecting is None or not person:
        return Answer(to="alone", why=NONE_HERE)
    label, again = connecting.label, (_again(connecting, known),) if known.person is not None else ()
    if not connecting.connected_as(person):
        return Answer(to="alone", why=f"You have not connected {label}.", buttons=again)
    gone = connecting.disconnect(person)
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


def _by_browser(
    connecting: Connecting, browser: Browsing, known: Known, person: Person, *, first: str = ""
) -> Answer:
    """Return the link by which one person signs in in the browser."""
    label = connecting.label
    try:
        address = browser.set_out(person.id, known.member.id)
    except TryLater:
        why = "I cannot make you a link at the moment. Press once more in a while."
        return Answer(to="alone", why=why, buttons=(_again(connecting, known),))
    return Answer(
        to="alone",
        why=f"{first}Sign in to {label} in the browser. The link is for you alone: it works once, for "
        f"{_minutes(browser.life)} minutes. When you are back, I ask you here whether it was you.",
        links=((f"Sign in to {label}", address),),
    )


def _minutes(span: timedelta) -> str:
    return f"{span / timedelta(minutes=1):.0f}"


def _again(connecting: Connecting, known: Known) -> tuple[str, str, str]:
    return (f"Connect {connecting.label}", SIGN_IN, known.member.id)
