"""Why Salesforce, or we before it, refused a write: one word for each kind, beside the error that says what to do next."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from connectors.errors import BadRequest, Conflict, ConnectorError, NotAllowed, TryLater
from connectors.salesforce.errors import OrgBusy, OrgForbids, OrgMovedOn, OrgRejects, OutcomeUnknown
from connectors.writes import Stale, Why


class Unfit(BadRequest):
    """A value cannot be written, and nothing was sent; `why` says of which kind that is."""

    def __init__(self, message: str, *, why: Why) -> None:
        """Keep the kind."""
        super().__init__(message)
        self.why = why


def why(error: ConnectorError) -> Why:
    """Return why a write was not carried out."""
    match error:
        case Unfit():
            return error.why
        case OutcomeUnknown():
            return Why.UNKNOWN
        case Stale():
            return Why.STALE
        case OrgBusy() | OrgForbids() | OrgRejects() | OrgMovedOn() if error.said.code in _BY_CODE:
            return _BY_CODE[error.said.code]
        case OrgMovedOn() | Conflict():
            return Why.STALE
        case OrgBusy() if error.said.status == 429:
            return Why.LIMIT
        case TryLater():
            return Why.DOWN
        case NotAllowed():
            return Why.NO_RIGHT
        case _:
            return Why.OTHER


_BY_CODE: Final = MappingProxyType(
    {
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": Why.RULE,
        "DELETE_FAILED": Why.GONE,
        "ENTITY_IS_DELETED": Why.GONE,
        "ENTITY_IS_LOCKED": Why.NO_RIGHT,
        "FIELD_CUSTOM_VALIDATION_EXCEPTION": Why.RULE,
        "FIELD_FILTER_VALIDATION_EXCEPTION": Why.RULE,
        "FIELD_INTEGRITY_EXCEPTION": Why.VALUE,
        "INSUFFICIENT_ACCESS": Why.NO_RIGHT,
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": Why.NO_RIGHT,
        "INSUFFICIENT_ACCESS_OR_READONLY": Why.NO_RIGHT,
        "INVALID_CROSS_REFERENCE_KEY": Why.VALUE,
        "INVALID_FIELD": Why.NO_RIGHT,
        "INVALID_FIELD_FOR_INSERT_UPDATE": Why.NO_RIGHT,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Why.PICKLIST,
        "JSON_PARSER_ERROR": Why.VALUE,
        "MALFORMED_ID": Why.VALUE,
        "NOT_FOUND": Why.GONE,
        "NUMBER_OUTSIDE_VALID_RANGE": Why.VALUE,
        "REQUEST_LIMIT_EXCEEDED": Why.LIMIT,
        "REQUIRED_FIELD_MISSING": Why.REQUIRED,
        "STORAGE_LIMIT_EXCEEDED": Why.LIMIT,
        "STRING_TOO_LONG": Why.VALUE,
        "UNABLE_TO_LOCK_ROW": Why.LOCKED,
    }
)
