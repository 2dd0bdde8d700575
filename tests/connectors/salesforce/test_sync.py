"""What a sync makes of an org that changes: windows, deletions, sharing, formulas, stages, and what is not told twice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import NotAllowed, OtherMeaning
from connectors.mirror import Mirror, open_generation
from connectors.salesforce import crm as crm_module
from connectors.salesforce import spool
from tests.connectors.salesforce.desk import crm
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce

Row = tuple[Any, ...]


class Synced:
    """An org and its mirror."""

    def __init__(self, server: FakeSalesforce, home: Path, user: str | None = None) -> None:
        self.server, self.home, self.user = server, home, user
        self.org = server.org
        self.mirror = Mirror(home, "salesforce")

    def sync(self, *, full: bool = False) -> None:
        """Let some time pass, so that everything is settled, and sync as a new process would."""
        self.org.clock.advance(minutes=5)
        self.mirror.load(crm(self.server, self.home, user=self.user), full=full)

    def states(self, deal: str, *fields: str) -> list[Row]:
        """Return a deal's states, oldest first: when each begins, and these fields."""
        return self.rows(
            f"SELECT valid_from, {', '.join(fields)} FROM state WHERE deal_id = '{deal}' ORDER BY valid_from"
        )

    def rows(self, query: str) -> list[Row]:
        with open_generation(self.mirror.current()) as con:
            return con.execute(query).fetchall()

    def deal(self, **values: object) -> str:
        """Make a deal."""
        given = {"Name": "Yard", "StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": "1000.00"}
        return self.org.insert("Opportunity", given | values)

    @property
    def now(self) -> datetime:
        return self.org.clock().replace(tzinfo=None)


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    """Return an org of its own with an empty mirror."""
    return Synced(server, tmp_path)


def test_each_change_is_a_state_from_its_own_instant_on(synced: Synced) -> None:
    deal = synced.deal()
    began = synced.now
    synced.sync()
    synced.org.update("Opportunity", deal, {"Amount": "2500.50"})
    raised = synced.now
    synced.org.clock.advance(hours=1)
    synced.org.update("Opportunity", deal, {"StageName": "Closed Won", "NextStep": "invoice"})
    won = synced.now
    synced.sync()

    assert synced.states(deal, "stage", "status", "amount", "next_step") == [
        (began, "Prospecting", "open", Decimal("1000.00"), None),
        (raised, "Prospecting", "open", Decimal("2500.50"), None),
        (won, "Closed Won", "won", Decimal("2500.50"), "invoice"),
    ]


def test_a_second_sync_of_the_same_org_publishes_the_same_records(synced: Synced) -> None:
    synced.deal()
    synced.sync()
    before = synced.rows("SELECT * FROM event ORDER BY id")
    synced.sync()

    assert synced.rows("SELECT * FROM event ORDER BY id") == before


def test_rows_of_the_look_back_are_not_told_twice(synced: Synced) -> None:
    deal = synced.deal()
    synced.sync()
    synced.org.clock.advance(minutes=1)
    synced.sync()

    assert len(synced.states(deal, "stage")) == 1
    assert synced.rows("SELECT count(*), count(DISTINCT id) FROM event") == [(3, 3)]


def test_the_last_two_minutes_wait_for_the_next_sync(synced: Synced) -> None:
    synced.sync()
    late = synced.deal()
    synced.mirror.load(crm(synced.server, synced.home))
    assert synced.rows("SELECT count(*) FROM deal") == [(0,)]

    synced.sync()
    assert synced.rows("SELECT id FROM deal") == [(late,)]


def test_a_field_that_nobody_tracks_is_known_from_the_last_change_on(synced: Synced) -> None:
    synced.org.add_field("Opportunity", Field("Loss_Reason__c", "string", 80))
    deal = synced.deal(Loss_Reason__c=None)
    synced.sync()
    synced.org.update("Opportunity", deal, {"Loss_Reason__c": "price"})
    changed = synced.now
    synced.sync()

    assert [(at, reason) for at, reason in synced.states(deal, "reason")][-1] == (changed, "price")
    assert len(synced.states(deal, "reason")) == 2


def test_what_a_tracked_field_was_before_its_first_change_is_its_old_value(synced: Synced) -> None:
    rita = synced.org.user("Rita", "Rep")
    deal = synced.deal(Type="New Business")
    began = synced.now
    synced.org.clock.advance(days=3)
    synced.org.update("Opportunity", deal, {"OwnerId": rita, "Type": "Existing Business"})
    handed = synced.now
    synced.sync()

    assert synced.states(deal, "owner_id", "type") == [
        (began, synced.org.admin, "New Business"),
        (handed, rita, "Existing Business"),
    ]


