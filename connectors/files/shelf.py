"""What was taken in: the files as they were given, their typed tables, and an index of snapshots.

    home/files/originals/<sha256><suffix>           the file itself, so that another mapping can be applied to it
    home/files/rows/<as of>.<version>.<kind>.parquet  its typed tables (`connectors.files.columns`)
    home/files/map.toml                             what their columns mean (`connectors.files.mapping`)
    home/files/snapshots.json                       the index, in the order in which snapshots were taken in

The index is replaced last: a crash leaves the old one, and files that nobody names.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb

from connectors.disk import only_writer, write_atomically
from connectors.errors import BadRequest, TryLater
from connectors.files.columns import COLUMNS
from connectors.files.ids import known, made_known
from connectors.quoting import literal
from connectors.scratch import scratch

FOLDER: Final = "files"
INDEX: Final = "snapshots.json"
MAP: Final = "map.toml"
ORIGINALS: Final = "originals"
_OF: Final = "the shelf of files"


class Original(Protocol):
    """A file as it was given: where it lies, how it is called, and the SHA-256 of its bytes."""

    @property
    def path(self) -> Path:
        """Return where the file lies."""
        ...

    @property
    def file(self) -> str:
        """Return the name of the file."""
        ...

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the file's bytes, 64 hex digits."""
        ...


class Tables(Protocol):
    """Typed tables: one Parquet file for each kind that is there."""

    @property
    def tables(self) -> Mapping[Any, Path]:
        """Return kind to Parquet file; `deals` is always there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the deals were at the end of one day.

    Attributes:
        as_of: the day, in the company's zone.
        version: 1; one more for each correction of that day.
        names: how the files were called that were given.
        originals: the files' names on the shelf, in the same order.
        rows: how many deals it has.
        mapping: a fingerprint of the mapping by which the files were read.
        content: a fingerprint of all rows, in whatever order and however the files were called.
        kinds: which tables it has: deals, and perhaps accounts, people, products.
        fields: the columns of deals that hold anything.
    """

    as_of: date
    version: int
    names: tuple[str, ...]
    originals: tuple[str, ...]
    rows: int
    mapping: str
    content: str
    kinds: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def source(self) -> str:
        """Return the names of the files, joined by commas."""
        return ", ".join(self.names)

    @property
    def place(self) -> tuple[date, int]:
        """Return its place in history, whenever it was taken in."""
        return self.as_of, self.version


class Shelf:
    """The shelf of one home."""

    def __init__(self, home: Path) -> None:
        """Remember where it lies; nothing has to be there yet."""
        self.folder = home / FOLDER

    @property
    def map(self) -> Path:
        """Return where the mapping of these files is kept; it may not be there yet."""
        return self.folder / MAP

    def prepare(self) -> None:
        """Make the folder of originals: where nothing comes to lie in it, it says that somebody tried."""
        (self.folder / ORIGINALS).mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def was_tried(self) -> bool:
        """Say whether somebody began to take something in, whatever became of it."""
        return (self.folder / ORIGINALS).is_dir()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot, in the order in which they were taken in; those that were corrected too.

        Raises:
            BadRequest: the index cannot be read.
        """
        path = self.folder / INDEX
        if not path.is_file():
            return ()
        try:
            return tuple(_snapshot(row) for row in json.loads(path.read_text(encoding="utf-8"))["snapshots"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadRequest(
                f"{str(path)!r} is not an index of snapshots ({error.__class__.__name__}): put back a copy of it, "
                "or remove the folder and import the files again"
            ) from error

    def history(self) -> tuple[Snapshot, ...]:
        """Return the snapshots that count, one for each day: the last correction of it; oldest day first."""
        newest = {one.as_of: one for one in sorted(self.snapshots(), key=lambda one: one.place)}
        return tuple(newest[day] for day in sorted(newest))

    def take(self, typed: Tables, raws: Iterable[Original], mapping: object, as_of: date) -> Snapshot:
        """Take typed tables in as what was known at the end of `as_of`.

        The same rows for the same day change nothing: the snapshot that is there already is returned. Other rows for
        that day correct it. A deal keeps the form of its id under which it is known (`connectors.files.ids`).

        Raises:
            TryLater: another process is taking something in, or a file was written to since it was read.
            BadRequest: there are no deals, or the index cannot be read.
        """
        given = tuple(raws)
        if "deals" not in typed.tables:
            raise BadRequest(f"{_names(given)} holds no deals: give the file that has one row for each deal")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with only_writer(self.folder / "writer.lock", of=_OF):
            held = self.snapshots()
            same_day = [one for one in held if one.as_of == as_of]
            tables = self._as_known(typed.tables)
            wanted = _described(tables, given, mapping, as_of)
            newest = max(same_day, key=lambda one: one.version, default=None)
            if newest is not None and newest.content == wanted.content:
                return newest
            found = replace(wanted, version=len(same_day) + 1)
            for one, name in zip(given, found.originals, strict=True):
                _keep_original(one, self.folder / ORIGINALS / name)
            for kind in found.kinds:
                _keep(tables[kind], self.rows(found, kind))
            self._write((*held, found))
            return found

    def remove(self, as_of: date) -> Snapshot:
        """Take the snapshot of a day out and return it; one that it corrected counts again. Its files stay as they were given.

        Raises:
            TryLater: another process is taking something in.
            BadRequest: there is none of that day, or no other one; or the index cannot be read.
        """
        with only_writer(self.folder / "writer.lock", of=_OF) if self.folder.is_dir() else nullcontext():
            held = self.snapshots()
            of_day = [one for one in held if one.as_of == as_of]
            if not of_day:
                days = ", ".join(one.as_of.isoformat() for one in self.history()) or "none"
                raise BadRequest(f"no export of {as_of} was taken in; there are: {days}")
            if len(held) == 1:
                raise BadRequest(
                    f"the export of {as_of} is the only one, and without it there is nothing to report on: import it under its "
                    f"right day first (quarterdeck import FILE --as-of DATE), then remove this one"
                )
            found = max(of_day, key=lambda one: one.version)
            self._write(tuple(one for one in held if one is not found))
            for kind in found.kinds:
                self.rows(found, kind).unlink(missing_ok=True)
            return found

    def rows(self, snapshot: Snapshot, kind: str) -> Path:
        """Return the Parquet file of one of a snapshot's kinds."""
        return self.folder / "rows" / f"{snapshot.as_of.isoformat()}.{snapshot.version:04d}.{kind}.parquet"

    def originals(self, snapshot: Snapshot) -> tuple[Path, ...]:
        """Return the files that a snapshot was read from, as they were given."""
        return tuple(self.folder / ORIGINALS / name for name in snapshot.originals)

    def _as_known(self, tables: Mapping[Any, Path]) -> dict[str, Path]:
        """Return tables in which each deal has the id under which the shelf knows it, in whichever form it came."""
        held = [self.rows(one, "deals") for one in self.history()]
        if not held:
            return dict(tables)
        deals = tables["deals"]
        with scratch() as con:
            con.execute(
                f"CREATE TEMP TABLE renamed AS FROM ({known(deals, held)}) UNION ALL FROM ({made_known(deals, held)})"
            )
            if not con.execute("SELECT 1 FROM renamed LIMIT 1").fetchall():
                return dict(tables)
            again = deals.with_suffix(".known.parquet")
            con.execute(
                f"COPY (SELECT d.* REPLACE (coalesce(r.known, d.id) AS id) FROM read_parquet({literal(deals)}) AS d "
                f"LEFT JOIN renamed AS r USING (id) ORDER BY d.line) TO {literal(again)} (FORMAT parquet)"
            )
        return {**tables, "deals": again}

    def _write(self, snapshots: tuple[Snapshot, ...]) -> None:
        rows = [{**asdict(one), "as_of": one.as_of.isoformat()} for one in snapshots]
        text = json.dumps({"layout": 1, "snapshots": rows}, indent=1, ensure_ascii=False)
        write_atomically(self.folder / INDEX, text.encode())


