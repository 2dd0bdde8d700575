"""The buttons of an action: done, moved, dropped, not mine. Whose it is decides at the press who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from pydantic import JsonValue

from bot.runs.ports import Steps
from bot.slack import acting_book as book
from bot.slack import message as m
from bot.slack.acting_book import Given
from bot.slack.acting_due import DROP, KEPT, MOVE, say_soon
from bot.slack.desk import Desk
from bot.slack.dialogs import dialog, field, request_of
from bot.slack.feature import Filled
from bot.slack.home import publish
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.request import Request
from bot.slack.telling import mark_of, tell
from reports import words
from reports.context import Action

GONE = "I no longer have that action."
PASSED = "That day has passed; choose today or a later one."
_DAY = "day"
_ENDED = {"done": "That is done already.", "dropped": "That was dropped."}


class NotNowError(Exception):
    """What was pressed cannot be done to the action as it is now; the message is for people."""


def done(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Keep that an action is done."""
    _ended(desk, steps, press, known, "done")


def drop(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Keep that nobody will do an action any more."""
    _ended(desk, steps, press, known, "dropped")


def not_mine(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Give an action back to the one who gave it, who is told."""
    key = press.request.key

    def back() -> dict[str, JsonValue]:
        try:
            action, held = _own(desk, press.value, known, key)
        except NotNowError as why:
            return _refused(why)
        first = held is not None and held.press != key
        if held is None or (first and held.giver == known.member.id):
            return _refused(
                NotNowError("Nobody gave you that, so it has nobody to go back to; you can drop it.")
            )
        giver = desk.directory.known(held.giver)

        def returned(one: Given) -> Given:
            news = {
                "owner": one.giver,
                "known": False,
                "back": f"{known.asker.name} says that this is not theirs.",
                "round": one.round + 1,
                "channel": "",
                "ts": "",
                "press": key,
            }
            return one if one.press == key else one.model_copy(update=news)

        book.change_given(desk, action.id, returned)
        owner_id = giver.person.id if giver.person else None
        _change(desk, action.id, {"owner": giver.asker.name, "owner_id": owner_id, "state": "open"})
        where = (held.channel, held.ts) if first else (press.request.channel, press.message)
        told = f"Back with {held.by}: {book.quoted(action)}."
        return {"told": told, "back": True, "channel": where[0], "ts": where[1]}

    kept = steps.step("change", back)
    _shown(desk, steps, press.request, kept, pressed=press.message)
    if kept.get("back"):
        steps.step("say", lambda: _say(desk, press.value))


def move_dialog(desk: Desk, press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog that asks for another day; None where the press is answered with why not."""
    action, held = book.action_of(desk, press.value), book.given(desk, press.value)
    if action is None or action.state not in book.OPEN or not book.may_change(action, held, known):
        return None
    today = book.company_day(desk)
    picker = {"type": "datepicker", "initial_date": max(action.due, today).isoformat()}
    about = f"{action.id}|{press.message}"
    return dialog(MOVE, "Move to another day", [field(_DAY, "New day", picker)], about=about, send="Move")


def move_refused(desk: Desk, steps: Steps, press: Press, known: Known) -> None:
    """Tell why an action cannot be moved, where its dialog did not open."""

    def why() -> dict[str, JsonValue]:
        try:
            _own(desk, press.value, known, press.request.key)
        except NotNowError as found:
            return _refused(found)
        return _refused(NotNowError("Please press Move once more."))

    _shown(desk, steps, press.request, steps.step("change", why), pressed=press.message)


def move_wrong(desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is wrong with the new day."""
    return {_DAY: PASSED} if date.fromisoformat(filled.values[_DAY]) < book.company_day(desk) else {}


def moved(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Move an action to another day, on which its owner is reminded once more."""
    action_id, _, pressed = filled.about.partition("|")
    day = date.fromisoformat(filled.values[_DAY])

    def move() -> dict[str, JsonValue]:
        try:
            action, held = _own(desk, action_id, known, filled.key)
        except NotNowError as why:
            return _refused(why)
        if day < book.company_day(desk):
            return _refused(NotNowError(PASSED))
        if held is None:
            book.keep_new(desk, action, giver=known, owner=known.member.id)
            held = book.given(desk, action_id)
        wall = book.wall_day(desk, day)
        owner = book.owner_of(desk, action, held)
        zone = book.zone_of(desk, owner)
        told = desk.clock() >= book.reminded_at(wall, zone)

        def put_off(one: Given) -> Given:
            if one.press == filled.key:
                return one
            news = {"day": wall, "told": told, "round": one.round + 1, "press": filled.key}
            return one.model_copy(update=news)

        book.change_given(desk, action_id, put_off)
        _change(desk, action_id, {"due": day, "state": "moved"})
        again = "" if told or held is None else f" {_whom(action, held, known)} {book.when(desk, day, zone)}."
        line = f"Moved to {words.dated(day)}: {book.quoted(action)}.{again}"
        return {"told": line, "owner": line, **_place(held)}

    kept = steps.step("change", move)
    _shown(desk, steps, request_of(desk, filled), kept, pressed=pressed)


def _whom(action: Action, held: Given, known: Known) -> str:
    mine = book.is_theirs(action, held, known)
    return "I remind you" if mine else f"I remind {action.owner}"


def _ended(desk: Desk, steps: Steps, press: Press, known: Known, state: Literal["done", "dropped"]) -> None:
    def end() -> dict[str, JsonValue]:
        try:
            action, held = _own(desk, press.value, known, press.request.key, ending=state)
        except NotNowError as why:
            return _refused(why)
        _change(desk, action.id, {"state": state})
        if state == "done":
            told = owner = f"Done: {book.quoted(action)}."
        elif book.is_theirs(action, held, known):
            told = owner = f"Dropped: {book.quoted(action)}."
        else:
            told = f"Taken back: {book.quoted(action)}."
            owner = f"{known.asker.name} took it back: {book.quoted(action)}."
        alone = press.action.endswith(f":{KEPT}") and press.request.channel.startswith("D")
        return {"told": told, "owner": owner, "ended": True, "alone": alone, **_place(held)}

    kept = steps.step("change", end)
    _shown(desk, steps, press.request, kept, pressed=press.message)
    if kept.get("ended"):
        steps.step("forget", lambda: desk.notes.erase(desk.workspace, book.KIND, press.value))


def _own(
    desk: Desk, action_id: str, known: Known, key: str, *, ending: str = ""
) -> tuple[Action, Given | None]:
    """Return an action that somebody may say something about now.

    Raises:
        NotNowError: it is not there, it has ended, or it is somebody else's.
    """
    action, held = book.action_of(desk, action_id), book.given(desk, action_id)
    if action is None:
        raise NotNowError(GONE)
    if held is not None and held.press == key:
        return action, held
    if action.state in _ENDED and held is None:
        raise NotNowError(_ENDED[action.state])
    if not book.may_change(action, held, known):
        raise NotNowError(f"That is {action.owner}'s; they or who gave it say what becomes of it.")
    # One that ends as it has ended already was interrupted while it was told, as long as it is still followed.
    if action.state in _ENDED and action.state != ending:
        raise NotNowError(_ENDED[action.state])
    return action, held


def _change(desk: Desk, action_id: str, update: dict[str, object]) -> None:
    def changed(action: Action | None) -> Action:
        if action is None:
            raise NotNowError(GONE)
        return action.model_copy(update=update)

    desk.line.store.change_action(desk.workspace, action_id, changed)


def _place(held: Given | None) -> dict[str, JsonValue]:
    """Return the message about an action that its owner has."""
    return {"channel": held.channel, "ts": held.ts} if held is not None else {}


def _refused(why: NotNowError) -> dict[str, JsonValue]:
    return {"told": str(why)}


def _shown(desk: Desk, steps: Steps, request: Request, kept: dict[str, JsonValue], *, pressed: str) -> None:
    """Say what came of it in place of the message about the action, and to who pressed where that was another one."""
    told, channel, ts = (str(kept.get(name, "")) for name in ("told", "channel", "ts"))
    key = mark_of(request.key)

    def put() -> bool:
        line = str(kept.get("owner", told))
        shown = bool(ts) and desk.poster.update(channel, ts, m.sentence(line), key=f"{key}o")
        if shown and ts == pressed:
            return True
        # The message that said that it was kept is about nothing else: what came of it stands in its place.
        if kept.get("alone") and desk.poster.update(
            request.channel, pressed, m.sentence(told), key=f"{key}k"
        ):
            return True
        return tell(desk, request, m.sentence(told), key=key, look=steps.again)

    steps.step("tell", put)
    if request.channel == request.user:
        steps.step("home", lambda: home_again(desk, request.user))


def home_again(desk: Desk, user: str) -> bool:
    """Show somebody's Home tab as it is by now."""
    publish(desk, user)
    return True


def _say(desk: Desk, action_id: str) -> bool:
    action = book.action_of(desk, action_id)
    if action is not None:
        say_soon(desk, action)
    return True


PRESSES: dict[str, Callable[[Desk, Steps, Press, Known], None]] = {
    "act-done": done,
    "act-not": not_mine,
    DROP: drop,
    MOVE: move_refused,
}
