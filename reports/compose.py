"""Spec and view to resolved deck: every slide in its own scope, every number a fact, every omission named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reports import words
from reports.context import NO_CONTEXT, Context
from reports.deck import Deck, Slide, Words
from reports.edits import APPENDIX
from reports.errors import BadInput, NothingThere, NotShown
from reports.facts import Filter
from reports.kinds import KINDS, Kind, question
from reports.kinds.page import Body, LeftOut, Page
from reports.kinds.scene import OPENING_DAYS, Scene
from reports.spec import DEFAULT_PERIOD, Question, ReportSpec, SlideSpec, spec_hash
from reports.view import PipelineView
from reports.view.hygiene import ever_dated
from reports.view.narrow import counts_only, must_count, must_read
from reports.view.strays import nothing_counts

_REVISION = re.compile(r"r\d+, \w+$")


def compose(spec: ReportSpec, view: PipelineView, context: Context = NO_CONTEXT) -> Deck:
    """Return the resolved deck of a spec on a view.

    Slides that the data cannot support are left out and named in `omitted`. Facts on a slide are computed in
    that slide's filter scope, currency and period.

    Raises:
        NothingThere: the scope is empty; the message says which and why.
        NotShown: somebody who would read it may not read amounts.
        BadInput: the kind, a slide's key, a period, a filter or a currency is not known.
    """
    kind = KINDS.get(spec.kind)
    if kind is None:
        raise BadInput.unknown("report kind", spec.kind, KINDS)
    must_read("amount", view.access, "a report")
    scenes = _Scenes(view, spec)
    report = scenes.of(None)
    _refuse_empty(report)
    slides: list[Slide] = []
    pages, omitted = _made(kind, spec, context, scenes)
    for item in spec.slides:
        if item.id in pages:
            page, body = pages[item.id]
            revised = item.key in kind.REVISED
            slides.append(_slide(page, body, number=len(slides) + 1, revised=revised))
    if not slides:
        raise NothingThere(f"no slide is left to show: {'; '.join(omitted) or 'the report has none'}")
    return Deck(
        kind=spec.kind,
        title=f"{kind.NAME}, {report.period.label}",
        company=words.line(view.company.name, 60),
        state=context.state,
        revision=context.revision,
        as_of=report.view.as_of,
        period=report.period.label,
        scope=report.scope,
        currency=report.currency,
        spec_hash=spec_hash(spec),
        generation=view.generation,
        slides=tuple(slides),
        message=kind.message(report, context),
        card=kind.card(report),
        omitted=tuple(omitted),
    )


def _made(
    kind: Kind, spec: ReportSpec, context: Context, scenes: _Scenes
) -> tuple[dict[str, tuple[Page, Body]], list[str]]:
    """Return what was made of each slide, by its id, and what was left out; the appendix comes last, for it names that."""
    pages: dict[str, tuple[Page, Body]] = {}
    omitted: dict[str, str] = {}
    for item in sorted(spec.slides, key=lambda item: item.key in APPENDIX):
        make = question.build if item.key == "measure" else kind.SLIDES.get(item.key)
        if make is None:
            raise BadInput.unknown("slide", item.key, (*kind.SLIDES, "measure"))
        try:
            scene = scenes.of(item)
            page = Page(
                spec=spec,
                slide=item,
                scene=scene,
                context=context,
                ledger=scene.ledger(),
                left_out=tuple(omitted.values()),
            )
            body = make(page)
        except NotShown as why:
            body = LeftOut(str(why))
        if isinstance(body, LeftOut):
            omitted[item.id] = f"{kind.LABELS.get(item.key, item.key)}: {body.reason}"
        else:
            pages[item.id] = (page, body)
    return pages, [omitted[item.id] for item in spec.slides if item.id in omitted]


def renumber(deck: Deck, revision: int) -> Deck:
    """Return the same deck as another revision, a draft: the number changes where it is printed, and nothing else."""
    mark = f"r{revision}, {NO_CONTEXT.state}"
    slides = tuple(
        slide.model_copy(update={"footer": _REVISION.sub(mark, slide.footer)}) for slide in deck.slides
    )
    message = deck.message.model_copy(update={"grey": _REVISION.sub(mark, deck.message.grey)})
    return deck.model_copy(
        update={"revision": revision, "state": NO_CONTEXT.state, "slides": slides, "message": message}
    )


def footer(scene: Scene, context: Context, *, revised: bool) -> str:
    """Return `Source | snapshot | scope | definitions vN`, with the revision where it may be named."""
    parts = [
        f"{words.line(scene.company.name, 40)} CRM",
        scene.stamp,
        scene.scope,
        *([_rate(scene)] if scene.currency != scene.company.currency else []),
        f"definitions v{scene.company.version}",
        *([f"r{context.revision}, {context.state}"] if revised else []),
    ]
    return " | ".join(parts)


@dataclass(frozen=True, slots=True)
class _Scenes:
    """The scenes of a report, one per scope, period and currency."""

    view: PipelineView
    spec: ReportSpec
    _made: dict[object, Scene] = field(default_factory=dict)

    def of(self, slide: SlideSpec | None) -> Scene:
        """Return the scene of a slide; None for that of the report as a whole."""
        spec = self.spec
        filters = spec.filters if slide is None else _narrowed(spec.filters_for(slide), slide.question)
        currency = (slide.currency if slide else None) or spec.currency or self.view.company.currency
        period = (slide.period if slide else None) or spec.period
        key = (filters, currency, period)
        if key not in self._made:
            view = self.view.everything().where(*filters)
            must_count(view.filters, view.company)
            if spec.as_of is not None:
                view = view.at(spec.as_of)
            view = view.in_currency(currency)
            span = view.calendar.parse(period, view.today)
            begun = (view.today - span.start).days < OPENING_DAYS
            self._made[key] = Scene(view=view, period=span, opening=period == DEFAULT_PERIOD and begun)
        return self._made[key]


def _narrowed(filters: tuple[Filter, ...], asked: Question | None) -> tuple[Filter, ...]:
    """Return a slide's filters with those of its question in their place, per dimension."""
    if asked is None or not asked.filters:
        return filters
    own = {item.dim for item in asked.filters}
    return (*(item for item in filters if item.dim not in own), *asked.filters)


