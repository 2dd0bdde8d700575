"""Answers to questions for a measure: the value, its definition, what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.agent.answers.asking import Asking, fact_of, scope_text, sentence, stamp
from bot.agent.intents import Alternative, Ask, FollowUp
from bot.agent.reply import Button, Grid, Reply
from reports import words
from reports.errors import NothingThere
from reports.facts import Dim, Measured, Row
from reports.kinds.earlier import COMPARED, earlier_day
from reports.measures import CATALOGUE, measure
from reports.spec import Question
from reports.view import PipelineView

# Measures whose answer is incomplete without another one beside it.
COMPANIONS: dict[str, tuple[str, str]] = {
    "open_pipeline": ("commit", "commit {} of it"),
    "win_rate": ("win_rate_value", "by value {}"),
    "win_rate_value": ("win_rate", "by count {}"),
    "coverage": ("open_pipeline", "{} open"),
}
# Measures that are broken down where nobody asked for a dimension.
BROKEN_DOWN: dict[str, tuple[Dim, ...]] = {"win_rate": ("segment",)}


def ask(asking: Asking, intent: Ask) -> Reply:
    """Answer a question with the company's defaults; what was assumed is said, its alternatives are buttons."""
    as_of = None if intent.as_of is None else asking.view.calendar.end_of(intent.as_of)
    return answer(
        asking, intent.question, as_of=as_of, currency=intent.currency, alternatives=intent.alternatives
    )


def follow_up(asking: Asking, intent: FollowUp) -> Reply:
    """Answer the previous question again, changed in what was said."""
    before = asking.thread.question
    if before is None:
        return sentence(
            "follow_up", "There is no question before this one here. Ask for example: pipeline emea"
        )
    named = {item.dim for item in intent.filters}
    question = before.model_copy(
        update={
            "measure": intent.measure or before.measure,
            "by": intent.by or before.by,
            "period": intent.period or before.period,
            "filters": (*(item for item in before.filters if item.dim not in named), *intent.filters),
            "compare": intent.compare or before.compare,
            "limit": intent.limit or before.limit,
        }
    )
    as_of = asking.thread.as_of if intent.as_of is None else asking.view.calendar.end_of(intent.as_of)
    return answer(asking, question, as_of=as_of, currency=intent.currency or asking.thread.currency)


def answer(
    asking: Asking,
    question: Question,
    *,
    as_of: datetime | None = None,
    currency: str | None = None,
    alternatives: tuple[Alternative, ...] = (),
) -> Reply:
    """Answer a question to a measure: one line where it has one value, a table where it has several."""
    question = _whole_story(question)
    view = asking.view.where(*question.filters)
    view = view if as_of is None else view.at(as_of)
    view = view if currency is None else view.in_currency(currency)
    period = view.calendar.parse(question.period, view.today) if question.period else None
    by = question.by
    measured = measure(view, question.measure, period=period, by=by)
    overall = measured if not by else measure(view, question.measure, period=period)
    scope = scope_text(asking, question.filters)
    lines = [_headline(view, overall, scope)]
    broken = by or BROKEN_DOWN.get(question.measure, ())
    if broken != by:
        measured = measure(view, question.measure, period=period, by=broken)
    compared, remark = _compared(view, question, measured, broken)
    whole, _ = _compared(view, question, overall, ())
    bottom = tuple(
        text
        for row in overall.rows[:1]
        for text in (
            words.value_text(row.value, overall.unit, overall.currency),
            f"{row.record_count:,}",
            *(_beside_text(item, row) for item in whole),
        )
    )
    if remark:
        lines.append(remark)
    return Reply(
        intent="ask",
        lines=tuple(lines),
        grid=_grid(asking, measured, compared, question, bottom)
        if len(measured.rows[:1]) and measured.rows[0].by
        else _pair(overall, whole),
        small=(
            f"{measured.definition} {stamp(asking, scope)}",
            *_required(asking, overall),
            *_history(view, question),
            *overall.notes,
        ),
        buttons=tuple(Button(label=item.label, text=item.text) for item in alternatives),
        facts=tuple(fact_of(shown, row, scope) for shown in (overall, measured) for row in shown.rows[:50]),
        question=question,
        as_of=as_of,
        currency=currency,
    )


def _whole_story(question: Question) -> Question:
    """Return the question that shows more: attainment as bookings beside target and attainment."""
    if question.measure != "attainment" or question.compare not in {None, "target"}:
        return question
    return question.model_copy(update={"measure": "bookings", "compare": "target"})


def _required(asking: Asking, measured: Measured) -> tuple[str, ...]:
    """Return what coverage is needed, beside coverage; empty beside anything else."""
    required = asking.line.company.thresholds.required_coverage
    if measured.measure != "coverage" or required is None:
        return ()
    return (f"Needed: {words.ratio(required, short=True)} (company setting).",)


