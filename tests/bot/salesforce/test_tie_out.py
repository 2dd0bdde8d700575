"""`quarterdeck tie-out --report`: one of the org's own reports, run by Salesforce, beside our numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.bot.salesforce.conftest import Run, Serve
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.reports import Report
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.server import FakeSalesforce

COLUMNS = ("Name", "StageName", "Amount", "CloseDate", "Type")
OPEN = "IsClosed = false"
TABULAR, GROUPED, EMPTY = "00OQD0000000001", "00OQD0000000002AAA", "00OQD0000000003AAA"


def org_of(deals: int) -> Org:
    """Return an org with deals that close this quarter, each of another amount."""
    org = Org()
    for number in range(deals):
        org.insert(
            "Opportunity",
            {
                "Name": f"Yard {number}",
                "StageName": "Prospecting",
                "CloseDate": "2026-12-15",
                "Amount": f"{1000 + number}.00",
            },
        )
    org.clock.advance(minutes=5)
    return org


@pytest.fixture
def server(run: Run, serve: Serve) -> FakeSalesforce:
    """Serve an org with four deals and two reports of them, which was synced."""
    served = serve(org_of(4))
    served.rest.reports[f"{TABULAR}AAA"] = Report(name="Open pipeline", columns=COLUMNS, where=OPEN)
    served.rest.reports[GROUPED] = Report(
        name="By stage", columns=("Name", "Amount", "CloseDate"), group="StageName"
    )
    run(served, "sync")
    return served


def tied(run: Run, server: FakeSalesforce, report: str) -> dict[str, object]:
    code, out, err = run(server, "tie-out", "--report", report, "--json")
    assert (code, err) == (0, "")
    return dict(json.loads(out))


@pytest.mark.parametrize(
    "report", [TABULAR, GROUPED, f"https://tiny.lightning.force.com/lightning/r/Report/{GROUPED}/view"]
)
def test_a_report_of_the_org_agrees_deal_by_deal(run: Run, server: FakeSalesforce, report: str):
    told = tied(run, server, report)

    assert told["summary"] == "Yours $4k (4), ours $4k (4). They agree deal by deal."
    assert "run by Salesforce with this login's rights" in told["notes"][0]  # type: ignore[index]


def test_what_changed_since_the_last_sync_is_found_by_the_record(run: Run, server: FakeSalesforce):
    deals = sorted(server.org.tables["Opportunity"])
    server.org.update("Opportunity", deals[0], {"Amount": "5000.00", "Name": "Renamed"})

    told = tied(run, server, TABULAR)
    [difference] = told["differences"]  # type: ignore[misc]
    assert (difference["record"], difference["yours"], difference["ours"]) == (deals[0], "5000.00", "1000.00")


def test_a_report_of_more_rows_than_salesforce_gives_has_to_be_exported(run: Run, serve: Serve):
    served = serve(org_of(2001))
    served.rest.reports[EMPTY] = Report(name="All", columns=COLUMNS)
    run(served, "sync")

    code, _, err = run(served, "tie-out", "--report", EMPTY)
    assert code == 2
    assert "the report 'All' has more than 2,000 rows" in err
    assert "quarterdeck tie-out FILE" in err


@pytest.mark.parametrize(
    "words, said",
    [
        (("--report", "006QD0000000001"), "is no report; give its id"),
        (("--report", "00OQD0000000009AAA"), "NOT_FOUND"),
        ((), "give the file of your own report, or --report"),
        (("deals.csv", "--report", TABULAR), "give the file of your own report, or --report"),
    ],
)
def test_what_is_no_report_is_said_in_one_line(
    run: Run, server: FakeSalesforce, words: tuple[str, ...], said: str
):
    code, _, err = run(server, "tie-out", *words)

    assert code == 2
    assert said in err
    assert err.count("\n") == 1


def test_only_salesforce_runs_reports(run: Run, server: FakeSalesforce, tmp_path: Path):
    code, _, err = run(server, "tie-out", "--report", TABULAR, QUARTERDECK_CRM="demo")

    assert code == 2
    assert "--report runs a report of Salesforce; give the file of yours instead" in err


def test_a_report_that_is_converted_by_other_rates_says_so(run: Run, serve: Serve):
    org = Org(rates={"USD": Decimal(1), "EUR": Decimal("0.9")})
    org.add_field("Opportunity", Field("Worth__c", "double", label="Amount"))
    org.insert(
        "Opportunity",
        {
            "Name": "Yard",
            "StageName": "Prospecting",
            "CloseDate": "2026-12-15",
            "Amount": "1000.00",
            "CurrencyIsoCode": "EUR",
            "Worth__c": "1250.00",
        },
    )
    org.clock.advance(minutes=5)  # type: ignore[attr-defined]
    served = serve(org)
    served.rest.reports[f"{TABULAR}AAA"] = Report(
        name="Converted", columns=("Name", "StageName", "Worth__c", "CloseDate")
    )
    run(served, "sync")
    same = tied(run, served, f"{TABULAR}AAA")["notes"]
    assert not any("the org's rates" in note for note in same)  # type: ignore[attr-defined]

    for row in org.tables["CurrencyType"].values():
        row["ConversionRate"] = {"USD": Decimal(1), "EUR": Decimal("0.8")}[row["IsoCode"]]
    told = tied(run, served, f"{TABULAR}AAA")
    assert [each["reason"] for each in told["differences"]] == ["currency"]  # type: ignore[attr-defined]
    assert (
        "it converts by the org's rates, which are not the company file's: EUR 1.111111 (in the org 1.25)"
        in told["notes"]  # type: ignore[operator]
    )
