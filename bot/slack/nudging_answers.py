"""What an owner answers about a deal: a press or a dialog is kept, shown in the message, and written nowhere else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bot import flows
from bot.nudges.finding import in_order
from bot.nudges.rows import row
from bot.nudges.values import Asked, Given, Item
from bot.runs.ports import Steps
from bot.slack import message as m
from bot.slack import nudging_message as n
from bot.slack import nudging_writes as writes
from bot.slack.desk import Desk
from bot.slack.dialogs import request_of
from bot.slack.feature import Filled
from bot.slack.losing import chosen
from bot.slack.nudging_letters import book, show
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell
from connectors.access import Access
from reports import words
from reports.context import OwnerNote
from reports.facts import Frozen
from reports.kinds.owners import Answer, held

# A new close date is no further away.
_FURTHEST_YEARS = 5
_GONE = "I no longer have the question that this button belongs to."


class _Words(Frozen):
    """What somebody answered: the kind of answer, a day, the own words, and how a deal is lost, as the CRM has it."""

    answer: Answer
    day: date | None = None
    text: str = ""
    lost: writes.Lost = writes.Lost()


def opened(desk: Desk, press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog of a button; None where the answer is not taken: the press then says why."""
    asked, item = _about(desk, press.value)
    if asked is None or item is None or _refused(desk, asked, item, known):
        return None
    name, close = asked.names.get(item.deal_id, "This deal"), _day(asked.closes.get(item.deal_id, ""))
    about = f"{asked.id}|{item.deal_id}"
    match press.action.partition(":")[0]:
        case n.DATE:
            return n.date_dialog(about, name, close, writes=desk.writes)
        case n.STEP | n.AMOUNT:
            return n.words_dialog(about, name, close, item.need, writes=desk.writes)
        case n.LOST:
            return n.lost_dialog(
                about, name, close, _reasons(asked), _stages(desk, asked), writes=desk.writes
            )
        case _:
            return n.change_dialog(
                about, name, close, _reasons(asked), _stages(desk, asked), item.need, writes=desk.writes
            )


