"""What can go wrong between records and deck, grouped by what the caller does next.

ReportError
├── BadInput     change the words: names the value, lists what would have worked (nearest first)
├── NothingThere tell the person why: the scope is empty, or the time lies before history begins
│   └── NotShown  tell the person why: not everybody who would read it may read that field
├── StalePatch   resolve the edit again: the report has moved on since
└── FailedCheck  do not send the file: the problems are listed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ReportError(Exception):
    """Base of everything the middle floor raises on purpose."""


class BadInput(ReportError):
    """A value that is not known. The message names it and lists what would have worked."""

    @classmethod
    def unknown(cls, what: str, value: str, known: Iterable[str]) -> BadInput:
        """Return the error for `value`, with the known ones nearest first; at most twelve are listed."""
        return cls(f"unknown {what} {value!r}; try: {', '.join(nearest(value, known)[:12])}")


class NothingThere(ReportError):
    """There is nothing to show, and the message says why."""


class NotShown(NothingThere):
    """There may be something to show, and not everybody who would read it may read the field that it needs."""


class StalePatch(ReportError):
    """The patch was made for another revision."""


class FailedCheck(ReportError):
    """The finished file did not pass its own check; `problems` says where."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(problems))
        self.problems = problems


def nearest(value: str, known: Iterable[str]) -> list[str]:
    """Return all known values, those most like `value` first."""
    folded = value.casefold()

    def likeness(candidate: str) -> tuple[float, str]:
        other = candidate.casefold()
        bonus = 1.0 if folded and (folded in other or other in folded) else 0.0
        return (-(difflib.SequenceMatcher(None, folded, other).ratio() + bonus), candidate)

    return sorted(set(known), key=likeness)
