"""How many alerts a person gets: at most five a day, none of a kind that was muted; the rest is counted for the digest."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal, cast

from pydantic import Field, JsonValue

from bot.slack.desk import Desk
from reports import words
from reports.facts import Frozen

PER_DAY = 5
# What alerts are muted by: the moves of deals, and numbers that go beyond a limit.
KINDS = ("slips", "pulled in", "lost", "won", "created", "shrinks", "grows", "numbers")
_DAY, _MUTED = "alert_day", "alert_muted"
Room = Literal["tell", "fold", "mute"]


class Day(Frozen):
    """What one person was told today, by the keys of the alerts, and what was only counted: key to kind."""

    day: date
    told: tuple[str, ...] = ()
    folded: dict[str, str] = Field(default_factory=dict)


def room(desk: Desk, user: str, *, key: str, kind: str) -> Room:
    """Return what becomes of an alert: told, counted for the digest, or nothing, for its kind is muted; the same each time."""
    if kind in muted(desk, user):
        return "mute"
    today = _today(desk)

    def count(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        before = Day(day=today) if note is None else Day.model_validate(note)
        if before.day != today:
            before = before.model_copy(update={"day": today, "told": ()})
        if key in before.told or key in before.folded:
            after = before
        elif len(before.told) < PER_DAY:
            after = before.model_copy(update={"told": (*before.told, key)})
        else:
            after = before.model_copy(update={"folded": {**before.folded, key: kind}})
        return after.model_dump(mode="json")

    after = Day.model_validate(desk.notes.change(desk.workspace, _DAY, user, count))
    return "tell" if key in after.told else "fold"


def folded(desk: Desk, user: str) -> tuple[str, ...]:
    """Return the keys of the alerts that were only counted so far."""
    note = desk.notes.read(desk.workspace, _DAY, user)
    return () if note is None else tuple(Day.model_validate(note).folded)


def waiting(desk: Desk) -> dict[str, date]:
    """Return who has alerts that were only counted and not told of yet, with the day on which the last was counted."""
    days = {user: Day.model_validate(note) for user, note in desk.notes.all(desk.workspace, _DAY).items()}
    return {user: one.day for user, one in days.items() if one.folded}


def folded_line(desk: Desk, user: str, keys: tuple[str, ...]) -> str:
    """Return a sentence that counts these alerts by kind; empty where there are none."""
    note = desk.notes.read(desk.workspace, _DAY, user)
    known = {} if note is None else Day.model_validate(note).folded
    kinds = Counter(known[key] for key in keys if key in known)
    if not kinds:
        return ""
    listed = words.joined(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    count = sum(kinds.values())
    return (
        f"Beyond {PER_DAY} alerts a day I only count: {count} more {words.plural(count, 'alert')} ({listed})."
    )


def tell_folded(desk: Desk, user: str, keys: tuple[str, ...]) -> bool:
    """Forget the counted alerts that a digest told of."""

    def left(note: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        if note is None:
            return None
        before = Day.model_validate(note)
        kept = {key: kind for key, kind in before.folded.items() if key not in keys}
        return before.model_copy(update={"folded": kept}).model_dump(mode="json")

    desk.notes.change(desk.workspace, _DAY, user, left)
    return True


def muted(desk: Desk, user: str) -> tuple[str, ...]:
    """Return the kinds of alert that somebody does not want."""
    note = desk.notes.read(desk.workspace, _MUTED, user) or {}
    return tuple(cast("list[str]", note.get("kinds", [])))


def set_muted(desk: Desk, user: str, kinds: tuple[str, ...], *, on: bool) -> tuple[str, ...]:
    """Mute kinds of alert, or let them come again; return which are muted then."""

    def changed(note: dict[str, JsonValue] | None) -> dict[str, JsonValue]:
        before = cast("list[str]", (note or {}).get("kinds", []))
        kept = {*before, *kinds} if on else set(before) - set(kinds)
        return {"kinds": [kind for kind in KINDS if kind in kept]}

    desk.notes.change(desk.workspace, _MUTED, user, changed)
    return muted(desk, user)


def _today(desk: Desk) -> date:
    return desk.clock().astimezone(desk.line.company.zone).date()
