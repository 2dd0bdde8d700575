"""Kill -9 at each step of a write: the next run ends in at most one write, and in one answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from random import Random

import pytest

from connectors.errors import TryLater
from connectors.salesforce.write import LATE
from connectors.writes import Done, NewCase, NewTask, Stale, Update, Write
from tests.connectors.salesforce.dying import Job, Mortals, Point
from tests.connectors.salesforce.writing import World, update
from tests.connectors.salesforce.writing import world as served
from tests.depth import share

# Describing, looking, writing, reading back; planned, sent, written, done.
POINTS: tuple[Point, ...] = tuple(
    (what, number, when)
    for what in ("request", "journal")
    for number in range(1, 5)
    for when in ("before", "after")
)
BEYOND: Point = ("request", 5, "before")


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as made:
        yield made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


def begun(world: World, mortals: Mortals, wanted: Write, point: Point) -> bool:
    """Begin a write in another process that dies at the point; say whether it came there."""
    return mortals.run(
        Job(
            home=world.home,
            port=world.server.port,
            instance_url=world.server.instance_url,
            token=world.server.tokens.issue(world.jane),
            person=world.jane,
            wanted=wanted,
            point=point,
        )
    )


def ended(world: World, wanted: Write) -> Done:
    """Ask for the same until there is an answer, each time as late as was said."""
    try:
        return world.writer().write(wanted, person=world.jane)
    except TryLater as error:
        world.org.clock.advance(error.after_seconds or 0)
        return world.writer().write(wanted, person=world.jane)


def changes(world: World, record: str) -> list[tuple[str, str]]:
    """Return what the org's own history says about a deal's next step."""
    return [
        (row["OldValue"], row["NewValue"])
        for row in world.org.tables["OpportunityFieldHistory"].values()
        if row["OpportunityId"] == record and row["Field"] == "NextStep"
    ]


def step(world: World, place: int) -> Update:
    return update(world, f"p-{place}", world.new_deal(), NextStep=("Call", "Send the contract"))


def task(world: World, place: int) -> NewTask:
    return NewTask(key=f"t-{place}", about=world.deal, subject=f"Send offer {place}")


def case(world: World, place: int) -> NewCase:
    return NewCase(key=f"c-{place}", account=world.account, subject=f"Invoice {place}")


def test_an_update_is_made_once_wherever_it_was_killed(world: World, mortals: Mortals):
    for place, point in enumerate(POINTS):
        wanted = step(world, place)
        assert begun(world, mortals, wanted, point), point
        world.org.clock.advance(5)

        done = ended(world, wanted)

        assert changes(world, wanted.record_id) == [("Call", "Send the contract")], point
        assert [(edit.before, edit.after) for edit in done.edits] == [("Call", "Send the contract")], point
        assert done.inverse is not None
        assert ended(world, wanted) == done


def test_an_update_is_made_once_when_the_next_run_is_killed_too(world: World, mortals: Mortals):
    pairs = list(product(POINTS, POINTS))
    for place, (first, second) in enumerate(Random(59).sample(pairs, share(24, of=len(pairs)))):
        wanted = step(world, place)
        assert begun(world, mortals, wanted, first)
        world.org.clock.advance(5)
        begun(world, mortals, wanted, second)
        world.org.clock.advance(5)

        ended(world, wanted)

        assert changes(world, wanted.record_id) == [("Call", "Send the contract")], (first, second)


@pytest.mark.parametrize("entry, table", [(task, "Task"), (case, "Case")])
def test_an_entry_is_made_once_wherever_it_was_killed(world: World, mortals: Mortals, entry, table: str):
    for place, point in enumerate(POINTS):
        wanted = entry(world, place)
        assert begun(world, mortals, wanted, point), point

        done = ended(world, wanted)

        made = [row["Id"] for row in world.org.tables[table].values() if row["Subject"] == wanted.subject]
        assert made == [done.record_id], point
        assert ended(world, wanted) == done


def test_an_entry_that_was_not_sent_before_the_kill_is_not_found_and_made_later(
    world: World, mortals: Mortals
):
    wanted = task(world, 1)
    begun(world, mortals, wanted, ("request", 3, "before"))

    with pytest.raises(TryLater) as caught:
        world.writer().write(wanted, person=world.jane)

    assert caught.value.after_seconds == LATE.total_seconds()
    assert not world.org.tables["Task"]


def test_after_a_kill_a_foreign_change_is_spared(world: World, mortals: Mortals):
    for place, point in enumerate(POINTS):
        wanted = step(world, place)
        begun(world, mortals, wanted, point)
        made = changes(world, wanted.record_id)
        world.foreign(wanted.record_id, NextStep="John's own")
        world.org.clock.advance(5)
        with suppress(Stale):
            ended(world, wanted)

        assert world.held("NextStep", wanted.record_id) == "John's own", point
        assert len(changes(world, wanted.record_id)) == len(made) + 1


def test_the_points_are_all_there_are(world: World, mortals: Mortals):
    assert not begun(world, mortals, step(world, 1), BEYOND)
    assert not begun(world, mortals, step(world, 2), ("journal", 5, "before"))
    assert not begun(world, mortals, task(world, 3), BEYOND)
    assert not begun(world, mortals, task(world, 4), ("journal", 5, "before"))
