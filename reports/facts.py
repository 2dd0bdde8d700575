"""Facts: values with their unit, definition, as-of instant and the records behind them. Nothing else is a number."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

# How many record ids a row carries; the count beside them is never capped.
RECORD_CAP = 50

Dim = Literal[
    "region",
    "segment",
    "owner",
    "manager",
    "team",
    "stage",
    "category",
    "product",
    "source",
    "type",
    "account",
    "currency",
]
DIMS: tuple[Dim, ...] = get_args(Dim)


class Frozen(BaseModel):
    """A frozen value that refuses unknown fields; it can be stored, sent, and shown to a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Unit(StrEnum):
    """What a value counts."""

    MONEY = "money"
    COUNT = "count"
    RATIO = "ratio"  # shown as 2.00x
    SHARE = "share"  # 0 to 1, shown as per cent
    DAYS = "days"
    DATE = "date"
    TEXT = "text"


class Filter(Frozen):
    """Only deals whose dimension is (or is not) one of the values."""

    dim: Dim
    values: tuple[str, ...]
    negate: bool = False


class Period(Frozen):
    """A half-open span of days in the organisation's zone: `start` is inside, `end` is the first day after."""

    label: str
    start: date
    end: date


class Row(Frozen):
    """One line of a measure: the dimension values it is for, the value, and the deals behind it.

    `value` is None where there is nothing to say (nothing closed, no target): never a zero in its place.
    `records` are deal ids, largest contribution first, at most RECORD_CAP; `record_count` is the true number.
    """

    by: tuple[tuple[str, str | None], ...] = ()
    value: Decimal | None
    n: int
    records: tuple[str, ...] = ()
    record_count: int = 0


class Measured(Frozen):
    """A measure, evaluated: every row carries its own provenance.

    `since` is set where two instants are compared (bridge, slip rate). `definition` is one line that a person can
    check; `notes` disclose what the value leaves out (deals without an amount, overdue part, no target …).
    """

    measure: str
    label: str
    definition: str
    version: int
    unit: Unit
    currency: str | None
    as_of: datetime
    since: datetime | None = None
    period: Period | None = None
    filters: tuple[Filter, ...] = ()
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """Return the value of a measure without `by`: that of its only row; None when there are no rows."""
        return self.rows[0].value if self.rows else None

    def row(self, *by: str | None) -> Row | None:
        """Return the row for these dimension values, in the order of `by`; None when there is none."""
        return next((row for row in self.rows if tuple(value for _, value in row.by) == by), None)


class Fact(Frozen):
    """One value bound into words or onto a slide: what it is, how it reads, and where it comes from.

    `text` is the only way the value appears to people; `value` is the exact one (a Decimal as text for numbers, an
    ISO date, or the name itself for TEXT). `source` names the measure or finding and its scope.
    """

    id: str
    value: str | None
    unit: Unit
    text: str
    source: str
    definition: str = ""
    currency: str | None = None
    as_of: datetime
    period: str | None = None
    scope: str = ""
    n: int = 0
    records: tuple[str, ...] = ()
    record_count: int = 0


Tone = Literal["neutral", "good", "bad", "warn", "accent", "muted"]
