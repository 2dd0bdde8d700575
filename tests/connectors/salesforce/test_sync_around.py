"""Accounts and contacts that are deleted, moved, purged, hidden or shown again: the mirror follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.salesforce.test_sync import Synced
from tests.fakes.salesforce.rights import Level, Rights
from tests.fakes.salesforce.server import FakeSalesforce

ACCOUNTS = "SELECT id, name FROM account WHERE name IS NOT NULL ORDER BY name"
CONTACTS = "SELECT name, account_id FROM contact WHERE account_id IS NOT NULL ORDER BY name"
ROLES = "SELECT name, role FROM contact WHERE name IS NOT NULL ORDER BY name"
LEFTOVERS = (
    "SELECT count(*) FROM (SELECT name FROM account UNION ALL SELECT concat_ws('', name, email, title, role) FROM contact) "
    "WHERE name LIKE '%Gone%'"
)


@pytest.fixture
def synced(server: FakeSalesforce, tmp_path: Path) -> Synced:
    return Synced(server, tmp_path)


def account(synced: Synced, name: str) -> str:
    return synced.org.insert("Account", {"Name": name})


def contact(synced: Synced, name: str, of: str | None) -> str:
    return synced.org.insert(
        "Contact", {"LastName": name, "AccountId": of, "Email": f"{name}@brandt.example"}
    )


def test_what_is_deleted_goes_and_what_is_moved_is_where_it_is(synced: Synced) -> None:
    brandt, lund, gone = (account(synced, name) for name in ("Brandt", "Lund", "Gone"))
    uwe = contact(synced, "Uwe", brandt)
    deleted, freed = contact(synced, "Gone", brandt), contact(synced, "Gone too", brandt)
    synced.sync()
    assert synced.rows(LEFTOVERS) == [(3,)]

    synced.org.update("Contact", uwe, {"AccountId": lund})
    synced.org.update("Contact", freed, {"AccountId": None})
    synced.org.delete("Contact", deleted)
    synced.org.delete("Account", gone)
    synced.sync()

    assert synced.rows(ACCOUNTS) == [(brandt, "Brandt"), (lund, "Lund")]
    assert synced.rows(CONTACTS) == [("Uwe", lund)]
    assert synced.rows(LEFTOVERS) == [(0,)]


def test_what_comes_back_from_the_bin_is_back(synced: Synced) -> None:
    brandt = account(synced, "Brandt")
    uwe = contact(synced, "Uwe", brandt)
    synced.sync()
    synced.org.delete("Contact", uwe)
    synced.sync()
    assert synced.rows(CONTACTS) == []

    synced.org.undelete("Contact", uwe)
    synced.sync()
    assert synced.rows(CONTACTS) == [("Uwe", brandt)]


def test_what_is_purged_is_let_go_by_the_nights_sweep(synced: Synced) -> None:
    brandt, gone = account(synced, "Brandt"), account(synced, "Gone")
    contact(synced, "Uwe", brandt)
    purged = contact(synced, "Gone", brandt)
    synced.sync()
    late = contact(synced, "Gone late", brandt)
    synced.sync()
    for of, key in (("Account", gone), ("Contact", purged), ("Contact", late)):
        synced.org.purge(of, key)
    synced.sync()
    assert synced.rows(LEFTOVERS) == [(3,)]

    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ACCOUNTS) == [(brandt, "Brandt")]
    assert synced.rows(CONTACTS) == [("Uwe", brandt)]
    assert synced.rows(LEFTOVERS) == [(0,)]


def test_what_a_login_does_not_see_for_a_while_goes_and_comes_again(
    server: FakeSalesforce, tmp_path: Path
) -> None:
    synced = Synced(server, tmp_path, user=server.org.user("Rita", "Rep", rights=Rights()))
    brandt = account(synced, "Brandt")
    contact(synced, "Uwe", brandt)
    synced.sync()
    server.org.sharing = lambda _user, of, _key: Level.NONE if of in {"Account", "Contact"} else Level.EDIT
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ACCOUNTS) == synced.rows(CONTACTS) == []

    server.org.sharing = None
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ACCOUNTS) == [(brandt, "Brandt")]
    assert synced.rows(CONTACTS) == [("Uwe", brandt)]


def test_a_mirror_from_before_sweeps_of_accounts_learns_which_there_are(synced: Synced) -> None:
    brandt, gone = account(synced, "Brandt"), account(synced, "Gone")
    synced.sync()
    for kept in (synced.home / "salesforce" / "kept").glob("around-*"):
        kept.unlink()
    for _ in range(2):
        synced.org.clock.advance(days=1)
        synced.sync()
    assert synced.rows(LEFTOVERS) == [(1,)]

    synced.org.purge("Account", gone)
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ACCOUNTS) == [(brandt, "Brandt")]


def test_the_role_of_a_contact_that_is_deleted_does_not_bring_it_back(synced: Synced) -> None:
    brandt = account(synced, "Brandt")
    gone = contact(synced, "Gone", brandt)
    deal = synced.deal(AccountId=brandt)
    role = synced.org.insert("OpportunityContactRole", {"OpportunityId": deal, "ContactId": gone})
    synced.sync()
    synced.org.delete("Contact", gone)
    synced.sync()
    synced.org.clock.advance(hours=1)
    synced.org.update("OpportunityContactRole", role, {"Role": "Evaluator"})
    synced.sync()

    assert synced.rows(LEFTOVERS) == [(0,)]


@pytest.mark.parametrize("way", ["deal deleted", "deal purged", "role purged"])
def test_a_role_that_goes_without_a_word_is_found_gone_by_the_nights_sweep(synced: Synced, way: str) -> None:
    brandt = account(synced, "Brandt")
    uwe = contact(synced, "Uwe", brandt)
    deal, other = synced.deal(AccountId=brandt), synced.deal(AccountId=brandt)
    role, _ = (
        synced.org.insert("OpportunityContactRole", {"OpportunityId": of, "ContactId": uwe, "Role": part})
        for of, part in ((deal, "Evaluator"), (other, "Decision Maker"))
    )
    synced.org.update("OpportunityContactRole", role, {"IsPrimary": True})
    synced.org.clock.advance(hours=1)
    synced.sync()
    assert synced.rows(ROLES) == [("Uwe", "Evaluator")]

    synced.org.update("Contact", uwe, {"Title": "COO"})
    synced.sync()
    match way:
        case "deal deleted":
            synced.org.delete("Opportunity", deal)
        case "deal purged":
            synced.org.purge("Opportunity", deal)
        case _:
            synced.org.purge("OpportunityContactRole", role)
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ROLES) == [("Uwe", "Decision Maker")]
    assert synced.rows("SELECT title FROM contact") == [("COO",)]


def test_a_role_of_a_deal_that_comes_back_from_the_bin_is_back(synced: Synced) -> None:
    brandt = account(synced, "Brandt")
    uwe = contact(synced, "Uwe", brandt)
    deal = synced.deal(AccountId=brandt)
    synced.org.insert(
        "OpportunityContactRole", {"OpportunityId": deal, "ContactId": uwe, "Role": "Evaluator"}
    )
    synced.org.clock.advance(hours=1)
    synced.sync()
    synced.org.delete("Opportunity", deal)
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ROLES) == [("Uwe", None)]

    synced.org.undelete("Opportunity", deal)
    synced.org.clock.advance(days=1)
    synced.sync()
    assert synced.rows(ROLES) == [("Uwe", "Evaluator")]
