"""The real process, killed while it brings what is due: started again, all of it comes, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schedules import Rhythm, Schedule, book
from bot.store import open_store
from tests.fakes.slack import FakeSlack
from tests.scenarios.slack.test_kill_process import PATIENCE, PEOPLE, Server

EACH = 4


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def server(slack: FakeSlack, own_home: Path) -> Iterator[Server]:
    """Start the process on a home where some schedules are due now."""
    store = open_store(own_home)
    now = datetime.now(UTC)
    rhythm = Rhythm(
        every="day", at=(now - timedelta(minutes=1)).time().replace(second=0, microsecond=0), zone="UTC"
    )
    for name, person in PEOPLE.items():
        user = slack.person(name).id
        store.notes.write("local", "person", user, {"person": person})
        for number, text in enumerate(("pipeline", "win rate", "commit", "weekly")[:EACH]):
            due = Schedule(
                id=f"{user}{number}",
                owner=user,
                text=text,
                rhythm=rhythm,
                channel=user,
                done_through=now - timedelta(hours=1),
                made_at=now - timedelta(hours=1),
            )
            book.keep(store.notes, "local", due)
    store.close()
    found = Server(slack, own_home)
    yield found
    found.process.terminate()
    found.process.wait(20)


@pytest.mark.slow
def test_killed_while_schedules_come_each_comes_once(slack: FakeSlack, server: Server):
    def tops() -> int:
        return sum(
            one.thread_ts in (None, one.ts)
            for who in PEOPLE
            for one in slack.messages(slack.im_with(who), bot=True)
        )

    for so_many in (1, 6):
        slack.wait_for(lambda so_many=so_many: tops() >= so_many, 2 * PATIENCE)
        server.kill()
    slack.wait_for(lambda: tops() >= EACH * len(PEOPLE), 2 * PATIENCE)
    # Another tick passes, in which what came already must not come again.
    tick = datetime.now(UTC).replace(second=5) + timedelta(minutes=1)
    slack.wait_for(lambda: datetime.now(UTC) > tick, 2 * PATIENCE)

    assert tops() == EACH * len(PEOPLE)
