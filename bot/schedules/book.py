"""The book of schedules: the one table that says what comes by itself. Each change is made with nobody in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.schedules.schedule import Schedule
from bot.store import Notebook

_KIND, _DRAWN = "schedule", "schedule_drawn"
# What is kept beside a schedule: the occurrence that was taken up last, what was told as missed, how far the digest that
# it is went, and what the alert that it is has seen.
TAKEN, TOLD, DIGEST, SEEN = "schedule_taken", "schedule_told", "digest", "alert_seen"
_TRACES = (TAKEN, TOLD, DIGEST, SEEN)


def every(notes: Notebook, workspace: str) -> tuple[Schedule, ...]:
    """Return all schedules, in the order in which they were made."""
    found = [Schedule.model_validate(note) for note in notes.all(workspace, _KIND).values()]
    return tuple(sorted(found, key=lambda schedule: (schedule.made_at, schedule.id)))


def read(notes: Notebook, workspace: str, schedule_id: str) -> Schedule | None:
    """Return a schedule; None where there is none by that id any more."""
    note = notes.read(workspace, _KIND, schedule_id)
    return None if note is None else Schedule.model_validate(note)


def keep(notes: Notebook, workspace: str, schedule: Schedule) -> Schedule:
    """Keep a new schedule; one that is kept by that id already stays as it is, and is returned."""
    kept = notes.change(workspace, _KIND, schedule.id, lambda note: note or schedule.model_dump(mode="json"))
    return Schedule.model_validate(kept)


def change(
    notes: Notebook, workspace: str, schedule_id: str, to: Callable[[Schedule], Schedule]
) -> Schedule | None:
    """Change a schedule and return it as it is then; None where there is none any more."""
    kept = notes.change(
        workspace,
        _KIND,
        schedule_id,
        lambda note: None if note is None else to(Schedule.model_validate(note)).model_dump(mode="json"),
    )
    return None if kept is None else Schedule.model_validate(kept)


def delete(notes: Notebook, workspace: str, schedule_id: str) -> None:
    """Forget a schedule, and how far it came."""
    for kind in (_KIND, _DRAWN, *_TRACES):
        notes.erase(workspace, kind, schedule_id)


def draw_up(notes: Notebook, workspace: str, schedule: Schedule) -> None:
    """Keep a schedule that somebody was shown and has not saved."""
    notes.write(workspace, _DRAWN, schedule.id, schedule.model_dump(mode="json"))


def drawn_up(notes: Notebook, workspace: str, schedule_id: str) -> Schedule | None:
    """Return a schedule that somebody was shown; None where it is not known any more."""
    note = notes.read(workspace, _DRAWN, schedule_id)
    return None if note is None else Schedule.model_validate(note)


def forget_drawn(notes: Notebook, workspace: str, *, before: datetime) -> int:
    """Forget what was drawn up before an instant and never saved; return how many they were."""
    return notes.forget(workspace, _DRAWN, lambda note: datetime.fromisoformat(str(note["made_at"])) < before)
