"""`ReportSpec`: a report as data. It names what is shown and for which scope; it holds no number and no coordinate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal

from reports.facts import Dim, Filter, Frozen

Kind = Literal["weekly", "forecast", "qbr", "account", "winloss"]
Mark = Literal["column", "bar", "line", "stacked", "table"]
# The period of a report for which nobody asked for one: the running quarter, opened with the last while it is young.
# Who asks for this quarter gets it by its own name, FY26-Q4, and nothing of another.
DEFAULT_PERIOD: Final = "this-quarter"
Grain = Literal["week", "month", "quarter"]


class PersonText(Frozen):
    """Words a person typed: kept as they are, marked with the name, never computed, never refused."""

    text: str
    by: str
    at: datetime


class Question(Frozen):
    """A measure to be put on a slide or answered: by which dimensions, for which period, compared with what.

    `period` is a name of `reports.periods` or None for the measure's default; `compare` shifts the same question.
    For a measure of change it is when things moved, not when deals are due. `grain` asks for each week, month or
    quarter of the period, `spans` for each of these periods: a row each, in answers only.
    """

    measure: str
    by: tuple[Dim, ...] = ()
    period: str | None = None
    filters: tuple[Filter, ...] = ()
    compare: Literal["prior_week", "prior_quarter", "prior_year", "target"] | None = None
    order: Literal["asc", "desc", "natural"] = "natural"
    limit: int | None = None
    grain: Grain | None = None
    spans: tuple[str, ...] = ()


class SlideSpec(Frozen):
    """One slide: which part of the report it is, and how it differs from the report as a whole.

    `key` is a slide of the report's kind (`summary`, `movement` …) or `measure`, which shows `question`.
    A filter here replaces the report's filter on the same dimension; the others still apply but for those on a
    dimension that is `lifted`: there the slide shows everything.
    """

    id: str
    key: str
    filters: tuple[Filter, ...] = ()
    lifted: tuple[Dim, ...] = ()
    currency: str | None = None
    period: str | None = None
    title: PersonText | None = None
    question: Question | None = None
    mark: Mark | None = None


class Note(Frozen):
    """Context a person added to a deal: stands on the deal's row with name and date, survives refresh."""

    deal_id: str
    deal: str
    words: PersonText


class ReportSpec(Frozen):
    """A report as data. `as_of` is None for the newest the mirror knows; `generation` pins the mirror generation."""

    spec: Literal["report/1"] = "report/1"
    kind: Kind
    period: str
    as_of: datetime | None = None
    generation: str | None = None
    currency: str | None = None
    filters: tuple[Filter, ...] = ()
    slides: tuple[SlideSpec, ...]
    notes: tuple[Note, ...] = ()
    subject: str | None = None

    def slide(self, slide_id: str) -> SlideSpec | None:
        """Return the slide of that id; None when the report has none."""
        return next((slide for slide in self.slides if slide.id == slide_id), None)

    def filters_for(self, slide: SlideSpec) -> tuple[Filter, ...]:
        """Return the filters in force on a slide: per dimension the slide's own, else the report's if not lifted."""
        own = {*slide.lifted, *(item.dim for item in slide.filters)}
        return (*(item for item in self.filters if item.dim not in own), *slide.filters)


def whole(
    kind: Kind,
    slides: Iterable[str],
    period: str = DEFAULT_PERIOD,
    as_of: datetime | None = None,
    filters: tuple[Filter, ...] = (),
    generation: str | None = None,
    currency: str | None = None,
) -> ReportSpec:
    """Return a report as data, all slides of its kind in their order, in the scope, period and currency asked for."""
    return ReportSpec(
        kind=kind,
        period=period,
        as_of=as_of,
        generation=generation,
        currency=currency,
        filters=filters,
        slides=tuple(SlideSpec(id=key, key=key) for key in slides),
    )


def spec_hash(spec: ReportSpec) -> str:
    """Return the SHA-256 (64 hex digits) of the spec's canonical JSON: equal specs give equal hashes."""
    canonical = json.dumps(
        spec.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
