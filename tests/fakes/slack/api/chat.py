"""chat.*: messages, notes for one person, and messages for later."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.slack.check import checked_blocks, checked_markdown, checked_text
from tests.fakes.slack.methods import Args, joined_channel, method, open_channel, seen_channel
from tests.fakes.slack.shapes import Blocks, Ephemeral, File, Json, Message, Refused, Scheduled
from tests.fakes.slack.wire import message_json
from tests.fakes.slack.world import BOT_USER, World


@method("chat.postMessage", "chat:write")
def post_message(world: World, args: Args) -> Json:
    """Post into a channel, a thread, or a person's direct messages."""
    channel = open_channel(world, args.text("channel"))
    text, blocks = _content(world, args)
    thread_ts = _thread(world, channel.id, args)
    message = world.post(
        channel.id,
        BOT_USER,
        text=text,
        blocks=blocks,
        thread_ts=thread_ts,
        metadata=args.data("metadata"),
        subtype="thread_broadcast" if thread_ts and args.flag("reply_broadcast") else None,
        unfurls=args.flag("unfurl_links", default=True) or args.flag("unfurl_media", default=True),
    )
    share_pictures(world, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message_json(world, message)}


@method("chat.update", "chat:write")
def update(world: World, args: Args) -> Json:
    """Replace what the bot's own message says; blocks that are not named stay."""
    channel = joined_channel(world, args.text("channel"))
    message = _own(world, channel.id, args.text("ts"), "cant_update_message")
    if channel.is_archived:
        raise Refused("is_archived")
    if message.streaming_since is not None:
        raise Refused("streaming_state_conflict")
    if not any(args.has(name) for name in ("text", "blocks", "markdown_text", "attachments")):
        raise Refused("no_text")
    text, blocks = _content(world, args, kept=message.blocks)
    message = world.put_message(replace(message, text=text, blocks=blocks, edited=world.now()))
    share_pictures(world, message)
    body = {"ok": True, "channel": channel.id, "ts": message.ts, "text": message.text}
    return {**body, "message": message_json(world, message)}


@method("chat.delete", "chat:write")
def delete(world: World, args: Args) -> Json:
    """Take back the bot's own message."""
    channel = joined_channel(world, args.text("channel"))
    message = _own(world, channel.id, args.text("ts"), "cant_delete_message")
    world.put_message(replace(message, deleted=True))
    return {"ok": True, "channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(world: World, args: Args) -> Json:
    """Show a note to one member of a channel."""
    channel = open_channel(world, args.text("channel"))
    viewer = args.text("user")
    if viewer not in world.users or world.users[viewer].deleted:
        raise Refused("user_not_found")
    if viewer not in channel.members:
        raise Refused("user_not_in_channel")
    text, blocks = _content(world, args)
    note = Ephemeral(
        channel=channel.id,
        ts=world.stamp(),
        viewer=viewer,
        text=text,
        blocks=blocks,
        thread_ts=_thread(world, channel.id, args),
    )
    return {"ok": True, "message_ts": world.put_ephemeral(note).ts}


@method("chat.getPermalink")
def permalink(world: World, args: Args) -> Json:
    """Return the address of a message."""
    channel = seen_channel(world, args.text("channel"))
    message = world.message(channel.id, args.text("message_ts"))
    link = f"https://larkmoor.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


@method("chat.scheduleMessage", "chat:write")
def schedule(world: World, args: Args) -> Json:
    """Keep a message for a time between now and 120 days from now."""
    channel = open_channel(world, args.text("channel"))
    post_at = args.number("post_at", 0)
    if post_at <= world.now():
        raise Refused("time_in_past")
    if post_at > world.now() + 120 * 86_400:
        raise Refused("time_too_far")
    _content(world, args)
    entry = Scheduled(id=world.key("Q"), channel=channel.id, post_at=post_at, args=dict(args.values))
    world.scheduled[entry.id] = entry
    return {"ok": True, "channel": channel.id, "scheduled_message_id": entry.id, "post_at": post_at}


@method("chat.deleteScheduledMessage", "chat:write")
def unschedule(world: World, args: Args) -> Json:
    """Drop a message that was kept for later."""
    entry = world.scheduled.get(args.text("scheduled_message_id"))
    if entry is None or entry.channel != args.text("channel"):
        raise Refused("invalid_scheduled_message_id")
    del world.scheduled[entry.id]
    return {"ok": True}


def share_pictures(world: World, message: Message) -> None:
    """Show the files that the message's image blocks name wherever the message is."""
    for key in pictures(message.blocks, world.files):
        file = world.files[key]
        place = (message.channel, message.ts)
        if place not in file.shares:
            world.files[key] = replace(file, shares=(*file.shares, place))


# Most of what blocks hold is text; it is passed over here, as everything that somebody sees is looked through each time.
_NESTS = (dict, list, tuple)


def pictures(blocks: object, files: dict[str, File]) -> list[str]:
    """Return the ids of the files that blocks show, at any depth."""
    if isinstance(blocks, dict):
        found = blocks.get("slack_file")
        own = [found["id"]] if isinstance(found, dict) and found.get("id") in files else []
        return own + [
            key for value in blocks.values() if isinstance(value, _NESTS) for key in pictures(value, files)
        ]
    if isinstance(blocks, (list, tuple)):
        return [key for value in blocks if isinstance(value, _NESTS) for key in pictures(value, files)]
    return []


def _content(world: World, args: Args, *, kept: Blocks = ()) -> tuple[str, Blocks]:
    given = args.data("blocks")
    markdown = checked_markdown(args.maybe("markdown_text"))
    if markdown:
        if args.has("text") or given:
            raise Refused("markdown_text_conflict")
        return markdown, ()
    blocks = kept if given is None else checked_blocks(given, world.files)
    return checked_text(args.maybe("text"), other=blocks or args.data("attachments")), blocks


def _thread(world: World, channel: str, args: Args) -> str | None:
    """Return the root of the thread to post in; a reply's ts stands for its root, as in Slack.

    Raises:
        Refused: thread_not_found; there is no such message, or it was deleted before anybody replied.
    """
    ts = args.maybe("thread_ts")
    if ts is None:
        return None
    root = world.messages.get((channel, ts))
    if root is None or (root.deleted and not world.thread(channel, ts)):
        raise Refused("thread_not_found")
    return root.root


def _own(world: World, channel: str, ts: str, error: str) -> Message:
    message = world.message(channel, ts)
    if message.user != BOT_USER:
        raise Refused(error)
    return message
