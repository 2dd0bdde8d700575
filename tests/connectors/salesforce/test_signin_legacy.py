"""Signing in by a password or with a session id from elsewhere."""

from __future__ import annotations

import dataclasses

import pytest

from connectors.errors import BadRequest, NotAllowed
from connectors.salesforce.errors import SignInRefused
from connectors.salesforce.legacy import Password, password_login, session_id
from connectors.salesforce.places import Loopback as Plain
from connectors.salesforce.places import place
from connectors.salesforce.tokens import Tokens
from tests.connectors.salesforce.orgs import NOW
from tests.connectors.salesforce.signing import (
    SYNC,
    salesforce,
)


def test_a_password_still_signs_in_and_a_wrong_one_is_said():
    given = Password(username=SYNC, password="correct horse", security_token="TOK3N")

    with salesforce() as (_, oauth):
        adapter = Plain(oauth.server.url)
        token = password_login(place("larkmoor"), given, now=lambda: NOW, adapter=adapter)
        with pytest.raises(SignInRefused, match="user name, password or security token") as caught:
            password_login(
                place("larkmoor"),
                dataclasses.replace(given, password="wrong&1"),
                now=lambda: NOW,
                adapter=adapter,
            )

    assert oauth.issued == {token.access: SYNC}
    assert token.instance_url == "https://larkmoor.my.salesforce.com"
    assert "wrong&1" not in str(caught.value)


def test_a_session_id_signs_in_once():
    tokens = Tokens(session_id(place("larkmoor"), "00D!session", now=lambda: NOW))

    assert tokens.current().access == "00D!session"
    with pytest.raises(NotAllowed, match="SALESFORCE_SESSION_ID has ended"):
        tokens.renew("00D!session")
    with pytest.raises(BadRequest, match="needs SALESFORCE_INSTANCE_URL"):
        session_id(place("login"), "00D!session", now=lambda: NOW)
