"""What a command and a watched folder do alike: typed tables onto the shelf, a first company file, the mirror up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.imports import beside, set_aside
from bot.store.files import write_atomically
from bot.watched import exports
from connectors.errors import BadRequest
from connectors.files import mapping as mappings
from connectors.files import raw
from connectors.files.days import day_in_name
from connectors.files.mapping import Mapping
from connectors.files.pages import untold
from connectors.files.propose import propose
from connectors.files.raw import Raw
from connectors.files.shelf import Shelf, Snapshot
from connectors.files.typed import Typed, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An export that was taken in. `is_new` False: the same rows were there; `is_first`: nothing was there before."""

    made: Typed
    snapshot: Snapshot
    as_of: date
    is_new: bool
    is_first: bool


def put(made: Typed, raws: Sequence[Raw], mapping: Mapping, as_of: date, *, home: Path) -> Taken:
    """Put typed tables on the shelf as a snapshot, and write a company file where there is none."""
    shelf = Shelf(home)
    held = shelf.snapshots()
    snapshot = shelf.take(made, raws, mapping, as_of)
    company = home / "company.toml"
    if not company.is_file():
        text = propose(made, raws, mapping, today=as_of).company_toml()
        write_atomically(company, text.encode())
    return Taken(made=made, snapshot=snapshot, as_of=as_of, is_new=snapshot not in held, is_first=not held)


def take_file(path: Path, *, home: Path, zone: ZoneInfo) -> str:
    """Take in one file of a watched folder by the mapping that is kept, and return what became of it, as a sentence.

    Files of accounts, people and products beside it are read along; one of them alone is nothing to take in, and the
    sentence is empty. The day is the one in the file's name, else the one on which it was last written.

    Raises:
        BadRequest: the mapping does not know such a file, or rows of it cannot be taken.
    """
    kept = Shelf(home).map
    if not kept.is_file():
        raise BadRequest(
            f"no export was imported yet: quarterdeck import {path.name} shows what its columns mean"
        )
    mapping = mappings.load(kept)
    with TemporaryDirectory(prefix=".import-", dir=home) as folder:
        table = raw.read(path, Path(folder), sheet=mapping.sheet(path.name))
        known = mapping.file(table.file, table.headers)
        if known is None:
            raise BadRequest(
                f"map.toml knows no such file: quarterdeck import {path.name} shows what its columns mean"
            )
        if known.kind != "deals":
            return ""
        others = [
            raw.read(other, Path(folder), sheet=mapping.sheet(other.name))
            for other in exports(path.parent)
            if other != path and any(one.fits(other.name) and one.kind != "deals" for one in mapping.files)
        ]
        as_of, words = _day(path, zone)
        tables = (table, *others)
        made = typed(tables, mapping, Path(folder) / "typed")
        taken = put(made, tables, mapping, as_of, home=home)
    rows = taken.made.rows["deals"]
    if not taken.is_new:
        return f"{path.name}: the same rows were there for {as_of:%-d %b %Y} already, so nothing has changed."
    return " ".join(
        (
            f"{path.name}: {rows:,} {'deal' if rows == 1 else 'deals'} taken in as of the end of {as_of:%-d %b %Y}{words}.",
            *set_aside(made),
            *beside(as_of, Shelf(home).snapshots(), untold(Shelf(home), taken.snapshot)).said,
        )
    )


def _day(path: Path, zone: ZoneInfo) -> tuple[date, str]:
    """Return the day of an export, and how it is known where its name does not have it."""
    named = day_in_name(path.name, zone)
    if named is not None:
        return named, ""
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone(zone).date()
    return written, ", the day on which the file was written"
