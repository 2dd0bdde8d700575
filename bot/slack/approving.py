"""Changes of the CRM in Slack: what was approved is carried out as a work of its own, told where it was asked, and undone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Literal, cast

from pydantic import JsonValue

from bot.approvals.executor import Executor, Later, switched_off
from bot.approvals.rules import AT_ONCE, CAPS, NOT_YOURS, UNDO_WITHIN, not_decided
from bot.approvals.values import Decision, Kept, Outcome, Proposal
from bot.approvals.words import SWITCHED_OFF, change_of, not_written, written
from bot.runs.ports import Failure, Payload, Steps, Work
from bot.runs.ports import Kept as StepKept
from bot.slack import message as m
from bot.slack.brake import stopped
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell, tell_others

_log = logging.getLogger("quarterdeck")
UNDO = "undo_write"
WRITE = "write"
# Notes of proposals: where the card of each stands, what was asked while it was not plain which deal is meant, and which
# were made while nothing was written.
_PRESSED, ASKED, UNASKED = "write_pressed", "write_asked", "write_unasked"
_POSTED_KEPT, HELD_KEPT = timedelta(days=30), timedelta(days=400)
_MOST_UNDOS = 20
_GONE = "I no longer have the change that this button belongs to."


def executor_of(desk: Desk) -> Executor:
    """Return what carries out approved changes.

    Raises:
        LookupError: nothing is proposed here; whoever asks has not looked.
    """
    if desk.executor is None:
        raise LookupError("nothing is proposed in this installation")
    return desk.executor


def kept_of(desk: Desk, proposal_id: str) -> Kept | None:
    """Return a proposal with what is known of it; None where there is none."""
    return desk.line.store.approvals.get(desk.workspace, proposal_id)


def system_of(desk: Desk) -> str:
    """Return what people call the system of record, also where nothing is proposed any more."""
    return desk.executor.label if desk.executor is not None else "the CRM"


def off(desk: Desk) -> str:
    """Return that nothing is written any more, as a sentence; empty where it is."""
    return (
        "" if desk.executor is not None and desk.executor.writes else f"{SWITCHED_OFF} Nothing was changed."
    )


def approve(desk: Desk, kept: Kept, known: Known) -> str:
    """Approve a proposal as somebody, and have it carried out; return why not, as a sentence: empty where it is on its way.

    Approved again by a second try of the same click, it is on its way once.
    """
    proposal, now = kept.proposal, desk.clock()
    person = person_of(known)
    if kept.decision is None or not kept.decision.approved or person != proposal.approver:
        if why := not_decided(kept, person=person, now=now) or off(desk):
            return why
        if why := stopped(desk):
            return f"Everything is {why}, so nothing is written. {desk.command} resume lets it go on."
        decision = Decision(approved=True, by=proposal.approver, at=now, digest=proposal.digest)
        match decide(desk, proposal, decision):
            case "full":
                return _full(desk, known)
            case "again":
                return "That was answered already."
            case "kept":
                pass
    desk.runs.enqueue(work_of(proposal))
    return ""


def person_of(known: Known) -> str | None:
    """Return who of the CRM somebody is for sure; None where that is not confirmed."""
    return known.person.id if known.person is not None and known.confirmed and not known.why else None


def decide(desk: Desk, proposal: Proposal, decision: Decision) -> Literal["kept", "again", "full"]:
    """Keep what a proposal's approver said, once."""
    return executor_of(desk).kept.decide(proposal, decision, caps=CAPS)


def work_of(proposal: Proposal, *, tries: int = 0) -> Work:
    """Return the work that carries out an approved proposal: those of one record one after the other."""
    return Work(
        kind=WRITE,
        key=f"{WRITE}:{proposal.workspace}:{proposal.id}:{tries}",
        lane=f"{proposal.workspace}:{WRITE}:{proposal.record_id}",
        payload={"proposal": proposal.id, "tries": tries},
    )


