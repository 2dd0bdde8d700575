"""Answers with a row for each of several periods: by month, by quarter, Q3 beside Q4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.agent.answers.asking import Asking, fact_of, named, period_name, scale_of, stamp, value_text
from bot.agent.answers.headlines import ALONGSIDE, Looking, looking
from bot.agent.grains import default_span, pieces
from bot.agent.reply import Grid, Reply
from bot.agent.vocabulary import vocabulary
from reports import words
from reports.facts import Measured, Period, Unit
from reports.measures import CATALOGUE
from reports.spec import Question
from reports.view import PipelineView

# A split by more values than this makes rows, not columns.
MOST_COLUMNS = 6
MOST_NOTES = 4


@dataclass(frozen=True, slots=True)
class _Piece:
    """One period of the answer: its name, the whole of it, its parts where it is split, and what stands beside it."""

    name: str
    whole: Measured
    parts: Measured
    beside: tuple[Measured, ...]


def spread(asking: Asking, view: PipelineView, question: Question, scope: str) -> Reply:
    """Answer a question with a row for each period."""
    definition = CATALOGUE[question.measure]
    over, periods = _periods(view, question)
    found = [
        _piece(looking(view, _of(question, period)), question, period_name(asking, period))
        for period in periods
    ]
    label = f"{definition.label}{f' by {question.grain}' if question.grain else ''}"
    place = ", ".join(part for part in (label, period_name(asking, over) if over else "", scope) if part) + (
        "" if view.as_of == asking.view.as_of else f" as of {words.dated(view.today)}"
    )
    whole = None if over is None or not _adds_up(question) else looking(view, _of(question, over))
    total = None if whole is None else _piece(whole, question, "All")
    everything = (*found, *((total,) if total is not None else ()))
    scale = scale_of(*(shown for piece in everything for shown in (piece.whole, piece.parts, *piece.beside)))
    told = (
        value_text(total.whole, total.whole.rows[0].value, scale)
        if total is not None and total.whole.rows
        else ", ".join(f"{piece.name} {_value(piece.whole, scale)}" for piece in found[:4])
        + (" …" if len(found) > 4 else "")
    )
    noted = [total] if total is not None else found
    notes = [
        note if total is not None else f"{piece.name}: {note}"
        for piece in noted
        for note in dict.fromkeys(note for item in (piece.whole, *piece.beside[:1]) for note in item.notes)
    ]
    return Reply(
        intent="ask",
        lines=(f"{place}: {told}.",),
        grid=_grid(asking, question, everything, scale),
        small=(f"{definition.definition} {stamp(asking, scope, view)}", *notes[:MOST_NOTES]),
        facts=tuple(
            fact_of(shown, row, scope, scale)
            for piece in found
            for shown in (piece.whole, *((piece.parts,) if question.by else ()))
            for row in shown.rows[:50]
        ),
    )


def _periods(view: PipelineView, question: Question) -> tuple[Period | None, tuple[Period, ...]]:
    """Return the whole period (None for periods that were named one by one), and the periods of the rows."""
    calendar, today = view.calendar, view.today
    if question.grain is None:
        return None, tuple(calendar.parse(name, today) for name in question.spans)
    backward = question.measure in vocabulary().backward
    name = question.period or default_span(question.grain, calendar, today, backward=backward)
    over = calendar.parse(name, today)
    found = pieces(over, question.grain, calendar)
    return over, tuple(period for period in found if period.start <= today) if backward else found


def _of(question: Question, period: Period) -> Question:
    """Return the question for one of the periods."""
    last = period.end - timedelta(days=1)
    name = f"{period.start.isoformat()}..{last.isoformat()}"
    return question.model_copy(update={"period": name, "grain": None, "spans": ()})


def _piece(seen: Looking, question: Question, name: str) -> _Piece:
    whole = seen.measured(question.measure)
    parts = seen.measured(question.measure, question.by) if question.by else whole
    return _Piece(name, whole, parts, tuple(seen.measured(item) for item in _beside(question)))


def _beside(question: Question) -> tuple[str, ...]:
    """Return the measures that stand in every row beside the one that was asked for."""
    if question.compare == "target":
        return ("target", "attainment") if question.measure == "bookings" else ("target",)
    return ALONGSIDE.get(question.measure, ())


def _adds_up(question: Question) -> bool:
    """Say whether the periods make up the whole one: sums do, rates and windows of change do not."""
    definition = CATALOGUE[question.measure]
    return definition.unit in {Unit.MONEY, Unit.COUNT} and not definition.compares and not definition.targets


def _value(measured: Measured, scale: words.Scale) -> str:
    return value_text(measured, measured.rows[0].value if measured.rows else None, scale)


def _grid(asking: Asking, question: Question, found: tuple[_Piece, ...], scale: words.Scale) -> Grid:
    """Return a row a period; the values of one small dimension are columns, of several or many they are rows."""
    label = CATALOGUE[question.measure].label
    first = (question.grain or "period").capitalize()
    values = list(dict.fromkeys(row.by for piece in found for row in piece.parts.rows if row.by))
    if not values:
        headings = (first, label, "Deals", *(item.label for item in found[0].beside))
        table = [
            (
                piece.name,
                _value(piece.whole, scale),
                _deals(piece.whole),
                *(_value(item, scale) for item in piece.beside),
            )
            for piece in found
        ]
        return Grid(headings=headings, rows=tuple(table), right=tuple(range(1, len(headings))))

    if len(question.by) == 1 and len(values) <= MOST_COLUMNS:
        table = [
            (piece.name, *(_cell(piece.parts, by, scale) for by in values), _value(piece.whole, scale))
            for piece in found
        ]
        headings = (first, *(named(asking, by[0][1]) for by in values), "All")
        return Grid(headings=headings, rows=tuple(table), right=tuple(range(1, len(headings))))
    rows = tuple(
        (
            piece.name,
            *(named(asking, value) for _, value in row.by),
            value_text(piece.parts, row.value, scale),
            f"{row.record_count:,}",
        )
        for piece in found
        for row in piece.parts.rows
    )
    dims = tuple(dim.capitalize() for dim in question.by)
    return Grid(headings=(first, *dims, label, "Deals"), rows=rows, right=(len(dims) + 1, len(dims) + 2))


def _cell(measured: Measured, by: tuple[tuple[str, str | None], ...], scale: words.Scale) -> str:
    row = measured.row(*(value for _, value in by))
    return value_text(measured, None if row is None else row.value, scale)


def _deals(measured: Measured) -> str:
    return f"{measured.rows[0].record_count:,}" if measured.rows else "0"
