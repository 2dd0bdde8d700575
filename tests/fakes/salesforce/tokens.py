"""Access tokens, and whose they are."""

from __future__ import annotations


class Tokens:
    """Each token belongs to a user until it expires or is revoked."""

    def __init__(self, org: str) -> None:
        self._org, self._users, self._issued = org[:15], {}, 0

    def issue(self, user: str) -> str:
        """Return a new token of a user."""
        self._issued += 1
        token = f"{self._org}!AQ.stand-in.{self._issued:06d}"
        self._users[token] = user
        return token

    def user_of(self, token: str) -> str | None:
        """Return whose token it is; None when it holds no longer, or never did."""
        return self._users.get(token)

    def expire(self, token: str) -> None:
        """Let a token hold no longer."""
        self._users.pop(token, None)

    def revoke(self, user: str) -> None:
        """Let no token of a user hold any longer."""
        self._users = {token: whose for token, whose in self._users.items() if whose != user}
