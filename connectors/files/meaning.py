"""What typed tables seem to mean: a guess for each word of the company file. Nothing is asked or written here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from connectors.company import CODE, Fiscal
from connectors.files.columns import Kind
from connectors.files.order import in_order
from connectors.files.proposal import Guess, Proposal
from connectors.files.seen import Column, Seen, Tables
from connectors.records import ForecastClass, Stage, Status

# Where no currency and no address is known.
CURRENCY, NAME = "USD", "Our company"
# A column with more values than this is no dimension to list; its values are taken as they come.
LISTED: Final = 40
# Below this share of filled types, types do not decide which deals count: too many would silently not.
TYPED: Final = Decimal("0.9")
# Deals of such types are no new money, or no deals at all; in English, German, French and Spanish.
_RENEWALS: Final = re.compile(r"renew|verl[äa]nger|renouvel|reconduction|renovaci", re.IGNORECASE)
_TESTS: Final = re.compile(r"\b(?:test|tests|dummy|sandbox|prueba)\b", re.IGNORECASE)
# What every deal should have: what it is called, and what is not told where nothing holds it.
_EVERY: Final[Mapping[str, tuple[str, str]]] = {
    "amount": ("amount", "no {holder} has amounts, so deals are counted and not valued"),
    "close": ("close date", "no {holder} has close dates, so no deal is due in any period"),
    "owner": ("owner", "no {holder} names owners"),
    "created": (
        "created",
        "no {holder} says when deals were created, so created pipeline and ages are not told",
    ),
    "next_step": ("next step", "no {holder} has next steps"),
}
# Of a column, so many values are shown.
SAMPLES: Final = 4
_DIMENSIONS: Final[tuple[str, ...]] = ("region", "segment", "team", "product", "source", "type")
_LINKED: Final[Mapping[Kind, str]] = {"accounts": "account", "people": "owner"}
_CATEGORIES: Final = (
    ForecastClass.COMMIT,
    ForecastClass.MOST_LIKELY,
    ForecastClass.BEST_CASE,
    ForecastClass.PIPELINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What amounts beside converted amounts say: the company's currency, and units of it per unit of each other.

    `says` tells what is odd about it, for example rates that differ from deal to deal; empty for nothing.
    """

    currency: str
    rates: Mapping[str, Decimal]
    sources: tuple[str, ...]
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known beside the typed tables.

    Attributes:
        sources: meaning to the columns it is read from, in the order in which they are tried.
        origin: the names of the files.
        linked: columns that hold the region of linked accounts and people, as a mapping names them.
        zone: in which clocks without a zone were read.
        plan: what converted amounts say; None where the files have none.
        fiscal: what fiscal periods beside close dates say, with the column they stand in; None where there are none.
        holder: what could hold a meaning and does not: a `file`, or a `field` of an org.
    """

    origin: tuple[str, ...]
    today: date
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: Mapping[Kind, str] = field(default_factory=dict)
    zone: str = "UTC"
    plan: Plan | None = None
    fiscal: tuple[Fiscal, str] | None = None
    holder: str = "file"


def proposal(tables: Tables, known: Known) -> Proposal:
    """Return what the typed tables seem to mean, with a guess for each meaning."""
    with Seen(tables) as seen:
        stages, by_stage = _stages(seen, known)
        currencies = seen.column("deals", "currency")
        currency, rates, money = _money(currencies, known)
        dimensions: dict[str, tuple[str, ...]] = {}
        guesses = [_name(seen, known), _zone(known), _fiscal(known), *money, *_columns(seen, known)]
        columns = {name: _dimension(seen, name) for name in _DIMENSIONS}
        for name, (column, kind) in columns.items():
            guess = _values(name, column, kind, seen, known)
            guesses.append(guess)
            if guess.values:
                dimensions[name] = guess.values
        types, scope = _scope(columns["type"][0], known)
        if types:
            dimensions["type"] = types
        categories = _categories(seen, known)
        dimensions["category"] = categories.values or ("commit", "best_case", "pipeline")
        if currencies.distinct > 1:
            dimensions["currency"] = currencies.names[:LISTED]
        guesses += [scope, by_stage, categories, _activity(seen, known), _targets()]
        return Proposal(
            name=guesses[0].values[0],
            zone=known.zone,
            currency=currency,
            rates=rates,
            fiscal=known.fiscal[0] if known.fiscal else Fiscal(),
            stages=stages,
            dimensions=dimensions,
            types=types,
            guesses=tuple(guesses),
            origin=known.origin,
            made_on=known.today,
        )


def _name(seen: Seen, known: Known) -> Guess:
    domain = seen.domain()
    if domain is None:
        return Guess(meaning="name", values=(NAME,), says=f"no {known.holder} names the company", open=True)
    return Guess(
        meaning="name",
        values=(domain.split(".")[0].replace("-", " ").title(),),
        says=f"after the addresses at {domain}",
        open=True,
    )


def _zone(known: Known) -> Guess:
    return Guess(
        meaning="zone",
        values=(known.zone,),
        says="days begin and end there; it is that of this machine where map.toml names no other",
        open=True,
    )


def _money(column: Column, known: Known) -> tuple[str, dict[str, Decimal], tuple[Guess, ...]]:
    """Return the company's currency, the rates, and the guesses of amount, currency and rates."""
    names, plan = tuple(name for name in column.names if CODE.fullmatch(name)), known.plan
    sources = known.sources.get("currency", ())
    if plan is not None:
        currency, sources, says = (
            plan.currency,
            plan.sources,
            f"amounts are converted into {plan.currency} there",
        )
    elif names:
        currency = names[0]
        says = f"most deals are in {currency}" if len(names) > 1 else f"all deals are in {currency}"
    else:
        currency = CURRENCY
        says = f"no {known.holder} names a currency, so {CURRENCY} stands here"
    rates = {currency: Decimal(1)}
    if plan is not None:
        rates |= {code: rate for code, rate in plan.rates.items() if code != currency}
    missing = tuple(code for code in names if code not in rates)
    return (
        currency,
        rates,
        (
            Guess(
                meaning="currency",
                field="currency",
                sources=sources,
                share=column.share if sources and plan is None else None,
                values=(currency,),
                samples=names[:SAMPLES],
                says=says,
                open=plan is None and len(names) != 1,
            ),
            Guess(
                meaning="rates",
                sources=plan.sources if plan else (),
                values=tuple(f"{code} {format(rate, 'f')}" for code, rate in rates.items()),
                says=_rates_said(currency, rates, missing, plan),
                open=bool(missing),
            ),
        ),
    )


