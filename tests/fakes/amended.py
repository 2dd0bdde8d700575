"""A `Crm` in which people change deals while a scenario runs: the invented company, and what was changed since.

crm = AmendedCrm(DemoCrm(), clock)
crm.amend("d000017", close=date(2026, 12, 18))
mirror.load(crm)         # as of the clock, with that
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from connectors.demo import DemoCrm
from connectors.protocol import Applied, Change, Flags, Page
from connectors.records import Opportunity, Person, Product, Stage
from tests.fakes.tiny_crm import Row, batch, event

_MARK = "amended/"


class AmendedCrm:
    """The invented company by a clock that moves, with changes that people make."""

    def __init__(self, past: DemoCrm, clock: Callable[[], datetime]) -> None:
        self._past, self._clock = past, clock
        self._rows: list[Row] = []

    def amend(self, deal_id: str, **values: Any) -> None:
        """Let somebody change fields of a deal now; the next load of a mirror hears of it."""
        at = self.now.astimezone(UTC).replace(tzinfo=None)
        row = event(0, deal_id, at, **values)
        self._rows.append({**row, "id": f"amended-{len(self._rows)}"})

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

    def changes(self, since: str | None) -> Iterator[Page]:
        if since is None:
            yield from self._past.changes(None)
        known = int(since.removeprefix(_MARK)) if since and since.startswith(_MARK) else 0
        if rows := self._rows[known:]:
            yield Page(batches=(batch("event", rows),), cursor=f"{_MARK}{len(self._rows)}")

    def read(self, deal_id: str) -> Opportunity | None:
        return self._past.read(deal_id)

    def record_url(self, deal_id: str) -> str:
        return self._past.record_url(deal_id)

    def apply(self, change: Change, *, person: str) -> Applied:
        return self._past.apply(change, person=person)
