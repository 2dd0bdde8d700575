"""What the tests of the session and of signing in share: a scripted org, and tokens that can be renewed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from urllib3.util import Retry

from connectors.errors import NotAllowed
from connectors.salesforce.session import RETRY, OrgSession
from connectors.salesforce.tokens import Token, Tokens
from tests.fakes.salesforce.listening import Heard, Loopback, Told

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EXPIRED = Told(401, b'[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]')
# What repeats without waiting, so that no test sleeps.
AT_ONCE: Retry = RETRY.new(backoff_factor=0, respect_retry_after_header=False)


def told(value: Any, status: int = 200, **headers: str) -> Told:
    """Return a value as an answer of the interface; a `_` in a header's name is a `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Told(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


def problem(status: int, code: str, message: str = "as scripted", **more: Any) -> Told:
    """Return a refusal as the interface words it."""
    return told([{"errorCode": code, "message": message, **more}], status)


class Script:
    """Answers the requests in turn; when it is used up, the last answer stays."""

    def __init__(self, *answers: Told) -> None:
        self._answers = list(answers)
        self._lock = threading.Lock()

    def __call__(self, heard: Heard) -> Told:
        with self._lock:
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Door:
    """Lets in again and again, `token-1`, `token-2` …, until `closed`; counts how often."""

    def __init__(self, address: str, *, closed: bool = False) -> None:
        self.address, self.closed, self.times = address, closed, 0

    def __call__(self, before: Token | None) -> Token:
        if self.closed and before is not None:
            raise NotAllowed("the door is closed")
        self.times += 1
        return Token(access=f"token-{self.times}", instance_url=self.address, issued_at=NOW)


@contextmanager
def org(*answers: Told, **options: Any) -> Iterator[tuple[OrgSession, Loopback, Door]]:
    """Serve an org that answers by script, with a session on it."""
    with Loopback(Script(*answers)) as server:
        door = Door(server.url)
        with OrgSession(Tokens(door), **{"retry": AT_ONCE, **options}) as session:
            yield session, server, door


def headers(heard: Heard) -> Mapping[str, str]:
    """Return the headers of a request that its sender chose, but for the token."""
    return {
        name: value
        for name, value in heard.headers.items()
        if name not in {"Authorization", "Host", "Connection"}
    }
