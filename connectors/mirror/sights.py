"""The ids of the deals that somebody may see, as files that views of the mirror join with."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from connectors.scratch import scratch


def keep(folder: Path, ids: Iterable[str]) -> tuple[str, Path, int]:
    """Keep a set of ids and return its fingerprint, the file `<fingerprint>.parquet`, and how many there are.

    The same ids are kept once, whoever may see them; a file never changes. Nobody but the owner of the folder reads it.
    """
    listed = sorted(set(ids))
    key = hashlib.sha256("\n".join(listed).encode()).hexdigest()[:32]
    path = folder / f"{key}.parquet"
    if path.is_file():
        os.utime(path)
        return key, path, len(listed)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{key}.", suffix=".part")
    os.close(handle)
    try:
        with scratch(threads=1) as con:
            con.sql("SELECT unnest(?::VARCHAR[]) AS id", params=[listed]).write_parquet(draft)
        Path(draft).chmod(0o600)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return key, path, len(listed)


def within(smaller: Path, larger: Path) -> bool:
    """Say whether all ids of one kept set are in another."""
    missing = "SELECT 1 FROM read_parquet(?) a ANTI JOIN read_parquet(?) b ON a.id = b.id LIMIT 1"
    with scratch(threads=1) as con:
        return con.execute(missing, [str(smaller), str(larger)]).fetchone() is None


def let_go(folder: Path, *, used: Iterable[str], before: float) -> None:
    """Remove the ids of keys that nobody uses any more and that were last kept before an instant, in epoch seconds."""
    kept = set(used)
    for path in folder.glob("*.parquet"):
        if path.stem not in kept and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
