"""Any table that the exporters write, in any dialect, comes back the same through raw, guess and typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from connectors.files.guess import guess
from connectors.files.mapping import ASK, COMMA, DATES, DAY, MONTH, POINT, Mapping
from connectors.files.raw import read
from connectors.files.typed import typed
from tests.depth import share
from tests.fakes.exports import Row, hubspot, plain, rows_as_of, salesforce
from tests.fakes.exports.rows import ZONE
from tests.fakes.exports.written import Dialect

ALWAYS = ("id", "name", "stage", "amount", "close")
PERHAPS = tuple(field for field in plain.FIELDS if field not in {*ALWAYS, "status"})
STAGES = ("Discovery", "Evaluation", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
# What is written with an encoding of one byte, besides ASCII: names that somebody there would have.
NAMES = {
    "cp1252": ("Müller & Söhne", "Société Générale d'Été", "Añejo S.A.", "Größe – «Plus»", "Café “Zoë”"),
    "mac_roman": ("Müller & Söhne", "Société d'Été", "Añejo S.A.", "Kühlhaus Größe"),
    "cp1250": ("Zażółć gęślą jaźń", "Łódź Sp. z o.o.", "Příbramské dřevo", "Žďár Ocel", "Győri Keksz"),
    "cp1251": ("Завод Урал", "Иванов и сыновья", "Щербаков", "Южный порт"),
}
WIDE = ("utf-8", "utf-8-sig", "utf-16")
NUMBERS = (
    (".", ""),
    (",", ""),
    (".", ","),
    (",", "."),
    (",", " "),
    (",", "\u00a0"),
    (".", "'"),
    (",", "\u202f"),
)

WORDS = st.text(
    st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\x00"),
    min_size=1,
    max_size=20,
)


def said(text: str) -> str:
    """Return text that says something: a cell of blanks or of a dash is an empty one."""
    return f"A {text}".strip()


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Row], Dialect, tuple[str, ...], bool]:
    """Return deals, how they are written, the columns in their order, and whether times of creation are among them."""
    encoding = draw(st.sampled_from((*WIDE, *WIDE, *NAMES)))
    language = draw(st.sampled_from(["en"] if encoding in {"cp1250", "cp1251"} else ["en", "de", "fr", "es"]))
    decimal, thousands = draw(
        st.sampled_from([pair for pair in NUMBERS if not (encoding in NAMES and pair[1] == "\u202f")])
    )
    dialect = Dialect(
        encoding=encoding,
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        decimal=decimal,
        thousands=thousands,
        days=draw(st.sampled_from(["iso", "m/d/y", "d/m/y", "d.m.y", "d-m-y", "words"])),
        language=language,
        quote_all=draw(st.booleans()),
        newline=draw(st.sampled_from(["\r\n", "\n"])),
    )
    home = NAMES.get(encoding, ("東京 Foods", "Łódź", "Ünïcødé", "Завод", "Añejo"))
    names = st.sampled_from(home) | WORDS.map(said)
    perhaps = st.none() | names
    fields = draw(st.permutations([*ALWAYS, *draw(st.lists(st.sampled_from(PERHAPS), unique=True))]))
    days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
    rows = [
        Row(
            id=f"D{number:04d}",
            name=home[number] if number < len(home) else draw(names),
            account=draw(perhaps),
            owner=draw(names),
            stage=draw(st.sampled_from(STAGES)),
            amount=draw(st.none() | st.decimals(0, 10**9, places=2)),
            currency=draw(st.sampled_from(["USD", "EUR", "GBP"])),
            close=draw(st.none() | days),
            created=datetime(2024, 3, 10, 17, 5, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 10**6))),
            type=draw(st.sampled_from(["New business", "Expansion", "Renewal"])),
            product=draw(st.sampled_from(["Yard", "Flow", None])),
            source=draw(st.sampled_from(["Inbound", "Partner"])),
            region=draw(st.sampled_from(["EMEA", "AMER", None])),
            segment=draw(st.sampled_from(["ENT", "SMB"])),
            next_step=draw(perhaps),
        )
        for number in range(draw(st.integers(5, 14)))
    ]
    rows[0] = replace(rows[0], amount=Decimal("1234567.89"), close=date(2026, 11, 23))
    return rows, dialect, tuple(fields), draw(st.booleans())


def answered(mapping: Mapping, dialect: Dialect) -> Mapping:
    """Return the mapping with its questions answered as whoever wrote the file would."""
    first = MONTH if dialect.days == "m/d/y" else DAY
    mark = POINT if dialect.decimal == "." else COMMA
    (file,) = mapping.files
    written = {
        meaning: (first if meaning in DATES else mark) if how == ASK else how
        for meaning, how in file.written.items()
    }
    return replace(mapping, files=(replace(file, written=written),), zone=ZONE.key)


def back(path: Path, folder: Path, dialect: Dialect | None = None) -> list[dict[str, Any]]:
    """Return the rows of a file as they are typed, by the meanings guessed."""
    raw = read(path, folder)
    mapping = answered(guess((raw,)), dialect or Dialect())
    table = typed((raw,), mapping, folder / "typed").tables["deals"]
    cursor = duckdb.connect(":memory:").execute("SELECT * FROM read_parquet(?) ORDER BY line", [str(table)])
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def squeezed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def same(row: Row, typed_row: dict[str, Any], fields: Iterable[str], *, times: bool) -> bool:
    for field in fields:
        wanted, got = squeezed(getattr(row, field)), typed_row[field]
        if field == "created":
            at = got.replace(tzinfo=UTC)
            wanted, got = (row.created, at) if times else (row.created_on, at.astimezone(ZONE).date())
        if wanted != got:
            note(f"{field} of {row.id}: {wanted!r} came back as {got!r}")
            return False
    return True


@pytest.mark.slow
@given(table=tables())
@settings(max_examples=share(12, of=40))
def test_any_table_in_any_dialect_comes_back_the_same(table):
    rows, dialect, fields, times = table
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = plain.table_csv(rows, folder / "deals.csv", dialect=dialect, fields=fields, times=times)
        found = back(path, folder, dialect)

    assert len(found) == len(rows)
    assert all(same(row, got, fields, times=times) for row, got in zip(rows, found, strict=True))


@pytest.fixture(scope="module")
def deals() -> tuple[Row, ...]:
    """Return 300 deals of the invented company: all that are open or won lately."""
    return tuple(row for row in rows_as_of() if row.status == "open" or row.close >= date(2026, 10, 1))[-300:]


def test_a_formatted_report_of_salesforce_comes_back(deals, tmp_path: Path) -> None:
    path = salesforce.formatted_xlsx(deals, tmp_path / "pipeline.xlsx")
    found = {row["id"]: row for row in back(path, tmp_path)}
    fields = ("name", "account", "owner", "team", "manager", "stage", "status", "amount", "currency", "close")

    assert len(found) == len(deals)
    assert all(same(row, found[row.id], (*fields, "created", "region"), times=False) for row in deals)


@pytest.mark.parametrize("write", [hubspot.deals_csv, hubspot.deals_xlsx])
def test_hubspot_s_exports_come_back(deals, tmp_path: Path, write) -> None:
    name = "deals.csv" if write is hubspot.deals_csv else "deals.xlsx"
    found = {row["id"]: row for row in back(write(deals, tmp_path / name), tmp_path)}
    fields = ("name", "account", "owner", "team", "stage", "status", "amount", "currency", "close", "region")

    assert len(found) == len(deals)
    for row in deals:
        got = found[hubspot.record_id(row.id)]
        assert same(row, got, (*fields, "probability", "last_activity"), times=True)
        assert got["created"].replace(tzinfo=UTC) == row.created.replace(second=0, microsecond=0)


def test_a_workbook_of_one_s_own_comes_back(deals, tmp_path: Path) -> None:
    found = {row["id"]: row for row in back(plain.table_xlsx(deals, tmp_path / "deals.xlsx"), tmp_path)}

    assert all(same(row, found[row.id], plain.FIELDS, times=False) for row in deals)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_salesforce_s_details_come_back(deals, tmp_path: Path, language) -> None:
    path = salesforce.details_csv(deals, tmp_path / "pipeline.csv", language=language)
    found = {row["id"]: row for row in back(path, tmp_path, salesforce.DIALECTS[language])}
    fields = [name for name in salesforce.FIELDS if name not in {"period", "age", "converted"}]
    fields = [name for name in fields if name != "converted_currency"]

    assert len(found) == len(deals)
    assert all(same(row, found[row.id], fields, times=False) for row in deals)
