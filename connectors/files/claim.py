"""What a line of a company's own report says of one deal: the value that tie-out compares with ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from connectors.records import ForecastClass, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One line of the file. None stands for what the line, or the whole file, does not say.

    `id` is the file's own record id, never one that was made up. `amount` is what the report adds up, in `currency`
    (None: it names none); `entered` is the amount in the deal's own currency where the file has that beside it.
    `created` is an instant in UTC. `share` is what a column of split percentages says, per cent.
    """

    line: int
    name: str
    id: str | None = None
    account: str | None = None
    owner: str | None = None
    stage: str | None = None
    status: Status | None = None
    category: ForecastClass | None = None
    amount: Decimal | None = None
    currency: str | None = None
    entered: tuple[Decimal, str] | None = None
    close: date | None = None
    created: datetime | None = None
    type: str | None = None
    share: Decimal | None = None
