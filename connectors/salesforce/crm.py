"""`SalesforceCrm`: an org behind the `Crm` port."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest, NotAllowed, OtherMeaning
from connectors.mirror.notes import KNOWN_FROM, UNREAD, known_from_as_text, said, unread_as_text
from connectors.protocol import Flags, Page
from connectors.records import Opportunity, Person, Product, Stage
from connectors.rows import opportunity
from connectors.salesforce import fieldmap, lists, soql, told
from connectors.salesforce.applying import Changing
from connectors.salesforce.kept import Kept
from connectors.salesforce.lists import Lists
from connectors.salesforce.pages import asked, known_from, standing, unread_of
from connectors.salesforce.pulls import (
    DEALS,
    EVERY,
    SETTLE,
    STAGES,
    STAMPS,
    SWEEP,
    WHOLE,
    Pull,
    Window,
    pull_of,
    pulls,
    pulls_of,
)
from connectors.salesforce.spool import Run, Spool, fetch_page
from connectors.salesforce.telling import Telling
from connectors.salesforce.told import Teller

if TYPE_CHECKING:
    from connectors.company import Company
    from connectors.salesforce.fieldmap import Fields
    from connectors.salesforce.org import Org
    from connectors.writes import Writer

_STAMP: Final = "%Y%m%dT%H%M%S"
_NEVER: Final = "-"
_ID: Final = re.compile(r"006[0-9A-Za-z]{12}([0-9A-Za-z]{3})?")
# What a cursor says: the end of the last window, that of the one begun, and its pages that are through.
_Place = tuple[datetime | None, datetime | None, int]
_CURSOR: Final = re.compile(r"salesforce/([0-9a-f]{12})/([0-9]{8}T[0-9]{6}|-)/([0-9]{8}T[0-9]{6}|-)/([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A sync of which everything is fetched; `resumed` says that one was gone on with that had been broken off."""

    run: Run
    telling: Telling
    also: frozenset[str]
    place: _Place
    resumed: bool


