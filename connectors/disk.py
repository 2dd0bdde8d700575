"""The disk, so that a crash leaves the old or the new: whole files, and one writer at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from connectors.errors import TryLater

# Who may read a file that holds what records say: its owner.
OWNER_ONLY: Final = 0o600


def write_atomically(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write the whole file or nothing: under another name first, flushed to disk, then renamed; `mode` says who may read it.

    Raises:
        OSError: the disk is full, the folder cannot be written, or `path` is a folder; the error names `path`.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(path, content, mode)
    except OSError as error:
        # Nobody knows the file's other name.
        raise OSError(error.errno, error.strerror, str(path)) from error


def private(path: Path) -> Path:
    """Return a path at which there is a file now that its owner alone may read."""
    path.touch(mode=OWNER_ONLY)
    path.chmod(OWNER_ONLY)
    return path


@contextmanager
def only_writer(path: Path, *, of: str) -> Iterator[None]:
    """Be the only writer; the system lets go of the lock when this process ends, however it ends.

    Raises:
        TryLater: another process is writing; the message names it, and what is written (`of`).
    """
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            owner = file.read().strip() or "another process"
            raise TryLater(f"{of} is being written by {owner}; try again when that is done") from error
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        file.flush()
        yield


def _write(path: Path, content: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
