"""Things change: people come, go and are deactivated, channels are archived, Slack repeats itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.fakes.slack.api.uploads import remove
from tests.fakes.slack.delivery import Ack
from tests.fakes.slack.driver.base import Base, Where, Who
from tests.fakes.slack.payloads import MESSAGE_EVENTS, changed_event, event, message_event
from tests.fakes.slack.shapes import Channel, File
from tests.fakes.slack.wire import user_json
from tests.fakes.slack.world import BOT_USER


class Housekeeping(Base):
    """What administrators, members and Slack itself do."""

    def join(self, who: Who, where: Where) -> Channel:
        """Let somebody (or the bot, when it is invited) into a channel."""
        user, channel = self.person(who), self.channel(where)
        if user.id in channel.members:
            return channel
        return self._move(
            user.id, replace(channel, members=(*channel.members, user.id)), "member_joined_channel"
        )

    def invite_bot(self, where: Where) -> Channel:
        """Let the bot into a channel."""
        return self.join(BOT_USER, where)

    def leave(self, who: Who, where: Where) -> Channel:
        """Take somebody (or the bot) out of a channel."""
        user, channel = self.person(who), self.channel(where)
        left = tuple(key for key in channel.members if key != user.id)
        return self._move(user.id, replace(channel, members=left), "member_left_channel")

    def archive(self, where: Where) -> Channel:
        """Archive a channel: people still read it, nobody writes."""
        channel = replace(self.channel(where), is_archived=True)
        return self._move(channel.members[0], channel, "channel_archive")

    def share(self, where: Where, *, pending: bool = False) -> Channel:
        """Share a channel with another company, or invite one that has not come yet."""
        mark = {"is_pending_ext_shared": True} if pending else {"is_ext_shared": True}
        channel = replace(self.channel(where), **mark)
        return self._move(channel.members[0], channel, "channel_shared")

    def deactivate(self, who: Who) -> None:
        """Switch off somebody's account; they stay named as members."""
        self.alter(who, deleted=True)

    def alter(self, who: Who, **fields: object) -> None:
        """Change what Slack says of somebody (a guest from now on, another address); the app hears of it."""
        with self.world.changed:
            user = replace(self.person(who), **fields)  # type: ignore[arg-type]
            self.world.users[user.id] = user
            body = {"type": "user_change", "user": user_json(self.world, user, with_email=False)}
            items = [event(self.world, body)] if self.subscribed("user_change") else []
        self.tell(*items)

    def delete_file(self, file: File) -> None:
        """Delete a file, as its owner or an administrator can."""
        with self.world.changed:
            remove(self.world, file.id)
            self.world.changed.notify_all()

    def uninstall(self) -> None:
        """Remove the app: its tokens are dead, and it hears of it."""
        with self.world.changed:
            gone = event(self.world, {"type": "app_uninstalled"})
            tokens = event(self.world, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
            self.world.installed = False
            wanted = (("app_uninstalled", gone), ("tokens_revoked", tokens))
            items = [item for name, item in wanted if self.subscribed(name)]
        self.tell(*items)

    def echo(self) -> tuple[Ack, ...]:
        """Tell the bot what it itself posted, changed and deleted since the last echo, in order, as Slack does."""
        with self.world.changed:
            changes, self.world.own_changes = self.world.own_changes, []
            items = []
            for before, after in changes:
                channel = self.world.channels[after.channel]
                if not self.hears(channel) or not self.subscribed(MESSAGE_EVENTS[channel.kind]):
                    continue
                if before is None:
                    items.append(message_event(self.world, after, channel))
                else:
                    items.append(changed_event(self.world, before, after, channel))
        return tuple(ack for item in items for ack in self.tell(item))

    def redeliver(
        self, last: Ack | Sequence[Ack] | None = None, times: int = 4, reason: str = "http_timeout"
    ) -> tuple[Ack, ...]:
        """Deliver the last payload (or those of these acknowledgements) again, as often; Slack does so three times."""
        if last is None:
            last = self.postman.acks[-1]
        items = [ack.sent for ack in ([last] if isinstance(last, Ack) else last)]
        return tuple(
            ack
            for retry in range(1, times + 1)
            for ack in self.postman.deliver(*items, retry=retry, reason=reason)
        )

    def _move(self, who: str, channel: Channel, name: str) -> Channel:
        with self.world.changed:
            before = self.world.channels[channel.id]
            self.world.put_channel(channel)
            body = {"type": name, "user": who, "channel": channel.id, "channel_type": channel.kind[0].upper()}
            heard = self.subscribed(name) and (self.hears(channel) or self.hears(before))
            items = [event(self.world, body, channel)] if heard else []
        self.tell(*items)
        return channel
