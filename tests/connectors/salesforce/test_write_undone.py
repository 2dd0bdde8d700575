"""What was written can be taken back to the letter; what somebody changed since stays as it is, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from connectors.writes import Done, Stale
from tests.connectors.salesforce.writing import World, update
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
