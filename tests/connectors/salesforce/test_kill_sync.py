"""Killed at any point, a sync goes on, and the mirror ends as if nothing had happened: no row lost, none doubled."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.mirror import Mirror, open_generation
from tests.connectors.salesforce.desk import LARKMOOR_FIELDS
from tests.depth import share
from tests.fakes.salesforce.http import Answer, Request
from tests.fakes.salesforce.larkmoor import HOST, larkmoor
from tests.fakes.salesforce.server import FakeSalesforce

ROOT = Path(__file__).parents[3]
POINTS = share(20, of=100)


class Child:
    """Syncs in children of a process of its own, and kills them."""

    def __init__(self, server: FakeSalesforce) -> None:
        self._count, self._at = 0, -1
        self._pid, self._known = 0, threading.Event()
        self._served = server.routes["/services/data"]
        server.routes["/services/data"] = self._counted
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.connectors.salesforce.forked"),
                *(str(server.port), HOST, server.tokens.issue(server.org.admin)),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        with self._process:
            self._process.stdin.close()

    def whole(self, home: Path) -> tuple[int, int]:
        """Sync to the end; return how many calls and how many steps that took."""
        said = self._run(home, call=-1, step=0)
        assert said[-1] == "ended 0", said
        return self._count, len(said) - 1

    def killed(self, home: Path, *, call: int = -1, step: int = 0) -> bool:
        """Sync, and kill the child when it makes its call of that number, or has said so many steps; say whether it died."""
        said = self._run(home, call=call, step=step)
        assert said[-1] in {"ended 9", "ended 0"}, said
        return said[-1] == "ended 9"

    def _run(self, home: Path, *, call: int, step: int) -> list[str]:
        self._count, self._at = 0, call
        self._known.clear()
        print(home, file=self._process.stdin, flush=True)
        said: list[str] = []
        for line in self._process.stdout:
            if line.startswith("pid"):
                self._pid = int(line.split()[1])
                self._known.set()
                continue
            said.append(line.strip())
            if line.startswith("ended"):
                break
            if len(said) == step:
                os.kill(self._pid, signal.SIGKILL)
        return said

    def _counted(self, request: Request) -> Answer:
        number, self._count = self._count, self._count + 1
        if number == self._at:
            self._known.wait(10)
            os.kill(self._pid, signal.SIGKILL)
        return self._served(request)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSalesforce]:
    """Serve a small Larkmoor in which the last week has not happened yet; it happens when the clock is moved on."""
    made = larkmoor(opportunities=60)
    with FakeSalesforce(made.org, host=HOST) as served:
        yield served


@pytest.fixture(scope="module")
def child(server: FakeSalesforce) -> Iterator[Child]:
    """Return the process whose children are killed."""
    forks = Child(server)
    yield forks
    forks.close()


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """Return a home into which nothing was synced yet."""
    home = tmp_path / "first"
    home.mkdir()
    (home / "salesforce.toml").write_text(LARKMOOR_FIELDS, encoding="utf-8")
    return home


def test_wherever_a_sync_is_killed_the_next_one_ends_in_the_same_mirror(
    server: FakeSalesforce, child: Child, first: Path, tmp_path: Path
) -> None:
    fresh, loaded, again = (tmp_path / name for name in ("fresh", "loaded", "again"))
    shutil.copytree(first, fresh)
    child.whole(first)
    before = _records(first)
    shutil.copytree(first, loaded)
    _a_day_passes(server)
    shutil.copytree(fresh, again)
    # From nothing, and from what was known a day before: what they come to, in how many calls and steps.
    begun = ((fresh, *child.whole(again), _records(again)), (loaded, *child.whole(first), _records(first)))
    assert before not in (begun[0][3], begun[1][3])

    dice, died = random.Random(6), 0
    for number in range(POINTS):
        template, calls, steps, wanted = begun[number % 2]
        home = tmp_path / f"home-{number}"
        shutil.copytree(template, home)
        # As likely while records are fetched as while they are told, merged and published; and sometimes twice.
        for _ in range(dice.choice((1, 1, 2))):
            at = {"call": dice.randrange(calls)} if dice.random() < 0.5 else {"step": dice.randint(1, steps)}
            died += child.killed(home, **at)
        child.whole(home)

        assert _records(home) == wanted, f"killed at {at}, as number {number}"
        shutil.rmtree(home)
    assert died > POINTS * 0.8


def _a_day_passes(server: FakeSalesforce) -> None:
    org = server.org
    deals = sorted(key for key, row in org.tables["Opportunity"].items() if not row["IsDeleted"])
    org.clock.advance(hours=20)
    for number, deal in enumerate(deals[:40]):
        org.update("Opportunity", deal, {"NextStep": f"step {number}", "Amount": f"{number}000.00"})
    org.delete("Opportunity", deals[40])
    org.purge("Opportunity", deals[41])
    org.insert("Opportunity", {"Name": "New", "StageName": "Discovery", "CloseDate": "2026-12-31"})
    people = sorted(key for key, row in org.tables["User"].items() if row["IsActive"])
    org.update("User", people[1], {"Title": "Regional director"})
    org.clock.advance(hours=4)


def _records(home: Path) -> list[tuple[object, ...]]:
    """Return what matters of a mirror: every row but those of the log, of which the states are made; all ids are single."""
    with open_generation(Mirror(home, "salesforce").current()) as con:
        for table in ("deal", "event", "activity", "person", "account"):
            [(rows, ids)] = con.execute(f"SELECT count(*), count(DISTINCT id) FROM {table}").fetchall()
            assert rows == ids > 0
        tables = ("state", "deal", "activity", "person", "account", "product")
        return [
            row for table in tables for row in con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
        ]
