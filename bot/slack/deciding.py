"""Decisions of a posted draft: taken by who presses, or given to somebody, each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import JsonValue

from bot import flows
from bot.runs.ports import Steps
from bot.slack import acting_book as book
from bot.slack import message as m
from bot.slack.acting_due import say_soon
from bot.slack.conversation import posted_in
from bot.slack.desk import Answer, Desk, Posted
from bot.slack.dialogs import dialog, field, request_of
from bot.slack.feature import Filled
from bot.slack.people import Known
from bot.slack.presses import Press, posted_of, unfit
from bot.slack.request import Request
from bot.slack.standing import show, standing
from bot.slack.telling import mark_of, tell
from connectors.access import Access
from connectors.records import Person
from reports import words
from reports.context import Action
from reports.deck import Decision

_WHO, _DAY = "who", "day"
# What stands beside a decision where the one who got it may not be named.
_SOMEBODY = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class _To:
    """Who gets a decision: the CRM person, in Slack where known, and until when; None: as the decision says."""

    person: Person | None
    name: str
    user: str
    due: date | None = None


def take(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Let somebody take a decision, once."""

    def taken() -> str:
        posted, letter, told = posted_of(desk, press)
        if posted is None:
            return told
        to = _To(person=known.person, name=known.asker.name, user=known.member.id)
        return _decided(desk, posted, letter, known, to, key=press.request.key)

    _tell(desk, steps, press.request, steps.step("take", taken))


def give_dialog(desk: Desk, press: Press, _known: Known) -> dict[str, Any] | None:
    """Return the dialog that asks whom to give a decision to; None where the press is answered with why not."""
    posted, letter, _ = posted_of(desk, press)
    decision = None if posted is None else _decision(desk, posted, letter)
    if posted is None or decision is None or m.identity(decision) in posted.taken:
        return None
    due = max(decision.due or book.company_day(desk), book.company_day(desk))
    return dialog(
        m.GIVE,
        f"Give decision {letter}",
        [
            field(_WHO, "To", {"type": "users_select"}),
            field(_DAY, "Due", {"type": "datepicker", "initial_date": due.isoformat()}),
        ],
        about=f"{press.value}|{press.request.channel}|{press.request.thread}",
        send="Give",
    )


def give_refused(desk: Desk, steps: Steps, press: Press, _known: Known) -> None:
    """Tell why a decision cannot be given, where its dialog did not open."""

    def why() -> str:
        posted, letter, told = posted_of(desk, press)
        if posted is None:
            return told
        decision = _decision(desk, posted, letter)
        if decision is None:
            return f"r{posted.number} no longer has decision {letter}."
        taken = posted.taken.get(m.identity(decision))
        return _taken(taken) if taken else "Please press Give to … once more."

    _tell(desk, steps, press.request, steps.step("give", why))


