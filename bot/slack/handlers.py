"""What the engine runs: one handler per kind of work, and what a person hears when one does not come to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from pydantic import JsonValue

from bot.runs.ports import Failure, Handler, Payload, Steps
from bot.slack import home, settings
from bot.slack import message as m
from bot.slack.conversation import hear, join
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.presses import Press, act
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell

# What is done every night, and when, in the company's zone.
TIDY, NIGHTLY = "tidy", "17 3 * * *"
# So long it is remembered that a button was pressed or an offer made.
CLAIMS = timedelta(days=30)


def handlers(desk: Desk) -> Mapping[str, Handler]:
    """Return the handlers by kind of work."""
    return {
        "hear": lambda steps, payload: _hear(desk, steps, Request.model_validate(payload)),
        "ask": lambda steps, payload: _ask(desk, steps, Request.model_validate(payload)),
        "press": lambda steps, payload: act(desk, steps, Press.model_validate(payload)),
        "held": lambda steps, payload: _held(desk, steps, payload),
        "home": lambda steps, payload: _home(desk, steps, str(payload["user"])),
        TIDY: lambda steps, _payload: _tidy(desk, steps),
        "stopped": lambda steps, payload: _stopped(desk, steps, Request.model_validate(payload)),
    }


def failed(desk: Desk) -> Callable[[Failure], None]:
    """Return what tells a person that their work did not come to its end: a reference, and that nothing is half-done."""

    def tell_why(failure: Failure) -> None:
        request = _request_of(failure.work.kind, failure.work.payload)
        if request is None or request.surface == "thread":
            return
        told = m.sentence(
            "That went wrong on my side, and I could not finish it; nothing in the CRM was changed. "
            f"Please say it once more; if it happens again, give the admin this reference: {failure.reference}."
        )
        tell(desk, request, told, key=mark_of(f"{failure.work.key}:failed"), look=True)
        desk.sessions.say(request.channel, request.thread or request.ts, "active")

    return tell_why


def _hear(desk: Desk, steps: Steps, request: Request) -> None:
    if request.surface != "thread":
        desk.sessions.say(request.channel, request.thread or request.ts, "processing")
    deliver(desk, steps, request, _kept(steps, lambda: hear(desk, request)))


def _ask(desk: Desk, steps: Steps, request: Request) -> None:
    """Hear what somebody asked in a dialog, in that person's direct messages."""
    channel = steps.step("direct", lambda: desk.poster.direct(request.user))
    _hear(desk, steps, request.model_copy(update={"channel": channel, "surface": "direct"}))


def _held(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Make one revision of the edits that were held for a moment."""
    conversation, key = str(payload["conversation"]), str(payload["key"])

    def waiting() -> list[JsonValue]:
        return [request.model_dump(mode="json") for request in settings.held(desk, conversation)]

    requests = tuple(Request.model_validate(item) for item in steps.step("held", waiting))
    if not requests:
        return
    answer = _kept(steps, lambda: join(desk, requests, key=key))
    deliver(desk, steps, requests[-1].model_copy(update={"key": key}), answer)
    keys = frozenset(request.key for request in requests)
    steps.step("release", lambda: settings.release(desk, conversation, keys))


def _home(desk: Desk, steps: Steps, user: str) -> None:
    steps.step("home", lambda: home.publish(desk, user))


def _tidy(desk: Desk, steps: Steps) -> None:
    """Forget what was claimed long ago."""
    steps.step("claims", lambda: desk.notes.forget_claims(before=desk.clock() - CLAIMS))


def _stopped(desk: Desk, steps: Steps, request: Request) -> None:
    """Say that what was asked for was stopped."""

    def say() -> bool:
        desk.sessions.say(request.channel, request.thread, "active")
        told = m.sentence("Stopped. What was finished before stays; nothing in the CRM was changed.")
        return tell(desk, request, told, key=mark_of(request.key), look=steps.again)

    steps.step("say", say)


def _kept(steps: Steps, answer: Callable[[], Answer]) -> Answer:
    return Answer.model_validate(steps.step("answer", lambda: answer().model_dump(mode="json")))


def _request_of(kind: str, payload: Mapping[str, JsonValue]) -> Request | None:
    match kind:
        case "hear" | "ask" | "stopped":
            return Request.model_validate(payload)
        case "press":
            return Press.model_validate(payload).request
        case _:
            return None
