"""Files kept by their SHA-256: written once, atomically, never changed."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path


def keep(folder: Path, content: bytes, suffix: str) -> str:
    """Keep `content` in `folder` and return its SHA-256 (64 hex digits); a second call with the same bytes is free."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest}{suffix}"
    if not path.exists():
        write_atomically(path, content)
    return digest


def write_atomically(path: Path, content: bytes) -> None:
    """Write the whole file or nothing: under another name first, flushed to disk, then renamed.

    Raises:
        OSError: the disk is full, the folder cannot be written, or `path` is a folder; the error names `path`.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(path, content)
    except OSError as error:
        # Nobody knows the file's other name.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
