"""Values that cannot be what their field means: the sync goes on, they count as missing, and it is said which they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.mirror import open_generation
from connectors.mirror.notes import said, unread_of
from connectors.protocol import Unread
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import crm
from tests.connectors.salesforce.test_sync import Synced
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    return Synced(server, tmp_path)


def noted(synced: Synced) -> tuple[Unread, ...]:
    """Return what the mirror says of values that could not be read."""
    with open_generation(synced.mirror.current()) as con:
        return unread_of(dict(con.execute("SELECT key, value FROM meta").fetchall()))


def now(synced: Synced, deal: str, field: str) -> object:
    return synced.states(deal, field)[-1][1]


@pytest.mark.parametrize("rest_rows", [spool.REST_ROWS, 0])
@pytest.mark.parametrize("amount", ["1e30", "10000000000000000", "NaN"])
def test_an_amount_that_cannot_be_one_is_missing_and_named(
    synced: Synced, amount: str, rest_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "REST_ROWS", rest_rows)
    sound, deal = synced.deal(), synced.deal()
    synced.org.settle("Opportunity", deal, Amount=Decimal(amount))
    synced.sync()

    assert now(synced, deal, "amount") is None
    assert now(synced, sound, "amount") == Decimal("1000.00")
    assert noted(synced) == (Unread(object="Opportunity", field="Amount", n=1, records=(deal,)),)


@pytest.mark.parametrize(
    "close, held",
    [
        ("4000-12-31", date(4000, 12, 31)),
        ("1700-01-01", date(1700, 1, 1)),
        ("0000-01-01", None),
        ("12026-01-01", None),
        ("2026-02-30", None),
        ("infinity", None),
    ],
)
def test_a_day_that_cannot_be_one_is_missing_and_named(synced: Synced, close: str, held: date | None) -> None:
    deal = synced.deal()
    synced.org.settle("Opportunity", deal, CloseDate=close)
    synced.sync()

    assert now(synced, deal, "close") == held
    assert [(each.field, each.records) for each in noted(synced)] == (
        [] if held else [("CloseDate", (deal,))]
    )


def test_history_activities_and_people_of_no_day_do_not_stop_a_sync(synced: Synced) -> None:
    synced.org.add_field("User", Field("Start_Date__c", "date"))
    rita = synced.org.user("Rita", "Rep", Start_Date__c="0000-03-01")
    deal = synced.deal()
    [row] = synced.org.tables["OpportunityHistory"].values()
    row |= {"Amount": Decimal("1e40"), "CloseDate": "0000-12-31"}
    event = synced.org.load("Event", WhatId=deal, Subject="Fair")
    synced.org.settle("Event", event, StartDateTime="0000-01-01T00:00:00.000+0000")
    synced.sync()

    assert now(synced, deal, "amount") == Decimal("1000.00")
    assert synced.rows("SELECT count(*) FROM activity") == [(1,)]
    assert {(each.object, each.field): each.records for each in noted(synced)} == {
        ("Event", "StartDateTime"): (event,),
        ("OpportunityHistory", "Amount"): (deal,),
        ("OpportunityHistory", "CloseDate"): (deal,),
        ("User", "Start_Date__c"): (rita,),
    }


def test_the_next_field_of_a_chain_stands_in_for_one_that_cannot_be_read(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = ["ARR__c", "Amount"]\n', encoding="utf-8")
    server.org.add_field("Opportunity", Field("ARR__c", "currency", updateable=True))
    synced = Synced(server, tmp_path)
    deal = synced.deal(Amount="7.00")
    synced.org.settle("Opportunity", deal, ARR__c=Decimal("1e30"))
    synced.sync()

    assert now(synced, deal, "amount") == Decimal("7.00")


def test_it_is_said_until_it_is_mended_and_of_three_records_only(synced: Synced) -> None:
    deals = [synced.deal() for _ in range(5)]
    for deal in deals:
        synced.org.settle("Opportunity", deal, Amount=Decimal("1e30"))
    told: list[str] = []
    reading = crm(synced.server, synced.home)
    reading.progress = told.append
    synced.org.clock.advance(minutes=5)
    synced.mirror.load(reading)
    sentence = (
        "Opportunity.Amount of 5 records holds no value of its kind and counts as missing: "
        f"{deals[0]}, {deals[1]}, {deals[2]} and 2 more"
    )
    assert told[-1] == sentence

    synced.org.clock.advance(minutes=30)
    synced.sync()
    assert [said(each) for each in noted(synced)] == [sentence]

    for deal in deals[1:]:
        synced.org.update("Opportunity", deal, {"Amount": "5.00"})
    synced.sync()
    assert [each.records for each in noted(synced)] == [(deals[0],)]
    synced.org.delete("Opportunity", deals[0])
    synced.sync()
    assert noted(synced) == ()


@pytest.mark.parametrize("rest_rows", [spool.REST_ROWS, 0])
def test_half_a_character_in_a_text_is_marked_and_the_sync_goes_on(
    synced: Synced, rest_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "REST_ROWS", rest_rows)
    served = synced.server.routes["/services/data"]

    def answer(request: Request) -> Answer:
        given = served(request)
        cut = b"half \\ud83d" if given.kind().startswith("application/json") else "half \ufffd".encode()
        if b"half HALF" not in given.content():
            return given
        return Answer(
            status=given.status,
            body=given.content().replace(b"half HALF", cut),
            headers={**given.headers, "Content-Type": given.kind()},
        )

    synced.server.routes["/services/data"] = answer
    synced.deal(Name="half HALF")
    synced.sync()

    assert synced.rows("SELECT name FROM deal") == [("half \ufffd",)]
