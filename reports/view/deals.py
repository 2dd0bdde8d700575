"""A deal as a slide needs it, and how many of them are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from connectors.company import Company
from connectors.records import ForecastClass, Money, Person, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One deal at the view's instant.

    `amount` is in the view's currency at plan rates, unrounded; None where the deal has no amount or its currency no
    rate. `local` is the amount as entered. Owner, region, segment and stage are those of the instant; team and
    manager are the owner's of today. `stage_order` is 0 for a stage that the company file does not know.
    `created_on` is a day in the organisation's zone.
    """

    id: str
    name: str
    account: str | None
    account_id: str | None
    owner_id: str
    owner: str
    manager_id: str | None
    manager: str | None
    team: str | None
    region: str | None
    segment: str | None
    stage: str | None
    stage_order: int
    category: ForecastClass
    status: Status
    amount: Decimal | None
    currency: str
    local: Money | None
    close: date | None
    created_on: date
    created_at: datetime
    type: str | None
    product: str | None
    source: str | None
    next_step: str | None
    reason: str | None
    url: str | None
    since: datetime


# What `deal` expects of a row, in this order: aliases r (valued states), d (deal), a (account), s (full state).
COLUMNS: Final = (
    "r.deal_id, d.name, a.name, d.account_id, r.owner_id, r.region, r.segment, r.stage, r.category, r.status, r.value, "
    "r.amount, r.currency, r.close, d.created_at, r.type, r.product, r.source, s.next_step, s.reason, d.url, r.valid_from"
)


def deal(
    row: tuple[Any, ...],
    *,
    company: Company,
    currency: str,
    people: Mapping[str, Person],
    day: Callable[[datetime], date],
) -> Deal:
    """Return the deal of one row of COLUMNS."""
    (
        identity, name, account, account_id, owner_id, region, segment, stage, category, status, value,
        amount, local_currency, close, created_at, type_, product, source, next_step, reason, url, valid_from,
    ) = row  # fmt: skip
    owner = people.get(owner_id or "")
    manager = people.get((owner.manager_id if owner else None) or "")
    step = company.stage(stage or "")
    local = None if amount is None else Money(amount=amount, currency=local_currency or company.currency)
    since = valid_from.replace(tzinfo=UTC)
    created = created_at.replace(tzinfo=UTC) if created_at else since
    return Deal(
        id=identity,
        name=name or identity,
        account=account,
        account_id=account_id,
        owner_id=owner_id or "",
        owner=owner.name if owner else owner_id or "",
        manager_id=manager.id if manager else None,
        manager=manager.name if manager else None,
        team=owner.team or None if owner else None,
        region=region,
        segment=segment,
        stage=stage,
        stage_order=step.order if step else 0,
        category=ForecastClass(category or ForecastClass.PIPELINE),
        status=Status(status),
        amount=value,
        currency=currency,
        local=local,
        close=close,
        created_on=day(created),
        created_at=created,
        type=type_,
        product=product,
        source=source,
        next_step=next_step,
        reason=reason,
        url=url,
        since=since,
    )
