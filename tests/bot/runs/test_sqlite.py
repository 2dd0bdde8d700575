"""The engine's file under any version of Python and SQLite."""

from __future__ import annotations

import itertools
import sys
import threading
from types import SimpleNamespace

import dbos._sys_db
import dbos._sys_db_sqlite
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.engine import open_runs
from bot.runs.ledger import Ledger
from bot.runs.sqlite import Clock, open_file
from tests.bot.runs.contract import PATIENCE, work

NOW = 1_763_999_999.0


@pytest.fixture
def file(tmp_path):
    file = open_file(tmp_path / "any name.sqlite", connections=2, clock=Clock(lambda: NOW))
    yield file
    file.dispose()


@given(st.lists(st.floats(min_value=0, max_value=4e9), min_size=1))
def test_a_clock_only_goes_forward_by_whole_milliseconds(moments):
    times = iter(moments)
    clock = Clock(lambda: next(times))
    shown = [clock.seconds() * 1000 for _ in moments]

    assert all(each == int(each) for each in shown)
    assert all(before < after for before, after in itertools.pairwise(shown))


def test_a_clock_follows_the_one_it_was_given():
    assert Clock(lambda: NOW).seconds() == pytest.approx(NOW, abs=0.003)


@pytest.mark.parametrize("expression", ["strftime('%s','now') * 1000", "unixepoch('subsec') * 1000"])
def test_rows_of_one_millisecond_are_stamped_in_their_order(file, expression):
    with file.begin() as connection:
        connection.execute(sa.text(f"CREATE TABLE t (n INTEGER, at INTEGER NOT NULL DEFAULT ({expression}))"))
        for n in range(50):
            connection.execute(sa.text("INSERT INTO t (n) VALUES (:n)"), {"n": n})
        rows = connection.execute(sa.text("SELECT n, at FROM t ORDER BY at")).all()

    assert [n for n, _ in rows] == list(range(50))
    assert len({at for _, at in rows}) == 50
    assert all(isinstance(at, int) and at // 1000 == int(NOW) for _, at in rows)


@pytest.mark.parametrize("expression", ["strftime('%Y', 'now')", "unixepoch('now')"])
def test_a_use_of_the_clock_that_is_not_the_engine_s_is_refused(file, expression):
    with file.connect() as connection, pytest.raises(sa.exc.OperationalError, match="user-defined function"):
        connection.execute(sa.text(f"SELECT {expression}"))


@pytest.mark.parametrize(
    "pragma, value",
    [("journal_mode", "wal"), ("synchronous", 1), ("busy_timeout", 30000), ("foreign_keys", 1)],
)
def test_every_connection_is_prepared(file, pragma, value):
    with file.connect() as first, file.connect() as second:
        assert first.execute(sa.text(f"PRAGMA {pragma}")).scalar() == value
        assert second.execute(sa.text(f"PRAGMA {pragma}")).scalar() == value


def test_every_connection_writes_as_the_engine_s_own_do(file):
    with file.connect() as connection:
        assert connection.connection.dbapi_connection.isolation_level == "IMMEDIATE"


def test_an_error_does_not_repeat_the_values(file):
    with file.connect() as connection, pytest.raises(sa.exc.OperationalError) as refused:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:words)"), {"words": "a secret"})

    assert "a secret" not in str(refused.value)


def test_works_that_came_in_one_millisecond_keep_their_order(file):
    ledger = Ledger(file, version="runs-1")
    keys = [f"{9 - n}" for n in range(10)]
    for key in keys:
        ledger.add(work(key))

    assert ledger.open_rows("a lane") == [f"do:{key}" for key in keys]
    ledger.close()


def test_the_engine_runs_on_a_newer_python_with_an_older_sqlite(tmp_path, monkeypatch):
    """As on Debian 12 with a Python of one's own: the engine asks SQLite for what it does not know yet."""
    newer = SimpleNamespace(version_info=(3, 13), maxsize=sys.maxsize)
    migrations = [
        each.replace("strftime('%s','now')", "unixepoch('subsec')")
        for each in dbos._sys_db_sqlite.sqlite_migrations
    ]
    monkeypatch.setattr(dbos._sys_db, "sys", newer)
    monkeypatch.setattr(dbos._sys_db_sqlite, "sqlite_migrations", migrations)
    done = threading.Event()
    seen = []

    def note(_steps, payload):
        seen.append(payload["n"])
        if len(seen) == 20:
            done.set()

    runs = open_runs(tmp_path, poll=0.02)
    try:
        for n in range(20):
            runs.enqueue(work(f"{99 - n}", n=n))
        runs.start({"note": note}, lambda _failure: None)
        assert done.wait(PATIENCE)
    finally:
        runs.close()

    assert seen == list(range(20))
