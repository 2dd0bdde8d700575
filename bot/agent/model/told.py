"""How a reading is told to the person whose words were read: in our own words and theirs, never in a model's."""

from __future__ import annotations

from decimal import Decimal

from bot.agent.intents import Ask, DealFilter, Edits, FindingsAsk, FollowUp, Intent, Report
from bot.agent.lexicon import Lexicon
from bot.agent.slides import Book
from reports import words
from reports.edits import Op
from reports.facts import Dim, Filter
from reports.measures import CATALOGUE


def told(meant: Intent, lexicon: Lexicon, book: Book) -> str:
    """Return what an intent asks for, in a few words: `coverage, by region, next quarter, EMEA`."""
    match meant:
        case Ask():
            asked = meant.question
            parts = [
                CATALOGUE[asked.measure].label.casefold(),
                _by(asked.by),
                _period(asked.period),
                _scope(asked.filters, lexicon),
                _plain(asked.compare),
                {"asc": "least first", "desc": "most first"}.get(asked.order, ""),
            ]
        case Report():
            parts = [f"{meant.kind} deck", _period(meant.period), _scope(meant.filters, lexicon)]
        case FindingsAsk():
            parts = [_plain(meant.topic), _period(meant.period), _scope(meant.filters, lexicon)]
        case DealFilter():
            parts = [
                "deals" if meant.status == "any" else f"{meant.status} deals",
                _period(meant.close),
                _scope(meant.filters, lexicon),
                _amount("over", meant.amount_min),
                _amount("under", meant.amount_max),
                "" if meant.idle_days is None else f"silent for {words.days(meant.idle_days)}",
            ]
        case FollowUp():
            parts = [
                "the same",
                CATALOGUE[meant.measure].label.casefold() if meant.measure else "",
                _by(meant.by),
                _period(meant.period),
                _scope(meant.filters, lexicon),
                _plain(meant.compare),
            ]
        case Edits():
            parts = [_op(op, lexicon, book) for op in meant.patch.ops]
        case _:
            parts = []
    as_of = getattr(meant, "as_of", None)
    return ", ".join(
        part for part in (*parts, f"as of {words.day(as_of)} {as_of.year}" if as_of else "") if part
    )


def _op(op: Op, lexicon: Lexicon, book: Book) -> str:
    match op.op:
        case "set_filter":
            return f"only {_scope((op.filter,), lexicon)}{_on(op.target, book)}"
        case "clear_filter":
            return f"no filter{f' on {op.dim}' if op.dim else ''}{_on(op.target, book)}"
        case "set_period":
            return f"{_period(op.period)}{_on(op.target, book)}"
        case "set_currency":
            return f"in {op.currency}{_on(op.target, book)}"
        case "add_slide" if op.question is not None:
            asked = op.question
            return " ".join(
                part for part in ("add", CATALOGUE[asked.measure].label.casefold(), _by(asked.by)) if part
            )
        case "remove_slide":
            return f"drop{_on(op.slide, book, ' slide')}"
        case "move_slide":
            return f"move{_on(op.slide, book, ' slide')} to the end"
        case "set_breakdown":
            return f"{_by(op.by)}{_on(op.slide, book)}"
        case "set_mark":
            return f"as {op.mark}{_on(op.slide, book)}"
        case _:
            return ""


def _on(target: str, book: Book, lead: str = " on slide") -> str:
    return "" if target == "report" else f"{lead} {book.number_of(target)}"


def _by(dims: tuple[Dim, ...]) -> str:
    return f"by {' and '.join(dims)}" if dims else ""


def _period(name: str | None) -> str:
    return "" if name is None else name.replace("-", " ") if name[:1].islower() else name


def _plain(name: str | None) -> str:
    return "" if name is None else name.replace("_", " ")


def _amount(sign: str, amount: Decimal | None) -> str:
    return "" if amount is None else f"{sign} {amount:,.0f}"


def _scope(filters: tuple[Filter, ...], lexicon: Lexicon) -> str:
    return ", ".join(
        f"{'not ' if item.negate else ''}{' or '.join(lexicon.label(value) for value in item.values)}"
        for item in filters
    )
