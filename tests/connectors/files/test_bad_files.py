"""What cannot be read is refused by name: the file, the line and column, how many, and what would have worked."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from connectors.errors import BadRequest
from connectors.files import raw
from tests.connectors.files.test_reading import PLAIN, deals, imported

HEADINGS = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"


def refusal(folder: Path, name: str, content: str | bytes, *, encoding: str = "utf-8") -> str:
    """Return why a file is refused, guess and values included."""
    with pytest.raises(BadRequest) as refused:
        imported(folder, (name, content if isinstance(content, bytes) else content.encode(encoding)))
    return str(refused.value)


def workbook(path: Path, fill: Callable[[Worksheet], None]) -> Path:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Deals"
    fill(sheet)
    book.save(path)
    return path


def rows(*extra: tuple[object, ...]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in (("Opportunity ID", "Opportunity Name", "Stage", "Amount", "Close Date"), *extra):
            sheet.append(row)

    return fill


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("a.csv", b"", "0 bytes"),
        ("a.csv", b"\xef\xbb\xbf", "no row of headings"),
        ("a.csv", HEADINGS.encode(), "no rows below"),
        ("a.csv", b"\x00\x01\x02" * 400, "is not text"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old kind"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600,
            "password",
        ),
        ("a.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("a.pdf", b"%PDF-1.7 ...", "a PDF"),
        ("a.xls", b"<html><table><tr><td>Stage</td></tr></table></html>", "a web page"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00" + b"\x00" * 40, "packed"),
        ("a.parquet", b"PAR1 cut off", "Parquet"),
    ],
)
def test_what_is_no_table_says_what_to_do(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    said = refusal(tmp_path, name, content)

    assert words in said
    assert name in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"gone\.csv: there is no such file"):
        raw.read(tmp_path / "gone.csv", tmp_path / "raw")


@pytest.mark.parametrize(
    "inside, name, words",
    [
        ({"deals.csv": PLAIN}, "deals.zip", "unpack it"),
        ({"xl/workbook.xml": "<workbook/>", "xl/vbaProject.bin": "x"}, "deals.xlsx", "macros"),
        ({"xl/workbook.xml": "<workbook/>"}, "deals.xlsm", "macros"),
        ({"xl/workbook.bin": "x"}, "deals.xlsb", "binary workbook"),
        ({"content.xml": "<x/>", "mimetype": "x"}, "deals.ods", "OpenDocument"),
        ({"xl/workbook.xml": "<workbook"}, "deals.xlsx", "cannot be opened"),
    ],
)
def test_archives_that_are_no_plain_workbooks_are_refused(
    tmp_path: Path, inside: dict[str, str], name: str, words: str
) -> None:
    with zipfile.ZipFile(tmp_path / "made", "w") as archive:
        for inner, text in inside.items():
            archive.writestr(inner, text)

    said = refusal(tmp_path, name, (tmp_path / "made").read_bytes())

    assert words in said


def test_an_archive_that_would_fill_the_disk_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "made", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\x00" * (80 << 20))

    said = refusal(tmp_path, "deals.xlsx", (tmp_path / "made").read_bytes())

    assert "unpacked" in said


def test_missing_columns_are_told_with_those_that_are_there(tmp_path: Path) -> None:
    said = refusal(tmp_path, "a.csv", "Colour,Weight\nred,5\nblue,7\n")

    assert "no deals found in a.csv" in said
    assert "Colour, Weight" in said


def test_a_row_with_too_many_or_too_few_cells_is_named_by_its_line(tmp_path: Path) -> None:
    text = HEADINGS + '1,"two\nlines",Won,5,2026-01-01\n2,B,Won,5,2026-01-01,more\n3,C,Won\n'

    said = refusal(tmp_path, "a.csv", text)

    assert "2 rows or cells" in said
    assert "line 4: 6 cells where the headings have 5" in said
    assert "line 5: 3 cells where the headings have 5" in said


def test_a_quote_that_stays_open_is_named_by_its_line(tmp_path: Path) -> None:
    said = refusal(tmp_path, "a.csv", HEADINGS + '1,A,Won,5,2026-01-01\n2,"B,Won,5,2026-01-01\n')

    assert "a.csv, line 3" in said
    assert "quote" in said


def test_a_broken_byte_in_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    text = HEADINGS + "".join(f"{number},Größe ü ö ä,Won,5,2026-01-01\n" for number in range(30))

    said = refusal(tmp_path, "a.csv", text.encode() + b"99,Gr\xc3,Won,5,2026-01-01\n")

    assert "a.csv, line 32" in said


def test_dates_and_numbers_that_are_none_are_counted_and_named(tmp_path: Path) -> None:
    text = HEADINGS + "".join(f"{number},A,Won,5.5,2026-01-01\n" for number in range(12))
    text += "a,B,Won,much,2026-01-01\nb,C,Won,5,2026-02-30\nc,D,Won,5,Q4\n"

    said = refusal(tmp_path, "a.csv", text)

    assert "3 rows or cells" in said
    assert "line 14, column 'Amount' = 'much'" in said
    assert "line 15, column 'Close Date' = '2026-02-30'" in said
    assert "line 16, column 'Close Date' = 'Q4'" in said


def test_days_and_months_in_two_orders_are_refused_with_their_lines(tmp_path: Path) -> None:
    text = HEADINGS + "1,A,Won,5,23/01/2026\n2,B,Won,5,01/02/2026\n3,C,Won,5,01/23/2026\n"

    said = refusal(tmp_path, "a.csv", text)

    assert "column 'Close Date'" in said
    assert "line 2 has the day before the month" in said
    assert "line 4 the month before the day" in said


def test_decimals_in_two_ways_are_refused_with_their_lines(tmp_path: Path) -> None:
    text = HEADINGS + '1,A,Won,"1,234.50",2026-01-01\n2,B,Won,"1.234,50",2026-01-01\n'

    said = refusal(tmp_path, "a.csv", text)

    assert "column 'Amount'" in said
    assert "line 2" in said
    assert "line 3" in said


def test_a_day_or_month_that_may_be_either_is_asked_for(tmp_path: Path) -> None:
    said = refusal(tmp_path, "a.csv", HEADINGS + "1,A,Won,5,01/02/2026\n2,B,Lost,5,03/04/2026\n")

    assert "files.written.close" in said
    assert "day or the month" in said


def test_a_day_that_may_be_either_follows_the_other_dates_of_its_file(tmp_path: Path) -> None:
    text = "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Created Date\n1,A,Won,5,03/04/2026,23/01/2026\n"

    made = imported(tmp_path, ("a.csv", text))

    assert deals(made, "close") == [(date(2026, 4, 3),)]


def test_an_id_that_stands_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = HEADINGS + "1,A,Won,5,2026-01-01\n2,B,Won,5,2026-01-01\n1,C,Won,5,2026-01-01\n"

    said = refusal(tmp_path, "a.csv", text)

    assert "line 4, column 'Opportunity ID' = '1': the id stands on line 2 already" in said


def test_the_first_of_two_rows_with_one_id_stays_where_bad_ones_may_be_skipped(tmp_path: Path) -> None:
    text = HEADINGS + "1,A,Won,5,2026-01-01\n2,B,Won,5,2026-01-01\n1,C,Won,5,2026-01-01\n"

    made = imported(tmp_path, ("a.csv", text), skip_bad=True)

    assert deals(made, "line, id, name") == [(2, "1", "A"), (3, "2", "B")]


def test_two_deals_without_ids_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    text = "Opportunity Name,Account Name,Stage,Amount\nA,Acme,Won,5\nB,Acme,Won,5\nA,Acme,Won,7\n"

    said = refusal(tmp_path, "a.csv", text)

    assert "line 4: has no record id, and account, name and creation day are those of line 2 already" in said


@pytest.mark.parametrize("headings", [HEADINGS, "Deal,Account,Stage,Amount,Close Date\n"])
def test_rows_that_are_the_same_word_for_word_are_taken_once(tmp_path: Path, headings: str) -> None:
    text = headings + "1,A,Won,5,2026-01-01\n2,B,Won,5,2026-01-01\n" + 2 * "1,A,Won,5,2026-01-01\n"

    made = imported(tmp_path, ("a.csv", text))

    assert deals(made, "line") == [(2,), (3,)]
    assert (made.doubled, made.rejected) == (1, 0)


def test_headings_that_are_empty_or_twice_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Name,Stage,,name,Line\nA,Won,x,y,z\n", encoding="utf-8")

    read = raw.read(file, tmp_path / "raw")

    assert read.headers == ("Name", "Stage", "column 3", "name (2)", "Line (2)")


def test_five_hundred_columns_are_read(tmp_path: Path) -> None:
    more = ",".join(f"Field {number}" for number in range(500))
    cells = ",".join(str(number) for number in range(500))

    made = imported(tmp_path, ("a.csv", f"{HEADINGS.strip()},{more}\n1,A,Won,5,2026-01-01,{cells}\n"))

    assert deals(made, "id, amount::INTEGER") == [("1", 5)]


def test_a_nul_inside_a_text_is_only_a_sign(tmp_path: Path) -> None:
    made = imported(
        tmp_path, ("a.csv", HEADINGS + "1,A\x00B,Won,5,2026-01-01\n" * 1 + "2,C,Lost,5,2026-01-01\n" * 1)
    )

    assert deals(made, "id") == [("1",), ("2",)]


def test_a_formula_without_a_stored_value_is_named_by_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", rows(("1", "A", "Won", "=2*3", date(2026, 1, 1))))

    with pytest.raises(BadRequest, match="cell D2: a formula without a stored value"):
        raw.read(path, tmp_path / "raw")


def test_merged_cells_give_their_value_to_each_of_their_rows(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(("Stage", "Opportunity ID", "Opportunity Name", "Amount"))
        for number in range(4):
            sheet.append((("Won", None, "Lost", None)[number], f"id{number}", "A", 5))
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("A4:A5")

    path = workbook(tmp_path / "a.xlsx", fill)

    made = imported(tmp_path, ("b.xlsx", path.read_bytes()))

    assert deals(made, "id, stage") == [("id0", "Won"), ("id1", "Won"), ("id2", "Lost"), ("id3", "Lost")]


def test_the_sheet_with_the_deals_is_found_and_named(tmp_path: Path) -> None:
    book = Workbook()
    notes = book.active
    assert isinstance(notes, Worksheet)
    notes.title = "Notes"
    notes.append(("Read me",))
    sheet = book.create_sheet("Deals")
    rows(("1", "A", "Won", 5, date(2026, 1, 1)))(sheet)
    book.save(tmp_path / "a.xlsx")

    read = raw.read(tmp_path / "a.xlsx", tmp_path / "raw")

    assert read.sheet == "Deals"
    assert read.remarks == ("read the sheet 'Deals', not 'Notes'",)
    with pytest.raises(BadRequest, match="no sheet 'Sales'; it has: Notes, Deals"):
        raw.read(tmp_path / "a.xlsx", tmp_path / "raw", sheet="Sales")


def test_two_sheets_of_the_same_headings_are_not_read_as_one_of_them(tmp_path: Path) -> None:
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Open"
    rows(("1", "A", "Negotiation", 5, date(2026, 1, 1)))(first)
    rows(("2", "B", "Closed Won", 50_000, date(2026, 1, 1)))(book.create_sheet("Closed"))
    book.save(tmp_path / "a.xlsx")

    told = "a.xlsx has the same headings on the sheets 'Open', 'Closed': put all deals on one sheet"
    with pytest.raises(BadRequest, match=told):
        raw.read(tmp_path / "a.xlsx", tmp_path / "raw")
    assert raw.read(tmp_path / "a.xlsx", tmp_path / "raw", sheet="Closed").rows == 1


def test_three_decimals_of_a_workbook_are_no_thousands(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", rows(("1", "A", "Won", 10.125, date(2026, 1, 1))))

    made = imported(tmp_path, ("b.xlsx", path.read_bytes()))

    assert deals(made, "amount::VARCHAR") == [("10.13",)]


def test_parquet_is_read_with_its_own_types(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(
            'COPY (SELECT 7 AS "Deal ID", \'A\' AS "Deal Name", \'Won\' AS "Stage", 10.125::DOUBLE AS "Amount", '
            f"DATE '2026-02-03' AS \"Close Date\") TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)"
        )

    made = imported(tmp_path, ("b.parquet", (tmp_path / "a.parquet").read_bytes()))

    assert deals(made, "id, amount::VARCHAR, close") == [("7", "10.13", date(2026, 2, 3))]


def test_the_line_by_which_excel_names_the_delimiter_is_no_row(tmp_path: Path) -> None:
    made = imported(tmp_path, ("a.csv", "sep=;\n" + HEADINGS.replace(",", ";") + "1;A, B;Won;5;2026-01-01\n"))

    assert deals(made, "line, name") == [(3, "A, B")]


def test_a_file_that_is_given_twice_counts_once(tmp_path: Path) -> None:
    text = HEADINGS + "1,A,Won,5,2026-01-01\n"

    made = imported(tmp_path, ("a.csv", text), ("b.csv", text), skip_bad=True)

    assert deals(made, "id") == [("1",)]
    assert [str(reject) for reject in made.rejects] == [
        "line 2, column 'Opportunity ID' = '1': the id stands on line 2 of a.csv already"
    ]


def test_cells_of_a_workbook_keep_what_they_show(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows(("1", "A", "Won", 1234.1 * 3, date(2026, 1, 1)))(sheet)
        sheet["D2"].number_format = "[$€-407] #,##0.00"
        sheet["F1"], sheet["F2"] = "Probability (%)", 0.75
        sheet["F2"].number_format = "0%"

    path = workbook(tmp_path / "a.xlsx", fill)

    made = imported(tmp_path, ("b.xlsx", path.read_bytes()))

    assert deals(made, "amount::VARCHAR, currency, probability::VARCHAR") == [("3702.30", "EUR", "75.00")]
