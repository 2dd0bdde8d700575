"""The dialog of a new schedule: what, on which days, when, where to; it is read and confirmed like the words of one."""

from __future__ import annotations

from datetime import time
from typing import Any, Literal

from bot.runs.ports import Steps
from bot.schedules import Schedule
from bot.schedules.words import Every, Wanted, read
from bot.slack import alerts
from bot.slack import blocks as b
from bot.slack.delivery import deliver
from bot.slack.desk import Answer, Desk
from bot.slack.dialogs import dialog, field, request_of
from bot.slack.feature import Filled
from bot.slack.people import Known
from bot.slack.presses import Press
from bot.slack.wishes import propose, reads, today_of

NAME = "schedule_new"
_WHAT, _DAYS, _AT, _PLACE, _UNREVIEWED = "what", "days", "at", "place", "unreviewed"
_CHOICES: tuple[tuple[str, str, Every, tuple[int, ...], int | None], ...] = (
    ("Every Monday", "mon", "week", (0,), None),
    ("Every Tuesday", "tue", "week", (1,), None),
    ("Every Wednesday", "wed", "week", (2,), None),
    ("Every Thursday", "thu", "week", (3,), None),
    ("Every Friday", "fri", "week", (4,), None),
    ("Every working day", "workday", "workday", (), None),
    ("Every day", "day", "day", (), None),
    ("First working day of the month", "first", "first_workday", (), None),
    ("First day of the month", "month1", "month", (), 1),
    ("Last day of the month", "month31", "month", (), 31),
)

_LEFT: tuple[tuple[str, Literal["hold", "post"]], ...] = (
    ("is held, and you are told", "hold"),
    ("is posted, marked as not reviewed", "post"),
)


def build(desk: Desk, _press: Press, known: Known) -> dict[str, Any] | None:
    """Return the dialog."""
    options = [_option(label, value) for label, value, *_ in _CHOICES]
    unreviewed = [_option(label, value) for label, value in _LEFT]
    company = desk.line.company.zone.key
    mine = known.member.zone or company
    return dialog(
        NAME,
        "New schedule",
        [
            field(
                _WHAT,
                "What shall come? A question, a report, “digest emea”, or “tell me when a deal slips”.",
                {"type": "plain_text_input", "placeholder": _plain("weekly emea"), "max_length": 200},
            ),
            field(
                _DAYS,
                "On which days?",
                {"type": "static_select", "options": options, "initial_option": options[0]},
            ),
            field(_AT, "At what time?", {"type": "timepicker", "initial_time": "08:30"}),
            field(
                _PLACE,
                "Where to? Leave it empty for your direct messages.",
                {"type": "channels_select", "placeholder": _plain("A channel")},
                optional=True,
            ),
            field(
                _UNREVIEWED,
                "A report for a channel that nobody has looked at by then",
                {"type": "static_select", "options": unreviewed, "initial_option": unreviewed[0]},
            ),
        ],
        send="Go on",
        note=f"Times are on the company's clocks ({company}) in a channel, on yours ({mine}) in direct messages. "
        "I ask once more before I save it.",
    )


def check(desk: Desk, filled: Filled) -> dict[str, str]:
    """Return what is wrong with the words: they must be a report or a question."""
    text = filled.values.get(_WHAT, "").strip()
    if not text:
        return {_WHAT: "Write what shall come, for example: weekly emea"}
    known = desk.directory.known(filled.user)
    now, wanted = desk.clock(), _said(desk, text)
    asked = Schedule(
        id="new",
        owner=filled.user,
        what=wanted.what,
        text=wanted.text,
        rhythm=Wanted().rhythm("UTC"),
        channel=filled.user,
        done_through=now,
        made_at=now,
    )
    why = wanted.problem or (
        alerts.why_not(desk, known, asked) if wanted.what == "alert" else reads(desk, known, asked)
    )
    return {_WHAT: b.clean(why, 150)} if why else {}


def _said(desk: Desk, text: str) -> Wanted:
    """Return what the words of the dialog want: an alert or a digest where they say so, else what they ask."""
    wanted = read(text, today=today_of(desk))
    return wanted if wanted.what != "report" else Wanted(text=text)


def fill(desk: Desk, steps: Steps, filled: Filled, known: Known) -> None:
    """Draw up what the dialog says, and ask in direct messages whether to save it."""
    request = request_of(desk, filled)
    kept = steps.step("draw up", lambda: _proposed(desk, filled, known).model_dump(mode="json"))
    deliver(desk, steps, request, Answer.model_validate(kept))


def _proposed(desk: Desk, filled: Filled, known: Known) -> Answer:
    channel = filled.values.get(_PLACE, "")
    chosen = next((one for one in _CHOICES if one[1] == filled.values.get(_DAYS)), _CHOICES[0])
    said = _said(desk, filled.values.get(_WHAT, "").strip())
    wanted = Wanted(
        what=said.what,
        text=said.text,
        every=chosen[2],
        weekdays=chosen[3],
        day=chosen[4],
        at=time.fromisoformat(filled.values.get(_AT) or "08:30"),
        place=f"#{channel}" if channel else "me",
        unreviewed="post" if filled.values.get(_UNREVIEWED) == "post" else "hold",
        problem=said.problem,
    )
    request = request_of(desk, filled)
    named = request.model_copy(update={"channels": {channel: ""} if channel else {}})
    return propose(desk, named, known, wanted)


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": _plain(label), "value": value}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
