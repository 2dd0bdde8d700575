"""Setup: what exports seem to mean is shown, confirmed or changed, and becomes the next version of the company file."""

from __future__ import annotations

import os
import shutil
import sys
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from bot.cli import main
from bot.commands.setup import Talk
from bot.imports import Asked
from bot.setup_shown import company_text
from bot.setups import kept
from bot.terminal import Terminal
from connectors import company as companies
from connectors.files import mapping as mappings
from connectors.files.reread import Reread
from connectors.files.shelf import Shelf
from tests.bot.test_demo import Person

DEALS = """\
Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date,Type,Sales Region,Patch,Deal Size,Currency
1,Ash,Acme,Bo Ax,Prospecting,100.00,2026-12-01,New Business,EMEA,North,9.00,USD
2,Birch,Bolt,Bo Ax,Negotiation,200.00,2026-12-15,Renewal,,South,8.00,USD
3,Cedar,Corp,Cy Dee,Closed Won,300.00,2026-11-01,New Business,AMER,South,lots,EUR
4,Dogwood,Deli,Cy Dee,Closed Lost,400.00,2026-10-01,Expansion,AMER,,7.00,USD
"""
ROOT = Path(__file__).parents[2]
# Meanings that no column of these files was taken for, though one could be chosen.
LACKING = ("Next step", "Segment", "Team", "Product", "Source", "Category")
EARLIER = DEALS.replace("2026-12-15", "2026-11-15")


@pytest.fixture(scope="module")
def home_of_two(tmp_path_factory):
    """A home with two exports a week apart; it is only ever copied."""
    folder = tmp_path_factory.mktemp("exports")
    for day, text in (("2026-11-16", EARLIER), ("2026-11-23", DEALS)):
        file = folder / f"deals {day}.csv"
        file.write_text(text, encoding="utf-8")
        assert main(["--home", str(folder / "home"), "import", str(file), "--no-input"]) == 0
    return folder / "home"


