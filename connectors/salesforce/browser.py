"""Connecting in the browser: a link of one person's own, the way back, and a sign-in that waits for that person's word.

Whoever opens the link may be anybody, and the address it comes back to cannot tell who. So a sign-in is kept only if it
is the very user of Salesforce that its person is in the CRM, and even then it counts only once they have said so where
they asked for the link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from connectors.errors import BadRequest, ConnectorError, TryLater
from connectors.protocol import Back
from connectors.salesforce.errors import SignInRefused
from connectors.salesforce.people import User, same_user
from connectors.salesforce.places import is_loopback
from connectors.salesforce.signin import Attempt, Desk
from connectors.salesforce.tokens import Token
from connectors.salesforce.vault import Away, Link, Vault

# Where a person comes back to, under the public address.
CALLBACK: Final = "/salesforce/callback"
# So long a link works, and so long a sign-in waits to be confirmed.
LIFE: Final = timedelta(minutes=10)
WAITS: Final = timedelta(minutes=15)
OTHER: Final = (
    "whoever signed in by your link is another Salesforce user than the one you are in the CRM, so nothing was kept: "
    "sign out of Salesforce in the browser first, and give the link to nobody"
)
UNTOLD: Final = "Salesforce does not say who signed in, so nothing was kept"
DENIED: Final = "whoever opened your link did not agree"
BUSY: Final = "Salesforce does not answer at the moment"
UNKEPT: Final = "your sign-in could not be kept here at the moment, so it is revoked"
# Salesforce's code for why nobody signed in. Its words beside it could be anybody's, and are not passed on.
_CODE: Final = re.compile(r"\w{1,60}")


class Browser:
    """How the persons of one org sign in there in the browser."""

    path: Final = CALLBACK
    life: Final = LIFE

    def __init__(
        self,
        vault: Vault,
        desk: Desk,
        *,
        workspace: str,
        back: str,
        only: bool,
        user: Callable[[Token], User | None],
        now: Callable[[], datetime],
        text: Callable[[int], str],
    ) -> None:
        """`back` is the address that they come back to, `only` says that there is no other way to sign in.

        `user` tells whose a token is, `text` draws so many random bytes as text.
        """
        self._vault, self._desk, self._workspace = vault, desk, workspace
        self._back, self._only, self._user = back, only, user
        self._now, self._text = now, text

    def goes_first(self, person: str) -> bool:
        """Say whether there is no other way for somebody, or they went this one before."""
        link = self._vault.link(self._workspace, person)
        return self._only or (link is not None and link.token is not None and link.token.refresh is not None)

    def set_out(self, person: str, user: str) -> str:
        """Return the address of Salesforce at which a person signs in; an earlier one of theirs is closed by that."""
        attempt, now = Attempt.draw(self._text), self._now()
        away = Away(person=person, user=user, attempt=attempt, until=now + LIFE)
        self._vault.send_out(self._workspace, away, at=now)
        return self._desk.authorize(attempt, redirect_uri=self._back)

    def come_back(self, query: Mapping[str, str]) -> Back | None:
        """Return who came back; a sign-in of anybody but the person themselves is revoked at once."""
        now = self._now()
        away = self._vault.take_back(self._workspace, query.get("state", ""), at=now)
        if away is None:
            return None
        nobody = Back(person=away.person, user=away.user, at=now)
        try:
            token = self._desk.exchange(_told(query), away.attempt, redirect_uri=self._back)
        except TryLater:
            return replace(nobody, why=BUSY)
        except SignInRefused as refusal:
            return replace(nobody, why=DENIED if refusal.code == "access_denied" else str(refusal))
        except ConnectorError as refusal:
            return replace(nobody, why=str(refusal))
        try:
            found = self._user(token)
        except ConnectorError:
            found = None
        if found is None or not (same_user(token.user_id, away.person) and same_user(found.id, away.person)):
            self._desk.revoke(token)
            return replace(nobody, why=OTHER if found is not None else UNTOLD)
        link = Link(email=found.email, username=found.username, user_id=found.id, token=token)
        try:
            before = self._vault.offer(self._workspace, away.person, link)
        except ConnectorError:
            self._desk.revoke(token)
            return replace(nobody, why=UNKEPT)
        if before is not None and before.token is not None:
            self._desk.revoke(before.token)
        return replace(
            nobody,
            at=token.issued_at,
            user_name=found.username,
            name=found.name,
            email=found.email,
            waits=WAITS,
        )

    def lapse(self, person: str, at: datetime) -> bool:
        """Forget a sign-in that was never confirmed, and revoke it."""
        token = self._vault.lapse(self._workspace, person, issued_at=at)
        if token is not None:
            self._desk.revoke(token)
        return token is not None


def _told(query: Mapping[str, str]) -> dict[str, str]:
    """Return what is taken from the address that a browser came back to."""
    told = {name: query[name] for name in ("state", "code") if name in query}
    error = query.get("error", "")
    return told | ({"error": error} if _CODE.fullmatch(error) else {})


def callback(public_url: str) -> str:
    """Return the address that persons come back to, under the address at which this installation is reached.

    Raises:
        BadRequest: it is none that a browser reaches encrypted.
    """
    trimmed = public_url.strip().rstrip("/")
    parts = urlsplit(trimmed)
    bare = (
        parts.hostname
        and trimmed == f"{parts.scheme}://{parts.netloc}{parts.path}"
        and "@" not in parts.netloc
    )
    if bare and (parts.scheme == "https" or is_loopback(f"{parts.scheme}://{parts.netloc}")):
        return f"{trimmed}{CALLBACK}"
    raise BadRequest(
        f"QUARTERDECK_PUBLIC_URL is {public_url!r}; use the https address at which browsers reach this server, "
        "like https://quarterdeck.example.com"
    )
