"""What is told of the past where an org's history says less than all: seconds, late tracking, long texts, currencies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connectors import demo
from connectors.access import Access
from connectors.mirror import open_generation
from connectors.mirror.notes import known_from_of
from connectors.salesforce import telling
from reports.measures import measure
from reports.view import open_view
from tests.connectors.salesforce.test_sync import Synced
from tests.fakes.salesforce.ids import record_id
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    return Synced(server, tmp_path)


def track(synced: Synced, *fields: str) -> datetime:
    """Switch on tracking of fields; return the instant."""
    synced.org.tracked = frozenset({*synced.org.tracked, *fields})
    return synced.now


def turned_round(synced: Synced) -> None:
    """Give the rows of the field history ids the other way round."""
    table = synced.org.tables["OpportunityFieldHistory"]
    rows = list(table.values())
    table.clear()
    for number, row in enumerate(rows):
        row["Id"] = record_id("017", 9_000 - number)
        table[row["Id"]] = row


@pytest.mark.parametrize(
    "types, ends",
    [
        (("New", "Existing"), "Existing"),
        (("New", "Existing", "Renewal"), "Renewal"),
        (("New", None, "Renewal"), "Renewal"),
        (("New", "Existing", None), None),
    ],
)
def test_changes_of_one_second_end_with_the_last_whatever_their_ids(
    synced: Synced, types: tuple[str | None, ...], ends: str | None
) -> None:
    deal = synced.deal(Type="First")
    began = synced.now
    synced.org.clock.advance(days=1)
    changed = synced.now
    for value in types:
        synced.org.update("Opportunity", deal, {"Type": value})
    synced.org.clock.advance(days=1)
    synced.org.update("Opportunity", deal, {"Type": "Later"})
    later = synced.now
    turned_round(synced)
    synced.sync()

    assert synced.states(deal, "type") == [(began, "First"), (changed, ends), (later, "Later")]


def test_a_field_that_is_tracked_late_is_known_from_then_on(server: FakeSalesforce, tmp_path: Path) -> None:
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = "ARR__c"\n', encoding="utf-8")
    server.org.add_field("Opportunity", Field("ARR__c", "currency", updateable=True))
    synced = Synced(server, tmp_path)
    first, steady, changed = (synced.deal(ARR__c="10.00") for _ in range(3))
    began = synced.now
    synced.org.clock.advance(days=10)
    synced.org.update("Opportunity", changed, {"ARR__c": "15.00"})
    synced.org.clock.advance(days=10)
    track(synced, "ARR__c")
    synced.org.update("Opportunity", first, {"ARR__c": "20.00"})
    since = synced.now
    synced.org.clock.advance(days=10)
    synced.org.update("Opportunity", changed, {"ARR__c": "30.00"})
    raised = synced.now
    late = synced.deal(ARR__c="5.00")
    synced.org.clock.advance(days=10)
    synced.org.update("Opportunity", steady, {"Name": "Yard 2"})
    synced.sync()

    assert synced.states(first, "amount") == [(began, None), (since, Decimal("20.00"))]
    assert synced.states(changed, "amount") == [
        (began, None),
        (since, Decimal("15.00")),
        (raised, Decimal("30.00")),
    ]
    assert synced.states(steady, "amount") == [(began, None), (since, Decimal("10.00"))]
    assert synced.states(late, "amount") == [(raised, Decimal("5.00"))]


def test_much_history_is_looked_at_in_parts(synced: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "GROUPED", 2)
    deals = [synced.deal(Type="First") for _ in range(9)]
    began = synced.now
    synced.org.clock.advance(days=1)
    for deal in deals:
        synced.org.update("Opportunity", deal, {"Type": "Later"})
    synced.sync()

    assert all(synced.states(deal, "type")[0] == (began, "First") for deal in deals)


def test_history_that_is_cut_off_tells_nothing_of_before(synced: Synced) -> None:
    deal, other = synced.deal(NextStep="call"), synced.deal(NextStep="call")
    began = synced.now
    steps = []
    for number in range(1, 5):
        synced.org.clock.advance(days=100)
        synced.org.update("Opportunity", deal, {"NextStep": f"step {number}"})
        steps.append(synced.now)
    table = synced.org.tables["OpportunityFieldHistory"]
    for key in [key for key, row in table.items() if row["CreatedDate"].replace(tzinfo=None) <= steps[1]]:
        del table[key]
    synced.sync()

    assert synced.states(deal, "next_step") == [(began, None), (steps[2], "step 3"), (steps[3], "step 4")]
    assert synced.states(other, "next_step") == [(began, "call")]


def test_of_a_long_text_the_change_is_known_and_what_it_is_since_the_last(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    server.org.add_field("Opportunity", Field("Loss_Reason__c", "textarea", 32_000, updateable=True))
    synced = Synced(server, tmp_path)
    track(synced, "Loss_Reason__c")
    deal = synced.deal(Loss_Reason__c="first")
    began = synced.now
    moments = []
    for text in ("second", "third"):
        synced.org.clock.advance(days=1)
        synced.org.update("Opportunity", deal, {"Loss_Reason__c": text})
        moments.append(synced.now)
    synced.org.clock.advance(days=1)
    synced.org.update("Opportunity", deal, {"Name": "Yard 2"})
    synced.sync()
    assert synced.states(deal, "reason") == [(began, None), (moments[1], "third")]

    synced.org.update("Opportunity", deal, {"Loss_Reason__c": "fourth"})
    changed = synced.now
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.states(deal, "reason")[-1] == (changed, "fourth")


@pytest.mark.parametrize("tracked", [("ARR__c",), ("ARR__c", "CurrencyIsoCode")])
def test_an_own_amount_is_in_the_currency_that_its_deal_had_then(
    tmp_path: Path, tracked: tuple[str, ...]
) -> None:
    org = Org(rates={"USD": Decimal(1), "EUR": Decimal("0.8")}, tracked=tracked)
    org.add_field("Opportunity", Field("ARR__c", "currency", updateable=True))
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = "ARR__c"\n', encoding="utf-8")
    with FakeSalesforce(org) as server:
        synced = Synced(server, tmp_path)
        org.update("Opportunity", synced.deal(ARR__c="1.00"), {"ARR__c": "2.00"})
        deal = synced.deal(ARR__c="10.00", CurrencyIsoCode="USD")
        began = synced.now
        org.clock.advance(days=1)
        org.update("Opportunity", deal, {"ARR__c": "20.00"})
        raised = synced.now
        org.clock.advance(days=1)
        org.update("Opportunity", deal, {"ARR__c": "16.00", "CurrencyIsoCode": "EUR"})
        changed = synced.now
        org.clock.advance(days=1)
        org.update("Opportunity", deal, {"StageName": "Qualification"})
        synced.sync()

        told = synced.states(deal, "amount", "currency")
    assert told[:2] == [(began, Decimal("10.00"), "USD"), (raised, Decimal("20.00"), "USD")]
    assert (changed, Decimal("16.00"), "EUR") in told or "CurrencyIsoCode" not in tracked
    assert told[-1][1:] == (Decimal("16.00"), "EUR")


def test_a_measure_that_looks_back_says_from_when_on_its_fields_are_known(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    """OpportunityHistory reaches back to the first deal; owners, types and regions do not."""
    server.org.add_field("Opportunity", Field("Region__c", "string", 40))
    synced = Synced(server, tmp_path)
    deal = synced.deal(Type="New business", Region__c="EMEA")
    synced.org.clock.advance(days=10)
    synced.org.update("Opportunity", deal, {"OwnerId": synced.org.user("Rita", "Rep")})
    synced.org.clock.advance(days=20)
    synced.sync()

    with open_generation(synced.mirror.current()) as con:
        view = open_view(con, replace(demo.company(), types_in_scope=()), Access.operator("salesforce"))
        assert measure(view, "open_pipeline", by=("region",)).notes == ()
        looked = measure(view, "slip_rate_average", by=("owner", "region")).notes
        past = measure(view.at(view.calendar.back(view.as_of, days=25)), "open_pipeline", by=("team",)).notes
    assert [note for note in looked if "known from" in note] == [
        "changes of owners are known from 3 Dec 2026 on: before, deals count by what was known of them first",
        "changes of region are known from 23 Dec 2026 on: before, deals count by what was known of them first",
    ]
    assert past == (
        "changes of owners are known from 3 Dec 2026 on: before, deals count by what was known of them first",
    )


def test_tracking_that_is_switched_on_later_takes_nothing_away_from_what_syncs_have_seen(
    synced: Synced,
) -> None:
    synced.org.tracked = frozenset()
    deal = synced.deal(Type="New")
    synced.sync()
    first = known_from(synced)["type"]
    for kind in ("Existing", "Renewal"):
        synced.org.clock.advance(days=100)
        synced.org.update("Opportunity", deal, {"Type": kind})
        synced.sync()
        track(synced, "Type")

    assert [kind for _, kind in synced.states(deal, "type")] == ["New", "Existing", "Renewal"]
    assert known_from(synced)["type"] == first


def known_from(synced: Synced) -> dict[str, datetime]:
    with open_generation(synced.mirror.current()) as con:
        return known_from_of(dict(con.execute("SELECT key, value FROM meta").fetchall()))


def test_a_login_without_the_history_knows_how_deals_stood_from_its_first_sync_on(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    hidden = {"OpportunityHistory", "OpportunityFieldHistory"}
    user = server.org.user("No", "Past", rights=Rights(view_all=True, hidden=hidden))
    synced = Synced(server, tmp_path, user)
    synced.deal()
    synced.org.clock.advance(days=30)
    synced.sync()
    known = known_from(synced)

    assert {"stage", "status", "close", "amount"} <= known.keys()
    assert synced.now - timedelta(minutes=10) < known["close"].replace(tzinfo=None) <= synced.now
    synced.org.clock.advance(days=3)
    synced.sync()
    assert known_from(synced) == known
