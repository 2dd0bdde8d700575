"""files.*: the upload in three steps, reading and deleting."""

from __future__ import annotations

from dataclasses import replace

from tests.fakes.slack.methods import Args, method, open_channel
from tests.fakes.slack.shapes import File, Json, Refused
from tests.fakes.slack.wire import file_json
from tests.fakes.slack.world import BOT_USER, World


@method("files.getUploadURLExternal", "files:write")
def ask(world: World, args: Args) -> Json:
    """Return where to send the bytes of a file."""
    name, length = args.text("filename"), args.number("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", "length must be more than 0")
    file = File(id=world.key("F"), name=name, length=length, user=BOT_USER, created=world.now())
    world.files[file.id] = file
    return {"ok": True, "upload_url": f"{world.base_url}/upload/v1/{file.id}", "file_id": file.id}


def receive(world: World, key: str, content: bytes) -> tuple[int, str]:
    """Store the bytes of a file; return the HTTP status and text of the upload address."""
    file = world.files.get(key)
    if file is None or file.state != "asked":
        return 404, "no such upload"
    if len(content) != file.length:
        return 400, f"expected {file.length} bytes, got {len(content)}"
    world.files[key] = replace(file, content=content, state="sent")
    return 200, f"OK - {len(content)}"


@method("files.completeUploadExternal", "files:write")
def complete(world: World, args: Args) -> Json:
    """Finish an upload, and share it; files.info tells of the share only some polls later."""
    asked = args.data("files")
    if not isinstance(asked, list) or not asked:
        raise Refused("invalid_arguments", "missing required field: files")
    files = [_sent(world, str(one.get("id", ""))) for one in asked]
    given = args.values.get("channels") or args.maybe("channel_id") or ""
    keys = given if isinstance(given, list) else [key for key in str(given).split(",") if key]
    channels = [open_channel(world, key) for key in keys]
    root = _root(world, channels[0].id, args) if channels and args.has("thread_ts") else None
    done = []
    for file, one in zip(files, asked, strict=True):
        lag = world.polls_before_share if channels else 0
        world.files[file.id] = replace(
            file, title=one.get("title") or file.name, state="complete", polls_left=lag
        )
        done.append(file.id)
    for channel in () if world.lose_shares else channels:
        message = world.post(
            channel.id, BOT_USER, text=args.text("initial_comment", ""), files=tuple(done), thread_ts=root
        )
        for key in done:
            file = world.files[key]
            world.files[key] = replace(file, shares=(*file.shares, (channel.id, message.ts)))
    return {"ok": True, "files": [{"id": key, "title": world.files[key].title} for key in done]}


@method("files.info", "files:read")
def info(world: World, args: Args) -> Json:
    """Return a file; each call brings the news of its shares nearer."""
    file = existing(world, args.text("file"))
    answer = file_json(world, file)
    world.files[file.id] = replace(file, polls_left=max(0, file.polls_left - 1))
    return {"ok": True, "file": answer, "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write")
def delete(world: World, args: Args) -> Json:
    """Remove the bot's own file, and from every message that shows it."""
    file = existing(world, args.text("file"))
    if file.user != BOT_USER:
        raise Refused("cant_delete_file")
    remove(world, file.id)
    return {"ok": True}


def remove(world: World, key: str) -> None:
    """Remove a file; a message that only held it goes too."""
    file = world.files[key]
    world.files[key] = replace(file, state="deleted")
    for place in file.shares:
        message = world.messages[place]
        left = tuple(one for one in message.files if one != key)
        empty = not left and not message.text and not message.blocks
        if left != message.files and not message.deleted:
            world.put_message(replace(message, files=left, deleted=empty))


def existing(world: World, key: str) -> File:
    """Return a file that was uploaded.

    Raises:
        Refused: file_not_found, file_deleted.
    """
    file = world.files.get(key)
    if file is None or file.state in {"asked", "sent"}:
        raise Refused("file_not_found")
    if file.state == "deleted":
        raise Refused("file_deleted")
    return file


def _sent(world: World, key: str) -> File:
    file = world.files.get(key)
    if file is None or file.state in {"asked", "deleted"}:
        raise Refused("file_not_found")
    if file.state == "complete":
        raise Refused("file_update_failed")
    return file


def _root(world: World, channel: str, args: Args) -> str:
    ts = args.text("thread_ts")
    root = world.messages.get((channel, ts))
    if root is None or (root.deleted and not world.thread(channel, ts)):
        raise Refused("invalid_thread_ts")
    return root.root
