"""What `quarterdeck setup` shows and decides: a proposal as a table, what a person wrote before, what is answered."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

from connectors.company import Company, Fiscal
from connectors.files.proposal import Guess, Proposal, per_cent
from connectors.records import Stage, Status
from reports.errors import BadInput, nearest
from reports.view import PipelineView
from reports.view.timeline import Logged, logged

LOGGED = {
    Logged.NOTHING: "not known",
    Logged.DAYS: "the day of the last one, not who took part",
    Logged.TOUCHES: "each touch, and whether the buyer took part",
}
HEADINGS = ("Meaning", "From", "Filled", "Means", "For example")
SHOWN = 6
# What is answered by writing it, rather than by choosing a column.
WRITTEN = ("name", "zone", "currency", "fiscal year")
SCOPE = "deal types in scope"
_ORDER = (Status.OPEN, Status.WON, Status.LOST)


def row(guess: Guess) -> tuple[str, ...]:
    """Return a guess as a row of the table."""
    return (
        guess.meaning.capitalize(),
        ", else ".join(guess.sources) or "–",
        "" if guess.share is None or not guess.sources else per_cent(guess.share),
        _some(guess.values),
        _some(guess.samples),
    )


def kept(proposal: Proposal, company: Company) -> Proposal:
    """Return the proposal in which what the company file says already stays, and what is new in the data is added."""
    dimensions = {
        name: tuple(dict.fromkeys((*company.dimensions.get(name, ()), *values)))
        for name, values in proposal.dimensions.items()
    }
    if "type" in dimensions and company.types_in_scope:
        dimensions["type"] = company.dimensions.get("type", company.types_in_scope)
    same = proposal.currency == company.currency
    said = {
        "name": company.name,
        "zone": company.zone.key,
        "currency": company.currency,
        "fiscal year": calendar.month_name[company.fiscal.start_month],
    }
    stages = _stages(company.stages, proposal.stages)
    guesses = tuple(
        _as_said(guess, said[guess.meaning]) if guess.meaning in said else guess
        for guess in with_targets(proposal, company).guesses
    )
    rates = {**(proposal.rates if same else {}), **company.rates}
    changed = {
        SCOPE: company.types_in_scope or proposal.guess(SCOPE).values,
        "stage": tuple(stage.name for stage in stages),
        "rates": tuple(f"{code} {format(rate, 'f')}" for code, rate in rates.items()),
        **{name: values for name, values in dimensions.items() if name != "currency"},
    }
    return replace(
        proposal,
        name=company.name,
        zone=company.zone.key,
        currency=company.currency,
        fiscal=company.fiscal,
        rates=rates,
        rate_date=None if len(company.rates) > 1 else proposal.rate_date,
        stages=stages,
        dimensions=dimensions,
        types=company.types_in_scope,
        guesses=tuple(
            replace(guess, values=changed[guess.meaning])
            if guess.values and guess.meaning in changed
            else guess
            for guess in guesses
        ),
    )


def with_targets(proposal: Proposal, company: Company) -> Proposal:
    """Return the proposal with the targets that the company file has; they are not read from deals."""
    periods = tuple(dict.fromkeys(target.period for target in company.targets))
    if not periods:
        return proposal
    said = Guess(meaning="targets", values=periods, says="as your company file has them")
    return replace(
        proposal,
        guesses=tuple(said if guess.meaning == "targets" else guess for guess in proposal.guesses),
    )


def as_meant(view: PipelineView) -> tuple[Guess, ...]:
    """Return what the company file of a connector means, and how much of it the deals have."""
    company, deals = view.company, view.deals(status=None, counted=False)
    fields = {"amount": "amount", "close date": "close", "owner": "owner", "next step": "next_step"}
    fields |= {
        name: name for name in ("region", "segment", "team", "product", "source", "type", "stage", "category")
    }
    means = {
        **company.dimensions,
        "stage": tuple(stage.name for stage in company.stages),
    }
    held = [
        Guess(
            meaning=meaning,
            sources=("the records",),
            share=Decimal(sum(bool(getattr(deal, field)) for deal in deals)) / max(len(deals), 1),
            values=means.get(meaning, ()),
        )
        for meaning, field in fields.items()
    ]
    return (
        Guess(meaning="name", values=(company.name,)),
        Guess(meaning="zone", values=(company.zone.key,)),
        Guess(meaning="fiscal year", values=(calendar.month_name[company.fiscal.start_month],)),
        Guess(meaning="currency", values=(company.currency,)),
        Guess(
            meaning="rates",
            values=tuple(f"{code} {format(rate, 'f')}" for code, rate in company.rates.items()),
        ),
        *held,
        Guess(meaning=SCOPE, values=company.types_in_scope or ("all",)),
        Guess(meaning="activity", values=(LOGGED[logged(view)],)),
        Guess(meaning="targets", values=tuple(dict.fromkeys(target.period for target in company.targets))),
    )


def written(proposal: Proposal, meaning: str, text: str) -> Proposal:
    """Return the proposal with what a person wrote for one of WRITTEN.

    Raises:
        BadInput: it cannot be used; the message says what would have worked.
    """
    said = text.strip()
    match meaning:
        case "zone":
            known = {zone.casefold(): zone for zone in available_timezones()}
            if said.casefold() not in known:
                raise BadInput.unknown("time zone", said, nearest(said, sorted(known.values()))[:5])
            said = ZoneInfo(known[said.casefold()]).key
            made = replace(proposal, zone=said)
        case "currency":
            said = said.upper()
            if not (len(said) == 3 and said.isascii() and said.isalpha()):
                raise BadInput(f"{text!r} is not a currency; write its three letters, for example EUR")
            rates = proposal.rates if said == proposal.currency else {said: Decimal(1)}
            made = replace(proposal, currency=said, rates=rates)
        case "fiscal year":
            month = _month(said)
            made = replace(proposal, fiscal=_begun(proposal, month))
            said = calendar.month_name[month]
        case _:
            made = replace(proposal, name=said)
    return _with(made, meaning, (said,))


def counted(proposal: Proposal, types: Sequence[str], every: Sequence[str]) -> Proposal:
    """Return the proposal in which only deals of these types count; all where these are all there are."""
    chosen = () if set(types) == set(every) else tuple(types)
    dimensions = {**proposal.dimensions, "type": tuple(types)}
    return _with(replace(proposal, types=chosen, dimensions=dimensions), SCOPE, tuple(types))


def _begun(proposal: Proposal, month: int) -> Fiscal:
    """Return the proposal's fiscal year, begun in another month."""
    return proposal.fiscal.model_copy(update={"start_month": month})


