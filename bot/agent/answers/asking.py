"""Who is asking, of what: what every answer is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.agent.reply import Grid, Reply
from bot.store import Revision, Thread
from reports import words
from reports.facts import Fact, Filter, Measured, Period, Row, Unit
from reports.view.narrow import rights_told, widest

if TYPE_CHECKING:
    from bot.flows import Line
    from reports.findings import Finding
    from reports.view import Deal, PipelineView

# Rows that an answer shows before it says how many more there are.
SHOWN = 10
# Shares that are told to a tenth of a per cent.
_TENTHS = frozenset({"slip_rate", "slip_rate_average"})
# So far away a quarter's number may be taken for that of another year.
_PLAIN_DAYS = 304
_KINDS = {"save": "slipped, not dead", "stale": "silent", "regress": "gone backwards"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wrote: a name to sign with, and the CRM person where one is known."""

    name: str
    person_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One turn's surroundings: the line, the open view, who asks, what the thread remembers, its newest revision."""

    line: Line
    view: PipelineView
    asker: Asker
    thread: Thread
    revision: Revision | None
    key: str


def scope_text(asking: Asking, filters: tuple[Filter, ...]) -> str:
    """Return the scope as people write it, `EMEA, Enterprise`; empty for the whole company."""
    company = asking.line.company
    return ", ".join(
        ("not " if item.negate else "") + " or ".join(company.label(value) for value in item.values)
        for item in filters
    )


def fact_of(measured: Measured, row: Row, scope: str, scale: words.Scale | None = None) -> Fact:
    """Return one row of a measure as a fact, as it is shown in an answer."""
    by = ", ".join(value or "(none)" for _, value in row.by)
    return Fact(
        id=f"{measured.measure}:{scope}:{by}",
        value=None if row.value is None else format(row.value, "f"),
        unit=measured.unit,
        text=value_text(measured, row.value, scale),
        source=f"{measured.label}{f', {by}' if by else ''}",
        definition=f"{measured.definition} (definitions v{measured.version})",
        currency=measured.currency,
        as_of=measured.as_of,
        period=None if measured.period is None else measured.period.label,
        scope=scope,
        n=row.n,
        records=row.records,
        record_count=row.record_count,
    )


def name_fact(asking: Asking, name: str) -> Fact:
    """Return a record's name as a fact."""
    return Fact(
        id=f"name:{name}",
        value=name,
        unit=Unit.TEXT,
        text=words.clean(name),
        source="CRM",
        as_of=asking.view.as_of,
    )


def named(asking: Asking, value: str | None) -> str:
    """Return a value of a dimension as people write it."""
    return asking.line.company.label(value).replace("_", " ") if value else "(none)"


def period_name(asking: Asking, period: Period) -> str:
    """Return a period as people say it: Q4 where the year is plain, FY25-Q4 where it is not."""
    near = abs((period.start - asking.view.today).days) <= _PLAIN_DAYS
    return asking.view.calendar.short(period) if near else period.label


def value_text(measured: Measured, value: Decimal | None, scale: words.Scale | None = None) -> str:
    """Return a measure's value as it is shown; slippage to a tenth of a per cent, as a week's is small.

    `scale` is that of the amounts in the same sentence or column; None for an amount that stands alone. Nothing at all
    is `$0` in every scale.
    """
    if measured.unit is Unit.SHARE and measured.measure in _TENTHS:
        return words.share(value, 1)
    return words.value_text(value, measured.unit, measured.currency, scale if value else None)


def scale_of(*measured: Measured) -> words.Scale:
    """Return the one scale of all amounts of some measures that stand in one sentence or table."""
    return words.together(row.value for shown in measured if shown.unit is Unit.MONEY for row in shown.rows)


def stamp(asking: Asking, scope: str = "", view: PipelineView | None = None) -> str:
    """Return the grey line: as of when, for which scope, by which definitions; `view` is the one that was measured."""
    view = view or asking.view
    day = view.today
    when = words.instant(view.as_of, view.calendar.zone)
    if day.year != asking.view.today.year:
        when = f"{words.day(day)} {day.year}{when.removeprefix(words.day(day))}"
    if view.snapshot_day is not None:
        when += f", by the export of {words.day(view.snapshot_day, day)}"
    scope = scope or scope_text(asking, view.filters) or widest(view.access)
    if rights := rights_told(view.access, zone=view.calendar.zone):
        when += f", {rights}"
    return " · ".join((when, scope, f"definitions v{view.company.version}"))


def amount(deal: Deal, scale: words.Scale | None = None) -> str:
    """Return a deal's amount, in its column's scale where it stands in one; where nobody entered one, that is said."""
    if "amount" in deal.hidden:
        return "amount not shown"
    return "no amount" if deal.amount is None else words.money(deal.amount, deal.currency, scale)


def total(deals: tuple[Deal, ...], scale: words.Scale | None = None) -> str:
    """Return the sum of the amounts that are there, in the deals' currency; where none of them has one, that is said."""
    amounts = [deal.amount for deal in deals if deal.amount is not None]
    if not amounts:
        return "no amount" if deals else "nothing"
    return words.money(sum(amounts, Decimal(0)), deals[0].currency, scale)


def headline(finding: Finding, today: date | None = None) -> str:
    """Return the first line about a finding: deal, amount, category, close date."""
    parts = [finding.deal]
    if finding.amount is not None:
        parts[0] += f" {words.money(finding.amount, finding.currency)}"
    if finding.category:
        parts.append(finding.category.replace("_", " "))
    if finding.close is not None:
        parts.append(f"closes {words.day(finding.close, today)}")
    if finding.owner:
        parts.append(finding.owner)
    return f"{', '.join(parts)}: {kind_text(finding)}"


def kind_text(finding: Finding) -> str:
    """Return what kind of finding it is, in people's words."""
    return _KINDS.get(finding.kind, finding.kind.replace("_", " "))


def deals_grid(deals: tuple[Deal, ...], today: date, extra: tuple[str, dict[str, str]] | None = None) -> Grid:
    """Return a table of deals, one row each, with one extra column by deal id where one is given.

    Close dates far from `today` carry their year.
    """
    headings = ("Deal", "Amount", "Stage", "Close", "Owner", *((extra[0],) if extra else ()))
    scale = words.deal_scale(deal.amount for deal in deals)
    return Grid(
        headings=headings,
        rows=tuple(
            (
                deal.name,
                amount(deal, scale),
                deal.stage or "",
                words.day(deal.close, today),
                deal.owner,
                *((extra[1].get(deal.id, ""),) if extra else ()),
            )
            for deal in deals
        ),
        right=(1,),
        links=tuple(deal.url for deal in deals),
    )


def more_line(shown: int, all_of_them: int) -> tuple[str, ...]:
    """Return what was left out of a list; empty when nothing was."""
    return (f"and {all_of_them - shown} more",) if all_of_them > shown else ()


def sentence(intent: str, *lines: str, private: bool = True) -> Reply:
    """Return a reply of a few sentences, to the asker only unless said otherwise."""
    return Reply(intent=intent, lines=lines, private=private)