class SalesforceCrm(Changing):
    """One org, read by one login. What is fetched lies in `home/salesforce` until the mirror has it."""

    def __init__(
        self, home: Path, company: Company, org: Callable[[], Org], *, writer: Writer | None = None
    ) -> None:
        """Remember where things are; `org` signs in, and is called when something is asked for the first time.

        `writer` carries out changes, as persons; without one, nothing can be changed.
        """
        super().__init__(home, writer)
        self.progress: Callable[[str], None] = _silence
        self._company = company
        self._sign_in = org
        self._kept = Kept(home / "salesforce" / "kept")
        self._lists = Lists(self._kept.folder)
        self._spool = Spool(home / "salesforce" / "spool")

    @property
    def name(self) -> str:
        """Return `salesforce`."""
        return "salesforce"

    @property
    def now(self) -> datetime:
        """Return the end of the last sync's window; before the first one, where a window would end now."""
        run = self._spool.run()
        return run.window.until if run is not None and run.done else self._now()

    def flags(self) -> Flags:
        """Return what this org gives: what has come since everything was read; before that, what the login may read."""
        seen = self._kept.seen() or {
            table
            for table, objects in _TABLES.items()
            if any(self._org.describe(name).fields for name in objects)
        }
        return Flags(
            history="event" in seen,
            activities="activity" in seen,
            contacts="contact" in seen,
            writes=self.writer is not None,
        )

    def stages(self) -> tuple[Stage, ...]:
        """Return the org's stages in their order, those that are not in use any more last."""
        return lists.stages(self._list("stages"))

    def people(self) -> tuple[Person, ...]:
        """Return the users who work in the org, ordered by id."""
        return lists.people(self._list("people"))

    def products(self) -> tuple[Product, ...]:
        """Return the org's products, ordered by id."""
        return lists.products(self._list("products"))

    def changes(self, since: str | None) -> Iterator[Page]:
        """Fetch what changed since the cursor's window, then yield it; a load that was killed goes on where it was.

        Raises:
            TryLater, NotAllowed, BadRequest: what Salesforce says, or that the org's share of calls is used up.
            OtherMeaning: what was loaded is of another org, or was read by other fields or another company file.
        """
        self._begin()
        try:
            began = self._fetched(since)
        except (BadRequest, NotAllowed):
            # What is known of the org's objects may be hours old.
            if not self._org.describe_again():
                raise
            self._forget()
            began = self._fetched(since)
        yield from self._told(began)

    def _fetched(self, since: str | None) -> _Begun:
        """Fetch all that there is to tell after a cursor, going on with what lies there."""
        fieldmap.refuse_hidden_currency(self._org.describe)
        after, until, part = self._place(since)
        if after is not None and self._kept.known(after) is None:
            raise OtherMeaning("what was read before is not kept any more: run `quarterdeck sync --full`")
        run = self._run(after, until)
        if run.again or run.window.until != until:
            part = 0
        resumed = run.done or bool(run.objects)
        telling = Telling(
            spool=self._spool, run=run, teller=self._teller, zone=self._company.zone, kept=self._kept
        )
        also = self._also(run.window)
        if not run.done:
            self._fetch(run, telling, also)
        return _Begun(run=run, telling=telling, also=also, place=(after, until, part), resumed=resumed)

    def _told(self, began: _Begun) -> Iterator[Page]:
        run, (after, until, part) = began.run, began.place
        begun, end = (_NEVER if after is None else f"{after:{_STAMP}}"), f"{run.window.until:{_STAMP}}"
        seen = set() if after is None else set(self._kept.seen())
        with TemporaryDirectory(prefix="quarterdeck-") as folder:
            for number, last, sheets in began.telling.pages(part, Path(folder)):
                seen |= {sheet.table for sheet in sheets}
                self._kept.note(seen)
                if last:
                    self._kept.look(began.also or (EVERY if after is None else ()), run.window.until)
                    self._kept.forget()
                    for name in WHOLE:
                        self._kept.keep(name, self._whole(run, name))
                    for name, object_name in lists.OBJECTS.items():
                        self._lists.keep(name, lists.made(name, self._whole(run, object_name), self._fields))
                    for unread in unread_of(self._kept):
                        self.progress(said(unread))
                    self._spool.finish(run)
                reached = f"{end}/{_NEVER}/0" if last else f"{begun}/{end}/{number}"
                yield Page(sheets=sheets, cursor=f"salesforce/{self._meaning}/{reached}")
        if began.resumed and until is None and self._now() - run.window.until > LONG_AGO:
            yield from self.changes(f"salesforce/{self._meaning}/{end}/{_NEVER}/0")

    def _fetch(self, run: Run, telling: Telling, also: frozenset[str]) -> None:
        wanted = pulls(self._org.describe, self._fields, run.window, also=also)
        self._spool.put(run, self._pull(STAGES), self._kept.stages)
        self._spool.fetch(self._org, wanted, run, self.progress)
        if run.window.since is not None:
            run.same = [name for name in WHOLE if self._kept.same(name, self._whole(run, name))]
        seen = telling.seen()
        for name, ids in seen.found.items():
            if len(ids) > MOST_FOUND:
                called = "deals" if name == DEALS else f"{name.lower()}s"
                raise OtherMeaning(
                    f"{len(ids):,} {called} that this login did not see before are there now: run `quarterdeck sync --full`"
                )
        if seen.missing > max(MOST_MISSING, seen.known * MISSING_SHARE):
            self._spool.forget(run, SWEEP)
            raise NotAllowed(
                f"this login does not see {seen.missing:,} of {seen.known:,} deals any more: has it lost a right? A Salesforce "
                "administrator looks at its profile and sharing; if it is as it should be, run `quarterdeck sync --full`"
            )
        for name, ids in seen.asked.items():
            more = pulls_of(self._org.describe, self._fields, ids, of=name)
            self._spool.fetch(self._org, more, run, self.progress)
        self._spool.close(run)

    def _whole(self, run: Run, name: str) -> tuple[Path, ...]:
        """Return the pages of a table that was read whole."""
        return tuple(page for page, _ in self._spool.pages(run, name))

    def _also(self, window: Window) -> frozenset[str]:
        """Return what a sync asks besides what changed: each night which deals there are, each week fields that stamps miss."""
        if window.since is None:
            return frozenset()
        looked = self._kept.looked()
        return frozenset(
            name
            for name, every in EVERY.items()
            if name not in looked or window.until - looked[name] >= every
        )

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as Salesforce has it right now; None where there is none that this login sees."""
        if not _ID.fullmatch(deal_id):
            return None
        pull = self._pull("Opportunity")
        one = replace(pull, where=(soql.compare("Id", "=", deal_id), _NOT_DELETED))
        with TemporaryDirectory(prefix="quarterdeck-") as folder:
            page = Path(folder) / "page.csv"
            if not fetch_page(self._org, one, page):
                return None
            [row] = standing(page, self._stage_page(), self._teller)
        return opportunity(row)

    def notes(self) -> dict[str, str]:
        """Return what could not be read of the records so far, and from when on changes of which fields are known."""
        return {
            UNREAD: unread_as_text(unread_of(self._kept)),
            KNOWN_FROM: known_from_as_text(known_from(self._kept, self._teller)),
        }

    def sources(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return from which fields deals and accounts are read: object to our word to paths."""
        return {
            fieldmap.PARTS[part]: {
                word: tuple(source.path for source in found) for word, found in self._fields[part].items()
            }
            for part in ("deal", "account")
        }

    def calls_a_day(self) -> int | None:
        """Return how many calls the org allows in a day; None before it has said so."""
        usage = self._org.session.usage
        return None if usage is None else usage.limit

    def record_url(self, deal_id: str) -> str:
        """Return the address at which a person opens this deal."""
        return f"{self._org.address}/lightning/r/Opportunity/{deal_id}/view"

    def has(self, field: str) -> bool:
        """Say whether deals have a field that this login sees."""
        return self._org.describe("Opportunity").field(field) is not None

    def stage_values(self) -> Mapping[str, str]:
        """Return what records hold for each stage that people see."""
        return {row["name"]: row["value"] for row in asked((self._stage_page(),), told.stages)}

    def _begin(self) -> None:
        """Ask anew what the org's records mean: a sync begins with that."""
        self._forget()
        self._org.begin()

    def _forget(self) -> None:
        for name in ("_fields", "_teller", "_meaning"):
            self.__dict__.pop(name, None)

    @cached_property
    def _org(self) -> Org:
        return self._sign_in()

    @cached_property
    def _fields(self) -> Fields:
        return fieldmap.load(self._home).resolve(self._org.describe)

    @cached_property
    def _teller(self) -> Teller:
        paths = self._pull("Opportunity").paths
        return Teller(
            fields=self._fields,
            currency=self._company.currency,
            address=self._org.address,
            history=bool(self._org.describe("OpportunityHistory").fields),
            stamp=next(name for name in STAMPS if name in paths),
            several="CurrencyIsoCode" in paths
            and self._org.describe("OpportunityHistory").field("CurrencyIsoCode") is not None,
        )

    @cached_property
    def _meaning(self) -> str:
        """Return a fingerprint of what goes into rows beside the records: the org, fields, stages, zone and currency."""
        fields = [
            f"{part}.{word}={source.path}:{source.field.type}"
            for part, words in self._fields.items()
            for word, sources in words.items()
            for source in sources
        ]
        fetch_page(self._org, self._pull(STAGES), self._kept.stages)
        stages = sorted(map(repr, asked((self._kept.stages,), told.stages)))
        parts = [_TOLD, self._org.address, self._company.zone.key, self._company.currency, *fields, *stages]
        return sha256("|".join(parts).encode()).hexdigest()[:12]

    def _pull(self, name: str) -> Pull:
        """Return the query of one object over all its records.

        Raises:
            BadRequest: the login does not see the object.
        """
        pull = pull_of(self._org.describe, self._fields, name)
        if pull is None:
            raise BadRequest(
                f"this login does not see {name} in {self._org.address}: a Salesforce administrator gives it the right to read it"
            )
        return pull

    def _list(self, name: str) -> lists.Rows:
        """Return a short list as the last sync read it; before the first one it is asked for."""

        def live() -> lists.Rows:
            object_name = lists.OBJECTS[name]
            if not self._org.describe(object_name).fields:
                return []
            with TemporaryDirectory(prefix="quarterdeck-") as folder:
                page = Path(folder) / "page.csv"
                fetch_page(self._org, self._pull(object_name), page)
                return lists.made(name, (page,), self._fields)

        return self._lists.rows(name, live)

    def _stage_page(self) -> Path:
        page = self._kept.path(STAGES)
        if not page.is_file():
            fetch_page(self._org, self._pull(STAGES), page)
        return page

    def _now(self) -> datetime:
        """Return where a window that is asked for now ends."""
        return self._org.now() - SETTLE

    def _run(self, after: datetime | None, until: datetime | None) -> Run:
        """Return the run that lies there where it is the one to go on with, else a new one.

        One that was handed on to its end from the same cursor on did not arrive: else the cursor would be its own. From
        the beginning, though, it may be that everything is to be read again.
        """
        run = self._spool.run()
        if run is not None and (run.meaning, run.window.since) == (self._meaning, after):
            arrived = (after is None and run.told) or run.window.until == after
            if run.window.until == until or (until is None and not arrived):
                return run
        now = self._now()
        return self._spool.begin(
            self._meaning, Window(since=after, until=now if after is None else max(now, after))
        )

    def _place(self, cursor: str | None) -> _Place:
        """Return what a cursor says."""
        if cursor is None:
            return None, None, 0
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise BadRequest(f"{cursor!r} is not a cursor of ours; run `quarterdeck sync --full`")
        if found[1] != self._meaning:
            raise OtherMeaning(
                "the fields, the org or the company file have changed since records were loaded: run `quarterdeck sync --full`"
            )
        return _instant(found[2]), _instant(found[3]), int(found[4])


# Raise this when rows are told otherwise: what was told by another version is read again.
_TOLD: Final = "2"
# A load that was broken off and goes on after so long reads at once what has changed since.
LONG_AGO: Final = timedelta(minutes=30)
# More deals than this, and than this share of all, do not vanish overnight.
MOST_MISSING: Final = 50
MISSING_SHARE: Final = 0.2
# So many deals that were not seen before are asked for one by one.
MOST_FOUND: Final = 2_000
_TABLES: Final = {"event": ("OpportunityHistory",), "activity": ("Task", "Event"), "contact": ("Contact",)}
_NOT_DELETED: Final = soql.compare("IsDeleted", "=", False)


def _instant(text: str) -> datetime | None:
    return None if text == _NEVER else datetime.strptime(text, _STAMP).replace(tzinfo=UTC)


def _silence(step: str) -> None:
    """Say nothing."""
