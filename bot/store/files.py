"""Files kept by their SHA-256: written once, atomically, never changed."""

from __future__ import annotations

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
        OSError: the disk is full, or the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
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
