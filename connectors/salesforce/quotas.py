"""What people are to sell, as the org's forecasts say it: quotas of money, of one forecasting type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connectors.salesforce import soql

if TYPE_CHECKING:
    from connectors.salesforce.org import Org

_OBJECT: Final = "ForecastingQuota"
_NEEDED: Final = ("QuotaOwnerId", "QuotaAmount", "StartDate")
_MORE: Final = ("CurrencyIsoCode", "ForecastingTypeId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one person is to sell from a day on, for a month or a quarter; `currency` None where the org has only one."""

    owner_id: str
    start: date
    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """The quotas of the forecasting type that has most of them, and how many types there are."""

    quotas: tuple[Quota, ...]
    types: int


def quotas(org: Org, since: date) -> Quotas:
    """Return the quotas that begin on that day or later; none where this login may not read them.

    Raises:
        NotAllowed, TryLater: what Salesforce says.
    """
    shape = org.describe(_OBJECT)
    if len(shape.having(_NEEDED)) < len(_NEEDED):
        return Quotas(quotas=(), types=0)
    paths = (*_NEEDED, *shape.having(_MORE))
    where = (soql.compare("StartDate", ">=", since), soql.compare("QuotaAmount", "!=", None))
    by_type: dict[str, list[Quota]] = {}
    for page in org.query(soql.select(paths, _OBJECT, where=where, order=("StartDate", "Id")), paths)[1]:
        for row in page:
            by_type.setdefault(row.get("ForecastingTypeId") or "", []).append(
                Quota(
                    owner_id=row["QuotaOwnerId"] or "",
                    start=date.fromisoformat((row["StartDate"] or "")[:10]),
                    amount=Decimal(row["QuotaAmount"] or 0),
                    currency=row.get("CurrencyIsoCode"),
                )
            )
    most = max(by_type, key=lambda name: (len(by_type[name]), name), default="")
    return Quotas(quotas=tuple(by_type.get(most, ())), types=len(by_type))
