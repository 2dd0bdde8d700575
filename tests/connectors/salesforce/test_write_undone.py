"""What was written can be taken back to the letter; what somebody changed since stays as it is, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from requests import PreparedRequest

from connectors.errors import NotAllowed, TryLater
from connectors.salesforce.write import SalesforceWriter
from connectors.writes import Done, Stale
from tests.connectors.salesforce.writing import MANY, STEP, World, update
from tests.connectors.salesforce.writing import world as served
from tests.depth import share
from tests.fakes.salesforce.objects import FORECAST, STAGES, VALUES

FIELDS = ("NextStep", "Amount", "CloseDate", "StageName", "ForecastCategoryName", "Type", "Description")
ALONG = ("Probability", "IsWon", "IsClosed", "ForecastCategory", "ExpectedRevenue")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with served(tmp_path) as made:
        yield made


def wish(random: Random, name: str) -> Any:
    """Return some value of a field."""
    match name:
        case "Amount":
            return random.choice((None, Decimal(random.randrange(10**9)) / 100))
        case "CloseDate":
            return date(2026, 1, 1) + timedelta(days=random.randrange(900))
        case "StageName":
            return random.choice(STAGES)[0]
        case "ForecastCategoryName":
            return random.choice(FORECAST)
        case "Type":
            return random.choice((None, *VALUES["Opportunity.Type"]))
        case _:
            return random.choice((None, "„Ja“\nund mehr", f"step {random.random()}"))


def shown(world: World, record: str) -> dict[str, Any]:
    return {name: world.held(name, record) for name in (*FIELDS, *ALONG)}


def test_random_changes_are_undone_to_the_letter_but_for_what_people_changed_since(world: World):
    random, number = Random(59), share(100, of=1000)
    writer, done, befores = world.writer(), dict[str, Done](), dict[str, dict[str, Any]]()
    for place in range(number):
        given = {name: wish(random, name) for name in FIELDS if name != "StageName"}
        record = world.new_deal(**given)
        names = random.sample(FIELDS, random.randint(1, 4))
        changes = {name: (world.held(name, record), wish(random, name)) for name in names}
        if all(before == after for before, after in changes.values()):
            changes = {"NextStep": (world.held("NextStep", record), f"another {place}")}
        befores[record] = shown(world, record)
        done[record] = writer.write(update(world, f"w-{place}", record, **changes), person=world.jane)
        assert done[record].differing == ()
    theirs = set(random.sample(sorted(done), number // 10))
    for record in theirs:
        touched = done[record].edits[0].field
        world.foreign(record, **{touched: _other(world.held(touched, record), touched)})
    after = {record: shown(world, record) for record in theirs}
    world.wait(5)

    spared = set()
    for record, made in done.items():
        assert made.inverse is not None
        try:
            writer.write(made.inverse, person=world.jane)
        except Stale:
            spared.add(record)

    assert spared == theirs
    assert {record: shown(world, record) for record in theirs} == after
    for record in done.keys() - theirs:
        assert shown(world, record) == befores[record]


def _other(value: Any, name: str) -> Any:
    """Return another value of a field than this."""
    others = {
        "Amount": Decimal("7.77"),
        "CloseDate": date(2030, 1, 1),
        "StageName": "Prospecting" if value != "Prospecting" else "Closed Lost",
        "ForecastCategoryName": "Commit" if value != "Commit" else "Omitted",
        "Type": None if value else "New Customer",
    }
    return others.get(name, "of John")


def _meddling(world: World, **values: Any) -> SalesforceWriter:
    """Return a writer between whose change and its reading back John saves the deal."""
    meant = [values]

    def meddle(request: PreparedRequest) -> None:
        if request.method == "GET" and world.patches() and meant:
            world.foreign(**meant.pop())

    return world.writer(before=meddle)


def test_what_somebody_saved_before_the_reading_back_is_not_taken_back(world: World):
    done = _meddling(world, NextStep="John's own").write(update(world, **STEP), person=world.jane)

    assert done.differing == ("NextStep",)
    assert done.inverse is None


def test_of_several_fields_those_are_taken_back_that_hold_what_was_approved(world: World):
    writer = _meddling(world, NextStep="John's own")
    done = writer.write(update(world, **MANY), person=world.jane)
    world.wait(5)
    assert done.inverse is not None

    writer.write(done.inverse, person=world.jane)

    assert world.held("NextStep") == "John's own"
    assert [world.held(name) for name in ("StageName", "Amount")] == ["Qualification", Decimal(48000)]


def test_what_somebody_moved_beside_a_stage_before_the_reading_back_is_not_taken_back(world: World):
    writer = _meddling(world, ForecastCategoryName="Commit", Probability=70)
    done = writer.write(update(world, StageName=("Qualification", "Negotiation/Review")), person=world.jane)

    assert done.inverse is not None
    assert [edit.field for edit in done.inverse.edits] == ["StageName"]


@pytest.mark.parametrize("stage", ["Closed Lost", "Closed Won", "Negotiation/Review"])
def test_a_probability_of_its_own_comes_back_with_the_stage(world: World, stage: str):
    world.foreign(Probability=35)
    world.wait(5)
    writer = world.writer()
    done = writer.write(update(world, StageName=("Qualification", stage)), person=world.jane)
    assert world.held("Probability") != Decimal(35)
    world.wait(5)
    assert done.inverse is not None

    writer.write(done.inverse, person=world.jane)

    assert world.held("StageName") == "Qualification"
    assert world.held("Probability") == Decimal(35)


def test_whoever_may_not_set_the_probability_takes_the_stage_back_alone(world: World):
    world.foreign(Probability=35)
    world.wait(5)
    world.org.rights[world.jane].read_only = frozenset({"Opportunity.Probability"})
    writer = world.writer()
    done = writer.write(update(world, StageName=("Qualification", "Closed Lost")), person=world.jane)
    world.wait(5)
    assert done.inverse is not None

    writer.write(done.inverse, person=world.jane)

    assert world.held("StageName") == "Qualification"


@pytest.mark.parametrize("beside", [{}, STEP, {**STEP, "StageName": ("Qualification", "Qualification")}])
def test_a_probability_is_set_beside_a_stage_that_changes_alone(world: World, beside: dict[str, Any]):
    wanted = update(world, **beside, Probability=(Decimal(10), Decimal(50)))

    with pytest.raises(NotAllowed, match="'Probability' of Opportunity is not open for writing"):
        world.writer().write(wanted, person=world.jane)
    assert world.patches() == []


def test_what_was_read_back_late_is_taken_back_where_it_holds_what_was_approved(world: World):
    def gone(request: PreparedRequest) -> None:
        if request.method == "GET" and world.patches():
            world.server.faults.next("limit", path="/sobjects/Opportunity/006", method="GET")

    with pytest.raises(TryLater):
        world.writer(before=gone).write(update(world, **MANY), person=world.jane)
    world.server.faults.clear()
    world.wait(5)
    world.org.update("Opportunity", world.deal, {"StageName": "Prospecting"}, user=world.jane)
    world.wait(5)
    done = world.writer().write(update(world, **MANY), person=world.jane)
    assert done.differing == ("StageName",)
    assert done.inverse is not None

    world.writer().write(done.inverse, person=world.jane)

    assert [world.held(name) for name in ("StageName", "NextStep")] == ["Prospecting", "Call"]
