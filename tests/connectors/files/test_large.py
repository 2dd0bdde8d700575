"""The middle of a large file, read by DuckDB, is what `csv` reads; or it is declined, and `csv` reads it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.errors import BadRequest
from connectors.files import raw, raw_large, raw_text
from connectors.files.raw import Raw
from connectors.files.report_shape import AHEAD
from tests.depth import share

HEADINGS = ("Opportunity ID", "Stage", "Amount")
# The head is taken whole, so the damage is below it.
FIRST = [(f"a{number}", "Proposal", "1") for number in range(AHEAD)]
LAST = [(f"z{number}", "Won, so", "") for number in range(40)]
FOOTER = '\n\n"All Opportunities"\n"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'


@dataclass(frozen=True)
class Found:
    """What was read, or what was said, and whether DuckDB read the middle."""

    table: Raw | None
    rows: list[tuple[object, ...]]
    said: str = ""
    fast: bool = False


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_large, "TAIL", 400)
    monkeypatch.setattr(raw_large, "CHUNK", 64)


def read(content: bytes, *, large: int) -> Found:
    """Read a file whose middle DuckDB may read if it has so many bytes."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw_large, "LARGE", large)
        path = Path(folder) / "deals.csv"
        path.write_bytes(content)
        try:
            fast = large == 0 and raw._large(path, Path(folder), raw_text.look(path)) is not None
            table = raw.read(path, Path(folder) / "into")
        except BadRequest as error:
            return Found(table=None, rows=[], said=str(error))
        with duckdb.connect() as con:
            rows = con.execute(f"FROM read_parquet('{table.parquet}')").fetchall()
        return Found(table=replace(table, parquet=Path(), path=Path()), rows=rows, fast=fast)


def same(content: bytes) -> bool:
    """Compare both ways, and say whether DuckDB read the middle."""
    whole, parted = read(content, large=1 << 60), read(content, large=0)

    assert replace(parted, fast=False) == whole
    return parted.fast


def written(
    rows: list[tuple[str, ...]], *, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_ALL
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([HEADINGS, *FIRST, *rows, *LAST])
    return text.getvalue()


CELLS = st.one_of(
    st.text(st.sampled_from("ab,;\t \"'|\xa0\u2003é🚚\x1f\u2028"), max_size=6),
    st.sampled_from(
        [
            "",
            " ",
            "Total",
            "total (3)",
            "Sum of all",
            "Summit Foods",
            "Opportunity ID",
            "Stage",
            "a\nb",
            "x\r\ny",
            "\x0b",
        ]
    ),
)
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6)
# Lines as no program writes them.
LINES = st.text(st.sampled_from('",,a \t\r\n|'), max_size=14)


@pytest.mark.parametrize(
    "encoding, delimiter, end, quoting",
    [
        ("utf-8", ",", "\n", csv.QUOTE_ALL),
        ("utf-8-sig", ";", "\r\n", csv.QUOTE_MINIMAL),
        ("cp1252", "|", "\r\n", csv.QUOTE_ALL),
        ("utf-16", "\t", "\n", csv.QUOTE_MINIMAL),
    ],
)
def test_sound_files_of_every_kind_are_read_fast(encoding, delimiter, end, quoting):
    rows = [("é1", 'He said "no", twice', "1,5"), ("ü2", "Yard; Flow", ""), ("ö3", "a\tb|c", "3")] * 5
    text = written(rows, delimiter=delimiter, end=end, quoting=quoting) + FOOTER.replace("\n", end)

    assert same(text.encode(encoding))


@example([(" a ", "\xa0b", "c\x1f")], ",", "\n", csv.QUOTE_ALL)
@given(
    TABLES,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(
    max_examples=share(8, of=25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_table_is_read_alike(rows, delimiter, end, quoting):
    same((written(rows, delimiter=delimiter, end=end, quoting=quoting) + FOOTER.replace("\n", end)).encode())


@example(['x,"y" ,1'])
@example(["x,y,1,"])
@example(["x,y"])
@example(["", "x,y,1"])
@example(['x, "y",1'])
@example(['"x,y,1'])
@given(st.lists(LINES, max_size=4))
@settings(
    max_examples=share(12, of=40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_damage_is_told_alike(lines):
    sound = written([("m", "n", "o")] * 3).splitlines(keepends=True)
    middle = AHEAD + 2

    same("".join([*sound[:middle], *(f"{line}\n" for line in lines), *sound[middle:], FOOTER]).encode())


def test_rows_above_and_below_the_middle_are_read_alike():
    headings, rows = written([]).split("\n", 1)
    odd = '" a ","x\r\ny","He said ""no"", twice"\n"Alone","",""\n"\xa0b","c,d","1"\n'

    assert same(f"{headings}\n{odd}{rows}{odd}{FOOTER}".encode())


@pytest.mark.parametrize(
    "middle",
    [
        b"x,y\x00,1\n",
        b"x,y\x1f,1\n",
        b"x,y,1\r",
        b'"Total","",""\n',
        b'"Opportunity ID","Stage","Amount"\n',
        b'"Alone","",""\n',
        b'"x","y\nz","1"\n',
    ],
)
def test_what_needs_an_eye_is_left_to_csv(middle):
    sound = written([]).encode().splitlines(keepends=True)

    assert not same(b"".join([*sound[: AHEAD + 3], middle, *sound[AHEAD + 3 :], FOOTER.encode()]))
