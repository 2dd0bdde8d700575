"""What every part of the driver stands on: the world, the way to the bot, and finding people and places by name."""

from __future__ import annotations

from tests.fakes.slack.delivery import Ack, Postman, Sent
from tests.fakes.slack.seen import Seen, can_read
from tests.fakes.slack.shapes import Channel, Ephemeral, Message, User
from tests.fakes.slack.world import BOT_USER, World

Who = User | str
Where = Channel | str
What = Message | Ephemeral | Seen


EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_shared": "channels:read",
    "user_change": "users:read",
    "agent_session_stopped": "assistant:write",
}


class CannotDo(AssertionError):
    """A person cannot do this in Slack: it is not there for them."""


class Base:
    """The world, the postman, which events the app has subscribed to and what its token may; None means all."""

    world: World
    postman: Postman
    events: frozenset[str] | None

    @property
    def scopes(self) -> frozenset[str] | None:
        """What the bot's token may do; None means everything."""
        raise NotImplementedError

    def person(self, who: Who) -> User:
        """Return somebody as they now are, by id, name, handle or the beginning of a name.

        Raises:
            LookupError: nobody, or more than one person, is called that.
        """
        key = who.id if isinstance(who, User) else who.removeprefix("@")
        with self.world.changed:
            if key in self.world.users:
                return self.world.users[key]
            everybody = list(self.world.users.values())
        found = [one for one in everybody if key.casefold() in {one.name.casefold(), one.handle, one.email}]
        found = found or [one for one in everybody if one.name.casefold().startswith(key.casefold())]
        if len(found) != 1:
            names = ", ".join(one.name for one in found or everybody)
            raise LookupError(
                f"{'nobody' if not found else 'more than one'} is called {key!r}; there are: {names}"
            )
        return found[0]

    def channel(self, where: Where) -> Channel:
        """Return a channel as it now is, by id or #name.

        Raises:
            LookupError: there is none.
        """
        key = where.id if isinstance(where, Channel) else where.removeprefix("#")
        with self.world.changed:
            found = self.world.channels.get(key)
            if found is None:
                found = next((one for one in self.world.channels.values() if one.name == key), None)
            names = ", ".join(f"#{one.name}" for one in self.world.channels.values() if one.name)
        if found is None:
            raise LookupError(f"there is no channel {key!r}; there are: {names}")
        return found

    def im_with(self, who: Who) -> Channel:
        """Return the direct messages between the bot and somebody."""
        with self.world.changed:
            return self.world.im(self.person(who).id)

    def im_between(self, one: Who, other: Who) -> Channel:
        """Return the direct messages of two people, which the bot cannot see."""
        pair = (self.person(one).id, self.person(other).id)
        with self.world.changed:
            for channel in self.world.channels.values():
                if channel.is_im and set(channel.members) == set(pair):
                    return channel
            return self.world.put_channel(
                Channel(id=self.world.key("D"), members=pair, is_im=True, is_private=True)
            )

    def subscribed(self, name: str) -> bool:
        """Return whether the app hears of this kind of event: it has subscribed to it, and has its scope."""
        needed = EVENT_SCOPES.get(name)
        allowed = self.scopes is None or needed is None or needed in self.scopes
        return allowed and (self.events is None or name in self.events)

    def hears(self, channel: Channel) -> bool:
        """Return whether the bot is in a channel."""
        return BOT_USER in channel.members

    def tell(self, *items: Sent) -> tuple[Ack, ...]:
        """Wake whoever waits for a change, and deliver."""
        with self.world.changed:
            self.world.changed.notify_all()
        return self.postman.deliver(*items)

    def member(self, who: Who, where: Where) -> tuple[User, Channel]:
        """Return a person and a channel in which they can write.

        Raises:
            CannotDo: they are not in it, it is archived, or they were deactivated.
        """
        user, channel = self.person(who), self.channel(where)
        if user.deleted:
            raise CannotDo(f"{user.name} was deactivated")
        if user.id not in channel.members:
            raise CannotDo(f"{user.name} is not in #{channel.name or channel.id}")
        if channel.is_archived:
            raise CannotDo(f"#{channel.name} is archived")
        return user, channel

    def current(self, user: User, what: What) -> Message | Ephemeral:
        """Return a message as it now is, which this person can see.

        Raises:
            CannotDo: it is gone, or they cannot see it.
        """
        key = (what.channel, what.ts)
        with self.world.changed:
            note, message = self.world.ephemerals.get(key), self.world.messages.get(key)
            if note is not None and not note.deleted and note.viewer == user.id:
                return note
            if message is not None and can_read(self.world, user, message):
                return message
        raise CannotDo(f"{user.name} cannot see the message {what.ts} in {what.channel}")
