"""Proposals with their decisions, and the trail of what was approved and written, each line chained to the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from bot.approvals.values import Decision, Entry, FieldChange, Kept, Outcome, Proposal
from bot.store.tables import META, writing

_PROPOSAL = sa.Table(
    "proposal",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("decision", sa.Text),
    sa.Column("approved_by", sa.String),
    sa.Column("approved_at", sa.Float),  # seconds since the epoch
    sa.Column("begun", sa.String),
    sa.Column("outcome", sa.Text),
)
_TRAIL = sa.Table(
    "trail",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
    sa.Column("held", sa.Text),  # what records held; forgotten when its time is up
    sa.Column("at", sa.Float, nullable=False),
)
# The proposals whose card waits for an answer, and until when: so those that are due are found without reading the others.
_WAITING = sa.Table(
    "proposal_waiting",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("until", sa.Float, nullable=False),  # seconds since the epoch
    sa.Index("proposal_waiting_until", "workspace", "until"),
)
# Where each trail ends, and up to when what records held was forgotten: so the loss of its last lines shows.
_END = sa.Table(
    "trail_end",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
    sa.Column("forgotten", sa.Float),  # seconds since the epoch
)
_START: Final = "0" * 64
# Two processes may want the next line at once; on PostgreSQL one of them has to look again.
_TRIES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many changes may be approved within a day: by one person, and by all together."""

    person: int
    everybody: int


class _FullError(Exception):
    """A cap is reached; what was done in this transaction is taken back."""