def give_wrong(desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is wrong with whom and when a decision is given."""
    wrong: dict[str, str] = {}
    if desk.directory.known(filled.values[_WHO]).person is None:
        wrong[_WHO] = "The CRM does not know them; I can give actions to its people only."
    if date.fromisoformat(filled.values[_DAY]) < book.company_day(desk):
        wrong[_DAY] = "That day has passed; choose today or a later one."
    return wrong


def given(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Give a decision to somebody, once; the one who gets it is told."""
    value, channel, thread = (*filled.about.split("|"), "", "")[:3]
    draft_id, number, letter = (*value.split(":"), "", "")[:3]
    surface = "direct" if channel.startswith("D") else "mention"
    update = {"channel": channel, "thread": thread, "surface": surface}
    request = request_of(desk, filled).model_copy(update=update)

    def give() -> str:
        posted = standing(desk, draft_id)
        if posted is None or str(posted.number) != number:
            return "The draft is another by now; press Give to … there."
        receiver = desk.directory.known(filled.values[_WHO])
        if receiver.person is None:
            return "The CRM does not know them; I can give actions to its people only."
        to = _To(
            person=receiver.person,
            name=receiver.person.name,
            user=receiver.member.id if receiver.confirmed else "",
            due=date.fromisoformat(filled.values[_DAY]),
        )
        return _decided(desk, posted, letter, known, to, key=filled.key)

    _tell(desk, steps, request, steps.step("give", give))


def give_by_words(
    desk: Desk, request: Request, known: Known, letter: str, person: Person, due: date | None
) -> Answer:
    """Give a decision of the draft of a conversation to somebody."""
    posted = posted_in(desk, request.conversation)
    if posted is None:
        return Answer(
            to="alone", why="There is no draft in this conversation whose decisions could be given."
        )
    to = _To(person=person, name=person.name, user=desk.directory.user_of(person), due=due)
    return Answer(to="alone", why=_decided(desk, posted, letter, known, to, key=request.key))


def _decided(desk: Desk, posted: Posted, letter: str, known: Known, to: _To, *, key: str) -> str:
    """Keep who has a decision, once, and the action that it makes; return what the person is told."""
    decision = _decision(desk, posted, letter)
    if decision is None:
        return f"r{posted.number} no longer has decision {letter}."
    if why := unfit(desk, posted, known):
        return why
    if to.person is not None and not _may_see(desk, posted, decision, to.person):
        return f"{to.name} may not see what that decision is about, so I left it."
    revision = desk.revision(posted.draft_id, posted.number)
    this, mine = m.identity(decision), to.user == known.member.id
    shown = _label(desk, posted, to, known)

    def took(note: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        held = Posted.model_validate(note)
        taken = held.taken if this in held.taken else {**held.taken, this: shown}
        return held.model_copy(update={"taken": taken}).model_dump(mode="json")

    after = Posted.model_validate(desk.notes.change(desk.workspace, "posted", posted.draft_id, took))
    if after.taken[this] != shown:
        return _taken(after.taken[this])
    wanted = Action(
        id=f"{posted.draft_id}:{this}",
        text=decision.words.text,
        owner=to.name,
        owner_id=to.person.id if to.person else None,
        due=to.due or decision.due or book.company_day(desk),
        deal_id=decision.deal_id,
        source=f"decision {letter}, {revision.deck.title} r{revision.number}",
    )
    action = book.keep_new(desk, wanted, giver=known, owner=to.user)
    if (action.owner, action.owner_id) != (wanted.owner, wanted.owner_id):
        return _taken(_SOMEBODY)
    show(desk, after.draft_id, key=f"{mark_of(key)}r")
    if mine:
        return f"It is yours: {decision.words.text}"
    say_soon(desk, action)
    reach = "" if to.user else f" {to.name} has not spoken with me in Slack yet, so I cannot reach them."
    return f"Given to {to.name}, due {words.dated(action.due)}: {decision.words.text}{reach}"


def _label(desk: Desk, posted: Posted, to: _To, known: Known) -> str:
    """Return what stands beside a decision for all to see: no rep is named by others where reps are not named."""
    leads = {person.manager_id for person in desk.directory.people()}
    named = (
        to.user == known.member.id
        or posted.channel.startswith("D")
        or (to.person is not None and to.person.id in leads)
        or desk.places.cleared(desk.places.look(posted.channel))
    )
    return to.name if named else f"{_SOMEBODY} by {known.asker.name}"


def _may_see(desk: Desk, posted: Posted, decision: Decision, person: Person) -> bool:
    """Say whether somebody may see what a decision is about: its deal, or where it has none all that the draft shows."""
    access = Access(workspace=desk.workspace, asker=desk.directory.grant(person))
    if decision.deal_id is None or access.nothing:
        return access.covers(desk.revision(posted.draft_id, posted.number).limits)
    with flows.pull(desk.under(access)) as view:
        return bool(view.deals(ids=(decision.deal_id,), counted=False))


def _taken(by: str) -> str:
    return "That is given already." if by.startswith(_SOMEBODY) else f"{by} has taken that already."


def _decision(desk: Desk, posted: Posted, letter: str) -> Decision | None:
    decisions = desk.revision(posted.draft_id, posted.number).deck.message.decisions
    return next((item for item in decisions if item.letter == letter), None)


def _tell(desk: Desk, steps: Steps, request: Request, told: str) -> None:
    key = mark_of(request.key)
    steps.step("tell", lambda: tell(desk, request, m.sentence(told), key=key, look=steps.again))


PRESSES = {m.TAKE: take, m.GIVE: give_refused}
