"""Small typed operations on a report, and `apply`: spec + patch → spec, the parent kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal, assert_never

from pydantic import Field

from reports.changes import describe
from reports.errors import BadInput, StalePatch
from reports.facts import Dim, Filter, Frozen
from reports.spec import Mark, Note, PersonText, Question, ReportSpec, SlideSpec, spec_hash
from reports.validity import MEASURE, check_filters, check_period, validate

__all__ = [
    "SLIDE_KEYS",
    "AddNote",
    "AddSlide",
    "ClearFilter",
    "MoveSlide",
    "Op",
    "Patch",
    "RemoveNote",
    "RemoveSlide",
    "SetAsOf",
    "SetBreakdown",
    "SetCurrency",
    "SetFilter",
    "SetMark",
    "SetPeriod",
    "SetTitle",
    "apply",
    "describe",
    "slide_id",
    "validate",
]

# A target is "report" or the id of a slide. Ids, not numbers: "slide 3" is resolved from the posted revision.
Target = str


class SetFilter(Frozen):
    """Show only these values of a dimension, on the report or on one slide; replaces its filter on that dimension."""

    op: Literal["set_filter"] = "set_filter"
    target: Target = "report"
    filter: Filter


class ClearFilter(Frozen):
    """Take a filter off; `dim` None takes all off.

    On a slide a dimension is shown whole, even where the report is filtered; `dim` None gives a slide with filters of
    its own the report's scope back, and lifts all of the report's from one that has none.
    """

    op: Literal["clear_filter"] = "clear_filter"
    target: Target = "report"
    dim: Dim | None = None


class SetPeriod(Frozen):
    """Look at another period (a name of `reports.periods`)."""

    op: Literal["set_period"] = "set_period"
    target: Target = "report"
    period: str


class SetAsOf(Frozen):
    """See the report as it was at the end of that day; `at` is that instant in the company's zone, None in UTC.

    A day of None means the newest records.
    """

    op: Literal["set_as_of"] = "set_as_of"
    day: date | None
    at: datetime | None = None


class SetCurrency(Frozen):
    """Show amounts in another currency of the company file, at its plan rate."""

    op: Literal["set_currency"] = "set_currency"
    target: Target = "report"
    currency: str


class AddSlide(Frozen):
    """Add a slide: one of the kind, or a question (`key` is `measure`).

    It goes behind the slide `after` or in front of the slide `before`; without both to the end, before the appendix.
    """

    op: Literal["add_slide"] = "add_slide"
    key: str
    question: Question | None = None
    mark: Mark | None = None
    after: str | None = None
    before: str | None = None


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


class RemoveNote(Frozen):
    """Take people's context off a deal."""

    op: Literal["remove_note"] = "remove_note"
    deal_id: str


class SetBreakdown(Frozen):
    """Break a measure's slide down by other dimensions."""

    op: Literal["set_breakdown"] = "set_breakdown"
    slide: str
    by: tuple[Dim, ...]


class SetMark(Frozen):
    """Draw a measure's slide as another chart, or as a table."""

    op: Literal["set_mark"] = "set_mark"
    slide: str
    mark: Mark


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
    | AddNote
    | RemoveNote
    | SetBreakdown
    | SetMark,
    Field(discriminator="op"),
]


class Patch(Frozen):
    """Edits that belong together: `base_rev` is the hash of the spec that they were made for."""

    base_rev: str
    ops: tuple[Op, ...]


# The slides of every kind, in their order; a slide that was left out can be added again by its key.
SLIDE_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "weekly": ("summary", "movement", "coverage", "commit", "left", "win", "next", "appendix"),
    "forecast": ("call", "path", "swing", "trajectory", "changes"),
}
# Slides that stay behind the others when one is added at the end.
APPENDIX: Final = frozenset({"appendix", "hygiene", "definitions"})
_REPORT: Final = "report"


