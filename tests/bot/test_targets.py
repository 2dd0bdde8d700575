"""Targets go into the company file by the company's calendar, and leave the rest of it alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from bot.targets import TargetsTaken, take_targets
from connectors import company as companies
from connectors.company import Target
from connectors.errors import BadRequest

PEOPLE = ("Céline Aubry", "Walt Pruitt")
TODAY = date(2026, 11, 23)


@pytest.fixture
def company_file(tmp_path: Path) -> Path:
    path = tmp_path / "company.toml"
    path.write_text(
        files("connectors.demo").joinpath("company.toml").read_text(encoding="utf-8") + "\n# The end.\n",
        encoding="utf-8",
    )
    return path


def take(company_file: Path, text: str) -> TargetsTaken:
    path = company_file.with_name("targets.csv")
    path.write_text(text, encoding="utf-8")
    return take_targets(path, company_file, PEOPLE, today=TODAY)


def test_targets_are_replaced_where_they_are_for_the_same_and_the_others_stay(company_file: Path) -> None:
    before = companies.load(company_file)
    text = "Period,Region,Owner,Target\nQ4 2026,emea,,2000000\nFY27-Q2,,,5000000\nFY26-Q4,,céline  aubry,300000.50\n"

    assert take(company_file, text).many == 3
    after = companies.load(company_file)
    assert after.version == before.version + 1
    assert len(after.targets) == len(before.targets) + 2
    assert Target(period="FY26-Q4", amount=Decimal(2_000_000), region="EMEA") in after.targets
    assert Target(period="FY26-Q4", amount=Decimal("300000.50"), owner="Céline Aubry") in after.targets
    assert Target(period="FY26-Q4", amount=Decimal(5_800_000)) in after.targets
    assert "# Where the names of reps may appear beside their numbers." in company_file.read_text(
        encoding="utf-8"
    )
    assert companies.load(company_file.with_name(f"company.v{before.version}.toml")) == before


def test_the_same_targets_again_change_nothing(company_file: Path) -> None:
    text = "Period,Target\nFY27-Q2,5000000\n"
    take(company_file, text)
    written = company_file.read_bytes()

    assert take(company_file, text).many == 1
    assert company_file.read_bytes() == written


@pytest.mark.parametrize(
    "row, said",
    [
        (
            "FY26,,,5",
            "line 2: 'FY26' is not one fiscal quarter.*each of FY26-Q1, FY26-Q2, FY26-Q3 and FY26-Q4$",
        ),
        (
            "someday,,,5",
            "line 2: the period 'someday' is not known; write a quarter, like FY26-Q4, 2026-Q4 or Q4 2026$",
        ),
        ("FY26-Q4,Mars,,5", "line 2: the region 'Mars' is not known; use one of AMER, EMEA, APAC"),
        ("FY26-Q4,,Nobody,5", "line 2: the owner 'Nobody' is not known; use one of Céline Aubry"),
        ("FY26-Q4,,,5\nQ4 2026,,,6", "line 3: FY26-Q4 has a target on line 2 already"),
    ],
)
def test_what_is_not_known_is_named_by_its_line_and_nothing_is_written(
    company_file: Path, row: str, said: str
) -> None:
    before = company_file.read_bytes()
    with pytest.raises(BadRequest, match=said):
        take(company_file, f"Period,Region,Owner,Target\n{row}\n")

    assert company_file.read_bytes() == before


def test_a_quarter_without_its_year_is_the_one_of_this_fiscal_year_and_that_is_said(
    company_file: Path,
) -> None:
    taken = take(company_file, "Period,Target\nQ4,1000000\n")

    assert taken.told(company_file) == f"1 target written into {company_file}; Q4 was taken for FY26-Q4."
    assert take(company_file, "Period,Target\nQ4 2026,5\n").told(company_file) == (
        f"1 target written into {company_file}."
    )


def test_every_bad_line_is_named_up_to_five_of_them(company_file: Path) -> None:
    rows = "".join(f"FY26-Q4,Region {number},5\n" for number in range(7))
    with pytest.raises(BadRequest) as refused:
        take(company_file, f"Period,Region,Target\n{rows}")

    said = str(refused.value)
    assert all(f"line {line}: the region" in said for line in range(2, 7))
    assert "line 7" not in said
    assert said.endswith("; and 2 more lines like these")
