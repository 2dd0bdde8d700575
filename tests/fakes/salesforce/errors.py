"""What the platform answers instead of a result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class ApiError(Exception):
    """An answer of the platform that says why it did nothing: a status, a code, a message, and the fields it is about."""

    def __init__(self, status: int, code: str, message: str, fields: Iterable[str] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.fields = status, code, message, tuple(fields)

    def body(self) -> list[dict[str, Any]]:
        """Return the body of a REST answer."""
        told: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [told | {"fields": list(self.fields)} if self.fields or self.status == 400 else told]

    def in_row(self) -> dict[str, Any]:
        """Return the error as a collection tells it beside its row."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


def not_found(what: str = "The requested resource does not exist") -> ApiError:
    return ApiError(404, "NOT_FOUND", what)


def malformed_id(value: object) -> ApiError:
    return ApiError(400, "MALFORMED_ID", f"malformed id {value}")


def no_rights(message: str = "insufficient access rights on object id") -> ApiError:
    return ApiError(400, "INSUFFICIENT_ACCESS_OR_READONLY", message)
