"""Who may speak with us at all: colleagues whom the CRM knows, each confirmed once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue

from bot.runs.ports import Work
from bot.slack.desk import Answer, Desk
from bot.slack.people import Known
from bot.slack.request import Request
from reports.facts import Frozen

BE, NOT_ME, CONNECT = "be", "notme", "connect"
# The same for the user that somebody is in the system of record; whose rights it has not told may press these all the same.
SIGN_IN, USER_ME, USER_NOT_ME, SIGN_OUT = "signin", "userme", "usernotme", "signout"
SIGNING = frozenset({SIGN_IN, USER_ME, USER_NOT_ME, SIGN_OUT})
_WAITING = "waiting"
# So many requests of one person wait for it; what waited longer is not done by itself.
_MOST, _LONG = 10, timedelta(hours=1)
# Whoever has one of these roles revises and publishes anybody's draft.
OWNERS = ("weekly_owner", "revops", "admin")
# In the invented company anybody may be anybody.
_ROLES = ("VP Sales", "Sales manager", "Account executive")


class Waiting(Frozen):
    """What somebody said or pressed at a time before it was known who that is."""

    work: Work
    at: datetime

    def is_late(self, now: datetime) -> bool:
        """Say whether it waited so long that it is not done by itself any more."""
        return now - self.at > _LONG


def gate(desk: Desk, request: Request, known: Known, *, work: Work | None = None) -> Answer | None:
    """Return what somebody is told instead of an answer; None lets them in.

    People from outside and who has left are told so, and so is whose rights the CRM has not told; a colleague whom the
    CRM does not know yet is asked who that is, and `work` waits for it, which is to hear what was said where it is not
    given. In a thread that nobody called us into, all of them hear nothing.
    """
    if known.member.program or (request.surface == "thread" and (not known.confirmed or known.why)):
        return Answer(to="nobody")
    if known.member.gone:
        why = (
            "Your Slack account is deactivated" if known.member.name else "Slack does not tell me who you are"
        )
        return _alone(f"{why}, so I do not answer.")
    if known.member.outside:
        return _alone("I answer the people of this company only, and you are a guest here.")
    if known.confirmed:
        return _alone(known.why, buttons=to_connect(desk, known)) if known.why else None
    held = work or later(request).work("hear")
    desk.notes.change(
        desk.workspace,
        _WAITING,
        request.user,
        lambda note: _also(note, Waiting(work=held, at=request.at)),
    )
    if known.person is not None:
        role = ", ".join(part for part in (known.person.role, known.person.team) if part)
        return _alone(
            f"In the CRM I take you for {known.person.name} ({role}). Is that you? Once you have said so, I do not ask again.",
            buttons=(("That's me", f"{BE}:0", known.person.id), ("Not me", NOT_ME, "")),
        )
    if desk.demo:
        found = [next(person for person in desk.line.crm.people() if person.role == role) for role in _ROLES]
        return _alone(
            "This is the invented company Larkmoor Software. Whose eyes do you want to see it with?",
            buttons=tuple(
                (f"{person.name}, {person.role}", f"{BE}:{number}", person.id)
                for number, person in enumerate(found)
            ),
        )
    return _alone(
        f"I know you in Slack as {known.member.email or known.member.name}, not in the CRM.",
        buttons=(("Connect", CONNECT, ""),),
    )


def to_connect(desk: Desk, known: Known) -> tuple[tuple[str, str, str], ...]:
    """Return the button by which somebody connects the system of record; none where that is not what is missing."""
    if desk.connecting is None or not known.connects:
        return ()
    return ((f"Connect {desk.connecting.label}", SIGN_IN, known.member.id),)


def decides(desk: Desk, known: Known, owner: str) -> bool:
    """Say whether it is somebody's to change and publish the draft of its owner."""
    return known.member.id == owner or any(desk.directory.is_in(role, known) for role in OWNERS)


def later(request: Request) -> Request:
    """Return a request as it is taken up again once it is known whose it is: a work of its own."""
    return request.model_copy(update={"key": f"{request.key}:known"})


def waiting(desk: Desk, user: str) -> tuple[Waiting, ...]:
    """Return what somebody said or pressed before it was known who that is, oldest first; empty when nothing waits."""
    note = desk.notes.read(desk.workspace, _WAITING, user) or {}
    return tuple(Waiting.model_validate(item) for item in _waiting(note))


def forget_waiting(desk: Desk, user: str) -> None:
    """Forget what waited: it is being answered."""
    desk.notes.erase(desk.workspace, _WAITING, user)


def _also(note: dict[str, JsonValue] | None, last: Waiting) -> dict[str, JsonValue]:
    """Add what waits, once; beyond the most, the oldest is forgotten."""
    before = [
        one for one in map(Waiting.model_validate, _waiting(note or {})) if one.work.key != last.work.key
    ]
    return {"requests": [one.model_dump(mode="json") for one in (*before, last)[-_MOST:]]}


def _waiting(note: dict[str, JsonValue]) -> list[JsonValue]:
    return cast("list[JsonValue]", note.get("requests", []))


def _alone(why: str, buttons: tuple[tuple[str, str, str], ...] = ()) -> Answer:
    return Answer(to="alone", why=why, buttons=buttons)