@pytest.fixture
def imported(home_of_two, tmp_path, monkeypatch):
    """A home of this test's own with two exports a week apart."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(home_of_two, tmp_path / "home"))


@pytest.fixture
def run(imported, capsys):
    def ran(*options):
        assert main(["--home", str(imported), "setup", *options]) == 0
        return capsys.readouterr().out

    return ran


@pytest.fixture
def talk(imported, tmp_path, monkeypatch):
    """Change what has answers by its number, give these in turn, then Enter; return what was read and proposed."""

    def talked(**answers: tuple[str, ...]):
        company = companies.load(imported / "company.toml")
        shelf = Reread(imported, tmp_path / "again")
        out = StringIO()
        conversation = Talk(
            shelf,
            Asked(terminal=Terminal(out), allowed=True),
            shelf.newest(),
            lambda made: kept(made, company),
        )
        given = {meaning.replace("_", " "): list(said) for meaning, said in answers.items()}
        asking: list[str] = []
        meaning_of = conversation._kept
        meanings = [guess.meaning for guess in conversation._proposal.guesses]

        def follow(meaning):
            asking[:] = [meaning]
            held = meaning_of(meaning)
            asking.clear()
            return held

        def answer(_prompt):
            if asking:
                return (given.get(asking[0]) or [""]).pop(0)
            return next((str(meanings.index(meaning) + 1) for meaning, left in given.items() if left), "")

        monkeypatch.setattr(conversation, "_kept", follow, raising=True)
        monkeypatch.setattr("builtins.input", answer)
        read, proposal = conversation.settled()
        assert not any(given.values()), given
        return read, proposal, out.getvalue(), shelf

    return talked


def test_without_input_the_proposal_is_shown_and_nothing_changes(imported, run):
    before = {path: path.read_bytes() for path in imported.glob("*.toml")}

    said = run("--no-input")

    assert "Sales Region" in said
    assert "Deal types in scope: left out: Renewal (1)." in said
    assert "Nothing was changed" in said
    assert {path: path.read_bytes() for path in imported.glob("*.toml")} == before


def test_accepting_writes_the_next_version_and_keeps_the_former_one(imported, run):
    file = imported / "company.toml"
    old = file.read_text(encoding="utf-8").replace("[scope]\n", "[scope]\n# Ana said so.\n") + (
        '\n[[targets]]\nperiod = "FY26-Q4"\namount = "5000"\n\n[synonyms]\nquota = "target" # our word\n'
    )
    file.write_text(old.replace('name = "Our company"', 'name = "Acme"'), encoding="utf-8")
    before = file.read_text(encoding="utf-8")

    said = run("--accept")

    company = companies.load(file)
    assert (company.name, company.version, company.synonyms) == ("Our company", 2, {"quota": "target"})
    assert [target.period for target in company.targets] == ["FY26-Q4"]
    text = file.read_text(encoding="utf-8")
    assert "# Ana said so." in text
    assert 'quota = "target" # our word' in text
    assert (imported / "company.v1.toml").read_text(encoding="utf-8") == before
    assert "definitions v2" in said
    assert "Targets: as your company file has them." in said


def test_accepting_twice_changes_nothing_more(imported, run):
    run("--accept")
    first = (imported / "company.toml").read_bytes()

    assert "says all that already" in run("--accept")
    assert (imported / "company.toml").read_bytes() == first
    assert not (imported / "company.v2.toml").exists()


def test_enter_keeps_what_the_company_file_says(imported, talk):
    file = imported / "company.toml"
    file.write_text(
        file.read_text(encoding="utf-8")
        .replace('region = ["AMER", "EMEA"]', 'region = ["EMEA", "AMER", "APAC"]')
        .replace('category = "pipeline"', 'category = "commit"', 1)
        .replace('name = "Our company"', 'name = "Acme"'),
        encoding="utf-8",
    )

    _, proposal, _, _ = talk()

    assert proposal.name == "Acme"
    assert proposal.guess("currency").values == ("USD",)
    assert proposal.dimensions["region"] == ("EMEA", "AMER", "APAC")
    assert str(proposal.stages[0].category) == "commit"
    assert company_text(file, proposal, again=False) == file.read_text(encoding="utf-8")


def test_all_is_shown_at_once_and_only_what_has_no_proposal_is_asked_for(imported):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TZ": "UTC", "COLUMNS": "120"}
    person = Person([sys.executable, "-m", "bot", "setup", "--home", str(imported)], environment)

    shown = " ".join(person.until("a number changes one.").split())
    assert "No. Meaning From" in shown
    assert "11 Region Sales Region 75 %" in shown
    person.type("99\n")
    assert "from 1 to 21" in person.until("a number changes one.")
    person.type("1\n")
    assert "Our company" in person.until("or write another.")
    person.type("Acme\n")
    assert "Acme" in person.until("or write another.")
    person.type("\n")
    person.until("a number changes one.")
    person.type("\n")
    for number, meaning in enumerate(LACKING, start=1):
        assert f"{number} of {len(LACKING)}  {meaning}" in person.until("takes none.")
        person.type("\n")
    person.until("is written: definitions v2.")
    assert person.leave() == 0
    assert companies.load(imported / "company.toml").name == "Acme"


def test_what_is_written_is_taken_and_what_cannot_be_is_said(talk):
    _, proposal, said, _ = talk(
        name=("Acme Inc",),
        zone=("Mars", "europe/berlin"),
        currency=("euros", "eur"),
        fiscal_year=("13", "feb"),
    )

    assert (proposal.name, proposal.zone, proposal.currency) == ("Acme Inc", "Europe/Berlin", "EUR")
    assert proposal.fiscal.start_month == 2
    assert "unknown time zone 'Mars'" in said
    assert "'euros' is not a currency" in said
    assert "'13' is not a month" in said


def test_the_types_that_count_are_chosen_by_number(talk):
    _, proposal, said, _ = talk(deal_types_in_scope=("9", "2"))

    assert "write numbers from 1 to 3" in said
    assert len(proposal.types) == 1
    assert companies.parse(proposal.company_toml()).types_in_scope == proposal.types


def test_another_column_or_one_behind_it_changes_the_values(talk):
    read, proposal, said, _ = talk(region=("+99", "+1"))

    assert "write a number from 1 to 2" in said
    assert "Patch (75 % filled: North, South)" in said
    chain = read.mapping.files[0].columns["region"]
    assert chain[0] == "Sales Region"
    assert len(chain) == 2
    assert proposal.guess("region").sources == chain
    assert proposal.guess("region").share == 1


def test_a_dash_takes_no_column(talk):
    read, proposal, _, _ = talk(region=("-",))

    assert "region" not in read.mapping.files[0].columns
    assert proposal.guess("region").says == "no file says a deal's region"


def test_what_deals_need_keeps_a_column(talk):
    read, _, said, _ = talk(stage=("-",))

    assert "deals need a column for stage" in said
    assert read.mapping.files[0].columns["stage"] == ("Stage",)


def test_a_column_that_cannot_be_read_so_is_refused_and_asked_again(talk):
    read, _, said, _ = talk(amount=("1",))

    assert "1 more rows could not be taken so, the first: line 4, column 'Deal Size' = 'lots'" in said
    assert read.mapping.files[0].columns["amount"] == ("Amount",)


def test_other_columns_are_read_again_in_every_export(imported, talk):
    read, _, _, shelf = talk(region=("1",))

    assert shelf.take(read.mapping) == 2

    history = Shelf(imported).history()
    assert [snapshot.version for snapshot in history] == [2, 2]
    assert mappings.load(imported / "files" / "map.toml").files[0].columns["region"] != ("Sales Region",)
    found = duckdb.sql(
        f"SELECT DISTINCT region FROM read_parquet('{Shelf(imported).rows(history[0], 'deals')}') ORDER BY 1"
    ).fetchall()
    assert ("EMEA",) not in found


def test_of_the_invented_company_setup_shows_what_it_means(home, capsys):
    assert main(["--home", str(home), "setup"]) == 0

    said = capsys.readouterr().out
    assert "each touch, and whether the buyer took part" in said
    assert "what Larkmoor Software means" in said
    assert not (home / "company.toml").exists()


def test_before_an_export_there_is_nothing_to_set_up(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("QUARTERDECK_CRM", "files")

    assert main(["--home", str(tmp_path), "setup"]) == 1
    assert "no export was taken in yet" in capsys.readouterr().err
