"""The demo company as an org: the same deals, the same past; and very many deals from files."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from simple_salesforce import Salesforce, bulk2

from connectors.demo import DemoCrm
from connectors.mirror.schema import BIT
from connectors.records import Status
from tests.fakes.salesforce.large import large
from tests.fakes.salesforce.larkmoor import Company, _deal, larkmoor
from tests.fakes.salesforce.query import run
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes_tests.salesforce.conftest import client

SIZE = 300


@pytest.fixture(scope="module")
def company() -> Company:
    return larkmoor(opportunities=SIZE)


@pytest.fixture(scope="module")
def demo() -> DemoCrm:
    return DemoCrm(opportunities=SIZE)


def test_every_deal_stands_as_in_the_demo(company: Company, demo: DemoCrm) -> None:
    deals = company.org.tables["Opportunity"]
    alive = {key: row for key, row in deals.items() if not row["IsDeleted"]}

    standing = [deal for number in range(SIZE) if (deal := demo.read(f"d{number:06d}"))]

    assert len(deals) == SIZE
    assert alive.keys() == {company.ids[deal.id] for deal in standing}
    for deal in standing:
        row = alive[company.ids[deal.id]]
        amount = deal.amount.amount if deal.amount else None
        assert (row["Name"], row["StageName"], row["Amount"], row["CloseDate"], row.get("NextStep")) == (
            deal.name,
            deal.stage,
            amount,
            deal.close,
            deal.next_step,
        )
        assert (row["OwnerId"], row["Region__c"], row["Product__c"]) == (
            company.ids[deal.owner_id],
            deal.region,
            deal.product,
        )
        status = Status.WON if row["IsWon"] else Status.LOST if row["IsClosed"] else Status.OPEN
        assert status == deal.status


def test_the_history_of_a_deal_ends_where_the_deal_stands(company: Company) -> None:
    org = company.org
    last: dict[str, dict[str, object]] = {}
    for row in org.tables["OpportunityHistory"].values():
        before = last.get(row["OpportunityId"])
        assert before is None or before["CreatedDate"] <= row["CreatedDate"]
        last[row["OpportunityId"]] = row

    assert last.keys() == org.tables["Opportunity"].keys()
    for key, row in last.items():
        deal = org.tables["Opportunity"][key]
        for name in ("StageName", "Amount", "CloseDate", "Probability", "CurrencyIsoCode", "IsDeleted"):
            assert row[name] == deal[name], name
        assert row["CreatedDate"] <= deal["SystemModstamp"]


def test_the_fields_that_are_tracked_have_their_own_history(company: Company) -> None:
    org = company.org
    told: dict[tuple[str, str], object] = {}
    for row in org.tables["OpportunityFieldHistory"].values():
        told[row["OpportunityId"], row["Field"]] = row["NewValue"]

    fields = Counter(field for _, field in told)
    assert fields["created"] == SIZE
    for (key, field), value in told.items():
        if field != "created":
            assert org.tables["Opportunity"][key].get(field) == value
    assert {"NextStep", "ForecastCategoryName", "Loss_Reason__c"} <= fields.keys()


def test_a_deal_that_was_deleted_is_in_the_recycle_bin_unless_it_came_back() -> None:
    made = larkmoor(opportunities=12)
    at = made.org.clock() - timedelta(days=9)
    opened = {"id": "e1", "valid_at": at, "learned_at": at, "fields": BIT["stage"] | BIT["owner_id"]}
    opened |= {"stage": "Proposal", "owner_id": "u01"}
    gone, back = (
        {"id": f"e{day}", "fields": BIT["deleted"], "deleted": deleted}
        | dict.fromkeys(("valid_at", "learned_at"), at + timedelta(days=day))
        for day, deleted in ((2, True), (4, False))
    )
    for name, events in (("gone", [opened, gone]), ("back", [opened, gone, back])):
        _deal(made, {"id": name, "name": name, "account_id": None, "created_at": at}, events)

    rows = made.org.tables["Opportunity"]
    assert (rows[made.ids["gone"]]["IsDeleted"], rows[made.ids["back"]]["IsDeleted"]) == (True, False)
    assert [(one.id, one.at) for one in made.org.deletions] == [(made.ids["gone"], at + timedelta(days=2))]
    history = made.org.tables["OpportunityHistory"].values()
    assert {row["OpportunityId"] for row in history if row["IsDeleted"]} == {made.ids["gone"]}


def test_people_activities_and_rates_are_there(company: Company, demo: DemoCrm) -> None:
    org = company.org

    def count(text: str) -> int:
        return run(org, f"SELECT COUNT() FROM {text}", user=org.admin, deleted=True).total

    activities = sum(
        len(batch) for page in demo.changes(None) for batch in page.batches if batch.table == "activity"
    )
    assert count("Task") + count("Event") == activities
    assert count("Task WHERE Buyer_Took_Part__c = true AND CompletedDateTime != null") > 0
    assert count("Event WHERE ActivityDateTime = null") == 0
    assert count("User WHERE Manager.Title = 'VP Sales'") > 0
    assert count("User WHERE Title != null") == len(demo.people())
    rates = {row["IsoCode"]: row["ConversionRate"] for row in org.tables["CurrencyType"].values()}
    assert rates == {"USD": 1, "EUR": Decimal("0.8"), "GBP": Decimal("0.666667"), "AUD": Decimal("1.6")}
    roles = run(
        org, "SELECT Role FROM OpportunityContactRole WHERE Opportunity.StageName != null", user=org.admin
    )
    assert len(roles.rows) > 0


def test_the_stages_are_the_companys(company: Company) -> None:
    rows = company.org.tables["OpportunityStage"].values()

    assert [(row["MasterLabel"], row["IsClosed"], row["IsWon"]) for row in rows] == [
        ("Discovery", False, False),
        ("Evaluation", False, False),
        ("Proposal", False, False),
        ("Negotiation", False, False),
        ("Closed Won", True, True),
        ("Closed Lost", True, False),
    ]


def test_a_demo_org_can_be_written_to(company: Company, demo: DemoCrm) -> None:
    with FakeSalesforce(larkmoor(opportunities=20).org) as server, client(server) as sf:
        key = sf.query("SELECT Id FROM Opportunity LIMIT 1")["records"][0]["Id"]
        sf.Opportunity.update(key, {"Region__c": "APAC"})

        assert sf.Opportunity.get(key)["Region__c"] == "APAC"


def test_very_many_deals_are_read_from_files_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk2, "sleep", lambda _: None)
    org = large(1000, tmp_path, changes=2)
    text = (
        "SELECT Id, StageName, Amount, SystemModstamp FROM Opportunity "
        "WHERE SystemModstamp >= 2026-01-01T00:00:00Z ORDER BY SystemModstamp, Id"
    )
    with FakeSalesforce(org) as server, requests.Session() as session:
        sf = Salesforce(
            session_id=server.tokens.issue(org.admin),
            instance_url=server.instance_url,
            version="67.0",
            session=server.point(session),
        )
        pages = list(sf.bulk2.Opportunity.query(text, max_records=100))
        by_rest = list(sf.query_all_iter(text))
        history = sf.query("SELECT COUNT() FROM OpportunityHistory")["totalSize"]

    rows = [row for page in pages for row in csv.DictReader(page.splitlines())]
    assert history == 2000
    assert 0 < len(rows) < 1000
    assert [row["Id"] for row in rows] == [row["Id"] for row in by_rest]
    assert [Decimal(row["Amount"]) for row in rows] == [Decimal(str(row["Amount"])) for row in by_rest]
    stamps = [(row["SystemModstamp"], row["Id"]) for row in rows]
    assert stamps == sorted(stamps)
