"""What the fakes have in common that play with the invented company's past: all that a clock does not change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from connectors.demo import DemoCrm
from connectors.protocol import Applied, Change, Flags
from connectors.records import Opportunity, Person, Product, Stage


class ClockedCrm:
    """The invented company by a clock that moves; what comes of that to be known, a subclass says in `changes`."""

    def __init__(self, past: DemoCrm, clock: Callable[[], datetime]) -> None:
        """Show `past` by `clock`."""
        self._past, self._clock = past, clock

    @property
    def name(self) -> str:
        return self._past.name

    @property
    def now(self) -> datetime:
        return self._clock()

    def flags(self) -> Flags:
        return self._past.flags()

    def stages(self) -> tuple[Stage, ...]:
        return self._past.stages()

    def people(self) -> tuple[Person, ...]:
        return self._past.people()

    def products(self) -> tuple[Product, ...]:
        return self._past.products()

    def read(self, deal_id: str) -> Opportunity | None:
        return self._past.read(deal_id)

    def record_url(self, deal_id: str) -> str:
        return self._past.record_url(deal_id)

    def apply(self, change: Change, *, person: str) -> Applied:
        return self._past.apply(change, person=person)
