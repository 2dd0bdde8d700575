"""`Problem`: one thing that is wrong with a finished file, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. An error keeps the file from being posted; a warning is told to its owner.

    `rule` is a stable id ("structure.rel-target"), `where` the slide ("slide 3") or part ("/ppt/charts/chart1.xml").
    """

    severity: Severity
    rule: str
    where: str
    message: str

    def __str__(self) -> str:
        """Return the problem as one line: `error, slide 3: the total is 2.6x, not 3.7x (numbers.ratio)`."""
        return f"{self.severity}, {self.where}: {self.message} ({self.rule})"


def error(rule: str, where: str, message: str) -> Problem:
    """Return a problem that keeps the file from being posted."""
    return Problem(severity="error", rule=rule, where=where, message=message)


def warning(rule: str, where: str, message: str) -> Problem:
    """Return a problem that is told, and does not keep the file back."""
    return Problem(severity="warning", rule=rule, where=where, message=message)


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return only the errors."""
    return tuple(problem for problem in problems if problem.severity == "error")
