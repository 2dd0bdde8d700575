"""Persons in Salesforce: who somebody is there, their own sign-in, and letting go of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simple_salesforce.format import format_soql

from connectors.errors import NotAllowed, NotConnected
from connectors.salesforce.client import VERSION, client
from connectors.salesforce.session import OrgSession
from connectors.salesforce.signin import Desk
from connectors.salesforce.tokens import Token, Tokens
from connectors.salesforce.vault import Link, Vault

# More users of one address than this are no help to anybody.
MOST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An active user of the org who has a person's e-mail address."""

    id: str
    username: str
    name: str
    email: str


def users_of(session: OrgSession, email: str, *, version: str = VERSION) -> tuple[User, ...]:
    """Return the active users with this e-mail address, by user name; empty where there is none, at most ten.

    A sandbox puts `.invalid` behind the addresses that it copies, so that counts as the same.

    Raises:
        NotAllowed: whoever reads may not see users.
        TryLater: Salesforce is over its limit or out of reach.
    """
    soql = format_soql(
        "SELECT Id, Username, Name, Email FROM User WHERE Email IN {} AND IsActive = TRUE AND UserType = 'Standard' "
        "ORDER BY Username LIMIT {}",
        [email, f"{email}.invalid"],
        MOST,
    )
    rows = client(session, version=version).query(soql)["records"]
    return tuple(
        User(id=row["Id"], username=row["Username"], name=row["Name"], email=row["Email"]) for row in rows
    )


def user_of(session: OrgSession, user_id: str, *, version: str = VERSION) -> User | None:
    """Return a user by their id, whoever they are; None where the session does not see them.

    Raises:
        NotAllowed: the session is not let in.
        TryLater: Salesforce is over its limit or out of reach.
    """
    soql = format_soql("SELECT Id, Username, Name, Email FROM User WHERE Id = {}", user_id)
    for row in client(session, version=version).query(soql)["records"]:
        return User(id=row["Id"], username=row["Username"], name=row["Name"], email=row["Email"])
    return None


def propose(vault: Vault, workspace: str, person: str, *, email: str, user: User) -> None:
    """Keep that a person with this e-mail address seems to be that user; they still have to say so themselves."""
    vault.propose(workspace, person, Link(email=email, username=user.username, user_id=user.id))


def sign_in_of(vault: Vault, desk: Desk, workspace: str, person: str) -> Tokens:
    """Return the sign-in of a person, under their own rights in Salesforce and nobody else's.

    It goes on from the last one. A new one comes by an assertion for their user name, or by their refresh token where
    they agreed in the browser.

    Raises:
        NotConnected: they have not connected Salesforce, or not confirmed who they are there.
    """
    link = vault.link(workspace, person)
    if link is None or link.confirmed_at is None:
        raise NotConnected("this person has not connected Salesforce yet")
    confirmed = link

    def sign_in(before: Token | None) -> Token:
        with vault.renewing(workspace, person):
            now = vault.link(workspace, person)
            if now is None or now.confirmed_at is None or now.user_id != confirmed.user_id:
                raise NotConnected("this person has disconnected Salesforce")
            if now.token is not None and (before is None or now.token.access != before.access):
                # Another part of the bot was quicker.
                return now.token
            by_itself = before if before is not None and before.refresh else None
            token = desk.refreshed(by_itself) if by_itself else desk.jwt_bearer(confirmed.username)
            if not same_user(token.user_id, confirmed.user_id):
                raise NotAllowed(
                    f"{confirmed.username} is another Salesforce user than the one who was confirmed: "
                    "connect Salesforce again"
                )
            if not vault.keep_token(workspace, person, token, after=now.token):
                desk.revoke(token)
                raise NotConnected("this person has disconnected Salesforce")
            return token

    return Tokens(sign_in, kept=link.token)


def disconnect(vault: Vault, desk: Desk, workspace: str, person: str) -> bool:
    """Forget a person here first, then revoke their sign-in at Salesforce; say whether nothing of it is left there."""
    link = vault.drop(workspace, person)
    return link is None or link.token is None or desk.revoke(link.token)


def same_user(user_id: str, other: str) -> bool:
    """Say whether two ids mean one user: of the 18 letters the last three only check the others."""
    return bool(user_id) and user_id[:15] == other[:15]
