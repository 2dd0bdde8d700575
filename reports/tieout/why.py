"""Why one side counts a deal and the other does not, or adds up another amount: one reason for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from connectors.company import Company
from connectors.files.claim import Claim
from connectors.records import ForecastClass, Person, Status
from reports.facts import Filter
from reports.tieout.amounts import Amounts, of_share, rounded, same, share
from reports.tieout.differences import Reason
from reports.tieout.selection import NEAR, Selection
from reports.view import Deal
from reports.view.lookups import Absence, Earlier
from reports.words import day, money

Why = tuple[Reason, str]
_DAY: Final = timedelta(days=1)
_OF_PEOPLE: Final = frozenset({"owner", "manager", "team"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a reason can come from besides the line and the deal. `limited` says that the asker's rights leave some out.

    `edges` are the first and last day of the period where the file has no line of them and we have several deals.
    `newest` is the day of the report, as far as its name or its newest line tells. `earlier` are past amounts by deal.
    """

    chosen: Selection
    company: Company
    people: Mapping[str, Person]
    filters: tuple[Filter, ...]
    limited: bool
    as_of: datetime
    today: date
    amounts: Amounts
    edges: frozenset[date] = frozenset()
    newest: date | None = None
    earlier: Mapping[str, tuple[Earlier, ...]] = field(default_factory=dict)


def not_with_us(claim: Claim, deal: Deal, at: Circumstances) -> Why:
    """Return why we do not count a deal that the file counts and that is there."""
    chosen = at.chosen
    if deal.status not in chosen.statuses:
        return Reason.STAGE, f"{deal.stage} with us, {claim.stage or 'counted'} in yours"
    scope = at.company.types_in_scope
    if scope and deal.type not in scope:
        return Reason.TYPE, f"{at.company.label(deal.type) if deal.type else 'no type'} does not count"
    if deal.status is Status.OPEN and deal.category is ForecastClass.OMITTED:
        return Reason.OMITTED, "omitted from the forecast with us"
    if not chosen.called(deal.status, deal.category):
        return Reason.CATEGORY, f"{at.company.label(str(deal.category))} with us"
    if not chosen.due(deal.close):
        return _by_date(claim.close, deal.close, at)
    if at.filters:
        if _OF_PEOPLE & {item.dim for item in at.filters} and (said := _owner(deal, at)):
            return Reason.OWNER, said
        return Reason.FILTERS, " and ".join(_filter(item) for item in at.filters)
    return Reason.UNEXPLAINED, "there with us, and not counted"


def unknown_to_us(claim: Claim, found: Absence | None, at: Circumstances) -> Why:
    """Return why the file counts a deal that is not there with us; a limited asker learns nothing of hidden ones."""
    if found == "deleted":
        return Reason.DELETED, "deleted with us, or no longer in what we read"
    if found == "later" or (claim.created is not None and claim.created > at.as_of):
        return Reason.LATER, "created later than our records go here"
    if at.limited:
        return Reason.RIGHTS, "not among the deals that you may see"
    return Reason.UNEXPLAINED, "no such deal with us"


def not_with_you(deal: Deal, aside: tuple[Claim, ...], at: Circumstances) -> Why:
    """Return why the file does not count a deal that we count; `aside` are its lines that were set aside."""
    for claim in aside:
        if claim.status is not None and claim.status not in at.chosen.statuses:
            return Reason.STAGE, f"{deal.stage} with us, {claim.stage or claim.status} in yours"
        if not at.chosen.called(claim.status, claim.category):
            return Reason.CATEGORY, f"{at.company.label(str(claim.category))} in yours"
        if claim.close != deal.close:
            return _by_date(claim.close, deal.close, at)
    if said := _owner(deal, at):
        return Reason.OWNER, said
    if deal.amount is None and deal.entered is None:
        return Reason.NO_AMOUNT, "no amount with us, not listed in yours"
    if at.newest is not None and deal.created_on > at.newest:
        return (
            Reason.NEWER,
            f"created {_day(deal.created_on, at)}; yours knows of none after {_day(at.newest, at)}",
        )
    period = at.chosen.period
    if period is not None and deal.close in at.edges:
        last = "last" if deal.close == period.end - _DAY else "first"
        return (
            Reason.EDGE,
            f"closes {_day(deal.close, at)}, the {last} day of the period; none of yours does",
        )
    return Reason.UNEXPLAINED, "not in your file"


