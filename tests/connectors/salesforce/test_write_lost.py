"""A change whose answer was lost is settled by reading the record: it is made once, or a person is told what cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import TryLater
from connectors.salesforce.why import why
from connectors.writes import Stale, Why
from tests.connectors.salesforce.writing import STEP, World, refused, update
from tests.connectors.salesforce.writing import world as served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "unavailable"])
def test_a_lost_answer_is_settled_by_reading(world: World, kind: str):
    world.server.faults.next(kind, method="PATCH")

    done = world.writer().write(update(world, **STEP), person=world.jane)

    assert done.differing == ()
    assert world.held("NextStep") == "Send the contract"
    assert len(world.patches()) == (1 if kind == "cut_after" else 2)
    assert len(world.org.tables["OpportunityFieldHistory"]) == 2  # made, and changed once


def test_an_answer_that_is_lost_twice_is_said_to_be_unknown_and_can_be_asked_again(world: World):
    world.server.faults.next("cut_before", method="PATCH", count=2)

    assert why(refused(world)) is Why.UNKNOWN
    assert world.held("NextStep") == "Call"
    world.writer().write(update(world, **STEP), person=world.jane)
    assert world.held("NextStep") == "Send the contract"


def _out_of_sight(world: World):
    """Return what lets Salesforce be away as soon as a change was sent."""

    def gone(request):
        if world.patches() and request.method == "GET":
            world.server.faults.next("limit", path="/sobjects/Opportunity/006", method="GET")

    return gone


def test_a_change_that_somebody_took_back_is_not_made_again(world: World):
    world.server.faults.next("cut_after", method="PATCH")
    with pytest.raises(TryLater):
        world.writer(before=_out_of_sight(world)).write(update(world, **STEP), person=world.jane)
    world.server.faults.clear()
    assert world.held("NextStep") == "Send the contract"
    world.foreign(NextStep="Call")
    world.org.clock.advance(5)

    with pytest.raises(Stale, match="may have been made and taken back"):
        world.writer().write(update(world, **STEP), person=world.jane)
    assert len(world.patches()) == 1
    assert world.held("NextStep") == "Call"


def test_a_record_whose_look_broke_off_is_looked_at_again_later(world: World):
    world.server.faults.next("malformed_json", path="/sobjects/Opportunity/006", method="GET")

    assert why(refused(world)) is Why.DOWN
    assert world.patches() == []


def test_a_change_that_is_overtaken_while_it_is_sent_again_is_not_called_unwritten(world: World):
    world.server.faults.next("cut_before", method="PATCH")

    def meddle(request):
        if request.method == "PATCH" and world.patches():
            world.foreign(NextStep="John's own")

    with pytest.raises(Stale, match="may have been made"):
        world.writer(before=meddle).write(update(world, **STEP), person=world.jane)
    assert world.held("NextStep") == "John's own"


def test_a_change_that_cannot_be_read_back_is_not_sent_again(world: World):
    with pytest.raises(TryLater, match="took the change"):
        world.writer(before=_out_of_sight(world)).write(update(world, **STEP), person=world.jane)
    world.server.faults.clear()
    world.foreign(NextStep="John's own")

    done = world.writer().write(update(world, **STEP), person=world.jane)

    assert done.differing == ("NextStep",)
    assert len(world.patches()) == 1


def test_a_change_that_was_lost_and_then_written_over_is_not_called_unwritten(world: World):
    world.server.faults.next("cut_after", method="PATCH")
    with pytest.raises(TryLater):
        world.writer(before=_out_of_sight(world)).write(update(world, **STEP), person=world.jane)
    world.server.faults.clear()
    world.foreign(NextStep="John's own")

    error = refused(world)

    assert isinstance(error, Stale)
    assert "it may have been made before that" in str(error)
    assert "nothing was written" not in str(error)
    assert [edit.after for edit in error.found] == ["John's own"]
