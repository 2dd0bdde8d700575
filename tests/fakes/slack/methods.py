"""The list of Web API methods: each with its scope, the kind of token it takes, and one function that carries it out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.slack.shapes import Channel, Json, Refused
from tests.fakes.slack.world import BOT_USER, World

T = TypeVar("T")
KIND_WORDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True, slots=True)
class Args:
    """The arguments of one call, as text (form) or as JSON, and the scopes of its token; None means all scopes."""

    values: Mapping[str, Any]
    scopes: frozenset[str] | None = None

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str:
        """Return an argument that is a string.

        Raises:
            Refused: invalid_arguments; it is missing and has no default.
        """
        if not self.has(name):
            if default is None:
                raise Refused("invalid_arguments", f"missing required field: {name}")
            return default
        return str(self.values[name])

    def maybe(self, name: str) -> str | None:
        return str(self.values[name]) if self.has(name) else None

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.values.get(name)
        return default if value is None else str(value).casefold() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.values.get(name) or default)
        except ValueError:
            raise Refused("invalid_arguments", f"{name} must be a number") from None

    def data(self, name: str) -> Any:
        """Return an argument that is JSON, None when it is missing.

        Raises:
            Refused: invalid_arguments, or invalid_blocks_format for blocks; it is text that is no JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            wrong = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise Refused(wrong, f"{name} must be JSON") from None

    def require(self, *scopes: str) -> None:
        """Raise missing_scope unless the token has one of these.

        Raises:
            Refused: missing_scope, naming what is needed and what there is.
        """
        if self.scopes is None or self.scopes.intersection(scopes):
            return
        raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.scopes)))


Handler = Callable[[World, Args], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it needs, and what it does."""

    name: str
    run: Handler
    scopes: tuple[str, ...]
    token: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, token: str = "bot") -> Callable[[Handler], Handler]:
    """Enter a function into the list of methods; the token must have each of the scopes."""

    def enter(run: Handler) -> Handler:
        METHODS[name] = Method(name, run, scopes, token)
        return run

    return enter


def known_scopes() -> frozenset[str]:
    """Return every scope of a bot's token that this Slack knows."""
    kinds = {f"{word}:{right}" for word in KIND_WORDS.values() for right in ("read", "history")}
    named = {scope for entry in METHODS.values() if entry.token == "bot" for scope in entry.scopes}
    return frozenset(
        kinds | named | {"app_mentions:read", "commands", "im:write", "mpim:write", "users:read.email"}
    )


def seen_channel(world: World, key: str) -> Channel:
    """Return a channel that the bot knows of: a public one, or one it is in.

    Raises:
        Refused: channel_not_found.
    """
    channel = world.channels.get(key)
    if channel is None or (channel.kind != "channel" and BOT_USER not in channel.members):
        raise Refused("channel_not_found")
    return channel


def joined_channel(world: World, key: str) -> Channel:
    """Return a channel that the bot is in.

    Raises:
        Refused: channel_not_found, not_in_channel.
    """
    channel = seen_channel(world, key)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def open_channel(world: World, key: str) -> Channel:
    """Return the channel that a post goes to; the id of a person means their direct messages.

    Raises:
        Refused: channel_not_found, not_in_channel, is_archived.
    """
    if key in world.users:
        person = world.users[key]
        if person.is_bot or person.deleted:
            raise Refused("cannot_dm_bot" if person.is_bot else "user_disabled")
        return world.im(key)
    channel = seen_channel(world, key)
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.is_im and any(world.users[member].deleted for member in channel.members):
        raise Refused("is_archived")
    return joined_channel(world, key)


def require_for(args: Args, channel: Channel, right: str) -> None:
    """Raise missing_scope unless the token has this right for channels of that kind."""
    args.require(f"{KIND_WORDS[channel.kind]}:{right}")


def page(args: Args, rows: list[T], default: int) -> tuple[list[T], str]:
    """Return the rows of one page, and the cursor of the next, empty at the end.

    Raises:
        Refused: invalid_cursor, invalid_limit.
    """
    limit = args.number("limit", default)
    if not 1 <= limit <= 1000:
        raise Refused("invalid_limit")
    cursor = args.text("cursor", "at:0")
    place = cursor.removeprefix("at:")
    if not cursor.startswith("at:") or not place.isdecimal() or int(place) > len(rows):
        raise Refused("invalid_cursor")
    end = int(place) + limit
    return rows[int(place) : end], f"at:{end}" if end < len(rows) else ""