def _with(proposal: Proposal, meaning: str, values: tuple[str, ...]) -> Proposal:
    return replace(
        proposal,
        guesses=tuple(
            replace(guess, values=values, sources=(), share=None, says="as said in setup", open=False)
            if guess.meaning == meaning
            else guess
            for guess in proposal.guesses
        ),
    )


def _as_said(guess: Guess, value: str) -> Guess:
    """Return a guess of what the company file says already; where the files say otherwise, that is told."""
    if guess.values == (value,):
        return guess
    other = f"; the files would say {', '.join(guess.values)}" if guess.values and not guess.open else ""
    return replace(
        guess, values=(value,), sources=(), share=None, says=f"as your company file has it{other}", open=False
    )


def _stages(said: tuple[Stage, ...], found: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Return the stages as they are said, and behind those of their status the ones that only the data has."""
    known = {stage.name for stage in said}
    new = [stage for stage in found if stage.name not in known]
    ordered = (
        [
            stage
            for status in _ORDER
            for stage in (*(s for s in said if s.status is status), *(s for s in new if s.status is status))
        ]
        if new
        else list(said)
    )
    return tuple(replace(stage, order=place) for place, stage in enumerate(ordered, start=1))


def _month(text: str) -> int:
    """Return the number of a month, from its number or the beginning of its English name."""
    for number in range(1, 13):
        name = calendar.month_name[number].casefold()
        if text == str(number) or (len(text) >= 3 and name.startswith(text.casefold())):
            return number
    raise BadInput(f"{text!r} is not a month; write it like February or 2")


def _some(values: Sequence[str]) -> str:
    """Return the first values, and how many more there are."""
    shown = ", ".join(" ".join(value.split()) for value in values[:SHOWN])
    return f"{shown} and {len(values) - SHOWN} more" if len(values) > SHOWN else shown
