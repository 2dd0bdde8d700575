"""What is kept of a change before, while and after it is carried out: a proposal, its decision, what came of it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

from reports.facts import Frozen

Source = Literal["nudge", "words"]
# What came of it: written; refused, so that nothing was written; or nobody can tell.
State = Literal["written", "refused", "unknown"]
# Reasons of our own for which nothing is written, beside those of the system.
STOPPED, EXPIRED, ALTERED, MOVED, UNCONNECTED = "stopped", "expired", "altered", "moved", "unconnected"
CLOSED, OFF = "closed", "off"


class FieldChange(Frozen):
    """One field of a record, before and after, as text; None for no value. Where both are one, it is a condition.

    `word` is what we call the field, `field` the system's own name for it.
    """

    word: str
    field: str
    before: str | None
    after: str | None

    @property
    def moves(self) -> bool:
        """Say whether it changes anything."""
        return self.before != self.after


class Proposal(Frozen):
    """A change of one record that somebody may approve until a time.

    Attributes:
        id: what it is known by, in the system of record too: under it, it is carried out once.
        asker: the Slack person who asked for it.
        record_id, record: the deal, and how it was called.
        changes: its fields, each with the value that was shown and the one that it gets.
        approver: the person of the CRM who alone decides: the deal's owner.
        user: the same person in Slack.
        currency: of its amounts; empty where there is none.
        source, about: where it came from, and what that part of the bot knows it by.
        undoes: the proposal that it takes back; empty for none.
    """

    workspace: str
    id: str
    asker: str
    record_id: str
    record: str
    changes: tuple[FieldChange, ...]
    approver: str
    user: str
    currency: str = ""
    made_at: datetime
    expires_at: datetime
    source: Source
    about: str = ""
    undoes: str = ""

    @property
    def digest(self) -> str:
        """Return the fingerprint of all that is approved with it: one other byte gives another one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Decision(Frozen):
    """What the approver said, once: under which fingerprint, and when. No answer is none."""

    approved: bool
    by: str
    at: datetime
    digest: str


class Outcome(Frozen):
    """What came of an approved proposal.

    `why` is of which kind a refusal is, `said` the system's own words about it; `there` are fields that held something else
    than what was shown, with both; `differing` those that it holds otherwise than approved. `back` takes it back; empty
    where nothing can be.
    """

    state: State
    at: datetime
    why: str = ""
    said: str = ""
    there: tuple[FieldChange, ...] = ()
    differing: tuple[str, ...] = ()
    back: tuple[FieldChange, ...] = ()


class Kept(Frozen):
    """A proposal with all that is known of it. `digest` is that of the proposal when it was made; `begun` when it was sent."""

    proposal: Proposal
    digest: str
    decision: Decision | None = None
    begun: datetime | None = None
    outcome: Outcome | None = None

    @property
    def is_genuine(self) -> bool:
        """Say whether what lies there is what was proposed, and what was approved."""
        digest = self.proposal.digest
        return self.digest == digest and (self.decision is None or self.decision.digest == digest)


class Entry(Frozen):
    """One line of the trail: who did what to which record. Values of records are beside it, and only their fingerprint in it.

    Attributes:
        event: what happened.
        proposal: under which id; `undo` the id under which it can be taken back, empty where it cannot.
        actor: the Slack person who asked; `approver` the person of the CRM who decides.
        fields: the system's own names of what was touched.
        values: the fingerprint of the values.
        digest: the fingerprint of the proposal.
    """

    workspace: str
    number: int
    at: datetime
    event: Literal["approved", "declined", "written", "refused", "unknown"]
    proposal: str
    undo: str = ""
    actor: str
    approver: str
    record_id: str
    fields: tuple[str, ...]
    why: str = ""
    values: str
    digest: str
    previous: str
