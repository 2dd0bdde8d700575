"""Persons in Salesforce: found by e-mail, confirmed once, and signed in as nobody but themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from connectors.errors import NotAllowed, NotConnected
from connectors.salesforce.people import User, disconnect, propose, sign_in_of, users_of
from connectors.salesforce.signin import Desk
from connectors.salesforce.tokens import Token
from connectors.salesforce.vault import Link, Vault
from tests.connectors.salesforce.orgs import NOW, org, told
from tests.connectors.salesforce.signing import (
    ATTEMPT,
    BACK,
    JANE,
    SYNC,
    app,
    salesforce,
    through_the_browser,
)
from tests.connectors.salesforce.test_vault import KEY, PERSON, TEAM

MAIL = "jane@mail.example"


def rows(*names: str) -> dict[str, object]:
    """Return users as a query answers them."""
    found = [{"Id": f"005{name}", "Username": name, "Name": name.title(), "Email": MAIL} for name in names]
    return {"totalSize": len(found), "done": True, "records": found}


def user(oauth) -> User:
    """Return Jane as the org knows her, by the shorter of her two ids."""
    return User(id=oauth.users[JANE][:15], username=JANE, name="Jane", email=MAIL)


def confirmed(vault: Vault, oauth) -> None:
    """Let Jane be found and confirm it."""
    propose(vault, TEAM, PERSON, email=MAIL, user=user(oauth))
    vault.confirm(TEAM, PERSON, username=JANE, at=NOW)


def test_a_person_is_found_by_their_address_and_a_sandbox_copy_of_it():
    with org(told(rows("a", "b"))) as (session, server, _):
        found = users_of(session, "o'jane@mail.example")
        asked = parse_qs(server.heard[0].query)["q"][0]

    assert [each.username for each in found] == ["a", "b"]
    assert asked == (
        "SELECT Id, Username, Name, Email FROM User WHERE "
        r"Email IN ('o\'jane@mail.example','o\'jane@mail.example.invalid') AND IsActive = TRUE "
        "AND UserType = 'Standard' ORDER BY Username LIMIT 10"
    )


def test_nobody_is_signed_in_before_they_confirmed(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce() as (desk, oauth):
        with pytest.raises(NotAllowed, match="has not connected Salesforce"):
            sign_in_of(vault, desk, TEAM, PERSON)
        propose(vault, TEAM, PERSON, email=MAIL, user=user(oauth))
        with pytest.raises(NotAllowed, match="has not connected Salesforce"):
            sign_in_of(vault, desk, TEAM, PERSON)

        assert oauth.server.heard == []


def test_a_person_acts_as_themselves_and_goes_on_from_the_last_sign_in(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce() as (desk, oauth):
        confirmed(vault, oauth)
        first = sign_in_of(vault, desk, TEAM, PERSON).current()
        tokens = sign_in_of(vault, desk, TEAM, PERSON)

        assert oauth.issued == {first.access: JANE}
        assert tokens.current() == first
        second = tokens.renew(first.access)
        assert oauth.issued[second.access] == JANE
        assert vault.link(TEAM, PERSON).token == second


def test_a_user_name_that_went_to_somebody_else_is_not_taken(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce() as (desk, oauth):
        confirmed(vault, oauth)
        oauth.users[JANE] = oauth.users[SYNC]
        with pytest.raises(NotAllowed, match="another Salesforce user than the one who was confirmed"):
            sign_in_of(vault, desk, TEAM, PERSON).current()

    assert vault.link(TEAM, PERSON).token is None


def brought(vault: Vault, desk, oauth) -> Token:
    """Let Jane sign in in the browser and confirm it."""
    oauth.agrees = JANE
    token = desk.exchange(through_the_browser(desk, oauth.server, ATTEMPT), ATTEMPT, redirect_uri=BACK)
    vault.offer(TEAM, PERSON, Link(email=MAIL, username=JANE, user_id=token.user_id, token=token))
    vault.confirm(TEAM, PERSON, username=JANE, at=NOW)
    return token


def test_a_sign_in_from_the_browser_renews_by_its_own_token(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce(of=app(approved=set(), rotates=True)) as (desk, oauth):
        token = brought(vault, desk, oauth)
        renewed = sign_in_of(vault, desk, TEAM, PERSON).renew(token.access)

        assert oauth.issued[renewed.access] == JANE
        assert vault.link(TEAM, PERSON).token.refresh not in {None, token.refresh}


def test_a_refresh_token_is_used_once_however_many_are_refused_together(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce(of=app(approved=set(), rotates=True)) as (desk, oauth):
        token = brought(vault, desk, oauth)
        parts = [sign_in_of(Vault(tmp_path, KEY), desk, TEAM, PERSON) for _ in range(6)]
        with ThreadPoolExecutor(6) as pool:
            renewed = set(pool.map(lambda part: part.renew(token.access).access, parts))

    assert len(renewed) == 1
    assert renewed != {token.access}


def test_disconnecting_forgets_here_and_revokes_there(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce() as (desk, oauth):
        confirmed(vault, oauth)
        tokens = sign_in_of(vault, desk, TEAM, PERSON)
        token = tokens.current()

        assert disconnect(vault, desk, TEAM, PERSON)
        assert oauth.revoked == [token.access]
        assert vault.link(TEAM, PERSON) is None
        with pytest.raises(NotAllowed, match="has disconnected Salesforce"):
            tokens.renew(token.access)
        assert disconnect(vault, desk, TEAM, PERSON)


class Left(Vault):
    """A vault whose person lets go of Salesforce just before their new sign-in is kept."""

    desk: Desk

    def keep_token(self, workspace: str, person: str, token: Token, *, after: Token | None = None) -> bool:
        assert disconnect(self, self.desk, workspace, person)
        return super().keep_token(workspace, person, token, after=after)


def test_whoever_disconnects_while_their_sign_in_is_renewed_leaves_none_behind(tmp_path: Path):
    with salesforce(of=app(approved=set(), rotates=True)) as (desk, oauth):
        token = brought(Vault(tmp_path, KEY), desk, oauth)
        vault = Left(tmp_path, KEY)
        vault.desk = desk
        tokens = sign_in_of(vault, desk, TEAM, PERSON)

        with pytest.raises(NotConnected, match="has disconnected Salesforce"):
            tokens.renew(token.access)

        assert vault.link(TEAM, PERSON) is None
        [renewed] = oauth.revoked
        assert renewed != token.refresh
        with pytest.raises(NotAllowed, match="was revoked or has run out"):
            desk.refreshed(replace(token, refresh=renewed))


def test_disconnecting_while_salesforce_is_away_forgets_all_the_same(tmp_path: Path):
    vault = Vault(tmp_path, KEY)
    with salesforce() as (desk, oauth):
        confirmed(vault, oauth)
        sign_in_of(vault, desk, TEAM, PERSON).current()

    assert not disconnect(vault, desk, TEAM, PERSON)
    assert vault.link(TEAM, PERSON) is None
