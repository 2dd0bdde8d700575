"""What is said to an action's owner by itself: that it is theirs, and on the day, once, that it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, cast

from pydantic import JsonValue

from bot.runs.ports import Payload, Steps, Work
from bot.slack import acting_book as book
from bot.slack import blocks as b
from bot.slack import message as m
from bot.slack.acting_book import Given
from bot.slack.brake import stopped
from bot.slack.desk import Desk
from bot.slack.telling import mark_of
from reports import words
from reports.context import Action

SAY = "act-say"
DONE, MOVE, NOT_MINE, DROP = "act-done", "act-move", "act-not", "act-drop"
# The buttons of the message that says that an action is kept; it stands for this action alone.
KEPT = "kept"
# What was not said for whatever reason is tried again so often.
_AGAIN = timedelta(minutes=5)
# So many late actions are shown with their buttons in one message.
_SHOWN = 15

Said = Literal["given", "due", "late", "gone"]


def say_soon(desk: Desk, action: Action) -> None:
    """Have an action's owner told at once that it is theirs; nothing where nobody in Slack is known to be that person."""
    held = book.given(desk, action.id)
    owner = book.owner_of(desk, action, held)
    if held and owner and not held.known:
        desk.runs.enqueue(_work(desk, owner, f"{action.id}:{held.round}"))


