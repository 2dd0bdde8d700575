"""The one piece of the bot that changes the system of record: it carries out what was approved, once, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bot.approvals.values import (
    ALTERED,
    CLOSED,
    EXPIRED,
    MOVED,
    OFF,
    STOPPED,
    UNCONNECTED,
    FieldChange,
    Kept,
    Outcome,
    Proposal,
    State,
)
from bot.store.approvals import Approvals
from connectors.errors import ConnectorError, NotConnected, TryLater
from connectors.protocol import Writing
from connectors.records import Opportunity, Status
from connectors.writes import Done, Edit, Stale, Update, Value, Why, Writer

# How long is waited before each further try, in seconds.
PAUSES: Final = (5.0, 60.0, 300.0)
# Nobody waits longer than that in one go, whatever the system advises.
_LONGEST: Final = 900.0
# A limit that is used up does not come back while somebody waits.
_NOT_AGAIN: Final = frozenset({Why.LIMIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """It could not be carried out just now, and is tried again in so many seconds."""

    seconds: float


class Executor:
    """Holds the writer. `writer` is None where proposals are kept only."""

    def __init__(
        self, crm: Writing, kept: Approvals, *, writer: Writer | None, now: Callable[[], datetime]
    ) -> None:
        """Write to `crm` by `writer`, and keep in `kept` what comes of it."""
        self._crm, self._writer, self._now = crm, writer, now
        self.kept: Final = kept

    @property
    def writes(self) -> bool:
        """Say whether approved changes are carried out here."""
        return self._writer is not None

    @property
    def label(self) -> str:
        """Return what people call the system."""
        return self._crm.label

    def read(self, deal_id: str) -> Opportunity | None:
        """Return a deal as the system holds it right now; None where there is none.

        Raises:
            ConnectorError: it cannot be asked.
        """
        return self._crm.read(deal_id)

    def changes(
        self, deal_id: str, wanted: dict[str, tuple[str | None, str | None]]
    ) -> tuple[FieldChange, ...]:
        """Return wished changes, by our words for fields, each before and after, by the system's own names too.

        Raises:
            ConnectorError: one is no field of a deal, or the system does not say which fields there are.
        """
        found = []
        for word, (before, after) in wanted.items():
            edit = Edit(field=word, before=before, after=after)
            update = self._crm.update(deal_id, (edit,), key="")
            found += [_as_change(one, word) for one in update.edits]
        return tuple(found)

    def choices(self, word: str) -> tuple[str, ...]:
        """Return the values from which a field of a deal takes one, by our word; empty where that cannot be told."""
        try:
            return self._crm.choices(word)
        except ConnectorError:
            return ()

    def carry_out(self, kept: Kept, *, halted: str, tries: int) -> Outcome | Later:
        """Carry out an approved proposal, or say what stands in its way; a second call gives the first one's outcome.

        `halted` says who stopped everything, empty while nobody has; `tries` counts the tries before this one.

        Raises:
            ValueError: nobody approved it, or nothing is written here.
        """
        if kept.outcome is not None:
            return kept.outcome
        proposal, decision, writer = kept.proposal, kept.decision, self._writer
        if writer is None or decision is None or not decision.approved:
            message = f"{proposal.id!r} was not approved, or nothing is written here"
            raise ValueError(message)
        if not kept.is_genuine or decision.by != proposal.approver:
            # What was sent is not what lies there, so it cannot be asked for.
            return self._ended(kept, "refused" if kept.begun is None else "unknown", ALTERED, "")
        try:
            why, said = (STOPPED, halted) if halted else self._against(proposal)
        except ConnectorError as error:
            return self._failed(kept, error, tries=tries, sent=kept.begun is not None)
        wanted, done = _update(proposal), None
        try:
            if not why:
                self.kept.begin(proposal, self._now())
                done = writer.write(wanted, person=proposal.approver)
            elif kept.begun is not None:
                # It may have been written in an earlier try. That is looked up; nothing more is sent.
                done = writer.came_of(wanted, person=proposal.approver)
        except ConnectorError as error:
            return self._failed(kept, error, tries=tries, sent=error.sent)
        if done is None:
            return self._ended(kept, "refused", why, said)
        return self.kept.finish(proposal, _written(done, proposal, self._now()))

    def _against(self, proposal: Proposal) -> tuple[str, str]:
        """Return what stands against carrying out a proposal now, with what is to be said of it; empty for nothing.

        Raises:
            ConnectorError: the deal cannot be read.
        """
        if self._now() > proposal.expires_at:
            return EXPIRED, ""
        live = self._crm.read(proposal.record_id)
        if live is None:
            return Why.GONE, ""
        if live.owner_id != proposal.approver:
            return MOVED, ""
        # A lost deal is what an undo may have to take back.
        closed = live.status is not Status.OPEN and not proposal.undoes
        return (CLOSED, str(live.status)) if closed else ("", "")

    def _failed(self, kept: Kept, error: ConnectorError, *, tries: int, sent: bool) -> Outcome | Later:
        """Return that it is tried again, or what came of it in the end; `sent` says that something may have arrived."""
        why = self._crm.why(error)
        lost = why is Why.UNKNOWN
        if (isinstance(error, TryLater) or lost) and why not in _NOT_AGAIN and tries < len(PAUSES):
            advised = error.after_seconds if isinstance(error, TryLater) else None
            if not (sent or lost):
                # Whoever settles it next, be it with writing switched off, knows that nothing was sent.
                self.kept.take_back(kept.proposal)
            return Later(seconds=min(max(PAUSES[tries], advised or 0.0), _LONGEST))
        if sent or lost:
            return self._ended(kept, "unknown", why, said_of(error))
        if isinstance(error, NotConnected):
            return self._ended(kept, "refused", UNCONNECTED, "")
        found = error.found if isinstance(error, Stale) else ()
        there = tuple(_as_change(one, _word(kept.proposal, one.field)) for one in found)
        return self._ended(kept, "refused", why, said_of(error), there=there)

    def _ended(
        self, kept: Kept, state: State, why: str, said: str, *, there: tuple[FieldChange, ...] = ()
    ) -> Outcome:
        outcome = Outcome(state=state, at=self._now(), why=_name(why), said=said, there=there)
        return self.kept.finish(kept.proposal, outcome)


def switched_off(approvals: Approvals, kept: Kept, at: datetime) -> Outcome:
    """Keep that an approved proposal is not carried out since nothing is written any more; what came of it, if something did."""
    outcome = Outcome(state="refused" if kept.begun is None else "unknown", at=at, why=OFF)
    return kept.outcome or approvals.finish(kept.proposal, outcome)


def said_of(error: ConnectorError) -> str:
    """Return the system's own words in an error where it has said some, else the error's."""
    told = getattr(error, "said", None)
    words = str(getattr(told, "message", "") or error)
    return " ".join(words.split())


def _update(proposal: Proposal) -> Update:
    edits = tuple(Edit(field=one.field, before=one.before, after=one.after) for one in proposal.changes)
    return Update(key=proposal.id, of="deal", record_id=proposal.record_id, edits=edits)


def _written(done: Done, proposal: Proposal, at: datetime) -> Outcome:
    back = done.inverse.edits if done.inverse is not None else ()
    return Outcome(
        state="written",
        at=at,
        differing=done.differing,
        back=tuple(_as_change(one, _word(proposal, one.field)) for one in back),
    )


def _as_change(edit: Edit, word: str) -> FieldChange:
    """Return an edit by the system's own names as it is kept, called by our word."""
    return FieldChange(word=word, field=edit.field, before=_text(edit.before), after=_text(edit.after))


def _word(proposal: Proposal, field: str) -> str:
    """Return what we call a field of the system; its own name where nothing was said of it."""
    return next((one.word for one in proposal.changes if one.field == field), field)


def _name(why: str) -> str:
    return why.name.lower() if isinstance(why, Why) else why


def _text(value: Value) -> str | None:
    match value:
        case None | "":
            return None
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
