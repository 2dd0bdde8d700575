"""`undo`, said where a change was carried out last: it takes that back by the same gate as the button [Undo]."""

from __future__ import annotations

from datetime import timedelta

from bot.approvals.rules import AT_ONCE, UNDO_WITHIN
from bot.approvals.values import Kept
from bot.approvals.words import change_of
from bot.runs.ports import Steps
from bot.slack import held
from bot.slack.approving import (
    UNDO,
    is_undone,
    not_to_undo,
    person_of,
    pressed_at,
    today,
    undo,
)
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.nudging_letters import book
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of

SAID = "undo_said"
# So long it is known where a card stands.
_KNOWN = timedelta(days=30)


def _said(desk: Desk, request: Request, known: Known) -> Answer | None:
    """Take back what was carried out last where that is said; None where the last thing there was none of it."""
    person = person_of(known)
    if not request.direct or person is None:
        return None
    now = desk.clock()
    # Under a card it is plain what is meant, and said where it is too late for it.
    since = now - (_KNOWN if request.thread else UNDO_WITHIN)
    done = desk.line.store.approvals.carried_out(desk.workspace, person, since=since)
    there = [kept for kept in done if _is_there(desk, kept, request)]
    if not there or _revised_since(desk, request, there[0]):
        return None
    kept = next((one for one in there if not is_undone(desk, one)), there[0])
    change = change_of(kept.proposal, today(desk))
    if why := not_to_undo(desk, kept, known):
        return Answer(to="alone", why=why)
    if not request.thread and kept.outcome is not None and now - kept.outcome.at > AT_ONCE:
        # What was said since may be what is meant, so the button has to be pressed.
        return Answer(
            to="alone", why=f"The last change here: {change}.", buttons=(("Undo", UNDO, kept.proposal.id),)
        )
    press = Press(
        request=request.model_copy(update={"key": f"{SAID}:{request.key}"}),
        action=SAID,
        value=kept.proposal.id,
    )
    # In the lane of this conversation: it begins when this answer is there, and what comes of it stands in its place.
    desk.runs.enqueue(press.work())
    return Answer(to="alone", why=f"Taking it back: {change}.")


def _take_back(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Take a change back as its button does; what comes of it stands in place of our answer."""
    key = mark_of(press.request.key.removeprefix(f"{SAID}:"))
    answer = steps.step(
        "find", lambda: desk.poster.find(press.request.channel, key, thread=press.request.thread)
    )
    undo(desk, steps, press.model_copy(update={"message": answer}), known)


def _is_there(desk: Desk, kept: Kept, request: Request) -> bool:
    """Say whether a change was carried out where something is said: in that thread, or at the top of the direct messages."""
    proposal = kept.proposal
    given = book(desk).given.get(proposal.about) if proposal.about else None
    asked = book(desk).asked.get(given.asked) if given is not None and given.proposal == proposal.id else None
    if asked is not None:
        channel, message, thread = asked.channel, asked.ts, ""
    elif (press := pressed_at(desk, proposal.id)) is not None:
        channel, message, thread = press.request.channel, press.message, press.request.thread
    else:
        return False
    return channel == request.channel and request.thread in {thread, message}


def _revised_since(desk: Desk, request: Request, kept: Kept) -> bool:
    """Say whether a deck of this conversation was made or revised after a change, or waits to be."""
    draft_id = desk.thread(request.conversation).draft_id
    if draft_id is None or kept.outcome is None:
        return False
    # Each by its own clock: a demo lives on its own day.
    revised, changed = desk.line.now() - desk.revision(draft_id).created_at, desk.clock() - kept.outcome.at
    return bool(held.held(desk, draft_id)) or revised < changed


FEATURE = Feature(undo=_said, presses={SAID: _take_back})
