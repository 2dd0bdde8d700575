"""What owners answered about their deals: how it is written on a deal's row, and how long it stands there."""

from __future__ import annotations

from typing import Literal

from connectors.records import Status
from reports import words
from reports.context import OwnerNote
from reports.view import Deal, PipelineView

Answer = Literal["date", "step", "amount", "lost", "left"]


def held(deal: Deal, answer: Answer) -> str:
    """Return what a record holds where an answer would change it; for an answer that changes no field, its close date."""
    match answer:
        case "step":
            return words.line(deal.next_step or "")
        case "amount":
            return "" if deal.entered is None else f"{deal.entered[1]} {deal.entered[0]:f}"
        case _:
            return deal.close.isoformat() if deal.close else ""


def stands(note: OwnerNote, deal: Deal, view: PipelineView) -> bool:
    """Say whether an answer is still news: given by the view's day, the deal open and the owner's, its record as it was.

    The newest view knows of every answer, however old its records are.
    """
    newest = view.as_of >= view.session.newest()
    return (
        (newest or note.at.astimezone(view.company.zone).date() <= view.today)
        and deal.status is Status.OPEN
        and deal.owner_id == note.owner_id
        and held(deal, note.answer) == note.was
    )


def told(note: OwnerNote, view: PipelineView) -> str:
    """Return an answer with who gave it and when, `Jonas Adler, 23 Nov: new date 18 Dec, not in CRM yet`.

    Where reps are not named, the owner is not.
    """
    person = view.people.get(note.owner_id)
    name = person.name if person else note.owner if view.session.names else "the owner"
    day = words.day(note.at.astimezone(view.company.zone).date())
    yet = ", in the CRM already" if note.written else ", not in CRM yet"
    written = "" if note.answer == "left" else yet
    return f"{words.line(name, 40)}, {day}: {said(note)}{written}"


def said(note: OwnerNote) -> str:
    """Return what was answered, `new date 18 Dec`, `lost: no budget`; the words are the owner's own."""
    text = words.line(note.text, 160)
    match note.answer:
        case "date":
            return f"new date {words.day(note.day, note.at.date())}"
        case "step":
            return f"next step: {text}"
        case "amount":
            return f"amount: {text}"
        case "lost":
            return f"lost: {text}" if text else "lost"
        case "left":
            return f"leave it as it is: {text}" if text else "leave it as it is"
