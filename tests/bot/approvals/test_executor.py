"""What was approved is carried out once, as who approved it; everything else is not, and has its reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.approvals.executor import PAUSES, Executor, Later
from bot.approvals.values import Outcome
from connectors.errors import BadRequest, ConnectorError, NotAllowed, NotConnected, TryLater
from connectors.readonly import ReadOnly
from connectors.records import Status
from connectors.writes import Edit, Stale, Update
from tests.bot.approvals import desk as desks
from tests.bot.approvals.desk import OTHER, OWNER, Desk, proposal
from tests.bot.approvals.test_kept import sql


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from desks.desk(tmp_path)


def carried(desk: Desk, key: str = "p-1", *, halted: str = "", tries: int = 0) -> Outcome | Later:
    kept = desk.store.approvals.get("one", key)
    assert kept is not None
    return desk.executor.carry_out(kept, halted=halted, tries=tries)


def test_it_is_written_once_as_the_owner_however_often_it_is_asked_for(desk: Desk):
    desk.approved(proposal())
    found = [carried(desk) for _ in range(3)]

    assert desk.step == "send the contract"
    assert desk.writer.people == [OWNER]
    assert found[0] == found[1] == found[2]
    assert isinstance(found[0], Outcome)
    assert [(one.field, one.before, one.after) for one in found[0].back] == [
        ("next_step", "send the contract", "call")
    ]
    assert desk.step == "send the contract"


def test_what_nobody_approved_is_not_carried_out(desk: Desk):
    kept = desk.store.approvals.keep(proposal())
    with pytest.raises(ValueError, match="not approved"):
        desk.executor.carry_out(kept, halted="", tries=0)
    desk.approved(proposal())
    with pytest.raises(ValueError, match="nothing is written here"):
        Executor(desk.crm, desk.store.approvals, writer=None, now=desk.clock).carry_out(
            desk.kept(proposal()), halted="", tries=0
        )

    assert desk.step == "call"


def test_what_was_altered_after_the_approval_is_refused(desk: Desk, tmp_path: Path):
    desk.approved(proposal())
    sql(tmp_path, "UPDATE proposal SET body = replace(body, 'send the contract', 'send the contracT')")
    found = carried(desk)

    assert isinstance(found, Outcome)
    assert (found.state, found.why, desk.step) == ("refused", "altered", "call")


@pytest.mark.parametrize("halted, later, why", [("stopped by Marcus", 0, "stopped"), ("", 61, "expired")])
def test_stopped_or_expired_it_is_refused(desk: Desk, halted: str, later: int, why: str):
    desk.approved(proposal())
    desk.clock.forward(timedelta(minutes=later))
    found = carried(desk, halted=halted)

    assert isinstance(found, Outcome)
    assert (found.state, found.why, desk.step) == ("refused", why, "call")


@pytest.mark.parametrize("halted", ["stopped by Marcus", ""])
def test_what_was_begun_is_never_called_unwritten(desk: Desk, halted: str):
    """The process died between the write and what is kept of it."""
    kept = desk.approved(proposal())
    desk.store.approvals.begin(kept.proposal, desk.clock())
    desk.writer.write(proposal_update(desk), person=OWNER)
    found = carried(desk, halted=halted)

    assert isinstance(found, Outcome)
    assert found.state == "written"
    assert desk.writer.people == [OWNER]


def proposal_update(desk: Desk) -> Update:
    [change] = proposal().changes
    edit = Edit(field=change.field, before=change.before, after=change.after)
    return desk.crm.update("D1", (edit,), key="p-1")


def test_a_deal_that_is_somebody_elses_or_gone_is_refused(desk: Desk):
    desk.approved(proposal())
    desk.crm.live["D1"] = dataclasses.replace(desk.crm.live["D1"], owner_id=OTHER)
    moved = carried(desk)
    desk.approved(proposal("p-2"))
    del desk.crm.live["D1"]
    gone = carried(desk, "p-2")

    assert isinstance(moved, Outcome)
    assert isinstance(gone, Outcome)
    assert (moved.why, gone.why) == ("moved", "gone")
    assert desk.writer.people == []


def test_a_change_between_approval_and_write_is_found(desk: Desk):
    desk.approved(proposal())

    def meddle() -> None:
        desk.crm.live["D1"] = dataclasses.replace(desk.crm.live["D1"], next_step="John's own")

    desk.writer.before = meddle
    found = carried(desk)

    assert isinstance(found, Outcome)
    assert (found.state, found.why, desk.step) == ("refused", "stale", "John's own")
    assert [(one.before, one.after) for one in found.there] == [("call", "John's own")]


@pytest.mark.parametrize("sent, state", [(True, "unknown"), (False, "refused")])
def test_what_cannot_be_done_now_is_tried_again_and_given_up(desk: Desk, *, sent: bool, state: str):
    desk.approved(proposal())
    desk.writer.trouble = [TryLater("busy", after_seconds=9_999), *(TryLater("busy") for _ in PAUSES)]
    desk.writer.trouble[-1].sent = sent
    found = [carried(desk, tries=number) for number in range(len(PAUSES) + 1)]

    assert [one.seconds for one in found[:-1] if isinstance(one, Later)] == [900.0, *PAUSES[1:]]
    assert isinstance(found[-1], Outcome)
    assert found[-1].state == state


@pytest.mark.parametrize("sent", [True, False])
def test_between_two_tries_it_is_known_whether_something_was_sent(desk: Desk, *, sent: bool):
    kept = desk.approved(proposal())
    desk.writer.trouble = [TryLater("busy")]
    desk.writer.trouble[0].sent = sent
    carried(desk)

    assert (desk.kept(kept.proposal).begun is not None) == sent


@pytest.mark.parametrize("error", [Stale("it changed"), NotConnected("not any more"), BadRequest("a rule")])
def test_an_error_after_something_was_sent_is_no_refusal(desk: Desk, error: ConnectorError):
    desk.approved(proposal())
    error.sent = True
    desk.writer.trouble = [error]
    found = carried(desk)

    assert isinstance(found, Outcome)
    assert found.state == "unknown"


def test_what_may_have_been_sent_stays_so_where_the_deal_cannot_be_read(desk: Desk):
    kept = desk.approved(proposal())
    desk.store.approvals.begin(kept.proposal, desk.clock())
    desk.crm.away = NotAllowed("no right")
    found = carried(desk)

    assert isinstance(found, Outcome)
    assert found.state == "unknown"


@pytest.mark.parametrize(
    "change, later, why",
    [({"owner_id": OTHER}, 0, "moved"), ({"status": Status.WON}, 0, "closed"), ({}, 20, "expired")],
)
@pytest.mark.parametrize("arrived", [False, True])
def test_owner_state_and_time_count_in_every_try(
    desk: Desk, change: dict[str, Any], later: int, why: str, *, arrived: bool
):
    kept = desk.approved(proposal())
    if arrived:
        desk.writer.write(proposal_update(desk), person=OWNER)
    desk.store.approvals.begin(kept.proposal, desk.clock())
    desk.clock.forward(timedelta(days=later))
    desk.crm.live["D1"] = dataclasses.replace(desk.crm.live["D1"], **change)
    found = carried(desk, tries=1)

    assert isinstance(found, Outcome)
    assert (found.state, found.why) == (("written", "") if arrived else ("refused", why))
    assert desk.writer.people == [OWNER] * arrived


def test_what_is_taken_back_may_be_closed(desk: Desk):
    desk.crm.live["D1"] = dataclasses.replace(desk.crm.live["D1"], status=Status.LOST)
    desk.approved(proposal().model_copy(update={"undoes": "p-0"}))
    found = carried(desk)

    assert isinstance(found, Outcome)
    assert found.state == "written"


def test_who_is_not_connected_hears_that(desk: Desk):
    desk.approved(proposal())
    desk.writer.trouble = [NotConnected("not yet")]
    found = carried(desk)

    assert isinstance(found, Outcome)
    assert (found.state, found.why) == ("refused", "unconnected")


def test_what_answers_and_reports_cannot_write(desk: Desk):
    reading = ReadOnly(desk.crm)

    assert not hasattr(reading, "apply")
    assert not hasattr(reading, "writer")
    assert not hasattr(reading, "update")
    assert reading.read("D1") == desk.crm.live["D1"]
