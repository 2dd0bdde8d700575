"""Random people and places of one Slack: who may see what, who is there, and how channels change."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from connectors.records import Person
from tests.fakes.slack import BOT_USER, TEAM, Channel, User
from tests.scenarios.slack.audience import town as towns
from tests.scenarios.slack.audience.rules import Reader

# The channels that the installation allows begin with this.
ALLOWED = "allowed"


def visibility(dice: Random) -> dict[str, str]:
    """Return who may see what: mostly as companies do it, now and then anything at all."""
    if dice.random() < 0.25:
        return {role: dice.choice(towns.VIEWS) for role in towns.ROLES if dice.random() < 0.9}
    return {
        "VP Sales": "all",
        "Operations": "all",
        "Manager": dice.choice(("all", "all", "region", "team")),
        "Rep": dice.choice(("all", "region", "region", "own")),
    }


def crowd(
    dice: Random, staff: tuple[Person, ...], *, odds: float
) -> tuple[list[User], dict[str, str], dict[str, Reader]]:
    """Return the people of a Slack, who was linked to whom, and what the oracle knows of them.

    `odds` scales how often somebody is a guest, has left Slack, was never asked, or is linked to somebody else.
    """
    users: list[User] = []
    links: dict[str, str] = {}
    readers: dict[str, Reader] = {}
    for person in staff:
        guest, gone = dice.random() < 0.04 * odds, dice.random() < 0.04 * odds
        user = User(
            id=f"U{person.id}",
            name=f"Slack {person.id}",
            email=person.email,
            team_id=TEAM,
            is_restricted=guest,
            deleted=gone,
        )
        users.append(user)
        linked = person.id
        if dice.random() >= 0.1 * odds:
            linked = dice.choice(staff).id if dice.random() < 0.08 * odds else person.id
            links[user.id] = linked
        readers[user.id] = Reader(user.id, None if gone else linked, outside=guest)
    users += [
        User(
            id="UGUEST", name="Guest", email=dice.choice(staff).email, team_id=TEAM, is_ultra_restricted=True
        ),
        User(
            id="USTRANGER",
            name="Stranger",
            email=dice.choice(staff).email,
            team_id="T0OTHER",
            is_stranger=True,
        ),
        User(id="UMARKETING", name="Marketing", email="m@town.example", team_id=TEAM),
        User(id="UROBOT", name="Standup", is_bot=True, team_id=TEAM),
    ]
    readers |= {
        "UGUEST": Reader("UGUEST", None, outside=True),
        "USTRANGER": Reader("USTRANGER", None, outside=True),
        "UMARKETING": Reader("UMARKETING", None),
        "UROBOT": Reader("UROBOT", None, program=True),
    }
    return users, links, readers


def team_channel(dice: Random, number: int, users: list[User], staff: tuple[Person, ...]) -> Channel:
    """Return a channel as companies have them: the leaders', or a region's with everybody who leads it."""
    region = dice.choice((*towns.REGIONS, ""))
    leads = {one.id for one in staff if one.role != "Rep" and (not region or one.region in {region, ""})}
    team = leads | {one.id for one in staff if one.role == "Rep" and one.region == region}
    return Channel(
        id=f"C{number:03}",
        name=f"{ALLOWED}-{number}",
        members=(*(user.id for user in users if user.id.removeprefix("U") in team), BOT_USER),
    )


def any_channel(dice: Random, number: int, users: list[User]) -> Channel:
    """Return a channel of some people, now and then with somebody from outside, or not as it should be."""
    staff = [user.id for user in users if user.id.startswith("UP")]
    strangers = [user.id for user in users if not user.id.startswith("UP")]
    size = dice.choice((2, 3, 4, 6, len(staff)))
    members = dice.sample(staff, size)
    if dice.random() < 0.15:
        members.append(dice.choice(strangers))
    odd = dice.random()
    return Channel(
        id=f"C{number:03}",
        name=f"{ALLOWED if dice.random() < 0.9 else 'unlisted'}-{number}",
        members=(*members, *((BOT_USER,) if dice.random() < 0.94 else ())),
        is_private=dice.random() < 0.3,
        is_archived=odd < 0.03,
        is_ext_shared=0.03 <= odd < 0.06,
        is_pending_ext_shared=0.06 <= odd < 0.09,
    )


def stirred(dice: Random, channel: Channel, users: list[str]) -> Channel:
    """Return a channel after something happened to it: somebody came or went, or it was shared or archived."""
    match dice.choice(("join", "leave", "leave", "share", "unshare", "unshare", "unshare")):
        case "join":
            return replace(channel, members=tuple(dict.fromkeys((*channel.members, dice.choice(users)))))
        case "leave":
            people = [user for user in channel.members if user != BOT_USER]
            if len(people) < 2:
                return channel
            gone = next((user for user in people if not user.startswith("UP")), dice.choice(people))
            return replace(channel, members=tuple(user for user in channel.members if user != gone))
        case "share":
            return replace(channel, is_ext_shared=dice.random() < 0.3)
        case _:
            return replace(channel, is_ext_shared=False, is_pending_ext_shared=False, is_archived=False)
