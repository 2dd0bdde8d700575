"""Larkmoor Software's workspace: the people of the demo CRM, and some who are not in it."""

from __future__ import annotations

import time
from collections.abc import Callable

from connectors.demo.people import email, people
from tests.fakes.slack.shapes import Channel, User
from tests.fakes.slack.world import BOT_USER, World

ZONES = {"AMER": "America/New_York", "EMEA": "Europe/Berlin", "APAC": "Australia/Sydney"}
MARKETING = "Paula Renner"
GUEST = "Gil Ostrow"
SINGLE_GUEST = "Sana Lindqvist"
STRANGER = "Ulla Brandt"
GONE = "Oscar Leland"


def larkmoor_world(*, now: Callable[[], float] = time.time) -> World:
    """Return the workspace: everybody of the demo CRM by name, and channels of every kind.

    Beside them Paula Renner of marketing, whom the CRM does not know; Gil Ostrow and Sana Lindqvist, guests with many
    channels and with one; Ulla Brandt of a customer, over Slack Connect; Oscar Leland, who has left;
    Standup Bot, which is another app's.
    """
    staff = people()
    users = [
        User(
            id=f"U{person.id.upper()}",
            name=person.name,
            email=person.email,
            zone=ZONES.get(person.region, ZONES["AMER"]),
        )
        for person in staff
    ]
    marketing = User(id="UPAULA", name=MARKETING, email=email(MARKETING))
    guest = User(id="UGIL", name=GUEST, email="gil@ostrow-advisers.example", is_restricted=True)
    single = User(
        id="USANA",
        name=SINGLE_GUEST,
        email="sana@freelance.example",
        is_restricted=True,
        is_ultra_restricted=True,
    )
    stranger = User(
        id="UULLA", name=STRANGER, email="ulla@brandt.example", team_id="T0CUSTOMER", is_stranger=True
    )
    robot = User(id="USTANDUP", name="Standup Bot", is_bot=True)
    gone = User(id="UOSCAR", name=GONE, email=email(GONE), deleted=True)
    lead = {person.name: f"U{person.id.upper()}" for person in staff}
    dana, revops = lead["Dana Whitcombe"], lead["Marcus Bell"]
    managers = [f"U{person.id.upper()}" for person in staff if person.role == "Sales manager"]
    emea = [f"U{person.id.upper()}" for person in staff if person.region == "EMEA"]
    everybody = [user.id for user in users]
    channels = [
        _channel("CLEADERS", "sales-leadership", dana, *managers, revops),
        _channel("CEMEA", "emea-sales", dana, *emea),
        _channel("CALL", "all-sales", *everybody),
        _channel("CSHARED", "customer-shared", dana, *emea[:2], stranger.id, is_ext_shared=True),
        _channel("CPENDING", "customer-pending", dana, *emea[:2], is_pending_ext_shared=True),
        _channel("CGUEST", "with-guest", dana, *managers, guest.id),
        _channel("CRANDOM", "random", *everybody, marketing.id, robot.id),
        _channel("CARCHIVED", "archived", dana, *managers, is_archived=True),
        _channel("CLEGAL", "private-with-bot", dana, revops, is_private=True),
        Channel(id="CSECRET", name="private-no-bot", members=(dana, *managers), is_private=True),
        Channel(id="COUTSIDE", name="public-no-bot", members=(dana, *managers)),
    ]
    return World([*users, marketing, guest, single, stranger, gone, robot], channels, now=now)


def _channel(key: str, name: str, *members: str, **marks: bool) -> Channel:
    return Channel(id=key, name=name, members=(*members, BOT_USER), **marks)
