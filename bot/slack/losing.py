"""What a deal that is lost still needs: one of several stages, and the reason where it can be written too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.approvals.asked import Wish
from bot.approvals.executor import Executor
from bot.slack import blocks as b
from bot.slack.desk import Desk
from bot.slack.dialogs import dialog, field
from connectors.records import Status

# Slack takes so many options in a menu.
_MOST_OPTIONS = 100
STAGE, REASON = "stage", "reason"


def lost_stages(desk: Desk) -> tuple[str, ...]:
    """Return the stages of lost deals that are in use, in their order."""
    lost = tuple(stage.name for stage in desk.line.crm.stages() if stage.status is Status.LOST)
    used = desk.executor.choices("stage") if desk.executor is not None else ()
    return tuple(name for name in lost if name in used) or lost


def loss_reasons(executor: Executor) -> tuple[str, ...]:
    """Return the reasons that can be written with such a stage; empty where none can."""
    return executor.choices("reason")[:_MOST_OPTIONS]


def open_ends(desk: Desk, executor: Executor, wanted: Wish) -> tuple[Wish, tuple[str, ...]]:
    """Return a wish with the stages that are left to choose from, and the reasons that can be given with it."""
    lost = lost_stages(desk)
    options = tuple(name for name in wanted.options if name in lost) or wanted.options
    if len(options) == 1:
        wanted = wanted.model_copy(update={"value": options[0], "options": ()})
    else:
        wanted = wanted.model_copy(update={"options": options[:_MOST_OPTIONS]})
    loses = wanted.word == "stage" and (wanted.value in lost or set(options) & set(lost))
    return wanted, loss_reasons(executor) if loses else ()


def how_dialog(
    name: str, about: str, deal: str, stages: Sequence[str], reasons: Sequence[str]
) -> dict[str, Any]:
    """Return the dialog that asks for the stage of a deal that has ended, and for the reason."""
    fields = [*stage_field(stages), *reason_field(reasons)]
    return dialog(name, "How did it end?", fields, about=about, note=deal, send="Go on")


def stage_field(stages: Sequence[str], *, optional: bool = False) -> list[b.Block]:
    """Return the menu of stages; nothing where there is nothing to choose."""
    return _menu(STAGE, "Stage", stages, optional=optional)


def reason_field(reasons: Sequence[str]) -> list[b.Block]:
    """Return the menu of reasons; nothing where there is none."""
    return _menu(REASON, "Reason", reasons, optional=True)


def chosen(options: Sequence[str], place: str) -> str:
    """Return what was chosen in a menu; empty for nothing."""
    return options[int(place)] if place.isdigit() and int(place) < len(options) else ""


def _menu(name: str, label: str, options: Sequence[str], *, optional: bool) -> list[b.Block]:
    if not options:
        return []
    found = [
        {"text": {"type": "plain_text", "text": b.clean(option, 75)}, "value": str(place)}
        for place, option in enumerate(options)
    ]
    return [field(name, label, {"type": "static_select", "options": found}, optional=optional)]
