"""What the engine runs: one handler per kind of work, and what a person hears when one does not come to its end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import cast

from pydantic import JsonValue

from bot.runs.ports import Failure, Handler, Payload, Steps, Work
from bot.schedules import book
from bot.slack import approving, dialogs, held, home, previews_heard
from bot.slack import message as m
from bot.slack.brake import stopped
from bot.slack.conversation import hear, join
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Filled
from bot.slack.presses import Press, act
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell

_log = logging.getLogger("quarterdeck")
# What is done every night, and when, in the company's zone.
TIDY, NIGHTLY = "tidy", "17 3 * * *"
# What looks for works that are due by themselves.
TICK, EVERY_MINUTE = "tick", "* * * * *"
# So long it is remembered that a button was pressed or an offer made.
CLAIMS = timedelta(days=30)
# So long a schedule that was drawn up waits to be saved.
DRAWN = timedelta(days=2)
# What is said when somebody pressed Stop.
STOPPED = "Stopped. What was finished before stays; nothing in the CRM was changed."
STOPPED_WRITING = (
    "Stopped. What was finished before stays; a change that was approved says what became of it."
)
IDLE = "Nothing that you asked for is running here, so there was nothing to stop."


def handlers(desk: Desk) -> Mapping[str, Handler]:
    """Return the handlers by kind of work."""
    added = {
        kind: lambda steps, payload, do=do: do(desk, steps, payload)
        for feature in desk.features
        for kind, do in feature.works.items()
    }
    return added | {
        "hear": lambda steps, payload: _hear(desk, steps, Request.model_validate(payload)),
        "ask": lambda steps, payload: _ask(desk, steps, Request.model_validate(payload)),
        "press": lambda steps, payload: act(desk, steps, Press.model_validate(payload)),
        "held": lambda steps, payload: _held(desk, steps, payload),
        "filled": lambda steps, payload: dialogs.fill(desk, steps, payload),
        "unopened": lambda steps, payload: dialogs.unopened(desk, steps, payload),
        "home": lambda steps, payload: _home(desk, steps, str(payload["user"])),
        TICK: lambda steps, _payload: steps.step("due", lambda: _begin_due(desk)),
        TIDY: lambda steps, _payload: _tidy(desk, steps),
        "stopped": lambda steps, payload: _stopped(
            desk, steps, Request.model_validate(payload), STOPPED_WRITING if desk.writes else STOPPED
        ),
        "idle": lambda steps, payload: _stopped(desk, steps, Request.model_validate(payload), IDLE),
    }


def failed(desk: Desk) -> Callable[[Failure], None]:
    """Return what tells a person that their work did not come to its end: a reference, and that nothing is half-done."""

    def tell_why(failure: Failure) -> None:
        if failure.work.kind == "held":
            _tell_held(desk, failure)
            return
        if failure.work.kind == approving.WRITE:
            approving.failed(desk, failure)
            return
        request = _request_of(desk, failure.work)
        if request is None or (request.surface == "thread" and not held.is_begun(desk, request)):
            return
        again = "It comes again when it is next due" if request.scheduled else "Please say it once more"
        what = "What was to come by itself" if request.scheduled else "That"
        # Where changes are written, each of them says by itself what became of it.
        unchanged = "" if desk.writes else "; nothing in the CRM was changed"
        told = m.sentence(
            f"{what} went wrong on my side, and I could not finish it{unchanged}. "
            f"{again}; if it happens again, give the admin this reference: {failure.reference}."
        )
        tell(desk, request, told, key=mark_of(f"{failure.work.key}:failed"), look=True)
        held.end(desk, request)
        desk.sessions.say(request.channel, request.thread or request.ts, "active")

    return tell_why


def _tell_held(desk: Desk, failure: Failure) -> None:
    """Tell the authors of held edits that they went wrong, and hold them no longer."""
    draft_id = str(failure.work.payload["draft"])
    requests = held.held(desk, draft_id)
    why = (
        "That went wrong on my side; if it happens again, give the admin this reference: "
        f"{failure.reference}. Please say it once more:"
    )
    _tell_authors(desk, requests, why, key=f"{failure.work.key}:failed")
    held.release(desk, draft_id, frozenset(request.key for request in requests))


def _hear(desk: Desk, steps: Steps, request: Request) -> None:
    if request.surface != "thread":
        desk.sessions.say(request.channel, request.thread or request.ts, "processing")
    if not previews_heard.heard(desk, steps, request):
        answer = _kept(steps, lambda: hear(desk, request))
        deliver(desk, steps, request, answer)
        approving.stands(desk, steps, request, answer)
    if request.surface == "thread":
        steps.step("end", lambda: held.end(desk, request))


def _ask(desk: Desk, steps: Steps, request: Request) -> None:
    """Hear what somebody asked in a dialog, in that person's direct messages."""
    channel = steps.step("direct", lambda: desk.poster.direct(request.user))
    _hear(desk, steps, request.model_copy(update={"channel": channel, "surface": "direct"}))


