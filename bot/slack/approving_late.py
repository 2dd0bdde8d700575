"""What is told of changes by itself: that nobody answered a card in time, and that writing is on now.

Each is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from bot.approvals.rules import WAITS
from bot.approvals.values import Proposal
from bot.approvals.words import change_of, said_again
from bot.runs.ports import Payload, Steps, Work
from bot.slack import message as m
from bot.slack.approving import UNASKED, kept_of, off, pressed_at, system_of, to_asker, today
from bot.slack.blocks import button
from bot.slack.desk import Desk
from bot.slack.feature import Feature
from bot.slack.presses import instead
from bot.slack.telling import mark_of, row

LATE, OFFER = "write_late", "write_offer"
# So many changes that were kept before writing was on are listed in one message.
_SHOWN = 10


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


def _offers(desk: Desk, _now: datetime) -> tuple[Work, ...]:
    """Return a work for everybody who asked for changes before writing was switched on; none while it is not."""
    if off(desk):
        return ()
    asked: dict[str, list[str]] = {}
    for proposal_id, note in desk.notes.all(desk.workspace, UNASKED).items():
        asked.setdefault(str(note["asker"]), []).append(proposal_id)
    return tuple(
        Work(
            kind=OFFER,
            key=f"{OFFER}:{asker}:{mark_of(','.join(ids))}",
            lane=f"{desk.workspace}:{OFFER}:{asker}",
            payload={"asker": asker, "proposals": cast("JsonValue", ids)},
        )
        for asker, ids in asked.items()
    )


def _offer(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Tell somebody that writing is on now, and which changes they have to ask for again."""
    asker, ids = str(payload["asker"]), cast("list[str]", payload["proposals"])
    kept = sorted(
        (one.proposal for proposal_id in ids if (one := kept_of(desk, proposal_id)) is not None),
        key=lambda proposal: proposal.made_at,
    )
    again = {said_again(proposal, today(desk)): proposal for proposal in kept}
    if again and not desk.directory.member(asker).gone:
        told = _offered(desk, again)
        key = mark_of(f"{OFFER}:{','.join(ids)}")
        steps.step("tell", lambda: desk.poster.post(desk.poster.direct(asker), told, key=key, look=True))
    steps.step("offered", lambda: _forget(desk, ids))


def _offered(desk: Desk, again: Mapping[str, Proposal]) -> m.Outgoing:
    """Return what was kept while nothing was written, newest last, each change with the button that asks for it again."""
    these = "This was only kept as a proposal" if len(again) == 1 else "These were only kept as proposals"
    more = len(again) - _SHOWN
    rows = tuple(
        block
        for number, (words, proposal) in enumerate(list(again.items())[-_SHOWN:])
        for block in row(change_of(proposal, today(desk)), (("Ask again", f"{m.SAY}:{number}", words),))
    )
    return m.sentence(
        f"Changes are written to {system_of(desk)} now. {these} before. "
        f"Ask again brings a card to approve.{f' {more} older ones are not shown.' if more > 0 else ''}",
        rows=rows,
    )


def _forget(desk: Desk, ids: Iterable[str]) -> bool:
    for proposal_id in ids:
        desk.notes.erase(desk.workspace, UNASKED, proposal_id)
    return True


FEATURE = Feature(works={LATE: _late, OFFER: _offer}, clock=(_due, _offers))
