"""`DemoCrm`: Larkmoor behind the `Crm` port. What is written to it stays in the home it is opened for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from secrets import token_hex
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connectors.company import Company, parse
from connectors.demo import calendar
from connectors.demo.calendar import DEFAULT_SIZE
from connectors.demo.names import URL
from connectors.demo.people import people
from connectors.errors import BadRequest, Conflict, ConnectorError, NotAllowed, TryLater
from connectors.protocol import Applied, Change, Flags, Page
from connectors.records import Opportunity, Person, Product, Stage
from connectors.writes import Edit, Stale, Update, Why, Writer

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.demo.larkmoor import Larkmoor
    from connectors.demo.written import Written

DEFAULT_SEED = 59
# Loaded when something is changed or was, as arrays are: see the class.
_WRITTEN: Final = "connectors.demo.written"
_OPENING = time(8, 30)


def company() -> Company:
    """Return what Larkmoor means by its words."""
    return parse(files("connectors.demo").joinpath("company.toml").read_text(encoding="utf-8"))


class DemoCrm:
    """An invented company as a system of record: the same rows for the same size, seed and day.

    Only asking for rows makes the company, and loads what that takes: a report reads the mirror.
    The story is that of the weeks up to Monday 23 November 2026; with another `today` it is moved by whole weeks.

    Raises:
        BadRequest: the size is not between 1 and 5,000,000.
    """

    label: Final = "Larkmoor's CRM"

    def __init__(
        self,
        *,
        opportunities: int = DEFAULT_SIZE,
        seed: int = DEFAULT_SEED,
        today: date = calendar.TODAY,
        home: Path | None = None,
        writes: bool = False,
    ) -> None:
        """Invent it; what people change lies in `home`, and can be changed where it `writes`."""
        if not 1 <= opportunities <= 5_000_000:
            raise BadRequest(f"cannot invent {opportunities!r} opportunities; use 1 to 5000000")
        self._today = today
        self._size, self._seed = opportunities, seed
        self._mark = f"demo/{opportunities}/{seed}/{today.isoformat()}/"
        self._deals: dict[str, Opportunity] | None = None
        self._home, self._writes = home, writes

    @property
    def name(self) -> str:
        """Return `demo`."""
        return "demo"

    @property
    def now(self) -> datetime:
        """Return 08:30 of today at Larkmoor's head office, in UTC."""
        return datetime.combine(self._today, _OPENING, ZoneInfo(calendar.COMPANY_ZONE)).astimezone(UTC)

    @cached_property
    def _written(self) -> Written | None:
        """Return what people changed; None without a home."""
        if self._home is None:
            return None
        made: Written = import_module(_WRITTEN).Written(self._home, now=self.now, stages=self.stages())
        return made

    @cached_property
    def writer(self) -> Writer | None:
        """Return what carries out approved changes; None unless that is switched on."""
        if not self._writes or self._written is None:
            return None
        made: Writer = import_module(_WRITTEN).DemoWriter(self._written, self.read)
        return made

    @cached_property
    def larkmoor(self) -> Larkmoor:
        """Return the company itself, with what was planted in it."""
        from connectors.demo.larkmoor import Larkmoor  # noqa: PLC0415 — see the class

        return Larkmoor(size=self._size, seed=self._seed, shift=calendar.shift_for(self._today))

    def flags(self) -> Flags:
        """Return what this connector can do."""
        writes = self.writer is not None
        return Flags(history=True, activities=True, contacts=self.larkmoor.has_season, writes=writes)

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in their order."""
        return company().stages

    def people(self) -> tuple[Person, ...]:
        """Return everybody, ordered by id."""
        return people()

    def products(self) -> tuple[Product, ...]:
        """Return what is sold, ordered by id."""
        from connectors.demo.rows import product_rows  # noqa: PLC0415 — see the class

        columns = product_rows().columns
        return tuple(
            Product(id=key, name=name, family=family)
            for key, name, family in zip(columns["id"], columns["name"], columns["family"], strict=True)
        )

    def changes(self, since: str | None) -> Iterator[Page]:
        """Yield everything after the cursor: the rows never change, so a finished cursor gives what people changed since."""
        done = 0
        if since is not None:
            number = since.removeprefix(self._mark)
            if not since.startswith(self._mark) or not number.isdecimal():
                raise BadRequest(
                    f"the cursor {since!r} belongs to another demo company; load again from the start (seed)"
                )
            done = int(number)
        return self._pages(done)

    def _pages(self, done: int) -> Iterator[Page]:
        place = 0
        for place, batches in enumerate(self.larkmoor.pages(), start=1):
            if place > done:
                yield Page(batches=batches, cursor=f"{self._mark}{place}")
        written = self._written
        for number, row in enumerate(written.rows() if written else (), start=1):
            if written and place + number > done:
                yield Page(batches=(written.batch(row, number),), cursor=f"{self._mark}{place + number}")

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as it stands now; None when there is none of that id."""
        if self._deals is None:
            from connectors.demo.standing import as_they_stand  # noqa: PLC0415 — see the class

            self._deals = as_they_stand(self.larkmoor)
        deal = self._deals.get(deal_id)
        return self._written.over(deal) if deal is not None and self._written is not None else deal

    def record_url(self, deal_id: str) -> str:
        """Return the address of a deal; nobody is at home there."""
        return URL + deal_id

    def apply(self, change: Change, *, person: str) -> Applied:
        """Carry out one approved change as the deal's owner, where QUARTERDECK_WRITES is on."""
        if self.writer is None:
            raise NotAllowed(
                f"{person!r} cannot change {change.field!r} of {change.deal_id!r}: the demo company is read-only unless "
                "QUARTERDECK_WRITES is on"
            )
        edit = Edit(field=change.field, before=change.before, after=change.after)
        key = change.key or token_hex(16)
        done = self.writer.write(self.update(change.deal_id, (edit,), key=key), person=person)
        held = next(one.after for one in done.edits if one.field == change.field)
        read_back = None if held is None else str(held)
        if isinstance(change.after, Decimal) and read_back is not None:
            return Applied(change=change, read_back=Decimal(read_back), at=done.at)
        return Applied(change=change, read_back=read_back, at=done.at)

    def update(self, deal_id: str, edits: tuple[Edit, ...], *, key: str) -> Update:
        """Return edits of a deal as a write: its fields go by our words."""
        return Update(key=key, of="deal", record_id=deal_id, edits=edits)

    def choices(self, word: str) -> tuple[str, ...]:
        """Return the stages; nothing else here is chosen from values."""
        return tuple(stage.name for stage in self.stages()) if word == "stage" else ()

    def forget_writes(self, *, before: datetime) -> int:
        """Return 0: what people change is the invented company itself."""
        del before
        return 0

    def why(self, error: ConnectorError) -> Why:
        """Return of which kind the reason is for which a write was not carried out."""
        match error:
            case Stale():
                return Why.STALE
            case Conflict():
                return Why.GONE
            case TryLater():
                return Why.LOCKED
            case NotAllowed():
                return Why.NO_RIGHT
            case _:
                return Why.VALUE
