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
from connectors.demo.standing import fold
from connectors.protocol import Page
from connectors.records import Opportunity
from tests.fakes.past import ClockedCrm
from tests.fakes.tiny_crm import Row, batch, event

_MARK = "amended/"


class AmendedCrm(ClockedCrm):
    """The invented company by a clock that moves, with changes that people make."""

    def __init__(self, past: DemoCrm, clock: Callable[[], datetime]) -> None:
        super().__init__(past, clock)
        self._rows: list[Row] = []

    def amend(self, deal_id: str, **values: Any) -> None:
        """Let somebody change fields of a deal now; the next load of a mirror hears of it."""
        at = self.now.astimezone(UTC).replace(tzinfo=None)
        row = event(0, deal_id, at, **values)
        self._rows.append({**row, "id": f"amended-{len(self._rows)}"})

    def changes(self, since: str | None) -> Iterator[Page]:
        known = 0
        if since is not None and since.startswith(_MARK):
            known = int(since.removeprefix(_MARK))
        else:
            yield from self._past.changes(since)
        if rows := self._rows[known:]:
            yield Page(batches=(batch("event", rows),), cursor=f"{_MARK}{len(self._rows)}")

    def read(self, deal_id: str) -> Opportunity | None:
        return fold(batch for page in self.changes(None) for batch in page.batches).get(deal_id)
