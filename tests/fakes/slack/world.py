"""The state of one workspace, guarded by one condition that is notified at every change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from tests.fakes.slack.shapes import (
    Blocks,
    Call,
    Channel,
    Ephemeral,
    File,
    Json,
    Message,
    Refused,
    ResponseUrl,
    Scheduled,
    Session,
    Trigger,
    User,
    Version,
    View,
)

TEAM = "T0LARKMOOR"
BOT_USER = "U0QUARTERDECK"
BOT_ID = "B0QUARTERDECK"
APP_ID = "A0QUARTERDECK"


def bot_id(user: User) -> str | None:
    """Return the id under which a bot writes, None for a person."""
    if not user.is_bot:
        return None
    return BOT_ID if user.id == BOT_USER else f"B{user.id[1:]}"


class World:
    """Everything in the workspace. Read and change it only while holding `changed`."""

    def __init__(
        self,
        users: Iterable[User] = (),
        channels: Iterable[Channel] = (),
        *,
        name: str = "Larkmoor Software",
        bot_name: str = "quarterdeck",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.now = now
        self.base_url = ""
        self.polls_before_share = 1
        self.lose_shares = False
        self.changed = threading.Condition(threading.RLock())
        self.bot = User(id=BOT_USER, name=bot_name, is_bot=True)
        self.users: dict[str, User] = {user.id: user for user in (*users, self.bot)}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in channels}
        self.messages: dict[tuple[str, str], Message] = {}
        self.own_changes: list[tuple[Message | None, Message]] = []
        self.ephemerals: dict[tuple[str, str], Ephemeral] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.past_views: list[View] = []
        self.stacks: dict[str, tuple[str, ...]] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.session_log: list[Session] = []
        self.prompts: list[Json] = []
        self.scheduled: dict[str, Scheduled] = {}
        self.calls: list[Call] = []
        self.choices: dict[tuple[str, str], dict[tuple[str, str], Json]] = {}
        self.tickets: set[str] = set()
        self.installed = True
        self._numbers = count(1)
        self._last_micro = 0

    def key(self, prefix: str) -> str:
        """Return an id that no other has."""
        return f"{prefix}0{next(self._numbers):07X}"

    def stamp(self) -> str:
        """Return the ts of a new message: the time now, later than any before."""
        self._last_micro = max(int(self.now() * 1_000_000), self._last_micro + 1)
        return f"{self._last_micro // 1_000_000}.{self._last_micro % 1_000_000:06d}"

    def user(self, key: str) -> User:
        """Return somebody by id.

        Raises:
            Refused: user_not_found.
        """
        found = self.users.get(key)
        if found is None:
            raise Refused("user_not_found")
        return found

    def put_channel(self, channel: Channel) -> Channel:
        """Store a channel; whoever has joined may now read what was written before."""
        before = self.channels.get(channel.id)
        self.channels[channel.id] = channel
        joined = frozenset(channel.members) - frozenset(before.members if before else ())
        if joined:
            for key, message in self.messages.items():
                if key[0] == channel.id and not message.deleted:
                    *older, newest = message.versions
                    newest = replace(newest, readers=newest.readers | joined)
                    self.messages[key] = replace(message, versions=(*older, newest))
        return channel

    def im(self, user: str) -> Channel:
        """Return the direct messages between the bot and a person, opened when they first need it."""
        wanted = {BOT_USER, user}
        for channel in self.channels.values():
            if channel.is_im and set(channel.members) == wanted:
                return channel
        return self.put_channel(
            Channel(id=self.key("D"), members=(user, BOT_USER), is_im=True, is_private=True)
        )

    def post(self, channel: str, user: str, **fields: Any) -> Message:
        """Store a new message, which the members of the channel can read from now on."""
        message = Message(
            channel=channel,
            ts=self.stamp(),
            user=user,
            bot_id=bot_id(self.users[user]),
            **fields,
        )
        return self.put_message(message)

    def put_message(self, message: Message) -> Message:
        """Store a message as it now is, and remember what it says for those who can read it now."""
        version = Version(
            at=self.now(),
            text=message.text,
            blocks=message.blocks,
            files=message.files,
            readers=frozenset(self.channels[message.channel].members),
        )
        message = replace(
            message,
            blocks=self.named(message.blocks),
            versions=message.versions if message.deleted else (*message.versions, version),
        )
        if message.user == BOT_USER:
            self.own_changes.append((self.messages.get((message.channel, message.ts)), message))
        self.messages[message.channel, message.ts] = message
        return message

    def put_ephemeral(self, note: Ephemeral) -> Ephemeral:
        """Store a note for one person as it now is, and remember what it says."""
        version = Version(at=self.now(), text=note.text, blocks=note.blocks, readers=frozenset({note.viewer}))
        note = replace(
            note,
            blocks=self.named(note.blocks),
            versions=note.versions if note.deleted else (*note.versions, version),
        )
        self.ephemerals[note.channel, note.ts] = note
        return note

    def named(self, blocks: Blocks) -> Blocks:
        """Return the blocks with an id for each that has none, as Slack hands them back."""
        return tuple(
            block if block.get("block_id") else {**block, "block_id": self.key("b").casefold()}
            for block in blocks
        )

    def message(self, channel: str, ts: str, error: str = "message_not_found") -> Message:
        """Return a message that is there.

        Raises:
            Refused: there is none, or it was deleted.
        """
        found = self.messages.get((channel, ts))
        if found is None or found.deleted:
            raise Refused(error)
        return found

    def thread(self, channel: str, root: str) -> list[Message]:
        """Return the root and its replies, oldest first, without the deleted."""
        return sorted(
            (
                message
                for (where, _), message in self.messages.items()
                if where == channel and message.root == root and not message.deleted
            ),
            key=lambda message: message.ts,
        )

    def trigger(self, user: str, view: str | None = None) -> str:
        """Return a new right to open a modal."""
        trigger = Trigger(id=f"{next(self._numbers)}.{TEAM}", user=user, at=self.now(), view=view)
        self.triggers[trigger.id] = trigger
        return trigger.id

    def answer_right(
        self, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """Return the id of a new right to answer through a response_url."""
        key = self.key("R")
        self.response_urls[key] = ResponseUrl(
            id=key, channel=channel, user=user, at=self.now(), message_ts=message_ts, thread_ts=thread_ts
        )
        return key
