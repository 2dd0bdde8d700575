"""From a file of text to typed deals, without a word about what the columns mean."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.errors import BadRequest
from connectors.files import mapping, raw
from connectors.files.guess import guess
from connectors.files.typed import Typed, typed

PLAIN = (
    "Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date,Opportunity ID\n"
    'Yard,Acme,Dana Whit,Negotiation,"1,234.50",11/30/2026,006A\n'
    'Flow,"Beta, Inc.",Dana Whit,Closed Won,900,10/02/2026,006B\n'
    "Sense,Acme,Eli Nord,Closed Lost,,12/24/2026,006C\n"
)


def imported(folder: Path, *contents: tuple[str, str | bytes], skip_bad: bool = False) -> Typed:
    """Return what files of these names and contents are, by the guess alone."""
    raws = []
    for name, content in contents:
        file = folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        raws.append(raw.read(file, folder / "raw"))
    return typed(raws, guess(raws), folder / "typed", skip_bad=skip_bad)


def deals(made: Typed, columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT {columns} FROM read_parquet(?) ORDER BY line", [str(made.tables["deals"])]
        ).fetchall()


def test_a_plain_export_is_read_without_a_map(tmp_path: Path) -> None:
    made = imported(tmp_path, ("deals.csv", PLAIN))

    assert deals(made, "line, id, account, status, amount, close") == [
        (2, "006A", "Acme", "open", Decimal("1234.50"), date(2026, 11, 30)),
        (3, "006B", "Beta, Inc.", "won", Decimal("900.00"), date(2026, 10, 2)),
        (4, "006C", "Acme", "lost", None, date(2026, 12, 24)),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_encoding_and_delimiter_gives_the_same_rows(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = "Dealname,Kunde,Phase,Betrag,Abschlussdatum\nGroß,Müller & Söhne,Angebot,1234,24.12.2026\n"

    made = imported(tmp_path, ("deals.csv", text.replace(",", delimiter).encode(encoding)))

    assert deals(made, "name, account, stage, amount, close") == [
        ("Groß", "Müller & Söhne", "Angebot", Decimal("1234.00"), date(2026, 12, 24))
    ]


def test_what_a_mapping_file_says_is_read_back_the_same(tmp_path: Path) -> None:
    file = tmp_path / "deals-2026-11-23.csv"
    file.write_text(PLAIN, encoding="utf-8")
    made = guess([raw.read(file, tmp_path / "raw")])

    mapping.save(made, tmp_path / "map.toml")

    assert mapping.load(tmp_path / "map.toml") == made
    assert made.files[0].match == "deals-*.csv"


def test_one_bad_cell_refuses_the_file_and_names_it(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"line 3, column 'Amount' = 'soon': is not a number") as refused:
        imported(tmp_path, ("deals.csv", PLAIN.replace(",900,", ",soon,")))

    assert "nothing was imported" in str(refused.value)


def test_the_other_rows_are_taken_where_bad_ones_may_be_skipped(tmp_path: Path) -> None:
    made = imported(tmp_path, ("deals.csv", PLAIN.replace(",900,", ",soon,")), skip_bad=True)

    assert deals(made, "id") == [("006A",), ("006C",)]
    assert made.reject_files[0].read_text(encoding="utf-8").splitlines() == [
        "line,column,value,reason",
        '3,Amount,soon,"is not a number written like 1,234.5"',
    ]
