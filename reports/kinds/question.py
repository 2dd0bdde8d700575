"""The `measure` slide: a question somebody put on a report, answered as a chart or a table."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from reports import words
from reports.deck import Block, Cell, Chart, Column, Lines, NumberFormat, Series, Table, TableRow, Words
from reports.errors import BadInput
from reports.facts import Measured, Row, Tone, Unit
from reports.kinds.answer import Answer, answered
from reports.kinds.ledger import Ledger
from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.weekly import movement
from reports.measures import CATALOGUE

# Below so many deals a figure estimated from deals is not compared with others.
ENOUGH = {"win_rate": 30, "win_rate_value": 30, "sales_cycle": 10, "average_deal_size": 10}
# Measures whose n counts weeks, not deals.
WEEKLY = frozenset({"slip_rate_average"})
# Measures whose parts add up to the whole.
ADDITIVE = frozenset(
    {
        *("open_pipeline", "commit", "best_case", "most_likely", "pipeline", "deal_count", "overdue"),
        *("bookings", "lost", "won_plus_commit", "target", "required_pipeline", "pipeline_created"),
    }
)
# Titles of an answered question.
ASKED = "{{label}} is {{value}} {{span}}"
ASKED_SPREAD = (
    "{{label}} is {{value}} {{span}}; {{high}} is highest at {{high_x}}, {{low}} lowest at {{low_x}}"
)
ASKED_SHARE = "{{label}} is {{value}} {{span}}; {{high}} is {{high_x}} of it"
ASKED_THEN = "{{label}} is {{value}} {{span}}, against {{then}} {{when}}"


def build(page: Page) -> Body | LeftOut:
    """Return the answer to the slide's question; left out when there is nothing to show.

    Raises:
        BadInput: the measure, a dimension, a filter or the period is not known.
    """
    question = page.slide.question
    if question is None:
        return LeftOut("no question was asked")
    if question.measure not in CATALOGUE:
        raise BadInput.unknown("measure", question.measure, CATALOGUE)
    if question.measure == "bridge":
        return movement.build(page)
    answer = answered(page.scene, question)
    total = answer.total
    if total.value is None and not any(row.value for row in answer.rows):
        span = f" for {total.period.label}" if total.period else ""
        return LeftOut(f"{total.label.lower()} has nothing to show{span}")
    title = page.ledger.say(f"{_title(page, answer)}.")
    drawn = sum(row.value is not None for row in answer.shown) > 1 and page.slide.mark != "table"
    blocks: list[Block] = [_chart(page, answer)] if drawn else []
    table = _table(page, answer)
    blocks.append(table.model_copy(update={"slot": "side"}) if drawn else table)
    remarks = tuple(f"{total.label}: {note}." for note in total.notes)
    return Body(title=title, blocks=(*blocks, _definition(page.ledger, answer)), remarks=remarks)


def label(page: Page, row: Row) -> str:
    """Return the dimension values of a row in words."""
    return ", ".join(words.line(page.scene.company.label(value or "(none)"), 30) for _, value in row.by)


def _title(page: Page, answer: Answer) -> str:
    ledger, total = page.ledger, answer.total
    ledger.name("label", total.label, source="catalogue of measures")
    ledger.measured("value", total, text=answer.text(total.value))
    span = f"in {total.period.label}" if total.period else f"on {words.day(page.scene.today)}"
    if total.period and total.period.label.startswith("12 months"):
        span = "over 12 months"
    ledger.name("span", span, source="period")
    beside = answer.beside
    if beside is not None and beside.total.value is not None:
        ledger.measured("then", beside.total, text=answer.text(beside.total.value))
        ledger.name("when", beside.heading, source="comparison")
        return ASKED_THEN
    enough = ENOUGH.get(total.measure, 0)
    valued = [row for row in answer.rows if row.value is not None and row.n >= enough]
    valued.sort(key=lambda row: (-(row.value or Decimal(0)), label(page, row)))
    if len(valued) < 2 or answer.text(valued[0].value) == answer.text(valued[-1].value):
        return ASKED
    high, low = valued[0], valued[-1]
    ledger.name("high", label(page, high), source="dimension")
    ledger.measured("high_x", answer.parts, row=high, text=answer.text(high.value))
    if total.measure in ADDITIVE:
        return ASKED_SHARE
    ledger.name("low", label(page, low), source="dimension")
    ledger.measured("low_x", answer.parts, row=low, text=answer.text(low.value))
    return ASKED_SPREAD


def _chart(page: Page, answer: Answer) -> Chart:
    asked, shown, parts = page.slide.mark, answer.shown, answer.parts
    mark: Literal["column", "bar", "line"] = asked if asked in {"column", "bar", "line"} else "column"
    names = tuple(label(page, row) for row in shown)
    top = max(range(len(shown)), key=lambda number: shown[number].value or Decimal(0))
    spoken = ", ".join(f"{name} {answer.text(row.value)}" for name, row in zip(names, shown, strict=True))
    return Chart(
        id="answer",
        slot="main",
        mark=mark,
        heading=f"{parts.label} by {' and '.join(dim for dim, _ in shown[0].by)}",
        categories=names,
        series=_series(answer, top),
        number=_format(parts, answer.scale),
        alt=f"{parts.label}: {spoken}.",
    )


def _series(answer: Answer, top: int) -> tuple[Series, ...]:
    """Return what is shown as one series, with what it is compared with before it as another."""
    now = tuple(_plain(row.value) for row in answer.shown)
    if answer.beside is None:
        return (Series(name=answer.parts.label, values=now, highlight=(top,)),)
    then = tuple(_plain(answer.beside.of(row)) for row in answer.shown)
    return (
        Series(name=answer.beside.short, values=then, tone="muted"),
        Series(name="Now", values=now, tone="accent"),
    )


def _plain(value: Decimal | None) -> Decimal | None:
    """Return a value for a chart, to four decimals."""
    return None if value is None else value.quantize(Decimal("0.0001"))


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


def _table(page: Page, answer: Answer) -> Table:
    total, shown = answer.total, answer.shown
    lines = [_row(label(page, row), answer, row, total=False) for row in shown]
    if total.rows:
        lines.append(_row("All", answer, total.rows[0], total=True))
    rest = len(answer.rows) - len(shown)
    more = f"and {words.count(rest)} more" if rest else ""
    if not rest and shown and total.measure in ADDITIVE and answer.scale is not None:
        feet = words.foots((row.value for row in shown), total.value, answer.scale)
        more = "" if feet else "Figures are rounded; the total is exact."
    return Table(
        id="figures",
        slot="main",
        columns=(
            Column(
                heading=" and ".join(dim for dim, _ in shown[0].by).capitalize() if shown else "Scope",
                weight=1.6,
            ),
            Column(heading=total.label, align="right", weight=1.2),
            *([Column(heading=answer.beside.short, align="right", weight=1.1)] if answer.beside else []),
            Column(heading="Weeks" if total.measure in WEEKLY else "Deals", align="right", weight=0.7),
        ),
        rows=tuple(lines),
        more=more,
        alt=f"{total.label} with the number of deals behind each figure.",
    )


def _row(name: str, answer: Answer, row: Row, *, total: bool) -> TableRow:
    thin: Tone = "warn" if row.n < ENOUGH.get(answer.total.measure, 0) else "neutral"
    return TableRow(
        total=total,
        cells=(
            Cell(text=name, bold=total),
            Cell(text=answer.text(row.value), value=row.value, unit=answer.total.unit, bold=total),
            *([_then(answer, row)] if answer.beside else []),
            Cell(
                text=words.count(row.n),
                value=None if answer.total.measure in WEEKLY else Decimal(row.n),
                unit=Unit.COUNT,
                tone=thin,
            ),
        ),
    )


def _then(answer: Answer, row: Row) -> Cell:
    value = answer.beside.of(row) if answer.beside else None
    return Cell(text=answer.text(value), value=value, unit=answer.total.unit, tone="muted")


def _definition(ledger: Ledger, answer: Answer) -> Lines:
    total = answer.total
    name = ledger.name("label", total.label, source="catalogue of measures")
    definition = ledger.name(
        "definition", total.definition.rstrip("."), source="catalogue of measures", limit=220
    )
    lines: list[Words] = [ledger.say(f"{name}: {definition}.")]
    for number, note in enumerate(total.notes[:2]):
        text = f"{note[:1].upper()}{note[1:].rstrip('.')}"
        lines.append(
            ledger.say(
                f"{ledger.name(f'note{number}', text, source='what the figure discloses', limit=200)}."
            )
        )
    if answer.remark:
        lines.append(ledger.say(ledger.name("remark", answer.remark, source="comparison", limit=200)))
    return Lines(id="definition", slot="bottom", lines=tuple(lines), tone="muted")
