"""From the snapshots on the shelf to pages of the mirror: what each one says that those taken in before did not.

Every row of every snapshot is one event at the snapshot's instant that sets the fields its export has, and a deal that
an earlier snapshot has and this one has not is deleted there. What an export has no column for is as those before it say
(`connectors.files.earlier`). So the events depend on the snapshots alone, not on the order in which they were taken in.
What does not change in time (people, accounts, products, a deal's name) comes with the latest snapshot that has it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import duckdb

from connectors.files import told
from connectors.files.earlier import Sources, fields_of, place
from connectors.files.shelf import Shelf, Snapshot
from connectors.protocol import Sheet, Table
from connectors.quoting import literal
from connectors.scratch import scratch

if TYPE_CHECKING:
    from connectors.company import Company

# Rows of one page: what is held in memory at once.
ROWS: Final = 500_000
_TICK: Final = timedelta(microseconds=1)
_NOON: Final = time(12)
_DEAL: Final = ("id", "name", "account_id", "created_at", "url")


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of the day in the zone, in UTC: the instant that `--as-of` means to reports."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC) - _TICK


def noon_of(day: date, zone: ZoneInfo) -> datetime:
    """Return noon of the day in the zone, in UTC: when something was done of which only the day is known."""
    return datetime.combine(day, _NOON, tzinfo=zone).astimezone(UTC)


def parts(snapshot: Snapshot) -> int:
    """Return how many pages a snapshot has; at least one."""
    return max(1, -(-snapshot.rows // ROWS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """A database, and the folder in which it writes the sheets of a page."""

    con: duckdb.DuckDBPyConnection
    folder: Path

    def sheet(self, table: Table, query: str) -> Sheet:
        """Return what a query gives, written as a sheet."""
        path = self.folder / f"{len(list(self.folder.iterdir()))}.{table}.parquet"
        [(rows,)] = self.con.execute(f"COPY ({query}) TO {literal(path)} (FORMAT parquet)").fetchall()
        return Sheet(table=table, path=path, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything on the shelf, as sheets: asked once for each load."""

    company: Company
    sources: Sources

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return all snapshots, in the order in which they were taken in."""
        return self.sources.snapshots

    def after(self, done: int, part: int) -> Generator[tuple[int, int, tuple[Sheet, ...]]]:
        """Yield what follows the first `done` snapshots and `part` pages of the next: how far this reaches, its sheets."""
        if done == len(self.snapshots):
            return
        with scratch() as con:
            con.execute("CREATE TEMP TABLE known (id VARCHAR, first BIGINT)")
            con.execute("CREATE TEMP TABLE touched (id VARCHAR, day DATE)")
            con.execute("CREATE TEMP TABLE later (kind VARCHAR, id VARCHAR, place BIGINT)")
            for earlier in self.snapshots[:done]:
                self._learn(con, earlier)
            self._look_ahead(con, min(map(place, self.snapshots[done:])))
            for number in range(done, len(self.snapshots)):
                snapshot = self.snapshots[number]
                last = parts(snapshot)
                for page in range(part if number == done else 0, last):
                    whole = page + 1 == last
                    reached = (number + 1, 0) if whole else (number, page + 1)
                    with TemporaryDirectory(prefix="quarterdeck-") as folder:
                        desk = _Desk(con=con, folder=Path(folder))
                        sheets = (
                            *(self._references(desk, snapshot) if page == 0 else ()),
                            *self._rows(desk, snapshot, page),
                            *(self._gone(desk, number) if whole and number else ()),
                        )
                        yield *reached, tuple(sheet for sheet in sheets if len(sheet))
                if number + 1 < len(self.snapshots):
                    self._learn(con, snapshot)

    def _source(self, con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> str:
        return literal(self.sources.deals(con, snapshot))

    def _listed(self, snapshot: Snapshot, kind: str) -> str | None:
        return literal(self.sources.shelf.rows(snapshot, kind)) if kind in snapshot.kinds else None

    def deals(self, con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> str:
        """Return a snapshot's deals as SQL."""
        return told.deals(self.company, self._source(con, snapshot), self.sources.kept(snapshot))

    def reference(self, con: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: Table) -> str:
        """Return a snapshot's people, accounts or products as SQL."""
        deals = self._source(con, snapshot)
        match table:
            case "person":
                listed = self._listed(snapshot, "people")
                return told.people(deals, listed, self._listed(snapshot, "accounts"))
            case "account":
                return told.accounts(deals, self._listed(snapshot, "accounts"))
            case _:
                return told.products(deals, self._listed(snapshot, "products"))

    def _learn(self, con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
        """Remember which deals a snapshot has, and what it says was done when."""
        source = self._source(con, snapshot)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE known AS SELECT id, min(first) AS first FROM "
            f"(FROM known UNION ALL SELECT id, {place(snapshot)} FROM read_parquet({source})) GROUP BY id"
        )
        if "last_activity" in snapshot.fields:
            con.execute(
                f"INSERT INTO touched SELECT id, last_activity FROM read_parquet({source}) WHERE {_done(snapshot)} "
                "AND (id, last_activity) NOT IN (FROM touched)"
            )

    def _look_ahead(self, con: duckdb.DuckDBPyConnection, start: int) -> None:
        """Remember who and what snapshots after the place `start` have: what they say of them counts."""
        for snapshot in self.snapshots:
            if place(snapshot) > start:
                deals = f"read_parquet({self._source(con, snapshot)})"
                con.execute(f"INSERT INTO later SELECT 'deal', id, {place(snapshot)} FROM {deals}")
                for table in ("person", "account", "product"):
                    relation = self.reference(con, snapshot, table)
                    con.execute(
                        f"INSERT INTO later SELECT '{table}', id, {place(snapshot)} FROM ({relation})"
                    )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE later AS SELECT kind, id, max(place) AS place FROM later GROUP BY ALL"
        )

    def _newest(self, table: str, snapshot: Snapshot) -> str:
        """Return the condition that no later snapshot has this id."""
        return f"id NOT IN (SELECT id FROM later WHERE kind = '{table}' AND place > {place(snapshot)} AND id IS NOT NULL)"

    def _references(self, desk: _Desk, snapshot: Snapshot) -> Iterator[Sheet]:
        for table in ("person", "account", "product"):
            relation = f"FROM ({self.reference(desk.con, snapshot, table)}) WHERE {self._newest(table, snapshot)} ORDER BY id"
            yield desk.sheet(table, relation)

    def _rows(self, desk: _Desk, snapshot: Snapshot, page: int) -> Iterator[Sheet]:
        """Yield the deals, events and activities of one part of a snapshot's rows."""
        # Read anew for each sheet: that takes half the time of a table of the page, and none of its memory.
        relation = self.deals(desk.con, snapshot)
        own = f"(FROM ({relation}) WHERE row >= {page * ROWS} AND row < {(page + 1) * ROWS})"
        deal = ", ".join(_DEAL)
        yield desk.sheet("deal", f"SELECT {deal} FROM {own} WHERE {self._newest('deal', snapshot)}")
        fields = ", ".join(told.EVENT_FIELDS)
        yield desk.sheet(
            "event",
            f"SELECT {_event(snapshot)} || id AS id, id AS deal_id, {self._instant(snapshot)} AS valid_at, "
            f"({told.mask(fields_of(snapshot, self.snapshots))} - keeps)::INTEGER AS fields, {fields} FROM {own}",
        )
        if "last_activity" in snapshot.fields:
            yield from self._touches(desk, snapshot, own)

    def _touches(self, desk: _Desk, snapshot: Snapshot, page: str) -> Iterator[Sheet]:
        """Yield an activity for each deal and day of last activity; who took part is not known."""
        new = f"FROM {page} WHERE {_done(snapshot)} AND (id, last_activity) NOT IN (FROM touched)"
        days = [day for (day,) in desk.con.execute(f"SELECT DISTINCT last_activity {new}").fetchall()]
        if not days:
            return
        noons = ", ".join(f"(DATE '{day}', {_stamp(noon_of(day, self.company.zone))})" for day in days)
        yield desk.sheet(
            "activity",
            f"SELECT id || '/' || last_activity AS id, id AS deal_id, 'task' AS kind, noon.instant AS \"at\", FALSE AS buyer "
            f"FROM (SELECT id, row, last_activity {new}) JOIN (VALUES {noons}) AS noon(day, instant) ON day = last_activity "
            "ORDER BY row",
        )

    def _gone(self, desk: _Desk, number: int) -> Iterator[Sheet]:
        """Yield the end of deals that an earlier snapshot has and a later one has not, as far as this one tells of it."""
        snapshot = self.snapshots[number]
        here = f"SELECT id FROM read_parquet({self._source(desk.con, snapshot)})"
        yield self._ended(
            desk, snapshot, f"SELECT id FROM known WHERE first < {place(snapshot)} AND id NOT IN ({here})"
        )
        for other in self.snapshots[:number]:
            if place(other) > place(snapshot):
                there = f"SELECT id FROM read_parquet({self._source(desk.con, other)})"
                told_before = f"SELECT id FROM known WHERE first < {place(other)}"
                yield self._ended(desk, other, f"{here} EXCEPT {there} EXCEPT {told_before}")

    def _ended(self, desk: _Desk, snapshot: Snapshot, ids: str) -> Sheet:
        return desk.sheet(
            "event",
            f"SELECT {_event(snapshot)} || id AS id, id AS deal_id, {self._instant(snapshot)} AS valid_at, "
            f"TRUE AS deleted FROM ({ids}) ORDER BY id",
        )

    def _instant(self, snapshot: Snapshot) -> str:
        return _stamp(end_of(snapshot.as_of, self.company.zone))


def untold(shelf: Shelf, snapshot: Snapshot) -> dict[str, int]:
    """Return for what a snapshot lacks and has a default how many of its deals have that now (`Sources.untold`)."""
    with TemporaryDirectory(prefix="quarterdeck-") as folder, scratch() as con:
        return Sources(shelf=shelf, snapshots=shelf.snapshots(), folder=Path(folder)).untold(con, snapshot)


def _done(snapshot: Snapshot) -> str:
    """Return the condition that an activity is not planned for after the snapshot."""
    return f"last_activity <= DATE '{snapshot.as_of}'"


def _event(snapshot: Snapshot) -> str:
    return f"'{snapshot.as_of}/{snapshot.version:04d}/'"


def _stamp(instant: datetime) -> str:
    return f"TIMESTAMP '{instant.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"
