"""What a channel was set to."""

from __future__ import annotations

from typing import Literal

from bot.slack.desk import Desk

Mode = Literal["edits", "mention only", "everything"]
MODES: tuple[Mode, ...] = ("edits", "mention only", "everything")
_CHANNEL = "channel"


def mode_of(desk: Desk, channel: str) -> Mode:
    """Return what a channel listens to: edits (and private offers), mentions only, or every question too."""
    note = desk.notes.read(desk.workspace, _CHANNEL, channel) or {}
    return next((mode for mode in MODES if mode == note.get("mode")), "edits")


def set_mode(desk: Desk, channel: str, mode: Mode, *, by: str) -> None:
    """Keep what a channel listens to from now on."""
    desk.notes.write(desk.workspace, _CHANNEL, channel, {"mode": mode, "by": by})
