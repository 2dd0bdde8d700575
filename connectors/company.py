"""The company file: what one company means by its words. One versioned TOML file, read once, frozen.

The file says: zone, fiscal calendar, currency and plan rates, dimension values, stages, which deals count, targets,
thresholds, synonyms. Every guess of the product becomes a line here before it counts.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from connectors.errors import BadRequest
from connectors.records import ForecastClass, Stage, Status


def _exact(value: object) -> object:
    """Read a number as it is written: a float of the file would not be exact, its text is."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_Text = Annotated[str, Field(min_length=1)]
_Amount = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False, ge=0)]
_Rate = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False, gt=0)]
_Share = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False, ge=0, le=1)]
_Days = Annotated[int, Field(ge=0, le=3660)]

# What some editors write at the beginning of a file.
BOM = "\ufeff"
# How a currency is written: by its code of three letters, or a unit of one's own by a longer word.
CODE = re.compile(r"[A-Z]{3,}")
# How a fiscal quarter may be written; which of them are quarters of the company's own year is told with its calendar.
_QUARTER = re.compile(
    r"FY(\d{2}|\d{4})-?Q[1-4]|\d{4}-?Q[1-4]|Q[1-4]|(this|last|next)-quarter|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}",
    re.IGNORECASE,
)

# Which deals somebody may see: all, those of the person's region, of the team, only the own, or none.
Visible = Literal["all", "region", "team", "own", "nothing"]


class _Part(BaseModel):
    """A part of the file; a key that is not known is refused, so that a misspelt one cannot be overlooked."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Fiscal(_Part):
    """A fiscal calendar of calendar-month quarters.

    `start_month` is 1 to 12; `named_by` says whether FY26 is the year that ends or the one that starts in 2026.
    """

    start_month: Annotated[int, Field(ge=1, le=12)] = 1
    named_by: Literal["ending", "starting"] = "ending"


class Target(_Part):
    """What was to be won in a fiscal quarter: for one region, one owner, or (both None) the whole company."""

    period: _Text
    amount: _Amount
    region: str | None = None
    owner: str | None = None


class Channel(_Part):
    """A channel that was cleared for more than the company's usual: `name` is its name without #, or its id.

    `names` says that reps' names may appear there.
    """

    name: _Text
    names: bool = False


class Service(_Part):
    """Who reads what comes by itself: a name of its own, and the deals it may see, all or those of some regions."""

    name: _Text
    sees: Literal["all"] | tuple[_Text, ...]


class Calls(_Part):
    """How managers are asked what they call: `prompt` is a day and a time of their own week, `thu 15:00`; None: never."""

    prompt: (
        Annotated[str, Field(pattern=r"^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$")] | None
    ) = None


class Thresholds(_Part):
    """Where a rule starts to speak. Defaults are those of the definitions; days are calendar days."""

    required_coverage: _Rate | None = None
    stale_probability: _Share = Decimal("0.02")
    stale_min_days: _Days = 10
    stale_days: _Days = 21
    overdue_risk_days: _Days = 14
    push_severe: _Days = 3
    amount_drop: _Share = Decimal("0.10")
    regress_days: _Days = 30
    early_days: _Days = 14
    ready_touch_days: _Days = 7
    revive_min_months: _Days = 6
    revive_max_months: _Days = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What a company means by its words.

    Attributes:
        rates: units of the company currency per unit of each currency, at plan; the company currency itself is 1.
        dimensions: dimension name to its values in display order, for example region: AMER, EMEA, APAC.
        labels: how a value is written for people, for example ENT: Enterprise; the value itself where absent.
        types_in_scope: deal types that count; empty means all.
        synonyms: a word people type to the word it stands for, folded to lower case.
        roles: role (`admin`, `revops`, `weekly_owner`) to person e-mails.
        visibility: role in the CRM to the deals that a person of this role may see; a role that is absent sees none.
        channels: the channels that were cleared.
        service: who reads what comes by itself into channels; None: nothing comes there by itself.
        holidays: days on which nobody works, beside Saturdays and Sundays; ascending.
        calls: how managers are asked what they call.
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
    visibility: dict[str, Visible] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    service: Service | None = None
    holidays: tuple[date, ...] = ()
    calls: Calls = field(default_factory=Calls)

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
        raise BadRequest(f"cannot read the company file {str(path)!r}: {error.__class__.__name__}") from error
    return parse(text, source=path.name)


def parse(text: str, *, source: str = "company.toml") -> Company:
    """Read a company file's text; `source` names it in errors.

    Raises:
        BadRequest: the text is not TOML, a key is not known, or a value cannot be used; the message names it.
    """
    try:
        raw = _File.model_validate(tomllib.loads(text.removeprefix(BOM)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadRequest(f"{source}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise BadRequest(f"{source}: {_first(error)}") from error
    stages = tuple(
        Stage(name=stage.name, order=order, status=stage.status, category=stage.category)
        for order, stage in enumerate(raw.stages, start=1)
    )
    _refuse_twice(source, "stage", [stage.name for stage in stages])
    _refuse_unseen(source, raw.service, raw.dimensions.get("region", ()))
    _refuse_other_rates(source, raw)
    _refuse_other_periods(source, raw.targets)
    _refuse_twice(
        source, "target", [f"{item.period} {item.region or item.owner or ''}" for item in raw.targets]
    )
    return Company(
        name=raw.name,
        version=raw.version,
        zone=raw.zone,
        fiscal=raw.fiscal,
        currency=raw.currency,
        rates={**raw.rates, raw.currency: Decimal(1)},
        rate_date=raw.rate_date,
        dimensions=raw.dimensions,
        labels=raw.labels,
        stages=stages,
        types_in_scope=raw.scope.types,
        targets=raw.targets,
        thresholds=raw.thresholds,
        synonyms={word.casefold(): meaning for word, meaning in raw.synonyms.items()},
        roles={role: tuple(email.casefold() for email in emails) for role, emails in raw.roles.items()},
        visibility=raw.visibility,
        channels=raw.channels,
        service=raw.service,
        holidays=tuple(sorted(set(raw.holidays))),
        calls=raw.calls,
    )


def rates_written(text: str) -> dict[str, Decimal]:
    """Return the rates as a company file that can be read writes them: the own currency only where it is among them."""
    return _File.model_validate(tomllib.loads(text.removeprefix(BOM))).rates


def zone_named(name: str) -> ZoneInfo | None:
    """Return the time zone of that name; None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _zone(name: object) -> object:
    found = zone_named(str(name))
    if found is None:
        raise ValueError("not a time zone; use one like 'Europe/Berlin'")
    return found


