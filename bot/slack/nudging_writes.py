"""An owner's answer as a change of the CRM: the click is proposal and approval in one, and the message shows what came of it."""

from __future__ import annotations

from datetime import datetime

from bot.agent import tokens
from bot.agent.amounts import amount_at
from bot.approvals.executor import said_of
from bot.approvals.rules import AT_ONCE
from bot.approvals.values import Outcome, Proposal
from bot.approvals.words import not_written, proposed, written
from bot.nudges.values import Given
from bot.runs.ports import Steps
from bot.slack import message as m
from bot.slack.approving import (
    UNDO,
    approve,
    came,
    executor_of,
    keep_unasked,
    kept_of,
    pressed_at,
    system_of,
    today,
)
from bot.slack.blocks import button
from bot.slack.desk import Desk
from bot.slack.losing import lost_stages
from bot.slack.nudging_letters import book, show
from bot.slack.people import Known
from bot.slack.presses import instead
from bot.slack.telling import mark_of
from connectors.errors import ConnectorError
from reports import words
from reports.context import OwnerNote
from reports.facts import Frozen
from reports.view import Deal

# A number without a sign that is smaller than this may be meant in thousands.
_LEAST = 1_000
_FIELDS = {"date": "close", "step": "next_step", "amount": "amount", "lost": "stage"}
_NOTE = "Your answer is kept as a note."
_SHOWN = {"close": "close date", "next_step": "next step", "amount": "amount", "stage": "stage"}


class Lost(Frozen):
    """How a deal is lost, as the system has it: the stage where there are several, and the reason; empty for neither."""

    stage: str = ""
    reason: str = ""


def prepare(
    desk: Desk, known: Known, deal: Deal, note: OwnerNote, *, lost: Lost, key: str, at: datetime
) -> tuple[str, str]:
    """Propose what an answer changes; return what is told of it, and the proposal's id: both empty where it changes nothing."""
    executor, there = executor_of(desk), _shown_since(desk, deal.id)
    wanted = _wanted(desk, deal, note, lost, currency=there.get("currency") or "")
    if wanted is None:
        return "", ""
    if isinstance(wanted, str):
        return f"{wanted} {_NOTE}", ""
    wanted |= {
        word: (there[word], after)
        for word, (before, after) in wanted.items()
        if word in there and before != after
    }
    try:
        changes = executor.changes(deal.id, wanted)
    except ConnectorError as error:
        return f"Not written: {said_of(error).rstrip('.')}. {_NOTE}", ""
    proposal = Proposal(
        workspace=desk.workspace,
        id=mark_of(f"nudge:{key}"),
        asker=known.member.id,
        record_id=deal.id,
        record=deal.name,
        changes=changes,
        approver=note.owner_id,
        user=known.member.id,
        currency=wanted.get("currency", ("", None))[0] or desk.line.company.currency,
        made_at=at,
        expires_at=at + AT_ONCE,
        source="nudge",
        about=deal.id,
    )
    executor.kept.keep(proposal)
    if not executor.writes:
        keep_unasked(desk, proposal)
        return proposed(proposal, executor.label, today(desk)), proposal.id
    return f"On its way to {executor.label}.", proposal.id


def _shown_since(desk: Desk, deal_id: str) -> dict[str, str | None]:
    """Return what fields hold that somebody changed, as the owner was told when the last answer was not written for that."""
    given = book(desk).given.get(deal_id)
    last = kept_of(desk, given.proposal) if given is not None and given.proposal else None
    if last is None or last.outcome is None or last.outcome.why != "stale":
        return {}
    return {one.word: one.after for one in last.outcome.there}


def begin(desk: Desk, known: Known, deal_id: str) -> bool:
    """Have the answer to a deal written, as the one who gave it; what stands in its way is kept with it."""
    given = book(desk).given.get(deal_id)
    kept = kept_of(desk, given.proposal) if given is not None and given.proposal else None
    if kept is None or not executor_of(desk).writes or kept.outcome is not None:
        return False
    if why := approve(desk, kept, known):
        told = {"told": f"{why} {_NOTE}", "proposal": ""}
        book(desk).given.change(
            deal_id,
            lambda one: one.model_copy(update=told) if one and one.proposal == kept.proposal.id else one,
        )
    return True


def busy(desk: Desk, given: Given | None) -> str:
    """Return why another answer to a deal has to wait, as a sentence: the last one is written, or on its way; else empty."""
    if given is None or not given.proposal or desk.executor is None:
        return ""
    if given.undo:
        return f"That is in {desk.executor.label} already. Undo takes it back."
    kept = kept_of(desk, given.proposal)
    on_its_way = kept is not None and kept.decision is not None and kept.outcome is None
    return f"Your last answer is still on its way to {desk.executor.label}." if on_its_way else ""


