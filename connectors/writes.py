"""What can be changed in a system of record: several fields of one record at once, and new entries. Each is one write."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from connectors.errors import Conflict

# What a field can hold; None stands for no value, and so does an empty text.
Value: TypeAlias = str | Decimal | date | bool | None
Kind = Literal["deal", "account", "contact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One field, by the system's own name, with the value it had and the one it gets. `repr` shows neither.

    Where both are one, it is a condition: as the currency, without which an approved amount means something else.
    """

    field: str
    before: Value = dataclasses.field(repr=False)
    after: Value = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Fields of one record that change together or not at all. `key` names this write: under it, it happens once."""

    key: str
    of: Kind
    record_id: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task about a deal or an account; without an owner it is for whoever approved it."""

    key: str
    about: str
    subject: str = dataclasses.field(repr=False)
    text: str = dataclasses.field(default="", repr=False)
    due: date | None = None
    contact: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentEmail:
    """An e-mail that has been sent, to be kept with a deal or an account. Nothing is sent by this."""

    key: str
    about: str
    subject: str = dataclasses.field(repr=False)
    text: str = dataclasses.field(default="", repr=False)
    sent_at: datetime
    sender: str = dataclasses.field(repr=False)
    to: tuple[str, ...] = dataclasses.field(repr=False)
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case of an account."""

    key: str
    account: str
    subject: str = dataclasses.field(repr=False)
    text: str = dataclasses.field(default="", repr=False)
    contact: str | None = None
    priority: str | None = None


Entry = NewTask | SentEmail | NewCase
Write = Update | Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a write did.

    `edits` hold what was there before and what was read back; `along` are fields that the system changed with them.
    `differing` are those that the system holds otherwise than approved, as where it keeps a sum itself. `inverse`
    takes back what can be taken back; None for an entry, and where nothing moved.
    """

    key: str
    record_id: str
    at: datetime
    edits: tuple[Edit, ...] = ()
    along: tuple[Edit, ...] = ()
    differing: tuple[str, ...] = ()
    inverse: Update | None = None


class Stale(Conflict):
    """Fields hold other values than those that were approved as "before": `found` has both (before, and what is there)."""

    def __init__(self, message: str, *, found: tuple[Edit, ...] = ()) -> None:
        """Keep what was found; the message names fields and no value."""
        super().__init__(message)
        self.found = found


class Why(StrEnum):
    """Why a write was not carried out."""

    STALE = "the record changed after the proposal"
    GONE = "the record is not there any more, or this person does not see it"
    RULE = "a rule of the system refuses it"
    PICKLIST = "it is no value of that picklist"
    REQUIRED = "a field that must be filled would be empty"
    VALUE = "the value does not fit the field"
    SUMMED = "the system computes that field itself"
    LOCKED = "somebody else is saving the record"
    NO_RIGHT = "this person may not do it"
    LIMIT = "a limit of the system is reached"
    DOWN = "the system is out of reach"
    UNKNOWN = "the answer was lost"
    OTHER = "the system says no"


class Writer(Protocol):
    """Carries out approved writes. There is none unless writing is switched on."""

    def write(self, wanted: Write, *, person: str) -> Done:
        """Carry out a write as `person`, and read back what came of it; the same key again gives the same answer.

        Raises:
            Stale: a field no longer holds its `before`; nothing was written.
            Conflict: the record changed or went meanwhile; or the answer was lost and nobody can tell what came of it.
            NotAllowed: this person may not, or the field is not open for writing.
            BadRequest: a value cannot be written, or the key belongs to another write.
            TryLater: a limit, a lock or a lost connection; the same write can be asked for again.

            Each has `sent` set where something may have arrived, in this try or an earlier one.
        """
        ...

    def came_of(self, wanted: Write, *, person: str) -> Done | None:
        """Return what came of a write that was asked for before; None where nothing was written. Nothing is sent.

        Raises:
            ConnectorError: nobody can tell (now, where it is TryLater), so `sent` is set; or, where it is not, the key
                belongs to another write.
        """
        ...
