"""Setup over Salesforce: what the org seems to mean is shown, accepted, or read from other fields."""

from __future__ import annotations

import os
import sys
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.salesforce_company import signed_in
from bot.settings import Settings
from connectors import company as companies
from connectors.errors import BadRequest
from connectors.mirror import Mirror, open_generation
from connectors.salesforce.offers import offers, with_choice
from tests.bot.salesforce.conftest import Run, Serve
from tests.bot.test_demo import Person
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Choice, Field
from tests.fakes.salesforce.server import FakeSalesforce

ROOT = Path(__file__).parents[3]


def org_of_its_own() -> Org:
    """Return an org whose region lies in a field that nobody would guess, and whose deals have two amounts."""
    org = Org()
    zones = tuple(Choice(name, name) for name in ("Nord", "Sud"))
    org.add_field("Opportunity", Field("Vertriebsgebiet__c", "picklist", 255, picklist=zones))
    org.add_field("Opportunity", Field("Patch__c", "string", 80))
    org.add_field("Opportunity", Field("ARR__c", "currency"))
    org.add_field("Account", Field("Land__c", "string", 80))
    for number, zone in enumerate(("Nord", "Sud", "Nord", None)):
        account = org.insert("Account", {"Name": f"A{number}", "Land__c": "DE"})
        deal = {
            "Name": f"Yard {number}",
            "StageName": "Prospecting",
            "CloseDate": "2026-12-31",
            "Amount": "1000.00",
            "ARR__c": "500.00",
            "AccountId": account,
            "Vertriebsgebiet__c": zone,
        }
        org.insert("Opportunity", {name: value for name, value in deal.items() if value is not None})
    org.clock.advance(minutes=5)
    return org


def test_without_input_the_proposal_is_shown_and_nothing_changes(
    run: Run, larkmoor_server: FakeSalesforce, tmp_path: Path
):
    run(larkmoor_server, "sync")
    before = {path: path.read_bytes() for path in (tmp_path / "home").glob("*.toml")}

    code, out, err = run(larkmoor_server, "setup", "--no-input")
    assert (code, err) == (0, "")
    assert "Region__c, else Account.Region__c" in out
    assert "Deal types in scope: left out: Renewal (2)." in out
    assert "Nothing was changed" in out
    assert {path: path.read_bytes() for path in (tmp_path / "home").glob("*.toml")} == before


def test_accepting_adds_the_stages_that_the_org_has_by_now(run: Run, serve: Serve, tmp_path: Path):
    server = serve(org_of_its_own())
    run(server, "sync")
    stages = [("Prospecting", 10, "Pipeline", "open"), ("Proof", 40, "Best Case", "open")]
    server.org.set_stages([*stages, ("Closed Won", 100, "Closed", "won")])
    server.org.clock.advance(minutes=5)
    run(server, "sync")

    code, out, _ = run(server, "setup", "--accept")
    read = companies.load(tmp_path / "home" / "company.toml")
    assert code == 0
    assert "definitions v2" in out
    assert [stage.name for stage in read.stages] == ["Prospecting", "Proof", "Closed Won"]


def test_setup_without_a_sync_reads_the_org_first(run: Run, serve: Serve, tmp_path: Path):
    code, out, err = run(serve(org_of_its_own()), "setup", "--accept")

    assert (code, err) == (0, "")
    assert "Next: quarterdeck doctor, then quarterdeck report weekly" in out
    assert companies.load(tmp_path / "home" / "company.toml").name == "Tiny"


def test_another_field_is_offered_by_how_full_it_is_and_read_from_then_on(
    run: Run, serve: Serve, tmp_path: Path
):
    server = serve(org_of_its_own())
    run(server, "sync")
    home = tmp_path / "home"
    settings = {
        "SALESFORCE_INSTANCE_URL": server.url,
        "SALESFORCE_SESSION_ID": server.tokens.issue(server.org.admin),
        "QUARTERDECK_CRM": "salesforce",
        "COLUMNS": "200",
    }
    environment = os.environ | settings | {"PYTHONPATH": str(ROOT)}
    person = Person([sys.executable, "-m", "bot", "setup", "--home", str(home)], environment)
    shown = person.until("Enter takes them all; a number changes one.")
    number = next(line.split()[0] for line in shown.splitlines() if "Region" in line.split())
    person.type(f"{number}\n")
    offered = person.until("+1 tries it where the others are empty")
    assert "Vertriebsgebiet__c (75 % filled: Nord, Sud)" in offered
    assert "Account.Land__c (100 % filled: DE)" in offered
    assert "Patch__c" not in offered
    place = next(line.split()[0] for line in offered.splitlines() if "Vertriebsgebiet__c" in line)
    person.type(f"{place}\n")
    person.until("Enter keeps it")
    person.type("\n" * 40)
    person.until("Next: quarterdeck doctor")

    assert person.leave() == 0
    assert tomllib.loads((home / "salesforce.toml").read_text(encoding="utf-8")) == {
        "deal": {"region": "Vertriebsgebiet__c"}
    }
    assert companies.load(home / "company.toml").dimensions["region"] == ("Nord", "Sud")
    code, out, _ = run(server, "measure", "open_pipeline", "--by", "region")
    assert code == 0
    assert "Nord" in out


