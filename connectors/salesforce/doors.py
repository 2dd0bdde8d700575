"""How persons are let into Salesforce to be asked what they see: by the sign-in that they have confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from connectors.salesforce.people import same_user, sign_in_of
from connectors.salesforce.rights import Org
from connectors.salesforce.signin import Desk
from connectors.salesforce.tokens import Tokens
from connectors.salesforce.vault import Vault

# What is said to whoever has not connected, where nothing else leads there.
HOW: Final = "Connect Salesforce first; an admin of Quarterdeck can tell you how."
# Where persons connect by themselves, and where the app has no key and there is no address to come back to.
HOW_BY_THEMSELVES: Final = "Connect Salesforce first: press the button here, or on my Home tab."
HOW_WITHOUT: Final = (
    "Connect Salesforce first: for that, an admin of Quarterdeck sets SALESFORCE_PRIVATE_KEY (quarterdeck salesforce init "
    "makes one), or QUARTERDECK_PUBLIC_URL for connecting in the browser."
)


class PersonalDoors:
    """Lets users in by their own sign-ins, which the vault keeps under their ids in Salesforce."""

    def __init__(
        self,
        vault: Vault,
        desk: Desk,
        *,
        workspace: str,
        opened: Callable[[Tokens], Org],
        how: Callable[[str], str] = lambda _user: HOW,
    ) -> None:
        """`opened` makes an org of a sign-in, `how` says to a user how they connect."""
        self._vault, self._desk, self._workspace = vault, desk, workspace
        self._opened, self._how = opened, how

    def connected(self, user: str) -> bool:
        """Say whether a user confirmed to be this very user of Salesforce; nothing is asked of it."""
        link = self._vault.link(self._workspace, user)
        return link is not None and link.confirmed_at is not None and same_user(link.user_id, user)

    def how(self, user: str) -> str:
        """Return how this user connects Salesforce, as a sentence to them."""
        return self._how(user)

    def org(self, user: str) -> Org:
        """Return the org as this user.

        Raises:
            NotConnected: they have disconnected meanwhile.
            NotAllowed: Salesforce does not let them in any more.
            TryLater: Salesforce is over its limit or out of reach.
        """
        return self._opened(sign_in_of(self._vault, self._desk, self._workspace, user))
