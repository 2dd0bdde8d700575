"""A `Crm` that lets another one's past happen again: it knows what was known up to the clock, and no more.

crm = ReplayCrm(DemoCrm(opportunities=600), clock)
mirror.load(crm)         # as of the clock
clock.at += timedelta(days=1)
mirror.load(crm)         # and what came to be known since
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from functools import cached_property

import numpy as np

from connectors.demo.standing import fold
from connectors.errors import BadRequest
from connectors.protocol import Batch, Column, Page
from connectors.records import Opportunity
from tests.fakes.past import ClockedCrm

_MARK, _BEGINNING = "replay/", np.datetime64("0001-01-01T00:00:00", "us")
# The instant at which a row of a table comes to be known; the rest is known from the start.
_KNOWN = {"deal": "created_at", "event": "learned_at", "activity": "at"}


class ReplayCrm(ClockedCrm):
    """The invented company as it was at the clock, which stops on its last day: rows come when they came to be known."""

    def changes(self, since: str | None) -> Iterator[Page]:
        begun = _BEGINNING if since is None else _instant(since)
        return self._pages(begun, first=since is None)

    def _pages(self, begun: np.datetime64, *, first: bool) -> Iterator[Page]:
        if first:
            who = tuple(batch for batch in self._batches if batch.table not in _KNOWN)
            yield Page(batches=who, cursor=f"{_MARK}{_BEGINNING}")
        until = np.datetime64(self.now.astimezone(UTC).replace(tzinfo=None), "us")
        if until > begun:
            found = (_between(batch, begun, until) for batch in self._batches if batch.table in _KNOWN)
            yield Page(batches=tuple(batch for batch in found if len(batch)), cursor=f"{_MARK}{until}")

    def read(self, deal_id: str) -> Opportunity | None:
        until = np.datetime64(self.now.astimezone(UTC).replace(tzinfo=None), "us")
        known = (_between(batch, _BEGINNING, until) for batch in self._batches if batch.table in _KNOWN)
        one = (
            _where(batch, batch.columns["id" if batch.table == "deal" else "deal_id"] == deal_id)
            for batch in known
        )
        return fold(one).get(deal_id)

    @cached_property
    def _batches(self) -> tuple[Batch, ...]:
        return tuple(batch for page in self._past.changes(None) for batch in page.batches)


def _instant(cursor: str) -> np.datetime64:
    try:
        return np.datetime64(cursor.removeprefix(_MARK) if cursor.startswith(_MARK) else "x", "us")
    except ValueError as error:
        raise BadRequest(f"the cursor {cursor!r} is none of this replay's") from error


def _between(batch: Batch, begun: np.datetime64, until: np.datetime64) -> Batch:
    known: Column = batch.columns[_KNOWN[batch.table]]
    return _where(batch, (known > begun) & (known <= until))


def _where(batch: Batch, chosen: Column) -> Batch:
    return Batch(table=batch.table, columns={name: column[chosen] for name, column in batch.columns.items()})
