"""Holds the newest generation open in a process that reads often: opening it beside costs next to nothing then."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from connectors.mirror.generations import open_generation

if TYPE_CHECKING:
    import duckdb

    from connectors.mirror.live import Mirror


class Held:
    """One connection that nothing is asked of; while it is open, DuckDB shares the file's pages with every other."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lock = threading.Lock()
        self._name = ""
        self._connection: duckdb.DuckDBPyConnection | None = None

    def hold(self, mirror: Mirror) -> None:
        """Hold the mirror's newest generation in place of the one before.

        Raises:
            NoData: nothing has been published.
        """
        newest = mirror.current()
        with self._lock:
            if newest.name == self._name:
                return
            before, self._connection = self._connection, open_generation(newest)
            self._name = newest.name
            if before is not None:
                before.close()

    def close(self) -> None:
        """Hold nothing any more."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._name = None, ""
