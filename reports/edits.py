"""Small typed operations on a report, and `apply`: spec + patch → spec, the parent kept."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from reports.facts import Dim, Filter, Frozen
from reports.spec import Mark, Note, PersonText, Question, ReportSpec

# A target is "report" or the id of a slide. Ids, not numbers: "slide 3" is resolved from the posted revision.
Target = str


class SetFilter(Frozen):
    """Show only these values of a dimension, on the report or on one slide; replaces its filter on that dimension."""

    op: Literal["set_filter"] = "set_filter"
    target: Target = "report"
    filter: Filter


class ClearFilter(Frozen):
    """Take a filter off; `dim` None takes all off."""

    op: Literal["clear_filter"] = "clear_filter"
    target: Target = "report"
    dim: Dim | None = None


class SetPeriod(Frozen):
    """Look at another period (a name of `reports.periods`)."""

    op: Literal["set_period"] = "set_period"
    target: Target = "report"
    period: str


class SetAsOf(Frozen):
    """See the report as it was at the end of that day."""

    op: Literal["set_as_of"] = "set_as_of"
    day: date


class SetCurrency(Frozen):
    """Show amounts in another currency of the company file, at its plan rate."""

    op: Literal["set_currency"] = "set_currency"
    target: Target = "report"
    currency: str


class AddSlide(Frozen):
    """Add a slide after another (None: at the end, before the appendix): a slide of the kind, or a question."""

    op: Literal["add_slide"] = "add_slide"
    key: str
    question: Question | None = None
    mark: Mark | None = None
    after: str | None = None


class RemoveSlide(Frozen):
    """Leave a slide out."""

    op: Literal["remove_slide"] = "remove_slide"
    slide: str


class MoveSlide(Frozen):
    """Move a slide before another one (None: to the end)."""

    op: Literal["move_slide"] = "move_slide"
    slide: str
    before: str | None = None


class SetTitle(Frozen):
    """Give a slide a person's own title; None gives the machine's back."""

    op: Literal["set_title"] = "set_title"
    slide: str
    title: PersonText | None


class AddNote(Frozen):
    """Put a person's context on a deal."""

    op: Literal["add_note"] = "add_note"
    note: Note


Op = Annotated[
    SetFilter
    | ClearFilter
    | SetPeriod
    | SetAsOf
    | SetCurrency
    | AddSlide
    | RemoveSlide
    | MoveSlide
    | SetTitle
    | AddNote,
    Field(discriminator="op"),
]


class Patch(Frozen):
    """Edits that belong together: `base_rev` is the hash of the spec that they were made for."""

    base_rev: str
    ops: tuple[Op, ...]


def apply(spec: ReportSpec, patch: Patch) -> ReportSpec:
    """Return the spec with all edits of the patch applied in order.

    Raises:
        StalePatch: the patch was made for another revision.
        BadInput: an op names a slide, dimension or key that the report does not have.
    """
    raise NotImplementedError
