"""The message in which an owner is asked about deals, and the dialogs behind its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.nudges.grouping import Shown, shown
from bot.nudges.rows import Row
from bot.nudges.values import Asked, Need
from bot.slack import blocks as b
from bot.slack import message as m
from bot.slack.approving import UNDO
from bot.slack.dialogs import dialog, field
from bot.slack.losing import reason_field, stage_field
from reports import words
from reports.facts import Frozen

# What a button under a deal does; each is the start of an action's id.
DATE, STEP, AMOUNT, LOST, LEFT, CHANGE = (
    "nudge_date",
    "nudge_step",
    "nudge_amount",
    "nudge_lost",
    "nudge_left",
    "nudge_change",
)
_MENDS: dict[Need, tuple[str, str]] = {
    "date": (DATE, "New date"),
    "step": (STEP, "Next step"),
    "amount": (AMOUNT, "Amount"),
}
# Answered deals that are still shown: Slack takes fifty blocks in a message.
_ANSWERED = 30
_OWN_WORDS = 300
GREY = "Your answer is kept here and stands on the deal's row in reports. It changes nothing in the CRM."

WRITTEN = "What you answer is written to {system} in your name; Undo takes it back. Leave it changes nothing."

# The same under a report.
REPORTED = "Answers go to {system}; the table says which are there."


class Letter(Frozen):
    """What an owner's message says: who asks about what, the deals as they stand, and whether answers can be changed.

    `writes` is the system that answers are written to; empty where they are kept only.
    """

    askers: tuple[str, ...]
    conditions: tuple[str, ...]
    rows: tuple[Row, ...]
    changeable: bool
    writes: str = ""


def letter(asked: Asked, said: Letter) -> m.Outgoing:
    """Return the message: at most five open deals with buttons, the answered ones below, the rest counted."""
    rows = {row.deal_id: row for row in said.rows}
    parts = shown(rows, {row.deal_id: row.state != "open" for row in said.rows})
    number = len(rows)
    verb = "asks" if len(said.askers) == 1 else "ask"
    head = (
        f"{words.joined(said.askers)} {verb} about {number} of your deals: {', '.join(said.conditions)}.{_so_far(parts)}"
        if parts.open
        else f"All {number} of your deals are answered. Thank you."
        if number > 1
        else "Your deal is answered. Thank you."
    )
    found: list[b.Block] = [b.bold(head)]
    for place, deal_id in enumerate(parts.open, start=1):
        found.append(b.plain(rows[deal_id].text))
        found.extend(b.actions(_buttons(asked, rows[deal_id], place)))
    if parts.waiting:
        found.extend(b.grey([f"And {parts.waiting} more, as these are answered."]))
    for place, deal_id in enumerate(parts.closed[:_ANSWERED], start=1):
        block = b.plain(rows[deal_id].text)
        if rows[deal_id].undo:
            block["accessory"] = b.button("Undo", f"{UNDO}:{place}", rows[deal_id].undo)
        elif rows[deal_id].state == "kept" and said.changeable:
            block["accessory"] = b.button("Change", f"{CHANGE}:{place}", _value(asked, rows[deal_id]))
        found.append(block)
    if len(parts.closed) > _ANSWERED:
        found.extend(b.grey([f"And {len(parts.closed) - _ANSWERED} more that are answered."]))
    found.extend(b.grey([grey(said.writes)]))
    return m.Outgoing(text=m.notice(head), blocks=tuple(found), plain=tuple(found))


def grey(writes: str) -> str:
    """Return what an answer does, as a grey line: it is kept, or written to that system."""
    return WRITTEN.format(system=writes) if writes else GREY


def choices(need: Need, writes: str) -> str:
    """Return the buttons that a deal has in the message, and what an answer does, as a sentence."""
    does = (
        f"answers go to {writes} in the owner's name"
        if writes
        else "answers are kept here, the CRM stays as it is"
    )
    return f"Each deal with [{_MENDS[need][1]}] [Lost] [Leave it]; {does}."


def date_dialog(about: str, name: str, close: str, *, writes: str = "") -> dict[str, Any]:
    """Return the dialog that asks for a new close date."""
    return dialog(DATE, "New close date", [_date()], about=about, note=_note(name, close, writes))


def words_dialog(about: str, name: str, close: str, need: Need, *, writes: str = "") -> dict[str, Any]:
    """Return the dialog that asks for a next step or an amount, in the owner's words."""
    label = _MENDS[need][1]
    return dialog(_MENDS[need][0], label, [_words(label)], about=about, note=_note(name, close, writes))


def lost_dialog(
    about: str, name: str, close: str, reasons: Sequence[str], stages: Sequence[str], *, writes: str = ""
) -> dict[str, Any]:
    """Return the dialog that asks how a deal is lost: a stage where there are several, a reason that the CRM has, or words."""
    fields = [*stage_field(stages), *reason_field(reasons), _words("In your words", optional=True)]
    return dialog(LOST, "Why is it lost?", fields, about=about, note=_note(name, close, writes))


def change_dialog(
    about: str,
    name: str,
    close: str,
    reasons: Sequence[str],
    stages: Sequence[str],
    need: Need,
    *,
    writes: str = "",
) -> dict[str, Any]:
    """Return the dialog in which an answer is given anew, whichever it is."""
    answers = ((need, _MENDS[need][1]), ("lost", "Lost"), ("left", "Leave it"))
    options = [{"text": _text(label), "value": value} for value, label in answers]
    mend = _date(optional=True) if need == "date" else _words(_MENDS[need][1], name="mend", optional=True)
    fields = [
        field("answer", "Your answer", {"type": "radio_buttons", "options": options}),
        mend,
        *stage_field(stages, optional=True),
        *reason_field(reasons),
        _words("Why it is lost, in your words", optional=True),
    ]
    return dialog(CHANGE, "Change your answer", fields, about=about, note=_note(name, close, writes))


def _so_far(parts: Shown) -> str:
    """Return how many deals are still open, once some are not."""
    number = len(parts.open) + parts.waiting
    return f" {number} {words.plural(number, 'is', 'are')} open." if parts.closed else ""


def _buttons(asked: Asked, row: Row, place: int) -> tuple[b.Block, ...]:
    action, label = _MENDS[row.need]
    value = _value(asked, row)
    return (
        b.button(label, f"{action}:{place}", value),
        b.button("Lost", f"{LOST}:{place}", value),
        b.button("Leave it", f"{LEFT}:{place}", value),
    )


def _value(asked: Asked, row: Row) -> str:
    """Return what a button carries: which message and deal, and how many answers there were when it was shown."""
    return f"{asked.id}|{row.deal_id}|{row.number}"


def _date(*, optional: bool = False) -> b.Block:
    return field("date", "New close date", {"type": "datepicker"}, optional=optional)


def _words(label: str, *, name: str = "words", optional: bool = False) -> b.Block:
    element = {"type": "plain_text_input", "max_length": _OWN_WORDS}
    return field(name, label, element, optional=optional)


def _text(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": b.clean(text, 75)}


def _note(name: str, close: str, writes: str) -> str:
    return f"{name}: the CRM says {close or 'no close date'}. {grey(writes)}"
