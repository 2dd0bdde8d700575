"""What is said of values in an org that cannot be, and of rates that are not the org's any more."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from connectors import company as companies
from connectors.access import Access, Grant
from connectors.mirror import Mirror, open_generation
from reports.measures.quality import quality
from reports.view import open_view
from tests.bot.salesforce.conftest import Run, Serve
from tests.bot.salesforce.test_doctor import as_sync, findings, org_with


def test_what_holds_no_value_of_its_kind_is_said_by_sync_doctor_and_report(
    run: Run, serve: Serve, tmp_path: Path
):
    server = serve(org_with())
    deal = next(iter(server.org.tables["Opportunity"]))
    server.org.settle("Opportunity", deal, Amount=Decimal("1e30"))
    told = f"Opportunity.Amount of 1 record holds no value of its kind and counts as missing: {deal}"

    code, out, err = run(server, "sync", **as_sync(server))
    assert (code, err) == (0, "")
    assert f"\n{told}\n" in out

    code, out, _ = run(server, "doctor", **as_sync(server))
    assert code == 0
    assert f"note  records: {told} → mend" in out

    company = companies.load(tmp_path / "home" / "company.toml")
    generation = Mirror(tmp_path / "home", "salesforce").current()
    with open_generation(generation) as con:
        found = quality(open_view(con, company, Access.operator("salesforce")))
        assert found.unread == (("Amount", 1),)
        access = Access(workspace="salesforce", asker=Grant(person="p", owners=frozenset()))
        nobody = quality(open_view(con, company, access))
        assert nobody.unread == ()


@pytest.mark.parametrize("dated", [False, True])
def test_rates_that_are_not_the_org_s_any_more_are_named(
    run: Run, serve: Serve, tmp_path: Path, dated: Literal[True, False]
):
    rates = {"USD": Decimal(1), "EUR": Decimal("0.8"), "GBP": Decimal("0.5")}
    server = serve(org_with(rates=rates, dated_rates=dated))
    run(server, "sync", **as_sync(server))
    company = companies.load(tmp_path / "home" / "company.toml")
    assert company.rates == {"USD": Decimal(1), "EUR": Decimal("1.25"), "GBP": Decimal(2)}
    assert company.rate_date == date(2026, 11, 23)
    assert not any(
        "plan rates differ" in line for line in findings(run(server, "doctor", **as_sync(server))[1])["note"]
    )

    if dated:
        for start, end, rate in (("2026-01-01", "2026-07-01", "0.7"), ("2026-07-01", "9999-12-31", "0.75")):
            server.org.load(
                "DatedConversionRate",
                IsoCode="EUR",
                ConversionRate=Decimal(rate),
                StartDate=date.fromisoformat(start),
                NextStartDate=date.fromisoformat(end),
            )
    for row in server.org.tables["CurrencyType"].values():
        row["ConversionRate"] = {"USD": "1", "EUR": "0.9" if dated else "0.75", "GBP": "0.504"}[
            row["IsoCode"]
        ]
    code, out, _ = run(server, "doctor", **as_sync(server))
    [told] = [line for line in findings(out)["note"] if "plan rates differ" in line]
    assert code == 0
    assert told.startswith(
        "plan rates differ by more than 1 % from the org's: EUR 1.25 (in the org 1.333333) → leave them"
    )
