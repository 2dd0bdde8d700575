"""Sign-ins of persons at rest: encrypted, theirs alone, and gone when they go."""

from __future__ import annotations

import sqlite3
import stat
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import BadRequest, Conflict, TryLater
from connectors.salesforce.signin import Attempt
from connectors.salesforce.tokens import Token
from connectors.salesforce.vault import Away, Link, Vault
from tests.connectors.salesforce.orgs import NOW

KEY, NEW = (urlsafe_b64encode(letter * 32).decode() for letter in (b"k", b"n"))
TOKEN = Token(
    access="canary-access",
    instance_url="https://larkmoor.my.salesforce.com",
    org_id="00D1",
    user_id="0051",
    issued_at=NOW,
    refresh="canary-refresh",
)
JANE = Link(email="jane@larkmoor.example", username="jane@larkmoor.example.sf", user_id="0051")
TEAM, PERSON = "T1", "U1"
LATER = NOW + timedelta(minutes=10)


def linked(vault: Vault, person: str = PERSON, *, team: str = TEAM) -> Link:
    """Let a person be linked and signed in."""
    vault.propose(team, person, JANE)
    vault.confirm(team, person, username=JANE.username, at=NOW)
    assert vault.keep_token(team, person, TOKEN)
    return replace(JANE, confirmed_at=NOW, token=TOKEN)


def test_what_is_kept_comes_back_the_same_for_another_process(tmp_path: Path):
    wanted = linked(Vault(tmp_path, KEY))

    assert Vault(tmp_path, KEY).link(TEAM, PERSON) == wanted


def test_nothing_of_it_can_be_read_from_the_disk(tmp_path: Path):
    linked(Vault(tmp_path, KEY))

    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"T1" in held
    assert [word for word in (b"canary", b"jane", b"larkmoor") if word in held] == []


def test_only_the_owner_may_read_the_file_even_where_it_was_open(tmp_path: Path):
    path = Vault(tmp_path, KEY).path
    path.chmod(0o644)
    linked(Vault(tmp_path, KEY))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("other", [("T1", "U2"), ("T2", "U1")])
def test_everybody_has_their_own(tmp_path: Path, other):
    vault = Vault(tmp_path, KEY)
    linked(vault)

    assert vault.link(*other) is None


