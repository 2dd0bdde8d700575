"""What is kept of a write is forgotten when its time is up, and not while somebody is at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import ConnectorError
from connectors.salesforce.journal import Journal
from tests.connectors.salesforce.desk import crm
from tests.connectors.salesforce.writing import STEP, World, refused, update
from tests.connectors.salesforce.writing import world as served

SECOND, KEPT = timedelta(seconds=1), timedelta(days=400)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


def files(world: World) -> list[Path]:
    return sorted((world.home / "salesforce" / "writes").iterdir())


def forget(world: World, *, before: datetime) -> int:
    return crm(world.server, world.home).forget_writes(before=before)


def test_nothing_is_forgotten_where_nothing_was_written(world: World):
    assert forget(world, before=world.org.clock()) == 0


def test_a_write_is_forgotten_when_its_time_is_up_and_another_stays(world: World):
    first = world.writer().write(update(world, **STEP), person=world.jane)
    world.wait(60)
    other = update(world, "another", NextStep=("Send the contract", "Pay"))
    second = world.writer().write(other, person=world.jane)

    early = forget(world, before=first.at)
    gone = forget(world, before=first.at + SECOND)

    assert (early, gone) == (0, 1)
    assert len(files(world)) == 2  # the other one, and its lock
    assert world.writer().came_of(other, person=world.jane) == second
    assert forget(world, before=second.at + SECOND) == 1
    assert files(world) == []


def test_a_write_whose_answer_was_lost_is_forgotten_after_it_was_sent_last(world: World):
    world.server.faults.next("cut_before", method="PATCH", count=2)
    with pytest.raises(ConnectorError):
        world.writer().write(update(world, **STEP), person=world.jane)
    sent = world.org.clock()

    assert forget(world, before=sent - timedelta(minutes=1)) == 0
    assert forget(world, before=sent + SECOND) == 1
    assert files(world) == []


def test_what_was_never_sent_or_cannot_be_read_is_forgotten_by_the_disks_clock(world: World):
    world.foreign(NextStep="John's own")
    assert not refused(world).sent
    folder = world.home / "salesforce" / "writes"
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / ".x.json.abc.part").write_text('"Call', encoding="utf-8")
    at = world.org.clock()
    for path in files(world):
        os.utime(path, (at.timestamp(), at.timestamp()))

    assert forget(world, before=at) == 0
    for path in files(world):
        os.utime(path, (at.timestamp(), at.timestamp()))
    assert forget(world, before=at + SECOND) == 2
    assert files(world) == []


def test_a_write_that_somebody_is_at_stays(world: World):
    done = world.writer().write(update(world, **STEP), person=world.jane)
    with Journal(world.home / "salesforce" / "writes").held("proposal-1"):
        assert forget(world, before=done.at + KEPT) == 0

    assert world.writer().came_of(update(world, **STEP), person=world.jane) == done
