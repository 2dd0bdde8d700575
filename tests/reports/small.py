"""Small invented companies, written straight into the mirror's tables: for tests of the view and the measures."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from connectors.access import Access, Grant
from connectors.company import Company, Fiscal, Target, Thresholds
from connectors.mirror.schema import COLUMNS, FIELDS, FOREVER, create_table
from connectors.records import ForecastClass, Stage, Status
from reports.facts import Filter
from reports.view import PipelineView, open_view

# One database for all of them, a schema for each: opening a database costs more than the whole rest of a test.
ROOT = duckdb.connect(":memory:")
NUMBERS = itertools.count()
DDL = "; ".join(create_table(table) for table in COLUMNS)

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
WEEK_AGO = NOW - timedelta(days=7)
OPERATOR = Access.operator("test")

COMPANY = Company(
    name="Tiny Works",
    version=3,
    zone=ZONE,
    fiscal=Fiscal(),
    currency="USD",
    rates={"USD": Decimal(1), "EUR": Decimal("1.25"), "GBP": Decimal("1.5")},
    rate_date=None,
    dimensions={"region": ("AMER", "EMEA", "APAC"), "segment": ("ENT", "SMB")},
    labels={"ENT": "Enterprise"},
    stages=(
        Stage(name="Discovery", order=1, status=Status.OPEN, category=ForecastClass.PIPELINE),
        Stage(name="Proposal", order=2, status=Status.OPEN, category=ForecastClass.COMMIT),
        Stage(name="Closed Won", order=3, status=Status.WON, category=ForecastClass.CLOSED),
        Stage(name="Closed Lost", order=4, status=Status.LOST, category=ForecastClass.CLOSED),
    ),
    types_in_scope=("New",),
    targets=(
        Target(period="FY26-Q4", amount=Decimal(1000)),
        Target(period="FY26-Q4", amount=Decimal(600), region="AMER"),
        Target(period="FY26-Q4", amount=Decimal(400), region="EMEA"),
        Target(period="FY26-Q4", amount=Decimal(250), owner="Bo Ax"),
    ),
    thresholds=Thresholds(required_coverage=Decimal("2.2")),
    synonyms={"europe": "EMEA"},
)

PEOPLE = (
    ("m1", "Mia Lead", "mia@x.example", "manager", "East", "AMER", None, True, None),
    ("u1", "Bo Ax", "bo@x.example", "rep", "East", "AMER", "m1", True, None),
    ("u2", "Cy Dee", "cy@x.example", "rep", "West", "EMEA", "m1", True, None),
    ("u3", "Cy Dee", "cy2@x.example", "rep", "", "APAC", None, True, None),
)
ACCOUNTS = tuple(
    (f"a{n}", name, None, None, None, None, None)
    for n, name in enumerate(("Ärmel AG", "Northgate Foods", "Northgate Cold"), 1)
)


@dataclass(frozen=True, kw_only=True)
class State:
    """What a deal is from an instant on. `since` is in days before NOW unless it is an instant."""

    since: float | datetime = 30
    status: str = "open"
    stage: str | None = None
    category: str | None = None
    amount: str | None = "100"
    currency: str | None = "USD"
    close: date | None = date(2026, 12, 11)
    owner: str | None = "u1"
    type: str | None = "New"
    product: str | None = "Yard"
    source: str | None = "Inbound"
    region: str | None = "AMER"
    segment: str | None = "SMB"
    next_step: str | None = None
    reason: str | None = None
    deleted: bool = False

    def at(self, since: float | datetime, **changed: Any) -> State:
        """Return what it is from a later instant on."""
        return replace(self, since=since, **changed)

    @property
    def begins(self) -> datetime:
        return self.since if isinstance(self.since, datetime) else NOW - timedelta(days=self.since)

    def row(self) -> tuple[Any, ...]:
        stage = self.stage or {"open": "Discovery", "won": "Closed Won", "lost": "Closed Lost"}[self.status]
        category = self.category or ("pipeline" if self.status == "open" else "closed")
        amount = None if self.amount is None else Decimal(self.amount)
        return (
            stage, self.status, category, amount, self.currency, self.close, self.owner, self.type, self.product,
            self.source, self.region, self.segment, self.next_step, self.reason, self.deleted,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Deal:
    """A deal: its states, oldest first."""

    id: str
    states: tuple[State, ...]
    account: str | None = "a1"
    created: datetime | None = None


def deal(identity: str, *states: State, **more: Any) -> Deal:
    return Deal(id=identity, states=states, **more)


@dataclass
class Small:
    """A company's mirror in memory."""

    deals: Sequence[Deal]
    activities: Sequence[tuple[str, str, datetime, bool]] = ()
    now: datetime = NOW
    company: Company = COMPANY
    con: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.con = ROOT.cursor()
        schema = f"small_{next(NUMBERS)}"
        self.con.execute(f"CREATE SCHEMA {schema}; SET schema = '{schema}'; {DDL}")
        self._insert("person", PEOPLE)
        self._insert("account", ACCOUNTS)
        self._insert("meta", [("as_of", self.now.isoformat())])
        self._insert(
            "deal",
            [
                (
                    each.id,
                    f"Deal {each.id}",
                    each.account,
                    _naive(each.created or each.states[0].begins),
                    None,
                )
                for each in self.deals
            ],
        )
        rows = []
        for each in self.deals:
            ends = [*(_naive(later.begins) for later in each.states[1:]), datetime.fromisoformat(FOREVER)]
            rows += [
                (each.id, _naive(state.begins), end, *state.row())
                for state, end in zip(each.states, ends, strict=True)
            ]
        self._insert("state", rows)
        self._insert(
            "activity",
            [
                (f"x{n}", deal_id, person, "meeting", _naive(at), buyer, "")
                for n, (deal_id, person, at, buyer) in enumerate(self.activities)
            ],
        )

    def view(self, *filters: Filter, access: Access = OPERATOR, **more: Any) -> PipelineView:
        return open_view(self.con, self.company, access, filters=filters, **more)

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        found = list(rows)
        if found:
            marks = ", ".join("?" for _ in COLUMNS[table])
            self.con.execute(
                f"INSERT INTO {table} VALUES {', '.join(f'({marks})' for _ in found)}",
                [value for row in found for value in row],
            )


def only(dim: str, *values: str, negate: bool = False) -> Filter:
    return Filter(dim=dim, values=values, negate=negate)


def sees(*, regions: Iterable[str] | None = None, owners: Iterable[str] | None = None) -> Access:
    """Return the access of somebody who sees only these regions and owners."""
    return Access(workspace="test", asker=grant(regions=regions, owners=owners))


def grant(*, regions: Iterable[str] | None = None, owners: Iterable[str] | None = None) -> Grant:
    return Grant(
        person="p",
        regions=None if regions is None else frozenset(regions),
        owners=None if owners is None else frozenset(owners),
    )


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


assert len(State().row()) == len(FIELDS)
