"""Connecting the system of record from Slack: its buttons, and that all is forgotten when the app is taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.runs.ports import Payload, Steps
from bot.slack import connections, home
from bot.slack import message as m
from bot.slack.callback import LAPSED, RETURNED, back_of
from bot.slack.desk import Answer, Desk
from bot.slack.feature import Feature
from bot.slack.gate import SIGN_IN, SIGN_OUT, USER_ME, USER_NOT_ME
from bot.slack.people import Known
from bot.slack.presses import Press, instead
from bot.slack.telling import buttons_of, mark_of

# The work that forgets everybody's sign-in.
FORGET: Final = "forget sign-ins"


def _press(do: Callable[[Desk, Known, str], Answer]) -> Callable[[Desk, Steps, Press, Known], None]:
    """Return what carries a press out and tells what came of it in place of what was asked."""

    def pressed(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
        kept = steps.step("sign in", lambda: do(desk, known, press.value).model_dump(mode="json"))
        answer = Answer.model_validate(kept)
        instead(desk, steps, press, answer.why, buttons=buttons_of(answer))
        if press.request.channel == press.request.user:
            steps.step("home", lambda: home.publish(desk, press.request.user))

    return pressed


def _sign_out(desk: Desk, known: Known, value: str) -> Answer:
    return (
        connections.let_go(desk, known)
        if value == known.member.id
        else Answer(to="alone", why=connections.NOT_YOURS)
    )


def _forget(desk: Desk, steps: Steps, _payload: Payload) -> None:
    connecting = desk.connecting
    if connecting is not None:
        steps.step("forget", connecting.disconnect_all)


def _returned(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Ask somebody directly whether it was they who came back from the browser, or tell them why nothing is kept."""
    back = back_of(payload)

    def tell() -> bool:
        answer = connections.returned(desk, desk.directory.known(back.user), back)
        told = m.sentence(answer.why, buttons=buttons_of(answer))
        key = mark_of(f"{RETURNED}:{back.user}:{back.at}")
        desk.poster.post(desk.poster.direct(back.user), told, key=key, look=steps.again)
        return True

    steps.step("tell", tell)


def _lapsed(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Forget a sign-in to which nobody said yes."""
    back = back_of(payload)
    browser = desk.connecting.browser if desk.connecting is not None else None
    if browser is not None:
        steps.step("forget", lambda: browser.lapse(back.person, back.at))


FEATURE = Feature(
    presses={
        SIGN_IN: _press(connections.asked),
        USER_ME: _press(connections.confirmed),
        USER_NOT_ME: _press(connections.refused),
        SIGN_OUT: _press(_sign_out),
    },
    works={FORGET: _forget, RETURNED: _returned, LAPSED: _lapsed},
)