def carry(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Carry out an approved proposal, tell what came of it, and try again later what could not be done just now."""
    proposal_id, tries = str(payload["proposal"]), int(cast("int", payload["tries"]))
    found = steps.step("carry out", lambda: _carried(desk, proposal_id, tries))
    if found is None:
        return
    told: dict[str, JsonValue] = found
    proposal = Proposal.model_validate(told["proposal"])
    if "later" in told:
        later = cast("float", told["later"])
        steps.step("again", lambda: _later(desk, proposal, tries + 1, later))
        return
    _settle(desk, steps, proposal, Outcome.model_validate(told["outcome"]))


def failed(desk: Desk, failure: Failure) -> None:
    """Tell the approver that a change did not come to its end, and that nobody can say how far it came."""
    kept = kept_of(desk, str(failure.work.payload["proposal"]))
    if kept is None:
        return
    outcome = Outcome(state="unknown", at=desk.clock(), why="failed", said=failure.reference)
    outcome = desk.line.store.approvals.finish(kept.proposal, outcome)
    what = change_of(kept.proposal, today(desk))
    told = (
        f"{what}: that went wrong on my side, and I cannot tell whether {system_of(desk)} took it. Look at the deal there; "
        f"if it happens again, give the admin this reference: {failure.reference}."
    )
    direct = desk.poster.direct(kept.proposal.user)
    desk.poster.post(direct, m.sentence(told), key=mark_of(f"{failure.work.key}:failed"), look=True)
    _settle(desk, _AtOnce(), kept.proposal, outcome)


def remember(desk: Desk, press: Press, proposal_id: str) -> bool:
    """Keep where a proposal is decided on, so that what came of it stands there."""
    desk.notes.write(desk.workspace, _PRESSED, proposal_id, press.model_dump(mode="json"))
    return True


def stand(desk: Desk, proposal: Proposal, *, channel: str, ts: str, thread: str = "") -> bool:
    """Keep where the card of a proposal stands, as if it had been pressed there, so that what becomes of it is said there."""
    request = Request(
        key=f"{WRITE}:{proposal.id}",
        workspace=desk.workspace,
        channel=channel,
        user=proposal.user,
        text="",
        surface="direct",
        at=desk.clock(),
        thread=thread,
    )
    return remember(desk, Press(request=request, action=WRITE, value=proposal.id, message=ts), proposal.id)


def stands(desk: Desk, steps: Steps, request: Request, answer: Answer) -> None:
    """Keep where the card that somebody was just answered with stands; nothing where it was no card."""

    def keep() -> bool:
        kept = kept_of(desk, answer.card)
        ts = desk.poster.find(request.channel, mark_of(request.key), thread=request.thread)
        if kept is None or not ts or pressed_at(desk, answer.card) is not None:
            return False
        return stand(desk, kept.proposal, channel=request.channel, ts=ts, thread=request.thread)

    if answer.card:
        steps.step("stands", keep)


def pressed_at(desk: Desk, proposal_id: str) -> Press | None:
    """Return where a proposal is decided on, as a press; None where there is no such place, or it is forgotten."""
    note = desk.notes.read(desk.workspace, _PRESSED, proposal_id)
    return None if note is None else Press.model_validate(note)


def keep_unasked(desk: Desk, proposal: Proposal) -> bool:
    """Keep that a proposal was made while nothing was written, so that nobody was asked to approve it."""
    note = {"asker": proposal.asker, "at": desk.clock().isoformat()}
    desk.notes.write(desk.workspace, UNASKED, proposal.id, cast("dict[str, JsonValue]", note))
    return True


def came(desk: Desk, proposal: Proposal, outcome: Outcome) -> str:
    """Return what came of a change, as sentences."""
    label, day = system_of(desk), today(desk)
    if outcome.state == "written":
        return written(proposal, outcome, label, day)
    what = "Not undone" if proposal.undoes else change_of(proposal, day)
    return f"{what}: {not_written(proposal, outcome, label, day)}"


def to_asker(desk: Desk, proposal: Proposal, said: str) -> bool:
    """Tell who asked for a change of somebody else's deal what came of it, once."""
    direct = desk.poster.direct(proposal.asker)
    desk.poster.post(direct, m.sentence(said), key=mark_of(f"asker:{proposal.id}"), look=True)
    return True


def tidy(desk: Desk) -> int:
    """Forget where proposals were decided on, and what records held by the trail, when the time of each is up."""
    now, gone = desk.clock(), 0
    for kind in (_PRESSED, ASKED):
        gone += desk.notes.forget(
            desk.workspace,
            kind,
            lambda body: Request.model_validate(body["request"]).at < now - _POSTED_KEPT,
        )
    gone += desk.notes.forget(
        desk.workspace, UNASKED, lambda body: datetime.fromisoformat(str(body["at"])) < now - _POSTED_KEPT
    )
    return gone + desk.line.store.approvals.forget(desk.workspace, before=now - HELD_KEPT)


def today(desk: Desk) -> date:
    """Return today's date by the company's clock."""
    return desk.line.now().astimezone(desk.line.company.zone).date()


class _AtOnce:
    """Steps of what is no run of its own: each is done where it stands, and looks first whether it was done."""

    again = True

    def step(self, name: str, do: Callable[[], StepKept]) -> StepKept:
        """Do it."""
        del name
        return do()


def _carried(desk: Desk, proposal_id: str, tries: int) -> dict[str, JsonValue] | None:
    kept = kept_of(desk, proposal_id)
    if kept is None:
        return None
    if desk.executor is None or not desk.executor.writes:
        found: Outcome | Later = switched_off(desk.line.store.approvals, kept, desk.clock())
    else:
        found = desk.executor.carry_out(kept, halted=stopped(desk), tries=tries)
    told: dict[str, JsonValue] = {"proposal": kept.proposal.model_dump(mode="json")}
    if isinstance(found, Later):
        return told | {"later": found.seconds}
    # The log has what happened to which proposal, and no word of the CRM.
    _log.info("proposal %s: %s %s", proposal_id, found.state, found.why)
    return told | {"outcome": found.model_dump(mode="json")}


def _later(desk: Desk, proposal: Proposal, tries: int, seconds: float) -> bool:
    desk.runs.enqueue(work_of(proposal, tries=tries), after=seconds)
    return True


def _settle(desk: Desk, steps: Steps, proposal: Proposal, outcome: Outcome) -> None:
    for feature in desk.features:
        if settle := feature.settled.get(proposal.source):
            settle(desk, steps, proposal, outcome)


def _full(desk: Desk, known: Known) -> str:
    """Return that nothing more is written today, and tell the admins."""
    admins = desk.directory.linked(desk.line.company.roles.get("admin", ()))
    told = (
        f"{known.asker.name} has reached the number of changes that are written within a day "
        f"({CAPS.person} a person, {CAPS.everybody} in all). Nothing more is written until then."
    )
    tell_others(desk, tuple((user, told, f"full:{known.member.id}") for user in admins))
    return (
        f"That would be more changes than I write within 24 hours ({CAPS.person} a person, {CAPS.everybody} in all), "
        "so I left it. The admins know."
    )


def undo(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Take back what was written, by the same way: proposed, approved by who approved it, compared, carried out."""
    why = steps.step("undo", lambda: _undone(desk, press, known))
    if why:
        key = mark_of(press.request.key)
        steps.step("tell", lambda: tell(desk, press.request, m.sentence(why), key=key, look=steps.again))


def not_to_undo(desk: Desk, kept: Kept | None, known: Known) -> str:
    """Return why somebody cannot take back a change, as a sentence; empty where they can."""
    if kept is None or kept.outcome is None or not kept.outcome.back:
        return _GONE
    if why := off(desk):
        return why
    if person_of(known) != kept.proposal.approver:
        return NOT_YOURS
    if desk.clock() - kept.outcome.at > UNDO_WITHIN:
        return f"That is more than {UNDO_WITHIN.days} days ago. Change it in {system_of(desk)}."
    return "That was undone already." if is_undone(desk, kept) else ""


def is_undone(desk: Desk, kept: Kept) -> bool:
    """Say whether a change was taken back."""
    return any(
        one is not None and one.outcome is not None and one.outcome.state == "written"
        for one in (kept_of(desk, key) for key in _undos(kept))
    )


def _undone(desk: Desk, press: Press, known: Known) -> str:
    """Propose and approve that a change is taken back; return why not."""
    kept = kept_of(desk, press.value)
    if why := not_to_undo(desk, kept, known):
        return why
    if kept is None or kept.outcome is None:
        return _GONE
    executor, now = executor_of(desk), desk.clock()
    for key in _undos(kept):
        before = kept_of(desk, key)
        waits = before is not None and (before.decision is not None or now <= before.proposal.expires_at)
        if before is None or (waits and before.outcome is None):
            break
    else:
        return f"I could not take that back. Change it in {executor.label}."
    proposal = kept.proposal.model_copy(
        update={
            "id": key,
            "asker": known.member.id,
            "changes": kept.outcome.back,
            "made_at": now,
            "expires_at": now + AT_ONCE,
            "undoes": kept.proposal.id,
        }
    )
    remember(desk, press, key)
    return approve(desk, executor.kept.keep(proposal), known)


def _undos(kept: Kept) -> tuple[str, ...]:
    """Return the ids under which a change may be taken back, one after the other as each before it failed."""
    return tuple(f"{kept.proposal.id}/undo-{number}" for number in range(1, _MOST_UNDOS))


FEATURE = Feature(presses={UNDO: undo}, works={WRITE: carry})
