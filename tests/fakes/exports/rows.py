"""The invented company's deals as of an instant, one flat row each: what an export has to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from connectors.demo import DemoCrm
from connectors.demo.calendar import COMPANY_ZONE, DEFAULT_SIZE
from connectors.demo.crm import company as invented
from connectors.demo.standing import fold
from connectors.protocol import Batch
from connectors.records import Opportunity, Person, Status

ZONE = ZoneInfo(COMPANY_ZONE)
COMPANY: Final = invented()
_LIKELY = {"Discovery": 10, "Evaluation": 25, "Proposal": 50, "Negotiation": 75, "Closed Won": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A deal as an export has it: names in place of ids, None where nothing is filled in.

    `created` is an instant in UTC, `converted` the amount in the company's currency at plan rates, `probability` is
    in per cent.
    """

    id: str
    name: str
    account: str | None = None
    owner: str
    owner_email: str | None = None
    manager: str | None = None
    team: str | None = None
    stage: str
    status: str = "open"
    category: str | None = None
    amount: Decimal | None = None
    currency: str = "USD"
    converted: Decimal | None = None
    close: date | None = None
    created: datetime
    type: str | None = None
    product: str | None = None
    source: str | None = None
    region: str | None = None
    segment: str | None = None
    next_step: str | None = None
    reason: str | None = None
    probability: Decimal | None = None
    last_activity: date | None = None
    url: str | None = None

    @property
    def created_on(self) -> date:
        """Return the day of creation at head office."""
        return self.created.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """Return the last instant of a day at head office, in UTC: what `--as-of DAY` means."""
    after = datetime.combine(day + timedelta(days=1), time(), ZONE)
    return (after - timedelta(microseconds=1)).astimezone(UTC)


@lru_cache(maxsize=4)
def rows_as_of(at: datetime | None = None, *, size: int = DEFAULT_SIZE) -> tuple[Row, ...]:
    """Return every deal that is there at an instant (None: all that is known), ordered by id; deleted ones are not."""
    crm = DemoCrm(opportunities=size)
    at = crm.now if at is None else at
    batches = [batch for page in crm.changes(None) for batch in page.batches]
    moment = np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")
    deals = fold(_until(batches, moment))
    names = _account_names(batches)
    touched = _last_touched(batches, moment)
    people = {person.id: person for person in crm.people()}
    return tuple(
        _row(deal, account=names.get(deal.account_id or ""), people=people, touched=touched.get(key))
        for key, deal in sorted(deals.items())
    )


def _row(deal: Opportunity, *, account: str | None, people: dict[str, Person], touched: date | None) -> Row:
    owner = people[deal.owner_id]
    manager = people.get(owner.manager_id or "")
    money = deal.amount
    rate = Decimal(0) if money is None else COMPANY.rates[money.currency]
    return Row(
        id=deal.id,
        name=deal.name,
        account=account,
        owner=owner.name,
        owner_email=owner.email,
        manager=manager.name if manager else None,
        team=owner.team,
        stage=deal.stage,
        status=str(deal.status),
        category=str(deal.category),
        amount=None if money is None else money.amount.quantize(Decimal("0.01")),
        currency=COMPANY.currency if money is None else money.currency,
        converted=None if money is None else (money.amount * rate).quantize(Decimal("0.01")),
        close=deal.close,
        created=deal.created_at,
        type=deal.type,
        product=deal.product,
        source=deal.source,
        region=deal.region,
        segment=deal.segment,
        next_step=deal.next_step or None,
        reason=deal.reason if deal.status is not Status.OPEN else None,
        probability=Decimal(_LIKELY.get(deal.stage, 0)),
        last_activity=touched,
        url=deal.url,
    )


def _until(batches: list[Batch], moment: np.datetime64) -> Iterator[Batch]:
    """Yield the rows of deals, and the events that were true by the moment."""
    for batch in batches:
        if batch.table == "event":
            kept = batch.columns["valid_at"] <= moment
            yield Batch(table="event", columns={name: column[kept] for name, column in batch.columns.items()})
        elif batch.table == "deal":
            yield batch


def _account_names(batches: list[Batch]) -> dict[str, str]:
    return {
        key: name
        for batch in batches
        if batch.table == "account"
        for key, name in zip(batch.columns["id"], batch.columns["name"], strict=True)
    }


def _last_touched(batches: list[Batch], moment: np.datetime64) -> dict[str, date]:
    """Return the day, at head office, of the last thing that was done on each deal by the moment."""
    last: dict[str, datetime] = {}
    for batch in batches:
        if batch.table != "activity":
            continue
        kept = batch.columns["at"] <= moment
        for key, at in zip(batch.columns["deal_id"][kept], batch.columns["at"][kept].tolist(), strict=True):
            last[key] = max(at, last.get(key, at))
    return {key: at.replace(tzinfo=UTC).astimezone(ZONE).date() for key, at in last.items()}
