"""A small Crm that holds its changes as a list of pages: the smallest thing that follows the port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from connectors.errors import BadRequest, Conflict, NotAllowed
from connectors.mirror.schema import BIT, COLUMNS
from connectors.protocol import Applied, Batch, Change, Column, Flags, Page, Table
from connectors.records import ForecastClass, Money, Opportunity, Person, Product, Stage, Status

Row = Mapping[str, Any]

STAGES = (
    Stage(name="Discovery", order=1, status=Status.OPEN, category=ForecastClass.PIPELINE),
    Stage(name="Proposal", order=2, status=Status.OPEN, category=ForecastClass.BEST_CASE),
    Stage(name="Won", order=3, status=Status.WON, category=ForecastClass.CLOSED),
    Stage(name="Lost", order=4, status=Status.LOST, category=ForecastClass.OMITTED),
)
PEOPLE = (
    Person(id="P1", name="Ana", email="ana@tiny.example", role="manager", team="EMEA", region="EMEA"),
    Person(
        id="P2", name="Bo", email="bo@tiny.example", role="rep", team="EMEA", region="EMEA", manager_id="P1"
    ),
)
PRODUCTS = (Product(id="X1", name="Yard"),)


def instant(day: int, hour: int = 12) -> datetime:
    """Return an instant of November 2026, without its zone, which is UTC."""
    return datetime(2026, 11, day, hour)  # noqa: DTZ001 — numpy's instants have no zone


def event(number: int, deal: str, at: datetime, *, learned: datetime | None = None, **values: Any) -> Row:
    """Return an event that sets the named fields, and no others."""
    mask = sum(BIT[name] for name in values)
    return {
        "id": f"E{number}",
        "deal_id": deal,
        "valid_at": at,
        "learned_at": learned or at,
        "fields": mask,
        **values,
    }


def opening(number: int, deal: str, at: datetime, **values: Any) -> Row:
    """Return the first event of a deal: every field that a deal is born with."""
    born = {
        "stage": "Discovery",
        "status": "open",
        "category": "pipeline",
        "amount": Decimal(1000),
        "currency": "USD",
        "close": date(2026, 12, 18),
        "owner_id": "P2",
        "type": "new",
        "product": "Yard",
        "source": "inbound",
        "region": "EMEA",
        "segment": "SMB",
        "next_step": None,
        "reason": None,
        "deleted": False,
    }
    return event(number, deal, at, **{**born, **values})


def deal(name: str, at: datetime) -> Row:
    """Return the row of a deal."""
    return {
        "id": name,
        "name": f"Deal {name}",
        "account_id": "A1",
        "created_at": at,
        "url": f"https://tiny.example/{name}",
    }


def batch(table: Table, rows: Sequence[Row]) -> Batch:
    """Return rows as a batch, column by column, typed as the port asks."""
    names = [name for name, _ in COLUMNS[table] if any(name in row for row in rows)]
    kinds = dict(COLUMNS[table])
    return Batch(table=table, columns={n: _column(kinds[n], [row.get(n) for row in rows]) for n in names})


@dataclass
class TinyCrm:
    """The Crm: pages in the order in which they were learned; the cursor is how many of them were read."""

    pages: list[tuple[Batch, ...]] = field(default_factory=list)
    name: str = "tiny"
    now: datetime = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    live: dict[str, Opportunity] = field(default_factory=dict)
    can: Flags = field(default_factory=lambda: Flags(history=True, activities=True, contacts=True))

    def flags(self) -> Flags:
        return self.can

    def stages(self) -> tuple[Stage, ...]:
        return STAGES

    def people(self) -> tuple[Person, ...]:
        return PEOPLE

    def products(self) -> tuple[Product, ...]:
        return PRODUCTS

    def changes(self, since: str | None) -> Iterator[Page]:
        known = {str(number): number for number in range(len(self.pages) + 1)}
        if since is not None and since not in known:
            raise BadRequest(f"{since!r} is not a cursor of ours; use one of {', '.join(known)}")
        return self._after(0 if since is None else known[since])

    def _after(self, start: int) -> Iterator[Page]:
        for number, batches in enumerate(self.pages[start:], start=start + 1):
            yield Page(batches=batches, cursor=str(number))

    def read(self, deal_id: str) -> Opportunity | None:
        return self.live.get(deal_id)

    def record_url(self, deal_id: str) -> str:
        return f"https://tiny.example/{deal_id}"

    def apply(self, change: Change, *, person: str) -> Applied:
        if not self.can.writes:
            raise NotAllowed(f"the connector {self.name!r} does not write")
        held = self.live.get(change.deal_id)
        if held is None or change.field != "next_step":
            raise BadRequest(f"{change.field!r} of {change.deal_id!r} cannot be written; try next_step")
        if held.next_step != change.before:
            raise Conflict(f"{change.field} is {held.next_step!r} by now, not {change.before!r}")
        self.live[change.deal_id] = replace(held, next_step=str(change.after))
        return Applied(change=change, read_back=self.live[change.deal_id].next_step, at=self.now)


def tiny() -> TinyCrm:
    """Return a company of three deals: one open and slipped, one won, one deleted, told over three pages."""
    people = [
        {
            "id": person.id,
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "team": person.team,
            "region": person.region,
            "manager_id": person.manager_id,
            "active": person.active,
        }
        for person in PEOPLE
    ]
    first = (
        batch("person", people),
        batch("account", [{"id": "A1", "name": "Brandt & Söhne", "region": "EMEA", "segment": "SMB"}]),
        batch("contact", [{"id": "C1", "account_id": "A1", "name": "Uwe"}]),
        batch("product", [{"id": "X1", "name": "Yard"}]),
        batch("deal", [deal("D1", instant(1)), deal("D2", instant(2))]),
        batch("event", [opening(1, "D1", instant(1)), opening(2, "D2", instant(2), amount=None)]),
    )
    second = (
        batch("event", [event(3, "D1", instant(16), close=date(2027, 1, 29), next_step="call")]),
        batch(
            "event",
            [
                event(
                    4,
                    "D2",
                    instant(17),
                    stage="Won",
                    status="won",
                    category="closed",
                    amount=Decimal("99.90"),
                )
            ],
        ),
        batch(
            "activity",
            [
                {
                    "id": "T1",
                    "deal_id": "D1",
                    "person_id": "P2",
                    "kind": "call",
                    "at": instant(15),
                    "buyer": True,
                }
            ],
        ),
    )
    third = (
        batch("deal", [deal("D3", instant(18))]),
        batch("event", [opening(5, "D3", instant(18)), event(6, "D3", instant(19), deleted=True)]),
    )
    won = _opportunity("D2", instant(2), stage=STAGES[2], amount="99.90", close=date(2026, 12, 18), step=None)
    slipped = _opportunity(
        "D1", instant(1), stage=STAGES[0], amount="1000", close=date(2027, 1, 29), step="call"
    )
    return TinyCrm(pages=[first, second, third], live={"D1": slipped, "D2": won})


def _opportunity(
    name: str, at: datetime, *, stage: Stage, amount: str, close: date, step: str | None
) -> Opportunity:
    return Opportunity(
        id=name,
        name=f"Deal {name}",
        account_id="A1",
        owner_id="P2",
        stage=stage.name,
        status=stage.status,
        category=stage.category,
        amount=Money(amount=Decimal(amount), currency="USD"),
        close=close,
        created_at=at.replace(tzinfo=UTC),
        type="new",
        product="Yard",
        source="inbound",
        region="EMEA",
        segment="SMB",
        next_step=step,
        url=f"https://tiny.example/{name}",
    )


def _column(kind: str, values: list[Any]) -> Column:
    missing = [value is None for value in values]
    match kind:
        case "VARCHAR":
            return np.array(values, dtype=object)
        case "TIMESTAMP":
            return np.array(["NaT" if value is None else value for value in values], dtype="datetime64[us]")
        case "DATE":
            return np.array(["NaT" if value is None else value for value in values], dtype="datetime64[s]")
        case "BOOLEAN":
            return np.ma.masked_array([bool(value) for value in values], mask=missing)
        case "INTEGER":
            return np.array(values, dtype=np.int64)
        case _:
            hundredths = [0 if value is None else int(value * 100) for value in values]
            return np.ma.masked_array(np.array(hundredths, dtype=np.int64), mask=missing)
