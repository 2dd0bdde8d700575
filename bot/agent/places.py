"""Places, names and quarters that are not there: a number for everything is no answer to a question about `mars`."""

from __future__ import annotations

import re

from bot.agent.intents import Alternative, Ask, DealFilter, FindingsAsk, FollowUp, Intent, Problem, Report
from bot.agent.openings import opening
from bot.agent.scan import Scan, scan
from bot.agent.spelling import nearest
from bot.agent.utterance import Utterance
from reports.errors import nearest as by_likeness
from reports.facts import Dim

_LEADS = {"in", "for", "at", "from", "fur", "fuer", "pour", "chez", "bei"}
_ARTICLES = {"the", "our", "all", "my"}
_ONLY = {"only", "nur", "seulement"}
_OWNED = {"owned", "owner", "sold", "run"}
_QUARTER = re.compile(r"q\d{1,2}")
_SHOWN, _SHORTEST = 12, 3


def nowhere(said: Utterance, meant: Intent) -> Problem | None:
    """Return the problem that a place or a name in a request is not known; None where there is no such word.

    Such a word stands beside a dimension (`mars region`) or behind `in`, `for`, `at`, `from`, `only`, `owned by`; `Q9` is no
    quarter. Other words that play no part are only reported, with and without a capital: phones write those by themselves.
    """
    if not meant.unread or not isinstance(meant, Ask | DealFilter | FindingsAsk | FollowUp | Report):
        return None
    return _missing(scan(said, opening(said).start))


def only_nowhere(said: Utterance) -> Problem | None:
    """Return the problem that a deck is to show only what is not there (`only region mars`); None for other words."""
    found = scan(said, opening(said).start)
    first = next(iter(found.unknown), len(said.keys))
    start = _beside(found, first, len(said.keys))[1]
    last_words = found.unknown == list(range(first, len(said.keys)))
    return _missing(found) if last_words and start > 0 and said.keys[start - 1] in _ONLY else None


def _missing(found: Scan) -> Problem | None:
    said = found.said
    for index in found.unknown:
        if _QUARTER.fullmatch(said.keys[index]):
            return _no_quarter(said, index)
        end = index + 1
        while end in found.unknown:
            end += 1
        dim, start, stop = _beside(found, index, end)
        named = said.tokens[index].shape == "word" and len(said.keys[index]) >= _SHORTEST
        if named and said.keys[max(index - 2, 0) : index] in {(word, "by") for word in _OWNED}:
            dim, start = "owner", index - 2
        if not (dim if named or end == index + 1 else None) and not (named and _led(said, index)):
            continue
        return _problem(found, dim, said.raw(index, end), (_lead(said, start), stop))
    return None


def _beside(found: Scan, start: int, end: int) -> tuple[Dim | None, int, int]:
    """Return the dimension named right before or behind the words, and from where to where both stand."""
    said = found.said
    behind = said.dim_at(end)
    if behind is not None:
        return behind[0], start, end + behind[1]
    for length in (1, 2):
        before = said.dim_at(start - length) if start >= length else None
        if (
            before is not None
            and before[1] == length
            and said.keys[start - length - 1 : start - length] != ("by",)
        ):
            return before[0], start - length, end
    return None, start, end


def _led(said: Utterance, at: int) -> bool:
    """Say whether a word for a place leads up to the word there, articles left out."""
    at = _lead(said, at)
    return at >= 0 and said.keys[at] in _LEADS | _ONLY


def _lead(said: Utterance, at: int) -> int:
    """Return where the words in front of a place begin: `in the …`."""
    place = at - 1
    while place > 0 and said.keys[place] in _ARTICLES:
        place -= 1
    return place if place >= 0 and said.keys[place] in _LEADS | _ONLY else at


def _no_quarter(said: Utterance, at: int) -> Problem:
    typed = said.raw(at, at + 1)
    return Problem(
        kind="period",
        value=typed,
        known=("Q1", "Q2", "Q3", "Q4", "this quarter", "next quarter"),
        message=f"There is no quarter {typed!r}: a year has Q1 to Q4.",
    )


def _problem(found: Scan, dim: Dim | None, typed: str, around: tuple[int, int]) -> Problem:
    said = found.said
    values = said.lexicon.values
    known = tuple(said.lexicon.label(value) for value in values.get(dim or "region", ()))
    if dim in {"owner", "manager"}:
        known = tuple(by_likeness(typed, known))
    near = nearest(typed, (*known, *(name for names in values.values() for name in names)))
    what = (
        f"no {dim} {typed!r}"
        if dim
        else f"nothing called {typed!r}: no region, segment, product, person or account"
    )
    meant = f" Did you mean {near}?" if near else ""
    kept = f"{said.raw(0, around[0])} {said.raw(around[1], len(said.tokens))}".strip()
    return Problem(
        kind="value",
        value=typed,
        known=known[:_SHOWN],
        message=f"There is {what}.{meant}",
        alternatives=(Alternative(label=f"Without {typed}", text=kept),) if kept else (),
    )