def _rates_said(
    currency: str, rates: Mapping[str, Decimal], missing: tuple[str, ...], plan: Plan | None
) -> str:
    parts = [f"{currency} per unit of the other currency"]
    if plan and len(rates) > 1:
        parts.append(plan.says or "from amounts and converted amounts")
    if missing:
        parts.append(
            f"no rate is known for {', '.join(missing)}: such deals count, their amounts do not until a rate stands here"
        )
    return "; ".join(parts)


def _fiscal(known: Known) -> Guess:
    if known.fiscal is None:
        return Guess(
            meaning="fiscal year",
            values=("January",),
            says=f"no {known.holder} names fiscal periods, so the calendar year stands here",
            open=True,
        )
    fiscal, source = known.fiscal
    return Guess(
        meaning="fiscal year",
        sources=(source,),
        values=(date(2000, fiscal.start_month, 1).strftime("%B"),),
        says="from fiscal periods beside close dates",
    )


def _columns(seen: Seen, known: Known) -> Iterator[Guess]:
    """Yield the guesses of what every deal should have, with what is not told where nothing holds it."""
    for name, (meaning, lost) in _EVERY.items():
        column, sources = seen.column("deals", name), known.sources.get(name, ())
        yield Guess(
            meaning=meaning,
            field=name,
            sources=sources,
            share=column.share if sources else None,
            samples=tuple(dict.fromkeys(value.removesuffix(" 00:00:00") for value in column.names[:SAMPLES])),
            says="" if column.filled else lost.format(holder=known.holder),
            open=not column.filled,
        )


def _dimension(seen: Seen, name: str) -> tuple[Column, Kind]:
    """Return the column that holds a dimension, and of which table: the deals, else the people or products."""
    column = seen.column("deals", name)
    if column.filled:
        return column, "deals"
    match name:
        case "team":
            return seen.column("people", "team"), "people"
        case "region" | "segment":
            linked = seen.column("accounts", name)
            people = seen.column("people", "region") if name == "region" and not linked.filled else linked
            return people, "accounts" if people is linked else "people"
        case _:
            return column, "deals"


