"""What is told in Parquet files is what is told in arrays: the same mirror, the same refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.errors import BadRequest
from connectors.mirror import Mirror, staging
from connectors.protocol import Sheet
from tests.connectors.mirror.test_states import fresh
from tests.depth import share
from tests.fakes.on_sheets import OnSheets, sheet
from tests.fakes.tiny_crm import TinyCrm, batch, deal, event, instant, opening, tiny

WORDS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
MONEY = st.one_of(st.none(), st.decimals(-(10**12), 10**12, places=2))
DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
VALUES = st.fixed_dictionaries(
    {},
    optional={"next_step": WORDS, "amount": MONEY, "close": DAYS, "deleted": st.booleans()},
)
LOGS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 20), VALUES), min_size=1, max_size=12)


def pages(log):
    """Return a log as two pages: births of four deals, each renamed in the second one, then what happened to them."""
    names = [f"D{number}" for number in range(1, 5)]
    births = [opening(number, name, instant(1)) for number, name in enumerate(names)]
    later = [
        event(10 + place, f"D{number}", instant(day), **values)
        for place, (number, day, values) in enumerate(log)
    ]
    return [
        (batch("deal", [deal(name, instant(1)) for name in names]), batch("event", births)),
        (
            batch("deal", [{**deal(name, instant(1)), "name": "Other"} for name in names]),
            batch("event", later),
        ),
    ]


@example([(1, 2, {"amount": Decimal("90071992547409.93")}), (1, 2, {"amount": None})])
@given(LOGS)
@settings(max_examples=share(8, of=25), deadline=None)
def test_sheets_give_the_same_mirror_as_arrays(log):
    crm = TinyCrm(pages=pages(log))
    with TemporaryDirectory() as folder:
        by_arrays = Mirror(Path(folder) / "a", "tiny").load(crm)
        by_sheets = Mirror(Path(folder) / "s", "tiny").load(OnSheets(crm))

        assert by_sheets.name == by_arrays.name
        assert _states(by_sheets.path) == _states(by_arrays.path)


def test_arrays_and_sheets_may_stand_in_one_page(tmp_path: Path):
    crm = tiny()
    whole = Mirror(tmp_path / "whole", "tiny").load(tiny())

    class Both(TinyCrm):
        def changes(self, since):
            for number, page in enumerate(super().changes(since)):
                path = tmp_path / f"{number}.parquet"
                yield replace(page, batches=page.batches[:-1], sheets=(sheet(page.batches[-1], path),))

    both = Mirror(tmp_path / "both", "tiny").load(Both(pages=crm.pages, live=crm.live))

    assert both.name == whole.name


TOUCHES = st.lists(
    st.lists(st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(1, 20))), max_size=4), max_size=3
)


@example([[(1, 3)], [(1, 5), (2, 5)]])
@example([[(1, 3), (1, 4)], [(1, None), (2, 5)], [(2, 6)]])
@given(TOUCHES)
@settings(max_examples=share(8, of=25), deadline=None)
def test_what_repeats_moves_or_goes_within_sheets_is_as_in_arrays(touches):
    """Activities of three ids: in one page twice, in a later one again, or gone (without an instant)."""
    rows = [
        [
            {"id": f"T{number}", "deal_id": "D1", "at": None if day is None else instant(day)}
            for number, day in page
        ]
        for page in touches
    ]
    told = [(batch("deal", [deal("D1", instant(1))]), batch("event", [opening(0, "D1", instant(1))]))]
    crm = TinyCrm(pages=told + [(batch("activity", page),) for page in rows if page])
    with TemporaryDirectory() as folder:
        by_arrays = Mirror(Path(folder) / "a", "tiny").load(crm)
        by_sheets = Mirror(Path(folder) / "s", "tiny").load(OnSheets(crm))

        assert by_sheets.name == by_arrays.name


@pytest.mark.parametrize(
    "table, query, said",
    [
        ("lead", "'L1' AS id", "a sheet names the table 'lead'; known are person, account"),
        (
            "deal",
            "'D1' AS id, 'red' AS colour",
            "a sheet of 'deal' has a column 'colour'; known are id, name",
        ),
        ("event", "'E1' AS id, 1.5::DOUBLE AS amount", r"money in 'amount' is DOUBLE; send DECIMAL\(18,2\)"),
        ("event", "'E1' AS id, 150::BIGINT AS amount", "money in 'amount' is BIGINT"),
        (
            "deal",
            "'D1' AS id, now() AS created_at",
            "'created_at' is TIMESTAMP WITH TIME ZONE; send TIMESTAMP in UTC",
        ),
        ("deal", "'D1' AS id, 'soon' AS created_at", "a sheet of 'deal' holds a value.*soon"),
        ("deal", "unnest(['D1', 'D2']) AS id", "a sheet of 'deal' has 2 rows, not 1"),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused_and_named(table, query, said, tmp_path: Path):
    path = tmp_path / "it's a sheet.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT {query}) TO '{str(path).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
    with fresh() as con, pytest.raises(BadRequest, match=said):
        staging.stage(con, Sheet(table=table, path=path, rows=1))


@pytest.mark.parametrize("content", [None, b"id\nD1\n", b""])
def test_a_sheet_whose_file_is_none_is_refused_and_named(content, tmp_path: Path):
    path = tmp_path / "deal.parquet"
    if content is not None:
        path.write_bytes(content)
    with fresh() as con, pytest.raises(BadRequest, match="a sheet of 'deal' cannot be read"):
        staging.stage(con, Sheet(table="deal", path=path, rows=1))


def test_a_row_of_a_sheet_without_an_id_is_refused_and_named(tmp_path: Path):
    crm = OnSheets(TinyCrm(pages=[(batch("deal", [{"id": None, "name": "x"}]),)]))
    with pytest.raises(BadRequest, match="1 rows of 'deal' lack one of id"):
        Mirror(tmp_path, "tiny").load(crm)


def test_an_empty_sheet_is_nothing(tmp_path: Path):
    path = tmp_path / "deal.parquet"
    with fresh() as con:
        con.execute(f"COPY (SELECT id, name FROM deal) TO '{path}' (FORMAT parquet)")

        assert staging.stage(con, Sheet(table="deal", path=path, rows=0)) == 0
        assert staging.merge(con) == 0


def _states(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute("SELECT * FROM state ORDER BY ALL").fetchall()
