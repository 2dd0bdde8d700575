"""Targets from a file: how they are read, and what is refused by line."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from connectors import demo
from connectors.company import Target
from connectors.errors import BadRequest
from connectors.files import targets
from tests.fakes.exports.targets import targets_csv, targets_xlsx
from tests.fakes.exports.written import Dialect

COMPANY = demo.company()


def written(folder: Path, text: str) -> Path:
    path = folder / "targets.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_targets_of_a_company_come_back_from_a_csv_file_and_a_workbook(tmp_path: Path):
    assert targets.read(targets_csv(COMPANY, tmp_path / "t.csv")) == COMPANY.targets
    assert targets.read(targets_xlsx(COMPANY, tmp_path / "t.xlsx")) == COMPANY.targets


@pytest.mark.parametrize(
    "dialect", [Dialect(delimiter=";", decimal=",", thousands="."), Dialect(thousands=",")]
)
def test_amounts_are_read_as_they_are_written(tmp_path: Path, dialect: Dialect):
    assert targets.read(targets_csv(COMPANY, tmp_path / "t.csv", dialect=dialect)) == COMPANY.targets


@pytest.mark.parametrize(
    "text, period",
    [
        ("Q4 2026", "2026-Q4"),
        ("2026 Q4", "2026-Q4"),
        ("Q4 FY2026", "FY26-Q4"),
        ("FY26 Q4", "FY26-Q4"),
        ("FY26-Q4", "FY26-Q4"),
        ("Q4'26", "2026-Q4"),
        ("Q4/2026", "2026-Q4"),
        ("4Q26", "2026-Q4"),
    ],
)
def test_a_period_is_read_as_people_write_it(tmp_path: Path, text: str, period: str):
    path = written(tmp_path, f'Quarter,Quota\n{text},"$1,200,000"\n')

    assert targets.read(path) == (Target(period=period, amount=Decimal(1_200_000)),)


@pytest.mark.parametrize(
    "text, said",
    [
        ("Period,Region\nFY26-Q4,EMEA\n", "no column for the amount"),
        ("Period,Target\nFY26-Q4,lots\n", "line 2: the target is 'lots'"),
        ("Period,Target\nFY26-Q4,5\n,7\n", "line 3: there is no period"),
        ("Period,Target\nFY26-Q4,-5\n", "line 2: the target is '-5'"),
        (
            "Period,Target\nFY26-Q4,-5\nFY26-Q3,lots\n",
            "line 2: the target is '-5'.*line 3: the target is 'lots'",
        ),
        (
            "Period;Target\nFY26-Q4;100.000\nFY26-Q3;250,000\n",
            "250,000' on line 3 has a point .* '100.000' on line 2 a comma",
        ),
        (
            "Period,Quota,Amount\nFY26-Q4,5,7\n",
            "columns 'Amount' and 'Quota', and either could be the target",
        ),
        (
            "Period,Team,Target\nFY26-Q4,North,5\nFY26-Q3,South,5\n",
            "line 2: the target is for the Team 'North', .*line 3: the target is for the Team 'South'",
        ),
        ("Region,Segment,Q4 2026\nEMEA,ENT,5\n", "line 2: the target is for the Segment 'ENT'"),
        ("Period;Target\nFY26-Q4;1.000,50\nFY26-Q3;2,000.50\n", "2,000.50' on line 3 has a point"),
        ("Period;Target\nFY26-Q4;1.250,50\nFY26-Q3;250,000\n", "'250,000' on line 3 has a point"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(tmp_path: Path, text: str, said: str):
    with pytest.raises(BadRequest, match=said):
        targets.read(written(tmp_path, text))


@pytest.mark.parametrize(
    "written_as, amount",
    [
        ("300k", 300_000),
        ("1.2M", 1_200_000),
        ("$1.234M", 1_234_000),
        ('"1,2 Mio"', 1_200_000),
        ("100.000", 100_000),
    ],
)
def test_thousands_and_millions_are_read(tmp_path: Path, written_as: str, amount: int):
    path = written(tmp_path, f"Period,Target\nFY26-Q4,{written_as}\n")

    assert targets.read(path) == (Target(period="FY26-Q4", amount=Decimal(amount)),)


def test_a_column_for_each_quarter_gives_a_target_for_each_filled_cell(tmp_path: Path):
    path = written(tmp_path, "Region,Q4 2026,Q1 2027\nEMEA,100000,200000\nAMER,300000,\n")

    assert [(one.region, one.period, one.amount) for one in targets.read(path)] == [
        ("EMEA", "2026-Q4", 100_000),
        ("EMEA", "2027-Q1", 200_000),
        ("AMER", "2026-Q4", 300_000),
    ]


def test_what_says_nothing_of_whom_a_target_is_for_may_stand_beside_it(tmp_path: Path):
    path = written(
        tmp_path,
        "Period,Owner,Team,Target,Last year,Note,Comment\nFY26-Q4,Ana,North,5,3,as agreed,by the board\nFY26-Q4,,,7,4,signed,\n",
    )

    assert [(one.owner, one.amount) for one in targets.read(path)] == [("Ana", 5), (None, 7)]


@pytest.mark.parametrize(
    "text, currency",
    [
        ("Period,Target\nFY26-Q4,€1.900.000\n", "EUR"),
        ("Period,Target\nFY26-Q4,1.9M GBP\n", "GBP"),
        ("Period,Target\nFY26-Q4,US$5\n", "USD"),
        ("Period,Target\nFY26-Q4,$5\n", "$"),
        ("Period,Target\nFY26-Q4,5 MIO\n", None),
        ("Period,Target,Currency\nFY26-Q4,5,eur\n", "EUR"),
        ("Period,Target\nFY26-Q4,5\n", None),
    ],
)
def test_a_row_knows_its_currency(tmp_path: Path, text: str, currency: str | None):
    assert [row.currency for row in targets.rows(written(tmp_path, text))] == [currency]


@pytest.mark.parametrize(
    "own, currency, right",
    [
        ("USD", "USD", True),
        ("USD", "$", True),
        ("AUD", "$", True),
        ("USD", None, True),
        ("EUR", "$", False),
        ("USD", "EUR", False),
    ],
)
def test_a_target_in_another_currency_is_refused(own: str, currency: str | None, right: Literal[True, False]):
    row = targets.Row(line=2, target=Target(period="FY26-Q4", amount=Decimal(5)), currency=currency)
    company = replace(COMPANY, currency=own)

    def placed() -> tuple[Target, ...]:
        return targets.placed([row], company, (), quarter=str, source="t.csv")

    if right:
        assert placed() == (row.target,)
    else:
        with pytest.raises(
            BadRequest, match=rf"line 2: the target is in {re.escape(str(currency))}, and .* {own}"
        ):
            placed()
