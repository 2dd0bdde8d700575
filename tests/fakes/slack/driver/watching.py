"""Looking at what people see, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from tests.fakes.slack.delivery import Ack
from tests.fakes.slack.driver.base import Base, Where, Who
from tests.fakes.slack.reach import links_of, pings_of
from tests.fakes.slack.seen import Seen, all_bytes, seen_by, text_of
from tests.fakes.slack.shapes import Call, Message

T = TypeVar("T")
GLANCE = 0.05  # seconds between two looks at what no notification tells of


class Watching(Base):
    """What people see, what the bot called, and waiting for either."""

    text_of = staticmethod(text_of)
    pings_of = staticmethod(pings_of)
    links_of = staticmethod(links_of)

    def seen_by(self, who: Who) -> tuple[Seen, ...]:
        """Return everything that somebody can see now, in the order in which it appeared."""
        with self.world.changed:
            return seen_by(self.world, self.person(who))

    def all_bytes_visible_to(self, who: Who) -> bytes:
        """Return every byte that the bot ever put before somebody, files and their unpacked parts too."""
        with self.world.changed:
            return all_bytes(self.world, self.person(who))

    def messages(self, where: Where, *, bot: bool | None = None) -> tuple[Message, ...]:
        """Return what stands in a channel, oldest first: all, only the bot's, or only the others'."""
        channel = self.channel(where)
        with self.world.changed:
            found = [
                one
                for one in self.world.messages.values()
                if one.channel == channel.id
                and not one.deleted
                and bot in {None, one.user == self.world.bot.id}
            ]
        return tuple(sorted(found, key=lambda one: one.ts))

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, oldest first."""
        with self.world.changed:
            return tuple(self.world.calls)

    @property
    def acks(self) -> tuple[Ack, ...]:
        """How the bot acknowledged what it was told, oldest first."""
        with self.world.changed:
            return tuple(self.postman.acks)

    def called(self, method: str) -> tuple[Call, ...]:
        """Return the calls of one method, oldest first."""
        return tuple(call for call in self.calls if call.method == method)

    def wait_for(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:
        """Return what the predicate returns as soon as that is true; it is asked at every change.

        Raises:
            AssertionError: it was not true in time; says which calls came last.
        """
        deadline = time.monotonic() + timeout
        with self.world.changed:
            while True:
                found = predicate()
                if found:
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self.world.changed.wait(min(left, GLANCE))
            last = ", ".join(
                f"{call.method}{'' if call.ok else f' ({call.error})'}" for call in self.world.calls[-12:]
            )
        raise AssertionError(f"not seen within {timeout} s; the last calls: {last or 'none'}")

    def wait_for_text(self, who: Who, words: str, timeout: float = 5.0) -> Seen:
        """Return the newest thing that somebody sees with these words in it, as soon as there is one.

        Raises:
            AssertionError: there was none in time.
        """
        return self.wait_for(lambda: self._newest(who, words), timeout)

    def _newest(self, who: Who, words: str) -> Seen | None:
        return next((one for one in reversed(self.seen_by(who)) if words in text_of(one)), None)
