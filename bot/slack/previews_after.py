"""What becomes of a report's preview when its schedule does not come: skipped, paused, deleted, or missed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.schedules import book
from bot.schedules.schedule import Schedule
from bot.slack.desk import Desk
from bot.slack.previews import reshow
from bot.slack.previews_kept import Preview, change, hour, key_of, made_by, preview_of

_PAUSED = "it was paused then."
_OFF = "I was not running then, or everything was stopped."


def settled(desk: Desk, schedule: Schedule, due: datetime) -> bool:
    """Say whether a schedule's report for one instant is posted already, or was dropped by somebody."""
    made = desk.line.store.by_key(desk.workspace, key_of(schedule, due))
    preview = preview_of(desk, made.draft_id) if made else None
    return preview is not None and not preview.is_open


def drop(desk: Desk, schedule: Schedule, why: str, *, due: datetime | None = None) -> None:
    """Let what is to come go, the report for one instant or all of them, and say why in its preview."""
    for one in made_by(desk, schedule.id):
        if due is None or one.due == due:
            _became(desk, one, "dropped", why)


def halt(desk: Desk, schedule: Schedule, why: str) -> None:
    """Pause a schedule unless it is paused already, and show so in its previews."""
    kept = book.change(
        desk.notes,
        desk.workspace,
        schedule.id,
        lambda one: one if one.paused else one.model_copy(update={"paused": why}),
    )
    if kept is not None:
        follow(desk, kept)


def follow(desk: Desk, schedule: Schedule) -> None:
    """Show the reports to come as their schedule is now: paused, or going on, when one due meanwhile was missed."""
    for one in made_by(desk, schedule.id):
        if one.schedule.paused and not schedule.paused and one.due <= schedule.done_through:
            _became(desk, one, "missed", _PAUSED)
        elif one.state == "coming":
            change(
                desk,
                one.draft_id,
                lambda before: (
                    before.model_copy(update={"schedule": schedule}) if before.state == "coming" else before
                ),
            )
            reshow(desk, one.draft_id, key=f"{one.draft_id}:{schedule.paused or 'on'}")


def missed(desk: Desk, schedule: Schedule, dues: list[datetime]) -> str:
    """Show that these reports were missed; return the newest one's draft and revision, as a button tells them, or nothing."""
    found = [one for one in made_by(desk, schedule.id) if one.due in dues]
    for one in found:
        _became(desk, one, "missed", _OFF)
    newest = preview_of(desk, max(found, key=lambda one: one.due).draft_id) if found else None
    if newest is None or newest.state != "missed" or not newest.shown:
        return ""
    return f"{newest.draft_id}:{desk.revision(newest.draft_id).number}"


def _became(desk: Desk, preview: Preview, state: Literal["dropped", "missed"], why: str) -> None:
    """Keep what became of a report that was to come, unless it is being posted at this moment, and show it."""
    told = f"Not published {hour(preview.schedule, preview.due)}: {why}"

    def became(before: Preview) -> Preview:
        if before.state != "coming" or before.hand:
            return before
        return before.model_copy(update={"state": state, "told": told})

    if change(desk, preview.draft_id, became).told == told:
        reshow(desk, preview.draft_id, key=f"{preview.draft_id}:{state}")