def settle(desk: Desk, steps: Steps, proposal: Proposal, outcome: Outcome) -> None:
    """Keep with the answer what came of it, and show it in the owner's message."""
    asked = steps.step("keep", lambda: _settled(desk, proposal, outcome))
    if asked:
        key = mark_of(f"settled:{proposal.id}:{outcome.at.isoformat()}")
        there = steps.step("show", lambda: show(desk, asked, key=key))
        if not there:
            steps.step("tell", lambda: _by_message(desk, proposal, key=f"{key}m"))
    press, kept = pressed_at(desk, proposal.id), book(desk).asked.get(asked)
    if press is not None and press.message and (kept is None or press.message != kept.ts):
        # It was taken back by words, and the answer to them says so too.
        request = press.request.model_copy(update={"key": f"settled:{proposal.id}"})
        instead(desk, steps, press.model_copy(update={"request": request}), came(desk, proposal, outcome))


def _by_message(desk: Desk, proposal: Proposal, *, key: str) -> bool:
    """Tell the owner what came of an answer whose question is gone."""
    given = book(desk).given.get(proposal.about)
    if given is not None and given.told:
        undo = (button("Undo", UNDO, given.undo),) if given.undo else ()
        told = m.sentence(given.told, buttons=undo)
        desk.poster.post(desk.poster.direct(proposal.user), told, key=key, look=True)
    return True


def _settled(desk: Desk, proposal: Proposal, outcome: Outcome) -> str:
    """Keep what came of a change; return the message that shows it, empty where a later answer took its place."""
    label, day = system_of(desk), today(desk)

    def told(given: Given | None) -> Given | None:
        if given is None or given.proposal not in {proposal.id, proposal.undoes}:
            return given
        if outcome.state != "written":
            why = not_written(proposal, outcome, label, day)
            if proposal.undoes:
                return given.model_copy(update={"told": f"{_first(given.told)} Not undone: {why}"})
            return given.model_copy(update={"told": f"{why} {_NOTE}"})
        said = written(proposal, outcome, label, day)
        news: dict[str, object] = {"told": said, "whole": True, "undo": ""}
        if proposal.undoes:
            back = {"answer": "left", "day": None, "text": "taken back", "written": False}
            return given.model_copy(update=news | {"note": given.note.model_copy(update=back)})
        note = given.note.model_copy(update={"written": True})
        return given.model_copy(update=news | {"note": note, "undo": proposal.id if outcome.back else ""})

    after = book(desk).given.change(proposal.about, told)
    return after.asked if after is not None and after.proposal in {proposal.id, proposal.undoes} else ""


def _wanted(
    desk: Desk, deal: Deal, note: OwnerNote, lost: Lost, *, currency: str
) -> dict[str, tuple[str | None, str | None]] | str | None:
    """Return what an answer changes, field by field, before and after; why it cannot be written; None for nothing.

    `currency` is the deal's where its owner was told another one than was known before.
    """
    word = _FIELDS.get(note.answer)
    if word is None:
        return None
    if word in deal.hidden:
        return f"You do not see the {_SHOWN[word]} of this deal in {executor_of(desk).label}, so I do not change it."
    match note.answer:
        case "date":
            return {
                word: (
                    deal.close.isoformat() if deal.close else None,
                    note.day.isoformat() if note.day else None,
                )
            }
        case "step":
            return {word: (deal.next_step or None, note.text)}
        case "lost":
            stages = lost_stages(desk)
            stage = lost.stage if lost.stage in stages else stages[0] if len(stages) == 1 else ""
            if not stage:
                named = words.joined(stages, "or")
                return f"Lost deals have several stages ({named}): choose one in {executor_of(desk).label}."
            found: dict[str, tuple[str | None, str | None]] = {word: (deal.stage, stage)}
            if lost.reason and "reason" not in deal.hidden and lost.reason != deal.reason:
                found["reason"] = (deal.reason, lost.reason)
            return found
        case _:
            return _amount(desk, deal, note, word, currency or (deal.entered[1] if deal.entered else ""))


def _amount(
    desk: Desk, deal: Deal, note: OwnerNote, word: str, currency: str
) -> dict[str, tuple[str | None, str | None]] | str:
    """Return the amount that an owner wrote, in the deal's currency; why it cannot be told from the words."""
    keys = tokens.words(note.text)
    found = amount_at(keys, 0)
    if found is None or found[1] != len(keys) or (found[0].bare and found[0].value < _LEAST):
        return f"I could not read “{words.line(note.text, 40)}” as an amount: write it like 120k or 120,000."
    system = executor_of(desk).label
    try:
        # Of a deal without an amount the mirror has no currency.
        live = None if currency else executor_of(desk).read(deal.id)
    except ConnectorError as error:
        return f"Not written: {said_of(error).rstrip('.')}."
    currency = currency or (live.currency if live is not None else "")
    if not currency:
        return f"I cannot see in which currency this deal is, so I leave its amount alone. Change it in {system}."
    if found[0].currency not in {None, currency}:
        return f"This deal is in {currency}, and you wrote {found[0].currency}."
    before = f"{deal.entered[0]:f}" if deal.entered else None
    return {word: (before, f"{found[0].value:f}"), "currency": (currency, currency)}


def _first(told: str) -> str:
    """Return what was told before an undo that failed."""
    return told.partition(" Not undone: ")[0]
