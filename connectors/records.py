"""The vocabulary of the ground floor: what a system of record holds, in the field's own words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class Status(StrEnum):
    """Where a deal stands: still open, won, or lost."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ForecastClass(StrEnum):
    """A neutral forecast category, the same for every system of record."""

    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    MOST_LIKELY = "most_likely"
    COMMIT = "commit"
    CLOSED = "closed"
    OMITTED = "omitted"


class ActivityKind(StrEnum):
    """What was done on a deal."""

    EMAIL = "email"
    CALL = "call"
    MEETING = "meeting"
    TASK = "task"


class CurrencyMismatchError(TypeError):
    """Two amounts of different currencies were added or compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An exact amount in one currency; never a float.

    Raises:
        CurrencyMismatchError: two currencies are added, subtracted or compared.
        TypeError: the amount is not a Decimal.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Refuse anything but a finite Decimal."""
        given: object = self.amount
        if not isinstance(given, Decimal):
            raise TypeError(f"money needs a Decimal, not {given!r}")
        if not given.is_finite():
            raise ValueError(f"money needs a finite amount, not {given!r}")

    def __add__(self, other: Money) -> Money:
        """Return the exact sum."""
        self._same(other)
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        """Return the exact difference."""
        self._same(other)
        return Money(amount=self.amount - other.amount, currency=self.currency)

    def __neg__(self) -> Money:
        """Return the amount with its sign turned."""
        return Money(amount=-self.amount, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        """Say whether this is the smaller amount of the same currency."""
        self._same(other)
        return self.amount < other.amount

    def convert(self, *, rate: Decimal, currency: str) -> Money:
        """Return this amount in `currency`, unrounded; `rate` is units of `currency` per unit of ours."""
        return Money(amount=self.amount * rate, currency=currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(
                f"cannot combine {self.currency!r} with {other.currency!r}: convert one of them first"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A step of the sales process: its place in the order, and what it means for the forecast."""

    name: str
    order: int
    status: Status
    category: ForecastClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who owns deals or manages people who do. `manager_id` is None at the top."""

    id: str
    name: str
    email: str
    role: str
    team: str
    region: str
    manager_id: str | None = None
    active: bool = True
    started_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A company that buys or may buy."""

    id: str
    name: str
    region: str | None = None
    segment: str | None = None
    industry: str | None = None
    owner_id: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person at an account; `role` is the part played in the decision, None when unknown."""

    id: str
    account_id: str
    name: str
    email: str | None = None
    title: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something that is sold."""

    id: str
    name: str
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A deal as it stands at one instant.

    `amount` is None when nobody has entered one (that is not zero), `created_at` where the system does not say. `currency`
    is the record's own, with or without an amount; empty where the system does not say.
    """

    id: str
    name: str
    account_id: str | None
    owner_id: str
    stage: str
    status: Status
    category: ForecastClass
    amount: Money | None
    close: date | None
    created_at: datetime | None
    type: str | None = None
    product: str | None = None
    source: str | None = None
    region: str | None = None
    segment: str | None = None
    next_step: str | None = None
    reason: str | None = None
    url: str | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that happened on a deal; `buyer` says whether the buyer took part (a meeting, a reply, a call)."""

    id: str
    deal_id: str
    person_id: str
    kind: ActivityKind
    at: datetime
    buyer: bool
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one deal took a value: when it became true, and when we learned it."""

    deal_id: str
    field: str
    value: str | None
    valid_at: datetime
    learned_at: datetime
