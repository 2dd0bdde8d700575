"""What the org keeps by itself when rows change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.ids import long_id, record_id
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.schema import RECORDINGS, Field, Schema
from tests.fakes_tests.salesforce.conftest import deal


def history(org: Org, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(name) for name in names) for row in org.tables["OpportunityHistory"].values()]


def field_history(org: Org) -> list[tuple[Any, ...]]:
    names = ("Field", "DataType", "OldValue", "NewValue")
    return [tuple(row.get(name) for name in names) for row in org.tables["OpportunityFieldHistory"].values()]


def test_an_id_of_15_letters_gets_the_platforms_check() -> None:
    assert long_id("0015e00000AbCdE") == long_id("0015e00000AbCdEAAU"[:15])
    assert long_id("001D000000IRFma") == "001D000000IRFmaIAH"
    assert record_id("006", 1) != record_id("006", 2)
    with pytest.raises(ValueError, match="is no id"):
        long_id("001D000000IRFmaIAA")


def test_the_stage_brings_probability_category_and_outcome(org: Org) -> None:
    key = deal(org, Amount=200)
    row = org.tables["Opportunity"][key]
    assert (row["Probability"], row["ForecastCategoryName"], row["IsClosed"]) == (
        Decimal(10),
        "Pipeline",
        False,
    )
    assert (row["ExpectedRevenue"], row["FiscalYear"], row["FiscalQuarter"]) == (Decimal("20.00"), 2026, 4)

    org.update("Opportunity", key, {"StageName": "Closed Won"})

    row = org.tables["Opportunity"][key]
    assert (row["Probability"], row["ForecastCategory"], row["IsWon"]) == (Decimal(100), "Closed", True)
    assert row["LastStageChangeDate"] == org.clock()


def test_a_category_of_ones_own_stays_until_the_stage_moves(org: Org) -> None:
    key = deal(org, ForecastCategoryName="Commit")
    org.update("Opportunity", key, {"NextStep": "call"})
    assert org.tables["Opportunity"][key]["ForecastCategory"] == "Forecast"

    org.update("Opportunity", key, {"StageName": "Qualification"})

    assert org.tables["Opportunity"][key]["ForecastCategory"] == "Pipeline"


def test_history_has_a_row_a_change_of_stage_amount_probability_or_close_date(org: Org) -> None:
    key = deal(org, Amount=100)
    for change in (
        {"NextStep": "call"},
        {"Amount": 150},
        {"CloseDate": "2027-01-29"},
        {"StageName": "Closed Lost"},
    ):
        org.clock.advance(hours=1)
        org.update("Opportunity", key, change)

    assert history(org, "StageName", "Amount", "CloseDate", "PrevAmount", "PrevCloseDate") == [
        ("Prospecting", 100, date(2026, 12, 18), None, None),
        ("Prospecting", 150, date(2026, 12, 18), 100, None),
        ("Prospecting", 150, date(2027, 1, 29), None, date(2026, 12, 18)),
        ("Closed Lost", 150, date(2027, 1, 29), None, None),
    ]
    last = org.tables["Opportunity"][key]["LastAmountChangedHistoryId"]
    assert org.tables["OpportunityHistory"][last]["Amount"] == 150


def test_only_tracked_fields_have_a_history_and_a_reference_has_two_rows(org: Org) -> None:
    key = deal(org, NextStep="call")
    rep = org.user("Rita", "Rep")
    org.update("Opportunity", key, {"NextStep": "meet", "OwnerId": rep, "LeadSource": "Web"})

    assert field_history(org) == [
        ("created", "Text", None, None),
        ("NextStep", "Text", "call", "meet"),
        ("Owner", "Text", "Ada Admin", "Rita Rep"),
        ("Owner", "EntityId", org.admin, rep),
    ]
    untracked = Org()
    deal(untracked)
    assert not untracked.tables["OpportunityFieldHistory"]


def test_stamps_follow_the_clock_and_who_it_was(org: Org) -> None:
    rep = org.user("Rita", "Rep")
    key = deal(org)
    org.clock.advance(days=1, milliseconds=250)
    org.update("Opportunity", key, {"NextStep": "call"}, user=rep)

    row = org.tables["Opportunity"][key]
    assert row["LastModifiedDate"] == row["SystemModstamp"] == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert (row["CreatedById"], row["LastModifiedById"]) == (org.admin, rep)
    assert row["CreatedDate"] < row["LastModifiedDate"]


def test_line_items_make_the_amount_which_nobody_else_then_changes(org: Org) -> None:
    key = deal(org, Amount=5)
    before = org.tables["Opportunity"][key]["SystemModstamp"]
    org.clock.advance(60)
    org.insert("OpportunityLineItem", {"OpportunityId": key, "Quantity": 3, "UnitPrice": 100, "Discount": 10})
    assert org.tables["Opportunity"][key]["SystemModstamp"] == before

    org.update("Opportunity", key, {"Amount": 1, "NextStep": "call"})

    row = org.tables["Opportunity"][key]
    assert (row["Amount"], row["HasOpportunityLineItem"], row["NextStep"]) == (
        Decimal("270.00"),
        True,
        "call",
    )


def test_a_deleted_deal_takes_its_history_along_and_brings_it_back(org: Org) -> None:
    key = deal(org)
    org.delete("Opportunity", key)
    assert [row["IsDeleted"] for row in org.tables["OpportunityHistory"].values()] == [True]
    with pytest.raises(ApiError, match="ENTITY_IS_DELETED"):
        org.update("Opportunity", key, {"NextStep": "call"})

    org.undelete("Opportunity", key)

    assert [row["IsDeleted"] for row in org.tables["OpportunityHistory"].values()] == [False]
    assert not org.deletions


def test_a_reference_must_lead_to_a_record_that_is_there(org: Org) -> None:
    key, account = deal(org), org.load("Account", Name="A")
    left = org.user("Lea", "Left", IsActive=False)
    org.delete("Account", account)
    cases = {
        "INACTIVE_OWNER_OR_USER": {"OwnerId": left},
        "INVALID_CROSS_REFERENCE_KEY": {"OwnerId": record_id("005", 999)},
        "FIELD_INTEGRITY_EXCEPTION": {"OwnerId": account},
        "ENTITY_IS_DELETED": {"AccountId": account},
    }

    for code, change in cases.items():
        with pytest.raises(ApiError) as error:
            org.update("Opportunity", key, change)
        assert error.value.code == code


def test_a_roll_up_moves_no_stamp(org: Org) -> None:
    key = deal(org)
    before = dict(org.tables["Opportunity"][key])
    org.clock.advance(60)

    org.settle("Opportunity", key, Description="computed")

    assert org.tables["Opportunity"][key] == before | {"Description": "computed"}


def test_objects_and_fields_depend_on_what_is_switched_on() -> None:
    plain, money = Org(), Org(rates={"USD": Decimal(1)}, dated_rates=True, person_accounts=True)

    assert plain.schema.get("CurrencyType") is None
    assert plain.entity("Opportunity").get("CurrencyIsoCode") is None
    assert plain.entity("Account").get("IsPersonAccount") is None
    assert money.schema.get("DatedConversionRate") is not None
    assert money.entity("Opportunity").get("CurrencyIsoCode") is not None
    assert money.entity("Account").get("IsPersonAccount") is not None


def test_a_fiscal_year_is_named_by_its_end_or_its_start() -> None:
    for named_by_start, year in ((False, 2027), (True, 2026)):
        org = Org(fiscal_start=2, named_by_start=named_by_start)
        key = deal(org, CloseDate="2027-01-31")
        row = org.tables["Opportunity"][key]
        assert (row["FiscalYear"], row["FiscalQuarter"]) == (year, 4)


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recorded describes are not here")
def test_our_own_fields_are_among_those_that_were_recorded() -> None:
    own, recorded = Schema(recorded=False), Schema()
    for name in ("Opportunity", "Account", "Contact", "Event", "OpportunityContactRole"):
        ours, real = own.entities[name.lower()], recorded.entities[name.lower()]
        assert ours.fields.keys() <= real.fields.keys()
        for key, field in ours.fields.items():
            assert _kind(field) == _kind(real.fields[key]), name


def _kind(field: Field) -> tuple[Any, ...]:
    return (
        field.name,
        field.type,
        field.length,
        field.createable,
        field.updateable,
        field.filterable,
        field.relationship,
    )