def test_a_row_under_another_name_does_not_open(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    linked(vault)
    with sqlite3.connect(vault.path) as file:
        file.execute("UPDATE person SET person = 'U2'")
    file.close()

    with pytest.raises(BadRequest, match="was changed by somebody else"):
        vault.link(TEAM, "U2")


@pytest.mark.parametrize(
    "keys, words",
    [
        (None, "QUARTERDECK_KEY is not set"),
        (" , ", "QUARTERDECK_KEY is not set"),
        ("secret-words", "QUARTERDECK_KEY is no key: it has 44 letters"),
        (f"{KEY},short", "key 2 of 2 in QUARTERDECK_KEY is no key"),
    ],
)
def test_what_is_no_key_is_said_without_showing_it(tmp_path: Path, keys, words):
    with pytest.raises(BadRequest, match=words) as caught:
        Vault(tmp_path, keys)

    assert "secret-words" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_another_key_is_told_when_the_file_is_opened(tmp_path: Path):
    linked(Vault(tmp_path, KEY))

    with pytest.raises(BadRequest, match="another key closed: put that key behind it"):
        Vault(tmp_path, NEW)


def test_a_key_is_changed_by_putting_the_new_one_first(tmp_path: Path):
    wanted = linked(Vault(tmp_path, KEY))

    both = Vault(tmp_path, f"{NEW}, {KEY}")
    assert both.link(TEAM, PERSON) == wanted
    assert both.reseal() == 1
    assert Vault(tmp_path, NEW).link(TEAM, PERSON) == wanted


def test_nobody_is_linked_before_they_confirm(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    vault.propose(TEAM, PERSON, replace(JANE, confirmed_at=NOW, token=TOKEN))

    assert vault.link(TEAM, PERSON) == JANE


def test_a_person_confirms_what_they_were_shown_and_once(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    vault.propose(TEAM, PERSON, JANE)
    with pytest.raises(Conflict, match="no longer the Salesforce user"):
        vault.confirm(TEAM, PERSON, username="somebody@else.example", at=NOW)
    with pytest.raises(Conflict):
        vault.confirm(TEAM, "U2", username=JANE.username, at=NOW)

    first = vault.confirm(TEAM, PERSON, username=JANE.username, at=NOW)
    assert first.confirmed_at == NOW
    assert vault.confirm(TEAM, PERSON, username=JANE.username, at=NOW.replace(year=2027)) == first


def test_whoever_left_is_gone_from_the_disk_and_a_late_sign_in_brings_nobody_back(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    wanted = linked(vault)
    with sqlite3.connect(vault.path) as file:
        [[sealed]] = file.execute("SELECT sealed FROM person").fetchall()
    file.close()

    assert vault.drop(TEAM, PERSON) == wanted
    assert not vault.keep_token(TEAM, PERSON, TOKEN)
    assert vault.link(TEAM, PERSON) is None
    assert vault.drop(TEAM, PERSON) is None
    assert sealed[:40] not in vault.path.read_bytes()


def test_a_late_sign_in_takes_the_place_of_none_that_came_meanwhile(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    before = linked(vault)
    newer = replace(TOKEN, access="newer")
    brought = replace(JANE, token=replace(TOKEN, access="brought"))
    vault.offer(TEAM, PERSON, brought)

    assert not vault.keep_token(TEAM, PERSON, newer, after=before.token)
    assert not vault.keep_token(TEAM, PERSON, newer, after=brought.token)
    assert vault.link(TEAM, PERSON) == brought
    vault.confirm(TEAM, PERSON, username=JANE.username, at=NOW)
    assert not vault.keep_token(TEAM, PERSON, newer, after=before.token)
    assert vault.keep_token(TEAM, PERSON, newer, after=brought.token)


def test_a_workspace_that_leaves_takes_all_its_people_along(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    gone = [linked(vault, person) for person in ("U1", "U2")]
    kept = linked(vault, team="T2")

    assert list(vault.drop_workspace(TEAM)) == gone
    assert vault.link(TEAM, "U1") is vault.link(TEAM, "U2") is None
    assert vault.link("T2", PERSON) == kept


def test_nobody_decides_on_what_another_process_is_changing(tmp_path: Path):
    vault = Vault(tmp_path, KEY, patience=0.01)
    linked(vault)
    other = sqlite3.connect(vault.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(TryLater, match="held by another process"):
        vault.confirm(TEAM, PERSON, username=JANE.username, at=NOW)
    other.execute("COMMIT")
    other.close()
    assert vault.confirm(TEAM, PERSON, username=JANE.username, at=NOW).token == TOKEN


def test_many_may_write_at_once(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: linked(Vault(tmp_path, KEY), f"U{number}"), range(24)))

    assert all(vault.link(TEAM, f"U{number}") for number in range(24))


def away(vault: Vault, state: str = "s1", *, person: str = PERSON) -> Away:
    """Let a person set out into the browser."""
    gone = Away(
        person=person, user="U9", attempt=Attempt(state=state, verifier="canary-verifier"), until=LATER
    )
    vault.send_out(TEAM, gone, at=NOW)
    return gone


def test_whoever_is_away_comes_back_once_to_their_own_workspace(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    gone = away(vault)

    assert vault.take_back("T2", "s1", at=NOW) is None
    assert Vault(tmp_path, KEY).take_back(TEAM, "s1", at=NOW) == gone
    assert vault.take_back(TEAM, "s1", at=NOW) is None


def test_many_who_come_back_at_once_by_one_state_are_one(tmp_path: Path):
    away(Vault(tmp_path, KEY))

    with ThreadPoolExecutor(8) as pool:
        back = list(pool.map(lambda _: Vault(tmp_path, KEY).take_back(TEAM, "s1", at=NOW), range(16)))

    assert len([one for one in back if one is not None]) == 1


def test_a_way_back_that_was_put_under_another_state_or_person_leads_nowhere(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    away(vault)
    away(vault, "s2", person="U2")
    with sqlite3.connect(vault.path) as file:
        first, second = (row for (row,) in file.execute("SELECT sealed FROM away ORDER BY person").fetchall())
        file.execute("UPDATE away SET sealed = ? WHERE person = ?", (second, PERSON))
        file.execute("UPDATE away SET sealed = ? WHERE person = 'U2'", (first,))
    file.close()

    assert vault.take_back(TEAM, "s1", at=NOW) is vault.take_back(TEAM, "s2", at=NOW) is None


def test_a_way_back_whose_row_was_changed_is_still_its_own_persons_and_as_short(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    gone = away(vault)
    with sqlite3.connect(vault.path) as file:
        file.execute("UPDATE away SET person = 'U2', until = '2099'")
    file.close()

    assert vault.take_back(TEAM, "s1", at=NOW) == gone
    away(vault)
    with sqlite3.connect(vault.path) as file:
        file.execute("UPDATE away SET until = '2099'")
    file.close()
    assert vault.take_back(TEAM, "s1", at=LATER) is None


def test_a_way_back_does_not_outlive_its_time_its_key_or_its_workspace(tmp_path: Path):
    vault = Vault(tmp_path, f"{NEW} {KEY}")
    away(vault)
    late = vault.take_back(TEAM, "s1", at=LATER)
    away(vault, "s2")
    vault.reseal()
    away(vault, "s3")
    vault.drop_workspace(TEAM)
    away(Vault(tmp_path, KEY), "s4")

    assert late is vault.take_back(TEAM, "s2", at=NOW) is vault.take_back(TEAM, "s3", at=NOW) is None
    assert Vault(tmp_path, NEW).take_back(TEAM, "s4", at=NOW) is None


def test_a_sign_in_that_waits_counts_for_nothing_and_lapses_unless_it_is_confirmed(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    offered = replace(JANE, token=TOKEN)
    before = vault.offer(TEAM, PERSON, replace(offered, confirmed_at=NOW))

    assert (before, vault.link(TEAM, PERSON)) == (None, offered)
    assert vault.lapse(TEAM, PERSON, issued_at=LATER) is None
    assert vault.lapse(TEAM, PERSON, issued_at=NOW) == TOKEN
    assert vault.link(TEAM, PERSON) is None
    vault.offer(TEAM, PERSON, offered)
    confirmed = vault.confirm(TEAM, PERSON, username=JANE.username, at=NOW)
    assert vault.lapse(TEAM, PERSON, issued_at=NOW) is None
    assert vault.link(TEAM, PERSON) == confirmed
