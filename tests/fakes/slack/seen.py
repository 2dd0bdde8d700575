"""What a person has before their eyes, and every byte that ever reached them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tests.fakes.slack.api.chat import pictures
from tests.fakes.slack.shapes import Blocks, Ephemeral, File, Json, Message, User, View
from tests.fakes.slack.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing on a person's screen: a message, a note to them alone, their Home tab or an open modal."""

    kind: Literal["message", "ephemeral", "home", "modal"]
    at: float
    author: str = ""
    channel: str = ""
    ts: str = ""
    thread_ts: str | None = None
    text: str = ""
    blocks: Blocks = ()
    files: tuple[File, ...] = ()
    view: View | None = None


def seen_by(world: World, user: User) -> tuple[Seen, ...]:
    """Return everything that somebody can see now, in the order in which it appeared.

    Call while holding the world. Nothing for somebody who was deactivated.
    """
    if user.deleted:
        return ()
    found = [_message(world, one) for one in world.messages.values() if can_read(world, user, one)]
    found += [
        _note(world, one) for one in world.ephemerals.values() if one.viewer == user.id and not one.deleted
    ]
    if user.id in world.homes:
        found.append(_view(world, world.homes[user.id]))
    if world.stacks.get(user.id):
        found.append(_view(world, world.views[world.stacks[user.id][-1]]))
    return tuple(sorted(found, key=lambda one: one.at))


def can_read(world: World, user: User, message: Message) -> bool:
    """Return whether somebody can see a message now."""
    return not message.deleted and not user.deleted and user.id in world.channels[message.channel].members


def text_of(*seen: Seen) -> str:
    """Return all the text in what was seen: notification text, then blocks at any depth, a line each."""
    lines = []
    for one in seen:
        lines += [one.text, *texts(one.blocks)]
        if one.view is not None:
            lines += texts({key: value for key, value in one.view.body.items() if key != "blocks"})
        lines += [line for file in one.files for line in (file.title, file.name)]
    return "\n".join(line for line in lines if line)


def texts(value: Any) -> Iterator[str]:
    """Yield the words that blocks show, in order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = name in {
                "text",
                "alt_text",
                "title",
                "caption",
                "label",
                "name",
                "subtitle",
                "body",
                "markdown_text",
            }
            if shown and isinstance(inner, str):
                yield inner
            elif name == "value" and isinstance(inner, (int, float)):
                yield str(inner)
            elif name == "categories":
                yield from inner
            elif name in {"x_label", "y_label"}:
                yield inner
            elif isinstance(inner, (dict, list, tuple)):
                yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)


def all_bytes(world: World, user: User) -> bytes:
    """Return every byte that the bot ever put before somebody, for an oracle to search.

    Call while holding the world. Earlier versions, deleted messages, what buttons carry and files count; a file that
    is a zip (a deck, a workbook) is followed by its parts, unpacked. What people wrote themselves is left out.
    """
    parts: list[bytes] = []
    files: list[str] = []
    for said in (*world.messages.values(), *world.ephemerals.values()):
        if isinstance(said, Message) and said.user != world.bot.id:
            continue
        for version in said.versions:
            if user.id in version.readers:
                parts += [version.text.encode(), _encoded(version.blocks)]
                files += [*version.files, *pictures(version.blocks, world.files)]
    for view in world.past_views:
        if view.user == user.id:
            parts.append(_encoded(view.body))
            files += pictures(view.body, world.files)
    parts += _beside(world, user)
    for key in dict.fromkeys(files):
        file = world.files[key]
        parts += [file.name.encode(), file.title.encode(), file.content, *unpacked(file.content)]
    return b"\n".join(parts)


def _beside(world: World, user: User) -> Iterator[bytes]:
    """Yield what stands beside messages: metadata, titles of sessions, prompts, statuses."""
    mine = {channel.id for channel in world.channels.values() if user.id in channel.members}
    for message in world.messages.values():
        if message.metadata and any(user.id in version.readers for version in message.versions):
            yield _encoded(message.metadata)
    for session in world.session_log:
        if session.channel in mine:
            yield session.title.encode()
    for offer in world.prompts:
        if offer["channel"] in mine:
            yield _encoded(offer)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the parts of a zip, those of zips inside it too; nothing for anything else."""
    if not content.startswith(b"PK\x03\x04"):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield inner
            yield from unpacked(inner)


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def _message(world: World, message: Message) -> Seen:
    keys = dict.fromkeys((*message.files, *pictures(message.blocks, world.files)))
    return Seen(
        kind="message",
        at=float(message.ts),
        author=message.user,
        channel=message.channel,
        ts=message.ts,
        thread_ts=message.thread_ts,
        text=message.text,
        blocks=message.blocks,
        files=tuple(world.files[key] for key in keys if world.files[key].state == "complete"),
    )


def _note(world: World, note: Ephemeral) -> Seen:
    return Seen(
        kind="ephemeral",
        at=float(note.ts),
        author=world.bot.id,
        channel=note.channel,
        ts=note.ts,
        thread_ts=note.thread_ts,
        text=note.text,
        blocks=note.blocks,
        files=tuple(world.files[key] for key in pictures(note.blocks, world.files)),
    )


def _view(world: World, view: View) -> Seen:
    body: Json = view.body
    return Seen(
        kind=view.kind,
        at=view.at,
        author=world.bot.id,
        blocks=tuple(body["blocks"]),
        files=tuple(world.files[key] for key in pictures(body, world.files)),
        view=view,
    )
