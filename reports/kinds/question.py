"""The `measure` slide: a question somebody put on a report, answered as a chart or a table."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from reports import words
from reports.deck import Cell, Chart, Column, Lines, NumberFormat, Series, Table, TableRow, Words
from reports.facts import Measured, Period, Row, Unit
from reports.kinds.page import Body, LeftOut, Page
from reports.measures import CATALOGUE, measure

MOST = 10
# Titles of an answered question.
ASKED = "{{label}} is {{value}} {{span}}"
ASKED_SPREAD = (
    "{{label}} is {{value}} {{span}}; {{high}} is highest at {{high_x}}, {{low}} lowest at {{low_x}}"
)
ASKED_SHARE = "{{label}} is {{value}} {{span}}; {{high}} is {{high_x}} of it"


def build(page: Page) -> Body | LeftOut:
    """Return the answer to the slide's question; left out when there is nothing to show."""
    question, scene = page.slide.question, page.scene
    if question is None:
        return LeftOut("no question was asked")
    view = scene.view.where(*question.filters) if question.filters else scene.view
    default = CATALOGUE[question.measure].period
    period: Period | None
    if question.period is not None:
        period = view.calendar.parse(question.period, view.today)
    elif default == "this-quarter":
        period = scene.period
    else:
        period = None if default is None else view.calendar.parse(default, view.today)
    since = scene.since if CATALOGUE[question.measure].compares else None
    total = measure(view, question.measure, period=period, since=since)
    parts = (
        measure(view, question.measure, period=period, by=question.by, since=since) if question.by else total
    )
    rows = _ordered(page, parts) if question.by else ()
    if total.value is None and not any(row.value for row in rows):
        return LeftOut(
            f"{total.label.lower()} has nothing to show" + (f" for {period.label}" if period else "")
        )
    title = page.ledger.say(_title(page, total, parts, rows))
    blocks = [
        _chart(page, parts, rows)
        if len(rows) > 1 and page.slide.mark != "table"
        else _table(page, total, rows)
    ]
    if len(rows) > 1 and page.slide.mark != "table":
        blocks.append(_table(page, total, rows).model_copy(update={"slot": "side"}))
    return Body(title=title, blocks=(*blocks, _definition(page, total)), remarks=total.notes)


def _ordered(page: Page, parts: Measured) -> tuple[Row, ...]:
    question = page.slide.question
    rows = list(parts.rows)
    if question is not None and question.order != "natural":
        sign = -1 if question.order == "desc" else 1
        rows.sort(key=lambda row: (row.value is None, sign * (row.value or Decimal(0))))
    return tuple(rows[: (question.limit if question else None) or MOST])


def label(page: Page, row: Row) -> str:
    """Return the dimension values of a row in words."""
    return (
        ", ".join(words.line(page.scene.company.label(value or "(none)"), 30) for _, value in row.by) or "All"
    )


def _title(page: Page, total: Measured, parts: Measured, rows: tuple[Row, ...]) -> str:
    ledger = page.ledger
    ledger.name("label", total.label, source="catalogue of measures")
    ledger.measured("value", total)
    span = total.period.label if total.period else words.day(page.scene.today)
    ledger.name("span", f"in {span}" if total.period else f"on {span}", source="period")
    valued = sorted(
        (row for row in rows if row.value is not None and row.by), key=lambda row: (-(row.value or 0), row.by)
    )
    if len(valued) < 2 or valued[0].value == valued[-1].value:
        return f"{ASKED}."
    high, low = valued[0], valued[-1]
    ledger.name("high", label(page, high), source="dimension")
    if total.unit in {Unit.MONEY, Unit.COUNT} and total.value:
        ledger.measured("high_x", parts, row=high)
        return f"{ASKED_SHARE}."
    ledger.name("low", label(page, low), source="dimension")
    ledger.measured("high_x", parts, row=high)
    ledger.measured("low_x", parts, row=low)
    return f"{ASKED_SPREAD}."


def _chart(page: Page, parts: Measured, rows: tuple[Row, ...]) -> Chart:
    asked = page.slide.mark or "column"
    mark: Literal["column", "bar", "line"] = asked if asked in {"column", "bar", "line"} else "column"
    names = tuple(label(page, row) for row in rows)
    top = max(range(len(rows)), key=lambda number: rows[number].value or Decimal(0))
    scale = words.scale_for(row.value for row in rows)
    texts = [words.value_text(row.value, parts.unit, parts.currency, scale) for row in rows]
    spoken = ", ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
    factor = Decimal(100) if parts.unit is Unit.SHARE else Decimal(1)
    return Chart(
        id="answer",
        slot="main",
        mark=mark,
        heading=f"{parts.label} by {' and '.join(dim for dim, _ in rows[0].by)}",
        categories=names,
        series=(
            Series(
                name=parts.label,
                values=tuple(None if row.value is None else row.value * factor for row in rows),
                highlight=(top,),
            ),
        ),
        number=_format(parts, scale),
        alt=f"{parts.label}: {spoken}.",
    )


def _format(parts: Measured, scale: words.Scale) -> NumberFormat:
    match parts.unit:
        case Unit.MONEY:
            return words.chart_format(parts.currency or "", scale)
        case Unit.SHARE:
            return NumberFormat(unit=Unit.SHARE, suffix=" %")
        case Unit.RATIO:
            return NumberFormat(unit=Unit.RATIO, suffix="x", decimals=2)
        case Unit.DAYS:
            return NumberFormat(unit=Unit.DAYS, suffix=" d")
        case _:
            return NumberFormat(unit=parts.unit)


def _table(page: Page, total: Measured, rows: tuple[Row, ...]) -> Table:
    scale = words.scale_for((total.value, *(row.value for row in rows))) if total.unit is Unit.MONEY else None
    lines = [_row(label(page, row), total, row, scale, total=False) for row in rows]
    if total.rows:
        lines.append(_row("All", total, total.rows[0], scale, total=True))
    return Table(
        id="figures",
        slot="main",
        columns=(
            Column(
                heading=" and ".join(dim.capitalize() for dim, _ in rows[0].by) if rows else "", weight=1.6
            ),
            Column(heading=total.label, align="right", weight=1.2),
            Column(heading="Deals", align="right", weight=0.7),
        ),
        rows=tuple(lines),
        alt=f"{total.label} with the number of deals behind each figure.",
    )


def _row(name: str, measured: Measured, row: Row, scale: words.Scale | None, *, total: bool) -> TableRow:
    return TableRow(
        total=total,
        cells=(
            Cell(text=name, bold=total),
            Cell(
                text=words.value_text(row.value, measured.unit, measured.currency, scale),
                value=row.value,
                unit=measured.unit,
                bold=total,
            ),
            Cell(
                text=words.count(row.n),
                value=Decimal(row.n),
                unit=Unit.COUNT,
                tone="warn" if row.n < 30 else "neutral",
            ),
        ),
    )


def _definition(page: Page, total: Measured) -> Lines:
    ledger = page.ledger
    lines: list[Words] = [
        ledger.say(
            f"{ledger.name('label', total.label, source='catalogue of measures')}: "
            f"{ledger.name('definition', total.definition.rstrip('.'), source='catalogue', limit=220)}."
        )
    ]
    lines += [
        ledger.say(ledger.name(f"note{number}", note, source="what the figure leaves out", limit=200))
        for number, note in enumerate(total.notes[:2])
    ]
    return Lines(id="definition", slot="bottom", lines=tuple(lines), tone="muted")
