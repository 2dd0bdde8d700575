"""The suite that every connector passes: subclass `CrmConformance`, give it a fixture `crm`, and run pytest.

    class TestOurs(CrmConformance):
        @pytest.fixture
        def crm(self) -> Crm:
            return OurCrm(...)

The fixture stands for a system with a handful of deals or more, which nobody changes while the suite runs; every
call of the fixture must open the same one. Nothing is written to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from connectors.errors import BadRequest, Conflict, NotAllowed
from connectors.mirror import Mirror, open_generation
from connectors.mirror.schema import ALL_FIELDS, BIT, COLUMNS
from connectors.mirror.sheets import batched
from connectors.protocol import Batch, Change, Crm, Page
from connectors.records import ForecastClass, Money, Opportunity, Status

# How many deals are compared with what the system says about them now, spread evenly over all of them.
SAMPLE: Final = 40

_NOBODY: Final = "no-such-deal"
_KINDS: Final = {"VARCHAR": "O", "TIMESTAMP": "M8[us]", "DATE": "M8[s]", "BOOLEAN": "b", "INTEGER": "i"}
_AT: Final = (("event", "valid_at"), ("event", "learned_at"), ("activity", "at"), ("deal", "created_at"))
_FLAGGED: Final = (("activities", "activity"), ("contacts", "contact"))

Row = dict[str, Any]


class CrmConformance:
    """What the mirror and everything above it rely on, as tests."""

    @pytest.fixture
    def crm(self) -> Crm:
        """Return the connector under test; a subclass gives it."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `crm` that returns the connector")

    @pytest.fixture
    def pages(self, crm: Crm) -> tuple[Page, ...]:
        """Return everything there is, as it arrives."""
        return tuple(batched(crm.changes(None)))

    def test_it_follows_the_port(self, crm: Crm) -> None:
        """Every method is there; the name can be typed, the clock is in UTC."""
        assert isinstance(crm, Crm)
        assert crm.name.isidentifier(), f"{crm.name!r} cannot be typed as a setting"
        assert crm.now.tzinfo is not None, f"now is {crm.now!r}, without a zone"
        assert crm.now.utcoffset() == datetime.now(UTC).utcoffset(), f"now is {crm.now!r}, not in UTC"

    def test_stages_are_in_order_and_end_in_won_and_lost(self, crm: Crm) -> None:
        """The order is strict, names are unique, and there is a way to win, to lose, and to be open."""
        stages = crm.stages()
        orders = [stage.order for stage in stages]

        assert orders == sorted(set(orders)), f"stages come in the order {orders}"
        assert _repeated([stage.name for stage in stages]) == []
        assert {stage.status for stage in stages} == set(Status), "one of open, won, lost has no stage"

    def test_people_are_unique_and_have_managers_that_exist(self, crm: Crm) -> None:
        """People come ordered by id; whoever is named as a manager is among them, and nobody manages himself."""
        people = crm.people()
        ids = [person.id for person in people]

        assert ids == sorted(set(ids)), "people are not ordered by id, or one comes twice"
        assert {p.manager_id for p in people} - {None} <= set(ids), "a manager is not among the people"
        assert [p.id for p in people if p.manager_id == p.id] == []

    def test_products_are_unique(self, crm: Crm) -> None:
        """Products come ordered by id."""
        ids = [product.id for product in crm.products()]

        assert ids == sorted(set(ids)), "products are not ordered by id, or one comes twice"

    def test_columns_are_typed_as_the_port_says(self, pages: tuple[Page, ...]) -> None:
        """Every batch has known columns of one length and of the promised types."""
        for batch in _batches(pages):
            kinds = dict(COLUMNS[batch.table])
            for name, column in batch.columns.items():
                where = f"{batch.table}.{name}"
                assert name in kinds, f"{where} is not a column of the mirror"
                assert column.shape == (len(batch),), f"{where} has the shape {column.shape}"
                wanted = _KINDS.get(kinds[name], "i8")
                assert wanted in {column.dtype.kind, column.dtype.str[1:]}, f"{where} is {column.dtype}"

    def test_text_is_text_and_dates_are_midnights(self, pages: tuple[Page, ...]) -> None:
        """Object columns hold str or None, and a date carries no time of day."""
        for batch in _batches(pages):
            kinds = dict(COLUMNS[batch.table])
            for name, column in batch.columns.items():
                values = column.tolist()
                if kinds[name] == "VARCHAR":
                    odd = [value for value in values if not isinstance(value, str | None)]
                    assert odd == [], f"{batch.table}.{name} holds {odd[:3]}"
                if kinds[name] == "DATE":
                    odd = [value for value in values if value and value.time() != datetime.min.time()]
                    assert odd == [], f"{batch.table}.{name} holds {odd[:3]}"

    def test_every_row_has_its_own_id_and_comes_once(self, pages: tuple[Page, ...]) -> None:
        """No page repeats a row of an earlier one, and no row is without an id."""
        for table in ("person", "account", "contact", "product", "deal", "event", "activity"):
            ids = [row.get("id") for row in _rows(pages, table)]
            assert all(ids), f"a row of {table} has no id"
            assert _repeated(ids) == [], f"{table} repeats an id"

    def test_the_same_cursor_gives_the_same_rows_again(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """Asking twice changes nothing, so that a repeated load changes nothing."""
        assert _ids(batched(crm.changes(None))) == _ids(iter(pages))

    def test_any_cursor_goes_on_where_it_was_given(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """The rest after a page is what followed that page; after the last one there is nothing more."""
        for place in {0, len(pages) // 2, len(pages) - 1} & set(range(len(pages))):
            rest = _ids(batched(crm.changes(pages[place].cursor)))
            assert rest == _ids(iter(pages[place + 1 :])), (
                f"the cursor {pages[place].cursor!r} lost its place"
            )

    def test_a_foreign_cursor_is_refused(self, crm: Crm) -> None:
        """A cursor of another system is an error, never a silent full load."""
        with pytest.raises(BadRequest, match="cursor"):
            list(crm.changes("surely not a cursor of this system"))

    def test_events_and_activities_belong_to_deals_that_exist(self, pages: tuple[Page, ...]) -> None:
        """No event or activity hangs in the air."""
        deals = {row["id"] for row in _rows(pages, "deal")}
        for table in ("event", "activity"):
            lost = {row["deal_id"] for row in _rows(pages, table)} - deals
            assert not lost, f"{table} names deals that do not exist: {sorted(map(str, lost))[:3]}"

    def test_accounts_of_deals_and_contacts_exist(self, pages: tuple[Page, ...]) -> None:
        """An account may be missing, but not dangle."""
        accounts = {row["id"] for row in _rows(pages, "account")}
        for table in ("deal", "contact"):
            lost = {row.get("account_id") for row in _rows(pages, table)} - {None} - accounts
            assert not lost, f"{table} names accounts that do not exist: {sorted(map(str, lost))[:3]}"

    def test_events_set_only_what_they_carry(self, pages: tuple[Page, ...]) -> None:
        """A bit of `fields` stands for a column of the same batch."""
        for batch in _batches(pages):
            if batch.table == "event" and "fields" in batch.columns:
                carried = sum(bit for name, bit in BIT.items() if name in batch.columns)
                odd = [
                    mask for mask in batch.columns["fields"].tolist() if mask & ~carried or mask > ALL_FIELDS
                ]
                assert odd == [], f"an event sets fields {odd[0]:#x}, its batch carries {carried:#x}"

    def test_events_speak_the_neutral_vocabulary(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """Stages, owners, statuses and categories in events are those that the connector and we know."""
        known: dict[str, set[str]] = {
            "stage": {stage.name for stage in crm.stages()},
            "owner_id": {person.id for person in crm.people()},
            "status": set(Status),
            "category": set(ForecastClass),
        }
        for row in _rows(pages, "event"):
            for name, values in known.items():
                if row["fields"] & BIT[name]:
                    assert row[name] in values, f"event {row['id']!r}: {name} = {row[name]!r} is unknown"

    def test_nothing_happens_after_now(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """Everything that is told has happened and is known by `now`."""
        now = crm.now.replace(tzinfo=None)
        for table, name in _AT:
            late = [row["id"] for row in _rows(pages, table) if row.get(name) and row[name] > now]
            assert late == [], f"{table}.{name} lies after now, {now}, in {late[:3]}"

    def test_every_deal_has_a_state_from_its_first_event_on(self, pages: tuple[Page, ...]) -> None:
        """A deal is born with stage, status, category and owner; an amount always has a currency."""
        states = _states(pages)
        for row in _rows(pages, "deal"):
            assert row["id"] in states, f"deal {row['id']!r} has no event, so it has no state"
            first = states[row["id"]][0]
            missing = [
                name for name in ("stage", "status", "category", "owner_id") if first.get(name) is None
            ]
            assert missing == [], f"deal {row['id']!r} begins without {missing}"
            bare = [s for s in states[row["id"]] if s.get("amount") is not None and not s.get("currency")]
            assert bare == [], f"deal {row['id']!r} has an amount without a currency"

    def test_a_deal_reads_as_its_events_say(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """The live record equals the state derived from the events, field by field; a deleted one is not there."""
        for row, state in _sample(pages):
            live = crm.read(row["id"])
            if state.get("deleted"):
                assert live is None, f"deal {row['id']!r} is deleted, yet it can be read"
            else:
                assert live is not None, f"deal {row['id']!r} cannot be read"
                assert _plain(live) == _expected(row, state)

    def test_an_unknown_deal_reads_as_none(self, crm: Crm) -> None:
        """Asking for what is not there is no error."""
        assert crm.read(_NOBODY) is None

    def test_the_mirror_takes_it_and_agrees(self, crm: Crm, pages: tuple[Page, ...], tmp_path: Path) -> None:
        """Loaded twice it gives one generation, in which the last state of a deal is what its events say."""
        mirror = Mirror(tmp_path, "conformance")
        mirror.load(crm)
        generation = mirror.load(crm)
        with open_generation(generation) as con:
            for row, state in _sample(pages):
                held = con.execute(
                    "SELECT * EXCLUDE (deal_id, valid_from, valid_to) FROM state WHERE deal_id = ? "
                    "ORDER BY valid_to DESC LIMIT 1",
                    [row["id"]],
                ).fetchall()
                assert held == [tuple(_typed(name, state.get(name)) for name in BIT)]

    def test_flags_are_honest(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """What is promised is delivered, and what is not promised does not come."""
        for flag, table in _FLAGGED:
            arrived = any(True for _ in _rows(pages, table))
            assert arrived == getattr(crm.flags(), flag), (
                f"flag {flag} is {not arrived}, rows came: {arrived}"
            )
        if crm.flags().history:
            assert any(len(states) > 1 for states in _states(pages).values()), "no deal has a history"

    def test_a_deal_has_an_address(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """People can open every deal that has an address, each at its own."""
        ids = [row["id"] for row, _ in _sample(pages)]
        addresses = list(filter(None, map(crm.record_url, ids)))

        assert _repeated(addresses) == []
        assert {urlsplit(address).scheme for address in addresses} <= {"https", "http"}

    def test_it_writes_only_if_it_says_so(self, crm: Crm, pages: tuple[Page, ...]) -> None:
        """Without the flag every write is refused; with it, one made from a stale value is."""
        row, _ = next(pair for pair in _sample(pages) if not pair[1].get("deleted"))
        held = crm.read(row["id"])
        change = Change(
            deal_id=row["id"], field="next_step", before="a value it never had", after="conformance"
        )
        with pytest.raises(Conflict if crm.flags().writes else NotAllowed):
            crm.apply(change, person="conformance")

        assert crm.read(row["id"]) == held


def _batches(pages: tuple[Page, ...]) -> Iterator[Batch]:
    return (batch for page in pages for batch in page.batches)


def _rows(pages: tuple[Page, ...], table: str) -> Iterator[Row]:
    """Yield the rows of one table as plain values, in the order in which they arrive."""
    for batch in _batches(pages):
        if batch.table == table:
            columns = {name: column.tolist() for name, column in batch.columns.items()}
            if table == "event":
                columns.setdefault("learned_at", columns["valid_at"])
                columns.setdefault("fields", [sum(BIT[n] for n in columns if n in BIT)] * len(batch))
            for values in zip(*columns.values(), strict=True):
                yield dict(zip(columns, values, strict=True))


def _ids(pages: Iterator[Page]) -> list[tuple[str, list[object]]]:
    """Return every table's ids page by page; within a page they may come in any order."""
    found: dict[str, list[object]] = defaultdict(list)
    for page in pages:
        arrived: dict[str, list[str]] = defaultdict(list)
        for batch in page.batches:
            arrived[batch.table] += batch.columns["id"].tolist()
        for table, ids in arrived.items():
            found[table] += sorted(ids)
    return sorted(found.items())


def _states(pages: tuple[Page, ...]) -> dict[str, list[Row]]:
    """Return each deal's states, one per instant, oldest first: the events in order, each over what was before."""
    log = sorted(_rows(pages, "event"), key=lambda e: (e["deal_id"], e["valid_at"], e["learned_at"], e["id"]))
    states: dict[str, list[Row]] = defaultdict(list)
    for event in log:
        told = states[event["deal_id"]]
        before = told[-1] if told else {}
        values = {name: event.get(name) for name, bit in BIT.items() if event["fields"] & bit}
        if told and told[-1]["at"] == event["valid_at"]:
            told.pop()
        told.append({**before, **values, "at": event["valid_at"]})
    return states


def _sample(pages: tuple[Page, ...]) -> list[tuple[Row, Row]]:
    """Return some deals with their last states, spread evenly over all deals by id."""
    states = _states(pages)
    deals = sorted(
        (row for row in _rows(pages, "deal") if row["id"] in states), key=lambda row: str(row["id"])
    )
    return [(row, states[row["id"]][-1]) for row in deals[:: max(1, len(deals) // SAMPLE)]]


def _typed(name: str, value: Any) -> Any:
    """Return a value of an event as the mirror holds it."""
    match name:
        case "deleted":
            return bool(value)
        case "amount":
            return None if value is None else Decimal(value) / 100
        case "close":
            return None if value is None else value.date()
        case _:
            return value


def _expected(row: Row, state: Row) -> Row:
    """Return the fields of a deal as its row and its last state say; without an amount there is no currency to compare."""
    values = {name: _typed(name, state.get(name)) for name in BIT if name != "deleted"}
    if values["amount"] is None:
        values["currency"] = None
    return {**values, "id": row["id"], "name": row["name"], "account_id": row.get("account_id")}


def _plain(live: Opportunity) -> Row:
    """Return the fields of a live record under the mirror's names."""
    values: Row = {name: getattr(live, name) for name in BIT if name not in {"amount", "currency", "deleted"}}
    money: Money | None = live.amount
    return {
        **values,
        "amount": money.amount if money else None,
        "currency": money.currency if money else None,
        "id": live.id,
        "name": live.name,
        "account_id": live.account_id,
    }


def _repeated(values: list[Any]) -> list[Any]:
    """Return the values that occur more than once; empty when all are unique."""
    return [value for value, count in Counter(values).items() if count > 1][:5]
