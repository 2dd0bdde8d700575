"""The stand-in as simple-salesforce finds it: a client whose expectations we did not write."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from simple_salesforce import Salesforce, bulk2, format_soql
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceOperationError,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from tests.fakes.salesforce.org import Org, Rule
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce
from tests.fakes_tests.salesforce.conftest import client, deal


def code(error: pytest.ExceptionInfo[SalesforceMalformedRequest]) -> str:
    return str(error.value.content[0]["errorCode"])


def test_a_query_is_read_in_pages_of_2000(sf: Salesforce, org: Org) -> None:
    for number in range(4100):
        org.load("Account", Name=f"Account {number}")

    first = sf.query("SELECT Id, Name FROM Account ORDER BY Id")
    small = sf.query("SELECT Id FROM Account", headers={"Sforce-Query-Options": "batchSize=200"})

    assert (first["totalSize"], first["done"], len(first["records"])) == (4100, False, 2000)
    assert len(small["records"]) == 200
    names = [row["Name"] for row in sf.query_all_iter("SELECT Name FROM Account ORDER BY Id")]
    assert names == [f"Account {number}" for number in range(4100)]


def test_a_page_shows_the_rows_as_they_were_when_the_query_ran(sf: Salesforce, org: Org) -> None:
    keys = [org.load("Account", Name="before") for _ in range(250)]
    first = sf.query("SELECT Name FROM Account", headers={"Sforce-Query-Options": "batchSize=200"})
    org.update("Account", keys[-1], {"Name": "after"})

    rest = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)

    assert {row["Name"] for row in rest["records"]} == {"before"}


def test_a_locator_that_expired_is_told_so(sf: Salesforce, org: Org, server: FakeSalesforce) -> None:
    for _ in range(201):
        org.load("Account", Name="A")
    first = sf.query("SELECT Id FROM Account", headers={"Sforce-Query-Options": "batchSize=200"})
    server.rest.expire_locators()

    with pytest.raises(SalesforceMalformedRequest) as error:
        sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)

    assert code(error) == "INVALID_QUERY_LOCATOR"


def test_money_arrives_exactly_and_instants_with_their_zone(sf: Salesforce, org: Org) -> None:
    key = deal(org, Amount="1234567.89")

    row = sf.query(f"SELECT Amount, CloseDate, CreatedDate, IsWon FROM Opportunity WHERE Id = '{key}'")[
        "records"
    ][0]

    assert Decimal(str(row["Amount"])) == Decimal("1234567.89")
    assert (row["CloseDate"], row["IsWon"]) == ("2026-12-18", False)
    assert row["CreatedDate"] == "2026-11-23T13:30:00.000+0000"


@pytest.mark.parametrize("name", ["O'Brien", 'Say "hi"', "back\\slash", "100% of_it", "line\nbreak"])
def test_what_the_client_escapes_is_found(name: str, sf: Salesforce, org: Org) -> None:
    key = org.load("Account", Name=name)
    org.load("Account", Name="another")

    equal = sf.query(format_soql("SELECT Id FROM Account WHERE Name = {}", name))
    like = sf.query(format_soql("SELECT Id FROM Account WHERE Name LIKE '%{:like}%'", name))

    assert [row["Id"] for row in equal["records"]] == [row["Id"] for row in like["records"]] == [key]


def test_describe_tells_fields_and_children(sf: Salesforce, org: Org) -> None:
    org.add_field(
        "Opportunity", Field("Region__c", "picklist", 255, picklist=("AMER", "EMEA"), restricted=True)
    )

    told = sf.Opportunity.describe()

    fields = {one["name"]: one for one in told["fields"]}
    assert not fields["IsWon"]["updateable"]
    assert fields["Amount"]["updateable"]
    assert fields["OwnerId"]["referenceTo"] == ["User"]
    assert [one["value"] for one in fields["Region__c"]["picklistValues"]] == ["AMER", "EMEA"]
    assert "OpportunityHistories" in {one["relationshipName"] for one in told["childRelationships"]}
    assert "Opportunity" in {one["name"] for one in sf.describe()["sobjects"]}


def test_a_row_is_created_read_changed_and_deleted(sf: Salesforce) -> None:
    key = sf.Account.create({"Name": "Brandt"})["id"]
    sf.Account.update(key, {"Industry": "Glass"})
    read = sf.Account.get(key)
    sf.Account.delete(key)

    assert (read["Name"], read["Industry"]) == ("Brandt", "Glass")
    with pytest.raises(SalesforceResourceNotFound) as error:
        sf.Account.get(key)
    assert error.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 0
    assert (
        sf.query("SELECT Id, IsDeleted FROM Account", include_deleted=True)["records"][0]["IsDeleted"] is True
    )


def test_a_guarded_change_is_refused_after_somebody_elses(sf: Salesforce, org: Org) -> None:
    key = deal(org)
    guard = {"If-Unmodified-Since": "Mon, 23 Nov 2026 13:30:00 GMT"}
    sf.Opportunity.update(key, {"NextStep": "within the second"}, headers=guard)
    org.clock.advance(1)
    sf.Opportunity.update(key, {"NextStep": "theirs"})

    with pytest.raises(SalesforceGeneralError) as error:
        sf.Opportunity.update(key, {"NextStep": "ours"}, headers=guard)

    assert error.value.status == 412
    assert sf.Opportunity.get(key)["NextStep"] == "theirs"


def test_upsert_goes_by_an_external_id(sf: Salesforce, org: Org) -> None:
    org.add_field("Account", Field("Ext__c", "string", 40, external_id=True))
    assert sf.Account.upsert("Ext__c/a b", {"Name": "new"}) == 201
    assert sf.Account.upsert("Ext__c/a b", {"Name": "changed"}) == 200
    assert [row["Name"] for row in sf.query("SELECT Name FROM Account")["records"]] == ["changed"]
    org.load("Account", Name="twin", Ext__c="a b")

    with pytest.raises(SalesforceMoreThanOneRecord):
        sf.Account.upsert("Ext__c/a b", {"Name": "which"})


def _refuse_small(after, before) -> str | None:
    return "Too small." if (after.get("Amount") or 0) < 10 else None


REFUSED = {
    "not updateable": ({"IsWon": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsWon"]),
    "unknown field": ({"Foo__c": 1}, "INVALID_FIELD", []),
    "required": ({"Name": None}, "REQUIRED_FIELD_MISSING", ["Name"]),
    "too long": ({"NextStep": "x" * 256}, "STRING_TOO_LONG", ["NextStep"]),
    "restricted": (
        {"ForecastCategoryName": "Sure"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ["ForecastCategoryName"],
    ),
    "rule": ({"Amount": 5}, "FIELD_CUSTOM_VALIDATION_EXCEPTION", ["Amount"]),
    "type": ({"CloseDate": "soon"}, "JSON_PARSER_ERROR", []),
    "range": ({"Amount": 10**17}, "NUMBER_OUTSIDE_VALID_RANGE", ["Amount"]),
    "id": ({"AccountId": "nobody"}, "MALFORMED_ID", ["AccountId"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_change_that_breaks_a_rule_names_it(case: str, sf: Salesforce, org: Org) -> None:
    org.rules.append(Rule(object="Opportunity", check=_refuse_small, field="Amount"))
    key = deal(org, Amount=100)
    values, wanted, fields = REFUSED[case]

    with pytest.raises(SalesforceMalformedRequest) as error:
        sf.Opportunity.update(key, values)

    assert (code(error), error.value.content[0]["fields"]) == (wanted, fields)
    assert org.tables["Opportunity"][key]["LastModifiedDate"] == org.tables["Opportunity"][key]["CreatedDate"]


def test_a_locked_row_and_one_of_somebody_else_cannot_be_changed(
    sf: Salesforce, org: Org, server: FakeSalesforce
) -> None:
    rep = org.user("Rita", "Rep")
    own, other = deal(org, "own"), deal(org, "other")
    org.sharing = lambda user, _, key: Level.EDIT if key == own else Level.READ
    org.locked.add(own)

    with client(server, rep) as mine:
        for key, wanted in ((own, "UNABLE_TO_LOCK_ROW"), (other, "INSUFFICIENT_ACCESS_OR_READONLY")):
            with pytest.raises(SalesforceMalformedRequest) as error:
                mine.Opportunity.update(key, {"NextStep": "mine"})
            assert code(error) == wanted


def test_a_user_sees_what_is_shared_and_no_hidden_field(org: Org, server: FakeSalesforce) -> None:
    rep = org.user("Rita", "Rep", rights=Rights(hidden={"Opportunity.Amount", "Task"}))
    own, other = deal(org, "own", Amount=1), deal(org, "other", Amount=2)
    org.sharing = lambda user, _, key: Level.EDIT if key == own else Level.NONE

    with client(server, rep) as mine:
        names = [row["Name"] for row in mine.query("SELECT Name FROM Opportunity")["records"]]
        access = mine.query(
            f"SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '{rep}' AND RecordId IN ('{own}', '{other}')"
        )
        with pytest.raises(SalesforceMalformedRequest) as hidden:
            mine.query("SELECT Amount FROM Opportunity")
        with pytest.raises(SalesforceMalformedRequest) as unseen:
            mine.query("SELECT Id FROM Task")
        described = {one["name"] for one in mine.Opportunity.describe()["fields"]}
        with pytest.raises(SalesforceResourceNotFound):
            mine.Opportunity.get(other)

    assert names == ["own"]
    assert [row["HasReadAccess"] for row in access["records"]] == [True, False]
    assert (code(hidden), code(unseen)) == ("INVALID_FIELD", "INVALID_TYPE")
    assert "Amount" not in described


def test_history_is_shared_as_its_deal_is(org: Org, server: FakeSalesforce) -> None:
    rep = org.user("Rita", "Rep")
    own, _ = deal(org, "own"), deal(org, "other")
    org.sharing = lambda user, _, key: Level.READ if key == own else Level.NONE

    with client(server, rep) as mine:
        rows = mine.query("SELECT OpportunityId FROM OpportunityHistory")["records"]

    assert [row["OpportunityId"] for row in rows] == [own]


def test_the_history_of_a_hidden_field_is_hidden(org: Org, server: FakeSalesforce) -> None:
    rep = org.user("Rita", "Rep", rights=Rights(hidden={"Opportunity.NextStep", "Opportunity.OwnerId"}))
    org.update("Opportunity", deal(org), {"NextStep": "call", "OwnerId": rep})

    with client(server, rep) as mine, client(server) as admin:
        seen, all_of_it = (
            {row["Field"] for row in one.query("SELECT Field FROM OpportunityFieldHistory")["records"]}
            for one in (mine, admin)
        )

    assert (seen, all_of_it) == ({"created"}, {"created", "NextStep", "Owner"})


def test_whoever_may_not_use_the_api_is_turned_away(org: Org, server: FakeSalesforce) -> None:
    with (
        client(server, org.user("Otto", "Out", rights=Rights(api=False))) as out,
        pytest.raises(SalesforceRefusedRequest) as error,
    ):
        out.query("SELECT Id FROM Account")

    assert code(error) == "API_DISABLED_FOR_ORG"


def test_an_expired_token_and_a_spent_day_are_told_apart(
    sf: Salesforce, org: Org, server: FakeSalesforce
) -> None:
    server.rest.used = server.rest.allowed
    with pytest.raises(SalesforceRefusedRequest) as spent:
        sf.query("SELECT Id FROM Account")
    server.tokens.revoke(org.admin)
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Account")

    assert code(spent) == "REQUEST_LIMIT_EXCEEDED"


def test_updated_and_deleted_rows_of_a_window(sf: Salesforce, org: Org) -> None:
    kept, gone, purged = (org.load("Account", Name=name) for name in ("kept", "gone", "purged"))
    org.clock.advance(hours=1)
    org.update("Account", kept, {"Name": "changed"})
    org.delete("Account", gone)
    org.purge("Account", purged)
    now = org.clock()
    start, end = now - timedelta(minutes=10), now + timedelta(minutes=1)

    updated, deleted = sf.Account.updated(start, end), sf.Account.deleted(start, end)

    assert updated["ids"] == [kept]
    assert [row["id"] for row in deleted["deletedRecords"]] == [gone, purged]
    assert updated["latestDateCovered"] == "2026-11-23T14:30:00.000+0000"
    with pytest.raises(SalesforceMalformedRequest):
        sf.Account.deleted(datetime(2026, 1, 1, tzinfo=UTC), end)


def test_every_call_is_counted(sf: Salesforce, server: FakeSalesforce) -> None:
    before = sf.limits()["DailyApiRequests"]["Remaining"]
    sf.query("SELECT Id FROM Account")

    assert sf.limits()["DailyApiRequests"]["Remaining"] == before - 2
    assert sf.api_usage["api-usage"].used == server.rest.used
    assert [one.soql for one in server.asked("/query")] == ["SELECT Id FROM Account"]
    assert "Authorization" not in server.calls[-1].headers


def test_a_bulk_query_is_downloaded_page_by_page(
    sf: Salesforce, org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk2, "sleep", lambda _: None)
    account = org.load("Account", Name='A "quoted",\nname')
    for number in range(25):
        deal(org, f"Deal {number}", AccountId=account, Amount=None if number else "12500000")

    text = "SELECT Name, Account.Name, Amount, FiscalYear, CreatedDate FROM Opportunity"
    pages = sf.bulk2.Opportunity.download(text, str(tmp_path), max_records=10)

    assert [page["number_of_records"] for page in pages] == [10, 10, 5]
    with Path(pages[0]["file"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Path(pages[0]["file"]).read_text(encoding="utf-8").startswith('"Name","Account.Name","Amount"')
    assert rows[0] == {
        "Name": "Deal 0",
        "Account.Name": 'A "quoted",\nname',
        "Amount": "1.25E7",
        "FiscalYear": "2026.0",
        "CreatedDate": "2026-11-23T13:30:00.000Z",
    }
    assert rows[1]["Amount"] == ""


def test_bulk_refuses_what_it_cannot_read(
    sf: Salesforce, server: FakeSalesforce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk2, "sleep", lambda _: None)
    with pytest.raises(SalesforceMalformedRequest) as refused:
        list(sf.bulk2.OpportunityStage.query("SELECT Id FROM OpportunityStage"))
    server.rest.bulk.breaking["Account"] = ("OPERATION_TOO_LARGE", "exceeded 100000 distinct ids")
    with pytest.raises(SalesforceOperationError, match=r"InvalidBatch : .*OPERATION_TOO_LARGE"):
        list(sf.bulk2.Account.query("SELECT Id FROM Account"))
    with pytest.raises(SalesforceOperationError, match="FUNCTIONALITY_NOT_ENABLED"):
        list(sf.bulk2.Account.query("SELECT COUNT(Id) FROM Account"))

    assert code(refused) == "INVALIDENTITY"


def test_a_bulk_job_moves_on_when_somebody_looks_and_can_be_stopped(sf: Salesforce, org: Org) -> None:
    org.load("Account", Name="A")
    made = sf.restful(
        "jobs/query", method="POST", json={"operation": "query", "query": "SELECT Id FROM Account"}
    )
    states = [made["state"], *(sf.restful(f"jobs/query/{made['id']}")["state"] for _ in range(3))]
    stopped = sf.restful(f"jobs/query/{made['id']}", method="PATCH", json={"state": "Aborted"})

    assert states == ["UploadComplete", "InProgress", "JobComplete", "JobComplete"]
    assert stopped["state"] == "Aborted"


def test_a_collection_tells_its_failing_rows(sf: Salesforce, org: Org) -> None:
    good, bad = deal(org, "good"), deal(org, "bad")
    records = [
        {"attributes": {"type": "Opportunity"}, "id": good, "NextStep": "call"},
        {"attributes": {"type": "Opportunity"}, "id": bad, "IsWon": True},
    ]

    some = sf.restful("composite/sobjects", method="PATCH", json={"allOrNone": False, "records": records})
    org.update("Opportunity", good, {"NextStep": None})
    none = sf.restful("composite/sobjects", method="PATCH", json={"allOrNone": True, "records": records})

    assert [one["success"] for one in some] == [True, False]
    assert some[1]["errors"][0]["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert [one["errors"][0]["statusCode"] for one in none] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ]
    assert org.tables["Opportunity"][good]["NextStep"] is None


def test_sub_requests_refer_to_each_other_and_carry_their_own_guards(sf: Salesforce, org: Org) -> None:
    base = "/services/data/v67.0/sobjects"
    parts = [
        {"method": "POST", "url": f"{base}/Account", "referenceId": "firm", "body": {"Name": "New"}},
        {
            "method": "PATCH",
            "url": f"{base}/Account/@{{firm.id}}",
            "referenceId": "late",
            "httpHeaders": {"If-Unmodified-Since": "Mon, 23 Nov 2026 13:00:00 GMT"},
            "body": {"Name": "Newer"},
        },
    ]

    answers = sf.restful("composite", method="POST", json={"allOrNone": False, "compositeRequest": parts})

    assert [one["httpStatusCode"] for one in answers["compositeResponse"]] == [201, 412]
    assert sf.query("SELECT Name FROM Account")["records"][0]["Name"] == "New"
    sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    assert len(org.tables["Account"]) == 1
