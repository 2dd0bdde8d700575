"""Managers' calls in the notebook: each is kept as it was made; one that was taken back is kept too, and counts no more."""

from __future__ import annotations

from pydantic import JsonValue

from bot.store.notebook import Notebook
from reports.context import Call

_KIND, _BACK = "call", "call-back"


def keep_call(notes: Notebook, workspace: str, call: Call) -> Call:
    """Keep a call, and return what is kept: the first one of that id."""
    new: dict[str, JsonValue] = call.model_dump(mode="json")
    return Call.model_validate(notes.change(workspace, _KIND, call.id, lambda note: note or new))


def take_back(notes: Notebook, workspace: str, call_id: str, *, by: str) -> None:
    """Let a call count no more; it stays as it was made."""
    notes.write(workspace, _BACK, call_id, {"by": by})


def call_of(notes: Notebook, workspace: str, call_id: str) -> Call | None:
    """Return a call that counts; None where there is none of that id."""
    return next((call for call in calls(notes, workspace) if call.id == call_id), None)


def calls(notes: Notebook, workspace: str) -> tuple[Call, ...]:
    """Return the calls that count, oldest first; empty where nobody called anything."""
    back = notes.all(workspace, _BACK)
    found = (
        Call.model_validate(note)
        for call_id, note in notes.all(workspace, _KIND).items()
        if call_id not in back
    )
    return tuple(sorted(found, key=lambda call: (call.at, call.id)))
