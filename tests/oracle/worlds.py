"""Random small companies, and their event log in a mirror of their own."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from hypothesis import strategies as st

from connectors.access import Access, Grant
from connectors.company import Company, Fiscal, Target, Thresholds
from connectors.mirror.schema import BIT, COLUMNS, create_table
from connectors.mirror.states import derive
from connectors.records import ForecastClass, Stage, Status
from reports.facts import Filter
from reports.periods import Calendar
from reports.view import PipelineView, open_view
from tests.oracle.world import Asked, Event, Who, World

NOW = datetime(2026, 11, 23, 13, 30)  # noqa: DTZ001 — UTC, as the mirror holds it
BEGIN = datetime(2025, 6, 1, 4, 0)  # noqa: DTZ001
REGIONS = ("AMER", "EMEA", "APAC")
QUARTERS = tuple(date(year, month, 1) for year in (2025, 2026) for month in (1, 4, 7, 10))
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata")
PEOPLE = (
    Who(id="m1", name="Mia", team="West", manager=None),
    Who(id="u1", name="Bo", team="West", manager="m1"),
    Who(id="u2", name="Cy", team="East", manager="m1"),
    Who(id="u3", name="Di", team="", manager=None),
)
ACCOUNTS = (("a1", "Ärmel AG"), ("a2", "Northgate Foods"))
STAGES = {"Discovery": "open", "Proposal": "open", "Won": "won", "Lost": "lost"}

# Hours since BEGIN; many fall on the same few moments, so that ties and short intervals happen.
moments = st.one_of(
    st.integers(0, 13_000).map(lambda hours: BEGIN + timedelta(hours=hours)),
    st.sampled_from([NOW - timedelta(days=days) for days in (0, 1, 6, 7, 8, 14, 21, 28, 35, 54, 90, 366)]),
    st.integers(0, 40 * 24).map(lambda hours: NOW - timedelta(hours=hours)),
)
closes = st.one_of(
    st.integers(-40, 140).map(lambda days: date(2026, 11, 23) + timedelta(days=days)),
    st.sampled_from(
        [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1), date(2026, 11, 23)]
    ),
    st.integers(-480, 0).map(lambda days: date(2026, 11, 23) + timedelta(days=days)),
)
amounts = st.one_of(
    st.none(),
    st.decimals(0, 500_000, places=2),
    st.sampled_from([Decimal(0), Decimal(1000), Decimal("999.99")]),
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "stage": st.sampled_from(["Discovery", "Discovery", "Proposal", "Won", "Lost"]),
    "category": st.sampled_from(["pipeline", "commit", "best_case", "most_likely", "omitted", "closed"]),
    "amount": amounts,
    "currency": st.sampled_from(["USD", "EUR", "GBP", "XYZ"]),
    "close": st.one_of(closes, st.just(None)),
    "owner_id": st.sampled_from(["u1", "u2", "u3", "m1"]),
    "type": st.sampled_from(["New", "New", "Expansion", "Renewal", None]),
    "product": st.sampled_from(["Yard", "Sense", None]),
    "source": st.sampled_from(["Inbound", "Outbound", None]),
    "region": st.sampled_from([*REGIONS, "EMEA", None]),
    "segment": st.sampled_from(["ENT", "SMB", None]),
    "deleted": st.sampled_from([False, False, False, False, True]),
}


@st.composite
def deals(draw: st.DrawFn, number: int) -> list[Event]:
    """Draw everything that happened to one deal; the first event sets every field."""
    at = draw(moments)
    first = {name: draw(values) for name, values in FIELDS.items() if name != "deleted"}
    if draw(st.booleans()):
        first["stage"] = "Discovery"
    happened = [(at, {**first, "deleted": False, "status": STAGES[first["stage"]]})]
    for _ in range(draw(st.integers(0, 4))):
        names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3, unique=True))
        values = {name: draw(FIELDS[name]) for name in names}
        if "stage" in values:
            values["status"] = STAGES[values["stage"]]
        happened.append((max(at, draw(moments)), values))
    return [
        Event(
            id=f"{number}-{place}",
            deal=f"d{number}",
            valid_at=when,
            learned_at=when + timedelta(hours=0 if place == 0 else draw(st.integers(1, 900))),
            values=values,
        )
        for place, (when, values) in enumerate(happened)
    ]


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 14) -> World:
    """Draw a company with up to so many deals."""
    logs = [draw(deals(number)) for number in range(draw(st.integers(1, most)))]
    start_month = draw(st.sampled_from([1, 1, 2]))
    starts = [date(day.year, (day.month + start_month - 2) % 12 + 1, 1) for day in QUARTERS]
    targets = [
        (start, region, Decimal(draw(st.integers(1, 900)) * 1000))
        for start in starts
        for region in draw(st.sampled_from([(), (None,), REGIONS, (None, *REGIONS), ("AMER",)]))
    ]
    return World(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        start_month=start_month,
        currency="USD",
        rates={"USD": Decimal(1), "EUR": Decimal("1.25"), "GBP": Decimal("1.37")},
        types=draw(st.sampled_from([(), ("New", "Expansion")])),
        required_coverage=draw(st.sampled_from([None, Decimal("2.2")])),
        targets=tuple(targets),
        people=PEOPLE,
        accounts={log[0].deal: draw(st.sampled_from(ACCOUNTS)) for log in logs},
        created={log[0].deal: log[0].valid_at for log in logs},
        events=tuple(draw(st.permutations([event for log in logs for event in log]))),
        now=NOW,
    )


DIMS = (
    "region",
    "segment",
    "owner",
    "manager",
    "team",
    "stage",
    "category",
    "product",
    "source",
    "type",
    "account",
    "currency",
)
CHOICES = {
    "region": REGIONS,
    "segment": ("ENT", "SMB"),
    "owner": ("Bo", "Cy", "Di"),
    "manager": ("Mia",),
    "product": ("Yard", "Sense"),
    "category": ("commit", "pipeline"),
    "source": ("Inbound",),
}


@st.composite
def questions(draw: st.DrawFn, world: World) -> Asked:
    """Draw a question: an instant after history begins, a fiscal quarter or any span, scope, rights, currency."""
    begins = min(event.valid_at for event in world.events)
    at = draw(st.one_of(st.just(NOW), moments.filter(lambda moment: begins <= moment <= NOW)))
    calendar = Calendar(Fiscal(start_month=world.start_month), world.zone)
    quarter = calendar.quarter(calendar.day(at.replace(tzinfo=UTC)))
    spans = [
        quarter,
        quarter,
        calendar.next(quarter),
        calendar.previous(quarter),
        calendar.year(quarter.start),
    ]
    span = draw(st.sampled_from(spans))
    named = draw(st.lists(st.sampled_from(sorted(CHOICES)), max_size=2, unique=True))
    filters = tuple(
        (
            name,
            tuple(draw(st.lists(st.sampled_from(CHOICES[name]), min_size=1, max_size=2, unique=True))),
            draw(st.booleans()),
        )
        for name in named
        if _present(world, name)
    )
    return Asked(
        at=at,
        start=span.start,
        end=span.end,
        by=tuple(draw(st.lists(st.sampled_from(DIMS), max_size=2, unique=True))),
        filters=draw(st.sampled_from([(), filters])),
        regions=draw(st.sampled_from([None, None, frozenset({"EMEA", "APAC"})])),
        owners=draw(st.sampled_from([None, None, frozenset({"u1", "u2"})])),
        currency=draw(st.sampled_from(["USD", "USD", "EUR"])),
    )


def _present(world: World, name: str) -> bool:
    """Say whether filters by this dimension find every value they may name: unknown values are refused elsewhere."""
    if name in {"region", "category"}:
        return True
    key = {"owner": "owner_id", "manager": "owner_id"}.get(name, name)
    held = {event.values[key] for event in world.events if key in event.values}
    wanted = {"owner": {"u1", "u2", "u3"}, "manager": {"u1", "u2"}}.get(name, set(CHOICES[name]))
    return bool(held & wanted) if name == "manager" else wanted <= held


def company_of(world: World) -> Company:
    """Return the company file's content for a world."""
    calendar = Calendar(Fiscal(start_month=world.start_month), world.zone)
    return Company(
        name="Random Works",
        version=1,
        zone=world.zone,
        fiscal=Fiscal(start_month=world.start_month),
        currency=world.currency,
        rates=world.rates,
        rate_date=None,
        dimensions={"region": REGIONS, "category": ("commit", "pipeline", "best_case")},
        labels={},
        stages=(
            Stage(name="Discovery", order=1, status=Status.OPEN, category=ForecastClass.PIPELINE),
            Stage(name="Proposal", order=2, status=Status.OPEN, category=ForecastClass.COMMIT),
            Stage(name="Won", order=3, status=Status.WON, category=ForecastClass.CLOSED),
            Stage(name="Lost", order=4, status=Status.LOST, category=ForecastClass.CLOSED),
        ),
        types_in_scope=world.types,
        targets=tuple(
            Target(period=calendar.quarter(start).label, amount=amount, region=region)
            for start, region, amount in dict.fromkeys(world.targets)
        ),
        thresholds=Thresholds(required_coverage=world.required_coverage),
        synonyms={},
    )


