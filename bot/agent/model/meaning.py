"""From what a model read to an intent: every name is checked as typed words are, and refused in the same words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast, get_args

from bot.agent.amounts import days_at, span_at
from bot.agent.asks import alternatives, merged
from bot.agent.intents import (
    Ask,
    DealFilter,
    Edits,
    FindingsAsk,
    FollowUp,
    Intent,
    Problem,
    Report,
    Topic,
)
from bot.agent.lexicon import TOPICS, Lexicon
from bot.agent.model.ports import Edit, Narrowing, NoAnswer, Reading, Trouble
from bot.agent.model.told import told
from bot.agent.slides import Book
from bot.agent.tokens import fold
from bot.agent.utterance import Utterance, utterance
from reports.edits import (
    AddSlide,
    ClearFilter,
    MoveSlide,
    Op,
    Patch,
    RemoveSlide,
    SetBreakdown,
    SetCurrency,
    SetFilter,
    SetMark,
    SetPeriod,
)
from reports.errors import BadInput
from reports.facts import DIMS, Dim, Filter
from reports.kinds import KINDS
from reports.measures import CATALOGUE
from reports.spec import Kind, Mark, Question, ReportSpec, spec_hash

# Dimensions whose values are names of people and records: only those count that the message itself names.
NAMED: tuple[Dim, ...] = ("account", "owner", "manager")
COMPARES = ("prior_week", "prior_quarter", "prior_year", "target")
STATUSES = ("open", "won", "lost", "any")
ORDERS = {"most": "desc", "least": "asc"}
ME = "me"
# A period that is made of days, `2026-10-01..2026-12-31`.
_DATED = re.compile(r"\d{4}-\d\d?-\d\d?")
_MOST_EDITS, _MOST_BY, _MOST_NAMES = 10, 3, 20


def meaning(
    reading: Reading, lexicon: Lexicon, text: str, *, owner: str | None, book: Book, spec: ReportSpec | None
) -> Intent | None:
    """Return what a reading of `text` means here; None where it is nothing.

    Args:
        reading: names that a model picked.
        lexicon: what there is, as far as the person's rights show it.
        text: the message; amounts and days are read in it, never taken from the model.
        owner: the person who wrote as an owner of deals, for `me`; None for anybody else.
        book: the posted deck.
        spec: its spec; without it there are no edits.

    Raises:
        NoAnswer: it names what is not there, and the message does not; so there is nothing to tell about it.
    """
    return _Meaning(reading, lexicon, text, owner, book, spec).intent()


def names_in(said: Utterance, dim: Dim) -> tuple[str, ...]:
    """Return the accounts, or the owners or managers of deals, whose names occur in a message."""
    found: list[str] = []
    for at in range(len(said.keys)):
        named = said.names_at(at)
        records = named.accounts if dim == "account" else named.people
        known = None if dim == "account" else said.lexicon.values[dim]
        found += [item.name for item in records if known is None or item.name in known]
    return tuple(dict.fromkeys(found))[:_MOST_NAMES]


class _Refused(Exception):
    """A name is not known; the problem says so to the person who wrote it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Meaning:
    reading: Reading
    lexicon: Lexicon
    text: str
    owner: str | None
    book: Book
    spec: ReportSpec | None

    def intent(self) -> Intent | None:
        try:
            found = self._intent()
        except _Refused as refused:
            return refused.problem
        if found is None:
            return None
        return found.model_copy(update={"read_as": (f"Read as: {told(found, self.lexicon, self.book)}",)})

    def _intent(self) -> Intent | None:
        reading = self.reading
        match reading.sort:
            case "question":
                return self._question()
            case "report":
                kind = self._name("report", reading.report, tuple(KINDS))
                return Report(
                    kind=cast("Kind", kind),
                    period=self._period(reading.period),
                    filters=self._filters(reading.filters),
                    as_of=self._day(),
                    assumed=() if reading.period else ("period: this quarter",),
                )
            case "findings":
                topic = self._name("topic", reading.topic, TOPICS)
                return FindingsAsk(
                    topic=cast("Topic", topic),
                    period=self._period(reading.period),
                    filters=self._filters(reading.filters),
                    as_of=self._day(),
                )
            case "deals":
                return self._deals()
            case "follow_up":
                return FollowUp(
                    compare=self._compare(),
                    filters=self._filters(reading.filters),
                    by=self._by(reading.by),
                    period=self._period(reading.period),
                    measure=self._measure(reading.measure) if reading.measure else None,
                    as_of=self._day(),
                    order=self._order(),
                )
            case "edits":
                return self._edits()
            case "nothing":
                return None

    def _question(self) -> Ask:
        reading = self.reading
        measure = self._measure(reading.measure)
        defaults = self.lexicon.words.raw["defaults"]["period"]
        default = defaults.get(measure, "this-quarter").replace("-", " ")
        asked = Question(
            measure=measure,
            by=self._by(reading.by),
            period=self._period(reading.period),
            filters=self._filters(reading.filters),
            compare=self._compare(),
            order=self._order() or "natural",
        )
        return Ask(
            question=asked,
            as_of=self._day(),
            alternatives=alternatives(asked, self.lexicon),
            assumed=() if asked.period else (f"period: {default}",),
        )

    def _deals(self) -> DealFilter:
        reading = self.reading
        status = self._name("status", reading.status or "open", STATUSES)
        least, most = self._amounts()
        return DealFilter(
            filters=self._filters(reading.filters),
            status=cast("Literal['open', 'won', 'lost', 'any']", status),
            close=self._period(reading.period),
            amount_min=least,
            amount_max=most,
            idle_days=self._idle(),
            as_of=self._day(),
            assumed=() if reading.period else ("close date: any",),
        )

    def _edits(self) -> Edits | None:
        if self.spec is None or not self.reading.edits:
            return None
        ops = tuple(self._op(edit) for edit in self.reading.edits[:_MOST_EDITS])
        return Edits(patch=Patch(base_rev=spec_hash(self.spec), ops=ops))

    def _op(self, edit: Edit) -> Op:
        target = "report" if edit.slide is None else self._slide(edit.slide)
        match edit.change:
            case "filter":
                narrowing = Narrowing(dim=edit.dim or "", values=edit.values or (), leave_out=False)
                return SetFilter(target=target, filter=self._filter(narrowing))
            case "unfilter":
                return ClearFilter(target=target, dim=self._dim(edit.dim) if edit.dim else None)
            case "period":
                return SetPeriod(target=target, period=self._period(edit.period) or self._absent())
            case "currency":
                known = self.lexicon.currencies
                return SetCurrency(target=target, currency=self._name("currency", edit.currency, known))
            case "add_measure":
                asked = Question(
                    measure=self._measure(edit.measure),
                    by=self._by(edit.by or ()),
                    period=self._period(edit.period),
                )
                after = None if edit.slide is None else target
                mark = None if edit.chart is None else self._mark(edit.chart)
                return AddSlide(key="measure", question=asked, mark=mark, after=after)
            case "remove":
                return RemoveSlide(slide=self._one(edit))
            case "move_to_end":
                return MoveSlide(slide=self._one(edit))
            case "breakdown":
                return SetBreakdown(slide=self._one(edit), by=self._by(edit.by or ()))
            case "chart":
                return SetMark(slide=self._one(edit), mark=self._mark(edit.chart))

    # Names

    def _absent(self) -> str:
        raise NoAnswer(Trouble.ABSENT)

    def _name(self, what: str, value: str | None, known: tuple[str, ...]) -> str:
        """Return the known name; refuse another one in the words for typed ones, if the person typed it."""
        folded = fold(value or "")
        found = next((name for name in known if folded in {fold(name), fold(self.lexicon.label(name))}), None)
        if found is not None and folded:
            return found
        if not value or not self._typed(value):
            raise NoAnswer(Trouble.ABSENT)
        match what:
            case "measure":
                kind: Literal["measure", "value", "currency", "period"] = "measure"
            case "currency":
                kind = "currency"
            case _:
                kind = "value"
        shown = tuple(self.lexicon.label(name) for name in known[:12])
        message = f"There is no {what} {value!r}; there is {', '.join(shown) or 'none'}."
        raise _Refused(Problem(kind=kind, value=value, known=shown, message=message))

    def _typed(self, value: str) -> bool:
        """Say whether the message holds these words: only then they are said again."""
        return bool(fold(value).strip()) and fold(value) in fold(self.text)

    def _measure(self, value: str | None) -> str:
        return self._name("measure", value, tuple(CATALOGUE))

    def _dim(self, value: str) -> Dim:
        return cast("Dim", self._name("dimension", value, DIMS))

    def _by(self, values: tuple[str, ...]) -> tuple[Dim, ...]:
        return tuple(dict.fromkeys(self._dim(value) for value in values[:_MOST_BY]))

    def _filters(self, found: tuple[Narrowing, ...]) -> tuple[Filter, ...]:
        return merged(tuple(self._filter(item) for item in found))

    def _filter(self, item: Narrowing) -> Filter:
        dim = self._dim(item.dim)
        if not item.values:
            raise NoAnswer(Trouble.ABSENT)
        values = tuple(dict.fromkeys(self._value(dim, value) for value in item.values))
        return Filter(dim=dim, values=values, negate=item.leave_out)

    def _value(self, dim: Dim, value: str) -> str:
        if dim == "owner" and value == ME and self.owner is not None:
            return self.owner
        if dim not in NAMED:
            return self._name(dim, value, self.lexicon.values[dim])
        return self._name(dim, value, names_in(self._said, dim))

    def _period(self, value: str | None) -> str | None:
        if value is None:
            return None
        clock = self.lexicon.clock
        if _DATED.search(value) and not self._typed(value):
            # Days are the person's own: a model may name a period, not make one up.
            raise NoAnswer(Trouble.ABSENT)
        try:
            clock.calendar.parse(value, clock.today)
        except BadInput as unknown:
            if not self._typed(value):
                raise NoAnswer(Trouble.ABSENT) from unknown
            raise _Refused(Problem(kind="period", value=value, message=f"{unknown}.")) from unknown
        return value.strip()

    def _compare(self) -> Literal["prior_week", "prior_quarter", "prior_year", "target"] | None:
        if self.reading.compare is None:
            return None
        name = self._name("comparison", self.reading.compare, COMPARES)
        return cast("Literal['prior_week', 'prior_quarter', 'prior_year', 'target']", name)

    def _order(self) -> Literal["asc", "desc"] | None:
        if self.reading.order is None:
            return None
        name = self._name("order", self.reading.order, tuple(ORDERS))
        return cast("Literal['asc', 'desc']", ORDERS[name])

    def _slide(self, number: int) -> str:
        found = self.book.id_of(number)
        if found is not None:
            return found
        shown = ", ".join(str(item) for item in self.book.numbers)
        if not self._typed(str(number)):
            raise NoAnswer(Trouble.ABSENT)
        message = f"There is no slide {number} in this deck; it has {shown}."
        raise _Refused(Problem(kind="slide", value=str(number), known=self.book.listing(), message=message))

    def _one(self, edit: Edit) -> str:
        if edit.slide is None:
            raise NoAnswer(Trouble.ABSENT)
        return self._slide(edit.slide)

    def _mark(self, value: str | None) -> Mark:
        return cast("Mark", self._name("chart", value, get_args(Mark)))

    # Days and amounts: a model says which words they are, the rules read them

    @property
    def _said(self) -> Utterance:
        return utterance(self.text, self.lexicon)

    def _quoted(self, words: str | None) -> Utterance | None:
        """Return words of the message as the rules see them; None for none."""
        if words is None or not words.strip():
            return None
        if not self._typed(words):
            raise NoAnswer(Trouble.ABSENT)
        return utterance(words, self.lexicon)

    def _day(self) -> date | None:
        said = self._quoted(self.reading.as_of)
        if said is None:
            return None
        for at in range(len(said.keys)):
            found = said.day_at(at, "past")
            if found is not None:
                return found[0]
        raise NoAnswer(Trouble.ABSENT)

    def _amounts(self) -> tuple[Decimal | None, Decimal | None]:
        said = self._quoted(self.reading.amount)
        if said is None:
            return None, None
        for at in range(len(said.keys)):
            found = span_at(said.keys, at)
            if found is not None:
                span = found[0]
                return (
                    span.least.meant if span.least else None,
                    span.most.meant if span.most else None,
                )
        raise NoAnswer(Trouble.ABSENT)

    def _idle(self) -> int | None:
        said = self._quoted(self.reading.idle)
        if said is None:
            return None
        for at in range(len(said.keys)):
            found = days_at(said.keys, at)
            if found is not None:
                return found[0]
        raise NoAnswer(Trouble.ABSENT)
