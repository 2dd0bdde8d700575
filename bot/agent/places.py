"""Places and names that are not there: a number for everything is no answer to a question about `mars`."""

from __future__ import annotations

from bot.agent.intents import Alternative, Ask, DealFilter, FindingsAsk, FollowUp, Intent, Problem, Report
from bot.agent.openings import opening
from bot.agent.scan import Scan, scan
from bot.agent.spelling import nearest
from bot.agent.utterance import Utterance
from reports.facts import Dim

_LEADS = {"in", "for", "at", "from", "fur", "fuer", "pour", "chez", "bei"}
_ARTICLES = {"the", "our", "all", "my"}
_SHOWN, _SHORTEST = 12, 3


def nowhere(said: Utterance, meant: Intent) -> Problem | None:
    """Return the problem that a place or a name in a request is not known; None where there is no such word.

    Such a word stands beside a dimension (`mars region`) or behind `in`, `for`, `at`, `from`. Other words that play no
    part are only reported.
    """
    if not meant.unread or not isinstance(meant, Ask | DealFilter | FindingsAsk | FollowUp | Report):
        return None
    found = scan(said, opening(said).start)
    for index in found.unknown:
        end = index + 1
        while end in found.unknown:
            end += 1
        dim, start, stop = _beside(found, index, end)
        named = said.tokens[index].shape == "word" and len(said.keys[index]) >= _SHORTEST
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
    return at >= 0 and said.keys[at] in _LEADS


def _lead(said: Utterance, at: int) -> int:
    """Return where the words in front of a place begin: `in the …`."""
    place = at - 1
    while place > 0 and said.keys[place] in _ARTICLES:
        place -= 1
    return place if place >= 0 and said.keys[place] in _LEADS else at


def _problem(found: Scan, dim: Dim | None, typed: str, around: tuple[int, int]) -> Problem:
    said = found.said
    values = said.lexicon.values
    known = tuple(said.lexicon.label(value) for value in values.get(dim or "region", ()))
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
