"""`Store`: the one place that talks to the transactional database. Every row carries its workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.builds import Builds
from bot.errors import NoSuchDraft
from bot.store.approvals import Approvals
from bot.store.calls import calls
from bot.store.drafts import Draft, Revision
from bot.store.files import keep
from bot.store.notebook import Notebook
from bot.store.tables import META, writing
from bot.store.threads import Thread
from reports.context import Action, Call


def _keyed(name: str) -> sa.Table:
    """Return a table of JSON bodies by workspace and id."""
    return sa.Table(
        name,
        META,
        sa.Column("workspace", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )


_DRAFT, _ACTION, _THREAD = _keyed("draft"), _keyed("action"), _keyed("thread")
_REVISION = sa.Table(
    "revision",
    META,
    sa.Column("workspace", sa.String, primary_key=True),
    sa.Column("draft_id", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.String, nullable=False),  # idempotency: the same request gives the same revision
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("workspace", "key"),
)


class Store:
    """Drafts, revisions, actions and the files of one installation.

    `notes` holds small things beside them, `approvals` what is proposed to be written to the system of record.
    """

    def __init__(self, engine: sa.Engine, files: Path) -> None:
        """Use `engine` for rows and the folder `files` for decks and cards."""
        self._engine = engine
        self.files = files
        self.notes = Notebook(engine)
        self.approvals = Approvals(engine)
        self._revisions: Builds[Revision] = Builds(room=32)

    def save(self, draft: Draft, revision: Revision, *, key: str, deck: bytes, card: bytes) -> Revision:
        """Keep a new revision with its files, move the draft's head to it, and return what is kept.

        A second call with the same `key` changes nothing and returns the first one's revision.
        """
        keep(self.files, deck, ".pptx")
        keep(self.files, card, ".png")
        with writing(self._engine) as connection:
            known = connection.execute(
                sa.select(_REVISION.c.body).where(
                    _REVISION.c.workspace == revision.workspace, _REVISION.c.key == key
                )
            ).scalar()
            if known is not None:
                return Revision.model_validate_json(known)
            connection.execute(
                sa.delete(_DRAFT).where(_DRAFT.c.workspace == draft.workspace, _DRAFT.c.id == draft.id)
            )
            connection.execute(
                sa.insert(_DRAFT).values(workspace=draft.workspace, id=draft.id, body=draft.model_dump_json())
            )
            connection.execute(
                sa.insert(_REVISION).values(
                    workspace=revision.workspace,
                    draft_id=revision.draft_id,
                    number=revision.number,
                    key=key,
                    body=revision.model_dump_json(),
                )
            )
        return revision

    def by_key(self, workspace: str, key: str) -> Revision | None:
        """Return the revision that the run with this idempotency key made; None when it made none."""
        with self._engine.connect() as connection:
            body = connection.execute(
                sa.select(_REVISION.c.body).where(_REVISION.c.workspace == workspace, _REVISION.c.key == key)
            ).scalar()
        return None if body is None else Revision.model_validate_json(body)

    def draft(self, workspace: str, draft_id: str) -> Draft:
        """Return a draft.

        Raises:
            NoSuchDraft: there is none of that id in this workspace.
        """
        with self._engine.connect() as connection:
            body = connection.execute(
                sa.select(_DRAFT.c.body).where(_DRAFT.c.workspace == workspace, _DRAFT.c.id == draft_id)
            ).scalar()
        if body is None:
            message = f"there is no draft {draft_id!r}"
            raise NoSuchDraft(message)
        return Draft.model_validate_json(body)

    def revision(self, workspace: str, draft_id: str, number: int) -> Revision:
        """Return one revision of a draft; it never changes, so the last few are kept at hand.

        Raises:
            NoSuchDraft: there is no such revision.
        """
        key = (workspace, draft_id, number)
        return self._revisions.get(key, lambda: self._read_revision(*key))

    def _read_revision(self, workspace: str, draft_id: str, number: int) -> Revision:
        with self._engine.connect() as connection:
            body = connection.execute(
                sa.select(_REVISION.c.body).where(
                    _REVISION.c.workspace == workspace,
                    _REVISION.c.draft_id == draft_id,
                    _REVISION.c.number == number,
                )
            ).scalar()
        if body is None:
            message = f"draft {draft_id!r} has no revision {number}"
            raise NoSuchDraft(message)
        return Revision.model_validate_json(body)

    def actions(self, workspace: str) -> tuple[Action, ...]:
        """Return all actions, ordered by due date and id; empty when nobody took any."""
        with self._engine.connect() as connection:
            bodies = connection.execute(
                sa.select(_ACTION.c.body).where(_ACTION.c.workspace == workspace).order_by(_ACTION.c.id)
            ).scalars()
            return tuple(
                sorted(
                    (Action.model_validate_json(body) for body in bodies),
                    key=lambda action: (action.due, action.id),
                )
            )

    def calls(self, workspace: str) -> tuple[Call, ...]:
        """Return what managers called and did not take back, oldest first; empty when nobody has."""
        return calls(self.notes, workspace)

    def keep_actions(self, workspace: str, actions: tuple[Action, ...]) -> None:
        """Keep these actions, replacing those of the same id."""
        with writing(self._engine) as connection:
            for action in actions:
                connection.execute(
                    sa.delete(_ACTION).where(_ACTION.c.workspace == workspace, _ACTION.c.id == action.id)
                )
                connection.execute(
                    sa.insert(_ACTION).values(
                        workspace=workspace, id=action.id, body=action.model_dump_json()
                    )
                )

    def change_action(self, workspace: str, action_id: str, to: Callable[[Action | None], Action]) -> Action:
        """Read an action (None: there is none), keep what `to` makes of it, and return that, with nobody in between."""
        where = (_ACTION.c.workspace == workspace, _ACTION.c.id == action_id)
        with writing(self._engine) as connection:
            body = connection.execute(sa.select(_ACTION.c.body).where(*where)).scalar()
            after = to(None if body is None else Action.model_validate_json(body))
            connection.execute(sa.delete(_ACTION).where(*where))
            connection.execute(
                sa.insert(_ACTION).values(workspace=workspace, id=action_id, body=after.model_dump_json())
            )
        return after

    def thread(self, workspace: str, thread_id: str) -> Thread:
        """Return what a conversation remembers; a new one remembers nothing."""
        with self._engine.connect() as connection:
            body = connection.execute(
                sa.select(_THREAD.c.body).where(_THREAD.c.workspace == workspace, _THREAD.c.id == thread_id)
            ).scalar()
        return Thread(workspace=workspace, id=thread_id) if body is None else Thread.model_validate_json(body)

    def keep_thread(self, thread: Thread) -> None:
        """Remember a conversation as it is now."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.delete(_THREAD).where(_THREAD.c.workspace == thread.workspace, _THREAD.c.id == thread.id)
            )
            connection.execute(
                sa.insert(_THREAD).values(
                    workspace=thread.workspace, id=thread.id, body=thread.model_dump_json()
                )
            )

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def open_store(home: Path, url: str | None = None) -> Store:
    """Open (or make) the store: `url` where one is set, else SQLite in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url or f"sqlite:///{home / 'quarterdeck.sqlite'}")
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin)
    META.create_all(engine)
    return Store(engine, home / "files")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Leave BEGIN to us, wait for other writers, and keep readers and the writer apart."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Start a writing transaction with the write lock: read-then-write never finds itself overtaken."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
