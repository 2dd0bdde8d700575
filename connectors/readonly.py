"""A system of record without the way to change it: what everything is given that answers, reports or thinks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors.protocol import Flags, Page, Records
from connectors.records import Opportunity, Person, Product, Stage


class ReadOnly:
    """Reads another system of record, and has no method that writes."""

    def __init__(self, records: Records) -> None:
        """Read `records`."""
        self._records = records

    @property
    def name(self) -> str:
        """Return the connector's name."""
        return self._records.name

    @property
    def now(self) -> datetime:
        """Return the instant up to which the records are known."""
        return self._records.now

    def flags(self) -> Flags:
        """Return what the connector can do."""
        return self._records.flags()

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in their order."""
        return self._records.stages()

    def people(self) -> tuple[Person, ...]:
        """Return everybody, ordered by id."""
        return self._records.people()

    def products(self) -> tuple[Product, ...]:
        """Return what is sold, ordered by id."""
        return self._records.products()

    def changes(self, since: str | None) -> Iterator[Page]:
        """Yield everything after the cursor."""
        return self._records.changes(since)

    def read(self, deal_id: str) -> Opportunity | None:
        """Return the deal as it stands now; None where there is none."""
        return self._records.read(deal_id)

    def record_url(self, deal_id: str) -> str:
        """Return the address of a deal."""
        return self._records.record_url(deal_id)
