"""The SQLite file in which the engine keeps its runs, and the clock by which that file orders them.

The engine stamps a run inside SQL, by functions that depend on the versions of Python and SQLite: whole seconds on Python
3.11, so that the order of works is lost; a modifier that SQLite before 3.42 does not know on later ones, so that nothing
starts. Here both functions are ours on every connection, so any file works under any version.
"""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import sqlalchemy as sa

# IMMEDIATE, the wait and the foreign keys are what the engine sets on connections it makes itself.
_PRAGMAS = (
    "busy_timeout=30000",
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "trusted_schema=ON",  # the columns' defaults call our clock; some systems build SQLite to refuse that
)


class Clock:
    """A clock of whole milliseconds that never shows the same one twice, so that what comes later sorts later."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """Follow `now`, which returns seconds since 1970."""
        self._now = now
        self._last = 0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Return seconds since 1970; a thousand times this is a whole number, greater than any before."""
        with self._lock:
            first = max(self._last + 1, int(self._now() * 1000))
            self._last = next(ms for ms in itertools.count(first) if ms / 1000 * 1000 == ms)
            return self._last / 1000

    def strftime(self, wanted: str, moment: str) -> float:
        """Stand in for SQLite's function of this name, for the one use that the engine makes of it."""
        return self._stand_in("strftime", (wanted, moment), ("%s", "now"))

    def unixepoch(self, moment: str) -> float:
        """Stand in for SQLite's function of this name, for the one use that the engine makes of it."""
        return self._stand_in("unixepoch", (moment,), ("subsec",))

    def _stand_in(self, name: str, asked: tuple[str, ...], known: tuple[str, ...]) -> float:
        if asked != known:
            raise ValueError(f"{name}{asked!r} is not known here; only {name}{known!r} is")
        return self.seconds()


def open_file(path: Path, *, connections: int, clock: Clock) -> sa.Engine:
    """Open the file, or make it, for so many threads at once."""
    # The rest is for the engine's own threads: one per queue and schedule, and a few that look after it.
    # A statement's values are people's words, which no error message may repeat.
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        pool_size=connections,
        max_overflow=16,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: object, _record: object) -> None:
        _prepare(cast("sqlite3.Connection", connection), clock)

    return engine


def _prepare(connection: sqlite3.Connection, clock: Clock) -> None:
    """Make writers take turns from their first statement on, and put our clock in the place of SQLite's."""
    connection.isolation_level = "IMMEDIATE"
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("strftime", 2, clock.strftime)
    connection.create_function("unixepoch", 1, clock.unixepoch)
