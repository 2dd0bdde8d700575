"""Cards that nobody answered in time: each is told by itself, once, in its place, and to who asked for it."""

from __future__ import annotations

from datetime import datetime

from bot.approvals.rules import WAITS
from bot.approvals.values import Proposal
from bot.approvals.words import change_of, said_again
from bot.runs.ports import Payload, Steps, Work
from bot.slack import message as m
from bot.slack.approving import kept_of, off, pressed_at, to_asker, today
from bot.slack.blocks import button
from bot.slack.desk import Desk
from bot.slack.feature import Feature
from bot.slack.presses import instead
from bot.slack.telling import mark_of

LATE = "write_late"


def _due(desk: Desk, _now: datetime) -> tuple[Work, ...]:
    """Return a work for each card that nobody has answered in time."""
    return tuple(
        Work(
            kind=LATE,
            key=f"{LATE}:{proposal_id}",
            lane=f"{desk.workspace}:{LATE}",
            payload={"proposal": proposal_id},
        )
        for proposal_id in desk.line.store.approvals.unanswered(desk.workspace, at=desk.clock())
    )


def _late(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Say in place of a card that nobody answered it, or that nobody could; who asked for it hears the same."""
    proposal_id = str(payload["proposal"])
    kept = kept_of(desk, proposal_id)
    if kept is not None and kept.decision is None:
        why = steps.step("off", lambda: off(desk))
        _tell(desk, steps, kept.proposal, why)
    steps.step("wait no more", lambda: _wait_no_more(desk, proposal_id))


def _tell(desk: Desk, steps: Steps, proposal: Proposal, why: str) -> None:
    change, waited = change_of(proposal, today(desk)), f"within {WAITS.days} days, so I left it as it is."
    if proposal.asker == proposal.user:
        words = "" if why else said_again(proposal, today(desk))
        told = why or f"you did not approve it {waited} To ask again, say: {words}"
        _in_place(desk, steps, proposal, f"{change}: {told}", again=words)
        return
    name, asker = (desk.directory.known(user).asker.name for user in (proposal.user, proposal.asker))
    steps.step(
        "tell asker",
        lambda: to_asker(desk, proposal, f"{change}: {why or f'{name} did not answer {waited}'}"),
    )
    _in_place(
        desk,
        steps,
        proposal,
        f"{change}: {why or f'{asker} asked you for it, and you did not answer {waited}'}",
    )


def _in_place(desk: Desk, steps: Steps, proposal: Proposal, told: str, *, again: str = "") -> None:
    """Say it in place of the card, else directly; `again` are the words that a button says once more."""
    key, press = f"{LATE}:{proposal.id}", pressed_at(desk, proposal.id)
    buttons = (button("Ask again", m.SAY, again),) if again else ()
    if press is not None:
        request = press.request.model_copy(update={"key": key})
        instead(desk, steps, press.model_copy(update={"request": request}), told, buttons=buttons)
        return
    shown = m.sentence(told, buttons=buttons)
    steps.step(
        "tell",
        lambda: desk.poster.post(desk.poster.direct(proposal.user), shown, key=mark_of(key), look=True),
    )


def _wait_no_more(desk: Desk, proposal_id: str) -> bool:
    desk.line.store.approvals.wait_no_more(desk.workspace, proposal_id)
    return True


FEATURE = Feature(works={LATE: _late}, clock=(_due,))