def apply(spec: ReportSpec, patch: Patch) -> ReportSpec:
    """Return the spec with all edits of the patch applied in order, and checked as a whole.

    Raises:
        StalePatch: the patch was made for another revision.
        BadInput: an op names a slide, dimension, period, currency or key that the report does not have, or the result
            would not be a report; the message says what would have worked.
    """
    if patch.base_rev != spec_hash(spec):
        raise StalePatch(
            "these edits were made for another revision of the report: read the newest one, then edit again"
        )
    known = {*(slide.key for slide in spec.slides), *SLIDE_KEYS.get(spec.kind, ()), MEASURE}
    for op in patch.ops:
        spec = _applied(spec, op, known)
    validate(spec)
    return spec


def slide_id(spec: ReportSpec, key: str, question: Question | None = None) -> str:
    """Return the id that a slide added to the spec gets: readable, unique, the same for the same spec."""
    name = key if question is None else "-".join((question.measure, *question.by))
    taken = {slide.id for slide in spec.slides}
    candidate, number = name, 1
    while candidate in taken or candidate == _REPORT:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def _applied(spec: ReportSpec, op: Op, known: set[str]) -> ReportSpec:  # noqa: C901, PLR0912 — one case an op
    match op:
        case SetFilter():
            check_filters("the filter", (op.filter,))
            return _filtered(spec, op)
        case ClearFilter():
            return _cleared(spec, op)
        case SetPeriod():
            check_period(op.period)
            return _scoped(spec, op.target, "period", lambda _old: op.period)
        case SetAsOf():
            return spec.model_copy(update={"as_of": op.at or (_end_of(op.day) if op.day else None)})
        case SetCurrency():
            if not re.fullmatch(r"[A-Z]{3}", op.currency):
                raise BadInput(f"{op.currency!r} is not a currency; write its three letters, for example EUR")
            return _scoped(spec, op.target, "currency", lambda _old: op.currency)
        case AddSlide():
            return _added(spec, op, known)
        case RemoveSlide():
            _slide(spec, op.slide)
            return _with_slides(spec, tuple(slide for slide in spec.slides if slide.id != op.slide))
        case MoveSlide():
            moved = _slide(spec, op.slide)
            rest = tuple(slide for slide in spec.slides if slide.id != op.slide)
            if op.before == op.slide:
                return spec
            return _with_slides(spec, _inserted(spec, rest, moved, before=op.before))
        case SetTitle():
            if op.title is not None and not op.title.text.strip():
                raise BadInput("a title needs words; to get the computed title back, reset it")
            return _changed(spec, op.slide, {"title": op.title})
        case AddNote():
            if not op.note.words.text.strip():
                raise BadInput("a note needs words")
            return (
                spec if op.note in spec.notes else spec.model_copy(update={"notes": (*spec.notes, op.note)})
            )
        case RemoveNote():
            left = tuple(note for note in spec.notes if note.deal_id != op.deal_id)
            if left == spec.notes:
                raise BadInput.unknown("deal with a note", op.deal_id, (note.deal for note in spec.notes))
            return spec.model_copy(update={"notes": left})
        case SetBreakdown():
            question = _question(spec, op.slide, "broken down")
            return _changed(spec, op.slide, {"question": question.model_copy(update={"by": op.by})})
        case SetMark():
            _question(spec, op.slide, "drawn another way")
            return _changed(spec, op.slide, {"mark": op.mark})
        case _:
            assert_never(op)


def _scoped(
    spec: ReportSpec, target: Target, name: str, new: Callable[[tuple[Filter, ...]], object]
) -> ReportSpec:
    """Return the spec with a field of the report or of one slide set; the field's old filters are handed to `new`."""
    if target == _REPORT:
        return spec.model_copy(update={name: new(spec.filters)})
    return _changed(spec, target, {name: new(_slide(spec, target).filters)})


def _filtered(spec: ReportSpec, op: SetFilter) -> ReportSpec:
    """Set a filter; on a slide its dimension is then no longer lifted."""
    if op.target == _REPORT:
        return spec.model_copy(update={"filters": _replaced(spec.filters, op.filter)})
    slide = _slide(spec, op.target)
    lifted = tuple(dim for dim in slide.lifted if dim != op.filter.dim)
    return _changed(spec, op.target, {"filters": _replaced(slide.filters, op.filter), "lifted": lifted})


