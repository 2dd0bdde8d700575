"""The number that an alert watches, as it is now, and whether the limit is one that it can be held against."""

from __future__ import annotations

from decimal import Decimal

from bot import flows
from bot.agent import intents as i
from bot.agent.answers.asking import value_text
from bot.agent.answers.headlines import looking
from bot.flows import Line
from bot.schedules.conditions import PERCENT, TIMES, Condition
from reports.errors import ReportError
from reports.facts import Frozen, Unit
from reports.spec import Question
from reports.view.narrow import must_count

# Below this an amount of money that was said without k or m is no amount that anybody means.
_MONEY = 1000
# A period of more days than this is every close date.
_ALL_DAYS = 5_000


class Number(Frozen):
    """A measure's one value and its limit, both as they are shown, and whether the value is beyond the limit."""

    name: str
    text: str
    limit: str
    beyond: bool


def number(line: Line, wanted: Condition, meant: i.Ask) -> Number | str:
    """Return the number now, with its limit; a sentence where there is none, or none that can be held against the limit."""
    question = meant.question
    with flows.pull(line) as everything:
        try:
            view = everything.where(*question.filters)
            must_count(view.filters, view.company)
            seen = looking(view, question)
            measured = seen.measured(question.measure)
        except ReportError as refusal:
            return f"{refusal}."
        period = "" if measured.period is None else f", {view.calendar.short(measured.period)}"
        if (
            question.period
            and measured.period
            and (measured.period.end - measured.period.start).days > _ALL_DAYS
        ):
            period = ", all close dates"
        scope = "".join(
            f", {'not ' if item.negate else ''}{' or '.join(view.company.label(value) for value in item.values)}"
            for item in question.filters
        )
        name, value = f"{measured.label}{period}{scope}", measured.value
        if value is None:
            return f"{name} has no value now, so I cannot watch it."
        text = value_text(measured, value)
        limit = _limit(wanted, measured.unit, text)
        if limit is None:
            return f"{name} is {text} now, so I cannot hold it against “{wanted.said}”. Say the limit in the same way."
        return Number(
            name=name,
            text=text,
            limit=value_text(measured, limit),
            beyond=value < limit if wanted.kind == "below" else value > limit,
        )


def is_one(meant: i.Ask) -> bool:
    """Say whether a question is about one number: a measure of a scope and a period, not split, and not compared."""
    asked = meant.question
    split = bool(asked.by) and not any(said.startswith("by ") for said in meant.assumed)
    plain = Question(measure=asked.measure, filters=asked.filters, period=asked.period, by=asked.by)
    return asked == plain and not split and meant.as_of is None and meant.currency is None


def _limit(wanted: Condition, unit: Unit, text: str) -> Decimal | None:
    """Return the limit as the measure counts; None where it is said as something that the measure is not."""
    limit = wanted.limit
    if limit is None or (wanted.symbol and (unit is not Unit.MONEY or wanted.symbol not in text)):
        return None
    if wanted.unit in PERCENT:
        return limit if unit in {Unit.SHARE, Unit.RATIO} else None
    if wanted.unit in TIMES:
        return limit if unit is Unit.RATIO else None
    if wanted.unit:
        return limit if unit in {Unit.MONEY, Unit.COUNT} else None
    match unit:
        case Unit.MONEY:
            return limit if wanted.symbol or not 0 < limit < _MONEY else None
        case Unit.SHARE:
            return limit / 100 if limit > 1 else limit
        case _:
            return limit