class Approvals:
    """Proposals and the trail of one installation."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`, whose tables exist."""
        self._engine = engine

    def keep(self, proposal: Proposal, *, waits: bool = False) -> Kept:
        """Keep a proposal, and return what is kept under its id: the first one. `waits` says that a card asks for an answer."""
        with writing(self._engine) as connection:
            known = _read(connection, proposal.workspace, proposal.id)
            if known is not None:
                return known
            body, digest = proposal.model_dump_json(), proposal.digest
            row = {"workspace": proposal.workspace, "id": proposal.id, "body": body, "digest": digest}
            connection.execute(sa.insert(_PROPOSAL).values(row))
            if waits:
                until = proposal.expires_at.timestamp()
                connection.execute(
                    sa.insert(_WAITING).values(workspace=proposal.workspace, id=proposal.id, until=until)
                )
        return Kept(proposal=proposal, digest=digest)

    def get(self, workspace: str, proposal_id: str) -> Kept | None:
        """Return a proposal with all that is known of it; None where there is none."""
        with self._engine.connect() as connection:
            return _read(connection, workspace, proposal_id)

    def decide(
        self, proposal: Proposal, decision: Decision, *, caps: Caps
    ) -> Literal["kept", "again", "full"]:
        """Keep what the approver said, once: `again` where something was said before, `full` where a cap is reached."""
        values: dict[str, object] = {"decision": decision.model_dump_json()}
        if not decision.approved:
            return "kept" if self._once(proposal, "decision", values, "declined", decision.at) else "again"
        if not proposal.undoes:
            # Taking back counts for no cap: who has made as many changes as may be can still undo each.
            values |= {"approved_by": decision.by, "approved_at": decision.at.timestamp()}
        try:
            kept = self._once(
                proposal, "decision", values, "approved", decision.at, caps=None if proposal.undoes else caps
            )
        except _FullError:
            return "full"
        return "kept" if kept else "again"

    def begin(self, proposal: Proposal, at: datetime) -> None:
        """Keep that a proposal is about to be sent, so that nobody says later that nothing was."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(_PROPOSAL)
                .where(*_is(proposal.workspace, proposal.id), _PROPOSAL.c.begun.is_(None))
                .values(begun=at.isoformat())
            )

    def take_back(self, proposal: Proposal) -> None:
        """Keep that nothing of a proposal was sent after all: the system refused to take it just now."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(_PROPOSAL).where(*_is(proposal.workspace, proposal.id)).values(begun=None)
            )

    def finish(self, proposal: Proposal, outcome: Outcome) -> Outcome:
        """Keep what came of a proposal, and return what is kept: the first outcome."""
        values = {"outcome": outcome.model_dump_json()}
        self._once(proposal, "outcome", values, outcome.state, outcome.at, outcome=outcome)
        kept = self.get(proposal.workspace, proposal.id)
        return kept.outcome if kept is not None and kept.outcome is not None else outcome

    def carried_out(self, workspace: str, person: str, *, since: datetime) -> tuple[Kept, ...]:
        """Return what somebody of the CRM approved since an instant and what was written, the last first; no undo of it."""
        wanted = sa.select(_PROPOSAL).where(
            _PROPOSAL.c.workspace == workspace,
            _PROPOSAL.c.approved_by == person,
            _PROPOSAL.c.approved_at >= since.timestamp(),
            _PROPOSAL.c.outcome.is_not(None),
        )
        with self._engine.connect() as connection:
            found = [(_kept(row), row.id) for row in connection.execute(wanted)]
        done = [
            (kept.outcome.at, key, kept)
            for kept, key in found
            if kept.outcome is not None and kept.outcome.state == "written"
        ]
        return tuple(kept for _, _, kept in sorted(done, key=lambda one: one[:2], reverse=True))

    def unanswered(self, workspace: str, *, at: datetime) -> tuple[str, ...]:
        """Return the ids of the proposals whose card waited until before an instant, in that order; empty for none."""
        wanted = (
            sa.select(_WAITING.c.id)
            .where(_WAITING.c.workspace == workspace, _WAITING.c.until < at.timestamp())
            .order_by(_WAITING.c.until, _WAITING.c.id)
        )
        with self._engine.connect() as connection:
            return tuple(connection.execute(wanted).scalars())

    def wait_no_more(self, workspace: str, proposal_id: str) -> None:
        """Let go of a card that nobody answered: it is due no more."""
        with writing(self._engine) as connection:
            _let_go(connection, workspace, proposal_id)

    def trail(self, workspace: str) -> tuple[Entry, ...]:
        """Return the lines of the trail, oldest first; empty where nothing was ever approved."""
        return tuple(Entry.model_validate_json(line) for line, _, _ in self._lines(workspace))

    def values(self, workspace: str) -> tuple[str | None, ...]:
        """Return what records held by each line of the trail, as JSON; None where that is forgotten."""
        return tuple(values for _, _, values in self._lines(workspace))

    def broken(self, workspace: str) -> int | None:
        """Return the number of the first line of the trail that was altered or is missing; None where it is whole.

        Lines that are missing at its end show by where it ended, and by decisions of which it has no line.
        """
        previous, told = _START, set[str]()
        with self._engine.connect() as connection:
            end = connection.execute(sa.select(_END).where(_END.c.workspace == workspace)).first()
            decided = set(
                connection.execute(
                    sa.select(_PROPOSAL.c.id).where(
                        _PROPOSAL.c.workspace == workspace, _PROPOSAL.c.decision.is_not(None)
                    )
                ).scalars()
            )
        forgotten = end.forgotten if end is not None and end.forgotten is not None else 0.0
        lines = self._lines(workspace)
        for number, (line, kept, values) in enumerate(lines, start=1):
            entry = Entry.model_validate_json(line)
            held = entry.at.timestamp() < forgotten if values is None else _hash(values) == entry.values
            if not (held and _hash(line) == kept and (entry.number, entry.previous) == (number, previous)):
                return number
            previous = kept
            told |= {entry.proposal} if entry.event in {"approved", "declined"} else set()
        ends = end is None or (end.number, end.hash) == (len(lines), previous)
        return None if ends and decided <= told else len(lines) + 1

    def forget(self, workspace: str, *, before: datetime) -> int:
        """Forget what records held by lines older than that, and old proposals; the lines stay. Return how many lines."""
        old = before.timestamp()
        with writing(self._engine) as connection:
            for body, proposal_id in connection.execute(
                sa.select(_PROPOSAL.c.body, _PROPOSAL.c.id).where(_PROPOSAL.c.workspace == workspace)
            ).all():
                if Proposal.model_validate_json(body).expires_at < before:
                    connection.execute(sa.delete(_PROPOSAL).where(*_is(workspace, proposal_id)))
                    _let_go(connection, workspace, proposal_id)
            connection.execute(
                sa.update(_END)
                .where(
                    _END.c.workspace == workspace,
                    sa.or_(_END.c.forgotten.is_(None), _END.c.forgotten < old),
                )
                .values({"forgotten": old})
            )
            return connection.execute(
                sa.update(_TRAIL)
                .where(_TRAIL.c.workspace == workspace, _TRAIL.c.at < old, _TRAIL.c.held.is_not(None))
                .values({"held": None})
            ).rowcount

    def _once(
        self,
        proposal: Proposal,
        column: str,
        values: Mapping[str, object],
        event: str,
        at: datetime,
        *,
        outcome: Outcome | None = None,
        caps: Caps | None = None,
    ) -> bool:
        """Set what is not set yet, and add a line to the trail, both or neither; False where it was set."""
        for last in (*(False,) * (_TRIES - 1), True):
            try:
                with writing(self._engine) as connection:
                    changed = connection.execute(
                        sa.update(_PROPOSAL)
                        .where(*_is(proposal.workspace, proposal.id), _PROPOSAL.c[column].is_(None))
                        .values(values)
                    ).rowcount
                    if changed == 1 and caps is not None:
                        _refuse_full(connection, proposal, at, caps)
                    if changed == 1:
                        _let_go(connection, proposal.workspace, proposal.id)
                        _append(connection, proposal, event, at, outcome)
            except sa.exc.IntegrityError:
                if last:
                    raise
            else:
                return changed == 1
        raise AssertionError("a try returns or raises")

    def _lines(self, workspace: str) -> list[tuple[str, str, str | None]]:
        wanted = (
            sa.select(_TRAIL.c.line, _TRAIL.c.hash, _TRAIL.c.held)
            .where(_TRAIL.c.workspace == workspace)
            .order_by(_TRAIL.c.number)
        )
        with self._engine.connect() as connection:
            return [(line, kept, held) for line, kept, held in connection.execute(wanted)]


