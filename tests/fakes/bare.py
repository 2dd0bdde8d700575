"""The invented company in a system that keeps less than its own: no history, no activities, no products, no dates.

crm = BareCrm(DemoCrm(), "activities", "created")
mirror.load(crm)         # what a connector brings whose source has no such field
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

import numpy as np

from connectors.demo import DemoCrm
from connectors.errors import BadRequest
from connectors.mirror.schema import ALL_FIELDS, BIT
from connectors.protocol import Batch, Column, Flags, Page
from connectors.records import Opportunity, Product, Status
from tests.fakes.past import ClockedCrm

# What a system may lack. "history": it tells how deals stand now, once. "dates" are close dates: of every deal, or of
# those that are open.
Lack = Literal["history", "activities", "products", "created", "open dates", "dates"]
_MARK = "bare/"
_FIELDS = {"products": ("product",), "dates": ("close",)}


class BareCrm(ClockedCrm):
    """The invented company without what the system lacks; the rest as it is."""

    def __init__(self, past: DemoCrm, *lacks: Lack) -> None:
        super().__init__(past, lambda: past.now)
        self._lacks = frozenset(lacks)

    def flags(self) -> Flags:
        has = self._past.flags()
        return replace(
            has, history=has.history and "history" not in self._lacks, activities="activities" not in self._lacks
        )  # fmt: skip

    def products(self) -> tuple[Product, ...]:
        return () if "products" in self._lacks else self._past.products()

    def changes(self, since: str | None) -> Iterator[Page]:
        if since is not None and not since.startswith(_MARK):
            raise BadRequest(f"{since!r} is not a cursor of this company's")
        known = 0 if since is None else int(since.removeprefix(_MARK))
        for number, batches in enumerate(self._pages[known:], start=known + 1):
            yield Page(batches=batches, cursor=f"{_MARK}{number}")

    def read(self, deal_id: str) -> Opportunity | None:
        deal = self._past.read(deal_id)
        if deal is None:
            return None
        product = None if "products" in self._lacks else deal.product
        undated = "dates" in self._lacks or ("open dates" in self._lacks and deal.status is Status.OPEN)
        return replace(deal, product=product, close=None if undated else deal.close)

    @cached_property
    def _pages(self) -> list[tuple[Batch, ...]]:
        pages = [page.batches for page in self._past.changes(None)]
        if "history" in self._lacks:
            pages = [self._as_they_stand([batch for batches in pages for batch in batches])]
        return [
            tuple(self._without(batch) for batch in batches if not self._lacked(batch)) for batches in pages
        ]

    def _lacked(self, batch: Batch) -> bool:
        return {"activity": "activities", "product": "products"}.get(batch.table) in self._lacks

    def _without(self, batch: Batch) -> Batch:
        if batch.table == "deal" and "created" in self._lacks:
            return _less(batch, ("created_at",))
        if batch.table != "event":
            return batch
        for lack, fields in _FIELDS.items():
            if lack in self._lacks:
                batch = _less(batch, fields)
        return self._undated(batch) if "open dates" in self._lacks and "dates" not in self._lacks else batch

    def _undated(self, batch: Batch) -> Batch:
        """Return events in which nobody knows when an open deal will close; closing tells the day."""
        columns = dict(batch.columns)
        is_closed = ((columns["fields"] & BIT["status"]) > 0) & (columns["status"] != str(Status.OPEN))
        columns["close"] = np.where(is_closed, columns["close"], np.datetime64("NaT"))
        dated = ((columns["fields"] & BIT["status"]) > 0) | is_closed
        columns["fields"] = np.where(
            dated, columns["fields"] | BIT["close"], columns["fields"] & ~BIT["close"]
        )
        return replace(batch, columns=columns)

    def _as_they_stand(self, batches: list[Batch]) -> tuple[Batch, ...]:
        """Return what an export of today holds: who and what there is, and how every deal stands."""
        kept = tuple(batch for batch in batches if batch.table not in {"deal", "event", "activity"})
        deals = [batch for batch in batches if batch.table == "deal"]
        ids = [key for batch in deals for key in batch.columns["id"].tolist()]
        now = self.now.astimezone(UTC).replace(tzinfo=None)
        rows = [self._past.read(key) for key in ids]
        held = [deal for deal in rows if deal is not None]
        there = {deal.id for deal in held}
        shown = tuple(
            Batch(
                table="deal",
                columns={
                    name: column[np.isin(batch.columns["id"], sorted(there))]
                    for name, column in batch.columns.items()
                },
            )
            for batch in deals
        )
        done = tuple(
            Batch(
                table="activity",
                columns={
                    name: column[np.isin(batch.columns["deal_id"], sorted(there))]
                    for name, column in batch.columns.items()
                },
            )
            for batch in batches
            if batch.table == "activity"
        )
        return (*kept, *shown, _snapshot(held, now), *done)


def _snapshot(deals: list[Opportunity], now: datetime) -> Batch:
    n = len(deals)
    amounts = [None if deal.amount is None else int(deal.amount.amount * 100) for deal in deals]
    columns: dict[str, Column] = {
        "id": _texts(f"{deal.id}/now" for deal in deals),
        "deal_id": _texts(deal.id for deal in deals),
        "valid_at": np.full(n, now, dtype="datetime64[us]"),
        "learned_at": np.full(n, now, dtype="datetime64[us]"),
        "fields": np.full(n, ALL_FIELDS, dtype=np.int64),
        "amount": np.ma.masked_array(
            [value or 0 for value in amounts], mask=[value is None for value in amounts], dtype=np.int64
        ),
        "currency": _texts(deal.amount.currency if deal.amount else None for deal in deals),
        "close": np.array([deal.close or "NaT" for deal in deals], dtype="datetime64[s]"),
        "deleted": np.zeros(n, dtype=bool),
    }
    for name in BIT.keys() - columns.keys():
        values = (getattr(deal, name) for deal in deals)
        columns[name] = _texts(None if value is None else str(value) for value in values)
    return Batch(table="event", columns=columns)


def _texts(values: Any) -> Column:
    return np.array(list(values), dtype=object)


def _less(batch: Batch, names: tuple[str, ...]) -> Batch:
    """Return the batch without these columns: events do not set them."""
    columns = {name: column for name, column in batch.columns.items() if name not in names}
    if "fields" in columns:
        gone = sum(BIT[name] for name in names)
        columns["fields"] = columns["fields"] & ~gone
    return replace(batch, columns=columns)