def _described(
    tables: Mapping[str, Path], given: tuple[Original, ...], mapping: object, as_of: date
) -> Snapshot:
    with scratch() as con:
        kinds = tuple(kind for kind in COLUMNS if kind in tables)
        prints = [f"{kind} {_fingerprint(con, kind, tables[kind])}" for kind in kinds]
        names = [name for name, _ in COLUMNS["deals"] if name != "line"]
        counts = ", ".join(f'count("{name}")' for name in names)
        [(rows, *filled)] = con.execute(
            f"SELECT count(*), {counts} FROM read_parquet(?)", [str(tables["deals"])]
        ).fetchall()
    return Snapshot(
        as_of=as_of,
        version=1,
        names=tuple(one.file for one in given),
        originals=tuple(f"{one.sha256}{Path(one.file).suffix.lower()}" for one in given),
        rows=rows,
        mapping=sha256(repr(mapping).encode()).hexdigest()[:16],
        content=sha256("|".join(prints).encode()).hexdigest(),
        kinds=kinds,
        fields=tuple(name for name, count in zip(names, filled, strict=True) if count),
    )


def _fingerprint(con: duckdb.DuckDBPyConnection, kind: str, path: Path) -> str:
    """Return what changes with any value of the table, and not with the order of its rows."""
    columns = ", ".join(f'"{name}"' for name, _ in COLUMNS[kind] if name != "line")
    return str(
        con.execute(f"SELECT count(*), sum(hash({columns})) FROM read_parquet(?)", [str(path)]).fetchall()
    )


def _names(given: tuple[Original, ...]) -> str:
    return ", ".join(one.file for one in given) or "what was given"


def _keep_original(original: Original, target: Path) -> None:
    """Copy a file as it was given, if it is not there yet; what is kept has the bytes by which it is called."""
    if not target.exists():
        _keep(original.path, target, digest=original.sha256)


def _keep(source: Path, target: Path, *, digest: str | None = None) -> None:
    """Copy a file under its name on the shelf, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, draft)
    with draft.open("rb+") as file:
        if digest is not None and file_digest(file, "sha256").hexdigest() != digest:
            draft.unlink()
            raise TryLater(f"{source.name} is still being written: import it again when all of it is there")
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.replace(target)


def _snapshot(row: dict[str, Any]) -> Snapshot:
    tuples = {name: tuple(row[name]) for name in ("names", "originals", "kinds", "fields")}
    return Snapshot(**{**row, **tuples, "as_of": date.fromisoformat(row["as_of"])})
