"""Every deal of the demo company as it stands now: its events, applied in their order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from connectors.demo.larkmoor import Larkmoor
from connectors.demo.names import URL
from connectors.mirror.schema import BIT
from connectors.protocol import Batch
from connectors.records import ForecastClass, Money, Opportunity, Status


def as_they_stand(larkmoor: Larkmoor) -> dict[str, Opportunity]:
    """Return every deal by id, its events applied in their order."""
    return fold(batch for batches in larkmoor.pages() for batch in batches)


def fold(batches: Iterable[Batch]) -> dict[str, Opportunity]:
    """Return the deals of such rows by id, their events applied in their order; rows of other tables are passed over."""
    values: dict[str, dict[str, Any]] = {}
    fixed: dict[str, tuple[str, str | None, datetime]] = {}
    for batch in batches:
        if batch.table == "deal":
            fixed.update(_deal_rows(batch))
        elif batch.table == "event":
            _apply_events(batch, values)
    return {
        key: _opportunity(key, *fixed[key], value)
        for key, value in values.items()
        if not value.get("deleted")
    }


def _deal_rows(batch: Batch) -> dict[str, tuple[str, str | None, datetime]]:
    columns = batch.columns
    instants = (instant.replace(tzinfo=UTC) for instant in columns["created_at"].tolist())
    return dict(
        zip(columns["id"], zip(columns["name"], columns["account_id"], instants, strict=True), strict=True)
    )


def _apply_events(batch: Batch, values: dict[str, dict[str, Any]]) -> None:
    columns = {name: column.tolist() for name, column in batch.columns.items()}
    order = np.argsort(batch.columns["valid_at"], kind="stable").tolist()
    names = [(name, bit) for name, bit in BIT.items() if name in columns]
    for row in order:
        mask = columns["fields"][row]
        state = values.setdefault(columns["deal_id"][row], {})
        for name, bit in names:
            if mask & bit:
                state[name] = columns[name][row]


def _opportunity(
    key: str, name: str, account: str | None, created: datetime, value: dict[str, Any]
) -> Opportunity:
    amount = value.get("amount")
    close: Any = value["close"]
    return Opportunity(
        id=key,
        name=name,
        account_id=account,
        owner_id=value["owner_id"],
        stage=value["stage"],
        status=Status(value["status"]),
        category=ForecastClass(value["category"]),
        amount=None if amount is None else Money(amount=Decimal(amount) / 100, currency=value["currency"]),
        currency=value["currency"],
        close=close.date() if isinstance(close, datetime) else close,
        created_at=created,
        type=value["type"],
        product=value["product"],
        source=value["source"],
        region=value["region"],
        segment=value["segment"],
        next_step=value["next_step"],
        reason=value.get("reason"),
        url=URL + key,
    )
