"""`Notebook`: small things that must outlive the process, as JSON by kind and id, in the same database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import JsonValue

from bot.store.tables import META, writing

Body = dict[str, JsonValue]

_NOTE = sa.Table(
    "note",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
)
_CLAIM = sa.Table(
    "claim",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),  # seconds since the epoch
)
# Read many times a minute: a statement is put together once.
_OF_KIND = (
    sa.select(_NOTE.c.id, _NOTE.c.body)
    .where(_NOTE.c.workspace == sa.bindparam("workspace"), _NOTE.c.kind == sa.bindparam("kind"))
    .order_by(_NOTE.c.id)
)
_BY_ID = sa.select(_NOTE.c.body).where(
    _NOTE.c.workspace == sa.bindparam("workspace"),
    _NOTE.c.kind == sa.bindparam("kind"),
    _NOTE.c.id == sa.bindparam("note_id"),
)


class Notebook:
    """Notes and claims of one installation. A kind is a word for what the notes are: `person`, `posted`."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `engine`, whose tables exist."""
        self._engine = engine

    def read(self, workspace: str, kind: str, note_id: str) -> Body | None:
        """Return a note; None when there is none."""
        with self._engine.connect() as connection:
            body = _body(connection, workspace, kind, note_id)
        return None if body is None else json.loads(body)

    def all(self, workspace: str, kind: str) -> Mapping[str, Body]:
        """Return every note of a kind by its id, ordered by id; empty where there is none."""
        given = {"workspace": workspace, "kind": kind}
        with self._engine.connect() as connection:
            return {note_id: json.loads(body) for note_id, body in connection.execute(_OF_KIND, given)}

    def write(self, workspace: str, kind: str, note_id: str, body: Body) -> None:
        """Keep a note, in place of the one of that id."""
        self.change(workspace, kind, note_id, lambda _before: body)

    def erase(self, workspace: str, kind: str, note_id: str) -> None:
        """Forget a note; nothing happens when there is none."""
        self.change(workspace, kind, note_id, lambda _before: None)

    def forget(self, workspace: str, kind: str, which: Callable[[Body], bool]) -> int:
        """Forget the notes of a kind of which that is so; return how many they were."""
        gone = [note_id for note_id, body in self.all(workspace, kind).items() if which(body)]
        for note_id in gone:
            self.change(workspace, kind, note_id, lambda body: None if body is None or which(body) else body)
        return len(gone)

    def change(
        self, workspace: str, kind: str, note_id: str, to: Callable[[Body | None], Body | None]
    ) -> Body | None:
        """Read a note, keep what `to` makes of it (None: forget it), and return that, with nobody in between."""
        with writing(self._engine) as connection:
            body = _body(connection, workspace, kind, note_id)
            after = to(None if body is None else json.loads(body))
            connection.execute(
                sa.delete(_NOTE).where(
                    _NOTE.c.workspace == workspace, _NOTE.c.kind == kind, _NOTE.c.id == note_id
                )
            )
            if after is not None:
                connection.execute(
                    sa.insert(_NOTE).values(
                        workspace=workspace, kind=kind, id=note_id, body=json.dumps(after, ensure_ascii=False)
                    )
                )
        return after

    def claim(self, workspace: str, claim_id: str, *, at: datetime, within: timedelta) -> bool:
        """Say whether this is the first claim of that id within a time; of many at once exactly one is the first."""
        now = at.timestamp()
        with writing(self._engine) as connection:
            where = (_CLAIM.c.workspace == workspace, _CLAIM.c.id == claim_id)
            last = connection.execute(sa.select(_CLAIM.c.at).where(*where)).scalar()
            if last is not None and now - last < within.total_seconds():
                return False
            connection.execute(sa.delete(_CLAIM).where(*where))
            connection.execute(sa.insert(_CLAIM).values(workspace=workspace, id=claim_id, at=now))
        return True

    def forget_claims(self, *, before: datetime) -> int:
        """Forget the claims that were made before an instant; return how many they were."""
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(_CLAIM).where(_CLAIM.c.at < before.timestamp())).rowcount


def _body(connection: sa.Connection, workspace: str, kind: str, note_id: str) -> str | None:
    return connection.execute(_BY_ID, {"workspace": workspace, "kind": kind, "note_id": note_id}).scalar()
