"""Drafts and their revisions: what is kept so that a report can be drawn again without mirror or model."""

from __future__ import annotations

from datetime import datetime

from reports.deck import Deck
from reports.facts import Frozen
from reports.spec import ReportSpec


class Draft(Frozen):
    """A report under work: who owns it, and which revision is the newest."""

    id: str
    workspace: str
    kind: str
    owner: str
    created_at: datetime
    head: int


class Revision(Frozen):
    """One state of a draft. `parent` is the revision that undo goes back to (None for the first).

    `changes` says in people's words what differs from the revision before. The file is kept by its SHA-256. `limits`
    are those of the access that it was measured under. `wording` is the sentences that a model worded: the template that
    each stands in place of, and what is said.
    """

    draft_id: str
    workspace: str
    number: int
    parent: int | None
    author: str
    created_at: datetime
    spec: ReportSpec
    deck: Deck
    changes: tuple[str, ...]
    spec_hash: str
    deck_hash: str
    template_hash: str
    renderer: str
    file_sha256: str
    card_sha256: str
    limits: str = ""
    problems: tuple[str, ...] = ()
    wording: tuple[tuple[str, str], ...] = ()
