"""A last row of sums without a word is no deal; a row that only looks like one stays a bad row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.connectors.files.test_bad_files import HEADINGS, refusal, rows, workbook
from tests.connectors.files.test_reading import deals, imported

ROWS = "1,A,Won,5,2026-01-01\n2,B,Won,7.50,2026-01-01\n"
NAMED = "Deal,Account,Stage,Amount,Close Date\n"


@pytest.mark.parametrize("headings", [HEADINGS, NAMED])
@pytest.mark.parametrize("last", [",,,12.50,\n", ",,,12.50,\n,,,12.5,\n"])
def test_a_last_row_that_is_the_sum_of_the_amounts_is_left_out(
    tmp_path: Path, headings: str, last: str
) -> None:
    made = imported(tmp_path, ("a.csv", headings + ROWS + last))

    assert deals(made, "line") == [(2,), (3,)]
    assert (made.totals, made.rejected) == (last.count("\n"), 0)


def test_a_sum_at_the_end_of_a_sheet_is_left_out(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    fill = rows(("1", "A", "Won", 0.1, day), ("2", "B", "Won", 0.2, day), (None, None, None, 0.1 + 0.2, None))

    made = imported(tmp_path, ("b.xlsx", workbook(tmp_path / "a.xlsx", fill).read_bytes()))

    assert deals(made, "line") == [(2,), (3,)]
    assert made.totals == 1


@pytest.mark.parametrize("last", [",,,12.52,\n", ",,Won,12.50,\n", ",,,12.50,2026-01-01\n"])
def test_a_last_row_that_is_no_sum_or_says_more_is_a_bad_row(tmp_path: Path, last: str) -> None:
    said = refusal(tmp_path, "a.csv", HEADINGS + ROWS + last)

    assert "line 4, column 'Opportunity ID': has no record id" in said


def test_a_deal_whose_amount_is_the_sum_of_those_above_is_a_deal(tmp_path: Path) -> None:
    made = imported(tmp_path, ("a.csv", HEADINGS + ROWS + "3,,,12.50,\n"))

    assert (len(deals(made, "line")), made.totals) == (3, 0)
