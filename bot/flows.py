"""The line on one page: request → read → plan → pull → measure → find → compose → render → check → revise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from bot import published
from bot.agent.model.ports import NoAnswer, Reader, Sentence, Writer, hashed, why
from bot.agent.remarks import MODELS
from bot.builds import Builds
from bot.nudges.book import owner_notes
from bot.readers import Readers
from bot.store import Draft, Revision, Store
from connectors.access import Access
from connectors.company import Company
from connectors.mirror import Mirror
from connectors.protocol import Records
from reports.check import check
from reports.compose import compose, renumber
from reports.context import Context
from reports.deck import Deck
from reports.edits import Op, Patch, apply, describe
from reports.errors import FailedCheck, NothingThere, StalePatch
from reports.render import card_png, render
from reports.render.properties import RENDERER, deck_hash
from reports.spec import ReportSpec, spec_hash
from reports.view import PipelineView, open_view
from reports.wording import objections, reworded, sentences

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A finished report: the resolved deck, its file, and what the check remarked without stopping it."""

    deck: Deck
    file: bytes
    remarks: tuple[str, ...]


_BUILT: Builds[Built] = Builds()
_COMPOSED: Builds[Deck] = Builds()
_CARDS: Builds[bytes] = Builds()
# In place of a template's hash: the one that the renderer of this version builds itself.
OWN_TEMPLATE = "own"
_INSTEAD = "the sentences are my own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What every run of the line stands on: where the records are, what they mean, what people did, whose eyes.

    `state` is what the reports that it makes are when they go out, as their footers say; `writes` says whether there is
    anything that the system of record is changed by.
    """

    workspace: str
    company: Company
    mirror: Mirror
    crm: Records
    store: Store
    access: Access
    now: Callable[[], datetime]
    progress: Progress = lambda _step: None
    template: Path | None = None
    readers: Readers = field(default_factory=Readers)
    reader: Reader | None = None
    writer: Writer | None = None
    state: Literal["draft", "published", "unreviewed"] = "draft"
    writes: bool = False


@contextmanager
def pull(line: Line, spec: ReportSpec | None = None) -> Iterator[PipelineView]:
    """Open the view that a spec asks for (None: the newest, unfiltered), on the generation it is pinned to."""
    generation = (
        line.mirror.current() if spec is None or spec.generation is None else line.mirror.get(spec.generation)
    )
    with line.readers.lend(generation, line.company, line.access) as session:
        yield open_view(
            session,
            line.company,
            line.access,
            as_of=(spec.as_of if spec else None) or generation.as_of,
            filters=spec.filters if spec else (),
            currency=spec.currency if spec else None,
            generation=generation.name,
        )


def build(line: Line, spec: ReportSpec, *, revision: int = 1) -> Built:
    """Run pull → measure → find → compose → render → check.

    Raises:
        NothingThere: the scope is empty; there is no deck.
        FailedCheck: the finished file does not hold what it should; it must not be posted.
    """
    context = _context(line, spec, revision)
    key = _all_of(line, spec, context)
    return _BUILT.get(key, lambda: finish(line, _composed(line, spec, context, key)))


def _context(line: Line, spec: ReportSpec, revision: int) -> Context:
    """Return what is known besides the records: what people took on, and what they read before this report."""
    spec = pinned(line, spec)
    before = spec.as_of or line.mirror.get(spec.generation or line.mirror.current().name).as_of
    return Context(
        actions=line.store.actions(line.workspace),
        calls=line.store.calls(line.workspace),
        notes=owner_notes(line.store.notes, line.workspace),
        published=published.last(line, spec, before=before),
        revision=revision,
        state=line.state,
    )


def _composed(line: Line, spec: ReportSpec, context: Context, key: Hashable) -> Deck:
    """Return the resolved deck in the templates' words; `key` is everything that it depends on."""

    def made() -> Deck:
        line.progress("reading the pipeline")
        with pull(line, spec) as view:
            return compose(spec, view, context)

    return _COMPOSED.get(key, made)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A finished report, the sentences in it that a model worded, and a remark where the model failed."""

    built: Built
    wording: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def _told(line: Line, spec: ReportSpec, *, revision: int, author: str, kept: Mapping[str, str]) -> _Told:
    """Build a report in the words that it has (`kept`) and, where there is a writer, in new ones for the rest.

    A sentence that the guard refuses is the template's; where the check refuses the deck with them, all of them are.

    Raises:
        NothingThere: the scope is empty; there is no deck.
        FailedCheck: the finished file does not hold what it should; it must not be posted.
    """
    if line.writer is None and not kept:
        return _Told(built=build(line, spec, revision=revision))
    context = _context(line, spec, revision)
    key = _all_of(line, spec, context)
    deck = _composed(line, spec, context, key)
    wording, remarks = _wording(line, deck, author, kept)
    try:
        built = _BUILT.get((key, tuple(wording.items())), lambda: finish(line, reworded(deck, wording)))
    except FailedCheck:
        wording, built = {}, _BUILT.get(key, lambda: finish(line, deck))
    return _Told(built=built, wording=wording, remarks=remarks)


def _wording(
    line: Line, deck: Deck, author: str, kept: Mapping[str, str]
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return a model's sentences for a deck by the template that each stands in place of, and why there are no new ones."""
    open_ones = sentences(deck)
    new = [template for template in open_ones if template not in kept]
    said, remarks = dict(kept), list[str]()
    if line.writer is not None and new:
        line.progress("wording the findings")
        asked = tuple(
            Sentence(template, tuple((fact.id, str(fact.unit)) for fact in open_ones[template]))
            for template in new
        )
        try:
            said |= line.writer.word(
                asked, person=hashed(line.workspace, author), workspace=hashed(line.workspace)
            )
        except NoAnswer as none:
            remarks.append(f"words, {why(none.trouble, instead=_INSTEAD).removesuffix('.')} ({MODELS})")
    allowed = {
        template: said[template]
        for template, facts in open_ones.items()
        if template in said and not objections(said[template], template, {fact.id: fact for fact in facts})
    }
    return allowed, tuple(remarks)


