"""A company's own report read as claims, in the shapes and languages of Salesforce and HubSpot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from connectors.demo.crm import company
from connectors.errors import BadRequest
from connectors.files.mapping import FileMap, Mapping
from connectors.files.own_report import own_report
from connectors.files.profile import reader
from connectors.records import ForecastClass, Status
from tests.fakes.exports import Row, hubspot, plain, rows_as_of, salesforce
from tests.fakes.exports.written import Dialect


@pytest.fixture(scope="module")
def rows() -> tuple[Row, ...]:
    """Deals in every currency and stage, some with letters beyond ASCII, one without an amount."""
    still_open = [row for row in rows_as_of() if row.status == "open"]
    assert any(row.amount is None for row in still_open)
    return tuple(still_open)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_salesforce_s_details_are_claims(rows, tmp_path: Path, language) -> None:
    path = salesforce.details_csv(rows, tmp_path / "report.csv", language=language)
    read = own_report(path, company(), tmp_path / "work")

    assert len(read.claims) == len(rows)
    for row, claim in zip(rows, read.claims, strict=True):
        assert (claim.id, claim.name, claim.account, claim.owner) == (
            row.id,
            row.name,
            row.account,
            row.owner,
        )
        assert (claim.amount, claim.close, claim.type) == (row.converted, row.close, row.type)
        assert claim.currency == "USD"
        assert claim.entered == (None if row.amount is None else (row.amount, row.currency))
        assert (claim.status, claim.category) == (Status.OPEN, ForecastClass(row.category))
    assert read.claims[0].line == 2


def test_hubspot_s_days_are_those_of_the_portal(rows, tmp_path: Path) -> None:
    read = own_report(hubspot.deals_csv(rows, tmp_path / "deals.csv"), company(), tmp_path / "work")

    assert [claim.close for claim in read.claims] == [row.close for row in rows]
    assert [claim.id for claim in read.claims] == [hubspot.record_id(row.id) for row in rows]
    assert [claim.created for claim in read.claims] == [
        row.created.replace(second=0, microsecond=0) for row in rows
    ]


def test_a_deal_that_is_listed_twice_is_read_twice(rows, tmp_path: Path) -> None:
    path = plain.table_csv([*rows[:5], rows[2]], tmp_path / "deals.csv")
    read = own_report(path, company(), tmp_path / "work")

    assert [claim.id for claim in read.claims] == [row.id for row in (*rows[:5], rows[2])]


def test_without_a_column_of_ids_there_is_no_id(rows, tmp_path: Path) -> None:
    path = plain.table_csv(rows[:5], tmp_path / "deals.csv", fields=("name", "stage", "amount", "close"))
    read = own_report(path, company(), tmp_path / "work")

    assert [(claim.id, claim.name) for claim in read.claims] == [(None, row.name) for row in rows[:5]]


def test_what_cannot_be_read_is_said(rows, tmp_path: Path) -> None:
    path = plain.table_csv(rows[:5], tmp_path / "deals.csv")
    path.write_text(path.read_text(encoding="utf-8").replace(f"{rows[3].close}", "soon", 1), encoding="utf-8")
    read = own_report(path, company(), tmp_path / "work")

    assert len(read.claims) == 4
    assert "1 cells of the file could not be read" in read.notes[0]
    assert "'soon'" in read.notes[0]


def test_a_file_without_deals_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("colour,taste\nred,sweet\n", encoding="utf-8")

    with pytest.raises(BadRequest):
        own_report(path, company(), tmp_path / "work")


@pytest.mark.parametrize(
    "encoding, names",
    [
        ("cp1252", ["Inês Carvalho", "Zoë van Rijn", "Café Größe – Ñandú"]),
        ("mac_roman", ["Inês Carvalho", "Zoë van Rijn", "Kühlhaus Größe", "Frédéric Müller"]),
        ("cp1250", ["Łódź Sp. z o.o.", "Zażółć gęślą jaźń", "Příbram Dřevo", "Žďár Ocel"]),
        ("cp1251", ["Иван Петров", "Завод Урал", "Щербаков и сыновья"]),
        ("utf-8-sig", ["東京 Foods", "Łódź", "Иван"]),
        ("utf-16", ["東京 Foods", "Łódź", "Иван"]),
    ],
)
def test_letters_come_back_in_every_encoding(tmp_path: Path, encoding, names) -> None:
    made = datetime(2026, 10, 1, 12, tzinfo=ZoneInfo("America/New_York"))
    row = Row(
        id="1",
        name="x",
        owner="Bo",
        stage="Proposal",
        amount=Decimal(5),
        close=date(2026, 12, 24),
        created=made,
    )
    rows = [replace(row, id=str(number), name=name) for number, name in enumerate(names)]
    path = plain.table_csv(rows, tmp_path / "deals.csv", dialect=Dialect(encoding=encoding, delimiter=";"))

    assert [claim.name for claim in own_report(path, company(), tmp_path / "work").claims] == names


def test_what_memory_cannot_hold_is_not_written_into_the_folder_one_is_in() -> None:
    with reader() as con:
        (folder,) = con.execute("SELECT current_setting('temp_directory')").fetchone() or ("",)

        assert Path(folder).is_absolute()
        assert not Path(folder).is_relative_to(Path.cwd())
    assert not Path(folder).exists()


def test_a_column_of_split_percentages_and_the_day_in_the_name_are_read(tmp_path: Path) -> None:
    path = tmp_path / "report 2026-11-16.csv"
    path.write_text(
        "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Opportunity Split: Percent (%)\n"
        "006A,Ostrander,Prospecting,500.00,2026-12-18,50.00\n"
        "006B,Brandt,Prospecting,700.00,2026-12-18,\n",
        encoding="utf-8",
    )
    read = own_report(path, company(), tmp_path / "work")

    assert [(claim.amount, claim.share) for claim in read.claims] == [
        (Decimal(500), Decimal(50)),
        (Decimal(700), None),
    ]
    assert read.made == date(2026, 11, 16)


def test_of_a_workbook_the_sheet_is_read_that_the_mapping_names(tmp_path: Path) -> None:
    book, path = Workbook(), tmp_path / "pipeline.xlsx"
    for place, title in enumerate(("Old", "New")):
        sheet = book.create_sheet(title, place)
        for cells in (("Opportunity ID", "Opportunity Name", "Stage", "Amount"), ("1", title, "Won", 5)):
            sheet.append(cells)
    book.save(path)
    columns = {
        "id": ("Opportunity ID",),
        "name": ("Opportunity Name",),
        "stage": ("Stage",),
        "amount": ("Amount",),
    }
    named = Mapping(
        files=(FileMap(match="pipeline.xlsx", kind="deals", columns=columns, sheet="New"),),
        stages={"Won": Status.WON},
    )

    read = own_report(path, company(), tmp_path / "work", mapping=named)

    assert [claim.name for claim in read.claims] == ["New"]


# What an import keeps of exports that are named by their day alone: it fits the name of every file.
OF_EXPORTS = Mapping(
    files=(
        FileMap(
            match="*",
            kind="deals",
            columns={
                "id": ("Opportunity ID",),
                "name": ("Opportunity Name",),
                "stage": ("Stage",),
                "amount": ("Amount",),
                "close": ("Close Date",),
            },
            written={"close": "month first"},
            sheet="Export",
        ),
    ),
    stages={"Won": Status.WON},
)


def test_a_report_without_the_columns_of_the_exports_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "Our report.csv"
    path.write_text("Opportunity Name,Amount\nOstrander,500\nBrandt,700\n", encoding="utf-8")

    read = own_report(path, company(), tmp_path / "work", mapping=OF_EXPORTS, kept=True)

    assert [(claim.name, claim.amount, claim.id) for claim in read.claims] == [
        ("Ostrander", Decimal(500), None),
        ("Brandt", Decimal(700), None),
    ]


def test_a_report_that_has_the_columns_of_the_exports_is_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "Our report.csv"
    path.write_text(
        "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n1,Ostrander,Won,500,11/12/2026\n",
        encoding="utf-8",
    )

    read = own_report(path, company(), tmp_path / "work", mapping=OF_EXPORTS, kept=True)

    assert [(claim.close, claim.status) for claim in read.claims] == [(date(2026, 11, 12), Status.WON)]


@pytest.mark.parametrize("sheet", ["Export", "Sheet1"])
def test_of_a_workbook_that_is_no_export_the_sheet_is_chosen(tmp_path: Path, sheet) -> None:
    book, path = Workbook(), tmp_path / "Our report.xlsx"
    book.worksheets[0].title = sheet
    for cells in (("Notes", "By"), ("late", "Ana")):
        book.worksheets[0].append(cells)
    other = book.create_sheet("Deals")
    for cells in (("Opportunity Name", "Amount"), ("Ostrander", 500)):
        other.append(cells)
    book.save(path)

    read = own_report(path, company(), tmp_path / "work", mapping=OF_EXPORTS, kept=True)

    assert [claim.name for claim in read.claims] == ["Ostrander"]


def test_a_mapping_given_for_a_report_has_to_name_columns_it_has(tmp_path: Path) -> None:
    path = tmp_path / "Our report.csv"
    path.write_text("Opportunity Name,Amount\nOstrander,500\n", encoding="utf-8")

    with pytest.raises(BadRequest, match="has no column 'Opportunity ID', which the mapping takes for id"):
        own_report(path, company(), tmp_path / "work", mapping=OF_EXPORTS)
