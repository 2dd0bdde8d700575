"""A deal told event by event: what the plan and the hand-written season write, and what they can still change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from connectors.demo.names import REASONS, STEPS, SUBJECTS
from connectors.demo.population import RATES, Deals
from connectors.demo.simulate import OPEN, Past
from connectors.mirror.schema import FIELDS

KINDS = ("email", "call", "meeting", "task")


@dataclass(slots=True)
class Event:
    """At an instant a deal took these values; `amount` is in hundredths, `close` a day number, stages are places."""

    at: int
    values: dict[str, Any]


@dataclass(slots=True)
class Touch:
    """Something that was done on a deal."""

    at: int
    kind: str
    buyer: bool
    subject: str


@dataclass(slots=True)
class Story:
    """One deal and all that happened to it; mutable while it is being written, then turned into rows.

    Owner, region, segment, product, source, type and currency are places in the tables of `people` and `population`;
    `account` is the id of the customer. `planted` says what was planted on purpose, for the truth file.
    """

    id: str
    name: str
    account: str | None
    owner: int
    region: int
    segment: int
    product: int
    source: int
    type: int
    currency: int
    created: int
    events: list[Event] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    planted: dict[str, Any] = field(default_factory=dict)

    def last(self, name: str) -> Any:
        """Return the value that a field has in the end; None when it never had one."""
        return next((event.values[name] for event in reversed(self.events) if name in event.values), None)

    @property
    def is_open(self) -> bool:
        """Say whether the deal is open in the end."""
        return bool(self.last("status") == OPEN)

    @property
    def dollars(self) -> int:
        """Return the final amount in hundredths of a US dollar at plan rates, times 1000 (exact); 0 when missing."""
        return int(self.last("amount") or 0) * int(RATES[self.currency])

    def tell(self, at: int, **values: Any) -> None:
        """Add an event, in its place in time."""
        self.events.append(Event(at, values))
        self.events.sort(key=lambda event: event.at)

    def rewrite(self, name: str, value: Any) -> None:
        """Give a field another final value: as if it had been entered so when it was last entered."""
        event = next(event for event in reversed(self.events) if name in event.values)
        event.values[name] = value

    def scale(self, final: int) -> None:
        """Give the deal this final amount, and every earlier amount its share of the change (to 500 of the currency)."""
        before = self.last("amount")
        for event in self.events:
            amount = event.values.get("amount")
            if amount is not None:
                moved = max(round(amount * final / before / 50_000), 1) * 50_000 if before else final
                event.values["amount"] = final if amount == before else moved

    def touch(self, at: int, kind: str, subject: str, *, buyer: bool = True) -> None:
        """Add an activity."""
        self.touches.append(Touch(at, kind, buyer, subject))


def taken_over(
    past: Past, places: list[int], ids: list[str], names: list[str], accounts: list[str | None]
) -> list[Story]:
    """Return the simulated deals at these places as stories, so that their last weeks can be planned."""
    deals, events, touches = past.deals, past.events, past.touches
    told: list[Story] = []
    for place, key, name, account in zip(places, ids, names, accounts, strict=True):
        story = Story(
            id=key,
            name=name,
            account=account,
            owner=int(deals.owner[place]),
            region=int(deals.region[place]),
            segment=int(deals.segment[place]),
            product=int(deals.product[place]),
            source=int(deals.source[place]),
            # What is open counts: what does not count was closed long ago.
            type=min(int(deals.type[place]), 1),
            currency=int(deals.currency[place]),
            created=int(deals.created[place]),
        )
        for row in _rows(events["deal"], place):
            story.events.append(Event(int(events["at"][row]), _values(events, row)))
        for row in _rows(touches["deal"], place):
            kind, subject = KINDS[int(touches["kind"][row])], SUBJECTS[int(touches["subject"][row])]
            story.touches.append(Touch(int(touches["at"][row]), kind, bool(touches["buyer"][row]), subject))
        story.planted = {harm: True for harm, flags in past.harms.items() if flags[place]}
        story.planted |= {decoy: True for decoy, flags in past.decoys.items() if flags[place]}
        told.append(story)
    return told


def live(past: Past) -> list[int]:
    """Return the places of the deals that are still open."""
    return [int(place) for place in np.flatnonzero(past.state["status"] == OPEN)]


def quality(deals: Deals, place: int) -> float:
    """Return how good a deal is in truth."""
    return float(deals.quality[place])


_SIMULATED = ("stage", "status", "category", "amount", "close", "next_step", "reason", "deleted")


def _rows(column: Any, place: int) -> range:
    return range(int(np.searchsorted(column, place)), int(np.searchsorted(column, place, side="right")))


def _values(events: dict[str, Any], row: int) -> dict[str, Any]:
    mask = int(events["fields"][row])
    values: dict[str, Any] = {}
    for bit, (name, _) in enumerate(FIELDS):
        if not mask >> bit & 1 or name not in _SIMULATED:
            continue
        raw = int(events["step" if name == "next_step" else name][row])
        match name:
            case "amount":
                values[name] = None if raw < 0 else raw
            case "next_step":
                values[name] = STEPS[raw] or None
            case "reason":
                values[name] = REASONS[raw]
            case "deleted":
                values[name] = bool(raw)
            case _:
                values[name] = raw
    return values
