"""Managers' calls: who may call what, what a call is held against, and how it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from bot import flows
from bot.agent.intents import Errand
from bot.slack.acting_book import company_day
from bot.slack.desk import Desk
from bot.slack.people import Known
from bot.store.calls import calls
from connectors.access import Access
from connectors.company import Company
from connectors.records import Person
from connectors.visibility import below
from reports import words
from reports.context import Call, Context
from reports.facts import Filter, Period, Unit
from reports.kinds.forecast.calls import DEFINITION
from reports.kinds.ledger import Ledger
from reports.kinds.scene import Scene
from reports.periods import Calendar

EXAMPLE = "Say for example: emea commit 1.45 best 1.7"
# A call of more than so many times what is won and open in all, and the target, is asked about before it is kept.
_TIMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What somebody may call: the regions of the people below them, and the whole where those are all of them."""

    regions: tuple[str, ...]
    whole: bool

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.regions) or self.whole


class RefusedError(Exception):
    """A call cannot be kept; the message is for people."""


def reach(desk: Desk, person: Person | None) -> Reach:
    """Return what somebody may call, by who reports to them in the CRM."""
    people = desk.directory.people()
    led = below(person.id, people) if person is not None else frozenset[str]()
    known = desk.line.company.dimensions.get("region", ())
    found = {one.region for one in people if one.id in led and one.region}
    return Reach(
        regions=tuple(region for region in known if region in found), whole=bool(led) and found >= set(known)
    )


def region_of(desk: Desk, known: Known, filters: tuple[Filter, ...]) -> str | None:
    """Return the region that somebody calls, None for the whole company.

    Raises:
        RefusedError: they lead nobody there, or it is not plain which is meant.
    """
    mine = reach(desk, known.person)
    asked = [value for item in filters for value in item.values]
    if not mine:
        raise RefusedError(
            "A call is its manager's: in the CRM nobody reports to you, so I keep none of yours."
        )
    if len(asked) > 1:
        raise RefusedError(f"I keep a call for one region at a time. {EXAMPLE}")
    if not asked:
        if mine.whole:
            return None
        if len(mine.regions) == 1:
            return mine.regions[0]
        raise RefusedError(f"You lead people in {words.joined(mine.regions)}: say for which. {EXAMPLE}")
    if asked[0] not in mine.regions:
        names = [one.name for one in callers(desk) if asked[0] in reach(desk, one).regions]
        raise RefusedError(
            f"In the CRM you lead nobody in {desk.line.company.label(asked[0])}; {words.joined(names)} may call it."
        )
    return asked[0]


def callers(desk: Desk) -> tuple[Person, ...]:
    """Return those who may call something, in the CRM's order."""
    people = desk.directory.people()
    leads = {person.manager_id for person in people}
    return tuple(person for person in people if person.id in leads and person.active and reach(desk, person))


@contextmanager
def stood(desk: Desk, known: Known, region: str | None, period: str = "this-quarter") -> Iterator[Scene]:
    """Give what a call is held against: the region in the quarter that is called, under the caller's own rights.

    Raises:
        RefusedError: it is no fiscal quarter, or one that is over.
    """
    access = Access(workspace=desk.workspace, asker=known.grant)
    with flows.pull(desk.under(access)) as view:
        calendar = view.calendar
        called = calendar.parse(period, view.today)
        if called != calendar.quarter(called.start):
            raise RefusedError(
                f"I keep calls for one fiscal quarter, as {calendar.quarter(view.today).label}."
            )
        if called.end <= view.today:
            raise RefusedError(f"{called.label} is over; nobody calls it any more.")
        chosen = view if region is None else view.where(Filter(dim="region", values=(region,)))
        yield Scene(view=chosen, period=called)


def money(desk: Desk, value: Decimal) -> str:
    """Return a person's own amount as they mean it, to the last thousand: $1.45M, $1,455k."""
    currency = desk.line.company.currency
    short = words.money(value, currency)
    exact = words.money(value, currency, words.deal_scale([value]))
    return short if value % 10_000 == 0 else exact


