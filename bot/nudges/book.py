"""Where nudges and goals are kept: one shelf a kind of note, each change with nobody in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.nudges.values import Asked, Given, Goal, Nudge
from bot.store.notebook import Body, Notebook
from reports.context import OwnerNote
from reports.facts import Frozen

T = TypeVar("T", bound=Frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[T]):
    """Notes of one kind as values."""

    notes: Notebook
    workspace: str
    kind: str
    model: type[T]

    def get(self, note_id: str) -> T | None:
        """Return a value; None when there is none."""
        body = self.notes.read(self.workspace, self.kind, note_id)
        return None if body is None else self.model.model_validate(body)

    def all(self) -> tuple[T, ...]:
        """Return every value, ordered by id."""
        return tuple(
            self.model.model_validate(body) for body in self.notes.all(self.workspace, self.kind).values()
        )

    def change(self, note_id: str, to: Callable[[T | None], T | None]) -> T | None:
        """Read a value, keep what `to` makes of it (None: forget it), and return that."""

        def changed(body: Body | None) -> Body | None:
            after = to(None if body is None else self.model.model_validate(body))
            return None if after is None else after.model_dump(mode="json")

        body = self.notes.change(self.workspace, self.kind, note_id, changed)
        return None if body is None else self.model.model_validate(body)

    def forget(self, which: Callable[[T], bool]) -> int:
        """Forget the values of which that is so; return how many they were."""
        model = self.model
        return self.notes.forget(self.workspace, self.kind, lambda body: which(model.model_validate(body)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What one workspace keeps: nudges and goals by their id, owners' messages by owner and day, answers by deal."""

    nudges: Shelf[Nudge]
    goals: Shelf[Goal]
    asked: Shelf[Asked]
    given: Shelf[Given]

    def asked_for(self, cause: str) -> tuple[Asked, ...]:
        """Return the messages in which something is asked for a nudge or a goal."""
        return tuple(asked for asked in self.asked.all() if any(item.cause == cause for item in asked.items))

    def is_open(self, cause: str) -> bool:
        """Say whether a nudge or a goal still takes answers."""
        nudge, goal = self.nudges.get(cause), self.goals.get(cause)
        return (nudge is not None and nudge.state == "running") or (
            goal is not None and goal.state == "running"
        )


def book_of(notes: Notebook, workspace: str) -> Book:
    """Return what a workspace keeps."""
    return Book(
        nudges=Shelf(notes=notes, workspace=workspace, kind="nudge", model=Nudge),
        goals=Shelf(notes=notes, workspace=workspace, kind="goal", model=Goal),
        asked=Shelf(notes=notes, workspace=workspace, kind="owner_asked", model=Asked),
        given=Shelf(notes=notes, workspace=workspace, kind="owner_answer", model=Given),
    )


def owner_notes(notes: Notebook, workspace: str) -> tuple[OwnerNote, ...]:
    """Return what owners answered about their deals, the newest answer of each, ordered by deal."""
    return tuple(given.note for given in book_of(notes, workspace).given.all())
