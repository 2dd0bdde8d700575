"""New entries as records: which object, which fields, and the reference by which one is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from connectors.errors import NotAllowed
from connectors.salesforce.allowed import Allowed, Made
from connectors.salesforce.fieldmap import OWN, WRITING
from connectors.salesforce.why import Unfit
from connectors.writes import Entry, NewCase, NewTask, SentEmail, Value, Why

# What a record's id begins with, and which object that is.
_ABOUT: Final[Mapping[str, str]] = {"006": "Opportunity", "001": "Account"}
# EmailMessage.Status of one that was sent.
_SENT: Final = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A record to be made: its object and values, its parent, and the field in whose text the reference stands."""

    object: str
    values: Mapping[str, Value]
    parent_object: str
    parent: tuple[str, str]
    text: str
    reference: str


def making(allowed: Allowed, wanted: Entry) -> Making:
    """Return the record that an entry is.

    Raises:
        NotAllowed: such entries are not open for writing.
        Unfit: it is about something else than a deal or an account.
    """
    reference = f"[Quarterdeck {sha256(wanted.key.encode()).hexdigest()[:20]}]"
    match wanted:
        case NewTask():
            _refuse_closed(allowed, "task")
            return _about(
                wanted.about,
                "Task",
                reference,
                {
                    "Subject": wanted.subject,
                    "Description": _text(wanted.text, reference),
                    "ActivityDate": wanted.due,
                    "Status": allowed.open_status,
                    "OwnerId": wanted.owner,
                    "WhoId": wanted.contact,
                },
            )
        case SentEmail():
            _refuse_closed(allowed, "email")
            return (
                _message(wanted, reference)
                if allowed.email == "EmailMessage"
                else _logged(allowed, wanted, reference)
            )
        case NewCase():
            _refuse_closed(allowed, "case")
            return Making(
                object="Case",
                values={
                    "AccountId": wanted.account,
                    "ContactId": wanted.contact,
                    "Subject": wanted.subject,
                    "Description": _text(wanted.text, reference),
                    "Priority": wanted.priority,
                },
                parent_object="Account",
                parent=("AccountId", wanted.account),
                text="Description",
                reference=reference,
            )


def _logged(allowed: Allowed, wanted: SentEmail, reference: str) -> Making:
    """Return an e-mail as a task that is done."""
    head = f"From: {wanted.sender}\nTo: {', '.join(wanted.to)}\nSent: {_instant(wanted.sent_at)}"
    values: dict[str, Value] = {
        "Subject": wanted.subject,
        "Description": _text(f"{head}\n\n{wanted.text}", reference),
        "ActivityDate": wanted.sent_at.date(),
        "Status": allowed.done_status,
        "TaskSubtype": "Email",
        "WhoId": wanted.contact,
    }
    return _about(wanted.about, "Task", reference, values)


def _message(wanted: SentEmail, reference: str) -> Making:
    """Return an e-mail as a message of its own, where the org keeps such."""
    object_name = _object(wanted.about)
    values: dict[str, Value] = {
        "RelatedToId": wanted.about,
        "Subject": wanted.subject,
        "TextBody": _text(wanted.text, reference),
        "FromAddress": wanted.sender,
        "ToAddress": "; ".join(wanted.to),
        "MessageDate": wanted.sent_at,
        "Incoming": False,
        "Status": _SENT,
    }
    return Making(
        object="EmailMessage",
        values=values,
        parent_object=object_name,
        parent=("RelatedToId", wanted.about),
        text="TextBody",
        reference=reference,
    )


def _about(about: str, name: str, reference: str, values: Mapping[str, Value]) -> Making:
    return Making(
        object=name,
        values={**values, "WhatId": about},
        parent_object=_object(about),
        parent=("WhatId", about),
        text="Description",
        reference=reference,
    )


def _object(about: str) -> str:
    name = _ABOUT.get(about[:3])
    if name is None:
        raise Unfit(
            f"{about!r} is neither a deal nor an account; their ids begin with 006 and 001", why=Why.VALUE
        )
    return name


def _refuse_closed(allowed: Allowed, made: Made) -> None:
    if made not in allowed.create:
        raise NotAllowed(
            f"new entries of the kind {made!r} are not open for writing; open are "
            f"{', '.join(sorted(allowed.create)) or 'none'} (create in [{WRITING}] of {OWN} says so)"
        )


def _text(text: str, reference: str) -> str:
    return f"{text}\n\n{reference}" if text else reference


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
