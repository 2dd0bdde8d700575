"""Access tokens: what signing in gives, and one holder that renews it once for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The right to act as one user of one org. The secrets are never shown by `repr`.

    `instance_url` is where this org is spoken to. `org_id` and `user_id` are empty where the way of signing in does
    not tell them; `refresh` is there only after a person agreed in the browser.
    """

    access: str = field(repr=False)
    instance_url: str
    org_id: str = ""
    user_id: str = ""
    issued_at: datetime
    refresh: str | None = field(default=None, repr=False)


class Tokens:
    """The current token of one identity. Signs in when it is first asked, and again when a token was refused."""

    def __init__(self, sign_in: Callable[[Token | None], Token], *, kept: Token | None = None) -> None:
        """Start from the `kept` token, if any; `sign_in` is given the one before."""
        self._sign_in = sign_in
        self._token = kept
        self._lock = threading.Lock()

    def current(self) -> Token:
        """Return the token to use now.

        Raises:
            NotAllowed: nobody is let in like that; the message says who changes what.
            TryLater: Salesforce cannot be reached.
        """
        with self._lock:
            return self._token or self._renewed()

    def renew(self, refused: str) -> Token:
        """Return another token than the `refused` one; threads that were refused together sign in once.

        Raises:
            NotAllowed: nobody is let in like that any more.
            TryLater: Salesforce cannot be reached.
        """
        with self._lock:
            if self._token is not None and self._token.access != refused:
                return self._token
            return self._renewed()

    def _renewed(self) -> Token:
        self._token = self._sign_in(self._token)
        return self._token
