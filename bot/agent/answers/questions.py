"""Answers to questions for a measure: the value, its definition, what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.agent.answers import spread
from bot.agent.answers.asking import (
    Asking,
    fact_of,
    named,
    scale_of,
    scope_text,
    sentence,
    stamp,
    value_text,
)
from bot.agent.answers.headlines import ALONGSIDE, Looking, first_lines, looking
from bot.agent.intents import Alternative, Ask, FollowUp
from bot.agent.reply import Button, Grid, Reply
from bot.sentences import capital
from reports import words
from reports.errors import NothingThere
from reports.facts import Dim, Measured, Row, Unit
from reports.kinds.earlier import COMPARED, earlier_day
from reports.measures import CATALOGUE, measure
from reports.spec import Question
from reports.view import PipelineView
from reports.view.names import open_owners
from reports.view.narrow import counts_only, must_count

# Rows that are named in words where an order was asked for.
FIRST = 3
ROUNDED = "Figures are rounded; the total is exact."


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
    # A new way to cut the same thing takes the place of the old one.
    cut = {"by": intent.by, "grain": intent.grain, "spans": intent.spans}
    kept = {"by": before.by, "grain": before.grain, "spans": () if intent.period else before.spans}
    question = before.model_copy(
        update={
            "measure": intent.measure or before.measure,
            **(cut if any(cut.values()) else kept),
            "period": intent.period or before.period,
            "filters": (*(item for item in before.filters if item.dim not in named), *intent.filters),
            "compare": intent.compare or before.compare,
            "limit": intent.limit or before.limit,
            "order": intent.order or before.order,
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
    question = _whole_story(asking.view, question)
    view = asking.view.where(*question.filters)
    must_count(view.filters, view.company)
    view = view if as_of is None else view.at(as_of)
    view = view if currency is None else view.in_currency(currency)
    scope = scope_text(asking, question.filters)
    if question.grain or question.spans:
        reply = spread.spread(asking, view, question, scope)
    else:
        reply = _single(asking, view, question, scope)
    return reply.model_copy(
        update={
            "buttons": tuple(Button(label=item.label, text=item.text) for item in alternatives),
            "question": question,
            "as_of": as_of,
            "currency": currency,
        }
    )


def _single(asking: Asking, view: PipelineView, question: Question, scope: str) -> Reply:
    """Answer for one period."""
    seen, by = looking(view, question), question.by
    measured = seen.measured(question.measure, by)
    overall = measured if not by else seen.measured(question.measure)
    lines, quoted = first_lines(asking, seen, overall, scope)
    measured = _with_idle(view, question, measured)
    compared, remark = _compared(seen, question, measured, by)
    whole, _ = _compared(seen, question, overall, ())
    told_by = [any(row.value is not None for row in item.measured.rows) for item in compared]
    columns = tuple(item for item, told in zip(compared, told_by, strict=True) if told)
    scale = scale_of(measured, overall, *(item.measured for item in (*compared, *whole)))
    bottom = tuple(
        text
        for row in overall.rows[:1]
        for text in (
            value_text(overall, row.value, scale),
            *_counted(overall, row),
            *(
                _beside_text(item, row, scale)
                for item, told in zip(whole, told_by or [True] * len(whole), strict=True)
                if told
            ),
        )
    )
    split = bool(measured.rows and measured.rows[0].by)
    # A table of which no row has a value is one sentence.
    empty = split and CATALOGUE[question.measure].targets and all(row.value is None for row in measured.rows)
    split = split and not empty
    alone = None if question.compare is None and quoted else _pair(overall, whole, scale)
    told = (overall, *((measured,) if split else ()), *(item.measured for item in compared if item.noted))
    return Reply(
        intent="ask",
        lines=(
            *lines,
            *_then(question, overall, whole),
            *_first(asking, question, measured, scale),
            *(_none(by, measured, overall) if empty else ()),
            *((remark,) if remark else ()),
        ),
        grid=_grid(asking, measured, columns, question, bottom, scale) if split else alone,
        small=(
            f"{measured.definition} {stamp(asking, scope, seen.view)}",
            *_required(asking, overall),
            *_history(view, question),
            *filter(None, (counts_only(view.company),)),
            *((ROUNDED,) if split and _rounded(measured, overall, scale) else ()),
            *dict.fromkeys(note for shown in told for note in shown.notes),
        ),
        facts=tuple(
            fact_of(shown, row, scope, held)
            for shown, held in (
                *((item, scale_of(overall, *quoted)) for item in (overall, *quoted)),
                *(((measured, scale),) if by else ()),
            )
            for row in shown.rows[:50]
        ),
    )


def _then(question: Question, overall: Measured, whole: tuple[_Beside, ...]) -> tuple[str, ...]:
    """Return what stands beside the answer in a line: the target, or the earlier value and the difference."""
    if question.compare is None or not overall.rows:
        return ()
    if question.compare == "target":
        told = [
            value_text(item.measured, item.measured.rows[0].value) for item in whole if item.measured.rows
        ]
        return (f"Target: {', attained '.join(told)}.",) if told and told[0] != words.NOTHING else ()
    lines = []
    for item in whole:
        now, then = overall.rows[0].value, item.measured.rows[0].value if item.measured.rows else None
        if now is not None and then is not None:
            scale = words.together((then, now - then))
            difference = _difference(overall, now - then, scale)
            lines.append(
                f"{capital(item.heading)}: {value_text(item.measured, then, scale)}; now {difference}."
            )
    return tuple(lines)


def _difference(measured: Measured, value: Decimal, scale: words.Scale) -> str:
    """Return by how much a value is more or less."""
    if not value:
        return "the same"
    side = "more" if value > 0 else "less"
    if measured.unit is Unit.SHARE:
        return f"{words.points(abs(value), 1).removeprefix('+')} {side}"
    return f"{value_text(measured, abs(value), scale)} {side}"


def _none(by: tuple[Dim, ...], measured: Measured, overall: Measured) -> tuple[str, ...]:
    """Return the sentence that none of the parts has a value, and why; empty where the first line says so already."""
    if not overall.rows or overall.rows[0].value is None:
        return ()
    why = next((note for note in measured.notes if note not in overall.notes), "")
    parts = " and ".join("rep" if dim == "owner" else dim for dim in by)
    because = f": {why.removeprefix('no target: ')}" if why else ""
    return (f"There is none by {parts}{because}.",)


def _first(asking: Asking, question: Question, measured: Measured, scale: words.Scale) -> tuple[str, ...]:
    """Return who or what comes first where an order was asked for; empty otherwise."""
    rows = _ordered(measured, question)
    if question.order == "natural" or not question.by or not rows or rows[0].value is None:
        return ()
    shown = [
        f"{' / '.join(named(asking, value) for _, value in row.by)} {value_text(measured, row.value, scale)}"
        for row in rows[:FIRST]
        if row.value is not None
    ]
    return (f"{'Most' if question.order == 'desc' else 'Least'}: {', '.join(shown)}.",)


def _ordered(measured: Measured, question: Question) -> list[Row]:
    """Return the rows in the order that was asked for, rows without a value last."""
    rows = list(measured.rows)
    if question.order != "natural":
        rows.sort(key=lambda row: row.value or 0, reverse=question.order == "desc")
        rows.sort(key=lambda row: row.value is None)
    return rows


def _whole_story(view: PipelineView, question: Question) -> Question:
    """Return the question that shows more: attainment as bookings beside target and attainment.

    Of a period that has not begun nothing can be won yet: then the target is all there is to say.
    """
    if question.measure != "attainment" or question.compare not in {None, "target"}:
        return question
    if question.period and view.calendar.parse(question.period, view.today).start > view.today:
        return question.model_copy(update={"measure": "target", "compare": None})
    return question.model_copy(update={"measure": "bookings", "compare": "target"})


def _with_idle(view: PipelineView, question: Question, won: Measured) -> Measured:
    """Return bookings by rep with a zero for those who work on open deals and won nothing, where the least is asked for."""
    if (question.measure, question.by, question.order) != ("bookings", ("owner",), "asc"):
        return won
    named = {row.by[0][1] for row in won.rows}
    people = (view.people[owner] for owner in open_owners(view) if owner in view.people)
    idle = sorted({person.name for person in people if person.active} - named)
    rows = (Row(by=(("owner", name),), value=Decimal(0), n=0) for name in idle)
    return won.model_copy(update={"rows": (*won.rows, *rows)})


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


@dataclass(frozen=True, slots=True)
class _Beside:
    """A measure beside the answer: a heading, the values by dimension, and whether its remarks are shown too."""

    heading: str
    measured: Measured
    noted: bool = False


def _compared(
    seen: Looking, question: Question, measured: Measured, by: tuple[Dim, ...]
) -> tuple[tuple[_Beside, ...], str]:
    """Return what the answer is compared with, and a sentence where it cannot be."""
    view = seen.view
    if question.compare is None:
        beside = [seen.measured(name, by) for name in ALONGSIDE.get(question.measure, ())]
        return tuple(_Beside(item.label, item) for item in beside), ""
    if question.compare == "target":
        # Attainment is what was won over target: beside anything but what was won it would not follow from its row.
        names = ("target", "attainment") if measured.measure == "bookings" else ("target",)
        beside = [measure(view, name, period=measured.period, by=by) for name in names]
        return tuple(_Beside(item.label, item, noted=item is beside[0]) for item in beside), ""
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
    scale: words.Scale,
) -> Grid:
    bridge = question.measure == "bridge"
    rows = [row for row in _ordered(measured, question) if not bridge or _is_shown(row)]
    dims = [dim for dim, _ in measured.rows[0].by]
    blank = [row for row in rows if row.value is None and len(dims) == 1]
    if len(blank) > 1:
        rows = [row for row in rows if row.value is not None]
    rows = rows[: question.limit or len(rows)]
    table = [
        (
            *(named(asking, value) for _, value in row.by),
            value_text(measured, row.value, scale),
            *_counted(measured, row),
            *(_beside_text(item, row, scale) for item in compared),
        )
        for row in rows
    ]
    if len(blank) > 1 and question.limit is None:
        counted = () if measured.unit is Unit.COUNT else (f"{sum(row.record_count for row in blank):,}",)
        nothing = (words.NOTHING,) * len(compared)
        table.append((f"{len(blank):,} without a value", words.NOTHING, *counted, *nothing))
    if len(dims) == 1 and question.limit is None and not bridge:
        table.append(("All", *bottom))
    counts = ("deals",) if measured.unit is not Unit.COUNT else ()
    headings = (*dims, measured.label, *counts, *(item.heading for item in compared))
    return Grid(
        headings=tuple(heading[:1].upper() + heading[1:] for heading in headings),
        rows=tuple(table),
        right=tuple(range(len(dims), len(headings))),
    )


def _counted(measured: Measured, row: Row) -> tuple[str, ...]:
    """Return the number of deals behind a row; nothing where that is its value."""
    return () if measured.unit is Unit.COUNT else (f"{row.record_count:,}",)


def _is_shown(row: Row) -> bool:
    """Say whether a step of a bridge is shown: its two ends always, others where something happened."""
    return bool(row.n or row.value) or row.by[-1][1] in {"opening", "closing"}


def _pair(overall: Measured, compared: tuple[_Beside, ...], scale: words.Scale) -> Grid | None:
    """Return the table of a single value beside what it is compared with; None where it is compared with nothing."""
    if not compared:
        return None
    row = overall.rows[0]
    return Grid(
        headings=(overall.label, *(item.heading for item in compared)),
        rows=(
            (
                value_text(overall, row.value, scale),
                *(_beside_text(item, row, scale) for item in compared),
            ),
        ),
        right=tuple(range(len(compared) + 1)),
    )


def _beside_text(beside: _Beside, row: Row, scale: words.Scale) -> str:
    other = beside.measured.row(*(value for _, value in row.by))
    return value_text(beside.measured, None if other is None else other.value, scale)


def _rounded(measured: Measured, overall: Measured, scale: words.Scale) -> bool:
    """Say whether the amounts of a table add up to its last row, but not as they are shown."""
    if measured.unit is not Unit.MONEY or not overall.rows or measured.measure == "bridge":
        return False
    parts, whole = [row.value for row in measured.rows], overall.rows[0].value
    adds_up = sum((part for part in parts if part is not None), Decimal(0)) == whole
    return adds_up and not words.foots(parts, whole, scale)


def definition(asking: Asking, name: str) -> Reply:
    """Say what a measure means in this company."""
    entry = CATALOGUE[name]
    return sentence(
        "provenance", f"{entry.label}: {entry.definition}", f"Definitions v{asking.line.company.version}."
    )
