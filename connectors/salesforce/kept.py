"""What is kept from one sync to the next: small tables as they were read last, and what kinds of records there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.disk import OWNER_ONLY, write_atomically

_SEEN: Final = "seen.json"
_LOOKED: Final = "looked.json"


class Kept:
    """A folder with a file a table."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; nothing is read yet."""
        self.folder = folder

    def path(self, name: str) -> Path:
        """Return where a table lies, or would lie."""
        return self.folder / f"{name}.csv"

    @property
    def unread(self) -> Path:
        """Return where lies, or would lie, which fields of which records could not be read."""
        return self.folder / "unread.parquet"

    @property
    def stages(self) -> Path:
        """Return where the stages lie, or would lie, as the sync that is under way has read them."""
        return self.folder / "stages-now.csv"

    @property
    def tracked(self) -> Path:
        """Return where lies, or would lie, since when changes of which fields are kept."""
        return self.folder / "tracked.parquet"

    @property
    def roles(self) -> Path:
        """Return where lies, or would lie, which roles contacts were given."""
        return self.folder / "roles.parquet"

    def same(self, name: str, pages: tuple[Path, ...]) -> bool:
        """Say whether a table is the one that is kept."""
        path = self.path(name)
        return len(pages) == 1 and path.is_file() and path.read_bytes() == pages[0].read_bytes()

    def keep(self, name: str, pages: tuple[Path, ...]) -> None:
        """Keep a table that came in one page; one that came in none, or in many, is asked for when it is needed."""
        if len(pages) == 1:
            write_atomically(self.path(name), pages[0].read_bytes(), mode=OWNER_ONLY)
        else:
            self.path(name).unlink(missing_ok=True)

    def known(self, until: datetime | None) -> Path | None:
        """Return what was told of deals up to the end of a window; None where that is not kept."""
        path = self.known_path(until) if until is not None else None
        return path if path is not None and path.is_file() else None

    def known_path(self, until: datetime) -> Path:
        """Return where lies, or would lie, what was told of deals up to the end of a window."""
        return self.folder / f"known-{until:%Y%m%dT%H%M%S}.parquet"

    def around(self, until: datetime | None) -> Path | None:
        """Return which accounts and contacts there were at the end of a window; None where that is not kept."""
        path = self.around_path(until) if until is not None else None
        return path if path is not None and path.is_file() else None

    def around_path(self, until: datetime) -> Path:
        """Return where lies, or would lie, which accounts and contacts there were at the end of a window."""
        return self.folder / f"around-{until:%Y%m%dT%H%M%S}.parquet"

    def forget(self) -> None:
        """Let go of what was told up to windows that nobody goes back to: all but the last three."""
        for kind in ("known", "around"):
            for path in sorted(self.folder.glob(f"{kind}-*.parquet"))[:-3]:
                path.unlink(missing_ok=True)

    def looked(self) -> dict[str, datetime]:
        """Return when it was last asked which deals there are (`sweep`), and all were read again (`reread`)."""
        try:
            told = json.loads((self.folder / _LOOKED).read_text(encoding="utf-8"))
            return {name: datetime.fromisoformat(instant) for name, instant in told.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def look(self, names: Iterable[str], until: datetime) -> None:
        """Note that something was asked for up to the end of a window."""
        told = self.looked() | dict.fromkeys(names, until)
        write_atomically(
            self.folder / _LOOKED,
            json.dumps({name: instant.isoformat() for name, instant in told.items()}).encode(),
            mode=OWNER_ONLY,
        )

    def seen(self) -> frozenset[str]:
        """Return the tables of the mirror of which rows have come since everything was read."""
        try:
            return frozenset(json.loads((self.folder / _SEEN).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return frozenset()

    def note(self, tables: Iterable[str]) -> None:
        """Note of which tables rows have come."""
        write_atomically(self.folder / _SEEN, json.dumps(sorted(tables)).encode(), mode=OWNER_ONLY)
