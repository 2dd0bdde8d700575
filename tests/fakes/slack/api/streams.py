"""chat.startStream, appendStream, stopStream: an answer that grows while people read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.fakes.slack.api.agents import put_session
from tests.fakes.slack.check import checked_blocks, checked_markdown
from tests.fakes.slack.methods import Args, joined_channel, method, open_channel
from tests.fakes.slack.shapes import Blocks, Json, Message, Refused
from tests.fakes.slack.wire import message_json
from tests.fakes.slack.world import BOT_USER, World

LIFE = 300.0  # seconds, then the stream is dead: https://github.com/slackapi/python-slack-sdk/issues/1859
CHUNKS = {"markdown_text", "plan_update", "task_update", "blocks"}


@method("chat.startStream", "chat:write")
def start(world: World, args: Args) -> Json:
    """Begin a reply that grows."""
    channel = open_channel(world, args.text("channel"))
    root = world.message(channel.id, args.text("thread_ts"), "thread_not_found")
    if not channel.is_im:
        for name in ("recipient_user_id", "recipient_team_id"):
            if not args.has(name):
                raise Refused(f"missing_{name}")
        if args.text("recipient_user_id") not in world.users:
            raise Refused("user_not_found")
    if args.text("task_display_mode", "timeline") not in {"timeline", "plan", "dense"}:
        raise Refused("invalid_arguments", "task_display_mode must be one of: timeline, plan, dense")
    text, blocks = _grown(world, args, "", ())
    message = world.post(
        channel.id, BOT_USER, text=text, blocks=blocks, thread_ts=root.root, streaming_since=world.now()
    )
    return {"ok": True, "channel": channel.id, "ts": message.ts}


@method("chat.appendStream", "chat:write")
def append(world: World, args: Args) -> Json:
    """Add to a reply that grows."""
    message = _streaming(world, args)
    if not args.has("markdown_text") and not args.data("chunks"):
        raise Refused("no_text")
    text, blocks = _grown(world, args, message.text, message.blocks)
    world.put_message(replace(message, text=text, blocks=blocks))
    return {"ok": True, "channel": message.channel, "ts": message.ts}


@method("chat.stopStream", "chat:write")
def stop(world: World, args: Args) -> Json:
    """End a reply that grows, perhaps with blocks below it."""
    message = _streaming(world, args)
    text, blocks = _grown(world, args, message.text, message.blocks)
    last = args.data("blocks")
    if last:
        blocks = (*blocks, *checked_blocks(last, world.files))
    message = world.put_message(
        replace(message, text=text, blocks=blocks, streaming_since=None, metadata=args.data("metadata"))
    )
    status = args.maybe("session_status")
    if status:
        put_session(world, message.channel, message.root, status)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": message_json(world, message)}


def _streaming(world: World, args: Args) -> Message:
    channel = joined_channel(world, args.text("channel"))
    message = world.message(channel.id, args.text("ts"))
    if message.user != BOT_USER:
        raise Refused("message_not_owned_by_app")
    if message.streaming_since is None or world.now() - message.streaming_since > LIFE:
        if message.streaming_since is not None:
            world.put_message(replace(message, streaming_since=None))
        raise Refused("message_not_in_streaming_state")
    return message


def _grown(world: World, args: Args, text: str, blocks: Blocks) -> tuple[str, Blocks]:
    text += checked_markdown(args.maybe("markdown_text"))
    for chunk in args.data("chunks") or []:
        text, blocks = _with_chunk(world, chunk, text, blocks)
    return checked_markdown(text), blocks


def _with_chunk(world: World, chunk: Any, text: str, blocks: Blocks) -> tuple[str, Blocks]:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind not in CHUNKS:
        raise Refused("invalid_chunks", f"unsupported type: {kind}")
    if kind == "markdown_text":
        return text + checked_markdown(chunk.get("text")), blocks
    if kind == "blocks":
        return text, (*blocks, *checked_blocks(chunk.get("blocks"), world.files))
    if not chunk.get("title"):
        raise Refused("invalid_chunks", "missing required field: title")
    if kind == "plan_update":
        return text, (*(b for b in blocks if b["type"] != "plan"), {"type": "plan", "title": chunk["title"]})
    if not chunk.get("id") or chunk.get("status") not in {"pending", "in_progress", "complete", "error"}:
        raise Refused("invalid_chunks", "a task has an id and a status")
    card = {"type": "task_card", "task_id": chunk["id"], "title": chunk["title"], "status": chunk["status"]}
    return text, (*(b for b in blocks if b.get("task_id") != chunk["id"]), card)
