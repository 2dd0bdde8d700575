"""Requests and answers, before and after they are bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from tests.fakes.salesforce.errors import ApiError

_JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked. `user` is whom its token belongs to; None where it has none that holds."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] | Message = field(default_factory=dict)
    body: bytes = b""
    user: str | None = None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def json(self) -> Any:
        """Return the body.

        Raises:
            ApiError: it is not JSON.
        """
        try:
            return json.loads(self.body or b"{}")
        except ValueError as error:
            raise ApiError(
                400, "JSON_PARSER_ERROR", f"Unexpected character at [line:1, column:1]: {error}"
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says. `body` is sent as JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()

    def kind(self) -> str:
        return self.headers.get("Content-Type", "text/plain" if isinstance(self.body, bytes) else _JSON)


Handler = Callable[[Request], Answer]


def refused(error: ApiError) -> Answer:
    return Answer(status=error.status, body=error.body())
