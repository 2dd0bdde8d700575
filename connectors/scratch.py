"""Databases in memory for a while: what records become is computed in them, and is on disk where memory is short."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

# Each thread has buffers of its own, so that more of them than this would make a small limit too small.
THREADS: Final = min(4, os.cpu_count() or 1)


@contextmanager
def scratch(*, memory: str = "256MB", threads: int = THREADS) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to an empty database that holds at most `memory` and spills to a folder of its own.

    What does not fit is never written to the folder that somebody happens to be in. All is gone at the end.
    """
    with (
        TemporaryDirectory(prefix="quarterdeck-") as folder,
        duckdb.connect(config={"memory_limit": memory, "threads": threads, "temp_directory": folder}) as con,
    ):
        con.execute("SET enable_progress_bar = false")
        yield con