def _values(name: str, column: Column, kind: Kind, seen: Seen, known: Known) -> Guess:
    """Return the guess of a dimension: its values by how often they occur."""
    sources = known.sources.get(name, ()) if kind == "deals" else ()
    if kind != "deals" and column.filled:
        sources = (f"{kind}.{name}",)
    if not column.filled:
        return Guess(
            meaning=name,
            field=name,
            sources=sources,
            says=f"no {known.holder} says a deal's {name}",
            open=True,
        )
    further: tuple[str, ...] = ()
    if name == "region" and kind == "deals" and column.filled < column.rows:
        further = tuple(
            reach
            for linked, key in _LINKED.items()
            if (reach := known.linked.get(linked, "")) and reach not in sources
            if seen.regions_of(linked, key)
        )
    if column.distinct > LISTED:
        return Guess(
            meaning=name,
            field=name,
            sources=sources,
            share=column.share,
            samples=column.names[:SAMPLES],
            says=f"{column.distinct} values, too many to list: they are shown by size",
        )
    return Guess(
        meaning=name, field=name, sources=sources, share=column.share, further=further, values=column.names
    )


def _stages(seen: Seen, known: Known) -> tuple[tuple[Stage, ...], Guess]:
    """Return the stages in their order with status and category, and the guess that says what the order rests on."""
    found, rests = in_order(seen.stages(by_name="status" in known.sources))
    open_ones = [stage for stage in found if stage.status is Status.OPEN]
    said = any(stage.category for stage in open_ones)
    stages = tuple(
        Stage(name=stage.name, order=place, status=stage.status, category=stage.neutral)
        for place, stage in enumerate(found, start=1)
    )
    column = seen.column("deals", "stage")
    calls = (
        "the category is the one most of its open deals are in"
        if said
        else "no deal has a forecast category: a stage of 80 % or more is taken as commit, of 50 % as best case"
        if any(stage.probability is not None for stage in open_ones)
        else "no deal has a forecast category, so all that is open is pipeline until somebody says more"
    )
    return stages, Guess(
        meaning="stage",
        field="stage",
        sources=known.sources.get("stage", ()),
        share=column.share,
        values=tuple(stage.name for stage in stages),
        says=f"in the order of {rests}; {calls}",
        open=not said,
    )


def _categories(seen: Seen, known: Known) -> Guess:
    column = seen.column("deals", "category")
    present = frozenset(column.names)
    sources = known.sources.get("category", ())
    if not present:
        return Guess(
            meaning="category",
            field="category",
            sources=sources,
            says=f"no {known.holder} has forecast categories: those of the stages count",
        )
    return Guess(
        meaning="category",
        field="category",
        sources=sources,
        share=column.share,
        values=tuple(item.value for item in _CATEGORIES if item.value in present),
    )


def _scope(column: Column, known: Known) -> tuple[tuple[str, ...], Guess]:
    """Return the deal types that count, empty for all, and the guess that says which do not and why."""
    meaning, sources = "deal types in scope", known.sources.get("type", ())
    if not column.filled:
        return (), Guess(meaning=meaning, says=f"no {known.holder} has deal types, so all deals count")
    out = {value: n for value, n in column.values if _RENEWALS.search(value) or _TESTS.search(value)}
    kept = tuple(value for value in column.names if value not in out)
    told = ", ".join(f"{value} ({n:,})" for value, n in out.items())
    types: tuple[str, ...] = ()
    if not out:
        says = "nothing looks like a renewal or a test, so all types count"
    elif column.share < TYPED or column.distinct > len(column.values) or not kept:
        says = f"all count: {told} could be left out, but too many deals have no type"
    else:
        empty = column.rows - column.filled
        bare = f"; so are {empty:,} deals without a type" if empty else ""
        says, types = f"left out: {told}{bare}", kept
    return types, Guess(
        meaning=meaning, sources=sources, share=column.share, values=types or column.names[:LISTED], says=says
    )


def _activity(seen: Seen, known: Known) -> Guess:
    column, sources = seen.column("deals", "last_activity"), known.sources.get("last_activity", ())
    if not column.filled:
        return Guess(
            meaning="activity",
            field="last_activity",
            sources=sources,
            says=f"no {known.holder} says when somebody was last in touch, so nothing is told of silence",
            open=True,
        )
    return Guess(
        meaning="activity",
        field="last_activity",
        sources=sources,
        share=column.share,
        samples=seen.span("last_activity") or (),
        says="the day of the last activity is known, not who took part",
    )


def _targets() -> Guess:
    return Guess(
        meaning="targets",
        says="none are known; give a file of them with: quarterdeck import FILE --targets FILE",
        open=True,
    )
