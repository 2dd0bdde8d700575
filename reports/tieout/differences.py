"""What a tie-out says: both totals, and every difference between them with the one reason it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from reports.facts import Filter, Period

_NOTHING = Decimal(0)


class Reason(StrEnum):
    """Why a deal counts with one side and not, or otherwise, with the other."""

    TYPE = "type not in scope"
    OMITTED = "omitted category"
    OWNER = "inactive or unknown owner"
    CURRENCY = "currency"
    EDGE = "close date on the period's edge"
    TIME_ZONE = "time zone"
    MOVED = "close date moved"
    DUPLICATE = "duplicate in the file"
    SPLIT = "split"
    CHANGED = "amount changed"
    DELETED = "deleted with us"
    NO_AMOUNT = "no amount"
    STAGE = "stage or status changed"
    CATEGORY = "forecast category changed"
    LATER = "created after our as-of"
    NEWER = "created after your report"
    RIGHTS = "not among the deals that you may see"
    FILTERS = "outside the filters"
    ROUNDING = "rounding"
    UNEXPLAINED = "unexplained"


class Where(StrEnum):
    """Who counts the deal, or what differs where both do."""

    YOURS = "only in yours"
    OURS = "only in ours"
    AMOUNT = "amount differs"
    COUNT = "counted more than once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side's total: the sum of the amounts in the view's currency, and how many were counted."""

    value: Decimal
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One deal that makes a difference.

    `deal_id` is ours, None where we know of no such deal; `lines` are the file's. `yours` and `ours` are what each
    side adds up for it (None: nothing, or no amount), `counted` is how much more often the file counts it.
    `kind` is the deal's type for people. `detail` says what was compared.
    """

    where: Where
    reason: Reason
    name: str
    deal_id: str | None = None
    lines: tuple[int, ...] = ()
    yours: Decimal | None = None
    ours: Decimal | None = None
    counted: int = 0
    kind: str = ""
    detail: str = ""

    @property
    def delta(self) -> Decimal:
        """Return how much more the file adds up for it, exact."""
        return (self.yours or _NOTHING) - (self.ours or _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOut:
    """A finished comparison. The differences add up exactly to what is between the two sides.

    `notes` say what was set aside and how the file was read.
    """

    measure: str
    label: str
    definition: str
    version: int
    money: bool
    currency: str
    as_of: datetime
    period: Period | None
    filters: tuple[Filter, ...]
    yours: Side
    ours: Side
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Difference, ...]:
        """Return the differences that people look at: all but those that only come of rounding."""
        return tuple(item for item in self.differences if item.reason is not Reason.ROUNDING)

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """Return the differences for which no reason was found."""
        return tuple(item for item in self.differences if item.reason is Reason.UNEXPLAINED)

    def by_reason(self) -> tuple[tuple[Reason, Side], ...]:
        """Return what each reason that occurs comes to, in the reasons' order."""
        found: dict[Reason, list[Difference]] = {}
        for item in self.differences:
            found.setdefault(item.reason, []).append(item)
        return tuple((reason, total(found[reason])) for reason in Reason if reason in found)


def total(differences: Iterable[Difference]) -> Side:
    """Return how much more the file adds up in these, and by how many it counts more."""
    value, n = _NOTHING, 0
    for item in differences:
        value += item.delta
        n += item.counted
    return Side(value=value, n=n)
