"""Databases in memory for a while: what records become is computed in them, and is on disk where memory is short.

To make one takes thirty milliseconds, to empty one two: they are used again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from connectors.quoting import literal

# Each thread has buffers of its own, so that more of them than this would make a small limit too small.
THREADS: Final = min(4, os.cpu_count() or 1)
# So many of each kind wait for the next piece of work.
_WAITING: Final = 2
# By process, since a fork can use none of its parent's, and by what they were prepared with.
_waiting: dict[tuple[int, str], list[duckdb.DuckDBPyConnection]] = {}


@contextmanager
def scratch(
    *, memory: str = "256MB", threads: int = THREADS, prepared: str = ""
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to an empty database that holds at most `memory` and spills to a folder of its own.

    What does not fit is never written to the folder that somebody happens to be in. All is gone at the end. `prepared`
    is SQL whose macros and settings it has from the beginning. Of the settings that all connections to a database share,
    only `memory_limit`, `threads` and `temp_directory` may be changed otherwise: the next one would have the others too.
    """
    with TemporaryDirectory(prefix="quarterdeck-") as folder:
        root = _take(prepared)
        con = root.cursor()
        root.execute(f"SET memory_limit = {literal(memory)}; SET threads = {threads}")
        root.execute(f"SET temp_directory = {literal(folder)}; ATTACH ':memory:' AS work")
        con.execute("SET search_path = 'work.main,memory.main'; SET enable_progress_bar = false")
        try:
            yield con
        except BaseException:
            con.close()
            root.close()
            raise
        con.close()
        _give_back(root, prepared)


def _take(prepared: str) -> duckdb.DuckDBPyConnection:
    try:
        return _waiting[os.getpid(), prepared].pop()
    except LookupError:
        root = duckdb.connect(":memory:")
        root.execute(prepared)
        return root


def _give_back(root: duckdb.DuckDBPyConnection, prepared: str) -> None:
    """Let the next piece of work have it, unless it is in use still, went to disk, or enough of its kind wait."""
    waiting = _waiting.setdefault((os.getpid(), prepared), [])
    try:
        root.execute("DETACH work")
        root.execute("SET temp_directory = ''")
    except duckdb.Error:
        root.close()
        return
    if len(waiting) < _WAITING:
        waiting.append(root)
    else:
        root.close()