def _code(code: object) -> object:
    if isinstance(code, str) and not CODE.fullmatch(code):
        raise ValueError("write the code of a currency, three capital letters like 'USD'")
    return code


class _Stage(_Part):
    name: _Text
    status: Status = Status.OPEN
    category: ForecastClass = ForecastClass.PIPELINE


class _Scope(_Part):
    types: tuple[_Text, ...] = ()


class _File(_Part):
    name: _Text
    version: Annotated[int, Field(ge=1)] = 1
    zone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    currency: Annotated[str, BeforeValidator(_code)]
    rate_date: date | None = None
    fiscal: Fiscal = Fiscal()
    rates: dict[str, _Rate] = {}
    dimensions: dict[str, tuple[_Text, ...]] = {}
    labels: dict[str, str] = {}
    stages: tuple[_Stage, ...] = ()
    scope: _Scope = _Scope()
    targets: tuple[Target, ...] = ()
    thresholds: Thresholds = Thresholds()
    synonyms: dict[str, str] = {}
    roles: dict[str, tuple[str, ...]] = {}
    visibility: dict[str, Visible] = {}
    channels: tuple[Channel, ...] = ()
    service: Service | None = None
    holidays: tuple[date, ...] = ()
    calls: Calls = Calls()


def _first(error: ValidationError) -> str:
    """Return the first complaint as people read it: where, what stands there, what is wrong with it."""
    found: dict[str, Any] = dict(error.errors(include_url=False)[0])
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in found["loc"])
    reason = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "missing":
        return f"{where} is missing"
    if found["type"] == "extra_forbidden":
        return f"{where} is not a key of the company file"
    more = error.error_count() - 1
    return f"{where} = {found['input']!r} cannot be used: {reason}{f' (and {more} more)' if more else ''}"


def _refuse_unseen(source: str, service: Service | None, regions: tuple[str, ...]) -> None:
    sees = () if service is None or service.sees == "all" else service.sees
    for region in sees:
        if region not in regions:
            known = ", ".join(regions) or "none"
            raise BadRequest(f"{source}: service.sees names the region {region!r}; the regions are: {known}")


def _refuse_other_rates(source: str, raw: _File) -> None:
    own = raw.rates.get(raw.currency, Decimal(1))
    if own != 1:
        raise BadRequest(
            f"{source}: rates.{raw.currency} = {str(own)!r} cannot be used: {raw.currency} is the company's own currency, so its "
            f"rate is 1, and the others are what one unit is worth in {raw.currency}"
        )


def _refuse_other_periods(source: str, targets: tuple[Target, ...]) -> None:
    for number, target in enumerate(targets, start=1):
        if not _QUARTER.fullmatch(target.period.strip()):
            raise BadRequest(
                f"{source}: targets.{number}.period = {target.period!r} is no fiscal quarter, and targets are set by it; "
                "write one like FY26-Q4 or 2026-Q4"
            )


def _refuse_twice(source: str, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise BadRequest(f"{source}: the {what} {name.strip()!r} stands there twice")
