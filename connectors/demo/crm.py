"""`DemoCrm`: Larkmoor behind the `Crm` port. Nothing can be written to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connectors.company import Company, parse
from connectors.demo import calendar
from connectors.demo.calendar import DEFAULT_SIZE
from connectors.demo.names import URL
from connectors.demo.people import people
from connectors.errors import BadRequest, NotAllowed
from connectors.protocol import Applied, Change, Flags, Page
from connectors.records import Opportunity, Person, Product, Stage

if TYPE_CHECKING:
    from connectors.demo.larkmoor import Larkmoor

DEFAULT_SEED = 59
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

    def __init__(
        self, *, opportunities: int = DEFAULT_SIZE, seed: int = DEFAULT_SEED, today: date = calendar.TODAY
    ) -> None:
        if not 1 <= opportunities <= 5_000_000:
            raise BadRequest(f"cannot invent {opportunities!r} opportunities; use 1 to 5000000")
        self._today = today
        self._size, self._seed = opportunities, seed
        self._mark = f"demo/{opportunities}/{seed}/{today.isoformat()}/"
        self._deals: dict[str, Opportunity] | None = None

    @property
    def name(self) -> str:
        """Return `demo`."""
        return "demo"

    @property
    def now(self) -> datetime:
        """Return 08:30 of today at Larkmoor's head office, in UTC."""
        return datetime.combine(self._today, _OPENING, ZoneInfo(calendar.COMPANY_ZONE)).astimezone(UTC)

    @cached_property
    def larkmoor(self) -> Larkmoor:
        """Return the company itself, with what was planted in it."""
        from connectors.demo.larkmoor import Larkmoor  # noqa: PLC0415 — see the class

        return Larkmoor(size=self._size, seed=self._seed, shift=calendar.shift_for(self._today))

    def flags(self) -> Flags:
        """Return what this connector can do: everything but write."""
        return Flags(history=True, activities=True, contacts=self.larkmoor.has_season, writes=False)

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
        """Yield everything after the cursor: the rows never change, so a finished cursor gives nothing."""
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
        for place, batches in enumerate(self.larkmoor.pages(), start=1):
            if place > done:
                yield Page(batches=batches, cursor=f"{self._mark}{place}")

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as it stands now; None when there is none of that id."""
        if self._deals is None:
            from connectors.demo.standing import as_they_stand  # noqa: PLC0415 — see the class

            self._deals = as_they_stand(self.larkmoor)
        return self._deals.get(deal_id)

    def record_url(self, deal_id: str) -> str:
        """Return the address of a deal; nobody is at home there."""
        return URL + deal_id

    def apply(self, change: Change, *, person: str) -> Applied:
        """Refuse: the demo company is read-only."""
        raise NotAllowed(
            f"{person!r} cannot change {change.field!r} of {change.deal_id!r}: the demo company is read-only; "
            "connect a real system to write"
        )