ROOT = duckdb.connect(":memory:")
NUMBERS = itertools.count()
DDL = "; ".join(create_table(table) for table in COLUMNS)


def mirror_of(world: World) -> duckdb.DuckDBPyConnection:
    """Return a connection to a mirror in memory that holds the world's log, and the states derived from it."""
    con = ROOT.cursor()
    schema = f"world_{next(NUMBERS)}"
    con.execute(
        f"CREATE SCHEMA {schema}; SET schema = '{schema}'; {DDL}; CREATE TABLE stale (deal_id VARCHAR)"
    )
    people = [
        (w.id, w.name, f"{w.id}@x.example", "rep", w.team, None, w.manager, True, None) for w in world.people
    ]
    _insert(con, "person", people)
    _insert(con, "account", [(key, name, None, None, None, None, None) for key, name in ACCOUNTS])
    _insert(con, "meta", [("as_of", world.now.replace(tzinfo=UTC).isoformat())])
    _insert(con, "deal", [(key, key, world.accounts[key][0], at, None) for key, at in world.created.items()])
    names = [name for name, _ in COLUMNS["event"][5:]]
    rows = [
        (
            event.id,
            event.deal,
            event.valid_at,
            event.learned_at,
            sum(BIT[name] for name in event.values),
            *(event.values.get(name) for name in names),
        )
        for event in world.events
    ]
    _insert(con, "event", rows)
    derive(con)
    return con


def let_go(con: duckdb.DuckDBPyConnection) -> None:
    """Close a connection to a mirror in memory, and drop the mirror: the database that all of them are in would keep it."""
    found = con.execute("SELECT current_schema()").fetchall()
    con.execute(f"SET schema = 'main'; DROP SCHEMA {found[0][0]} CASCADE")
    con.close()


def view_of(con: duckdb.DuckDBPyConnection, world: World, asked: Asked) -> PipelineView:
    """Return the product's view for a question."""
    access = Access(workspace="w", asker=Grant(person="p", regions=asked.regions, owners=asked.owners))
    everybody = Access.operator("w")
    filters = tuple(Filter(dim=name, values=values, negate=negate) for name, values, negate in asked.filters)
    open_to_all = open_view(
        con, company_of(world), everybody, as_of=asked.at.replace(tzinfo=UTC), filters=filters
    )
    limited = access if asked.regions is not None or asked.owners is not None else everybody
    return open_view(
        con,
        company_of(world),
        limited,
        as_of=asked.at.replace(tzinfo=UTC),
        filters=open_to_all.filters,
        currency=asked.currency,
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
        con.execute(f"INSERT INTO {table} VALUES {marks}", [value for row in rows for value in row])
