"""The real process, killed without warning between a click and its answer: the change is made once, and said."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.store import open_store
from connectors.demo.people import people
from connectors.demo.written import FILE
from tests.fakes.slack import FakeSlack
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_kill_process import BETWEEN, PATIENCE, Server

JONAS = "Jonas Adler"
DAYS = ("26 Feb", "5 Mar", "12 Mar")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def server(slack: FakeSlack, own_home: Path) -> Iterator[Server]:
    store = open_store(own_home)
    person = next(one.id for one in people() if one.name == JONAS)
    store.notes.write("local", "person", slack.person(JONAS).id, {"person": person})
    store.close()
    found = Server(slack, own_home, QUARTERDECK_WRITES="on")
    yield found
    found.process.terminate()
    found.process.wait(20)


def until(server: Server, so: Callable[[], bool]) -> None:
    """Wait until that is so, while the process goes on."""
    deadline = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < deadline
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(BETWEEN / 5)


@pytest.mark.slow
def test_killed_after_the_click_in_the_midst_and_after_the_write_each_change_is_made_once_and_said(
    slack: FakeSlack, server: Server, own_home: Path
):
    def rows() -> list[dict[str, object]]:
        path = own_home / FILE
        return json.loads(path.read_bytes()) if path.exists() else []

    def says(words: str) -> bool:
        return any(words in told(seen) for seen in slack.seen_by(JONAS))

    for place, day in enumerate(DAYS):
        slack.dm(JONAS, f"push ostrander to {day}")
        card = slack.wait_for_text(JONAS, f"→ {day}. Approve writes it", PATIENCE)
        slack.click(JONAS, card, "Approve")
        if place == 1:
            until(server, lambda day=day: says(f"→ {day}: on its way"))
        if place == 2:
            until(server, lambda: len(rows()) == len(DAYS))
        server.kill()
        slack.wait_for_text(JONAS, f"→ {day}, in Larkmoor's CRM.", PATIENCE)

    assert [row["set"] for row in rows()] == [
        {"close": day} for day in ("2027-02-26", "2027-03-05", "2027-03-12")
    ]
    for day in DAYS:
        assert sum(f"→ {day}, in Larkmoor's CRM." in told(seen) for seen in slack.seen_by(JONAS)) == 1
    store = open_store(own_home)
    assert [line.event for line in store.approvals.trail("local")] == ["approved", "written"] * 3
    assert store.approvals.broken("local") is None
    store.close()