def _refuse_full(connection: sa.Connection, proposal: Proposal, at: datetime, caps: Caps) -> None:
    """Refuse an approval, which is there already, where it is one more than may be within a day."""
    where = (
        _PROPOSAL.c.workspace == proposal.workspace,
        _PROPOSAL.c.approved_at > (at - timedelta(days=1)).timestamp(),
    )
    wanted = (
        sa.select(_PROPOSAL.c.approved_by, sa.func.count()).where(*where).group_by(_PROPOSAL.c.approved_by)
    )
    counted: dict[str, int] = {row[0]: row[1] for row in connection.execute(wanted)}
    if sum(counted.values()) > caps.everybody or counted.get(proposal.approver, 0) > caps.person:
        raise _FullError


def _append(
    connection: sa.Connection, proposal: Proposal, event: str, at: datetime, outcome: Outcome | None
) -> None:
    last = connection.execute(
        sa.select(_TRAIL.c.number, _TRAIL.c.hash)
        .where(_TRAIL.c.workspace == proposal.workspace)
        .order_by(_TRAIL.c.number.desc())
        .limit(1)
    ).first()
    number, previous = (1, _START) if last is None else (last[0] + 1, last[1])
    values = json.dumps(
        {
            "changes": [_pair(change) for change in proposal.changes],
            "back": [_pair(change) for change in outcome.back] if outcome else [],
            "said": outcome.said if outcome else "",
        },
        ensure_ascii=False,
    )
    line = Entry.model_validate(
        {
            "workspace": proposal.workspace,
            "number": number,
            "at": at,
            "event": event,
            "proposal": proposal.id,
            "undo": f"{proposal.id}/undo" if outcome and outcome.back else "",
            "actor": proposal.asker,
            "approver": proposal.approver,
            "record_id": proposal.record_id,
            "fields": tuple(change.field for change in proposal.changes),
            "why": outcome.why if outcome else "",
            "values": _hash(values),
            "digest": proposal.digest,
            "previous": previous,
        }
    ).model_dump_json()
    connection.execute(
        sa.insert(_TRAIL).values(
            {
                "workspace": proposal.workspace,
                "number": number,
                "line": line,
                "hash": _hash(line),
                "held": values,
                "at": at.timestamp(),
            }
        )
    )
    end: dict[str, object] = {"number": number, "hash": _hash(line)}
    mine = _END.c.workspace == proposal.workspace
    if connection.execute(sa.update(_END).where(mine).values(end)).rowcount == 0:
        connection.execute(sa.insert(_END).values(end | {"workspace": proposal.workspace}))


def _read(connection: sa.Connection, workspace: str, proposal_id: str) -> Kept | None:
    row = connection.execute(sa.select(_PROPOSAL).where(*_is(workspace, proposal_id))).first()
    return None if row is None else _kept(row)


def _kept(row: sa.Row[Any]) -> Kept:
    return Kept(
        proposal=Proposal.model_validate_json(row.body),
        digest=row.digest,
        decision=None if row.decision is None else Decision.model_validate_json(row.decision),
        begun=None if row.begun is None else datetime.fromisoformat(row.begun),
        outcome=None if row.outcome is None else Outcome.model_validate_json(row.outcome),
    )


def _let_go(connection: sa.Connection, workspace: str, proposal_id: str) -> None:
    connection.execute(
        sa.delete(_WAITING).where(_WAITING.c.workspace == workspace, _WAITING.c.id == proposal_id)
    )


def _is(workspace: str, proposal_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_PROPOSAL.c.workspace == workspace, _PROPOSAL.c.id == proposal_id)


def _pair(change: FieldChange) -> list[str | None]:
    return [change.field, change.before, change.after]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