def _all_of(line: Line, spec: ReportSpec, context: Context) -> Hashable:
    """Return everything that a report depends on: records, definitions, rights, what was asked, what people did."""
    spec = pinned(line, spec)
    generation = line.mirror.get(spec.generation) if spec.generation else line.mirror.current()
    template = line.template and hashlib.sha256(line.template.read_bytes()).hexdigest()
    return (
        generation.path.resolve(),
        repr(line.company),
        spec_hash(spec),
        line.access.limits,
        context.model_dump_json(),
        template,
    )


def finish(line: Line, deck: Deck) -> Built:
    """Run render → check on a resolved deck; needs neither mirror nor model.

    Raises:
        FailedCheck: the finished file does not hold what it should; it must not be posted.
    """
    line.progress("drawing the slides")
    file = render(deck, template=line.template)
    line.progress("checking every number")
    problems = check(file, deck)
    errors = tuple(str(problem) for problem in problems if problem.severity == "error")
    if errors:
        raise FailedCheck(errors)
    return Built(deck=deck, file=file, remarks=tuple(str(problem) for problem in problems))


def draft(line: Line, spec: ReportSpec, *, author: str, key: str) -> Revision:
    """Make the first revision of a new draft; a second call with the same `key` returns the first one's."""
    if known := line.store.by_key(line.workspace, key):
        return known
    told = _told(line, pinned(line, spec), revision=1, author=author, kept={})
    draft_id = hashlib.sha256(f"{line.workspace}:{key}".encode()).hexdigest()[:16]
    start = Draft(
        id=draft_id,
        workspace=line.workspace,
        kind=spec.kind,
        owner=author,
        created_at=line.now(),
        head=1,
    )
    return _save(line, start, pinned(line, spec), told, author=author, key=key, parent=None, changes=())


def revise(
    line: Line, before: Revision, ops: tuple[Op, ...], *, author: str, key: str, fresh: bool = False
) -> Revision:
    """Make the next revision by a patch of the given one: on the same generation, or on the newest if `fresh`.

    Raises:
        StalePatch: `before` is no longer the newest revision.
        BadInput: an edit names something that the report does not have.
        NothingThere: nothing would be left to show; the draft stays as it is.
    """
    if known := line.store.by_key(line.workspace, key):
        return known
    spec = apply(before.spec, Patch(base_rev=before.spec_hash, ops=ops))
    if fresh:
        spec = spec.model_copy(update={"generation": line.mirror.current().name})
    head = _following(line, before)
    told = _told(line, spec, revision=head.head, author=author, kept=dict(before.wording))
    changes = describe(before.spec, spec, _as_seen(line, before), told.built.deck, zone=line.company.zone)
    return _save(line, head, spec, told, author=author, key=key, parent=before.number, changes=changes)


