"""A `Crm` that lets another one's past happen again: it knows what was known up to the clock, and no more.

crm = ReplayCrm(DemoCrm(opportunities=600), clock)
mirror.load(crm)         # as of the clock
clock.at += timedelta(days=1)
mirror.load(crm)         # and what came to be known since
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property

import numpy as np

from connectors.demo import DemoCrm
from connectors.demo.standing import fold
from connectors.errors import BadRequest, NotAllowed
from connectors.protocol import Applied, Batch, Change, Column, Flags, Page
from connectors.records import Opportunity, Person, Product, Stage

_MARK, _BEGINNING = "replay/", np.datetime64("0001-01-01T00:00:00", "us")
# The instant at which a row of a table comes to be known; the rest is known from the start.
_KNOWN = {"deal": "created_at", "event": "learned_at", "activity": "at"}


class ReplayCrm:
    """The invented company as it was at the clock: rows come when they came to be known."""

    def __init__(self, past: DemoCrm, clock: Callable[[], datetime]) -> None:
        """Replay `past` by `clock`, which must not go beyond the day that `past` ends with."""
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

    def record_url(self, deal_id: str) -> str:
        return self._past.record_url(deal_id)

    def apply(self, change: Change, *, person: str) -> Applied:
        raise NotAllowed(f"{person!r} cannot change {change.field!r} of {change.deal_id!r}: the past is past")

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