def test_a_deleted_deal_is_deleted_from_then_on_and_one_that_comes_back_is_back(synced: Synced) -> None:
    deal = synced.deal()
    synced.sync()
    synced.org.delete("Opportunity", deal)
    gone = synced.now
    synced.sync()
    assert synced.states(deal, "deleted")[-1] == (gone, True)

    synced.org.undelete("Opportunity", deal)
    back = synced.now
    synced.sync()
    assert synced.states(deal, "deleted")[-1] == (back, False)


def test_what_is_purged_is_found_missing_by_the_nights_sweep(synced: Synced) -> None:
    kept, purged = synced.deal(), synced.deal()
    synced.sync()
    synced.org.purge("Opportunity", purged)
    synced.sync()
    assert synced.states(purged, "deleted")[-1][1] is False

    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.states(purged, "deleted")[-1][1] is True
    assert synced.states(kept, "deleted")[-1][1] is False


def test_a_deal_that_is_shared_later_comes_with_its_whole_history(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    rita = server.org.user("Rita", "Rep", rights=Rights())
    synced = Synced(server, tmp_path, user=rita)
    hidden = synced.deal()
    began = synced.now
    synced.org.clock.advance(days=1)
    synced.org.update("Opportunity", hidden, {"Amount": "9.00"})
    raised = synced.now
    server.org.sharing = lambda _user, _object, key: Level.NONE if key == hidden else Level.EDIT
    synced.sync()
    assert synced.rows("SELECT count(*) FROM deal") == [(0,)]

    server.org.sharing = None
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.states(hidden, "amount") == [(began, Decimal("1000.00")), (raised, Decimal("9.00"))]


def test_a_deal_that_is_hidden_and_shared_again_is_gone_meanwhile(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    rita = server.org.user("Rita", "Rep", rights=Rights())
    synced = Synced(server, tmp_path, user=rita)
    deal = synced.deal()
    synced.sync()
    for level in (Level.NONE, Level.EDIT):
        server.org.sharing = lambda _user, _object, _key, level=level: level
        synced.org.clock.advance(days=1)
        synced.sync()

    assert [row[1] for row in synced.states(deal, "deleted")] == [False, True, False]


def test_a_login_that_has_lost_its_sight_does_not_empty_the_pipeline(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    rita = server.org.user("Rita", "Rep", rights=Rights())
    synced = Synced(server, tmp_path, user=rita)
    for _ in range(51):
        synced.deal()
    synced.sync()
    server.org.sharing = lambda _user, of, _key: Level.NONE if of == "Opportunity" else Level.EDIT
    synced.org.clock.advance(days=1)

    with pytest.raises(NotAllowed, match="does not see 51 of 51 deals any more"):
        synced.sync()
    assert synced.rows("SELECT count(*) FROM state WHERE deleted") == [(0,)]

    server.org.sharing = None
    synced.sync()
    assert synced.rows("SELECT count(*) FROM state WHERE deleted") == [(0,)]


def test_too_many_deals_that_were_not_seen_before_are_read_with_everything(
    server: FakeSalesforce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita = server.org.user("Rita", "Rep", rights=Rights())
    synced = Synced(server, tmp_path, user=rita)
    server.org.sharing = lambda _user, of, _key: Level.NONE if of == "Opportunity" else Level.EDIT
    for _ in range(3):
        synced.deal()
    synced.org.clock.advance(hours=1)
    synced.sync()
    server.org.sharing = None
    monkeypatch.setattr(crm_module, "MOST_FOUND", 2)
    synced.org.clock.advance(days=1)

    with pytest.raises(OtherMeaning, match="3 deals that this login did not see before"):
        synced.sync()
    synced.sync(full=True)
    assert synced.rows("SELECT count(*) FROM deal") == [(3,)]


def test_a_value_that_changes_without_its_deal_is_read_again_within_the_week(synced: Synced) -> None:
    synced.org.add_field("Opportunity", Field("Region__c", "string", 40))
    deal = synced.deal()
    synced.org.settle("Opportunity", deal, Region__c="EMEA")
    synced.sync()
    synced.org.clock.advance(hours=1)
    synced.sync()
    synced.org.settle("Opportunity", deal, Region__c="APAC")  # as a formula does
    synced.sync()
    assert [row[1] for row in synced.states(deal, "region")] == ["EMEA"]

    synced.org.clock.advance(days=7)
    synced.sync()
    assert [row[1] for row in synced.states(deal, "region")] == ["EMEA", "APAC"]


def test_deals_that_take_a_value_from_their_account_change_with_it(synced: Synced) -> None:
    synced.org.add_field("Account", Field("Region__c", "string", 40))
    brandt, other = (
        synced.org.insert("Account", {"Name": name, "Region__c": "EMEA"}) for name in ("Brandt", "Lund")
    )
    deal, moved, spared = (
        synced.deal(AccountId=brandt),
        synced.deal(AccountId=brandt),
        synced.deal(AccountId=other),
    )
    synced.sync()
    synced.org.clock.advance(hours=1)
    synced.sync()
    synced.org.update("Account", brandt, {"Region__c": "APAC"})
    synced.org.clock.advance(minutes=1)
    synced.org.update("Opportunity", moved, {"NextStep": "call"})
    synced.sync()

    assert [row[1] for row in synced.states(deal, "region")] == ["EMEA", "APAC"]
    assert [row[1] for row in synced.states(moved, "region")] == ["EMEA", "APAC"]
    assert [row[1] for row in synced.states(spared, "region")] == ["EMEA"]
    events = synced.rows("SELECT * FROM event ORDER BY id")
    synced.org.clock.advance(hours=1)
    synced.sync()
    assert synced.rows("SELECT * FROM event ORDER BY id") == events


def test_a_stage_that_means_something_else_asks_for_everything_again(synced: Synced) -> None:
    synced.deal()
    synced.sync()
    for row in synced.org.tables["OpportunityStage"].values():
        if row["MasterLabel"] == "Prospecting":
            row["MasterLabel"] = "First talk"

    with pytest.raises(OtherMeaning, match="sync --full"):
        synced.sync()
    synced.sync(full=True)
    assert synced.rows("SELECT DISTINCT stage FROM state") == [("First talk",)]


def test_an_own_amount_has_the_history_that_is_kept_of_it(server: FakeSalesforce, tmp_path: Path) -> None:
    (tmp_path / "salesforce.toml").write_text('[deal]\namount = "ARR__c"\n', encoding="utf-8")
    synced = Synced(server, tmp_path)
    synced.org.add_field("Opportunity", Field("ARR__c", "currency", updateable=True))
    deal = synced.deal(Amount="1.00", ARR__c="120.00")
    synced.sync()
    synced.org.update("Opportunity", deal, {"ARR__c": "240.00", "Amount": "2.00"})
    synced.sync()

    amounts = [amount for _, amount in synced.states(deal, "amount")]
    assert amounts[-1] == Decimal("240.00")
    assert Decimal("1.00") not in amounts
    assert Decimal("2.00") not in amounts


def test_people_who_change_come_again_and_who_did_not_are_not_sent(synced: Synced) -> None:
    rita = synced.org.user("Rita", "Rep", Title="AE")
    synced.sync()
    synced.org.update("User", rita, {"Title": "Sales manager"})
    synced.sync()

    assert synced.rows(f"SELECT role FROM person WHERE id = '{rita}'") == [("Sales manager",)]


def test_a_contact_keeps_its_part_and_takes_another(synced: Synced) -> None:
    account = synced.org.insert("Account", {"Name": "Brandt"})
    deal = synced.deal(AccountId=account)
    contact = synced.org.insert("Contact", {"LastName": "Lund", "AccountId": account})
    synced.org.insert(
        "OpportunityContactRole", {"OpportunityId": deal, "ContactId": contact, "Role": "Decision Maker"}
    )
    synced.sync()
    asked = f"SELECT role, title FROM contact WHERE id = '{contact}'"
    assert synced.rows(asked) == [("Decision Maker", None)]

    synced.org.update("Contact", contact, {"Title": "COO"})
    synced.sync()
    assert synced.rows(asked) == [("Decision Maker", "COO")]

    [role] = synced.org.tables["OpportunityContactRole"]
    synced.org.update("OpportunityContactRole", role, {"Role": "Evaluator"})
    synced.sync()
    assert synced.rows(asked) == [("Evaluator", "COO")]


@pytest.mark.parametrize(
    "day, at",
    [
        ("2026-11-20", datetime.fromisoformat("2026-11-20 17:00")),
        ("2026-07-01", datetime.fromisoformat("2026-07-01 16:00")),
    ],
)
def test_a_task_of_which_only_the_day_is_known_was_done_at_noon_there(
    synced: Synced, day: str, at: datetime
) -> None:
    deal = synced.deal()
    synced.org.load(
        "Task",
        WhatId=deal,
        Subject="Call",
        TaskSubtype="Call",
        IsClosed=True,
        ActivityDate=date.fromisoformat(day),
    )
    synced.org.load("Task", WhatId=deal, Subject="open", IsClosed=False, ActivityDate=date.fromisoformat(day))
    synced.sync()

    assert synced.rows("SELECT kind, activity.at, subject FROM activity") == [("call", at, "Call")]


def test_an_org_without_deals_is_survived(synced: Synced) -> None:
    synced.sync()
    synced.sync()

    assert synced.rows("SELECT count(*) FROM deal") == [(0,)]


@pytest.mark.parametrize("rest_rows", [spool.REST_ROWS, 0])
def test_only_its_owner_may_read_what_was_fetched(
    synced: Synced, rest_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "REST_ROWS", rest_rows)
    synced.deal()
    synced.sync()
    synced.sync()

    files = [path for path in (synced.home / "salesforce").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".csv", ".json", ".parquet"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
