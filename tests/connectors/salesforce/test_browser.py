"""Whoever comes back from the browser is kept, or their sign-in is revoked: none is left that nobody knows of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connectors.salesforce.browser import UNKEPT, Browser
from connectors.salesforce.people import User
from connectors.salesforce.tokens import Token
from connectors.salesforce.vault import Vault
from tests.connectors.salesforce.orgs import NOW
from tests.connectors.salesforce.signing import ATTEMPT, BACK, JANE, app, salesforce, through_the_browser
from tests.connectors.salesforce.test_vault import KEY, TEAM


@contextmanager
def held(vault: Vault) -> Iterator[sqlite3.Connection]:
    """Give a connection of another process, by which a test holds the file."""
    with closing(sqlite3.connect(vault.path, isolation_level=None)) as other:
        yield other


def test_a_sign_in_that_cannot_be_kept_is_revoked_and_its_person_hears_of_it(tmp_path: Path):
    vault = Vault(tmp_path, KEY, patience=0.01)
    with salesforce(of=app(approved=set(), rotates=True)) as (desk, oauth), held(vault) as other:
        person = oauth.users[JANE]
        told = []

        def user(token: Token) -> User:
            other.execute("BEGIN IMMEDIATE")
            told.append(token)
            return User(id=person, username=JANE, name="Jane", email="jane@mail.example")

        texts = iter((ATTEMPT.state, ATTEMPT.verifier))
        browser = Browser(
            vault,
            desk,
            workspace=TEAM,
            back=BACK,
            only=True,
            user=user,
            now=lambda: NOW,
            text=lambda _bytes: next(texts),
        )
        browser.set_out(person, "U1")
        oauth.agrees = JANE
        query = through_the_browser(desk, oauth.server, ATTEMPT)

        back = browser.come_back(query)

        other.execute("ROLLBACK")
        assert back is not None
        assert (back.why, back.user) == (UNKEPT, "U1")
        assert oauth.revoked == [told[0].refresh]
        assert vault.link(TEAM, person) is None
