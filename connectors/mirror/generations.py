"""Published generations: immutable copies of the mirror that any process may read; a pointer to the newest.

A generation is written under a temporary name, synced, renamed to a name that never existed before, and only
then named by `CURRENT`, which is replaced atomically. A crash leaves the pointer on a complete file.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import duckdb

from connectors.errors import NoData, TryLater

POINTER: Final = "CURRENT"
LAYOUT: Final = "1"  # raise this when the columns of a published file change their meaning
KEPT: Final = 5
KEPT_SECONDS: Final = 24 * 3600

_NAME: Final = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{12}")
_HELP: Final = "run `quarterdeck sync` (or `quarterdeck seed` for the demo company)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One published copy of the mirror. `as_of` is the instant, in UTC, up to which its records are known."""

    path: Path
    name: str
    as_of: datetime
    workspace: str
    connector: str


def open_generation(generation: Generation) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to a generation; the caller closes it.

    Raises:
        NoData: the file is gone or cannot be read.
        TryLater: another program has it open to write.
    """
    return _open(generation.path)


def current(folder: Path) -> Generation:
    """Return the newest published generation in the folder.

    Raises:
        NoData: nothing has been published, or what the pointer names is gone or cannot be read.
    """
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise NoData(f"there is no mirror in {str(folder)!r} yet: {_HELP}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise NoData(f"{str(folder / POINTER)!r} cannot be read: {_HELP}") from error
    return find(folder, name)


def find(folder: Path, name: str) -> Generation:
    """Return the generation of that name.

    Raises:
        NoData: there is none of that name, or its file cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise NoData(f"{name!r} does not name a generation of the mirror: {_HELP}")
    path = _path(folder, name)
    found, layout = _read(path, _stamp(path))
    if layout != LAYOUT:
        raise NoData(
            f"{path.name!r} was written by another version of Quarterdeck: run `quarterdeck sync --full`"
        )
    return found


@lru_cache(maxsize=16)
def _read(path: Path, stamp: tuple[int, ...]) -> tuple[Generation, str]:
    """Return a generation and its layout. A file that was not written since (`stamp`) is not opened again."""
    del stamp
    con = _open(path)
    try:
        facts = dict(con.execute("SELECT key, value FROM meta").fetchall())
        found = Generation(
            path=path,
            name=facts["generation"],
            as_of=datetime.fromisoformat(facts["as_of"]),
            workspace=facts["workspace"],
            connector=facts["connector"],
        )
        return found, facts["layout"]
    except (duckdb.Error, KeyError, ValueError) as error:
        raise NoData(f"{path.name!r} is not a complete mirror: {_HELP}") from error
    finally:
        con.close()


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes whenever somebody writes to the file; empty where there is none."""
    try:
        known = path.stat()
    except OSError:
        return ()
    return (known.st_ino, known.st_size, known.st_mtime_ns, known.st_ctime_ns)


def publish(live: Path, folder: Path, name: str, *, now: float) -> Generation:
    """Copy the live file to the generation `name`, point CURRENT at it, and let old ones go.

    A complete generation of that name is used as it is. The live file names it, is closed and has no write-ahead log:
    copied as a file, its rows need not be packed a second time. `now`: seconds since the epoch.
    """
    path = _path(folder, name)
    try:
        # First of all: once its time is another, a file is read again.
        os.utime(path, (now, now))
        found = find(folder, name)
    except (FileNotFoundError, NoData):
        path.unlink(missing_ok=True)
        _write(live, path, now)
        found = find(folder, name)
    point(folder, name)
    _let_go(folder, keep=name, now=now)
    return found


def point(folder: Path, name: str) -> None:
    """Make CURRENT name this generation, atomically and durably."""
    pointer = folder / POINTER
    draft = folder / f".{POINTER}.tmp"
    with draft.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(pointer)
    _sync(folder)


def sweep(folder: Path) -> None:
    """Remove what an interrupted publication left. Only the holder of the writer's lock may do this."""
    for leftover in folder.glob(".*.tmp*"):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(folder / "live.duckdb.tmp", ignore_errors=True)


def held_elsewhere(error: duckdb.Error) -> bool:
    """Say whether a file could not be opened because somebody else has it open, rather than because it is bad."""
    return isinstance(error, duckdb.ConnectionException) or "set lock on file" in str(error)


def _path(folder: Path, name: str) -> Path:
    return folder / f"mirror-{name}.duckdb"


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    if not path.is_file():
        raise NoData(f"the generation {path.name!r} is gone: {_HELP}")
    try:
        con = duckdb.connect(str(path), read_only=True, config={"memory_limit": "1500MB"})
    except duckdb.Error as error:
        if held_elsewhere(error):
            raise TryLater(
                f"another program has {str(path)!r} open to write: close it, then try again"
            ) from error
        raise NoData(f"{path.name!r} cannot be read as a mirror: {_HELP}") from error
    con.execute("SET enable_progress_bar = false")
    return con


def _write(live: Path, path: Path, now: float) -> None:
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    shutil.copyfile(live, draft)
    draft.chmod(0o600)
    os.utime(draft, (now, now))
    _sync(draft)
    draft.rename(path)
    _sync(path.parent)


def _let_go(folder: Path, *, keep: str, now: float) -> None:
    """Remove generations that are neither current, nor among the newest few, nor younger than a day.

    A reader that has one open keeps reading it: the file goes when the last reader closes it.
    """
    ages = sorted((-path.stat().st_mtime, path) for path in folder.glob("mirror-*.duckdb"))
    for negative, path in ages[KEPT:]:
        if path != _path(folder, keep) and now + negative > KEPT_SECONDS:
            path.unlink(missing_ok=True)
            shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
