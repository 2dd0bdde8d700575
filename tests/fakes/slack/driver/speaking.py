"""People write: commands, mentions, messages, edits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.fakes.slack.answers import place
from tests.fakes.slack.delivery import Ack
from tests.fakes.slack.driver.base import Base, CannotDo, What, Where, Who
from tests.fakes.slack.payloads import (
    MESSAGE_EVENTS,
    changed_event,
    command_payload,
    event,
    mention_event,
    message_event,
)
from tests.fakes.slack.shapes import Channel, Ephemeral, Message
from tests.fakes.slack.typed import written
from tests.fakes.slack.world import BOT_USER


class Speaking(Base):
    """What people write, and what the bot hears of it."""

    def command(
        self, who: Who, where: Where, text: str = "", *, command: str = "/sales", raw: bool = False
    ) -> Ack:
        """Type a slash command; what the bot answers at once is shown to that person.

        A command works in every channel of the person's, the bot in it or not.
        """
        user, channel = self.member(who, where)
        with self.world.changed:
            sent = command_payload(
                self.world, user, channel, command, text if raw else written(self.world, text)
            )
        (ack,) = self.tell(sent)
        key = sent.payload["response_url"].rpartition("/")[2]
        with self.world.changed:
            right = self.world.response_urls[key]
            if ack.status is None:
                place(self.world, right, {"text": f'{command} failed with the error "operation_timeout"'})
            elif not ack.ok:
                place(self.world, right, {"text": f'{command} failed with the error "dispatch_failed"'})
            elif ack.json:
                place(self.world, right, ack.json)
            self.world.changed.notify_all()
        return ack

    def say(
        self,
        who: Who,
        where: Where,
        text: str,
        thread_ts: str | None = None,
        *,
        raw: bool = False,
        **fields: Any,
    ) -> Message:
        """Write into a channel, or a thread of it; the bot hears it where it is a member."""
        user, channel = self.member(who, where)
        with self.world.changed:
            shown = text if raw else written(self.world, text)
            if thread_ts is not None and (channel.id, thread_ts) not in self.world.messages:
                raise CannotDo(f"there is no thread {thread_ts!r} in #{channel.name or channel.id}")
            root = self.world.messages[channel.id, thread_ts].root if thread_ts else None
            message = self.world.post(channel.id, user.id, text=shown, thread_ts=root, **fields)
            items = []
            if self.hears(channel):
                if f"<@{BOT_USER}>" in shown and not channel.is_im and self.subscribed("app_mention"):
                    items.append(mention_event(self.world, message, channel))
                if self.subscribed(MESSAGE_EVENTS[channel.kind]):
                    items.append(message_event(self.world, message, channel))
        self.tell(*items)
        return message

    def mention(
        self, who: Who, where: Where, text: str, thread_ts: str | None = None, *, raw: bool = False
    ) -> Message:
        """Write a message that names the bot, at its beginning unless the text has it elsewhere."""
        named = f"<@{BOT_USER}>" in text or f"@{self.world.bot.handle}" in text
        return self.say(who, where, text if named else f"<@{BOT_USER}> {text}", thread_ts, raw=raw)

    def dm(self, who: Who, text: str, thread_ts: str | None = None, *, raw: bool = False) -> Message:
        """Write to the bot alone."""
        return self.say(who, self.im_with(who), text, thread_ts, raw=raw)

    def edit(self, who: Who, what: What, text: str, *, raw: bool = False) -> Message:
        """Change one's own message."""
        before, channel = self._own(who, what)
        with self.world.changed:
            shown = text if raw else written(self.world, text)
            after = self.world.put_message(replace(before, text=shown, edited=self.world.now()))
            items = self._change(before, after, channel)
        self.tell(*items)
        return after

    def delete_message(self, who: Who, what: What) -> None:
        """Delete one's own message."""
        before, channel = self._own(who, what)
        with self.world.changed:
            items = self._change(before, self.world.put_message(replace(before, deleted=True)), channel)
        self.tell(*items)

    def react(self, who: Who, what: What, name: str) -> None:
        """Put an emoji under a message."""
        user = self.person(who)
        message = self.current(user, what)
        if isinstance(message, Ephemeral):
            raise CannotDo("nobody can react to a note that only they see")
        with self.world.changed:
            marked = replace(message, reactions=(*message.reactions, (name, user.id)))
            self.world.messages[message.channel, message.ts] = marked
            item = {"type": "message", "channel": message.channel, "ts": message.ts}
            body = {
                "type": "reaction_added",
                "user": user.id,
                "reaction": name,
                "item": item,
                "item_user": message.user,
            }
            channel = self.world.channels[message.channel]
            heard = self.hears(channel) and self.subscribed("reaction_added")
            items = [event(self.world, body, channel)] if heard else []
        self.tell(*items)

    def stop_session(self, who: Who, where: Where, thread_ts: str) -> None:
        """Press the stop button over the agent's work in a thread."""
        user, channel = self.member(who, where)
        with self.world.changed:
            growing = [
                one.ts for one in self.world.thread(channel.id, thread_ts) if one.streaming_since is not None
            ]
            body = {
                "type": "agent_session_stopped",
                "channel": channel.id,
                "user": user.id,
                "thread_ts": thread_ts,
                "streaming_message_ts": growing,
            }
            items = [event(self.world, body, channel)] if self.subscribed("agent_session_stopped") else []
        self.tell(*items)

    def _own(self, who: Who, what: What) -> tuple[Message, Channel]:
        user = self.person(who)
        message = self.current(user, what)
        if isinstance(message, Ephemeral) or message.user != user.id:
            raise CannotDo(f"{user.name} did not write the message {what.ts}")
        return message, self.channel(message.channel)

    def _change(self, before: Message, after: Message, channel: Channel) -> list[Any]:
        if not self.hears(channel) or not self.subscribed(MESSAGE_EVENTS[channel.kind]):
            return []
        return [changed_event(self.world, before, after, channel)]
