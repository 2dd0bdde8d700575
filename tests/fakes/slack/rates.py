"""What can go wrong on purpose, and how fast a channel may be written to."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from tests.fakes.slack.shapes import Refused

POSTS = {"chat.postMessage", "chat.postEphemeral", "chat.update", "chat.startStream"}
BURST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one call instead of, or after, what it does."""

    error: str | None = None
    retry_after: int | None = None
    drop_connection: Literal["before", "after"] | None = None


class TooFast(Refused):
    """HTTP 429: wait this many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Faults:
    """Faults waiting for calls, by method; "*" waits for any method."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._waiting.setdefault(method, deque()).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Return the next fault for a call, or None; it is gone then."""
        for name in (method, "*"):
            if self._waiting.get(name):
                return self._waiting[name].popleft()
        return None

    def clear(self) -> None:
        self._waiting.clear()


class Pace:
    """One post a second into each channel, four at once after a rest."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}

    def spend(self, method: str, channel: str, now: float) -> None:
        """Count a post.

        Raises:
            TooFast: the channel has had its share.
        """
        if method not in POSTS:
            return
        full_at = max(self._full_at.get(channel, 0.0), now)
        if full_at - now > BURST - 1:
            raise TooFast(max(1, round(full_at - now - BURST + 1)))
        self._full_at[channel] = full_at + 1.0
