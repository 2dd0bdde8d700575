"""Others work in Salesforce at the same time: whatever they change is found, and nothing of it is written over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import ConnectorError, TryLater
from connectors.writes import Done, Stale, Update
from tests.connectors.salesforce.writing import STEP, World, update
from tests.connectors.salesforce.writing import world as served
from tests.depth import share

THREADS = 8
FIELDS = ("NextStep", "Type")
THEIRS = {"NextStep": ("Call", "Wait", None), "Type": ("New Customer", "Existing Customer - Upgrade", None)}
OURS = {"Type": ("Existing Customer - Replacement", "Existing Customer - Downgrade")}
# What goes wrong with the change; `lost` leaves nobody to ask what came of it.
FAULTS = ("cut_before", "cut_after", "lost", "unavailable", "row_lock", "limit")
_KEYS = count(1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with served(Path(tmp_path_factory.mktemp("races"))) as made:
        made.org.tracked = frozenset(FIELDS)
        yield made


def test_a_thousand_changes_between_proposal_and_writing_are_all_found(world: World):
    """Half of them come before the record is looked at again, half between that and the writing."""
    deals = [world.new_deal() for _ in range(1000)]
    late = set(deals[::2])
    lock = threading.Lock()

    def meddle(request):
        record = request.url.rpartition("/")[2]
        with lock:
            due = request.method == "PATCH" and record in late
            late.discard(record)
        if due:
            world.foreign(record, NextStep=f"of John, {record}")

    for record in deals[1::2]:
        world.foreign(record, NextStep=f"of John, {record}")
    world.wait(5)
    writer = world.writer(before=meddle)

    def apply(record: str) -> bool:
        try:
            writer.write(update(world, f"race-{record}", record, **STEP), person=world.jane)
        except Stale as error:
            return [edit.after for edit in error.found] == [f"of John, {record}"]
        return False

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(apply, deals))

    assert found == [True] * 1000
    assert [world.held("NextStep", record) for record in deals] == [f"of John, {record}" for record in deals]
    assert late == set()


def test_fifty_who_press_at_once_write_once(world: World):
    record = world.new_deal()
    wanted = update(world, "pressed", record, **STEP)
    writer = world.writer()
    together = threading.Barrier(50)

    def press(_number: int) -> Done | None:
        together.wait(10)
        with suppress(TryLater):
            return writer.write(wanted, person=world.jane)
        return None

    with ThreadPoolExecutor(50) as pool:
        answers = [answer for answer in pool.map(press, range(50)) if answer is not None]

    assert answers
    assert {answer.record_id for answer in answers} == {record}
    assert len([patch for patch in world.patches() if record in patch.path]) == 1


@dataclass
class Tale:
    """One deal, and what was proposed for it: key to the wish and to what came of it, as far as it is known."""

    record: str
    wishes: list[Update] = field(default_factory=list)
    done: dict[str, Done] = field(default_factory=dict)


theirs = st.sampled_from(FIELDS).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(THEIRS[name])))
# Before which request of ours: looking, changing, reading back, and more where an answer was lost.
meddling = st.one_of(
    st.just({}),
    st.fixed_dictionaries({3: theirs}),
    st.dictionaries(st.sampled_from((2, 4, 5, 6)), theirs, max_size=2),
)
applying = st.tuples(
    st.just("we apply"), st.integers(0, 5), st.sampled_from((None, None, None, *FAULTS)), meddling
)
acts = st.one_of(
    applying,
    applying,
    st.tuples(st.just("they change"), theirs),
    st.tuples(st.just("they take back"), st.integers(0, 5)),
    st.tuples(st.just("we propose"), st.lists(st.sampled_from(FIELDS), min_size=1, unique=True)),
)


def _propose(world: World, tale: Tale, names: list[str]) -> None:
    number = next(_KEYS)
    wished = {"NextStep": f"wish {number}", "Type": OURS["Type"][number % 2]}
    changes: dict[str, tuple[Any, Any]] = {
        name: (world.held(name, tale.record), wished[name]) for name in names
    }
    if all(before != after for before, after in changes.values()):
        tale.wishes.append(update(world, f"wish-{number}", tale.record, **changes))


def _apply(world: World, tale: Tale, place: int, fault: Any, meddled: dict[int, tuple[str, Any]]) -> None:
    wanted = tale.wishes[place % len(tale.wishes)]
    steps, known = count(1), len(world.patches())

    def meddle(request):
        if fault == "lost" and request.method == "GET" and world.patches()[known:]:
            world.server.faults.next("limit", path=f"/sobjects/Opportunity/{tale.record}", method="GET")
        if change := meddled.get(next(steps)):
            world.foreign(tale.record, **dict([change]))

    if fault is not None:
        kind = "cut_after" if fault == "lost" else fault
        world.server.faults.next(kind, path=f"/sobjects/Opportunity/{tale.record}", method="PATCH")
    try:
        answer = world.writer(before=meddle).write(wanted, person=world.jane)
    except ConnectorError:
        assert wanted.key not in tale.done
    else:
        assert tale.done.setdefault(wanted.key, answer) == answer
    world.server.faults.clear()


def _told(world: World, tale: Tale) -> list[dict[str, Any]]:
    """Return what Jane changed in a deal, as the org's own history has it."""
    rows = world.org.tables["OpportunityFieldHistory"].values()
    return [row for row in rows if row["OpportunityId"] == tale.record and row["CreatedById"] == world.jane]


@settings(max_examples=share(80, of=600), deadline=None)
@given(acts=st.lists(acts, min_size=3, max_size=14))
def test_whatever_happens_a_wish_comes_true_at_most_once_and_over_nothing_else(world: World, acts):
    tale = Tale(world.new_deal())
    _propose(world, tale, ["NextStep"])
    for act in acts:
        match act:
            case ("they change", (name, value)):
                world.foreign(tale.record, **{name: value})
            case ("we propose", names):
                _propose(world, tale, names)
            case ("they take back", place):
                wish = tale.wishes[place % len(tale.wishes)]
                world.foreign(tale.record, **{edit.field: edit.before for edit in wish.edits})
            case ("we apply", place, fault, meddled):
                _apply(world, tale, place, fault, meddled)
        world.wait(2)

    rows = _told(world, tale)
    for wish in tale.wishes:
        if "NextStep" not in {edit.field for edit in wish.edits}:
            continue
        [step] = [edit for edit in wish.edits if edit.field == "NextStep"]
        made = [row for row in rows if row["NewValue"] == step.after]
        assert len(made) <= 1
        assert [row["OldValue"] for row in made] in ([], [step.before])
        assert len(made) == 1 or wish.key not in tale.done
        together = [row for row in rows if made and row["CreatedDate"] == made[0]["CreatedDate"]]
        assert not made or {row["Field"] for row in together} == {edit.field for edit in wish.edits}
    kinds = [edit for wish in tale.wishes for edit in wish.edits if edit.field == "Type"]
    for row in rows:
        if row["Field"] == "Type":
            assert (row["OldValue"], row["NewValue"]) in {(edit.before, edit.after) for edit in kinds}
