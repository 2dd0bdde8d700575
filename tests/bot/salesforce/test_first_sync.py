"""The first sync of an org: without a company file, one is read from the org and its records."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.company_file import first_company
from connectors import company as companies
from connectors import demo
from connectors.records import ForecastClass, Status
from connectors.salesforce.about import inverse
from tests.bot.salesforce.conftest import Run, Serve
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Choice, Field
from tests.fakes.salesforce.server import FakeSalesforce


def test_the_company_is_read_from_the_org(run: Run, larkmoor_server: FakeSalesforce, tmp_path: Path):
    code, out, err = run(larkmoor_server, "sync")

    read, own = companies.load(tmp_path / "home" / "company.toml"), demo.company()
    assert (code, err) == (0, "")
    assert "company.toml is written, read from 127.0.0.1" in out
    assert "Next: quarterdeck setup" in out
    assert (read.name, read.zone, read.currency, read.fiscal) == (
        own.name,
        own.zone,
        own.currency,
        own.fiscal,
    )
    assert read.rates == own.rates
    assert [(stage.name, stage.status) for stage in read.stages] == [
        (stage.name, stage.status) for stage in own.stages
    ]
    assert [stage.category for stage in read.stages[:-1]] == [stage.category for stage in own.stages[:-1]]
    assert set(read.dimensions["region"]) == {"AMER", "APAC", "EMEA"}
    assert read.types_in_scope == ("New business", "Expansion")


def test_each_guess_says_what_it_rests_on(run: Run, larkmoor_server: FakeSalesforce, tmp_path: Path):
    run(larkmoor_server, "sync")

    text = (tmp_path / "home" / "company.toml").read_text(encoding="utf-8")
    for told in (
        "# Region ← Region__c, else Account.Region__c (100 % filled).",
        "# Team ← User.Department, else User.UserRole.Name (100 % filled).",
        "# Rates ← CurrencyType.ConversionRate: USD per unit of the other currency, as the org had them that day.",
        "# Deal types in scope ← Type (100 % filled): left out: Renewal (2).",
        "# Targets: none are known; give a file of them with: quarterdeck import --targets FILE.",
    ):
        assert told in text


def test_the_numbers_can_be_asked_for_at_once(run: Run, larkmoor_server: FakeSalesforce):
    run(larkmoor_server, "sync")

    code, out, err = run(larkmoor_server, "measure", "open_pipeline", "--by", "region")
    assert (code, err) == (0, "")
    assert "EMEA" in out


def test_a_company_file_that_is_there_is_never_written_over(
    run: Run, larkmoor_server: FakeSalesforce, tmp_path: Path
):
    run(larkmoor_server, "sync")
    file = tmp_path / "home" / "company.toml"
    own = file.read_text(encoding="utf-8").replace("Larkmoor Software", "Ours")
    file.write_text(own, encoding="utf-8")

    code, out, _ = run(larkmoor_server, "sync", "--full")
    assert code == 0
    assert "is written" not in out
    assert file.read_text(encoding="utf-8") == own


def test_a_company_file_that_comes_while_another_is_made_stays(tmp_path: Path):
    file = tmp_path / "company.toml"
    mine = 'name = "A"\nzone = "UTC"\ncurrency = "EUR"\n'

    assert first_company(file, mine)
    assert not first_company(file, mine.replace("A", "B"))
    assert file.read_text(encoding="utf-8") == mine
    assert [path.name for path in tmp_path.iterdir()] == ["company.toml"]


def test_before_the_first_sync_every_command_says_so(run: Run, larkmoor_server: FakeSalesforce):
    code, _, err = run(larkmoor_server, "measure", "open_pipeline")

    assert code == 2
    assert err == (
        "quarterdeck: there is no company file yet: run `quarterdeck sync`, which reads one from the org\n"
    )


def test_an_org_without_deals_and_with_one_currency_takes_its_locale(run: Run, serve: Serve, tmp_path: Path):
    server = serve(Org(zone="Europe/Berlin", locale="de_DE", fiscal_start=2, named_by_start=True))
    code, out, err = run(server, "sync")

    read = companies.load(tmp_path / "home" / "company.toml")
    assert (code, err) == (0, "")
    assert "company.toml is written" in out
    assert (read.zone.key, read.currency, read.rates) == ("Europe/Berlin", "EUR", {"EUR": Decimal(1)})
    assert (read.fiscal.start_month, read.fiscal.named_by) == (2, "starting")
    assert "its locale suggests this one" in (tmp_path / "home" / "company.toml").read_text(encoding="utf-8")


def test_an_org_without_deals_is_told_plainly_and_nothing_is_guessed(run: Run, serve: Serve, tmp_path: Path):
    server = serve(Org())
    server.org.clock.advance(minutes=5)  # type: ignore[attr-defined]
    code, out, err = run(server, "sync")

    assert (code, err) == (0, "")
    assert out.splitlines()[1:] == [
        (
            "no deal was read: the org has none, or none that this login sees. quarterdeck doctor says which deals it sees; once "
            "there are some, run quarterdeck sync again"
        ),
        (
            f"{tmp_path / 'home' / 'company.toml'} is written, read from {server.url[7:]}: 10 stages, what deals would say is "
            "left open. Next: quarterdeck doctor"
        ),
    ]
    text = (tmp_path / "home" / "company.toml").read_text(encoding="utf-8")
    assert "no field" not in text
    assert "Einstein" not in text
    assert "# Deal types in scope: all deals count." in text

    code, out, err = run(server, "report", "weekly")
    assert (code, out) == (1, "")
    assert err == (
        "quarterdeck: the records hold no deal yet, so there is nothing to report. quarterdeck doctor says which deals the "
        "login sees; once there are some, run quarterdeck sync\n"
    )

    server.org.insert(
        "Opportunity",
        {"Name": "Yard", "StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": "9.00"},
    )
    server.org.clock.advance(minutes=5)  # type: ignore[attr-defined]
    assert run(server, "sync")[0] == 0
    assert run(server, "report", "weekly")[0] == 0


def test_stages_of_an_org_s_own_come_in_its_order_and_retired_ones_only_where_deals_are(
    run: Run, serve: Serve, tmp_path: Path
):
    org = Org()
    org.set_stages(
        [
            ("Verloren", 0, "Omitted", "lost"),
            ("Zusage", 90, "Commit", "open"),
            ("Alt", 5, "Pipeline", "open"),
            ("Uralt", 5, "Pipeline", "open"),
            ("Erstgespräch", 10, "Best Case", "open"),
            ("Gewonnen", 100, "Closed", "won"),
        ]
    )
    for row in org.tables["OpportunityStage"].values():
        row["IsActive"] = row["MasterLabel"] not in {"Alt", "Uralt"}
    org.insert("Opportunity", {"Name": "Yard", "StageName": "Alt", "CloseDate": "2026-12-31"})
    server = serve(org)
    org.clock.advance(minutes=5)
    run(server, "sync")

    read = companies.load(tmp_path / "home" / "company.toml")
    assert [(stage.name, stage.status, stage.category) for stage in read.stages] == [
        ("Zusage", Status.OPEN, ForecastClass.COMMIT),
        ("Erstgespräch", Status.OPEN, ForecastClass.BEST_CASE),
        ("Alt", Status.OPEN, ForecastClass.PIPELINE),
        ("Gewonnen", Status.WON, ForecastClass.CLOSED),
        ("Verloren", Status.LOST, ForecastClass.OMITTED),
    ]


def test_values_come_in_the_order_of_their_picklist(run: Run, serve: Serve, tmp_path: Path):
    org = Org()
    listed = tuple(Choice(name, name) for name in ("West", "Nord", "Ost"))
    org.add_field("Opportunity", Field("Region__c", "picklist", 255, picklist=listed))
    for region in ("Ost", "Ost", "West"):
        org.insert(
            "Opportunity",
            {"Name": "Y", "StageName": "Prospecting", "CloseDate": "2026-12-31", "Region__c": region},
        )
    server = serve(org)
    org.clock.advance(minutes=5)
    run(server, "sync")

    assert companies.load(tmp_path / "home" / "company.toml").dimensions["region"] == ("West", "Ost")


@pytest.mark.parametrize("hidden", ["Organization", "CurrencyType"])
def test_what_the_login_does_not_see_of_the_org_is_guessed(
    run: Run, larkmoor_server: FakeSalesforce, tmp_path: Path, hidden: str
):
    user = larkmoor_server.org.user("Quarter", "Deck", rights=Rights(view_all=True, hidden={hidden}))
    token = larkmoor_server.tokens.issue(user)

    code, _, err = run(larkmoor_server, "sync", SALESFORCE_SESSION_ID=token)
    assert (code, err) == (0, "")
    assert companies.load(tmp_path / "home" / "company.toml").currency == "USD"


def test_nothing_is_written_where_nobody_is_let_in(run: Run, larkmoor_server: FakeSalesforce, tmp_path: Path):
    code, _, err = run(larkmoor_server, "sync", SALESFORCE_SESSION_ID="none")

    assert code == 1
    assert err.startswith("quarterdeck: ")
    assert err.count("\n") == 1
    assert not (tmp_path / "home" / "company.toml").exists()


@example(Decimal("0.000312"))
@given(st.decimals(min_value="0.0001", max_value="20000", places=6))
def test_a_rate_turned_round_and_back_is_the_rate(rate: Decimal):
    assert (1 / inverse(rate)).quantize(Decimal("0.000001"), ROUND_HALF_UP) == rate


def test_a_rate_turned_round_is_as_short_as_it_can_be():
    assert inverse(Decimal("0.925926")) == Decimal("1.08")
    assert inverse(Decimal(1)) == 1


@pytest.mark.parametrize("rate", ["0.000063", "0.000039", "0.000007", "0.0092", "83.12"])
def test_a_small_rate_turned_round_is_what_the_org_converts_by(rate: str):
    assert abs(inverse(Decimal(rate)) * Decimal(rate) - 1) <= Decimal("0.000001")