def pressed(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Carry out a press: [Leave it] is an answer; another button comes here where its dialog may not open, and says why."""
    left = press.action.partition(":")[0] == n.LEFT
    _answer(
        desk, steps, press.request, known, about=press.value, given=_Words(answer="left") if left else None
    )


def wrong(desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is wrong with a dialog, by field."""
    values, kind = filled.values, _kind(filled)
    if kind == "date":
        return _wrong_day(desk, values.get("date", ""))
    if kind == "lost" and "stage" in values and not values["stage"]:
        return {"stage": "Choose the stage."}
    if kind == "lost" and not (values.get("reason") or values.get("words", "").strip()):
        return {"words": "Choose a reason or write one."}
    field = "mend" if "mend" in values else "words"
    if kind in {"step", "amount"} and not values.get(field, "").strip():
        return {field: "Write it in a few words."}
    return {}


def filled_in(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Keep what somebody answered in a dialog."""
    asked, _ = _about(desk, filled.about)
    values, kind = filled.values, _kind(filled)
    text = values.get("words", "").strip()
    match kind:
        case "date":
            given = _Words(answer="date", day=date.fromisoformat(values["date"]))
        case "step" | "amount":
            given = _Words(answer=kind, text=values.get("mend", "").strip() or text)
        case "lost":
            reason = chosen(_reasons(asked), values.get("reason", "")) if asked else ""
            lost = writes.Lost(
                stage=chosen(asked.stages, values.get("stage", "")) if asked else "",
                reason=reason if asked and asked.written else "",
            )
            given = _Words(answer="lost", text=": ".join(part for part in (reason, text) if part), lost=lost)
        case _:
            given = _Words(answer="left")
    _answer(desk, steps, request_of(desk, filled), known, about=filled.about, given=given)


def _answer(
    desk: Desk, steps: Steps, request: Request, known: Known, *, about: str, given: _Words | None
) -> None:
    """Keep an answer and show it; the one who gave it is told where it could not be kept, or the message is gone."""
    asked_id, key = about.partition("|")[0], mark_of(request.key)
    why = steps.step("answer", lambda: _kept(desk, about, known, given, at=request.at, key=request.key))
    if not why and desk.executor is not None:
        steps.step("write", lambda: writes.begin(desk, known, about.split("|")[1]))
    there = steps.step("show", lambda: show(desk, asked_id, key=f"{key}s"))
    if why or not there:
        gone = "" if desk.writes else "; the CRM stays as it is"
        told = m.sentence(why or f"Kept. The message that asked you is gone{gone}.")
        steps.step("tell", lambda: tell(desk, request, told, key=key, look=steps.again))


def _kept(desk: Desk, about: str, known: Known, given: _Words | None, *, at: datetime, key: str) -> str:
    """Keep an answer; return why not where it is not taken, which is decided here, now."""
    asked, item = _about(desk, about)
    if asked is None or item is None:
        return _GONE
    if why := _refused(desk, asked, item, known, at=at):
        return why
    if given is None:
        return "Press once more, please."
    kept = book(desk)
    with flows.pull(desk.under(Access(workspace=desk.workspace, asker=known.grant))) as view:
        deal = next(iter(in_order(view, (item.deal_id,))), None)
        before = kept.given.get(item.deal_id)
        stands = row(view, asked, item, deal, before)
    if deal is None or stands.state == "settled":
        return stands.text
    if (before is None or before.at != at) and (why := writes.busy(desk, before)):
        return why
    note = OwnerNote(
        deal_id=deal.id,
        owner=known.asker.name,
        owner_id=asked.owner,
        answer=given.answer,
        day=given.day,
        text=words.line(given.text, 300),
        was=held(deal, given.answer),
        at=desk.line.now(),
    )

    told, proposal = ("", "")
    if desk.executor is not None:
        told, proposal = writes.prepare(desk, known, deal, note, lost=given.lost, key=key, at=at)

    def answered(last: Given | None) -> Given:
        if last is not None and last.at == at:
            return last
        number = last.number + 1 if last else 1
        return Given(note=note, at=at, asked=asked.id, number=number, told=told, proposal=proposal)

    kept.given.change(deal.id, answered)
    return ""


def _refused(desk: Desk, asked: Asked, item: Item, known: Known, *, at: datetime | None = None) -> str:
    """Return why an answer of somebody is not taken; empty where it is.

    Only the owner's counts, and one that was reported is not changed. `at` is when it was given: the one kept by an earlier
    try is no earlier answer.
    """
    if known.person is None or known.person.id != asked.owner:
        return "Only the owner of the deal can answer that."
    kept = book(desk)
    before = kept.given.get(item.deal_id)
    earlier = before is not None and before.asked == asked.id and before.at != at
    causes = {one.cause for one in asked.items if one.deal_id == item.deal_id}
    if earlier and not any(kept.is_open(cause) for cause in causes):
        return "Your answer was reported already. Tell whoever asked, or change the deal in the CRM."
    return ""


def _about(desk: Desk, value: str) -> tuple[Asked | None, Item | None]:
    """Return the message and the deal that a button or a dialog is about; None for what is not kept any more."""
    asked_id, _, rest = value.partition("|")
    asked = book(desk).asked.get(asked_id)
    deal_id = rest.partition("|")[0]
    return asked, next((item for item in asked.items if item.deal_id == deal_id), None) if asked else None


def _reasons(asked: Asked) -> tuple[str, ...]:
    """Return the reasons to choose from: those that can be written, else those that the CRM has."""
    return asked.written or asked.reasons


def _stages(desk: Desk, asked: Asked) -> tuple[str, ...]:
    """Return the stages to choose from; none where nothing is written any more."""
    return asked.stages if desk.writes else ()


def _kind(filled: Filled) -> str:
    """Return which answer a dialog gives."""
    return filled.values.get("answer") or {
        n.DATE: "date",
        n.STEP: "step",
        n.AMOUNT: "amount",
        n.LOST: "lost",
    }.get(filled.dialog, "")


def _wrong_day(desk: Desk, value: str) -> dict[str, str]:
    if not value:
        return {"date": "Choose the new close date."}
    today = desk.line.now().astimezone(desk.line.company.zone).date()
    day = date.fromisoformat(value)
    if day < today:
        return {"date": f"That is past: today is {words.dated(today)}."}
    if day.year - today.year > _FURTHEST_YEARS:
        return {"date": f"That is more than {_FURTHEST_YEARS} years away."}
    return {}


def _day(iso: str) -> str:
    return words.day(date.fromisoformat(iso)) if iso else ""
