"""Only who confirmed to be a user of Salesforce is let in there to be asked what they see, and as nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.errors import NotConnected
from connectors.salesforce.doors import HOW, PersonalDoors
from connectors.salesforce.people import disconnect, propose
from connectors.salesforce.tokens import Tokens
from connectors.salesforce.vault import Vault
from tests.connectors.salesforce.orgs import NOW
from tests.connectors.salesforce.signing import JANE, salesforce
from tests.connectors.salesforce.test_people import MAIL, user
from tests.connectors.salesforce.test_rights import Somebody
from tests.connectors.salesforce.test_vault import KEY, TEAM


@dataclass
class Opened(Somebody):
    """An org that knows by which sign-in it was opened."""

    tokens: Tokens | None = None


def test_a_user_is_let_in_once_they_confirmed_and_until_they_disconnect(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce() as (desk, oauth):
        jane = oauth.users[JANE]
        doors = PersonalDoors(vault, desk, workspace=TEAM, opened=lambda tokens: Opened(tokens=tokens))
        before = doors.connected(jane)
        propose(vault, TEAM, jane, email=MAIL, user=user(oauth))
        proposed = doors.connected(jane)
        vault.confirm(TEAM, jane, username=JANE, at=NOW)
        org = doors.org(jane)

        assert (before, proposed, doors.connected(jane)) == (False, False, True)
        assert isinstance(org, Opened)
        assert org.tokens is not None
        assert oauth.issued == {org.tokens.current().access: JANE}
        disconnect(vault, desk, TEAM, jane)
        assert not doors.connected(jane)
        with pytest.raises(NotConnected):
            doors.org(jane)


def test_a_user_is_not_let_in_as_another_one(tmp_path: Path):
    vault = Vault(tmp_path, KEY)

    with salesforce() as (desk, oauth):
        doors = PersonalDoors(vault, desk, workspace=TEAM, opened=lambda tokens: Opened(tokens=tokens))
        propose(vault, TEAM, "005000000000XYZ", email=MAIL, user=user(oauth))
        vault.confirm(TEAM, "005000000000XYZ", username=JANE, at=NOW)

        assert not doors.connected("005000000000XYZ")
        assert doors.how("005000000000XYZ") == HOW
