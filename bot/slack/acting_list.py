"""The list of actions for one person: how each stands, with buttons for those that are theirs; on Home too."""

from __future__ import annotations

from bot import flows
from bot.agent.intents import FindingsAsk
from bot.agent.reply import Reply
from bot.slack import acting_book as book
from bot.slack import blocks as b
from bot.slack.acting_due import DONE, DROP, MOVE, NOT_MINE, buttons
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.request import Request
from connectors.access import Access
from reports import words
from reports.context import Action
from reports.facts import Filter
from reports.kinds.weekly.taken import concerning, owner_name

# So many are listed, so many of them with buttons: Slack shows 25 buttons in a row of them.
_LISTED, _PRESSED, _ON_HOME = 15, 6, 6
_ORDER = ("open", "moved", "done", "dropped")


def listed(desk: Desk, request: Request, known: Known, asked: FindingsAsk) -> Answer | None:
    """Return the actions that somebody may see, to that person alone; what is asked aloud has the usual answer."""
    if not asked.mine and request.public and not request.direct:
        return None
    found = mine(desk, known) if asked.mine else _seen(desk, known, asked.filters)
    if not found:
        whose = "You have" if asked.mine else "Nobody has taken on"
        return Answer(to="alone", why=f"{whose} no action here. Say for example: remind me tomorrow to call")
    followed = book.followed(desk)
    done = sum(action.state == "done" for action, _ in found)
    pressed: list[tuple[str, str, str]] = []
    lines = [f"{done} of {len(found)} actions done."]
    for number, (action, owner) in enumerate(found[:_LISTED], start=1):
        lines.append(f"{number}. {_line(action, owner, own=asked.mine)}")
        held = followed.get(action.id)
        if action.state in book.OPEN and book.may_change(action, held, known) and len(pressed) < 3 * _PRESSED:
            theirs = book.is_theirs(action, held, known)
            last = (
                ("Not mine", NOT_MINE)
                if theirs and held and held.giver != known.member.id
                else ("Drop", DROP)
            )
            for label, kind in (("Done", DONE), ("Move", MOVE), last):
                pressed.append((f"{label} {number}", f"{kind}:{number}", action.id))
    small = (f"and {len(found) - _LISTED} more",) if len(found) > _LISTED else ()
    reply = Reply(intent="findings", lines=tuple(lines), small=small, private=True)
    return Answer(to="alone", reply=reply, buttons=tuple(pressed))


def mine(desk: Desk, known: Known) -> list[tuple[Action, str]]:
    """Return somebody's own actions with how their owner is called, what is open first."""
    followed = book.followed(desk)
    found = (
        (action, action.owner)
        for action in desk.line.store.actions(desk.workspace)
        if book.is_theirs(action, followed.get(action.id), known)
    )
    return sorted(found, key=_place)


def home(desk: Desk, known: Known) -> list[b.Block]:
    """Return somebody's open actions with their buttons."""
    found = [action for action, _ in mine(desk, known) if action.state in book.OPEN]
    if not found:
        return []
    followed = book.followed(desk)
    blocks = [b.bold("My actions")]
    for number, action in enumerate(found[:_ON_HOME]):
        held = followed.get(action.id)
        blocks.append(b.plain(_line(action, action.owner, own=True)))
        own = held is None or held.giver == known.member.id
        blocks.extend(b.actions(buttons(action, own=own, number=number)))
    more = len(found) - _ON_HOME
    return [*blocks, *(b.grey([f"and {more} more: say “my actions”"]) if more > 0 else ())]


def _seen(desk: Desk, known: Known, filters: tuple[Filter, ...]) -> list[tuple[Action, str]]:
    """Return the actions that concern a scope as far as somebody may see it, and all of the own."""
    own = {action.id for action, _ in mine(desk, known)}
    actions = desk.line.store.actions(desk.workspace)
    access = Access(workspace=desk.workspace, asker=known.grant)
    with flows.pull(desk.under(access)) as view:
        concerned = {action.id for action in concerning(view.where(*filters), actions)}
        wanted = concerned if filters else concerned | own
        found = [(action, owner_name(view, action)) for action in actions if action.id in wanted]
    return sorted(found, key=_place)


def _line(action: Action, owner: str, *, own: bool) -> str:
    whose = "" if own else f" {owner},"
    return f"{book.quoted(action)}:{whose} due {words.dated(action.due)}, {action.state}"


def _place(item: tuple[Action, str]) -> tuple[int, str, str]:
    action = item[0]
    return _ORDER.index(action.state), action.due.isoformat(), action.id
