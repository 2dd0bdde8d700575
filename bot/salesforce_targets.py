"""Targets from an org's quotas: each owner's by the fiscal quarter, and the company's, which is what those at the top are set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.company import Company, Target
from connectors.files.proposal import Proposal
from connectors.records import Person
from connectors.salesforce.quotas import Quotas
from reports.periods import Calendar

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Targets that quotas propose, and what was made of them, as a sentence without its full stop."""

    targets: tuple[Target, ...] = ()
    says: str = ""


def from_quotas(found: Quotas, company: Company, people: Iterable[Person]) -> Proposed:
    """Return targets for each owner and for the company; quotas of somebody unknown or without a plan rate are left out."""
    calendar = Calendar(fiscal=company.fiscal, zone=company.zone)
    known = {person.id: person for person in people}
    sums: dict[str, dict[str, Decimal]] = {}
    left = 0
    for quota in found.quotas:
        rate = company.rates.get(quota.currency or company.currency)
        if rate is None or quota.owner_id not in known:
            left += 1
            continue
        owners = sums.setdefault(calendar.quarter(quota.start).label, {})
        owners[quota.owner_id] = owners.get(quota.owner_id, Decimal(0)) + quota.amount * rate
    targets: list[Target] = []
    for period, owners in sums.items():
        top = sum((amount for key, amount in owners.items() if not _led(key, owners, known)), Decimal(0))
        targets.append(Target(period=period, amount=top.quantize(_CENT)))
        targets += [
            Target(period=period, owner=known[key].name, amount=amount.quantize(_CENT))
            for key, amount in owners.items()
        ]
    if not targets:
        return Proposed()
    return Proposed(targets=tuple(targets), says="; ".join(_remarks(found, left)))


def with_quotas(proposal: Proposal, proposed: Proposed) -> Proposal:
    """Return the proposal that says which targets quotas propose; as it is where there are none."""
    if not proposed.targets:
        return proposal
    periods = tuple(dict.fromkeys(target.period for target in proposed.targets))
    return replace(
        proposal,
        guesses=tuple(
            replace(
                guess,
                sources=("ForecastingQuota.QuotaAmount",),
                values=tuple(dict.fromkeys((*guess.values, *periods))),
                says=proposed.says,
                open=False,
            )
            if guess.meaning == "targets"
            else guess
            for guess in proposal.guesses
        ),
    )


def _led(key: str, owners: Mapping[str, Decimal], known: Mapping[str, Person]) -> bool:
    """Say whether somebody above a person has a quota too, in which theirs is contained."""
    seen = {key}
    above = known[key].manager_id
    while above is not None and above in known and above not in seen:
        if above in owners:
            return True
        seen.add(above)
        above = known[above].manager_id
    return False


def _remarks(found: Quotas, left: int) -> Iterable[str]:
    yield "the company's target is what those with nobody above them are set"
    if found.types > 1:
        yield f"of {found.types} forecasting types the one with most quotas counts"
    if left:
        yield f"{left:,} quotas of unknown people or without a plan rate are left out"
    yield "what the company file says already stays"