def _held(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Make one revision of the edits that were held for a moment; what waited too long is not done but said."""
    draft_id, key = str(payload["draft"]), str(payload["key"])

    def waiting() -> dict[str, JsonValue]:
        requests, since = held.held(desk, draft_id), desk.clock() - held.LATE
        return {
            "late": [one.model_dump(mode="json") for one in requests if one.at < since],
            "due": [one.model_dump(mode="json") for one in requests if one.at >= since],
        }

    kept = steps.step("held", waiting)
    late, due = (
        tuple(Request.model_validate(item) for item in cast("list[JsonValue]", kept[name]))
        for name in ("late", "due")
    )
    if late:
        why = "That waited too long, and I left the draft as it is. Say it once more:"
        steps.step("late", lambda: _tell_authors(desk, late, why, key=f"{key}:late"))
    if due:
        answer = _kept(steps, lambda: join(desk, due, draft_id=draft_id, key=key))
        deliver(desk, steps, due[-1].model_copy(update={"key": key}), answer)
        others = tuple(request for request in due if request.user != due[-1].user)
        if answer.to == "alone" and others:
            steps.step("others", lambda: _tell_authors(desk, others, answer.why, key=f"{key}:others"))
    keys = frozenset(request.key for request in (*late, *due))
    steps.step("release", lambda: held.release(desk, draft_id, keys))


def _tell_authors(desk: Desk, requests: tuple[Request, ...], why: str, *, key: str) -> bool:
    """Tell each who asked for some of these edits why they are not in the draft, and which they are."""
    for user in dict.fromkeys(request.user for request in requests):
        theirs = [request for request in requests if request.user == user]
        told = m.sentence(f"{why} {', '.join(f'“{request.text}”' for request in theirs)}.")
        tell(desk, theirs[-1], told, key=mark_of(f"{key}:{user}"), look=True)
    return True


def _home(desk: Desk, steps: Steps, user: str) -> None:
    steps.step("home", lambda: home.publish(desk, user))


def _begin_due(desk: Desk) -> int:
    """Take up what is due by itself; while an admin has stopped everything, nothing is."""
    if stopped(desk):
        return 0
    now, begun = desk.clock(), 0
    for due in [due for feature in desk.features for due in feature.clock]:
        try:
            works = due(desk, now)
        except Exception:  # noqa: BLE001 — what one part cannot look for must not keep the others from what is due
            _log.exception("could not look for what is due by %s", due.__module__)
            continue
        for work in works:
            desk.runs.enqueue(work)
        begun += len(works)
    return begun


def _tidy(desk: Desk, steps: Steps) -> None:
    """Forget what was claimed long ago, drawn up and never saved, and when drafts were last revised, for long now."""
    steps.step("claims", lambda: desk.notes.forget_claims(before=desk.clock() - CLAIMS))
    steps.step("drawn", lambda: book.forget_drawn(desk.notes, desk.workspace, before=desk.clock() - DRAWN))
    steps.step("proposals", lambda: approving.tidy(desk))
    if (forget := desk.forget_writes) is not None:
        steps.step("writes", lambda: forget(desk.clock() - approving.HELD_KEPT))
    steps.step("paces", lambda: held.forget_marks(desk, before=desk.clock() - CLAIMS))


def _stopped(desk: Desk, steps: Steps, request: Request, why: str) -> None:
    """Say that what somebody asked for was stopped, or that there was nothing."""

    def say() -> bool:
        desk.sessions.say(request.channel, request.thread, "active")
        return tell(desk, request, m.sentence(why), key=mark_of(request.key), look=steps.again)

    steps.step("say", say)


def _kept(steps: Steps, answer: Callable[[], Answer]) -> Answer:
    return Answer.model_validate(steps.step("answer", lambda: answer().model_dump(mode="json")))


def _request_of(desk: Desk, work: Work) -> Request | None:
    """Return whom to tell what became of a work; None where nobody waits for it."""
    payload = work.payload
    match work.kind:
        case "hear" | "ask" | "stopped" | "idle" | "unopened":
            return Request.model_validate(payload)
        case "press":
            return Press.model_validate(payload).request
        case "filled":
            return dialogs.request_of(desk, Filled.model_validate(payload))
        case _ if isinstance(owner := payload.get("owner"), str):
            return Request(
                key=work.key,
                workspace=desk.workspace,
                channel=owner,
                user=owner,
                text="",
                surface="direct",
                at=desk.clock(),
                scheduled=True,
            )
        case _:
            return None
