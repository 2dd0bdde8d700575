"""What exports before it said of deals, of which one has no column: its typed table, with that filled in.

A deal keeps its owner, its currency and whatever does not change in time; it keeps its stage while its status is the
same, and its forecast category while its stage is. What depends so on another column is only marked here
(`stage_kept`, `category_kept`): its event does not set it. For all other deals the defaults of `connectors.files.told` count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import get_ident
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from connectors.files.shelf import Shelf, Snapshot
from connectors.quoting import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILLED: Final = (
    "name",
    "account",
    "owner",
    "owner_email",
    "manager",
    "team",
    "region",
    "currency",
    "created",
    "url",
)
KEPT: Final = ("stage", "category")
# Of how many deals nothing before says what an export has no column for, and which deals those are.
_UNTOLD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stage": "NOT stage_kept",
        "category": "status = 'open' AND NOT category_kept",
        "owner": "owner IS NULL",
        "currency": "amount IS NOT NULL AND currency IS NULL",
    }
)


def place(snapshot: Snapshot) -> int:
    """Return a number that orders snapshots in history."""
    return snapshot.as_of.toordinal() * 10_000 + snapshot.version


def fields_of(snapshot: Snapshot, snapshots: Iterable[Snapshot]) -> frozenset[str]:
    """Return the fields that a snapshot says: those its export has; those that the same files had, read otherwise before.

    What another export of the day had, which it corrects, and it has not, it does not say.
    """
    same = (
        one
        for one in snapshots
        if one.as_of == snapshot.as_of
        and one.version < snapshot.version
        and sorted(one.originals) == sorted(snapshot.originals)
    )
    return frozenset(snapshot.fields).union(*(one.fields for one in same))


def before(snapshot: Snapshot, snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """Return the snapshots that come before one in history, oldest first."""
    return tuple(sorted((one for one in snapshots if place(one) < place(snapshot)), key=place))


def lacking(snapshot: Snapshot, snapshots: Iterable[Snapshot]) -> tuple[str, ...]:
    """Return which columns that can be filled in or kept one before has, and this one has not."""
    held = tuple(snapshots)
    had = {name for one in before(snapshot, held) for name in one.fields}
    return tuple(name for name in (*FILLED, *KEPT) if name in had - fields_of(snapshot, held))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the deals of snapshots are read from: the shelf, or a table in `folder` in which what they lack is filled in.

    `snapshots` are all that there are.
    """

    shelf: Shelf
    snapshots: tuple[Snapshot, ...]
    folder: Path

    def deals(self, con: DuckDBPyConnection, snapshot: Snapshot) -> Path:
        """Return the Parquet file of a snapshot's deals, made where it has to be."""
        own, missing = self.shelf.rows(snapshot, "deals"), self.lacking(snapshot)
        if not missing:
            return own
        made = self.folder / f"{sha256(self.read(snapshot).encode()).hexdigest()[:16]}.parquet"
        if not made.exists():
            draft = made.with_suffix(f".{get_ident()}")
            con.execute(f"COPY ({self._filled(snapshot, missing)}) TO {literal(draft)} (FORMAT parquet)")
            draft.replace(made)
        return made

    def lacking(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return which columns are filled in or kept."""
        return lacking(snapshot, self.snapshots)

    def kept(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Return the fields that a deal may keep as they were: their columns NAME_kept say of which deals that is so."""
        return tuple(name for name in self.lacking(snapshot) if name in KEPT)

    def read(self, snapshot: Snapshot) -> str:
        """Return what a snapshot's deals are read from: it changes with any row of that."""
        read = (snapshot, *(before(snapshot, self.snapshots) if self.lacking(snapshot) else ()))
        return " < ".join(f"{one.as_of} {one.version} {one.content}" for one in read)

    def untold(self, con: DuckDBPyConnection, snapshot: Snapshot) -> dict[str, int]:
        """Return for what is lacking and has a default how many deals have that now; open deals where it is the category."""
        asked = [name for name in _UNTOLD if name in self.lacking(snapshot)]
        if not asked:
            return {}
        counts = ", ".join(f"count(*) FILTER ({_UNTOLD[name]})" for name in asked)
        file = literal(self.deals(con, snapshot))
        [found] = con.execute(f"SELECT {counts} FROM read_parquet({file})").fetchall()
        return dict(zip(asked, found, strict=True))

    def _filled(self, snapshot: Snapshot, missing: tuple[str, ...]) -> str:
        """Return the deals as SQL: in each column that is missing what the last one before says that has the column."""
        filled = [name for name in missing if name in FILLED]
        earlier = before(snapshot, self.snapshots)
        # A value in a struct is one that was said, if it is NULL.
        rows = " UNION ALL ".join(
            f"SELECT id, {place(one)} AS place, struct_pack(v := status) AS status, struct_pack(v := stage) AS stage"
            + "".join(
                f", {f'struct_pack(v := {name})' if name in said else 'NULL'} AS {name}" for name in filled
            )
            + f" FROM read_parquet({literal(self.shelf.rows(one, 'deals'))})"
            for one in earlier
            for said in [fields_of(one, self.snapshots)]
        )
        own = f"read_parquet({literal(self.shelf.rows(snapshot, 'deals'))})"
        last = ", ".join(f"max_by({name}, place).v AS {name}" for name in ("status", "stage", *filled))
        same = "b.id IS NOT NULL AND d.status IS NOT DISTINCT FROM b.status"
        marks = {
            "stage": same,
            "category": same if "stage" in missing else f"{same} AND d.stage IS NOT DISTINCT FROM b.stage",
        }
        replaced = ", ".join(f"b.{name} AS {name}" for name in filled)
        return (
            f"WITH b AS (SELECT id, {last} FROM ({rows}) WHERE id IN (SELECT id FROM {own}) GROUP BY id) "
            f"SELECT d.*{f' REPLACE ({replaced})' if replaced else ''}"
            + "".join(f", {marks[name]} AS {name}_kept" for name in missing if name in KEPT)
            + f" FROM {own} AS d LEFT JOIN b USING (id) ORDER BY d.line"
        )
