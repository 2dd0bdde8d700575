"""How persons connect Salesforce by themselves: found by e-mail, confirmed once, signed in by the key of the app.

Where the app has no key, or the user has to agree first, they sign in in the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from connectors.access import Sight
from connectors.errors import ConnectorError, NotAllowed, NotConnected
from connectors.protocol import Browsing
from connectors.records import Person
from connectors.salesforce.browser import Browser
from connectors.salesforce.errors import NotApproved
from connectors.salesforce.people import User, disconnect, propose, same_user, sign_in_of
from connectors.salesforce.rights import Rights
from connectors.salesforce.signin import Desk
from connectors.salesforce.vault import Vault

# What would help besides, where persons cannot agree in the browser.
WITHOUT_BROWSER: Final = (
    "or an admin of Quarterdeck sets QUARTERDECK_PUBLIC_URL, so that this user can agree in the browser"
)


class Persons:
    """What persons see in Salesforce, and their own way there and back."""

    label = "Salesforce"

    def __init__(
        self,
        rights: Rights,
        vault: Vault,
        desk: Desk,
        *,
        workspace: str,
        users: Callable[[str], tuple[User, ...]],
        now: Callable[[], datetime],
        browser: Browser | None = None,
    ) -> None:
        """`users` finds the users who have an e-mail address, as the login that reads for everybody sees them."""
        self.browser: Browsing | None = browser
        self._rights, self._vault, self._desk, self._workspace = rights, vault, desk, workspace
        self._users, self._now = users, now

    def sight(self, user: str) -> Sight:
        """Return what a user sees, as Salesforce told it not long ago."""
        return self._rights.sight(user)

    def propose(self, person: Person) -> str:
        """Return the user name of the user who is somebody's, kept until they confirm it."""
        theirs = [user for user in self._users(person.email) if same_user(user.id, person.id)]
        if not theirs:
            raise NotConnected(
                f"Salesforce has no active user of yours with the address {person.email}: a Salesforce administrator "
                "looks at Setup, Users"
            )
        self._let_go(person.id)
        propose(self._vault, self._workspace, person.id, email=person.email, user=theirs[0])
        return theirs[0].username

    def connect(self, person: str, user_name: str) -> None:
        """Keep that somebody is the user who was proposed, once Salesforce has let them in as that one."""
        self._vault.confirm(self._workspace, person, username=user_name, at=self._now())
        try:
            sign_in_of(self._vault, self._desk, self._workspace, person).current()
        except NotApproved as refusal:
            self._vault.drop(self._workspace, person)
            if self.browser is None:
                raise NotAllowed(f"{refusal}; {WITHOUT_BROWSER}") from refusal
            raise NotConnected("Salesforce wants you to agree first, in the browser") from refusal
        except ConnectorError:
            self._vault.drop(self._workspace, person)
            raise
        self._rights.forget(person)

    def connected_as(self, person: str) -> str:
        """Return the user name of somebody who has connected; empty where they have not."""
        link = self._vault.link(self._workspace, person)
        return link.username if link is not None and link.confirmed_at is not None else ""

    def disconnect(self, person: str) -> bool:
        """Forget somebody's sign-in and what they see, then revoke the sign-in at Salesforce; say whether that is certain."""
        gone = disconnect(self._vault, self._desk, self._workspace, person)
        self._rights.forget(person)
        return gone

    def _let_go(self, person: str) -> None:
        """Revoke a sign-in that another one takes the place of."""
        before = self._vault.drop(self._workspace, person)
        if before is not None and before.token is not None:
            self._desk.revoke(before.token)

    def disconnect_all(self) -> int:
        """Forget everybody first, then revoke what can be revoked; return how many that were."""
        links = self._vault.drop_workspace(self._workspace)
        for link in links:
            self._rights.forget(link.user_id)
            if link.token is not None:
                self._desk.revoke(link.token)
        return len(links)