def other_amount(
    claims: tuple[Claim, ...], yours: Decimal | None, deal: Deal, at: Circumstances, *, parted: bool = False
) -> Why:
    """Return why the file adds up another amount for a deal that both count.

    Only where the file itself shows that it parts deals is an amount a share of ours: `parted` says that it has other
    lines of this one.
    """
    if rounded(yours, deal.amount):
        return Reason.ROUNDING, ""
    one = claims[0]
    if len(claims) == 1 and (said := at.amounts.otherwise(one, deal)):
        return Reason.CURRENCY, said
    if yours is None or (deal.amount is None and deal.entered is None):
        side = "in yours" if yours is None else "with us"
        return Reason.NO_AMOUNT, f"no amount {side}"
    if of_share(yours, deal.amount, one.share):
        return Reason.SPLIT, f"yours is {one.share:g} % of ours, as your file says"
    if parted and (part := share(yours, deal.amount)):
        return Reason.SPLIT, f"yours is {part} of ours"
    return _changed(one, yours, deal, at) or (Reason.UNEXPLAINED, "another amount")


def several(claims: tuple[Claim, ...], yours: Decimal | None, deal: Deal) -> Why:
    """Return why the file counts a deal with several lines that do not repeat one another."""
    if same(yours, deal.amount):
        return Reason.SPLIT, f"{len(claims)} lines that add up to ours"
    part = share(yours, deal.amount)
    owners = {claim.owner for claim in claims}
    if part and None not in owners and len(owners) == len(claims):
        return Reason.SPLIT, f"{len(claims)} lines of {len(owners)} owners that add up to {part} of ours"
    return Reason.UNEXPLAINED, f"{len(claims)} lines that add up to another amount"


def _changed(one: Claim, yours: Decimal, deal: Deal, at: Circumstances) -> Why | None:
    """Return until when we had the file's amount for a deal; None where we never had it."""
    entered = one.entered or (one.amount, one.currency)
    if entered == deal.entered:
        return None  # as entered nothing has changed, so the past says nothing of the converted amount
    for past in reversed(at.earlier.get(deal.id, ())):
        as_entered = past.amount is not None and same(entered[0], past.amount) and entered[1] == past.currency
        if as_entered or (past.value is not None and same(yours, past.value)):
            return Reason.CHANGED, f"{money(yours, at.amounts.currency)} with us until {_day(past.until, at)}"
    return None


def _by_date(yours: date | None, ours: date | None, at: Circumstances) -> Why:
    """Return which way close dates put a deal into the period on one side only."""
    both = f"closes {_day(ours, at)} with us, {_day(yours, at)} in yours"
    if yours is None or ours is None:
        return Reason.MOVED, both
    if abs(yours - ours) == _DAY:
        return Reason.TIME_ZONE, f"{both}: a day off, as in another time zone"
    if yours == ours:
        near = at.chosen.due(ours, give=NEAR)
        return (Reason.EDGE if near else Reason.MOVED), f"closes {_day(ours, at)}, outside the period"
    return Reason.MOVED, both


def _owner(deal: Deal, at: Circumstances) -> str:
    """Say what is the matter with the owner; empty where nothing is."""
    person = at.people.get(deal.owner_id)
    if person is None:
        return "the owner is not known with us"
    return "" if person.active else f"the owner {deal.owner} is not active"


def _filter(item: Filter) -> str:
    return f"{item.dim} {'is not' if item.negate else 'is'} {' or '.join(item.values)}"


def _day(value: date | None, at: Circumstances) -> str:
    return "without a date" if value is None else day(value, at.today)
