"""What happens in a season, at random: people ask, command, edit, press buttons; others come, go, and are shared with."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.fakes.slack import BOT_USER, Channel, Message
from tests.fakes.slack.shapes import Blocks, Ephemeral
from tests.scenarios.slack.audience import asks
from tests.scenarios.slack.audience.crowd import stirred
from tests.scenarios.slack.audience.street import Street


def step(dice: Random, street: Street, *, decks: float) -> None:
    """Let one thing happen in one channel; `decks` is the share of requests for a report."""
    channel = changed(dice, street, odds=0.1)
    street.between = lambda key: _stir(dice, street, key, odds=0.1)
    people = speakers(street, channel)
    if not people:
        return
    who, told = dice.choice(people), street.world.messages.values()
    ours = [one for one in told if one.user == BOT_USER and one.channel == channel.id and not one.deleted]
    kind, town = dice.random(), street.town
    if channel.is_archived:
        street.say(who, channel.id, asks.question(dice, town), command=True)
    elif kind < 0.12:
        street.say(who, street.world.im(who).id, asks.question(dice, town))
    elif kind < 0.12 + decks:
        street.say(who, channel.id, asks.deck(dice, town), command=dice.random() < 0.5)
    elif kind < 0.3 and ours:
        root = dice.choice(ours)
        street.say(who, channel.id, asks.edit(dice, town), thread=root.thread_ts or root.ts)
    elif kind < 0.45:
        _pressed(dice, street, who, ours)
    elif kind < 0.47:
        street.home(who)
    else:
        street.say(who, channel.id, asks.question(dice, town), command=dice.random() < 0.3)


def changed(dice: Random, street: Street, *, odds: float) -> Channel:
    """Return a channel, to which now and then something happens first."""
    key = dice.choice([key for key in street.world.channels if key.startswith("C")])
    return _stir(dice, street, key, odds=odds)


def _stir(dice: Random, street: Street, key: str, *, odds: float) -> Channel:
    if dice.random() < odds and not key.startswith("D"):
        users = [key for key in street.rules.readers if key != "UROBOT"]
        street.change(stirred(dice, street.world.channels[key], users))
    return street.world.channels[key]


def speakers(street: Street, channel: Channel) -> list[str]:
    """Return the members of a channel who can say something: no programs, and nobody whose account is closed."""
    users = street.world.users
    return [key for key in channel.members if not users[key].is_bot and not users[key].deleted]


def _pressed(dice: Random, street: Street, who: str, ours: list[Message]) -> None:
    """Let somebody press a button of something that stands before that person's eyes."""
    whispers = [one for one in street.world.ephemerals.values() if one.viewer == who]
    shown: list[Message | Ephemeral] = [one for one in (*ours, *whispers) if any(_buttons(one.blocks))]
    if shown:
        message = dice.choice(shown)
        street.press(who, message, dice.choice(list(_buttons(message.blocks))))


def _buttons(blocks: Blocks) -> Iterator[dict[str, str]]:
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory", {})):
            if element.get("type") == "button":
                yield {"action_id": element["action_id"], "value": element.get("value", "")}
