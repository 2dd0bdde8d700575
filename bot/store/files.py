"""Files kept by their SHA-256: written once, atomically, never changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from connectors.disk import write_atomically

__all__ = ["keep", "write_atomically"]


def keep(folder: Path, content: bytes, suffix: str) -> str:
    """Keep `content` in `folder` and return its SHA-256 (64 hex digits); a second call with the same bytes is free."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest}{suffix}"
    if not path.exists():
        write_atomically(path, content)
    return digest
