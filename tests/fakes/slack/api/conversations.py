"""conversations.*: places, who is in them, and what was said there."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.slack.methods import (
    KIND_WORDS,
    Args,
    joined_channel,
    method,
    page,
    require_for,
    seen_channel,
)
from tests.fakes.slack.shapes import Channel, Json, Message, Refused
from tests.fakes.slack.wire import channel_json, message_json
from tests.fakes.slack.world import BOT_USER, World

TYPES = {"public_channel": "channel", "private_channel": "group", "mpim": "mpim", "im": "im"}


@method("conversations.info")
def info(world: World, args: Args) -> Json:
    """Return one channel."""
    channel = seen_channel(world, args.text("channel"))
    require_for(args, channel, "read")
    return {"ok": True, "channel": channel_json(channel, count=args.flag("include_num_members"))}


@method("conversations.members")
def members(world: World, args: Args) -> Json:
    """Return who is in a channel, a page at a time."""
    channel = seen_channel(world, args.text("channel"))
    require_for(args, channel, "read")
    rows, cursor = page(args, [key for key in channel.members if not world.users[key].deleted], 100)
    return {"ok": True, "members": rows, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list")
def listing(world: World, args: Args) -> Json:
    """Return the channels that the bot can see, a page at a time."""
    shown = [
        channel
        for channel in world.channels.values()
        if channel.kind == "channel" or BOT_USER in channel.members
    ]
    return _channels(args, shown)


@method("users.conversations")
def joined(world: World, args: Args) -> Json:
    """Return the channels that somebody is in and the bot can see; the bot's own by default."""
    person = world.user(args.text("user", BOT_USER))
    shown = [
        channel
        for channel in world.channels.values()
        if person.id in channel.members and (channel.kind == "channel" or BOT_USER in channel.members)
    ]
    return _channels(args, shown)


@method("conversations.open")
def open_conversation(world: World, args: Args) -> Json:
    """Return the direct messages with one person, or with up to eight."""
    if args.has("channel"):
        channel = joined_channel(world, args.text("channel"))
        return {"ok": True, "channel": channel_json(channel)}
    given = args.values.get("users")
    people = (
        list(given) if isinstance(given, list) else [key.strip() for key in args.text("users").split(",")]
    )
    args.require("im:write" if len(people) == 1 else "mpim:write")
    for key in people:
        person = world.user(key)
        if person.deleted:
            raise Refused("user_disabled")
        if person.is_bot:
            raise Refused("cannot_dm_bot")
    if len(people) > 8:
        raise Refused("too_many_users")
    channel = world.im(people[0]) if len(people) == 1 else _group(world, people)
    body = channel_json(channel) if args.flag("return_im") else {"id": channel.id}
    return {"ok": True, "channel": body}


@method("conversations.join", "channels:join")
def join(world: World, args: Args) -> Json:
    """Enter a public channel."""
    channel = seen_channel(world, args.text("channel"))
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    if BOT_USER in channel.members:
        return {"ok": True, "channel": channel_json(channel), "warning": "already_in_channel"}
    channel = world.put_channel(replace(channel, members=(*channel.members, BOT_USER)))
    return {"ok": True, "channel": channel_json(channel)}


@method("conversations.history")
def history(world: World, args: Args) -> Json:
    """Return what was said outside threads, the newest first, a page at a time."""
    channel = joined_channel(world, args.text("channel"))
    require_for(args, channel, "history")
    found = [
        message
        for (where, _), message in world.messages.items()
        if where == channel.id
        and not message.deleted
        and (message.thread_ts is None or message.subtype == "thread_broadcast")
        and _between(message, args)
    ]
    rows, cursor = page(args, sorted(found, key=lambda message: message.ts, reverse=True), 100)
    return _messages(world, args, rows, cursor)


@method("conversations.replies")
def replies(world: World, args: Args) -> Json:
    """Return a thread, its root first, a page at a time."""
    channel = joined_channel(world, args.text("channel"))
    require_for(args, channel, "history")
    ts = args.text("ts")
    root = world.messages.get((channel.id, ts))
    found = world.thread(channel.id, root.root) if root is not None else []
    if not found:
        raise Refused("thread_not_found")
    rows, cursor = page(args, [one for one in found if one.ts == ts or _between(one, args)], 1000)
    return _messages(world, args, rows, cursor)


def _between(message: Message, args: Args) -> bool:
    oldest, latest = args.text("oldest", "0"), args.text("latest", "9999999999.999999")
    at, low, high = float(message.ts), float(oldest), float(latest)
    return low <= at <= high if args.flag("inclusive") else low < at < high


def _messages(world: World, args: Args, rows: list[Message], cursor: str) -> Json:
    found = [message_json(world, one) for one in rows]
    if not args.flag("include_all_metadata"):
        found = [{name: value for name, value in one.items() if name != "metadata"} for one in found]
    body: Json = {"ok": True, "messages": found, "has_more": bool(cursor)}
    return {**body, "response_metadata": {"next_cursor": cursor}} if cursor else body


def _channels(args: Args, shown: list[Channel]) -> Json:
    kinds = set()
    for word in args.text("types", "public_channel").split(","):
        kind = TYPES.get(word.strip())
        if kind is None:
            raise Refused("invalid_types")
        args.require(f"{KIND_WORDS[kind]}:read")
        kinds.add(kind)
    without = args.flag("exclude_archived")
    kept = [one for one in shown if one.kind in kinds and not (without and one.is_archived)]
    rows, cursor = page(args, kept, 100)
    found = [channel_json(one, count=True) for one in rows]
    return {"ok": True, "channels": found, "response_metadata": {"next_cursor": cursor}}


def _group(world: World, people: list[str]) -> Channel:
    wanted = {BOT_USER, *people}
    for channel in world.channels.values():
        if channel.is_mpim and set(channel.members) == wanted:
            return channel
    key = world.key("G")
    return world.put_channel(Channel(id=key, name=f"mpdm-{key}", members=(BOT_USER, *people), is_mpim=True))
