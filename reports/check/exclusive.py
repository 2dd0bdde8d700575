"""Sets that exclude each other (DECKS.md 5.5): a deal cannot have slipped and be commit, be won and be lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from reports.check.problem import Problem, error
from reports.deck import Deck, Lines, Slide, Table, TableRow, Words
from reports.facts import Fact
from reports.narrative import TOKEN, tokens

# How words, sources and headings call the sets. Where a text calls two of them it says nothing about either.
_SETS = {
    "slipped": re.compile(r"\bslip(?:s|ped)?\b(?! in\b| into\b)|pushed_out", re.IGNORECASE),
    "commit": re.compile(r"\bcommit(?:ted)?\b", re.IGNORECASE),
    "won": re.compile(r"\bwon\b|\bbookings\b", re.IGNORECASE),
    "lost": re.compile(r"\blost\b", re.IGNORECASE),
}
_RATES = re.compile(
    r"\brates?\b|\bmost won\b|\bagainst\b|\bgap\b|\bwin back\b|\bnot dead\b|\bfinding", re.IGNORECASE
)
_CLAUSE = re.compile(r"[.;]\s+")

Key = tuple[str, str, datetime]


def exclusive_problems(deck: Deck) -> tuple[Problem, ...]:
    """Return the deals that stand in two sets that exclude each other, for the same period and instant."""
    members: dict[Key, dict[str, set[int]]] = {}
    names: dict[str, str] = {}
    for slide in deck.slides:
        for name, period, at, record in _claims(slide, deck, names):
            members.setdefault((name, period, at), {}).setdefault(record, set()).add(slide.number)
    found = []
    for one, other in combinations(sorted(members), 2):
        if one[1:] != other[1:]:
            continue
        for record in sorted(members[one].keys() & members[other].keys()):
            pair = sorted((min(members[key][record]), key) for key in (one, other))
            (number, first), (_, second) = pair
            said = " and ".join(
                f"{key[0]} on slide {_listed(members[key][record])}" for key in (first, second)
            )
            found.append(
                error("exclusive.sets", f"slide {number}", f"{names.get(record, record)!r} is {said}")
            )
    return tuple(found)


def _claims(slide: Slide, deck: Deck, names: dict[str, str]) -> Iterator[tuple[str, str, datetime, str]]:
    """Yield (set, period, instant, record) for every deal that a slide puts into a set."""
    facts = {fact.id: fact for fact in slide.facts}
    for fact in slide.facts:
        called = _called(f"{fact.source} {fact.id.replace('_', ' ').replace('.', ' ')}")
        if called:
            for record in fact.records:
                yield called, fact.period or deck.period, fact.as_of, record
    for words in _sentences(slide):
        yield from _spoken(words, facts, deck)
    for block in slide.blocks:
        if not isinstance(block, Table):
            continue
        whole = _called(f"{block.id} {block.heading} {slide.key}")
        for row in block.rows:
            if row.record is None:
                continue
            names.setdefault(row.record, row.cells[0].text if row.cells else row.record)
            called = _state(row) or whole
            if called:
                yield called, _period(slide, deck), deck.as_of, row.record


def _sentences(slide: Slide) -> Iterator[Words]:
    if slide.title.by is None:
        yield slide.title
    for block in slide.blocks:
        if isinstance(block, Lines):
            yield from (line for line in block.lines if line.by is None)


def _spoken(words: Words, facts: dict[str, Fact], deck: Deck) -> Iterator[tuple[str, str, datetime, str]]:
    """Yield the deals of the facts in a clause that says of them what became of them."""
    for clause in _CLAUSE.split(words.template or words.text):
        called = _called(TOKEN.sub(" ", clause))
        for name in tokens(clause) if called else ():
            fact = facts.get(name)
            if fact is not None and called:
                for record in fact.records:
                    yield called, fact.period or deck.period, fact.as_of, record


def _called(text: str) -> str:
    """Return the one set that a text calls; empty for none, for several, and for what only measures a set."""
    if _RATES.search(text):
        return ""
    found = [name for name, pattern in _SETS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _state(row: TableRow) -> str:
    """Return the set that a cell of the row names, when it says nothing else."""
    return next((name for cell in row.cells[1:] if (name := cell.text.strip().casefold()) in _SETS), "")


def _period(slide: Slide, deck: Deck) -> str:
    counted = Counter(fact.period for fact in slide.facts if fact.period)
    return counted.most_common(1)[0][0] if counted else deck.period


def _listed(numbers: set[int]) -> str:
    return " and ".join(str(number) for number in sorted(numbers))
