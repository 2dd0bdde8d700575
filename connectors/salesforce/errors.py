"""What Salesforce answered when it did not do as asked, in the terms of connectors.errors.

TryLater
└── OrgBusy         the org is over a limit, locks the record, or is out of order
NotAllowed
├── OrgForbids      the user or the session may not do this
└── SignInRefused   the org lets nobody in like that; `mend` says who changes what
    └── NotApproved   the user has not agreed to the app, and nobody did for them; in the browser they can
BadRequest
└── OrgRejects      an unknown field, a validation rule, a wrong value …
Conflict
├── OrgMovedOn      the record changed or was deleted meanwhile
└── OutcomeUnknown  the answer to a write was lost: read the record before anything else
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest, Conflict, ConnectorError, NotAllowed, TryLater

if TYPE_CHECKING:
    from collections.abc import Mapping


# How Salesforce calls a query that ran too long.
TIMED_OUT: Final = "QUERY_TIMEOUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Salesforce's own words: the status, its code and message (of the first problem), and the fields it names."""

    status: int
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


class OrgBusy(TryLater):
    """Over a limit, locked or out of order; `said` keeps Salesforce's words."""

    def __init__(self, message: str, *, said: Said, after_seconds: float | None = None) -> None:
        """Keep the words and the advised wait."""
        super().__init__(message, after_seconds=after_seconds)
        self.said = said


class OrgForbids(NotAllowed):
    """The user or the session may not do this; `said` keeps Salesforce's words."""

    def __init__(self, message: str, *, said: Said) -> None:
        """Keep the words."""
        super().__init__(message)
        self.said = said


class SignInRefused(NotAllowed):
    """Nobody is let in like that: `what` it means, `code` is Salesforce's word for it, `mend` says who changes what."""

    def __init__(self, message: str, *, code: str, mend: str) -> None:
        """Say both in one message."""
        super().__init__(f"{message}: {mend}")
        self.what = message
        self.code = code
        self.mend = mend


class NotApproved(SignInRefused):
    """The user has not agreed to the app, and no administrator did for them."""


class OrgRejects(BadRequest):
    """The request cannot work as it is; `said` keeps Salesforce's words."""

    def __init__(self, message: str, *, said: Said) -> None:
        """Keep the words."""
        super().__init__(message)
        self.said = said


class OrgMovedOn(Conflict):
    """The record changed or was deleted meanwhile; `said` keeps Salesforce's words."""

    def __init__(self, message: str, *, said: Said) -> None:
        """Keep the words."""
        super().__init__(message)
        self.said = said


class OutcomeUnknown(Conflict):
    """The answer to a write was lost, so nobody knows whether it was carried out."""


def took_too_long(error: Exception) -> bool:
    """Say whether the org ended a query because it ran too long."""
    return isinstance(error, OrgRejects) and error.said.code == TIMED_OUT


def refusal(status: int, body: bytes, headers: Mapping[str, str]) -> ConnectorError:
    """Return the error that an answer of 300 or more stands for, with Salesforce's words in it."""
    said = _said(status, body)
    words = _sentence(said, _more(body))
    kind = _BY_CODE.get(said.code) or _BY_STATUS.get(status) or (OrgBusy if status >= 500 else OrgRejects)
    if kind is OrgBusy:
        return OrgBusy(words, said=said, after_seconds=_seconds(headers.get("Retry-After")))
    return kind(words, said=said)


_Kind = type[OrgBusy] | type[OrgForbids] | type[OrgRejects] | type[OrgMovedOn]

_BY_CODE: Final[dict[str, _Kind]] = {
    "REQUEST_LIMIT_EXCEEDED": OrgBusy,
    "SERVER_UNAVAILABLE": OrgBusy,
    "UNABLE_TO_LOCK_ROW": OrgBusy,
    "API_CURRENTLY_DISABLED": OrgForbids,
    "API_DISABLED_FOR_ORG": OrgForbids,
    "INSUFFICIENT_ACCESS": OrgForbids,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": OrgForbids,
    "INSUFFICIENT_ACCESS_OR_READONLY": OrgForbids,
    "INVALID_FIELD_FOR_INSERT_UPDATE": OrgForbids,
    "ENTITY_IS_DELETED": OrgMovedOn,
}
_BY_STATUS: Final[dict[int, _Kind]] = {
    401: OrgForbids,
    403: OrgForbids,
    409: OrgMovedOn,
    412: OrgMovedOn,
    420: OrgBusy,
    429: OrgBusy,
}

# Where Salesforce's own words do not say who mends it.
_MEND: Final[dict[str, str]] = {
    "API_CURRENTLY_DISABLED": "a Salesforce administrator switches the API on for this org",
    "API_DISABLED_FOR_ORG": "a Salesforce administrator gives this user the permission API Enabled "
    "(an edition without the API cannot be read)",
    "INVALID_SESSION_ID": "sign in again; if it stays so, a Salesforce administrator checks the session settings",
    "REQUEST_LIMIT_EXCEEDED": "the org's calls of the day are used up; they come back over the next 24 hours",
}
_PRECONDITION: Final = "the record was changed after the instant that was named"


def _said(status: int, body: bytes) -> Said:
    first = next(iter(_problems(body)), None)
    if first is None:
        return Said(status=status, message=_PRECONDITION if status == 412 else "")
    fields = first.get("fields")
    return Said(
        status=status,
        code=str(first.get("errorCode") or first.get("statusCode") or first.get("error") or ""),
        message=str(first.get("message") or first.get("error_description") or ""),
        fields=tuple(str(name) for name in fields) if isinstance(fields, list) else (),
    )


def _more(body: bytes) -> int:
    return max(len(_problems(body)) - 1, 0)


def _problems(body: bytes) -> list[dict[str, object]]:
    """Return the problems that an answer names; none where it is no answer of the interface (a page, nothing)."""
    try:
        found = json.loads(body)
    except ValueError:
        return []
    listed = found if isinstance(found, list) else [found]
    return [problem for problem in listed if isinstance(problem, dict)]


def _sentence(said: Said, more: int) -> str:
    if not said.code and not said.message:
        return f"Salesforce answered {said.status} without saying why"
    words = ": ".join(part for part in (said.code, said.message.rstrip(".")) if part)
    named = f" ({', '.join(said.fields)})" if said.fields else ""
    others = f", and {more} more" if more else ""
    mend = f"; {_MEND[said.code]}" if said.code in _MEND else ""
    return f"Salesforce answered {said.status}: {words}{named}{others}{mend}"


def _seconds(told: str | None) -> float | None:
    """Return the seconds of a Retry-After header; None where there is none, or it names a date."""
    return float(told) if told and told.isdigit() else None