def _history(view: PipelineView, question: Question) -> tuple[str, ...]:
    """Return how far history goes, where the answer looks back."""
    begins = view.begins
    if question.compare in {None, "target"} or begins is None:
        return ()
    day = view.calendar.day(begins)
    return (f"History begins {words.day(day)} {day.year}.",)


def _headline(view: PipelineView, overall: Measured, scope: str) -> str:
    """Return the answer in one line: measure, period, value, how many deals, and its companion."""
    row = overall.rows[0] if overall.rows else Row(value=None, n=0)
    value = words.value_text(row.value, overall.unit, overall.currency)
    about = [overall.label]
    if overall.period is not None:
        joint = " closing in " if overall.measure == "open_pipeline" else ", "
        about[0] += f"{joint}{view.calendar.short(overall.period)}"
    if scope:
        about.append(scope)
    parts = [value]
    if row.record_count:
        parts.append(f"{row.record_count:,} {words.plural(row.record_count, 'deal')}")
    companion = COMPANIONS.get(overall.measure)
    if companion is not None:
        beside = measure(view, companion[0], period=overall.period)
        parts.append(companion[1].format(words.value_text(beside.value, beside.unit, beside.currency)))
    return f"{', '.join(about)}: {', '.join(parts)}."


@dataclass(frozen=True, slots=True)
class _Beside:
    """The measure that the answer is compared with: a heading, and the values by dimension."""

    heading: str
    measured: Measured


def _compared(
    view: PipelineView, question: Question, measured: Measured, by: tuple[Dim, ...]
) -> tuple[tuple[_Beside, ...], str]:
    """Return what the answer is compared with, and a sentence where it cannot be."""
    if question.compare is None:
        return (), ""
    if question.compare == "target":
        # Attainment is what was won over target: beside anything but what was won it would not follow from its row.
        names = ("target", "attainment") if measured.measure == "bookings" else ("target",)
        beside = [measure(view, name, period=measured.period, by=by) for name in names]
        return tuple(_Beside(item.label, item) for item in beside), ""
    period = measured.period or view.calendar.quarter(view.today)
    try:
        earlier, instant = earlier_day(view, period, question.compare)
        then = measure(view.at(instant), question.measure, period=earlier, by=by)
    except NothingThere as error:
        return (), f"No comparison: {error}."
    heading = f"{COMPARED[question.compare]} ({words.day(view.calendar.day(instant), view.today)})"
    return (_Beside(heading, then),), ""


def _grid(
    asking: Asking,
    measured: Measured,
    compared: tuple[_Beside, ...],
    question: Question,
    bottom: tuple[str, ...],
) -> Grid:
    rows = list(measured.rows)
    if question.order != "natural":
        rows.sort(key=lambda row: (row.value is None, row.value or 0), reverse=question.order == "desc")
    rows = rows[: question.limit or len(rows)]
    dims = [dim for dim, _ in measured.rows[0].by]
    company = asking.line.company
    table = [
        (
            *(company.label(value) if value else "(none)" for _, value in row.by),
            words.value_text(row.value, measured.unit, measured.currency),
            f"{row.record_count:,}",
            *(_beside_text(item, row) for item in compared),
        )
        for row in rows
    ]
    if len(dims) == 1 and question.limit is None:
        table.append(("All", *bottom))
    headings = (*dims, measured.label, "deals", *(item.heading for item in compared))
    return Grid(
        headings=tuple(heading[:1].upper() + heading[1:] for heading in headings),
        rows=tuple(table),
        right=tuple(range(len(dims), len(headings))),
    )


def _pair(overall: Measured, compared: tuple[_Beside, ...]) -> Grid | None:
    """Return the table of a single value beside what it is compared with; None where it is compared with nothing."""
    if not compared:
        return None
    row = overall.rows[0]
    return Grid(
        headings=(overall.label, *(item.heading for item in compared)),
        rows=(
            (
                words.value_text(row.value, overall.unit, overall.currency),
                *(_beside_text(item, row) for item in compared),
            ),
        ),
        right=tuple(range(len(compared) + 1)),
    )


def _beside_text(beside: _Beside, row: Row) -> str:
    other = beside.measured.row(*(value for _, value in row.by))
    return words.value_text(
        None if other is None else other.value, beside.measured.unit, beside.measured.currency
    )


def definition(asking: Asking, name: str) -> Reply:
    """Say what a measure means in this company."""
    entry = CATALOGUE[name]
    return sentence(
        "provenance", f"{entry.label}: {entry.definition}", f"Definitions v{asking.line.company.version}."
    )