def _replaced(old: tuple[Filter, ...], new: Filter) -> tuple[Filter, ...]:
    """Return the filters with the one on the same dimension replaced in its place, else the new one at the end."""
    if any(item.dim == new.dim for item in old):
        first = next(index for index, item in enumerate(old) if item.dim == new.dim)
        rest = tuple(item for item in old[first + 1 :] if item.dim != new.dim)
        return (*old[:first], new, *rest)
    return (*old, new)


def _cleared(spec: ReportSpec, op: ClearFilter) -> ReportSpec:
    """Take filters off. On the report, `all regions` also takes the slides' own filters on that dimension off.

    On a slide, `all regions` also lifts the report's filter on that dimension there.
    """

    def without(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
        return tuple(item for item in filters if op.dim is not None and item.dim != op.dim)

    if op.target != _REPORT:
        slide = _slide(spec, op.target)
        wide = (
            ()
            if op.dim is None and (slide.filters or slide.lifted)
            else tuple(item.dim for item in spec.filters)
        )
        lifted = [dim for dim in wide if op.dim in {None, dim}]
        kept = slide.lifted if op.dim is not None else ()
        update: dict[str, object] = {
            "filters": without(slide.filters),
            "lifted": tuple(dict.fromkeys((*kept, *lifted))),
        }
        return _changed(spec, op.target, update)
    slides = tuple(
        slide.model_copy(
            update={
                "filters": without(slide.filters),
                "lifted": tuple(dim for dim in slide.lifted if op.dim not in {None, dim}),
            }
        )
        if slide.filters or slide.lifted
        else slide
        for slide in spec.slides
    )
    return spec.model_copy(update={"filters": without(spec.filters), "slides": slides})


def _added(spec: ReportSpec, op: AddSlide, known: set[str]) -> ReportSpec:
    if op.key not in known:
        raise BadInput.unknown("slide", op.key, known)
    if op.key != MEASURE and op.question is not None:
        raise BadInput(f"a slide with the key {op.key!r} takes no question; use the key 'measure'")
    if op.key == MEASURE and op.question is None:
        raise BadInput("a slide with the key 'measure' needs a question: which measure, by what")
    new = SlideSpec(id=slide_id(spec, op.key, op.question), key=op.key, question=op.question, mark=op.mark)
    if op.after is not None:
        _slide(spec, op.after)
        place = next(index for index, slide in enumerate(spec.slides) if slide.id == op.after) + 1
        return _with_slides(spec, (*spec.slides[:place], new, *spec.slides[place:]))
    if op.before is not None:
        return _with_slides(spec, _inserted(spec, spec.slides, new, before=op.before))
    place = next(
        (index for index, slide in enumerate(spec.slides) if slide.key in APPENDIX), len(spec.slides)
    )
    return _with_slides(spec, (*spec.slides[:place], new, *spec.slides[place:]))


def _inserted(
    spec: ReportSpec, slides: tuple[SlideSpec, ...], new: SlideSpec, *, before: str | None
) -> tuple[SlideSpec, ...]:
    if before is None:
        return (*slides, new)
    _slide(spec, before)
    place = next(index for index, slide in enumerate(slides) if slide.id == before)
    return (*slides[:place], new, *slides[place:])


def _changed(spec: ReportSpec, slide: str, update: dict[str, object]) -> ReportSpec:
    _slide(spec, slide)
    return _with_slides(
        spec, tuple(item.model_copy(update=update) if item.id == slide else item for item in spec.slides)
    )


def _with_slides(spec: ReportSpec, slides: tuple[SlideSpec, ...]) -> ReportSpec:
    return spec.model_copy(update={"slides": slides})


def _slide(spec: ReportSpec, slide: str) -> SlideSpec:
    found = spec.slide(slide)
    if found is None:
        raise BadInput.unknown("slide", slide, (item.id for item in spec.slides))
    return found


def _question(spec: ReportSpec, slide: str, what: str) -> Question:
    found = _slide(spec, slide)
    if found.question is None:
        raise BadInput(
            f"slide {slide!r} has a fixed form and cannot be {what}; add a slide with a measure instead"
        )
    return found.question


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC) - timedelta(microseconds=1)
