"""From a row under the mirror's names to a record of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from connectors.records import ForecastClass, Money, Opportunity, Status

# Texts of a deal that may be unknown.
_TEXTS: Final = ("type", "product", "source", "region", "segment", "next_step", "reason", "url")


def opportunity(row: Mapping[str, Any]) -> Opportunity:
    """Return the deal of a row: `amount` a Decimal, `created_at` an instant in UTC without a zone; what is absent is unknown."""
    amount, created = row.get("amount"), row.get("created_at")
    return Opportunity(
        id=row["id"],
        name=row["name"],
        account_id=row.get("account_id"),
        owner_id=row["owner_id"],
        stage=row["stage"],
        status=Status(row["status"]),
        category=ForecastClass(row["category"]),
        amount=None if amount is None else Money(amount=amount, currency=row["currency"]),
        currency=row.get("currency") or "",
        close=row.get("close"),
        created_at=None if created is None else created.replace(tzinfo=UTC),
        **{name: row.get(name) for name in _TEXTS},
    )