def test_only_fields_that_somebody_filled_in_are_offered_the_fullest_first(serve: Serve, tmp_path: Path):
    server = serve(org_of_its_own())
    values = {
        "SALESFORCE_INSTANCE_URL": server.url,
        "SALESFORCE_SESSION_ID": server.tokens.issue(server.org.admin),
    }
    with signed_in(Settings(home=tmp_path, crm="salesforce", values=values)) as (opened, _):
        regions = offers(opened, "region", ("Account.Region__c",))
        amounts = offers(opened, "amount", ("Amount",))

    assert [(offer.path, offer.share) for offer in regions] == [
        ("Account.Land__c", Decimal(1)),
        ("Vertriebsgebiet__c", Decimal("0.75")),
    ]
    assert [offer.path for offer in amounts] == ["ARR__c"]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("", '[deal]\nregion = "R__c"\n'),
        (
            '# ours\n[deal]\nregion = "A__c" # why\namount = "B__c"\n',
            '# ours\n[deal]\nregion = "R__c"\namount = "B__c"\n',
        ),
        ('[person]\nteam = "T__c"\n', '[person]\nteam = "T__c"\n\n[deal]\nregion = "R__c"\n'),
        (
            '[deal]\namount = "B__c"\n[write]\nx = 1\n',
            '[deal]\nregion = "R__c"\namount = "B__c"\n[write]\nx = 1\n',
        ),
    ],
)
def test_a_choice_changes_one_line_of_the_field_map(text: str, wanted: str):
    assert with_choice(text, "deal", "region", ("R__c",)) == wanted


def test_a_field_map_that_cannot_be_changed_line_by_line_says_what_to_write():
    with pytest.raises(BadRequest, match=r'write there by hand: region = "R__c"'):
        with_choice('[deal]\nregion = [\n  "A__c",\n]\n', "deal", "region", ("R__c",))


def org_with_quotas() -> Org:
    """Return an org in which a manager and two reps have monthly quotas, and one rep of another type."""
    org = org_of_its_own()
    boss = org.user("Bo", "Boss")
    reps = [org.user(name, "Rep", ManagerId=boss) for name in ("Ana", "Cy")]
    for month in ("2026-10-01", "2026-11-01"):
        for owner, amount in ((boss, "900.00"), (reps[0], "500.00"), (reps[1], "400.00")):
            org.load(
                "ForecastingQuota",
                QuotaOwnerId=owner,
                StartDate=date.fromisoformat(month),
                QuotaAmount=Decimal(amount),
                ForecastingTypeId="0DbQD0000000001AAA",
            )
    org.load(
        "ForecastingQuota",
        QuotaOwnerId=reps[0],
        StartDate=date(2026, 10, 1),
        QuotaAmount=Decimal(7),
        ForecastingTypeId="0DbQD0000000002AAA",
    )
    return org


def test_quotas_become_targets_of_owners_and_of_the_company(run: Run, serve: Serve, tmp_path: Path):
    server = serve(org_with_quotas())

    code, out, err = run(server, "setup", "--accept")
    read = companies.load(tmp_path / "home" / "company.toml")
    assert (code, err) == (0, "")
    assert "of 2 forecasting types the one with most quotas counts" in out
    assert {(target.owner, target.period, target.amount) for target in read.targets} == {
        (None, "FY26-Q4", Decimal(1800)),
        ("Bo Boss", "FY26-Q4", Decimal(1800)),
        ("Ana Rep", "FY26-Q4", Decimal(1000)),
        ("Cy Rep", "FY26-Q4", Decimal(800)),
    }
    assert (
        "$1,800" in run(server, "measure", "attainment")[1] or "%" in run(server, "measure", "attainment")[1]
    )