def undo(line: Line, before: Revision, *, author: str, key: str, to: int | None = None) -> Revision:
    """Make the next revision equal to the parent of the given one (or to revision `to`), from what that one stored.

    One that was made under other rights is measured again, on the same generation: those who will see it are others.

    Raises:
        NothingThere: the first revision has no parent.
        NoSuchDraft: there is no revision `to`.
    """
    if known := line.store.by_key(line.workspace, key):
        return known
    wanted = before.parent if to is None else to
    if wanted is None:
        message = "this is the first revision; there is nothing to undo"
        raise NothingThere(message)
    earlier = line.store.revision(line.workspace, before.draft_id, wanted)
    head = _following(line, before)
    words = dict(earlier.wording)
    told = (
        _told(replace(line, writer=None), earlier.spec, revision=head.head, author=author, kept=words)
        if not line.access.still(earlier.limits)
        else _Told(built=finish(line, renumber(earlier.deck, head.head)), wording=words)
    )
    seen = _as_seen(line, before)
    differs = describe(before.spec, earlier.spec, seen, told.built.deck, zone=line.company.zone)
    changes = (f"Back to r{earlier.number}.", *differs)
    return _save(
        line, head, earlier.spec, told, author=author, key=key, parent=earlier.parent, changes=changes
    )


def pinned(line: Line, spec: ReportSpec) -> ReportSpec:
    """Return the spec bound to a generation: its own, else the newest."""
    if spec.generation is not None:
        return spec
    return spec.model_copy(update={"generation": line.mirror.current().name})


def file_of(line: Line, revision: Revision, kind: Literal["deck", "card"]) -> Path:
    """Return where a revision's deck or card is kept."""
    digest, suffix = (revision.file_sha256, ".pptx") if kind == "deck" else (revision.card_sha256, ".png")
    return line.store.files / f"{digest}{suffix}"


def _as_seen(line: Line, revision: Revision) -> Deck:
    """Return a revision's deck as this access may see it: as it was made, or measured again under these rights."""
    if line.access.covers(revision.limits):
        return revision.deck
    words = dict(revision.wording)
    told = _told(replace(line, writer=None), revision.spec, revision=revision.number, author="", kept=words)
    return told.built.deck


def _following(line: Line, before: Revision) -> Draft:
    """Return the draft with its head moved one on; refuse when `before` is no longer the newest."""
    draft = line.store.draft(line.workspace, before.draft_id)
    if draft.head != before.number:
        message = f"this edit was made for r{before.number}, the draft is at r{draft.head} by now"
        raise StalePatch(message)
    return draft.model_copy(update={"head": before.number + 1})


def _save(
    line: Line,
    head: Draft,
    spec: ReportSpec,
    told: _Told,
    *,
    author: str,
    key: str,
    parent: int | None,
    changes: tuple[str, ...],
) -> Revision:
    built = told.built
    card = _CARDS.get(built.deck.card.model_dump_json(), lambda: card_png(built.deck.card))
    revision = Revision(
        draft_id=head.id,
        workspace=line.workspace,
        number=head.head,
        parent=parent,
        author=author,
        created_at=line.now(),
        spec=spec,
        deck=built.deck,
        changes=changes,
        spec_hash=spec_hash(spec),
        deck_hash=deck_hash(built.deck),
        template_hash=OWN_TEMPLATE
        if line.template is None
        else hashlib.sha256(line.template.read_bytes()).hexdigest(),
        renderer=RENDERER,
        file_sha256=hashlib.sha256(built.file).hexdigest(),
        card_sha256=hashlib.sha256(card).hexdigest(),
        limits=line.access.limits,
        problems=(*built.remarks, *told.remarks),
        wording=tuple(told.wording.items()),
    )
    return line.store.save(head, revision, key=key, deck=built.file, card=card)
