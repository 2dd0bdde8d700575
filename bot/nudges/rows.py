"""One deal in an owner's message as it stands now: open, answered, or settled in the CRM meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Literal

from bot.agent.answers.asking import amount
from bot.nudges.values import Asked, Given, Item, Need
from connectors.records import Status
from reports import words
from reports.context import OwnerNote
from reports.facts import Frozen
from reports.kinds.owners import said, stands
from reports.view import Deal, PipelineView

State = Literal["open", "kept", "settled"]
# Letters of a deal's name, and of the next step that the CRM has for it.
_NAME, _STEP = 80, 120


class Row(Frozen):
    """What an owner reads about one deal.

    A `kept` answer can be changed while it is asked for; a `settled` deal needs none. `number` says how many answers
    there were before; `undo` is the proposal that a press takes back.
    """

    deal_id: str
    need: Need
    state: State
    text: str
    number: int = 0
    undo: str = ""


def row(view: PipelineView, asked: Asked, item: Item, deal: Deal | None, given: Given | None) -> Row:
    """Return what an owner reads about a deal: as the CRM has it now, with the answer that was given."""
    state, text = _now(view, asked, item, deal, given)
    number = given.number if given else 0
    undo = given.undo if given and given.asked == asked.id else ""
    return Row(deal_id=item.deal_id, need=item.need, state=state, text=text, number=number, undo=undo)


def kept(note: OwnerNote, deal: Deal, view: PipelineView) -> str:
    """Return that an answer was kept, and what the CRM goes on saying."""
    match note.answer:
        case "date":
            holds = f"still says {words.day(deal.close, view.today)}"
        case "step":
            step = words.line(deal.next_step or "", _STEP)
            holds = f"still says “{step}”" if step else "still has no next step"
        case "amount":
            holds = f"still says {amount(deal)}" if deal.entered else "still has no amount"
        case "lost":
            holds = "still has it open"
        case "left":
            return "Kept. The CRM stays as it is."
    return f"Kept. The CRM {holds} until write-back is on."


def _now(
    view: PipelineView, asked: Asked, item: Item, deal: Deal | None, given: Given | None
) -> tuple[State, str]:
    if deal is None:
        return "settled", f"{asked.names.get(item.deal_id, 'A deal')}: you cannot see it in the CRM any more."
    if given is not None and given.whole and given.asked == asked.id:
        return "kept", given.told
    name = words.line(deal.name, _NAME)
    if deal.status is not Status.OPEN:
        return "settled", f"{name}: {deal.status} in the CRM by now, nothing to answer."
    if deal.owner_id != asked.owner:
        return "settled", f"{name}: belongs to {deal.owner} in the CRM by now, nothing to answer."
    if given is not None and stands(given.note, deal, view):
        return (
            "kept",
            f"{name}, {amount(deal)}: {said(given.note)}. {given.told or kept(given.note, deal, view)}",
        )
    if moved := _moved(view, asked, item, deal):
        return "settled", f"{name}: {moved} in the CRM by now, nothing to answer."
    step = words.line(deal.next_step or "", _STEP)
    next_step = f"Next step: “{step}”" if step else "No next step"
    return "open", f"{name}, {amount(deal)}, closes {words.day(deal.close, view.today)}\n{next_step}"


def _moved(view: PipelineView, asked: Asked, item: Item, deal: Deal) -> str:
    """Return how the record mended itself since it was asked about; empty where it did not."""
    match item.need:
        case "date":
            was = asked.closes.get(deal.id, "")
            now = deal.close.isoformat() if deal.close else ""
            if deal.id not in asked.closes or now == was:
                return ""
            before = words.day(date.fromisoformat(was), view.today) if was else "no date"
            return f"closes {words.day(deal.close, view.today)}, not {before},"
        case "step":
            return "has a next step" if (deal.next_step or "").strip() else ""
        case "amount":
            return "has an amount" if deal.entered else ""
