"""What was read under some rights may be seen under others, or not: by limits that are kept as texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.access import Access, Grant, Sight

AT = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
ALL = Sight(at=AT)
EAST = Sight(key="east", deals=Path("east.parquet"), count=3, at=AT)
WEST = Sight(key="west", deals=Path("west.parquet"), count=2, at=AT - timedelta(hours=1))
BLIND = Sight(hidden=frozenset({"amount"}), at=AT)


def access(*sights: Sight | None) -> Access:
    first, *others = (Grant(person=f"p{place}", sight=sight) for place, sight in enumerate(sights))
    return Access(workspace="w", asker=first, audience=tuple(others))


def test_all_sights_limit_together_each_once():
    together = access(WEST, EAST, ALL, EAST, BLIND)

    assert [sight.key for sight in together.sights] == ["east", "west"]
    assert together.hidden == {"amount"}
    assert together.told_at == WEST.at


def test_who_sees_every_deal_and_field_is_limited_by_nothing():
    assert access(ALL).limits == Access.operator("w").limits
    assert access(ALL).told_at == AT
    assert access(None).told_at is None


def test_limits_tell_of_fingerprints_and_fields_and_of_no_file():
    assert access(EAST, BLIND).limits == '[null, null, true, ["east"], ["amount"]]'


@pytest.mark.parametrize(
    "read, seen, covered",
    [
        (access(EAST), access(EAST), True),
        (access(EAST), access(ALL), True),
        (access(EAST, WEST), access(EAST), True),
        (access(EAST), access(EAST, WEST), False),
        (access(EAST), access(WEST), False),
        (access(ALL), access(EAST), False),
        (access(BLIND), access(ALL), True),
        (access(ALL), access(BLIND), False),
        (access(EAST), access(EAST, BLIND), False),
    ],
)
def test_what_was_read_is_covered_only_by_the_same_rights_or_wider_ones(
    read: Access, seen: Access, *, covered: bool
):
    assert seen.covers(read.limits) is covered


def test_what_nobody_limited_is_covered_by_no_sight():
    assert not access(EAST).covers("")
    assert access(ALL).covers("")
    assert not access(BLIND).covers("[null, null, true]")


GROWN = Sight(key="eastern", deals=Path("eastern.parquet"), count=3, includes=("east",), at=AT)


@pytest.mark.parametrize(
    "read, seen, covered, still",
    [
        (access(EAST), access(GROWN), True, True),
        (access(GROWN), access(EAST), False, False),
        (access(EAST, WEST), access(GROWN, WEST), True, True),
        (access(EAST, WEST), access(GROWN), True, False),
        (access(EAST), access(GROWN, WEST), False, False),
        (access(EAST), access(EAST), True, True),
        (access(EAST), access(ALL), True, False),
        (access(ALL), access(ALL), True, True),
        (access(EAST), access(GROWN, BLIND), False, False),
        (access(EAST), access(replace(GROWN, includes=()), GROWN), True, True),
    ],
)
def test_deals_that_came_to_be_visible_change_nothing_of_what_was_read_before(
    read: Access, seen: Access, *, covered: bool, still: bool
):
    assert seen.covers(read.limits) is covered
    assert seen.still(read.limits) is still


def test_other_eyes_than_the_same_ones_are_not_still_those():
    declared = Access(workspace="w", asker=Grant(person="p", regions=frozenset({"EMEA"}), sight=GROWN))

    assert not declared.still(access(EAST).limits)
    assert declared.sees_still(access(EAST).limits)


def test_a_sight_of_no_deal_shows_nothing():
    assert access(Sight(key="none", deals=Path("none.parquet"), count=0, at=AT)).nothing
    assert not access(EAST, WEST).nothing
