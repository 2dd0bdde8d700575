"""A decision is made once and for one payload; the trail of it is whole or says where it is not."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.approvals.rules import CAPS, not_decided
from bot.approvals.values import Decision, Outcome, Proposal
from bot.commands.doctor import trail
from bot.store import open_store
from bot.store.approvals import Caps
from tests.bot.approvals import desk as desks
from tests.bot.approvals.desk import NOW, OTHER, OWNER, Desk, proposal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from desks.desk(tmp_path)


def yes(wanted: Proposal) -> Decision:
    return Decision(approved=True, by=wanted.approver, at=NOW, digest=wanted.digest)


def sql(folder: Path, line: str, *values: object) -> None:
    """Do something to the file behind the bot's back."""
    with closing(sqlite3.connect(folder / "quarterdeck.sqlite")) as file, file:
        file.execute(line, values)


def test_of_fifty_decisions_at_once_one_counts(desk: Desk):
    wanted = proposal()
    desk.store.approvals.keep(wanted)
    found: list[str] = []
    ready = threading.Barrier(50)

    def click() -> None:
        ready.wait()
        found.append(desk.store.approvals.decide(wanted, yes(wanted), caps=CAPS))

    clicks = [threading.Thread(target=click) for _ in range(50)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert sorted(found) == ["again"] * 49 + ["kept"]
    assert len(desk.store.approvals.trail("one")) == 1


def test_a_no_is_a_decision_too(desk: Desk):
    wanted = proposal()
    kept = desk.store.approvals.keep(wanted)
    no = Decision(approved=False, by=OWNER, at=NOW, digest=wanted.digest)

    assert not_decided(kept, person=OWNER, now=NOW) == ""
    assert desk.store.approvals.decide(wanted, no, caps=CAPS) == "kept"
    assert desk.store.approvals.decide(wanted, yes(wanted), caps=CAPS) == "again"
    assert not_decided(desk.kept(wanted), person=OWNER, now=NOW) == "That was answered already."


def test_of_many_cards_those_are_found_that_nobody_answered_in_time(desk: Desk):
    kept, after = desk.store.approvals, proposal().expires_at + timedelta(seconds=1)
    for key in ("b", "a", "answered", "let go"):
        kept.keep(proposal(key), waits=True)
    kept.keep(proposal("no card"))
    kept.keep(proposal("later").model_copy(update={"expires_at": after + timedelta(hours=1)}), waits=True)
    kept.keep(proposal("other", workspace="two"), waits=True)
    kept.decide(proposal("answered"), yes(proposal("answered")), caps=CAPS)
    kept.wait_no_more("one", "let go")

    assert kept.unanswered("one", at=after - timedelta(seconds=1)) == ()
    assert kept.unanswered("one", at=after) == ("a", "b")
    assert kept.unanswered("two", at=after) == ("other",)

    kept.forget("one", before=after)

    assert kept.unanswered("one", at=after) == ()


def test_who_decides_and_until_when(desk: Desk):
    kept = desk.store.approvals.keep(proposal())
    late = proposal().expires_at + timedelta(seconds=1)

    assert not_decided(kept, person=OWNER, now=NOW) == ""
    assert not_decided(kept, person=OTHER, now=NOW).startswith("Only the deal's owner")
    assert not_decided(kept, person=None, now=NOW).startswith("Only the deal's owner")
    assert not_decided(kept, person=OWNER, now=late).startswith("That proposal has expired.")


@pytest.mark.parametrize("name", sorted(set(Proposal.model_fields) - {"workspace", "id", "changes"}))
def test_one_changed_byte_is_not_what_was_approved(desk: Desk, tmp_path: Path, name: str):
    wanted = proposal()
    desk.approved(wanted)
    body = json.loads(wanted.model_dump_json())
    body[name] = (
        "nudge"
        if name == "source"
        else f"{body[name]}".replace("2026", "2027")
        if "at" in name
        else f"{body[name]}x"
    )
    sql(tmp_path, "UPDATE proposal SET body = ?", json.dumps(body))

    assert not desk.kept(wanted).is_genuine


def test_another_value_is_not_what_was_approved(desk: Desk, tmp_path: Path):
    wanted = proposal()
    desk.store.approvals.keep(wanted)
    sql(tmp_path, "UPDATE proposal SET body = replace(body, 'send the contract', 'send the contracT')")

    assert not_decided(desk.kept(wanted), person=OWNER, now=NOW).startswith(
        "That is not what was proposed any more"
    )


def test_a_cap_holds_for_a_person_and_for_all_within_a_day(desk: Desk):
    few = Caps(person=2, everybody=3)

    def approve(key: str, by: str, at: timedelta = timedelta()) -> str:
        wanted = proposal(key).model_copy(update={"approver": by})
        desk.store.approvals.keep(wanted)
        return desk.store.approvals.decide(wanted, yes(wanted).model_copy(update={"at": NOW + at}), caps=few)

    assert [approve(key, "P1") for key in "abc"] == ["kept", "kept", "full"]
    assert approve("d", "P2") == "kept"
    assert approve("e", "P3") == "full"
    assert approve("e", "P3", timedelta(hours=24, seconds=1)) == "kept"
    assert desk.store.approvals.get("one", "c").decision is None
    assert [line.proposal for line in desk.store.approvals.trail("one")] == ["a", "b", "d", "e"]


def test_taking_back_counts_for_no_cap(desk: Desk):
    one = Caps(person=1, everybody=1)
    for key, undoes, said in [("a", "", "kept"), ("b", "a", "kept"), ("c", "", "full"), ("d", "c", "kept")]:
        wanted = proposal(key).model_copy(update={"undoes": undoes})
        desk.store.approvals.keep(wanted)
        assert desk.store.approvals.decide(wanted, yes(wanted), caps=one) == said


def test_the_trail_says_which_line_was_altered_or_taken_away(desk: Desk, tmp_path: Path):
    for key in "abc":
        kept = desk.approved(proposal(key))
        desk.store.approvals.finish(kept.proposal, Outcome(state="written", at=NOW))
    assert desk.store.approvals.broken("one") is None
    assert [line.number for line in desk.store.approvals.trail("one")] == [1, 2, 3, 4, 5, 6]

    sql(tmp_path, "UPDATE trail SET held = replace(held, 'contract', 'contrast') WHERE number = 5")
    assert desk.store.approvals.broken("one") == 5
    sql(tmp_path, "UPDATE trail SET line = replace(line, 'written', 'refused') WHERE number = 4")
    assert desk.store.approvals.broken("one") == 4
    sql(tmp_path, "DELETE FROM trail WHERE number = 2")
    assert desk.store.approvals.broken("one") == 2


@pytest.mark.parametrize(
    "altered, line",
    [
        (("DELETE FROM trail WHERE number = 2",), 2),
        (("DELETE FROM trail",), 1),
        (("DELETE FROM trail", "DELETE FROM trail_end"), 1),
        (("DELETE FROM trail_end",), None),
        (("UPDATE trail SET held = NULL",), 1),
    ],
)
def test_lines_and_words_that_are_missing_show(
    desk: Desk, tmp_path: Path, altered: tuple[str, ...], line: int | None
):
    kept = desk.approved(proposal())
    desk.store.approvals.finish(kept.proposal, Outcome(state="written", at=NOW))
    for statement in altered:
        sql(tmp_path, statement)

    assert desk.store.approvals.broken("one") == line


def test_words_of_a_later_line_than_those_forgotten_show(desk: Desk, tmp_path: Path):
    desk.approved(proposal())
    desk.clock.forward(timedelta(days=2))
    desk.approved(proposal("p-2").model_copy(update={"expires_at": NOW + timedelta(days=3)}))
    desk.store.approvals.forget("one", before=NOW + timedelta(days=1))
    assert desk.store.approvals.broken("one") is None
    sql(tmp_path, "UPDATE trail SET held = NULL")

    assert desk.store.approvals.broken("one") == 2


def test_doctor_says_whether_the_trail_is_whole(desk: Desk, tmp_path: Path):
    assert list(trail(desk.store.approvals, "one")) == []
    desk.approved(proposal())
    (whole,) = trail(desk.store.approvals, "one")
    sql(tmp_path, "UPDATE trail SET line = replace(line, 'approved', 'declined')")
    (broken,) = trail(desk.store.approvals, "one")

    assert (whole.state, whole.what) == ("ok", "trail of changes: 1 lines, whole")
    assert broken.state == "wrong"
    assert broken.what == "trail of changes: line 1 of 1 was altered, or one before it is missing"


@pytest.mark.parametrize("gone", ["trail", "trail_end"])
def test_doctor_misses_a_trail_that_was_emptied(desk: Desk, tmp_path: Path, gone: str):
    desk.approved(proposal())
    sql(tmp_path, "DELETE FROM trail")
    sql(tmp_path, f"DELETE FROM {gone}")
    (found,) = trail(desk.store.approvals, "one")

    assert found.state == "wrong"
    assert found.what == "trail of changes: it ends after 0 lines, and lines behind them are missing"


def test_a_line_cannot_be_written_anew_with_its_own_fingerprint(desk: Desk, tmp_path: Path):
    for key in "ab":
        desk.approved(proposal(key))
    line = desk.store.approvals.trail("one")[0].model_copy(update={"approver": "P9"}).model_dump_json()
    sql(
        tmp_path,
        "UPDATE trail SET line = ?, hash = ? WHERE number = 1",
        line,
        hashlib.sha256(line.encode()).hexdigest(),
    )

    assert desk.store.approvals.broken("one") == 2


def test_when_its_time_is_up_the_words_are_gone_and_the_trail_is_whole(desk: Desk, tmp_path: Path):
    kept = desk.approved(proposal())
    desk.store.approvals.finish(kept.proposal, Outcome(state="refused", at=NOW, said="no closing in January"))
    assert desk.store.approvals.forget("one", before=NOW) == 0

    assert desk.store.approvals.forget("one", before=NOW + timedelta(days=1)) == 2
    assert desk.store.approvals.broken("one") is None
    assert desk.store.approvals.values("one") == (None, None)
    assert desk.store.approvals.get("one", "p-1") is None


def test_workspaces_have_trails_of_their_own(tmp_path: Path):
    store = open_store(tmp_path)
    for workspace in ("one", "two"):
        wanted = proposal(workspace=workspace)
        store.approvals.keep(wanted)
        store.approvals.decide(wanted, yes(wanted), caps=CAPS)

    assert [len(store.approvals.trail(name)) for name in ("one", "two", "three")] == [1, 1, 0]
    assert store.approvals.broken("two") is None
    store.close()
