"""Reading a finished deck back before it leaves: its structure, its layout, and its numbers against the resolved deck."""

from __future__ import annotations

from reports.check.claims import claim_problems
from reports.check.exclusive import exclusive_problems
from reports.check.footing import footing_problems
from reports.check.layout import layout_problems
from reports.check.numbers import number_problems
from reports.check.package import opened
from reports.check.problem import Problem, Severity, error, errors
from reports.check.reader import views
from reports.check.shown import shown_problems
from reports.check.structure import structure_problems
from reports.deck import Deck

__all__ = ["Problem", "Severity", "check", "content_problems", "errors"]


def check(pptx: bytes, deck: Deck) -> tuple[Problem, ...]:
    """Return everything that is wrong with the file, errors of structure first; nothing for a good one.

    Where the structure is broken, layout and numbers are not looked at: they could not be read.
    """
    package = opened(pptx)
    if isinstance(package, str):
        return (error("structure.zip", "the file", package),)
    found = structure_problems(package)
    if errors(found):
        return found
    seen = views(package)
    return (
        *found,
        *layout_problems(package, seen, deck),
        *shown_problems(package, seen, deck),
        *content_problems(deck),
    )


def content_problems(deck: Deck) -> tuple[Problem, ...]:
    """Return what is wrong with the numbers of a resolved deck, before or after it is drawn."""
    return (*number_problems(deck), *footing_problems(deck), *claim_problems(deck), *exclusive_problems(deck))
