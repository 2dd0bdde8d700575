"""Intents written in one short line, so that a table of hundreds of them can be read and reviewed."""

from bot.agent.intents import Edits, FreshData, Intent, Publish, Undo
from reports.edits import (
    AddNote,
    AddSlide,
    ClearFilter,
    MoveSlide,
    Op,
    RemoveNote,
    RemoveSlide,
    SetAsOf,
    SetBreakdown,
    SetCurrency,
    SetFilter,
    SetMark,
    SetPeriod,
    SetTitle,
)
from reports.facts import Filter
from reports.spec import Question
from tests.bot.agent.world import KEYS


def shorthand(intent: Intent) -> str:
    """Return an intent of a thread in one line."""
    match intent:
        case Edits():
            ops = "; ".join(_op(op) for op in intent.patch.ops)
            return f"{'fresh; ' if intent.fresh else ''}{ops}"
        case Undo():
            return f"undo to r{intent.to}" if intent.to else "undo"
        case FreshData():
            return "fresh"
        case Publish():
            return "publish"
        case _:
            return intent.type


def _op(op: Op) -> str:  # noqa: C901, PLR0912 — one case an op
    match op:
        case SetFilter():
            return f"{_where(op.target)} {_filter(op.filter)}"
        case ClearFilter():
            return f"{_where(op.target)} all {op.dim or 'filters off'}"
        case SetPeriod():
            return f"{_where(op.target)} {op.period}"
        case SetAsOf():
            return f"as of {op.day or 'now'}"
        case SetCurrency():
            return f"{_where(op.target)} in {op.currency}"
        case AddSlide():
            place = (
                f" after {_where(op.after)}"
                if op.after
                else f" before {_where(op.before)}"
                if op.before
                else ""
            )
            return f"add {_question(op.question) if op.question else op.key}{f' as {op.mark}' if op.mark else ''}{place}"
        case RemoveSlide():
            return f"drop {_where(op.slide)}"
        case MoveSlide():
            return f"move {_where(op.slide)} " + (
                f"before {_where(op.before)}" if op.before else "to the end"
            )
        case SetTitle():
            return (
                f"title {_where(op.slide)} “{op.title.text}”"
                if op.title
                else f"title {_where(op.slide)} back"
            )
        case AddNote():
            return f"note {op.note.deal_id} “{op.note.words.text}”"
        case RemoveNote():
            return f"no note {op.deal_id}"
        case SetBreakdown():
            return f"{_where(op.slide)} by {','.join(op.by)}"
        case SetMark():
            return f"{_where(op.slide)} as {op.mark}"


def _where(slide: str) -> str:
    return "report" if slide == "report" else str(KEYS.index(slide) + 1)


def _filter(item: Filter) -> str:
    return f"{item.dim}{'≠' if item.negate else '='}{'|'.join(item.values)}"


def _question(question: Question) -> str:
    parts = [question.measure]
    if question.by:
        parts.append(f"by {','.join(question.by)}")
    parts += [_filter(item) for item in question.filters]
    parts += [part for part in (question.period, question.compare) if part]
    if question.limit:
        parts.append(f"top {question.limit}")
    return " ".join(parts)
