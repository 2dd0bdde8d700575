"""What an org and the records that were read from it seem to mean: the company file that they propose."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from connectors import company as companies
from connectors.files import meaning
from connectors.files.columns import COLUMNS
from connectors.files.meaning import Known, Plan
from connectors.files.proposal import Guess
from connectors.mirror import open_generation
from connectors.quoting import literal, toml
from connectors.records import Status
from connectors.salesforce.offers import BUYER

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from connectors.company import Company
    from connectors.files.columns import Kind
    from connectors.files.proposal import Proposal
    from connectors.mirror import Generation
    from connectors.records import Stage
    from connectors.salesforce.about import About
    from connectors.salesforce.fieldmap import Fields

# What stands for our words without being in the field map.
_ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "stage": ("StageName",),
    "owner": ("OwnerId",),
    "category": ("ForecastCategoryName",),
    "created": ("CreatedDate",),
    "last_activity": ("Task and Event",),
}
# Which part of the field map fills a typed table, and how its object is called.
_LINKED: Final[Mapping[str, tuple[str, str]]] = {
    "people": ("person", "User"),
    "accounts": ("account", "Account"),
}
_IN_ORDER: Final = (Status.OPEN, Status.WON, Status.LOST)
_DEALS: Final = """
    SELECT deal.id, deal.name, account.name AS account, person.name AS owner, person.email AS owner_email, state.stage,
        state.status, state.category, state.amount, state.currency,
        state.close, deal.created_at AS created, state.type, state.product, state.source, state.region, state.segment,
        nullif(state.next_step, '') AS next_step, state.reason, touched.day AS last_activity, deal.url
    FROM deal JOIN state ON state.deal_id = deal.id AND state.valid_to = (SELECT max(valid_to) FROM state)
    LEFT JOIN account ON account.id = deal.account_id LEFT JOIN person ON person.id = state.owner_id
    LEFT JOIN (SELECT deal_id, max("at")::DATE AS day FROM activity GROUP BY 1) touched ON touched.deal_id = deal.id
    WHERE NOT coalesce(state.deleted, FALSE)"""
_TABLES: Final[Mapping[Kind, str]] = {
    "deals": _DEALS,
    "people": (
        "SELECT name, email, role, nullif(team, '') AS team, nullif(region, '') AS region, active FROM person "
        "WHERE active AND id IN (SELECT owner_id FROM state)"
    ),
    "accounts": (
        "SELECT name, region, segment, industry FROM account WHERE id IN (SELECT account_id FROM deal)"
    ),
    "products": "SELECT name, family FROM product",
}


def company_of(found: About) -> Company:
    """Return the company as far as the org alone says it: enough to read its records by."""
    return companies.parse(
        f"name = {toml(found.name)}\nzone = {toml(found.zone)}\ncurrency = {toml(found.currency)}\n"
    )


def proposal(
    found: About, fields: Fields, stages: Iterable[Stage], records: Generation, *, today: date
) -> Proposal:
    """Return the company file that an org and its records seem to mean, with what each guess rests on.

    Raises:
        NoData: the records cannot be read any more.
    """
    sources = {word: tuple(source.path for source in chain) for word, chain in fields["deal"].items()}
    if found.rates:
        sources["currency"] = ("CurrencyIsoCode",)
    with TemporaryDirectory(prefix="quarterdeck-") as folder, open_generation(records) as con:
        tables = {kind: _laid(con, kind, query, Path(folder)) for kind, query in _TABLES.items()}
        touched = con.execute("SELECT count(*) FROM activity").fetchall()[0][0]
        stood = {row[0] for row in con.execute("SELECT DISTINCT stage FROM state").fetchall()}
        made = meaning.proposal(
            tables,
            Known(
                origin=(found.host,),
                today=today,
                sources=sources | dict(_ALWAYS),
                zone=found.zone,
                plan=Plan(currency=found.currency, rates=found.rates, sources=()),
                fiscal=(found.fiscal, "Organization.FiscalYearStartMonth"),
                holder="field",
            ),
        )
        deals = con.execute("SELECT count(*) FROM deal").fetchall()[0][0]
    used = [stage for stage in stages if stage.name not in found.retired or stage.name in stood]
    own = _in_order(used, made.stages)
    said = (_said if deals else _said_without_deals)(found, made, own, touched=bool(touched))
    dimensions = {name: _as_listed(name, values, fields) for name, values in made.dimensions.items()}
    return replace(
        made,
        name=found.name,
        currency=found.currency,
        rate_date=today if len(found.rates) > 1 else None,
        fiscal=found.fiscal,
        stages=own or made.stages,
        dimensions=dimensions,
        guesses=(
            *(_spelt(_listed(said.get(guess.meaning, guess), dimensions), fields) for guess in made.guesses),
            _buyer(fields),
        ),
    )


def _said(found: About, made: Proposal, stages: tuple[Stage, ...], *, touched: bool) -> dict[str, Guess]:
    """Return the guesses that the org itself decides."""
    one = not found.currency_from
    return {
        "name": replace(
            made.guess("name"), sources=("Organization.Name",), values=(found.name,), says="", open=False
        ),
        "zone": replace(
            made.guess("zone"),
            sources=("Organization.TimeZoneSidKey",),
            says="days begin and end there",
            open=False,
        ),
        "fiscal year": replace(
            made.guess("fiscal year"),
            values=(calendar.month_name[found.fiscal.start_month],),
            says=f"named by the year in which it {'starts' if found.fiscal.named_by == 'starting' else 'ends'}",
        ),
        "currency": replace(
            made.guess("currency"),
            sources=() if one else (found.currency_from,),
            share=None,
            values=(found.currency,),
            says="the org has one currency and does not name it; its locale suggests this one"
            if one
            else "the org's own currency",
            open=one,
        ),
        "rates": replace(
            made.guess("rates"),
            sources=("CurrencyType.ConversionRate",) if found.rates else (),
            says=f"{found.currency} per unit of the other currency, as the org had them that day"
            if found.rates
            else "the org has one currency",
            open=False,
        ),
        "stage": replace(
            made.guess("stage"),
            values=tuple(stage.name for stage in stages) or made.guess("stage").values,
            says="order, status and forecast category are those that the org gives each stage",
            open=False,
        ),
        "activity": replace(
            made.guess("activity"),
            says="closed tasks and meetings on deals"
            if touched
            else "no task or meeting on a deal was read (Einstein Activity Capture keeps them elsewhere), so nothing is told "
            "of silence",
            open=not touched,
        ),
        "targets": replace(
            made.guess("targets"),
            says="none are known; give a file of them with: quarterdeck import --targets FILE",
        ),
    }


def _said_without_deals(
    found: About, made: Proposal, stages: tuple[Stage, ...], *, touched: bool
) -> dict[str, Guess]:
    """Return what the org itself decides, and of the rest where it would be read from: nothing was read that says more."""
    own = _said(found, made, stages, touched=touched)
    told = {
        guess.meaning: replace(
            guess,
            share=None,
            values=(),
            samples=(),
            says="there is no deal yet that says what it holds"
            if guess.sources
            else "no field stands for it",
            open=False,
        )
        for guess in made.guesses
    }
    told["deal types in scope"] = replace(told["deal types in scope"], says="all deals count")
    decided = {name: replace(guess, share=None) for name, guess in own.items() if name != "activity"}
    return told | decided


def _buyer(fields: Fields) -> Guess:
    """Return what says that the buyer took part in an activity."""
    sources = fields["activity"].get(BUYER, ())
    ticked = any(source.field.type == "boolean" for source in sources)
    return Guess(
        meaning="buyer took part",
        field=BUYER,
        sources=tuple(source.path for source in sources),
        says=f"in activities in which it is {'ticked' if ticked else 'filled in'}"
        if sources
        else "no field of an activity says whether the buyer took part, so silence of buyers is not told",
        open=not sources,
    )


def _in_order(listed: Sequence[Stage], met: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the org's stages and those that only deals are in, open ones first, then won and lost ones."""
    named = {stage.name: stage for stage in (*met, *listed)}
    order = {stage.name: None for stage in (*listed, *met)}
    every = tuple(named[name] for name in order)
    return tuple(
        replace(stage, order=place)
        for place, stage in enumerate(
            (stage for status in _IN_ORDER for stage in every if stage.status is status), start=1
        )
    )


