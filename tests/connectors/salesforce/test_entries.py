"""Tasks, sent e-mails and cases are made once, found again after a lost answer, and carry a reference to their proposal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import BadRequest, ConnectorError, NotAllowed, TryLater
from connectors.salesforce.allowed import Allowed
from connectors.salesforce.errors import OutcomeUnknown
from connectors.salesforce.why import why
from connectors.salesforce.write import LATE
from connectors.writes import Entry, NewCase, NewTask, SentEmail, Why
from tests.connectors.salesforce.writing import World
from tests.connectors.salesforce.writing import world as served
from tests.fakes.salesforce.org import Rule
from tests.fakes.salesforce.rights import Level, Rights

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
MESSAGES = Allowed(email="EmailMessage")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


def task(world: World, **more: Any) -> NewTask:
    return NewTask(
        **{
            "key": "p-1",
            "about": world.deal,
            "subject": "Send the offer",
            "text": "As agreed",
            "due": date(2026, 11, 30),
            **more,
        }
    )


def email(world: World, **more: Any) -> SentEmail:
    return SentEmail(
        **{
            "key": "p-2",
            "about": world.deal,
            "subject": "Your offer",
            "text": "Dear Ms Buyer,\nhere it is.",
            "sent_at": AT,
            "sender": "jane@tiny.example",
            "to": ("buyer@hallam.example", "cfo@hallam.example"),
            **more,
        }
    )


def case(world: World, **more: Any) -> NewCase:
    return NewCase(
        **{"key": "p-3", "account": world.account, "subject": "Invoice is wrong", "text": "Number 7", **more}
    )


ENTRIES = (task, email, case)


def rows(world: World, name: str) -> list[dict[str, Any]]:
    return list(world.org.tables[name].values())


def test_a_task_is_made_as_who_approved_it(world: World):
    done = world.writer().write(task(world, contact=world.contact), person=world.jane)

    [row] = rows(world, "Task")
    assert (row["Id"], row["OwnerId"], row["CreatedById"]) == (done.record_id, world.jane, world.jane)
    assert (row["WhatId"], row["WhoId"], row["Subject"]) == (world.deal, world.contact, "Send the offer")
    assert (row["ActivityDate"], row["Status"]) == (date(2026, 11, 30), "Not Started")
    assert row["Description"].startswith("As agreed\n\n[Quarterdeck ")
    assert done.inverse is None


def test_a_task_can_be_for_somebody_else_and_about_an_account(world: World):
    world.writer().write(
        task(world, about=world.account, owner=world.john, text="", due=None), person=world.jane
    )

    [row] = rows(world, "Task")
    assert (row["OwnerId"], row["WhatId"]) == (world.john, world.account)
    assert row["Description"].startswith("[Quarterdeck ")


def test_an_email_is_kept_as_a_task_that_is_done(world: World):
    world.writer().write(email(world), person=world.jane)

    [row] = rows(world, "Task")
    assert (row["Status"], row["TaskSubtype"], row["ActivityDate"]) == ("Completed", "Email", AT.date())
    assert row["Description"].startswith(
        "From: jane@tiny.example\nTo: buyer@hallam.example, cfo@hallam.example\nSent: 2026-11-23 14:05 UTC\n\nDear Ms Buyer,"
    )


def test_an_email_is_kept_as_a_message_where_the_org_says_so(world: World):
    world.writer(allowed=MESSAGES).write(email(world), person=world.jane)

    [row] = rows(world, "EmailMessage")
    assert rows(world, "Task") == []
    assert (row["RelatedToId"], row["ToAddress"]) == (world.deal, "buyer@hallam.example; cfo@hallam.example")
    assert (row["MessageDate"], row["Incoming"], row["Status"]) == (AT, False, "3")


def test_a_case_is_made_for_an_account(world: World):
    world.writer().write(case(world, contact=world.contact), person=world.jane)

    [row] = rows(world, "Case")
    assert (row["AccountId"], row["ContactId"], row["OwnerId"]) == (world.account, world.contact, world.jane)
    assert row["Subject"] == "Invoice is wrong"
    [call] = world.server.asked("/sobjects/Case/", "POST")
    assert call.headers["Sforce-Auto-Assign"] == "FALSE"


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_same_key_makes_one(world: World, entry):
    first = world.writer().write(entry(world), person=world.jane)
    calls = len(world.server.calls)

    assert world.writer().write(entry(world), person=world.jane) == first
    assert len(world.server.calls) == calls


@pytest.mark.parametrize("entry", ENTRIES)
def test_one_whose_answer_was_lost_is_found_by_its_reference(world: World, entry):
    world.writer().write(entry(world, key="another"), person=world.jane)
    world.server.faults.next("cut_after", method="POST")

    done = world.writer().write(entry(world), person=world.jane)

    made = [call for call in world.server.calls if call.method == "POST"]
    assert len(made) == 2
    assert done.record_id in {key for table in ("Task", "Case") for key in world.org.tables[table]}


def test_one_whose_answer_broke_off_is_found(world: World):
    world.server.faults.next("malformed_json", method="POST")

    done = world.writer().write(task(world), person=world.jane)

    assert [row["Id"] for row in rows(world, "Task")] == [done.record_id]


@pytest.mark.parametrize("entry", ENTRIES)
def test_one_that_may_still_come_is_waited_for_and_then_made_once(world: World, entry):
    world.server.faults.next("cut_before", method="POST")
    with pytest.raises(OutcomeUnknown):
        world.writer().write(entry(world), person=world.jane)

    with pytest.raises(
        TryLater, match="it may still come, so the same is asked again in 10 minutes"
    ) as caught:
        world.writer().write(entry(world), person=world.jane)
    assert caught.value.after_seconds == LATE.total_seconds()
    world.org.clock.advance(LATE.total_seconds())
    world.writer().write(entry(world), person=world.jane)

    assert [call.status for call in world.server.calls if call.method == "POST"] == [None, 201]


def test_one_that_came_late_is_found(world: World):
    world.server.faults.next("cut_after", method="POST")
    world.server.faults.next("limit", path="/query", soql="FROM Task")
    with pytest.raises(TryLater):
        world.writer().write(task(world), person=world.jane)
    world.org.clock.advance(30)

    done = world.writer().write(task(world), person=world.jane)

    assert [row["Id"] for row in rows(world, "Task")] == [done.record_id]


def test_one_that_was_made_but_not_read_back_is_not_made_again(world: World):
    world.server.faults.next("limit", path="/sobjects/Task/00T", method="GET")
    with pytest.raises(TryLater):
        world.writer().write(task(world), person=world.jane)

    done = world.writer().write(task(world), person=world.jane)

    assert [row["Id"] for row in rows(world, "Task")] == [done.record_id]


def test_what_was_refused_is_made_when_it_is_asked_for_again(world: World):
    world.org.rules.append(Rule(object="Task", check=lambda _row, _before: "Not on a Monday."))
    with pytest.raises(BadRequest, match="FIELD_CUSTOM_VALIDATION_EXCEPTION: Not on a Monday") as caught:
        world.writer().write(task(world), person=world.jane)
    world.org.rules.clear()

    world.writer().write(task(world), person=world.jane)
    assert why(caught.value) is Why.RULE
    assert len(rows(world, "Task")) == 1


def _refused(world: World, entry: Entry, allowed: Allowed | None = None) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        world.writer(allowed=allowed).write(entry, person=world.jane)
    assert [call for call in world.server.calls if call.method == "POST"] == []
    return caught.value


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_not_open_is_not_made(world: World, entry):
    error = _refused(world, entry(world), Allowed(create=frozenset()))

    assert isinstance(error, NotAllowed)
    assert "not open for writing; open are none" in str(error)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"subject": "x" * 256}, "Subject is 256 characters long; it takes 255"),
        ({"text": "x" * 32_000}, "Description is 32,"),
        ({"about": "003QD0000000001YAA"}, "is neither a deal nor an account"),
        ({"contact": "Jane"}, "WhoId is 'Jane'; it takes the id of a record"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(world: World, change, words):
    assert words in str(_refused(world, task(world, **change)))


def test_a_status_that_the_org_does_not_have_is_named(world: World):
    error = _refused(world, task(world), Allowed(open_status="Offen"))

    assert why(error) is Why.PICKLIST
    assert "Status is 'Offen'; its values are 'Not Started'" in str(error)


def test_who_may_not_make_a_task_is_told_so(world: World):
    world.org.rights[world.jane] = Rights(read_only={"Task"})
    error = _refused(world, task(world))

    assert why(error) is Why.NO_RIGHT


def test_nothing_is_made_about_what_one_does_not_see(world: World):
    world.org.sharing = lambda user, _object, _record: Level.NONE if user == world.jane else Level.EDIT
    error = _refused(world, task(world))

    assert why(error) is Why.GONE


def test_an_entry_is_looked_for_from_before_it_was_sent(world: World):
    """The clocks of an org's servers may differ a little."""
    world.server.faults.next("cut_after", method="POST")

    def earlier(request):
        if request.method == "POST":
            world.org.clock.advance(-30)

    done = world.writer(before=earlier).write(task(world), person=world.jane)

    assert [row["Id"] for row in rows(world, "Task")] == [done.record_id]
    assert timedelta(seconds=30) < LATE
