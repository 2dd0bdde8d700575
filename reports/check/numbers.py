"""Numbers (DECKS.md 5.5): each comes from a bound fact or a value beside it, and reads as what it is.

A person's own words may hold any number: they are marked as theirs, and never refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from reports.check.figures import figures, reads, reads_date, scaled
from reports.check.problem import Problem, error, warning
from reports.deck import Chart, Deck, Lines, Message, Slide, Table, Tiles, Words
from reports.facts import Fact, Unit
from reports.narrative import EXEMPT, guard
from reports.words import MONTHS, NOTHING

# Digits in the machine's own labels that are no figures: days, times, periods, windows of time, versions.
_NAMES = re.compile(
    rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)})[a-z]*\b(?: \d{{4}})?|\b\d\d:\d\d\b|\b\d+-(?:day|week|month|quarter)\b"
    r"|\b[vr]\d+\b|\bW\d+\b|\b(?:19|20)\d\d\b|\b(?:[CF]Y)\d\d(?:\d\d)?\b"
)


def number_problems(deck: Deck) -> tuple[Problem, ...]:
    """Return the numbers of a deck that stand for nothing, or for something else."""
    found = list(_message(deck.message))
    for slide in deck.slides:
        where = f"slide {slide.number}"
        facts = {fact.id: fact for fact in slide.facts}
        found += _facts(slide.facts, where)
        for words in _machine_words(slide):
            found += [error("numbers.unbound", where, problem) for problem in guard(words, slide.facts)]
        known = _known(slide)
        found += _persons_title(slide, known, where)
        for block in slide.blocks:
            match block:
                case Tiles():
                    found += _tiles(block, facts, known, where)
                case Table():
                    found += _table(block, known, where)
                case Chart():
                    found += _stray(block.heading, known, where, f"the heading of {block.id!r}")
                case Lines():
                    found += _stray(block.heading, known, where, f"the heading of {block.id!r}")
    return tuple(found)


def _message(told: Message) -> Iterator[Problem]:
    """Yield the numbers of the message that carries the report which stand for nothing: the notification's as well."""
    yield from _facts(told.facts, "message")
    one_line = tuple(words for words in (told.headline, told.lead, told.followed) if words is not None)
    for words in (*one_line, *told.changes, *(decision.words for decision in told.decisions)):
        for problem in guard(words, told.facts):
            yield error("numbers.unbound", "message", problem)
    known = frozenset(figure.text for fact in told.facts for figure in figures(fact.text))
    # A notification that was cut may end inside a figure.
    yield from _stray(told.notification.rpartition(" ")[0], known, "message", "the notification")


def _machine_words(slide: Slide) -> Iterator[Words]:
    yield slide.title
    for block in slide.blocks:
        if isinstance(block, Lines):
            yield from block.lines


def _persons_title(slide: Slide, known: frozenset[str], where: str) -> Iterator[Problem]:
    """Yield, to be told in private and never to stop anything, a figure of a person's title that the slide does not show."""
    for figure in figures(slide.title.text) if slide.title.by is not None else ():
        if figure.kind != "plain" and known and figure.text not in known:
            yield warning(
                "numbers.person",
                where,
                f"the title by {slide.title.by} says {figure.text}, which nothing on the slide shows",
            )


def _facts(facts: tuple[Fact, ...], where: str) -> Iterator[Problem]:
    """Yield facts whose text is not their value."""
    for fact in facts:
        if fact.value is None or fact.text == NOTHING:
            continue
        if not _holds(fact):
            yield error("numbers.fact", where, f"fact {fact.id!r} reads {fact.text!r}, but is {fact.value}")


def _holds(fact: Fact) -> bool:
    value = fact.value or ""
    match fact.unit:
        case Unit.TEXT:
            return True
        case Unit.DATE:
            try:
                return reads_date(fact.text, date.fromisoformat(value[:10]))
            except ValueError:
                return False
        case _:
            try:
                return reads(fact.text, Decimal(value), fact.unit)
            except InvalidOperation:
                return False


def _tiles(block: Tiles, facts: dict[str, Fact], known: frozenset[str], where: str) -> Iterator[Problem]:
    for tile in block.tiles:
        if tile.fact and tile.fact not in facts:
            yield error(
                "numbers.tile", where, f"tile {tile.label!r} shows fact {tile.fact!r}, which does not exist"
            )
        elif tile.fact and facts[tile.fact].text != tile.value:
            yield error(
                "numbers.tile",
                where,
                f"tile {tile.label!r} shows {tile.value!r}; its fact reads {facts[tile.fact].text!r}",
            )
        elif not tile.fact:
            yield from _stray(tile.value, known, where, f"tile {tile.label!r}")
        yield from _stray(tile.label, known, where, f"the label of tile {tile.label!r}")
        yield from _stray(tile.detail, known, where, f"the detail of tile {tile.label!r}")


def _table(block: Table, known: frozenset[str], where: str) -> Iterator[Problem]:
    yield from _stray(block.heading, known, where, f"the heading of {block.id!r}")
    for column in block.columns:
        yield from _stray(column.heading, known, where, f"a heading of {block.id!r}")
    for row in block.rows:
        for column, cell in zip(block.columns, row.cells, strict=False):
            if cell.value is None or cell.unit is None or cell.text == NOTHING:
                continue
            scale = scaled(column.heading) or scaled(block.heading) or 1
            if not cell.value.is_finite() or not (
                reads(cell.text, cell.value, cell.unit) or reads(cell.text, cell.value / scale, cell.unit)
            ):
                yield error(
                    "numbers.cell", where, f"a cell of {block.id!r} reads {cell.text!r}, but is {cell.value}"
                )


def _known(slide: Slide) -> frozenset[str]:
    """Return the figures, as written, that facts, cells and categories of a slide stand behind."""
    texts = [fact.text for fact in slide.facts]
    for block in slide.blocks:
        match block:
            case Table():
                texts += [cell.text for row in block.rows for cell in row.cells]
            case Chart():
                texts += block.categories
            case _:
                pass
    return frozenset(figure.text for text in texts for figure in figures(text))


def _stray(text: str, known: frozenset[str], where: str, what: str) -> Iterator[Problem]:
    rest = _NAMES.sub(" ", EXEMPT.sub(" ", text))
    for figure in figures(rest):
        if figure.text not in known:
            yield error("numbers.unbound", where, f"{figure.text!r} in {what} comes from no fact")