def _as_listed(name: str, values: tuple[str, ...], fields: Fields) -> tuple[str, ...]:
    """Return values in the order of the picklists they come from; those of no picklist stand last, as they were."""
    places: dict[str, int] = {}
    for source in fields["deal"].get(name, ()):
        for value in source.field.values:
            places.setdefault(value, len(places))
    return tuple(sorted(values, key=lambda value: places.get(value, len(places))))


def _listed(guess: Guess, dimensions: Mapping[str, tuple[str, ...]]) -> Guess:
    """Return a guess with its values in the order in which the file has them."""
    values = dimensions.get(guess.meaning, ())
    return replace(guess, values=values) if set(values) == set(guess.values) else guess


def _spelt(guess: Guess, fields: Fields) -> Guess:
    """Return a guess that rests on a linked table with the fields of the org that fill it: `User.Department`."""
    spelt: list[str] = []
    for source in guess.sources:
        table, _, word = source.partition(".")
        part, name = _LINKED.get(table, ("", ""))
        paths = [f"{name}.{one.path}" for one in fields.get(part, {}).get(word, ())]
        spelt += paths or [source]
    return replace(guess, sources=tuple(spelt))


def _laid(con: duckdb.DuckDBPyConnection, kind: Kind, query: str, folder: Path) -> Path:
    """Write what a query gives as the typed table of a kind; columns that it does not have are empty."""
    path = folder / f"{kind}.parquet"
    empty = ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in COLUMNS[kind])
    con.execute(
        f"COPY (SELECT {empty} WHERE FALSE UNION ALL BY NAME {query}) TO {literal(path)} (FORMAT parquet)"
    )
    return path
