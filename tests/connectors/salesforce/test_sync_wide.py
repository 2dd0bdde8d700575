"""What a sync makes of an org in which things happen at the wrong moment: while it reads, after it was broken off, undone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.errors import NotAllowed, TryLater
from connectors.mirror import Mirror
from tests.connectors.salesforce.desk import crm
from tests.connectors.salesforce.test_sync import Synced
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    return Synced(server, tmp_path)


def test_deals_that_change_while_everything_is_read_are_there_as_they_were(synced: Synced) -> None:
    deals = [synced.deal() for _ in range(3)]
    synced.org.clock.advance(days=5)
    for deal in deals[:2]:
        synced.org.update("Opportunity", deal, {"Amount": "2.00", "NextStep": "late"})
    synced.mirror.load(crm(synced.server, synced.home))

    assert synced.rows("SELECT count(*) FROM deal") == [(3,)]
    assert synced.rows("SELECT DISTINCT amount, next_step FROM state") == [(Decimal("1000.00"), None)]

    synced.sync()
    changed = synced.rows(
        "SELECT amount, next_step FROM state WHERE valid_to > TIMESTAMP '9999-01-01' ORDER BY ALL"
    )
    assert changed == [(Decimal("2.00"), "late"), (Decimal("2.00"), "late"), (Decimal("1000.00"), None)]


def test_a_deal_that_is_made_while_everything_is_read_comes_with_the_next(synced: Synced) -> None:
    synced.org.clock.advance(days=1)
    late = synced.deal()
    synced.mirror.load(crm(synced.server, synced.home))
    assert synced.rows("SELECT count(*) FROM deal") == [(0,)]

    synced.sync()
    assert synced.rows("SELECT id FROM deal") == [(late,)]


def test_an_activity_that_is_moved_reopened_or_deleted_is_known_as_it_is(synced: Synced) -> None:
    deal, other = synced.deal(), synced.deal()
    at = synced.org.clock()
    moved, gone = (
        synced.org.insert(
            "Event", {"WhatId": deal, "Subject": name, "StartDateTime": at, "DurationInMinutes": 30}
        )
        for name in ("moved", "gone")
    )
    done = synced.org.insert("Task", {"WhatId": deal, "Subject": "done", "Status": "Completed"})
    synced.sync()
    assert synced.rows("SELECT count(*) FROM activity") == [(3,)]

    synced.org.update("Event", moved, {"WhatId": other})
    synced.org.delete("Event", gone)
    synced.org.update("Task", done, {"Status": "Not Started"})
    synced.sync()

    assert synced.rows("SELECT deal_id, subject FROM activity") == [(other, "moved")]


def test_a_meeting_of_a_whole_day_is_on_that_day(synced: Synced) -> None:
    deal = synced.deal()
    synced.org.load(
        "Event",
        WhatId=deal,
        Subject="Fair",
        IsAllDayEvent=True,
        ActivityDate=date(2026, 11, 20),
        StartDateTime=datetime.fromisoformat("2026-11-20T00:00:00+00:00"),
    )
    synced.sync()

    assert synced.rows("SELECT activity.at FROM activity") == [(datetime.fromisoformat("2026-11-20 17:00"),)]


def test_a_chain_of_amounts_tells_nothing_of_the_past_that_it_does_not_know(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = ["ARR__c", "Amount"]\n', encoding="utf-8")
    org = server.org
    org.tracked = frozenset({*org.tracked, "ARR__c"})
    org.add_field("Opportunity", Field("ARR__c", "currency", updateable=True))
    synced = Synced(server, tmp_path)
    deal = synced.deal(Amount="1000.00")
    org.clock.advance(days=1)
    org.update("Opportunity", deal, {"ARR__c": "50.00"})
    org.clock.advance(days=1)
    org.update("Opportunity", deal, {"ARR__c": None, "Amount": "2000.00"})
    synced.sync()

    assert [amount for _, amount in synced.states(deal, "amount")] == [None, Decimal("2000.00")]


def test_a_deal_that_is_renamed_without_its_stamp_has_its_new_name_within_the_week(synced: Synced) -> None:
    synced.org.add_field("Account", Field("Region__c", "string", 40))
    deal = synced.deal()
    synced.sync()
    synced.org.clock.advance(hours=1)
    synced.org.tables["Opportunity"][deal]["Name"] = "New name"
    synced.org.clock.advance(days=8)
    synced.sync()

    assert synced.rows("SELECT name FROM deal") == [("New name",)]


def test_calls_are_counted_anew_for_each_sync(server: FakeSalesforce, tmp_path: Path) -> None:
    """One connector that lives for days, as where the bot serves."""
    synced = Synced(server, tmp_path)
    synced.deal()
    reading = crm(server, tmp_path)
    mirror = Mirror(tmp_path, "salesforce")
    mirror.load(reading)
    org = reading._org
    a_quarter = int(org.session.usage.limit * 0.25)
    org.session.calls += a_quarter

    synced.org.clock.advance(minutes=15)
    mirror.load(reading)
    assert org.session.calls > a_quarter


def test_a_sync_that_goes_on_days_later_ends_today(synced: Synced) -> None:
    synced.deal()
    synced.server.faults.next("limit", soql="FROM Opportunity ", count=1)
    with pytest.raises(TryLater, match="REQUEST_LIMIT_EXCEEDED"):
        synced.sync()
    synced.org.clock.advance(days=3)
    new = synced.deal()
    synced.sync()

    assert new in {row[0] for row in synced.rows("SELECT id FROM deal")}
    assert synced.mirror.current().as_of.date() == date(2026, 11, 26)


def test_half_an_answer_is_said_to_be_that(synced: Synced) -> None:
    synced.server.faults.next("malformed_json", path="/query")

    with pytest.raises(TryLater, match="answer is cut off, or it is a page for people"):
        synced.sync()
    synced.sync()


def test_several_currencies_of_which_none_can_be_read_are_refused(tmp_path: Path) -> None:
    org = Org(rates={"USD": Decimal(1), "EUR": Decimal("0.8")})
    reader = org.user("Rita", "Rep")
    org.rights[reader].hidden = {"Opportunity.CurrencyIsoCode"}
    with (
        FakeSalesforce(org) as server,
        pytest.raises(NotAllowed, match="may not read CurrencyIsoCode of Opportunity"),
    ):
        Synced(server, tmp_path, user=reader).sync()


def test_a_deal_that_was_missed_is_found_by_the_stamp_that_the_nights_sweep_sees(synced: Synced) -> None:
    """A transaction that ended more than the look-back later than its stamps say."""
    deal = synced.deal()
    synced.org.clock.advance(hours=1)
    synced.sync()
    row = synced.org.tables["Opportunity"][deal]
    row |= {"NextStep": "missed", "SystemModstamp": synced.org.clock() - timedelta(minutes=30)}
    synced.org.clock.advance(hours=1)
    synced.sync()
    assert synced.states(deal, "next_step")[-1][1] is None

    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.states(deal, "next_step")[-1][1] == "missed"
