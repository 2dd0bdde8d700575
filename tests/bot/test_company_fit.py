"""A company file that somebody changed by hand: what no longer fits the records is named, and no false reason given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pptx import Presentation

from tests.bot.test_import import Run, run

__all__ = ["run"]

HEADING = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Region,Type\n"


@pytest.fixture
def company(run: Run) -> Path:
    """Return the company file of a home in which an export was taken in."""
    rows = [
        f"006{letter},Yard {letter},{'Negotiation' if letter < 'D' else 'Closed Won'},100,12/14/2026,"
        f"{'EMEA' if letter in 'AB' else 'AMER'},{'Renewal' if letter == 'F' else 'New Business'}\n"
        for letter in "ABCDEF"
    ]
    Path("deals 2026-11-23.csv").write_text(HEADING + "".join(rows), encoding="utf-8")
    assert run("import", "deals 2026-11-23.csv")[0] == 0
    return Path("home/company.toml")


def change(company: Path, old: str, new: str) -> None:
    text = company.read_text(encoding="utf-8")
    assert old in text
    company.write_text(text.replace(old, new), encoding="utf-8")


def doctor(run: Run) -> tuple[int, str]:
    code, out, _ = run("doctor")
    return code, " ".join(out.split())


def test_a_company_file_as_it_was_written_fits(run: Run, company: Path) -> None:
    code, said = doctor(run)

    assert company.is_file()
    assert (code, "company file: " in said) == (0, False)


@pytest.mark.parametrize(
    "written, do",
    [
        ("New Busines", "write 'New Business' there"),
        ("new business", "write 'New Business' there (upper and lower case matter)"),
        ("Hardware", "mend types under [scope] in the company file, or empty it to count all"),
    ],
)
def test_a_type_in_scope_that_no_deal_has_is_named(run: Run, company: Path, written: str, do: str) -> None:
    change(company, 'types = ["New Business"]', f'types = ["{written}"]')
    code, said = doctor(run)

    assert code == 1
    assert (
        f"WRONG company file: no deal has the type {written!r}, which [scope] counts, so no deal counts at all; the types are: "
    ) in said
    assert f"→ {do}" in said


def test_a_type_without_deals_beside_one_with_some_is_a_note(run: Run, company: Path) -> None:
    change(company, 'types = ["New Business"]', 'types = ["New Business", "Hardware"]')
    code, said = doctor(run)

    assert code == 0
    assert "note company file: no deal has the type 'Hardware', which [scope] counts; the types are: " in said


def test_a_weekly_without_deals_says_which_types_the_company_file_counts(run: Run, company: Path) -> None:
    change(company, 'types = ["New Business"]', 'types = ["New Busines"]')
    code, _, err = run("report", "weekly", "--out", "weekly.pptx")

    assert code == 1
    assert (
        "the company file counts deals of type New Busines alone, and none is there that may be seen here; "
        "the types are: New Business, Renewal."
    ) in " ".join(err.split())


def test_a_target_of_a_region_that_nobody_knows_is_named_and_not_the_companys(
    run: Run, company: Path
) -> None:
    targets = '\n[[targets]]\nperiod = "2026-Q4"\nregion = "{}"\namount = "{}"\n'
    with company.open("a", encoding="utf-8") as file:
        file.write(targets.format("AMER", 1000) + targets.format("EMAE", 7000))
    code, said = doctor(run)
    run("report", "weekly", "--out", "weekly.pptx")
    last = Presentation("weekly.pptx").slides[-1].shapes
    told = json.loads(run("measure", "target", "--json")[1])["rows"]

    assert code == 1
    assert (
        "WRONG company file: no deal has the region 'EMAE' of [[targets]], and [dimensions] does not list it"
        in said
    )
    assert "the regions are: EMEA, AMER → mend the region there, or list it under [dimensions]" in said
    assert [row["value"] for row in told] == ["1000.00"]
    assert any(
        "does not list it: targets of EMAE." in each.text_frame.text for each in last if each.has_text_frame
    )


def test_a_target_for_other_than_a_quarter_of_the_companys_year_is_named(run: Run, company: Path) -> None:
    with company.open("a", encoding="utf-8") as file:
        file.write('\n[[targets]]\nperiod = "2026-11-01..2026-11-30"\namount = "5"\n')
    code, said = doctor(run)

    assert code == 1
    assert (
        "'2026-11-01..2026-11-30' of [[targets]] is not one fiscal quarter of the company, so its targets do not"
        in said
    )
    assert "→ write a quarter like FY26-Q4" in said


def test_a_stage_that_the_import_reads_otherwise_says_where_its_status_comes_from(
    run: Run, company: Path
) -> None:
    mapping = Path("home/files/map.toml")
    change(company, 'name = "Negotiation"\nstatus = "open"', 'name = "Negotiation"\nstatus = "won"')
    code, said = doctor(run)
    map_said = mapping.read_text(encoding="utf-8")
    before = json.loads(run("measure", "bookings", "--json")[1])["rows"][0]["value"]
    change(mapping, 'open = ["Negotiation"]', "open = []")
    change(mapping, 'won = ["Closed Won"]', 'won = ["Closed Won", "Negotiation"]')
    again = run("import", "deals 2026-11-23.csv")
    after = json.loads(run("measure", "bookings", "--json")[1])["rows"][0]["value"]

    assert "Deals keep the status with which they were read" in company.read_text(encoding="utf-8")
    assert code == 1
    assert (
        "[[stages]] says that 'Negotiation' is won, and the import read 3 deals there as open, which counts"
        in said
    )
    assert (
        "→ status comes from home/files/map.toml: change [stages] there, and import the export again" in said
    )
    assert "CRM's admin" not in said
    assert (again[0], map_said != mapping.read_text(encoding="utf-8")) == (0, True)
    assert (before, after) == ("200.00", "500.00")
    assert doctor(run)[0] == 0


def test_a_status_that_a_column_says_is_traced_to_that_column(run: Run, company: Path) -> None:
    company.unlink()
    Path("home/files/map.toml").unlink()
    rows = [
        f"006{letter},Yard {letter},Signing,100,12/14/2026,{won},{won}\n"
        for letter, won in (("A", "No"), ("B", "No"))
    ]
    heading = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Closed,Won\n"
    Path("told 2026-11-24.csv").write_text(heading + "".join(rows), encoding="utf-8")
    run("import", "told 2026-11-24.csv")
    change(company, 'name = "Signing"\nstatus = "open"', 'name = "Signing"\nstatus = "won"')

    assert "it is read from the column Won or Closed, so mend the export" in doctor(run)[1]


def test_rates_of_another_currency_are_named(run: Run, company: Path) -> None:
    change(company, 'currency = "USD"', 'currency = "GBP"')
    code, said = doctor(run)
    change(company, 'USD = "1"', 'USD = "1"\nGBP = "1"')

    assert code == 1
    assert (
        'company file: the currency is GBP, and [rates] has no GBP = "1" but USD = "1": USD counts as GBP'
        in said
    )
    assert 'write GBP = "1" there, and what one USD' in said
    assert "counts as GBP" not in doctor(run)[1]


@pytest.mark.parametrize("written, taken", [("US$", "USD"), ("C$", "CAD"), ("n/a", "USD")])
def test_an_export_whose_currency_is_a_sign_makes_a_company_file_that_can_be_read(
    run: Run, written: str, taken: str
) -> None:
    row = f"Yard,Negotiation,100,12/14/2026,{written}\n"
    heading = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Currency\n"
    Path("deals 2026-11-23.csv").write_text(f"{heading}006A,{row}006B,{row}", encoding="utf-8")

    assert run("import", "deals 2026-11-23.csv")[0] == 0
    assert f'\ncurrency = "{taken}"\n' in Path("home/company.toml").read_text(encoding="utf-8")
