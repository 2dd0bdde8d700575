"""Only what is on the list is written, and only values that the field takes: refused before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import BadRequest, NotAllowed
from connectors.salesforce import fieldmap
from connectors.salesforce.allowed import FIELDS, Allowed, load
from connectors.salesforce.why import why
from connectors.writes import Why
from tests.connectors.salesforce.writing import World, update
from tests.connectors.salesforce.writing import world as served
from tests.fakes.salesforce.rights import Rights
from tests.fakes.salesforce.schema import Choice, Field

OPEN = Allowed(
    fields={
        "Opportunity": (
            *FIELDS["Opportunity"],
            "Probability",
            "IsWon",
            "IsPrivate",
            "OwnerId",
            "Team__c",
            "Seats__c",
            "Signed__c",
        )
    }
)


HELD = {"NextStep": "Call", "CloseDate": "2026-12-18", "StageName": "Qualification"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        made.org.add_field(
            "Opportunity", Field("Team__c", "multipicklist", 255, picklist=("North", "South", "East"))
        )
        made.org.add_field("Opportunity", Field("Seats__c", "int"))
        made.org.add_field("Opportunity", Field("Signed__c", "datetime"))
        yield made


@dataclass(frozen=True, kw_only=True)
class Case:
    """A value that is refused: for which reason, and what is said of it."""

    field: str
    after: Any
    says: str
    why: Why = Why.VALUE


CASES = (
    Case(field="Amount", after="a lot", says="Amount is 'a lot'; it takes a number like 48000.00"),
    Case(field="Amount", after=Decimal("NaN"), says="it takes a number"),
    Case(field="Amount", after=Decimal("Infinity"), says="it takes a number"),
    Case(field="Amount", after="1.234", says="Amount is 1.234; it takes 2 decimal places"),
    Case(field="Amount", after="12345678901234567", says="it takes 16 digits before the point"),
    Case(field="Amount", after=True, says="Amount is True; it takes a number"),
    Case(field="Probability", after="40.5", says="it takes whole numbers"),
    Case(field="Seats__c", after="2.5", says="it takes whole numbers"),
    Case(field="Seats__c", after="12345678901", says="it takes 9 digits"),
    Case(
        field="CloseDate",
        after="18.12.2026",
        says="CloseDate is '18.12.2026'; it takes a day like 2026-12-18",
    ),
    Case(field="CloseDate", after=datetime(2026, 12, 18, 9, 30, tzinfo=UTC), says="it takes a day"),
    Case(field="CloseDate", after=date(1492, 10, 12), says="it takes years from 1700 to 4000"),
    Case(field="CloseDate", after=None, says="CloseDate cannot be empty", why=Why.REQUIRED),
    Case(field="Signed__c", after="2026-12-18T09:00:00", says="it takes an instant with its zone"),
    Case(
        field="StageName",
        after="Negotiation",
        says="its values are 'Negotiation/Review', 'Qualification'",
        why=Why.PICKLIST,
    ),
    Case(field="StageName", after="", says="StageName cannot be empty", why=Why.REQUIRED),
    Case(field="Type", after="Renewal", says="Type is 'Renewal'; its values are", why=Why.PICKLIST),
    Case(field="Team__c", after="North;West", says="Team__c is 'West'; its values are", why=Why.PICKLIST),
    Case(field="NextStep", after="x" * 256, says="NextStep is 256 characters long; it takes 255"),
    Case(field="NextStep", after=Decimal(5), says="it takes a text"),
    Case(field="IsPrivate", after="yes", says="it takes true or false"),
    Case(field="OwnerId", after="Jane", says="it takes the id of a record"),
    Case(field="NextStep", after="Call", says="there is nothing to change"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.field}-{str(case.after)[:18]}")
def test_a_value_that_does_not_fit_is_refused_with_what_would_have_worked(world: World, case: Case):
    before = HELD.get(case.field)

    with pytest.raises(BadRequest) as caught:
        world.writer(allowed=OPEN).write(
            update(world, **{case.field: (before, case.after)}), person=world.jane
        )

    assert case.says in str(caught.value)
    assert why(caught.value) is case.why
    assert [call.method for call in world.server.calls if "describe" not in call.path] == []


@pytest.mark.parametrize(
    "field, before, after",
    [
        ("Team__c", None, "North;South"),
        ("Seats__c", None, Decimal(12)),
        ("Signed__c", None, "2026-12-18T09:00:00+01:00"),
        ("IsPrivate", False, True),
        ("Probability", Decimal(10), "40"),
        ("Description", None, "line\r\nand line"),
        ("Type", None, "New Customer"),
    ],
)
def test_a_value_that_fits_is_read_back_as_it_was_sent(world: World, field: str, before: Any, after: Any):
    done = world.writer(allowed=OPEN).write(update(world, **{field: (before, after)}), person=world.jane)

    assert done.differing == ()


def test_an_inactive_value_is_refused_but_may_be_left(world: World):
    stages = world.org.entity("Opportunity").fields["stagename"].choices
    world.org.change_field(
        "Opportunity",
        "StageName",
        picklist=tuple(Choice(one.value, one.label, active=one.value != "Qualification") for one in stages),
    )

    with pytest.raises(BadRequest, match="its values are"):
        world.writer().write(
            update(world, "1", StageName=("Prospecting", "Qualification")), person=world.jane
        )
    world.writer().write(update(world, "2", StageName=("Qualification", "Prospecting")), person=world.jane)
    assert world.held("StageName") == "Prospecting"


def test_a_field_that_is_not_on_the_list_is_not_written(world: World):
    with pytest.raises(
        NotAllowed, match=r"'OwnerId' of Opportunity is not open for writing; open are .*NextStep"
    ):
        world.writer().write(update(world, OwnerId=(world.jane, world.john)), person=world.jane)
    assert [call.method for call in world.server.calls if "describe" not in call.path] == []


@pytest.mark.parametrize(
    "rights, field, words",
    [
        (Rights(hidden={"Opportunity.NextStep"}), "NextStep", "does not see NextStep"),
        (Rights(read_only={"Opportunity.NextStep"}), "NextStep", "may not change NextStep"),
        (Rights(), "IsWon", "may not change IsWon"),
    ],
)
def test_a_field_that_is_not_the_approvers_to_change_is_not_sent(
    world: World, rights: Rights, field: str, words: str
):
    world.org.rights[world.jane] = rights

    with pytest.raises(NotAllowed, match=words) as caught:
        world.writer(allowed=OPEN).write(update(world, **{field: (None, "x")}), person=world.jane)
    assert why(caught.value) is Why.NO_RIGHT
    assert world.patches() == []


def test_a_right_that_was_given_meanwhile_is_noticed(world: World):
    writer = world.writer()
    world.org.rights[world.jane] = Rights(read_only={"Opportunity.NextStep"})
    with pytest.raises(NotAllowed):
        writer.write(update(world, NextStep=("Call", "Wait")), person=world.jane)
    world.org.rights[world.jane] = Rights()

    writer.write(update(world, NextStep=("Call", "Wait")), person=world.jane)
    assert world.held("NextStep") == "Wait"


def test_the_orgs_own_file_says_what_is_open(tmp_path: Path):
    (tmp_path / "salesforce.toml").write_text(
        '[deal]\namount = "ARR__c"\n\n[write]\nOpportunity = ["NextStep", "ARR__c"]\nContact = []\n'
        'create = ["task"]\nemail = "EmailMessage"\ndone_status = "Erledigt"\n',
        encoding="utf-8",
    )

    allowed = load(tmp_path)

    assert allowed.fields == {
        "Opportunity": ("NextStep", "ARR__c"),
        "Account": FIELDS["Account"],
        "Contact": (),
    }
    assert allowed.create == {"task"}
    assert (allowed.email, allowed.open_status, allowed.done_status) == (
        "EmailMessage",
        "Not Started",
        "Erledigt",
    )
    assert fieldmap.load(tmp_path).own == {("deal", "amount")}


def test_without_a_file_the_defaults_are_open(tmp_path: Path):
    assert load(tmp_path) == Allowed()
    assert "StageName" in Allowed().fields["Opportunity"]


@pytest.mark.parametrize(
    "text, words",
    [
        ('[write]\nLead = ["Status"]', "'Lead' in .write.; what can be said there is Opportunity"),
        ('[write]\nOpportunity = "NextStep"', "is no list of names"),
        ('[write]\ncreate = ["event"]', "says 'event'; use task, email, case"),
        ('[write]\nemail = "Event"', "says 'Event'; use Task, EmailMessage"),
        ("write = 1", "is no part"),
        ("[write", "is not valid TOML"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str, words: str):
    (tmp_path / "salesforce.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadRequest, match=words):
        load(tmp_path)
