"""What a language model may cost: requests and tokens a day, of one person and of everybody, kept in the notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bot.agent.model.ports import NoAnswer, Trouble, Usage
from bot.store.notebook import Body, Notebook

T = TypeVar("T")
KIND = "model"
# One question to a model is at most so many requests (one is asked anew where its answer has the wrong shape).
REQUESTS_EACH, TOKENS_EACH = 2, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much a day: requests and tokens of one person, and of a workspace."""

    person_requests: int = 200
    person_tokens: int = 600_000
    requests: int = 4_000
    tokens: int = 10_000_000


class Limits:
    """Counts what is asked of a model by day, and stops where the day's allowance is used up."""

    def __init__(
        self, notes: Notebook, today: Callable[[], date], allowance: Allowance | None = None
    ) -> None:
        """Count in `notes`, by the day that `today` says."""
        self._notes, self._today, self._allowance = notes, today, allowance or Allowance()

    def spend(self, workspace: str, person: str, ask: Callable[[], tuple[T, Usage]]) -> T:
        """Return what `ask` answers, and count what it cost; a question counts before it is asked.

        Raises:
            NoAnswer: the day's allowance is used up, or `ask` has no answer.
        """
        day = self._today()
        allowed = self._allowance
        own = Usage(requests=allowed.person_requests, tokens=allowed.person_tokens)
        everybodys = Usage(requests=allowed.requests, tokens=allowed.tokens)
        self._count(workspace, person, day, Usage(requests=1), most=(own, Trouble.SPENT))
        self._count(workspace, "", day, Usage(requests=1), most=(everybodys, Trouble.ALL_SPENT))
        answer, usage = ask()
        more = Usage(requests=max(usage.requests - 1, 0), tokens=usage.tokens)
        for who in ("", person):
            self._count(workspace, who, day, more)
        return answer

    def used(self, workspace: str, day: date, person: str = "") -> Usage:
        """Return what was used on a day, by one person or (without one) by everybody."""
        note = self._notes.read(workspace, KIND, _id(day, person))
        return Usage() if note is None else _usage(note)

    def _count(
        self, workspace: str, who: str, day: date, more: Usage, *, most: tuple[Usage, Trouble] | None = None
    ) -> None:
        """Add to a day's count, with nobody in between; where `most` is used up already, nothing is added."""

        def added(note: Body | None) -> Body:
            before = Usage() if note is None else _usage(note)
            if most and (before.requests >= most[0].requests or before.tokens >= most[0].tokens):
                raise NoAnswer(most[1])
            return {
                "day": day.isoformat(),
                "requests": before.requests + more.requests,
                "tokens": before.tokens + more.tokens,
            }

        after = self._notes.change(workspace, KIND, _id(day, who), added)
        if not who and after and after["requests"] == 1:
            # Only today's counts say anything.
            self._notes.forget(workspace, KIND, lambda note: note.get("day") != day.isoformat())


def _id(day: date, person: str) -> str:
    return f"{day.isoformat()}:{person or 'all'}"


def _usage(note: Body) -> Usage:
    return Usage(requests=int(str(note.get("requests", 0))), tokens=int(str(note.get("tokens", 0))))
