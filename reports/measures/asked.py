"""A question to the catalogue, ready to be evaluated, and what every answer discloses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from connectors.records import ForecastClass, Status
from reports import words
from reports.facts import Dim, Period
from reports.measures.groups import Group, Key, Line, groups
from reports.measures.targets import Targets, targets
from reports.view import PipelineView

# How a note says that deals have an amount whose worth nobody knows.
UNRATED = "in a currency without a plan rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A measure asked of a view: for which period (None: all time), by which dimensions, compared with when.

    `notes` collects what the answer has to disclose, each thing once.
    """

    view: PipelineView
    by: tuple[Dim, ...]
    span: Period | None
    since: datetime
    notes: list[str] = field(default_factory=list)

    @property
    def period(self) -> Period:
        """Return the period; a measure without a default period does not ask for it."""
        if self.span is None:
            raise ValueError("this measure has no period")
        return self.span

    def note(self, *texts: str) -> None:
        """Disclose something, once."""
        self.notes.extend(text for text in texts if text not in self.notes)

    def open(self, *categories: ForecastClass) -> dict[Key, Group]:
        """Return open deals due in the period, of these categories (none given: of any)."""
        called = f" AND category IN {quoted(categories)}" if categories else ""
        return self.disclosed(f"status = '{Status.OPEN}' AND {self.within()}{called}")

    def closed(self, *statuses: Status) -> dict[Key, Group]:
        """Return deals that stand so and whose close date lies in the period."""
        return self.disclosed(f"status IN {quoted(statuses)} AND {self.within()}")

    def within(self, column: str = "close") -> str:
        """Return the condition that a date lies in the period; dates come from the calendar, not from people."""
        if self.span is None:
            return "TRUE"
        return f"{column} >= DATE '{self.span.start}' AND {column} < DATE '{self.span.end}'"

    def disclosed(self, condition: str) -> dict[Key, Group]:
        """Return the groups of deals that meet a condition, and note which of them have no value."""
        found = groups(self.view, self.view.states(), self.by, condition)
        self.disclose(found.values())
        return found

    def disclose(self, found: Iterable[Group]) -> None:
        """Note how many deals are counted but not valued."""
        known = list(found)
        unrated = sum(group.unrated for group in known)
        empty = sum(group.n - group.valued - group.unrated for group in known)
        if empty and "amount" not in self.view.access.hidden:
            self.note(f"{deals(empty)} without an amount: counted, not valued")
        if unrated:
            self.note(f"{deals(unrated)} {UNRATED}: counted, not valued")

    def targets(self) -> Targets:
        """Return the period's targets."""
        return targets(self.view, self.period)

    def before_history(self) -> bool:
        """Say whether the whole period lies before the first record."""
        begins = self.view.begins
        return (
            self.span is not None and begins is not None and self.span.end <= self.view.calendar.day(begins)
        )

    def money(self, value: Decimal) -> str:
        """Return an amount as notes write it."""
        return words.money(value, self.view.currency)


def quoted(names: Iterable[StrEnum]) -> str:
    """Return names of our own as an SQL list."""
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


def deals(count: int) -> str:
    """Return a count of deals in words."""
    return f"{count} deal" if count == 1 else f"{count} deals"


def summed(found: Mapping[Key, Group]) -> list[Line]:
    """Return a line for each group: its total, its deals."""
    return [
        Line(key=key, value=group.value, n=group.n, records=group.records) for key, group in found.items()
    ]


def together(*parts: Mapping[Key, Group]) -> list[Key]:
    """Return every key that occurs in one of the parts, each once."""
    return list(dict.fromkeys(key for part in parts for key in part))


NOTHING = Group()
