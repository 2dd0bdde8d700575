"""When a spec is a whole report: it has slides, unique ids, and filters, questions and periods that can be meant."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from connectors.company import Fiscal
from reports.errors import BadInput
from reports.facts import DIMS, Filter
from reports.periods import Calendar
from reports.spec import Question, ReportSpec

# The key of a slide that shows a question.
MEASURE: Final = "measure"


def validate(spec: ReportSpec) -> None:
    """Check a whole spec: it has slides, their ids are unique, filters and questions are whole.

    Raises:
        BadInput: something is not right; the message names it.
    """
    if not spec.slides:
        raise BadInput("a report needs at least one slide; keep one of them")
    ids = [slide.id for slide in spec.slides]
    twice = next((slide_id for slide_id in ids if ids.count(slide_id) > 1), None)
    if twice is not None:
        raise BadInput(f"two slides have the id {twice!r}; ids are unique")
    check_filters("the report", spec.filters)
    for slide in spec.slides:
        check_filters(f"slide {slide.id!r}", slide.filters)
        if (slide.key == MEASURE) != (slide.question is not None):
            raise BadInput(
                f"slide {slide.id!r}: a question belongs to a slide with the key 'measure', and only there"
            )
        if slide.question is not None:
            check_question(slide.id, slide.question)


def check_filters(where: str, filters: tuple[Filter, ...]) -> None:
    """Refuse filters without a value, on no dimension, or twice on one."""
    dims = [(item.dim, item.negate) for item in filters]
    for item in filters:
        if item.dim not in DIMS:
            raise BadInput.unknown("dimension", item.dim, DIMS)
        if not item.values or not all(value.strip() for value in item.values):
            raise BadInput(f"{where}: the filter on {item.dim} needs a value")
        if dims.count((item.dim, item.negate)) > 1:
            raise BadInput(f"{where}: two filters on {item.dim}; one replaces the other")


def check_question(slide: str, question: Question) -> None:
    """Refuse a question that names a dimension twice, shows no row, or looks at no period."""
    check_filters(f"the question of slide {slide!r}", question.filters)
    if len(set(question.by)) != len(question.by):
        raise BadInput(f"slide {slide!r}: a dimension comes twice in by: {', '.join(question.by)}")
    if question.limit is not None and question.limit < 1:
        raise BadInput(f"slide {slide!r}: show at least one row, not {question.limit}")
    if question.period is not None:
        check_period(question.period)


def check_period(name: str) -> None:
    """Refuse what no calendar knows as a period; which days it means is the company's calendar's business."""
    Calendar(Fiscal(), ZoneInfo("UTC")).parse(name, date(2026, 1, 1))
