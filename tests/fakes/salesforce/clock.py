"""The org's clock: it stands until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


class Clock:
    """Calling it returns the instant, to the second."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC).replace(microsecond=0)

    def advance(self, seconds: float = 0, **span: float) -> None:
        """Move the clock on, by seconds or by what timedelta takes (days=1)."""
        self.now += timedelta(seconds=seconds, **span)