def _refuse_empty(scene: Scene) -> None:
    """Raise when there is nothing at all in the scope, saying which part of it is empty."""
    if scene.amount("open_pipeline") or scene.amount("bookings"):
        return
    if scene.view.deals(limit=1):
        near = scene.view.deals(due=scene.period, limit=1) or scene.view.deals(due=scene.next, limit=1)
        if near or (scene.movement is not None and scene.movement.movements):
            return
        if not ever_dated(scene.view):
            raise NothingThere(
                f"no deal of {scene.scope} has a close date, so nothing can be said of {scene.period.label}; "
                "quarterdeck doctor says what else is missing"
            )
        if scene.undated:
            return
        raise NothingThere(
            f"nothing is open, won or due in {scene.period.label} for {scene.scope} as of "
            f"{words.instant(scene.view.as_of, scene.company.zone)}; try another period or a wider scope"
        )
    if not scene.view.session.size:
        raise NothingThere(
            "the records hold no deal yet, so there is nothing to report. quarterdeck doctor says which deals the login "
            "sees; once there are some, run quarterdeck sync"
        )
    raise NothingThere(
        f"no deal matches {scene.scope} as of {words.instant(scene.view.as_of, scene.company.zone)}: "
        f"{_alone(scene.view)}"
    )


def _alone(view: PipelineView) -> str:
    """Return which filter leaves nothing by itself, or that only their combination does."""
    if not view.everything().deals(limit=1):
        if view.everything().deals(limit=1, counted=False) and (why := nothing_counts(view)):
            return why
        return "there is no deal at all that those who will see this may see"
    empty = [item for item in view.filters if not view.everything().where(item).deals(limit=1)]
    if empty:
        return f"there is no deal at all with {words.joined(_written(item) for item in empty)}"
    return "each filter alone has deals, all of them together have none"


def _written(item: Filter) -> str:
    values = " or ".join(words.line(value, 40) for value in item.values)
    return f"{item.dim} {'not ' if item.negate else ''}{values}"


def _rate(scene: Scene) -> str:
    """Return how amounts were converted: `EUR at plan rate 1.25 USD of 2 Jan 2026`."""
    company = scene.company
    dated = f" of {words.day(company.rate_date)} {company.rate_date.year}" if company.rate_date else ""
    return f"{scene.currency} at plan rate {company.rates[scene.currency]} {company.currency}{dated}"


def _slide(page: Page, body: Body, *, number: int, revised: bool) -> Slide:
    title, remarks = body.title, list(body.remarks)
    if page.slide.title is not None:
        by = words.line(page.slide.title.by, 60)
        title = Words(text=words.clean(page.slide.title.text).strip(), by=by)
        remarks.insert(0, f"Title by {by}, not computed.")
    remarks += [
        f"Note by {words.line(note.words.by, 60)} on {words.line(note.deal, 60)}, not computed."
        for note in page.spec.notes
        if any(
            row.record == note.deal_id for table in body.blocks if table.type == "table" for row in table.rows
        )
    ]
    computed = page.ledger.notes(page.scene.company.zone)
    if computed and (counted := counts_only(page.scene.company)):
        remarks.insert(0, f"{counted} (company file).")
    notes = "\n".join(part for part in (computed, *remarks) if part)
    return Slide(
        id=page.slide.id,
        key=page.slide.key,
        number=number,
        title=title,
        scope=page.scene.scope,
        blocks=body.blocks,
        footer=footer(page.scene, page.context, revised=revised),
        notes=notes,
        facts=page.ledger.facts,
    )


__all__ = ["KINDS", "compose", "footer", "renumber"]
