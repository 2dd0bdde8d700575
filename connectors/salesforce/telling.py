"""From a run's pages on disk to pages of the port, one after the other; memory does not grow with the org."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import duckdb

from connectors.disk import private
from connectors.errors import BadRequest, TryLater
from connectors.protocol import Sheet, Table
from connectors.quoting import literal, quoted
from connectors.salesforce import around, swept, told, unread
from connectors.salesforce.fieldmap import OWN
from connectors.salesforce.followed import BLIND, GROUPED, NO_HISTORY, READ_FIRST, SECONDS, SINCE
from connectors.salesforce.pages import relation
from connectors.salesforce.pulls import DEALS, REREAD, SWEEP, SWEPT, SWEPT_ROLES
from connectors.salesforce.told import NOTHING, Raw, Teller, stamp
from connectors.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from connectors.salesforce.kept import Kept
    from connectors.salesforce.spool import Run, Spool

_NOON: Final = time(12)
# Pages of the org that make one page of the port.
TOGETHER: Final = 4


Sheets = tuple[tuple[Table, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some pages of one query that are told together: `lay` is run first, then each sheet is the answer to its SQL.

    What is `always` told has something to say without any pages too.
    """

    name: str
    pages: tuple[tuple[Path, int], ...]
    sheets: Callable[[Raw], Sheets]
    lay: Callable[[Raw], str] | None = None
    always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Records that are new to us though they were made before: ids by object; and how many known deals are not there.

    `turned` are contacts whose roles have gone or are back.
    """

    found: Mapping[str, tuple[str, ...]]
    missing: int
    known: int
    turned: tuple[str, ...] = ()

    @property
    def asked(self) -> Mapping[str, tuple[str, ...]]:
        """Return what is to be read again: ids by object."""
        contacts = dict.fromkeys((*self.found.get("Contact", ()), *self.turned))
        return {**self.found, "Contact": tuple(contacts)}


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One run, told. What was told of deals before it is read from `kept`, what is known after it is written there."""

    spool: Spool
    run: Run
    teller: Teller
    zone: ZoneInfo
    kept: Kept

    def pages(self, done: int, folder: Path) -> Iterator[tuple[int, bool, tuple[Sheet, ...]]]:
        """Yield what follows the first `done` pages: how many there are now, whether that is all, the sheets.

        A sheet's file, in `folder`, is there until the next page is asked for.

        Raises:
            TryLater: a page on disk does not hold the rows that Salesforce counted; it is fetched again next time.
            BadRequest: a field holds what its type does not allow.
        """
        parts = tuple(self._parts())
        with scratch() as con:
            self._prepare(con)
            self._lay_unread(con, afresh=self.run.window.since is None and not done)
            for number, part in enumerate(parts, start=1):
                if number <= done and part.lay is None:
                    continue
                sheets = tuple(self._told(con, part, folder / str(number), told=number > done))
                if number == len(parts):
                    self._keep_known(con)
                if number > done:
                    yield number, number == len(parts), tuple(sheet for sheet in sheets if sheet.rows)
                for sheet in sheets:
                    sheet.path.unlink(missing_ok=True)

    def seen(self) -> Seen:
        """Return what the run's answers say of which deals there are, against what was told before."""
        since, teller = self.run.window.start, self.teller
        if since is None:
            return Seen(found={}, missing=0, known=0)
        with scratch() as con:
            self._lay_known(con)
            con.execute("CREATE TABLE read (id VARCHAR, made TIMESTAMP)")
            self._from(con, DEALS, lambda raw: f"INSERT INTO read {told.read(raw)}")
            con.execute("CREATE TABLE swept (id VARCHAR, stamp TIMESTAMP)")
            sweep = tuple(page for page, _ in self.spool.pages(self.run, SWEEP, empty=True))
            if sweep:
                con.execute(f"INSERT INTO swept {told.swept(relation(sweep), teller.stamp)}")
            found = {DEALS: _ids(con, told.found(since, self.run.window.until))}
            [(known, missing)] = con.execute(told.COUNTED).fetchall()
            for name, ids in self._found_around(con):
                found[name] = found.get(name, ()) + ids
            roles = self._lay_parts(con)
            turned = () if roles is None else _ids(con, around.turned(roles))
        return Seen(found=found, missing=missing if sweep else 0, known=known, turned=turned)

    def _told(self, con: duckdb.DuckDBPyConnection, part: Part, path: Path, *, told: bool) -> Iterator[Sheet]:
        if not part.pages and not part.always:
            return
        raw = self._loaded(con, part) if part.pages else NOTHING
        try:
            if part.lay is not None:
                con.execute(part.lay(raw))
            if told:
                if unread.note(con, part.name, raw, self.teller):
                    self._copied(con, "SELECT * FROM unread ORDER BY ALL", self.kept.unread)
                for index, (table, query) in enumerate(part.sheets(raw)):
                    yield _written(con, table, query, path.with_name(f"{path.name}-{index}.parquet"))
        except duckdb.ConversionException as error:
            names = ", ".join(sorted({page.name.partition("-")[0] for page, _ in part.pages}))
            raise BadRequest(
                f"a field of {names} holds what its type does not allow: check the fields in {OWN} ({_type(error)})"
            ) from error

    def _parts(self) -> Iterator[Part]:
        """Yield everything there is to tell, in its order; there is at least one part."""
        teller, since, until = self.teller, self.run.window.start, self.run.window.until

        def deals(raw: Raw) -> Sheets:
            told = [teller.followed_from(raw, since, until), teller.standing(until), teller.texts(until)]
            began = [teller.begun(raw, since)] if teller.history else []
            return (("deal", teller.deals(raw)), *(("event", query) for query in (*began, *told) if query))

        def activities(*, meetings: bool) -> Callable[[Raw], Sheets]:
            return lambda raw: (
                (
                    "activity",
                    around.activities(raw, teller.fields, meetings=meetings, again=again),
                ),
            )

        def lay(raw: Raw) -> str:
            return (
                f"INSERT INTO later {told.later(raw, teller.after(raw, until))};"
                f"DELETE FROM page WHERE {teller.after(raw, until)};"
                f"CREATE OR REPLACE TABLE marked AS {teller.marked(raw)};"
                f"INSERT INTO met_deals {teller.met(until)};"
            )

        yield self._whole("User", lambda raw: (("person", around.people(raw, teller.fields)),))
        yield self._whole("Product2", lambda raw: (("product", around.products(raw)),))
        again = since is not None
        yield from self._each(
            "Account", lambda raw: (("account", around.accounts(raw, teller.fields, again=again)),)
        )
        yield self._whole("Contact", lambda raw: (("contact", around.contacts(raw, again=again)),))
        yield self._whole("OpportunityContactRole", lambda raw: (("contact", around.parts_played(raw)),))
        yield from self._each("OpportunityHistory", lambda raw: (("event", teller.changes(raw)),))
        yield from self._each(
            "OpportunityFieldHistory", lambda raw: (("event", teller.followed.changes(raw)),)
        )
        yield from self._each(DEALS, deals, lay)
        yield from self._each(
            REREAD, lambda raw: (("deal", teller.deals(raw)), ("event", teller.standing(until))), lay
        )
        yield from self._each("Task", activities(meetings=False))
        yield from self._each("Event", activities(meetings=True))
        for name, sweep in SWEPT.items():
            yield self._whole(sweep, partial(swept.gone, name), partial(swept.left, name))
        yield replace(
            self._whole(
                SWEEP,
                lambda _raw: (("event", told.gone(until)),),
                lambda raw: told.lay_gone(raw, teller.stamp, until),
            ),
            always=True,
        )

    def _whole(
        self, name: str, sheets: Callable[[Raw], Sheets], lay: Callable[[Raw], str] | None = None
    ) -> Part:
        pages = self.spool.pages(self.run, name, empty=name in {SWEEP, *SWEPT.values()})
        told = () if name in self.run.same else tuple(pages)
        return Part(name=name, pages=told, sheets=sheets, lay=lay)

    def _each(
        self, name: str, sheets: Callable[[Raw], Sheets], lay: Callable[[Raw], str] | None = None
    ) -> Iterator[Part]:
        pages = self.spool.pages(self.run, name)
        for first in range(0, len(pages), TOGETHER):
            yield Part(name=name, pages=tuple(pages[first : first + TOGETHER]), sheets=sheets, lay=lay)

    def _prepare(self, con: duckdb.DuckDBPyConnection) -> None:
        """Lay out what rows of several objects need: stages, how deals began, days at noon, parts that contacts play."""
        con.execute(
            "CREATE TABLE stage (value VARCHAR, name VARCHAR, place INTEGER, status VARCHAR, category VARCHAR, active BOOLEAN)"
        )
        self._from(con, "OpportunityStage", lambda raw: f"INSERT INTO stage {told.stages(raw)}")
        con.execute("CREATE TABLE began (deal_id VARCHAR, moment TIMESTAMP)")
        self._from(con, "OpportunityHistory", lambda raw: f"INSERT INTO began {told.began(raw)}")
        self._lay_followed(con)
        con.execute("CREATE TABLE noon (day DATE, moment TIMESTAMP)")
        for name in ("Task", "Event"):
            self._from(con, name, lambda raw: f"INSERT INTO noon (day) {around.days(raw)}")
        days = [
            day for (day,) in con.execute("SELECT DISTINCT day FROM noon WHERE day IS NOT NULL").fetchall()
        ]
        con.execute("DELETE FROM noon")
        if days:
            con.executemany("INSERT INTO noon VALUES (?, ?)", [(day, self._noon(day)) for day in days])
        self._lay_known(con)
        con.execute(f"CREATE TABLE met_deals {told.KNOWN}; CREATE TABLE missing (deal_id VARCHAR)")
        con.execute("CREATE TABLE later (id VARCHAR)")
        self._lay_roles(con)
        self._lay_around(con)

    def _lay_around(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Lay out which accounts and contacts there were and which were read; say whether it is known which there were."""
        known = self.kept.around(self.run.window.since)
        swept.lay(con, known)
        for name in SWEPT:
            self._from(con, name, partial(swept.read, name))
        return known is not None

    def _found_around(self, con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the ids of accounts and contacts that a sweep has come across and nobody has read, by object."""
        sweeps = {name: self.spool.pages(self.run, sweep) for name, sweep in SWEPT.items()}
        if any(sweeps.values()) and self._lay_around(con):
            for name, pages in sweeps.items():
                for page, _ in pages:
                    yield name, _ids(con, swept.found(name, relation((page,))))

    def _lay_known(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(f"CREATE TABLE known {told.KNOWN}")
        path = self.kept.known(self.run.window.since)
        if path is not None:
            con.execute(f"INSERT INTO known SELECT * FROM read_parquet({literal(path)})")

    def _keep_known(self, con: duckdb.DuckDBPyConnection) -> None:
        until = self.run.window.until
        self._copied(con, told.KNOWN_NOW, self.kept.known_path(until))
        since, sweeps = self.run.window.since, frozenset(SWEPT.values())
        if since is None or self.kept.around(since) is not None or not sweeps.isdisjoint(self.run.objects):
            self._copied(con, swept.NOW, self.kept.around_path(until))

    def _lay_followed(self, con: duckdb.DuckDBPyConnection) -> None:
        """Lay out what the field history says as a whole: what fields were at first, and since when they are followed."""
        followed = self.teller.followed
        con.execute(NO_HISTORY)
        self._from(con, "OpportunityFieldHistory", lambda raw: f"INSERT INTO history {followed.rows(raw)}")
        con.execute(f"CREATE TABLE seconds AS {SECONDS}; CREATE TABLE blind AS {BLIND}")
        con.execute(f"{followed.no_firsts()}; CREATE TABLE tracked AS {SINCE}")
        [(rows,)] = con.execute("SELECT count(*) FROM history").fetchall()
        parts = 1 + rows // GROUPED
        for part in range(parts):
            con.execute(f"INSERT INTO firsts {followed.firsts(part, parts)}")
        con.execute("DROP TABLE history")
        path = self.kept.tracked
        if self.run.window.since is None:
            con.execute(f"INSERT INTO tracked VALUES ({literal(READ_FIRST)}, {stamp(self.run.window.until)})")
        elif path.is_file():
            con.execute(f"INSERT INTO tracked SELECT * FROM read_parquet({literal(path)})")
        self._copied(
            con, "SELECT field, min(moment) AS moment FROM tracked GROUP BY field ORDER BY field", path
        )

    def _lay_unread(self, con: duckdb.DuckDBPyConnection, *, afresh: bool) -> None:
        con.execute(unread.EMPTY)
        if afresh:
            self.kept.unread.unlink(missing_ok=True)
        elif self.kept.unread.is_file():
            con.execute(f"INSERT INTO unread SELECT * FROM read_parquet({literal(self.kept.unread)})")

    def _lay_roles(self, con: duckdb.DuckDBPyConnection) -> None:
        swept = self._lay_parts(con)
        if swept is not None:
            con.execute(around.turn(swept))
        con.execute(around.PLAYED)
        con.execute("CREATE TABLE met (id VARCHAR)")
        self._from(con, "Contact", lambda raw: f"INSERT INTO met SELECT {quoted('Id')} FROM {raw.relation}")
        self._copied(con, "SELECT * FROM played_by ORDER BY id", self.kept.roles)

    def _lay_parts(self, con: duckdb.DuckDBPyConnection) -> Raw | None:
        """Lay out which roles contacts were given; return those that a sweep has come across, None where it was not asked."""
        con.execute(around.NO_ROLES)
        if self.kept.roles.is_file() and self.run.window.since is not None:
            con.execute(f"INSERT INTO played_by SELECT * FROM read_parquet({literal(self.kept.roles)})")
        self._from(con, "OpportunityContactRole", lambda raw: f"INSERT INTO played_by {around.roles(raw)}")
        con.execute(around.NEWEST)
        sweep = tuple(page for page, _ in self.spool.pages(self.run, SWEPT_ROLES, empty=True))
        return relation(sweep) if sweep else None

    def _copied(self, con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{path.name}.part")
        con.execute(f"COPY ({query}) TO {literal(part)} (FORMAT parquet)")
        private(part).replace(path)

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, _NOON, tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)

    def _from(self, con: duckdb.DuckDBPyConnection, name: str, statement: Callable[[Raw], str]) -> None:
        """Run a statement over all pages of an object; not at all where there are none."""
        pages = self.spool.pages(self.run, name)
        if pages:
            try:
                con.execute(statement(relation(page for page, _ in pages)))
            except duckdb.Error as error:
                self._refuse(pages, error)

    def _loaded(self, con: duckdb.DuckDBPyConnection, part: Part) -> Raw:
        """Read the pages of a part once, for all its sheets."""
        raw = relation(page for page, _ in part.pages)
        try:
            con.execute(f"CREATE OR REPLACE TABLE page AS SELECT * FROM {raw.relation}")
            [(rows,)] = con.execute("SELECT count(*) FROM page").fetchall()
        except duckdb.Error as error:
            self._refuse(part.pages, error)
        if rows != sum(counted for _, counted in part.pages):
            self._refuse(part.pages, None)
        return Raw(relation="page", paths=raw.paths)

    def _refuse(self, pages: Iterable[tuple[Path, int]], error: Exception | None) -> NoReturn:
        """Let go of pages that cannot be read as what Salesforce said they are."""
        names = []
        for page, _ in pages:
            names.append(page.name)
            self.spool.drop(self.run, page)
        raise TryLater(
            f"what Salesforce sent is not whole ({', '.join(names[:3])}): it was let go, and the next sync fetches it again"
        ) from error


def _ids(con: duckdb.DuckDBPyConnection, query: str) -> tuple[str, ...]:
    return tuple(row[0] for row in con.execute(query).fetchall())


def _written(con: duckdb.DuckDBPyConnection, table: Table, query: str, path: Path) -> Sheet:
    con.execute(f"COPY ({query}) TO {literal(path)} (FORMAT parquet)")
    [(rows,)] = con.execute(f"SELECT count(*) FROM read_parquet({literal(path)})").fetchall()
    return Sheet(table=table, path=path, rows=rows)


def _type(error: Exception) -> str:
    """Return which type something is not, without what it is."""
    wanted = str(error).split("\n", 1)[0].rpartition(" to ")[2]
    return (
        f"not a {wanted}"
        if wanted.replace("(", "").replace(")", "").replace(",", "").isalnum()
        else "not its type"
    )
