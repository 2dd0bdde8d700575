"""Databases in memory that are used again: nothing of one piece of work is left for the next, and two are apart."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from connectors.scratch import scratch

MACRO = "CREATE OR REPLACE MACRO twice(x) AS 2 * x"


def _number(con: duckdb.DuckDBPyConnection) -> int:
    """Return a number that grows with each database that was attached to the same one in memory."""
    [(number,)] = con.execute(
        "SELECT database_oid FROM duckdb_databases() WHERE database_name = 'work'"
    ).fetchall()
    return int(number)


def _setting(con: duckdb.DuckDBPyConnection, name: str) -> str:
    return str(con.execute(f"SELECT current_setting('{name}')").fetchall()[0][0])


def test_what_one_made_the_next_does_not_find_where_it_is_used_again():
    with scratch(memory="100MB") as con:
        before = _number(con)
        con.execute("CREATE TABLE a AS SELECT 1; CREATE TEMP TABLE b AS SELECT 1; CREATE VIEW c AS SELECT 1")
        con.execute("CREATE MACRO d() AS 1; CREATE TEMP MACRO e() AS 1; BEGIN; INSERT INTO a VALUES (2)")

    with scratch(memory="100MB") as con:
        assert _number(con) > before
        for asked in ("FROM a", "FROM b", "FROM c", "SELECT d()", "SELECT e()"):
            with pytest.raises(duckdb.CatalogException):
                con.execute(asked)


def test_each_has_the_bounds_that_it_asks_for_and_a_folder_of_its_own():
    with scratch(memory="100MB", threads=1) as con:
        con.execute("SET TimeZone = 'Asia/Kathmandu'")
        found = [_setting(con, name) for name in ("memory_limit", "threads")]
        before = _setting(con, "temp_directory")
    with scratch(memory="200MB", threads=2) as con:
        more = [_setting(con, name) for name in ("memory_limit", "threads")]
        zone, folder = _setting(con, "TimeZone"), Path(_setting(con, "temp_directory"))

        assert folder.stat().st_mode & 0o777 == 0o700
    assert found == ["95.3 MiB", "1"]
    assert more == ["190.7 MiB", "2"]
    assert zone != "Asia/Kathmandu"
    assert str(folder) != before
    assert not folder.exists()


def test_two_at_once_are_apart():
    with scratch(memory="100MB") as one, scratch(memory="100MB") as other:
        one.execute("CREATE TABLE a AS SELECT 1 AS x")
        other.execute("CREATE TABLE a AS SELECT 2 AS x")

        assert one.execute("FROM a").fetchall() == [(1,)]


def test_what_was_prepared_is_there_each_time_and_nowhere_else():
    for number in (1, 2):
        with scratch(memory="100MB", prepared=MACRO) as con:
            assert con.execute(f"SELECT twice({number})").fetchall() == [(2 * number,)]
            con.execute("CREATE MACRO twice(x) AS 'mine'")

            assert con.execute("SELECT twice(1)").fetchall() == [("mine",)]
    with scratch(memory="100MB") as con, pytest.raises(duckdb.CatalogException):
        con.execute("SELECT twice(1)")


def _fail(numbers: list[int], prepared: str) -> None:
    with scratch(memory="100MB", prepared=prepared) as con:
        numbers.append(_number(con))
        raise ZeroDivisionError


def test_one_that_failed_or_went_to_disk_is_not_used_again():
    prepared, numbers = f"{MACRO}; CREATE MACRO thrice(x) AS 3 * x", []
    with pytest.raises(ZeroDivisionError):
        _fail(numbers, prepared)
    with scratch(memory="20MB", threads=1, prepared=prepared) as con:
        con.execute("CREATE TEMP TABLE much AS SELECT hash(range)::VARCHAR AS x FROM range(1500000)")
        numbers.append(_number(con))

        assert list(Path(_setting(con, "temp_directory")).iterdir())
    with scratch(memory="100MB", prepared=prepared) as con:
        assert [*numbers, _number(con)] == [numbers[0]] * 3
