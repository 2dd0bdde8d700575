"""A deal as a slide needs it, and how many of them are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    `created_on` is a day in the organisation's zone. `hidden` are the fields that not everybody who would see the deal
    may read: what they hold is not known here.
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
    entered: tuple[Decimal, str] | None
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
    hidden: frozenset[str] = frozenset()

    @property
    def local(self) -> Money | None:
        """Return the amount as entered, in the currency in which it was; None where nobody entered one."""
        return None if self.entered is None else Money(amount=self.entered[0], currency=self.entered[1])


# What `deals` expects of a row, in this order: aliases r (valued states), d (deal), a (account), s (full state).
# `$zone` is the organisation's.
COLUMNS: Final = (
    "r.deal_id, d.name, a.name, d.account_id, r.owner_id, r.region, r.segment, r.stage, r.category, r.status, r.value, "
    "r.amount, r.currency, r.close, d.created_at, "
    "CAST(timezone($zone, timezone('UTC', coalesce(d.created_at, r.valid_from))) AS DATE), r.type, r.product, r.source, "
    "s.next_step, s.reason, d.url, r.valid_from"
)


def deals(
    rows: Iterable[tuple[Any, ...]],
    *,
    company: Company,
    currency: str,
    people: Mapping[str, Person],
    hidden: frozenset[str] = frozenset(),
) -> tuple[Deal, ...]:
    """Return the deals of rows of COLUMNS; there may be many, so what can be looked up once is."""
    places = {stage.name: stage.order for stage in company.stages}
    categories = {str(name): name for name in ForecastClass}
    statuses = {str(name): name for name in Status}
    nobody = (None, None, None, None)
    owners = {
        person.id: (person.name, person.manager_id, people.get(person.manager_id or ""), person.team or None)
        for person in people.values()
    }

    def deal(row: tuple[Any, ...]) -> Deal:
        (
            identity, name, account, account_id, owner_id, region, segment, stage, category, status, value, amount,
            local, close, created_at, created_on, type_, product, source, next_step, reason, url, valid_from,
        ) = row  # fmt: skip
        owner, manager_id, manager, team = owners.get(owner_id, nobody)
        since = valid_from.replace(tzinfo=UTC)
        return Deal(
            id=identity,
            name=name or identity,
            account=account,
            account_id=account_id,
            owner_id=owner_id or "",
            owner=owner or owner_id or "",
            manager_id=manager_id if manager else None,
            manager=manager.name if manager else None,
            team=team,
            region=region,
            segment=segment,
            stage=stage,
            stage_order=places.get(stage, 0),
            category=categories[category] if category else ForecastClass.PIPELINE,
            status=statuses[status],
            amount=value,
            currency=currency,
            entered=None if amount is None else (amount, local or company.currency),
            close=close,
            created_on=created_on,
            created_at=created_at.replace(tzinfo=UTC) if created_at else since,
            type=type_,
            product=product,
            source=source,
            next_step=next_step,
            reason=reason,
            url=url,
            since=since,
            hidden=hidden,
        )

    return tuple(deal(row) for row in rows)
