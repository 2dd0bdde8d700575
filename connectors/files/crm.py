"""`FilesCrm`: exports of deals on the shelf behind the `Crm` port. Nothing can be written to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from weakref import finalize

from connectors.company import Company
from connectors.errors import BadRequest, NoData, NotAllowed, OtherMeaning
from connectors.files import pages, told
from connectors.files.earlier import Sources, fields_of, place
from connectors.files.pages import Told, end_of, parts
from connectors.files.shelf import Shelf, Snapshot
from connectors.mirror.schema import BIT
from connectors.protocol import Applied, Change, Flags, Page, Table
from connectors.records import ForecastClass, Opportunity, Person, Product, Stage, Status
from connectors.rows import opportunity
from connectors.scratch import scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CURSOR: Final = re.compile(r"files/[0-9a-f]{12}/([0-9]+)\.([0-9]+)/[0-9a-f]{12}")
# How events are made of exports: where that changes, all of them are read anew.
_READING: Final = "2"
_HELP: Final = "run `quarterdeck import FILE` first"


class FilesCrm:
    """Snapshots of deals as a system of record: what stood in each export, from the end of its day on."""

    def __init__(self, home: Path, company: Company) -> None:
        """Remember where the shelf is and what the company means; nothing is read yet."""
        self._shelf = Shelf(home)
        self._company = company
        self._known: dict[Table, tuple[tuple[Snapshot, ...], tuple[dict[str, Any], ...]]] = {}

    @property
    def name(self) -> str:
        """Return `files`."""
        return "files"

    @property
    def now(self) -> datetime:
        """Return the end of the newest snapshot's day.

        Raises:
            NoData: nothing was taken in yet.
        """
        return end_of(self._newest.as_of, self._company.zone)

    def flags(self) -> Flags:
        """Return what the snapshots allow: history from two days on, activities where one has their dates."""
        days = {snapshot.as_of for snapshot in self._snapshots}
        return Flags(history=len(days) > 1, snapshots=True, activities=self._touched)

    def stages(self) -> tuple[Stage, ...]:
        """Return the company's stages, then those that only the files have, by name."""
        known = {stage.name for stage in self._company.stages}
        rows: dict[str, tuple[str, str]] = {}
        for snapshot in sorted(self._snapshots, key=place):
            for row in self._asked(
                "SELECT stage, if(bool_or(status = 'open'), 'open', min(status)) AS status, min(category) AS category "
                f"FROM ({self._deals(snapshot)}) GROUP BY stage"
            ):
                rows[row["stage"]] = (row["status"], row["category"])
        first = max((stage.order for stage in self._company.stages), default=0) + 1
        more = (
            Stage(name=name, order=order, status=Status(rows[name][0]), category=ForecastClass(rows[name][1]))
            for order, name in enumerate(sorted(rows.keys() - known), start=first)
        )
        return (*self._company.stages, *more)

    def people(self) -> tuple[Person, ...]:
        """Return everybody whom a snapshot names, as the newest one that does says, ordered by id.

        Whoever has a role in the company file is among them too: exports seldom name those who run the sales systems.
        """
        named = tuple(Person(**row) for row in self._latest("person"))
        known = {person.email.casefold() for person in named}
        more = {
            email: Person(id=email, name=_named(email), email=email, role=role, team="", region="")
            for role, emails in reversed(self._company.roles.items())
            for email in emails
            if email not in known
        }
        return tuple(sorted((*named, *more.values()), key=lambda person: person.id))

    def products(self) -> tuple[Product, ...]:
        """Return every product that a snapshot names, ordered by id."""
        return tuple(Product(**row) for row in self._latest("product"))

    def changes(self, since: str | None) -> Iterator[Page]:
        """Yield what the snapshots taken in after the cursor say, in parts.

        Raises:
            OtherMeaning: what the cursor stands for was read by another company file or from other files.
            BadRequest: the cursor is not one of ours.
        """
        done, part = (0, 0) if since is None else self._place(since)
        with closing(self._told.after(done, part)) as found:
            for snapshots, page, sheets in found:
                yield Page(sheets=sheets, cursor=self._cursor(snapshots, page))

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as the newest snapshot has it; None where it has none of that id."""
        found: dict[str, Any] = {}
        missing = set(told.EVENT_FIELDS)
        for snapshot in sorted(self._snapshots, key=place, reverse=True):
            rows = self._asked(f"SELECT * FROM ({self._deals(snapshot)}) WHERE id = ?", deal_id)
            if not rows and not found:
                return None
            for row in rows:
                # What the newest export does not have is as an older one said it.
                found = found or {**row, **dict.fromkeys(missing)}
                fresh = {
                    name
                    for name in missing & told.meant(fields_of(snapshot, self._snapshots))
                    if not row["keeps"] & BIT[name]
                }
                found |= {name: row[name] for name in fresh}
                missing -= fresh
            if found and not missing:
                break
        return opportunity(found) if found else None

    def record_url(self, deal_id: str) -> str:
        """Return the address that the file gives for a deal; empty where it gives none."""
        deal = self.read(deal_id)
        return (deal.url if deal else None) or ""

    def apply(self, change: Change, *, person: str) -> Applied:
        """Refuse: a file that was exported cannot be written to."""
        raise NotAllowed(
            f"{person!r} cannot change {change.field!r} of {change.deal_id!r}: the records come from exported files; "
            "change it in the CRM and import a new export"
        )

    @property
    def _snapshots(self) -> tuple[Snapshot, ...]:
        return self._shelf.snapshots()

    @property
    def _newest(self) -> Snapshot:
        snapshots = self._snapshots
        if not snapshots:
            raise NoData(f"no export was taken in yet: {_HELP}")
        return max(snapshots, key=place)

    @property
    def _touched(self) -> bool:
        """Say whether a snapshot knows of a last activity that was over when it was made."""
        return any(
            self._asked(
                f"SELECT 1 FROM ({self._deals(snapshot)}) WHERE last_activity <= DATE '{snapshot.as_of}' LIMIT 1"
            )
            for snapshot in self._snapshots
            if "last_activity" in snapshot.fields
        )

    @cached_property
    def _meaning(self) -> str:
        """Return a fingerprint of what the company file says that goes into events."""
        company = self._company
        parts_of = [_READING, company.zone.key, company.currency, *map(repr, company.stages)]
        return sha256("|".join(parts_of).encode()).hexdigest()[:12]

    @cached_property
    def _database(self) -> DuckDBPyConnection:
        """Return what answers questions, through a cursor for each: starting one takes far longer than asking it.

        It is closed with whatever it left on disk when nobody has this connector any more.
        """
        stack = ExitStack()
        con = stack.enter_context(scratch())
        finalize(self, stack.close)
        return con

    @cached_property
    def _filled(self) -> Path:
        """Return the folder of tables in which what they lack is filled in; it goes when nobody has this connector any more."""
        stack = ExitStack()
        folder = stack.enter_context(TemporaryDirectory(prefix="quarterdeck-"))
        finalize(self, stack.close)
        return Path(folder)

    @property
    def _told(self) -> Told:
        sources = Sources(shelf=self._shelf, snapshots=self._snapshots, folder=self._filled)
        return Told(company=self._company, sources=sources)

    def _deals(self, snapshot: Snapshot) -> str:
        with self._database.cursor() as con:
            return self._told.deals(con, snapshot)

    def _latest(self, table: Table) -> tuple[dict[str, Any], ...]:
        """Return the rows of a reference table, each as the newest snapshot has it that has it at all, by id.

        They are asked for whenever somebody speaks, so they are read once for what is on the shelf.
        """
        snapshots = self._snapshots
        if table not in self._known or self._known[table][0] != snapshots:
            everything = self._told
            found: dict[str, dict[str, Any]] = {}
            for snapshot in sorted(snapshots, key=place):
                with self._database.cursor() as con:
                    relation = everything.reference(con, snapshot, table)
                found |= {row["id"]: row for row in self._asked(relation)}
            self._known[table] = snapshots, tuple(found[key] for key in sorted(found))
        return self._known[table][1]

    def _asked(self, query: str, *values: str) -> list[dict[str, Any]]:
        with self._database.cursor() as con:
            result = con.execute(query, list(values))
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _cursor(self, done: int, part: int) -> str:
        """Return the cursor of so many snapshots and so many parts of the next; it knows what they were, and how large."""
        sources = self._told.sources
        read = "|".join(
            [
                *map(sources.read, sources.snapshots[: done + bool(part)]),
                *([f"in parts of {pages.ROWS} rows"] if part else []),
            ]
        )
        return f"files/{self._meaning}/{done}.{part}/{sha256(read.encode()).hexdigest()[:12]}"

    def _place(self, cursor: str) -> tuple[int, int]:
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise BadRequest(f"{cursor!r} is not a cursor of ours; run `quarterdeck sync --full`")
        done, part = int(found[1]), int(found[2])
        snapshots = self._snapshots
        fits = done < len(snapshots) and part < parts(snapshots[done]) if part else done <= len(snapshots)
        if not fits or self._cursor(done, part) != cursor:
            raise OtherMeaning(
                "the company file or the files have changed since they were loaded: run `quarterdeck sync --full`"
            )
        return done, part


def _named(email: str) -> str:
    """Return the name that an address spells: Ana Ferreira for ana.ferreira@larkmoor.example."""
    return " ".join(re.split(r"[._-]+", email.partition("@")[0])).title()
