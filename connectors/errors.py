"""What can go wrong below, grouped by what the caller does next.

ConnectorError
├── TryLater      wait, then ask again (a limit, a lock, a lost connection)
├── NotAllowed    ask somebody: the person or the integration may not do this
│   └── NotConnected  connect first: the system of record does not know yet who this person is there
├── BadRequest    change the request: the message names the value and what would have worked
│   ├── OtherMeaning  load everything again: what was loaded was read by other definitions, or from other files
│   └── NoSuchSheet   name another sheet: the workbook does not have that one
├── Conflict      read again: the record is not what it was when the request was made
└── NoData        load first: there is no mirror yet, or it does not reach that far back
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Base of everything a connector or the mirror raises on purpose.

    `sent` says of an error in a write that something of it may have arrived, in this try or an earlier one.
    """

    sent: bool = False


class TryLater(ConnectorError):
    """Wait and ask again; `after_seconds` where the system said how long, else None."""

    def __init__(self, message: str, *, after_seconds: float | None = None) -> None:
        """Keep the message and the advised wait."""
        super().__init__(message)
        self.after_seconds = after_seconds


class NotAllowed(ConnectorError):
    """Somebody has to grant a right, or the act is switched off."""


class NotConnected(NotAllowed):
    """A person has not signed in to the system of record, so that nobody can tell what they may see there."""


class BadRequest(ConnectorError):
    """The request cannot work as it is; the message names the value and what would have worked."""


class OtherMeaning(BadRequest):
    """What was loaded before was read by another company file, or from other files: load everything again."""


class NoSuchSheet(BadRequest):
    """A workbook has no sheet of the name asked for; the message names those it has."""


class Conflict(ConnectorError):
    """The record changed since it was read."""


class NoData(ConnectorError):
    """There is nothing to read yet, or not that far back."""
