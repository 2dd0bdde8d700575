"""A company of four stages for the tests of findings, and short ways to write its deals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.company import Target
from connectors.records import ForecastClass, Stage, Status
from reports.facts import Period
from reports.findings import Finding, find
from reports.view import PipelineView
from tests.reports.small import COMPANY, NOW, Deal, Small, State, deal

FOUR = replace(
    COMPANY,
    stages=(
        Stage(name="Discovery", order=1, status=Status.OPEN, category=ForecastClass.PIPELINE),
        Stage(name="Evaluation", order=2, status=Status.OPEN, category=ForecastClass.PIPELINE),
        Stage(name="Proposal", order=3, status=Status.OPEN, category=ForecastClass.BEST_CASE),
        Stage(name="Negotiation", order=4, status=Status.OPEN, category=ForecastClass.COMMIT),
        Stage(name="Closed Won", order=5, status=Status.WON, category=ForecastClass.CLOSED),
        Stage(name="Closed Lost", order=6, status=Status.LOST, category=ForecastClass.CLOSED),
    ),
    targets=(Target(period="FY26-Q4", amount=Decimal(1000)),),
)
Q4 = Period(label="FY26-Q4", start=date(2026, 10, 1), end=date(2027, 1, 1))
# A deal that nothing can be said against.
SOUND = State(
    since=60,
    stage="Negotiation",
    category="commit",
    close=date(2026, 12, 18),
    next_step="signature",
    amount="400",
)
Touches = list[tuple[str, str, datetime, bool]]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def touches(deal_id: str, *days: float, person: str = "u1", buyer: bool = True) -> Touches:
    return [(deal_id, person, ago(each), buyer) for each in days]


def regular(
    deal_id: str, *, every: float, until: float = 0, start: float = 58, person: str = "u1"
) -> Touches:
    """Return a buyer touch every so many days, from `start` days ago until `until` days ago."""
    days, day = [], until
    while day < start:
        days.append(day)
        day += every
    return touches(deal_id, *days, person=person)


def view_of(
    *deals: Deal, activities: Iterable[tuple[str, str, datetime, bool]] = (), **more: Any
) -> PipelineView:
    company = more.pop("company", FOUR)
    return Small(list(deals), activities=tuple(activities), company=company).view(
        *more.pop("filters", ()), **more
    )


def found(view: PipelineView) -> dict[str, set[str]]:
    """Return the kinds found, by deal."""
    kinds: dict[str, set[str]] = {}
    for finding in find(view, Q4):
        kinds.setdefault(finding.deal_id, set()).add(finding.kind.value)
    return kinds


def one(view: PipelineView, kind: str) -> Finding:
    """Return the only finding of a kind."""
    (only,) = [finding for finding in find(view, Q4) if finding.kind == kind]
    return only


def past_quarters(
    *, won: int = 6, lost: int = 4, stage: str = "Negotiation", prefix: str = "p", **values: Any
) -> list[Deal]:
    """Return deals of the eight quarters before: open and due at the landmark, then won or lost in their quarter."""
    made = []
    for quarter in range(8):
        year, number = divmod(2026 * 4 + 2 - quarter, 4)
        start = date(year, number * 3 + 1, 1)
        due = start + timedelta(days=80)
        for place in range(won + lost):
            begin = datetime(start.year, start.month, 2, 12, tzinfo=NOW.tzinfo)
            end = datetime(due.year, due.month, due.day, 15, tzinfo=NOW.tzinfo)
            first = replace(SOUND, since=begin, stage=stage, close=due, **values)
            last = first.at(
                end, status="won" if place < won else "lost", stage=None, category=None, next_step=None
            )
            last = replace(last, stage="Closed Won" if place < won else "Closed Lost", category="closed")
            made.append(deal(f"{prefix}{quarter}-{place}", first, last))
    return made