def test_a_target_that_somebody_wrote_stays(run: Run, serve: Serve, tmp_path: Path):
    server = serve(org_with_quotas())
    run(server, "sync")
    file = tmp_path / "home" / "company.toml"
    with file.open("a", encoding="utf-8") as text:
        text.write('\n[[targets]]\nperiod = "FY26-Q4"\namount = "5000"\n')

    run(server, "setup", "--accept")
    read = companies.load(file)
    assert [target.amount for target in read.targets if target.owner is None] == [Decimal(5000)]
    assert len(read.targets) == 4


def test_quotas_that_cannot_be_read_are_told_how_to_give(run: Run, serve: Serve, tmp_path: Path):
    org = org_with_quotas()
    user = org.user("Quarter", "Deck", rights=Rights(view_all=True, hidden={"ForecastingQuota"}))
    server = serve(org)

    _, out, _ = run(server, "setup", "--accept", SALESFORCE_SESSION_ID=server.tokens.issue(user))
    assert "Targets: none are known; give a file of them with: quarterdeck import --targets FILE." in out
    assert companies.load(tmp_path / "home" / "company.toml").targets == ()


def test_a_file_of_targets_is_taken_beside_an_org(run: Run, serve: Serve, tmp_path: Path):
    server = serve(org_of_its_own())
    run(server, "sync")
    file = tmp_path / "targets.csv"
    file.write_text("Period,Owner,Target\nFY26-Q4,,5000\nFY26-Q4,Ada Admin,3000\n", encoding="utf-8")

    code, _, err = run(server, "import", "--targets", str(file))
    read = companies.load(tmp_path / "home" / "company.toml")
    assert (code, err) == (0, "")
    assert [(target.owner, target.amount) for target in read.targets] == [
        (None, Decimal(5000)),
        ("Ada Admin", Decimal(3000)),
    ]


def test_a_file_of_deals_is_not_taken_beside_an_org(run: Run, serve: Serve, tmp_path: Path):
    file = tmp_path / "deals.csv"
    file.write_text("Opportunity Name,Amount\nYard,5000\n", encoding="utf-8")

    code, _, err = run(serve(org_of_its_own()), "import", str(file))
    assert code == 2
    assert "QUARTERDECK_CRM is 'salesforce', so reports would not be about these files" in err


def test_what_says_that_the_buyer_took_part_can_be_chosen(run: Run, serve: Serve, tmp_path: Path):
    org = org_of_its_own()
    for name, kind in (("Buyer__c", "boolean"), ("Never__c", "boolean"), ("Memo__c", "string")):
        org.add_field("Task", Field(name, kind))
        org.add_field("Event", Field(name, kind))
    deal = next(iter(org.tables["Opportunity"]))
    who = org.insert("Contact", {"LastName": "Lund", "AccountId": next(iter(org.tables["Account"]))})
    for ticked in (True, True, True, False):
        task = {"WhatId": deal, "Status": "Completed", "Subject": "Call", "Buyer__c": ticked, "Memo__c": "x"}
        org.insert("Task", task | ({} if ticked else {"WhoId": who}))
    org.clock.advance(minutes=5)  # type: ignore[attr-defined]
    server = serve(org)
    run(server, "sync")
    home = tmp_path / "home"
    settings = {
        "SALESFORCE_INSTANCE_URL": server.url,
        "SALESFORCE_SESSION_ID": server.tokens.issue(server.org.admin),
        "QUARTERDECK_CRM": "salesforce",
        "COLUMNS": "200",
    }
    environment = os.environ | settings | {"PYTHONPATH": str(ROOT)}
    person = Person([sys.executable, "-m", "bot", "setup", "--home", str(home)], environment)
    shown = person.until("Enter takes them all; a number changes one.")
    [line] = [
        line for line in shown.splitlines() if "Buyer took part" in line and line.split()[0].isdecimal()
    ]
    assert "WhoId" in line
    assert "Buyer took part: in activities in which it is filled in." in shown
    person.type(f"{line.split()[0]}\n")
    offered = person.until("+1 tries it where the others are empty")
    assert "1  Buyer__c (75 % filled)" in offered
    assert "Never__c" not in offered
    assert "Memo__c" not in offered
    person.type("1\n")
    person.until("Enter keeps it")
    person.type("\n" * 40)
    person.until("Next: quarterdeck doctor")

    assert person.leave() == 0
    assert tomllib.loads((home / "salesforce.toml").read_text(encoding="utf-8")) == {
        "activity": {"buyer": "Buyer__c"}
    }
    with open_generation(Mirror(home, "salesforce").current()) as con:
        assert con.execute("SELECT count(*) FILTER (buyer), count(*) FROM activity").fetchall() == [(3, 4)]