def due(desk: Desk, now: datetime) -> tuple[Work, ...]:
    """Return a work for everybody to whom something about an action has to be said now."""
    held = book.followed(desk)
    open_ones = [
        action
        for action in desk.line.store.actions(desk.workspace)
        if action.id in held
        and action.state in book.OPEN
        and not (held[action.id].known and held[action.id].told)
    ]
    owners = {
        owner
        for action in open_ones
        if (owner := book.owner_of(desk, action, held[action.id]))
        and _says(desk, held[action.id], owner, now)
    }
    slot = int(now.timestamp() // _AGAIN.total_seconds())
    return tuple(_work(desk, owner, str(slot)) for owner in sorted(owners))


def say(desk: Desk, steps: Steps, payload: Payload) -> None:
    """Say to one person what has to be said now about actions: each thing in a message of its own, what is late in one."""
    owner = str(payload["owner"])
    found = cast("dict[str, list[str]]", steps.step("find", lambda: cast("JsonValue", _found(desk, owner))))
    for action_id in found["gone"]:
        steps.step(f"back {action_id}", lambda action_id=action_id: _left(desk, owner, action_id))  # type: ignore[misc]
    for action_id in found["given"]:
        _one(desk, steps, owner, action_id, "given")
    for action_id in found["due"]:
        _one(desk, steps, owner, action_id, "due")
    if found["late"]:
        _late(desk, steps, owner, found["late"])


def buttons(action: Action, *, own: bool, number: int = 0) -> tuple[b.Block, ...]:
    """Return what an action's owner can do with it."""
    last = ("Drop", DROP) if own else ("Not mine", NOT_MINE)
    return tuple(
        b.button(label, f"{kind}:{number}", action.id)
        for label, kind in (("Done", DONE), ("Move", MOVE), last)
    )


def _work(desk: Desk, owner: str, key: str) -> Work:
    return Work(
        kind=SAY, key=f"{SAY}:{owner}:{key}", lane=f"{desk.workspace}:{SAY}:{owner}", payload={"owner": owner}
    )


def _says(desk: Desk, held: Given, owner: str, now: datetime) -> Said | None:
    """Return what has to be said about an action now; None for nothing."""
    if not held.known:
        return "given"
    local = now.astimezone(book.zone_of(desk, owner))
    if held.told or held.day > local.date() or not book.AT <= local.time() < book.QUIET:
        return None
    return "due" if held.day == local.date() else "late"


def _found(desk: Desk, owner: str) -> dict[Said, list[str]]:
    """Return what has to be said to somebody now, as ids of actions; nothing while an admin has stopped everything."""
    found: dict[Said, list[str]] = {"given": [], "due": [], "late": [], "gone": []}
    if stopped(desk):
        return found
    held, now, gone = book.followed(desk), desk.clock(), desk.directory.member(owner).gone
    for action in desk.line.store.actions(desk.workspace):
        one = held.get(action.id)
        if one is None or action.state not in book.OPEN or book.owner_of(desk, action, one) != owner:
            continue
        if what := _says(desk, one, owner, now):
            found["gone" if gone else what].append(action.id)
    return found


def _one(desk: Desk, steps: Steps, owner: str, action_id: str, what: Said) -> None:
    """Say one thing about one action, and keep that it was said."""

    def post() -> dict[str, JsonValue]:
        action, held = _still(desk, owner, action_id, what)
        if action is None or held is None:
            return {}
        line = _given_line(desk, action, held, owner) if what == "given" else _due_line(action, held)
        shown = m.sentence(line, buttons=buttons(action, own=held.giver == owner))
        channel = desk.poster.direct(owner)
        key = mark_of(f"{what}:{action_id}:{held.round}")
        return {"channel": channel, "ts": desk.poster.post(channel, shown, key=key, look=True)}

    where = steps.step(f"{what} {action_id}", post)
    if where:
        steps.step(f"said {action_id}", lambda: _said(desk, owner, (action_id,), where))


def _late(desk: Desk, steps: Steps, owner: str, ids: list[str]) -> None:
    """Say in one message which actions were due while nothing was said."""

    def post() -> dict[str, JsonValue]:
        found = [_still(desk, owner, action_id, "late") for action_id in ids]
        late = [(action, held) for action, held in found if action is not None and held is not None]
        if not late:
            return {}
        heading = (
            "This was due while I said nothing." if len(late) == 1 else "These were due while I said nothing."
        )
        blocks = [b.plain(heading)]
        for number, (action, held) in enumerate(late[:_SHOWN]):
            blocks.append(b.plain(f"{book.quoted(action)}, due {words.dated(action.due)}{_from(held)}"))
            blocks.extend(b.actions(buttons(action, own=held.giver == owner, number=number)))
        if len(late) > _SHOWN:
            blocks.extend(b.grey([f"and {len(late) - _SHOWN} more: say “my actions”"]))
        shown = m.Outgoing(text=m.notice(heading), blocks=tuple(blocks), plain=tuple(blocks))
        key = mark_of("late:" + ",".join(f"{action.id}:{held.round}" for action, held in late))
        channel = desk.poster.direct(owner)
        return {"ts": desk.poster.post(channel, shown, key=key, look=True)}

    if steps.step("late", post):
        steps.step("said late", lambda: _said(desk, owner, ids, {}))


def _left(desk: Desk, owner: str, action_id: str) -> bool:
    """Give the action of somebody who has left Slack back to who gave it; where that is nobody else, nobody is told."""
    held = book.given(desk, action_id)
    if held is None or held.owner == held.giver or held.back:
        book.change_given(
            desk, action_id, lambda one: one.model_copy(update={"known": True, "told": True, "owner": owner})
        )
        return False
    giver, name = desk.directory.known(held.giver), desk.directory.member(owner).name

    def handed(action: Action | None) -> Action:
        if action is None:
            raise LookupError(action_id)
        person = giver.person
        news = {"owner": giver.asker.name, "owner_id": person.id if person else None}
        return action.model_copy(update=news)

    desk.line.store.change_action(desk.workspace, action_id, handed)
    news = {"owner": held.giver, "known": False, "back": f"{name} has left Slack.", "round": held.round + 1}
    book.change_given(desk, action_id, lambda one: one.model_copy(update=news))
    return True


def _still(desk: Desk, owner: str, action_id: str, what: Said) -> tuple[Action | None, Given | None]:
    """Return an action about which that still has to be said; None where something happened meanwhile."""
    action, held = book.action_of(desk, action_id), book.given(desk, action_id)
    if action is None or held is None or action.state not in book.OPEN or stopped(desk):
        return None, None
    if book.owner_of(desk, action, held) != owner or (held.known if what == "given" else held.told):
        return None, None
    return action, held


def _said(desk: Desk, owner: str, ids: Iterable[str], where: dict[str, JsonValue]) -> bool:
    """Keep that somebody knows; whoever learns on the day or later that it is theirs is not reminded besides."""
    now = desk.clock()
    for action_id in ids:

        def told(held: Given) -> Given:
            begun = now >= book.reminded_at(held.day, book.zone_of(desk, owner))
            place = {"channel": str(where.get("channel", "")), "ts": str(where.get("ts", ""))}
            return held.model_copy(update={"owner": owner, "known": True, "told": held.told or begun} | place)

        book.change_given(desk, action_id, told)
    return True


def _given_line(desk: Desk, action: Action, held: Given, owner: str) -> str:
    if held.back:
        return f"{held.back} {book.quoted(action)}, due {words.dated(action.due)}, is yours again."
    zone = book.zone_of(desk, owner)
    if held.told or desk.clock() >= book.reminded_at(held.day, zone):
        return f"{held.by} gave you {book.quoted(action)}, due {words.dated(action.due)}."
    return f"{held.by} gave you {book.quoted(action)}. I remind you {book.when(desk, action.due, zone)}."


def _due_line(action: Action, held: Given) -> str:
    return f"Due today: {book.quoted(action)}{_from(held)}."


def _from(held: Given) -> str:
    return f", from {held.by}" if held.giver != held.owner else ""
