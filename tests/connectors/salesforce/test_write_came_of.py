"""What came of a change can be asked without sending it; an error says whether something of it may have arrived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import BadRequest, ConnectorError, NotConnected, TryLater
from connectors.salesforce.allowed import Allowed
from connectors.salesforce.entries import making
from connectors.salesforce.journal import Journal
from connectors.salesforce.write import LATE, SalesforceWriter
from connectors.writes import Done, NewTask, Stale, Write
from tests.connectors.salesforce.writing import STEP, World, refused, update
from tests.connectors.salesforce.writing import world as served
from tests.fakes.salesforce.org import Rule


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


def came_of(world: World, wanted: Write | None = None) -> Done | None:
    return world.writer().came_of(wanted or update(world, **STEP), person=world.jane)


def untold(world: World, wanted: Write | None = None) -> ConnectorError:
    """Ask what came of a change of which nobody can tell; return the error."""
    with pytest.raises(ConnectorError) as caught:
        came_of(world, wanted)
    return caught.value


def lost(world: World, kind: str = "cut_after", wanted: Write | None = None) -> ConnectorError:
    """Let the answer to a change be lost, and Salesforce be away afterwards; return the error."""
    known = len(posted(world))

    def gone(request):
        if posted(world)[known:] and request.method == "GET":
            world.server.faults.next("limit", method="GET")

    for method in ("PATCH", "POST"):
        world.server.faults.next(kind, path="/sobjects/", method=method)
    with pytest.raises(ConnectorError) as caught:
        world.writer(before=gone).write(wanted or update(world, **STEP), person=world.jane)
    world.server.faults.clear()
    return caught.value


def posted(world: World) -> list[Any]:
    return [call for call in world.server.calls if call.method != "GET"]


def test_nothing_came_of_what_was_never_asked_for_or_was_refused(world: World):
    assert came_of(world) is None
    world.org.rules.append(Rule(object="Opportunity", check=lambda _row, _before: "Not now."))
    assert not refused(world).sent

    assert came_of(world) is None
    assert len(world.patches()) == 1


def test_what_was_written_is_told_again_without_asking_salesforce(world: World):
    done = world.writer().write(update(world, **STEP), person=world.jane)
    calls = len(world.server.calls)

    assert came_of(world) == done
    assert len(world.server.calls) == calls


def test_a_change_whose_answer_was_lost_is_found_and_nothing_is_sent(world: World):
    error = lost(world)
    assert error.sent

    done = came_of(world)

    assert done is not None
    assert [edit.after for edit in done.edits] == ["Send the contract"]
    assert len(world.patches()) == 1


def test_a_change_that_did_not_arrive_is_unknown_until_no_request_can_be_at_work(world: World):
    assert lost(world, "cut_before").sent

    early = untold(world)
    world.wait(LATE.total_seconds() + 1)

    assert isinstance(early, TryLater)
    assert early.sent
    assert came_of(world) is None
    assert world.held("NextStep") == "Call"
    assert len(world.patches()) == 1
    # What certainly did not arrive marks no later error.
    world.foreign(NextStep="John's own")
    assert not refused(world).sent


def test_a_change_that_was_lost_and_written_over_cannot_be_told(world: World):
    lost(world)
    world.foreign(NextStep="John's own")

    told = untold(world)
    again = refused(world)

    assert isinstance(told, Stale)
    assert isinstance(again, Stale)
    assert told.sent
    assert again.sent
    assert len(world.patches()) == 1


def test_a_change_of_before_is_not_called_unsent_because_somebody_disconnected(world: World, tmp_path: Path):
    lost(world)

    def closed(_person: str) -> AbstractContextManager[Any]:
        raise NotConnected("this person has disconnected Salesforce")

    writer = SalesforceWriter(
        Allowed(), Journal(tmp_path / "salesforce" / "writes"), closed, pause=world.wait
    )
    for ask in (writer.write, writer.came_of):
        with pytest.raises(NotConnected) as caught:
            ask(update(world, **STEP), person=world.jane)
        assert caught.value.sent
    with pytest.raises(NotConnected) as caught:
        writer.write(update(world, "another", **STEP), person=world.jane)
    assert not caught.value.sent


def test_a_change_that_salesforce_took_is_read_back_later(world: World):
    error = lost(world, "cut_before")
    assert error.sent
    journal = Journal(world.home / "salesforce" / "writes")
    noted = journal.find(update(world, **STEP), world.jane)
    assert noted is not None
    journal.keep(replace(noted, state="written"))
    world.foreign(NextStep="John's own")

    done = came_of(world)

    assert done is not None
    assert done.differing == ("NextStep",)


def test_a_change_that_is_refused_by_the_guard_or_gone_was_not_sent(world: World):
    def meddle(request):
        if request.method == "PATCH":
            world.org.delete("Opportunity", world.deal, user=world.john)

    with pytest.raises(ConnectorError) as caught:
        world.writer(before=meddle).write(update(world, **STEP), person=world.jane)

    assert len(world.patches()) == 1
    assert not caught.value.sent
    assert came_of(world) is None


def test_what_somebody_else_is_at_may_be_sent(world: World):
    with Journal(world.home / "salesforce" / "writes").held("proposal-1"):
        assert refused(world).sent
        assert untold(world).sent


def test_what_cannot_be_read_may_have_been_sent_but_another_change_of_the_key_not(world: World):
    lost(world)
    other = update(world, NextStep=("Call", "Pay"))
    assert isinstance(error := untold(world, other), BadRequest)
    assert not error.sent

    [path] = (world.home / "salesforce" / "writes").glob("*.json")
    path.write_text("{", encoding="utf-8")

    assert untold(world).sent
    assert refused(world).sent


def test_a_new_task_whose_answer_was_lost_is_found_and_not_made_again(world: World):
    wanted = NewTask(key="task-1", about=world.deal, subject="Call legal")
    assert came_of(world, wanted) is None
    assert lost(world, wanted=wanted).sent

    done = came_of(world, wanted)

    assert done is not None
    assert making(Allowed(), wanted).object == "Task"
    assert list(world.org.tables["Task"]) == [done.record_id]


def test_a_new_task_that_did_not_arrive_is_unknown_until_no_request_can_be_at_work(world: World):
    wanted = NewTask(key="task-1", about=world.deal, subject="Call legal")
    lost(world, "cut_before", wanted)

    assert untold(world, wanted).sent
    world.wait(LATE.total_seconds() + 1)

    assert came_of(world, wanted) is None
    assert not world.org.tables["Task"]
    assert len(posted(world)) == 1