def said(desk: Desk, call: Call) -> str:
    """Return what somebody called, `$1.45M, best $1.70M`."""
    best = "" if call.best is None else f", best {money(desk, call.best)}"
    return f"{money(desk, call.commit)}{best}"


def bound(desk: Desk, call: Call, ledger: Ledger, key: str = "call") -> str:
    """Return what somebody called as part of a sentence whose numbers are bound."""
    tokens = [
        ledger.value(
            f"{key}.{name}",
            amount,
            Unit.MONEY,
            money(desk, amount),
            source=f"Call of {call.caller}",
            definition=DEFINITION,
        )
        for name, amount in (("commit", call.commit), ("best", call.best))
        if amount is not None
    ]
    return ", best ".join(tokens)


def quarter(desk: Desk) -> Period:
    """Return the fiscal quarter of the company's own today."""
    company = desk.line.company
    return Calendar(company.fiscal, company.zone).quarter(company_day(desk))


def where(desk: Desk, region: str | None) -> str:
    """Return how what is called is named."""
    return "the whole company" if region is None else desk.line.company.label(region)


def roll_up(scene: Scene, ledger: Ledger, key: str = "rollup") -> str:
    """Return what won and commit of a scene come to, as a part of a sentence whose number is bound."""
    token = ledger.measured(key, scene.measure("won_plus_commit"))
    return f"won + commit is {token}"


def is_far(scene: Scene, commit: Decimal) -> bool:
    """Say whether a call is more than three times all that is won and open in its period, and its target."""
    there = (scene.amount("bookings") or Decimal(0)) + (scene.amount("open_pipeline") or Decimal(0))
    return commit > _TIMES * max(there, scene.amount("target") or Decimal(0))


def far(scene: Scene) -> str:
    """Return what a call is that is far off, `more than three times all that is won and open in FY26-Q4, and …`."""
    target = ", and its target" if scene.amount("target") else ""
    return f"more than three times all that is won and open in {scene.period.label}{target}"


def rate_of(company: Company, currency: str | None) -> Decimal:
    """Return units of the company's currency for one of a named currency, at plan; 1 where none is named.

    Raises:
        RefusedError: the company file has no rate for it.
    """
    if currency is None:
        return Decimal(1)
    if currency not in company.rates:
        own = words.joined(sorted(company.rates))
        raise RefusedError(
            f"The company file has no rate for {currency}, so I kept nothing; it has one for {own}."
        )
    return company.rates[currency]


def converted(desk: Desk, asked: Errand) -> str:
    """Return how a call in another currency is converted, `€1,400k at the plan rate of 1.085`; empty for one in the own."""
    currency, amounts = (
        asked.currency,
        [amount for amount in (asked.amount, asked.best) if amount is not None],
    )
    if currency is None or currency == desk.line.company.currency:
        return ""
    typed = ", best ".join(words.money(amount, currency, words.deal_scale(amounts)) for amount in amounts)
    return f"{typed} at the plan rate of {desk.line.company.rates[currency].normalize():f}"


def last_of(desk: Desk, caller_id: str, region: str | None, period: str) -> Call | None:
    """Return somebody's newest call for a region and a quarter; None without one."""
    mine = [
        call
        for call in calls(desk.notes, desk.workspace)
        if (call.caller_id, call.region, call.period) == (caller_id, region, period)
    ]
    return mine[-1] if mine else None


def newest_of(desk: Desk, caller_id: str, period: str) -> Call | None:
    """Return somebody's newest call for a quarter, whatever it is for; None without one."""
    mine = [
        call
        for call in calls(desk.notes, desk.workspace)
        if caller_id and (call.caller_id, call.period) == (caller_id, period)
    ]
    return mine[-1] if mine else None


def context(desk: Desk) -> Context:
    """Return what is known of calls, for whoever shows them."""
    return Context(calls=calls(desk.notes, desk.workspace))
