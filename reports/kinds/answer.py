"""A question, measured: the whole, its parts, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reports import words
from reports.errors import NothingThere
from reports.facts import Measured, Period, Row
from reports.kinds.earlier import COMPARED, earlier_day, window
from reports.kinds.scene import Scene
from reports.measures import CATALOGUE, measure
from reports.spec import Question

# Rows shown; with the total they make a table of ten.
MOST = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What an answer is compared with: its heading in a sentence and over a column, the whole and the parts."""

    heading: str
    short: str
    total: Measured
    parts: Measured

    def of(self, row: Row) -> Decimal | None:
        """Return the value beside a row of the answer; None where there is none."""
        if not row.by:
            return self.total.value
        found = self.parts.row(*(value for _, value in row.by))
        return found.value if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question, measured: the whole, its parts (empty without dimensions), and the scale of its amounts.

    `remark` says why there is no comparison where one was asked for.
    """

    total: Measured
    parts: Measured
    rows: tuple[Row, ...]
    shown: tuple[Row, ...]
    scale: words.Scale
    beside: Beside | None = None
    remark: str = ""

    def text(self, value: Decimal | None) -> str:
        """Return a value of the answer as it reads."""
        return words.value_text(value, self.total.unit, self.total.currency, self.scale)


def answered(scene: Scene, question: Question) -> Answer:
    """Return the answer to a question in a scene's scope.

    Raises:
        BadInput: a dimension or the period is not known.
    """
    view, name, since = scene.view, question.measure, None
    period = _period(scene, question)
    if CATALOGUE[name].compares:
        since = scene.since
        if question.period is not None:
            view, period, since = window(view, question.period)
    total = measure(view, name, period=period, since=since)
    parts = measure(view, name, period=period, by=question.by, since=since) if question.by else total
    rows = list(parts.rows) if question.by else []
    if question.order != "natural":
        sign = -1 if question.order == "desc" else 1
        rows.sort(key=lambda row: (row.value is None, sign * (row.value or Decimal(0))))
    beside, remark = _beside(scene, question, total)
    then = () if beside is None else (beside.total.value, *(row.value for row in beside.parts.rows))
    return Answer(
        total=total,
        parts=parts,
        rows=tuple(rows),
        shown=tuple(rows[: min(question.limit or MOST, MOST)]),
        scale=words.scale_for((total.value, *then, *(row.value for row in rows))),
        beside=beside,
        remark=remark,
    )


def _period(scene: Scene, question: Question) -> Period | None:
    default, view = CATALOGUE[question.measure].period, scene.view
    if question.period is not None:
        return view.calendar.parse(question.period, view.today)
    if default == "this-quarter":
        return scene.period
    return None if default is None else view.calendar.parse(default, view.today)


def _beside(scene: Scene, question: Question, total: Measured) -> tuple[Beside | None, str]:
    """Return what the answer is compared with, and a sentence where it cannot be."""
    view, name, by = scene.view, question.measure, question.by
    if question.compare is None or CATALOGUE[name].compares:
        return None, ""
    if question.compare == "target":
        if name == "target" or total.currency is None:
            return None, f"{total.label} has no target to be held against."
        target = measure(view, "target", period=total.period)
        parts = measure(view, "target", period=total.period, by=by) if by else target
        return Beside(heading="of target", short="Target", total=target, parts=parts), ""
    period = total.period or view.calendar.quarter(view.today)
    try:
        earlier, instant = earlier_day(view, period, question.compare)
        past = view.at(instant)
        then = measure(past, name, period=earlier)
        parts = measure(past, name, period=earlier, by=by) if by else then
    except NothingThere as error:
        return None, f"No comparison: {error}."
    day = words.day(view.calendar.day(instant), view.today)
    heading = COMPARED[question.compare]
    spoken = f"on the {heading}" if heading.startswith("same") else heading
    return Beside(heading=spoken, short=day, total=then, parts=parts), ""
