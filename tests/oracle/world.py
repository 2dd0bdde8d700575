"""A small company as plain values: what both evaluators are given, each in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Event:
    """At `valid_at` (UTC, without a zone) a deal took some values; we learned it at `learned_at`."""

    id: str
    deal: str
    valid_at: datetime
    learned_at: datetime
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Who:
    """A person: id, name, today's team and manager."""

    id: str
    name: str
    team: str
    manager: str | None


@dataclass(frozen=True, kw_only=True)
class World:
    """A company, its people, its deals and everything that happened to them."""

    zone: ZoneInfo
    start_month: int
    currency: str
    rates: dict[str, Decimal]
    types: tuple[str, ...]
    required_coverage: Decimal | None
    # (first day of the fiscal quarter, region or None for the company, amount)
    targets: tuple[tuple[date, str | None, Decimal], ...]
    people: tuple[Who, ...]
    # deal → (account id, account name)
    accounts: dict[str, tuple[str, str]]
    created: dict[str, datetime]
    events: tuple[Event, ...]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question: as of when, for whom, filtered how, in which currency, for which days, split by what."""

    at: datetime
    start: date
    end: date
    by: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...], bool], ...] = ()
    regions: frozenset[str] | None = None
    owners: frozenset[str] | None = None
    currency: str = "USD"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One row: the dimension values, the value, how many it counts, and how many records stand behind it."""

    by: tuple[str | None, ...]
    value: Decimal | None
    n: int | None = None
    records: int | None = None


@dataclass
class State:
    """What a deal is at an instant."""

    values: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.values.get(name)
