"""The company file: what one company means by its words. One versioned TOML file, read once, frozen.

The file says: zone, fiscal calendar, currency and plan rates, dimension values, stages, which deals count, targets,
thresholds, synonyms. Every guess of the product becomes a line here before it counts.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.errors import BadRequest
from connectors.records import ForecastClass, Stage, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiscal:
    """A fiscal calendar of calendar-month quarters.

    `start_month` is 1 to 12; `named_by` says whether FY26 is the year that ends or the one that starts in 2026.
    """

    start_month: int = 1
    named_by: str = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was to be won in a fiscal quarter: for one region, one owner, or (both None) the whole company."""

    period: str
    amount: Decimal
    region: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where a rule starts to speak. Defaults are those of the definitions; days are calendar days."""

    required_coverage: Decimal | None = None
    stale_probability: Decimal = Decimal("0.02")
    stale_min_days: int = 10
    stale_days_without_activity_data: int = 21
    overdue_risk_days: int = 14
    push_severe: int = 3
    amount_drop: Decimal = Decimal("0.10")
    regress_days: int = 30
    early_days: int = 14
    ready_touch_days: int = 7
    revive_min_months: int = 6
    revive_max_months: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What a company means by its words.

    Attributes:
        rates: units of the company currency per unit of each currency, at plan; the company currency itself is 1.
        dimensions: dimension name to its values in display order, for example region: AMER, EMEA, APAC.
        labels: how a value is written for people, for example ENT: Enterprise; the value itself where absent.
        types_in_scope: deal types that count; empty means all.
        synonyms: a word people type to the word it stands for, folded to lower case.
        roles: role (`admin`, `revops`, …) to person e-mails.
        version: definitions version, printed on every slide.
    """

    name: str
    version: int
    zone: ZoneInfo
    fiscal: Fiscal
    currency: str
    rates: dict[str, Decimal]
    rate_date: date | None
    dimensions: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    stages: tuple[Stage, ...]
    types_in_scope: tuple[str, ...]
    targets: tuple[Target, ...]
    thresholds: Thresholds
    synonyms: dict[str, str]
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, value: str) -> str:
        """Return how `value` is written for people."""
        return self.labels.get(value, value)

    def stage(self, name: str) -> Stage | None:
        """Return the stage of that name, None when the company has none."""
        return next((stage for stage in self.stages if stage.name == name), None)


def load(path: Path) -> Company:
    """Read a company file.

    Raises:
        BadRequest: the file is missing, is not TOML, or a value in it cannot be used; the message names it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read the company file {str(path)!r}: {error.__class__.__name__}"
        raise BadRequest(message) from error
    return parse(text, source=path.name)


def parse(text: str, *, source: str = "company.toml") -> Company:
    """Read a company file's text; `source` names it in errors.

    Raises:
        BadRequest: the text is not TOML or a value in it cannot be used.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{source}: not valid TOML: {error}"
        raise BadRequest(message) from error
    return _Reader(raw, source).company()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the parsed TOML into a Company, naming what is wrong."""

    raw: dict[str, Any]
    source: str

    def company(self) -> Company:
        currency = self._text(self.raw, "currency")
        rates = {code: self._decimal(f"rates.{code}", value) for code, value in self.raw.get("rates", {}).items()}
        if any(rate <= 0 for rate in rates.values()):
            self._fail("rates", rates, "every rate must be above zero")
        fiscal = self.raw.get("fiscal", {})
        start_month, named_by = fiscal.get("start_month", 1), fiscal.get("named_by", "ending")
        if start_month not in range(1, 13):
            self._fail("fiscal.start_month", start_month, "use 1 to 12")
        if named_by not in {"ending", "starting"}:
            self._fail("fiscal.named_by", named_by, "use 'ending' or 'starting'")
        return Company(
            name=self._text(self.raw, "name"),
            version=int(self.raw.get("version", 1)),
            zone=self._zone(),
            fiscal=Fiscal(start_month=start_month, named_by=named_by),
            currency=currency,
            rates={**rates, currency: Decimal(1)},
            rate_date=self.raw.get("rate_date"),
            dimensions={dim: tuple(values) for dim, values in self.raw.get("dimensions", {}).items()},
            labels=dict(self.raw.get("labels", {})),
            stages=tuple(self._stage(order, stage) for order, stage in enumerate(self.raw.get("stages", []), start=1)),
            types_in_scope=tuple(self.raw.get("scope", {}).get("types", ())),
            targets=tuple(self._target(target) for target in self.raw.get("targets", [])),
            thresholds=self._thresholds(),
            synonyms={word.casefold(): meaning for word, meaning in self.raw.get("synonyms", {}).items()},
            roles={role: tuple(emails) for role, emails in self.raw.get("roles", {}).items()},
        )

    def _zone(self) -> ZoneInfo:
        name = self._text(self.raw, "zone")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            message = f"{self.source}: zone = {name!r} is not a time zone; use one like 'Europe/Berlin'"
            raise BadRequest(message) from error

    def _stage(self, order: int, raw: dict[str, Any]) -> Stage:
        name = self._text(raw, "name")
        try:
            status, category = Status(raw.get("status", "open")), ForecastClass(raw.get("category", "pipeline"))
        except ValueError as error:
            message = f"{self.source}: stage {name!r}: {error}; status is open, won or lost, category one of " + ", ".join(
                ForecastClass
            )
            raise BadRequest(message) from error
        return Stage(name=name, order=order, status=status, category=category)

    def _target(self, raw: dict[str, Any]) -> Target:
        return Target(
            period=self._text(raw, "period"),
            amount=self._decimal("targets.amount", raw.get("amount")),
            region=raw.get("region"),
            owner=raw.get("owner"),
        )

    def _thresholds(self) -> Thresholds:
        raw = self.raw.get("thresholds", {})
        known = Thresholds.__dataclass_fields__
        for key in raw:
            if key not in known:
                self._fail(f"thresholds.{key}", raw[key], f"known thresholds: {', '.join(known)}")
        return Thresholds(
            **{
                key: value if isinstance(value, int) and "int" in str(known[key].type) else self._decimal(key, value)
                for key, value in raw.items()
            }
        )

    def _decimal(self, key: str, value: object) -> Decimal:
        try:
            number = Decimal(str(value))
        except ArithmeticError:
            self._fail(key, value, "write a number, for example '1.1'")
        if not number.is_finite():
            self._fail(key, value, "write a finite number")
        return number

    def _text(self, raw: dict[str, Any], key: str) -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self._fail(key, value, "write a text there")
        return str(value)

    def _fail(self, key: str, value: object, hint: str) -> NoReturn:
        message = f"{self.source}: {key} = {value!r} cannot be used; {hint}"
        raise BadRequest(message)
