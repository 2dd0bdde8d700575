"""`DemoCrm`: Larkmoor behind the `Crm` port. Nothing can be written to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from connectors.company import Company, parse
from connectors.demo import calendar, people, rows
from connectors.demo.larkmoor import DEFAULT_SIZE, Larkmoor
from connectors.errors import BadRequest, NotAllowed
from connectors.mirror.schema import BIT
from connectors.protocol import Applied, Batch, Change, Flags, Page
from connectors.records import ForecastClass, Money, Opportunity, Person, Product, Stage, Status

DEFAULT_SEED = 59
_OPENING = time(8, 30)


def company() -> Company:
    """Return what Larkmoor means by its words."""
    return parse(files("connectors.demo").joinpath("company.toml").read_text(encoding="utf-8"))


class DemoCrm:
    """An invented company as a system of record: the same rows for the same size, seed and day.

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
        self._larkmoor = Larkmoor(size=opportunities, seed=seed, shift=calendar.shift_for(today))
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

    @property
    def larkmoor(self) -> Larkmoor:
        """Return the company itself, with what was planted in it."""
        return self._larkmoor

    def flags(self) -> Flags:
        """Return what this connector can do: everything but write."""
        return Flags(history=True, activities=True, contacts=self._larkmoor.has_season, writes=False)

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in their order."""
        return company().stages

    def people(self) -> tuple[Person, ...]:
        """Return everybody, ordered by id."""
        return people.people()

    def products(self) -> tuple[Product, ...]:
        """Return what is sold, ordered by id."""
        columns = rows.product_rows().columns
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
        for place, batches in enumerate(self._larkmoor.pages(), start=1):
            if place > done:
                yield Page(batches=batches, cursor=f"{self._mark}{place}")

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as it stands now; None when there is none of that id."""
        if self._deals is None:
            self._deals = _as_they_stand(self._larkmoor)
        return self._deals.get(deal_id)

    def record_url(self, deal_id: str) -> str:
        """Return the address of a deal; nobody is at home there."""
        return rows.URL + deal_id

    def apply(self, change: Change, *, person: str) -> Applied:
        """Refuse: the demo company is read-only."""
        raise NotAllowed(
            f"{person!r} cannot change {change.field!r} of {change.deal_id!r}: the demo company is read-only; "
            "connect a real system to write"
        )


def _as_they_stand(larkmoor: Larkmoor) -> dict[str, Opportunity]:
    """Return every deal by id, its events applied in their order."""
    values: dict[str, dict[str, Any]] = {}
    fixed: dict[str, tuple[str, str | None, datetime]] = {}
    for batches in larkmoor.pages():
        for batch in batches:
            if batch.table == "deal":
                fixed.update(_deal_rows(batch))
            elif batch.table == "event":
                _apply_events(batch, values)
    return {
        key: _opportunity(key, *fixed[key], value)
        for key, value in values.items()
        if not value.get("deleted")
    }


def _deal_rows(batch: Batch) -> dict[str, tuple[str, str | None, datetime]]:
    columns = batch.columns
    instants = (instant.replace(tzinfo=UTC) for instant in columns["created_at"].tolist())
    return dict(
        zip(columns["id"], zip(columns["name"], columns["account_id"], instants, strict=True), strict=True)
    )


def _apply_events(batch: Batch, values: dict[str, dict[str, Any]]) -> None:
    columns = {name: column.tolist() for name, column in batch.columns.items()}
    order = np.argsort(batch.columns["valid_at"], kind="stable").tolist()
    names = [(name, bit) for name, bit in BIT.items() if name in columns]
    for row in order:
        mask = columns["fields"][row]
        state = values.setdefault(columns["deal_id"][row], {})
        for name, bit in names:
            if mask & bit:
                state[name] = columns[name][row]


def _opportunity(
    key: str, name: str, account: str | None, created: datetime, value: dict[str, Any]
) -> Opportunity:
    amount = value.get("amount")
    close: Any = value["close"]
    return Opportunity(
        id=key,
        name=name,
        account_id=account,
        owner_id=value["owner_id"],
        stage=value["stage"],
        status=Status(value["status"]),
        category=ForecastClass(value["category"]),
        amount=None if amount is None else Money(amount=Decimal(amount) / 100, currency=value["currency"]),
        close=close.date() if isinstance(close, datetime) else close,
        created_at=created,
        type=value["type"],
        product=value["product"],
        source=value["source"],
        region=value["region"],
        segment=value["segment"],
        next_step=value["next_step"],
        reason=value.get("reason"),
        url=rows.URL + key,
    )
