"""Who a person is in Salesforce, and their sign-in, encrypted at rest: one row per workspace and person.

Beside them lie those who are in the browser just now, each to be taken out once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from connectors.errors import BadRequest, Conflict, TryLater
from connectors.salesforce.signin import Attempt
from connectors.salesforce.tokens import Token

FILE: Final = "people.db"
# Seconds that one process waits while another one writes.
PATIENCE: Final = 10.0
_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS person (
        workspace TEXT NOT NULL, person TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (workspace, person)
    ) WITHOUT ROWID""",
    # Whoever is sent out again has one way back, the last.
    """CREATE TABLE IF NOT EXISTS away (
        mark TEXT PRIMARY KEY, workspace TEXT NOT NULL, person TEXT NOT NULL, until TEXT NOT NULL, sealed BLOB NOT NULL,
        UNIQUE (workspace, person)
    ) WITHOUT ROWID""",
)
# So many persons renew their sign-ins side by side.
_STRIPES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Who a person is in Salesforce: found by their e-mail address, and confirmed by them once.

    It counts only when `confirmed_at` is set. `token` is the sign-in of last time, if any.
    """

    email: str
    username: str
    user_id: str
    confirmed_at: datetime | None = None
    token: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody who is in the browser: `person` of the CRM, called `user` where they set out, back before `until`."""

    person: str
    user: str
    attempt: Attempt
    until: datetime


class Vault:
    """The file that keeps links and sign-ins, under `home`. Threads and processes may share it: each call is one step.

    The keys are those of QUARTERDECK_KEY: the first encrypts, each of them decrypts, so that a new key can be put
    before the former one, and the former one be taken away after `reseal`.
    """

    def __init__(self, home: Path, keys: str | None, *, patience: float = PATIENCE) -> None:
        """Open the file, making it where there is none yet; wait so many seconds while another process writes.

        Raises:
            BadRequest: there is no key, one is no key, or none of them opens what is kept.
            TryLater: another process holds the file for longer than that; so do all the others.
        """
        self._cipher = _cipher(keys)
        self._patience = patience
        self.path: Final[Path] = home / "salesforce" / FILE
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self.path.chmod(0o600)
        with self._open() as file:
            for table in _TABLES:
                file.execute(table)
            for row in file.execute("SELECT workspace, person, sealed FROM person LIMIT 1"):
                self._unsealed(*row)

    def link(self, workspace: str, person: str) -> Link | None:
        """Return who a person is in Salesforce, confirmed or not; None where nothing is kept of them."""
        with self._open() as file:
            return self._read(file, workspace, person)

    def propose(self, workspace: str, person: str, link: Link) -> None:
        """Keep who a person seems to be, until they confirm it; what was kept before is gone."""
        with self._open() as file:
            self._write(file, workspace, person, replace(link, confirmed_at=None, token=None))

    def offer(self, workspace: str, person: str, link: Link) -> Link | None:
        """Keep who a person seems to be with the sign-in that they brought; it counts for nothing until they confirm it.

        Return what was kept before.
        """
        with self._open() as file:
            before = self._read(file, workspace, person)
            self._write(file, workspace, person, replace(link, confirmed_at=None))
            return before

    def lapse(self, workspace: str, person: str, *, issued_at: datetime) -> Token | None:
        """Forget a person whose sign-in of that instant was never confirmed, and return it; None where there is no such."""
        with self._open() as file:
            link = self._read(file, workspace, person)
            if link is None or link.confirmed_at or link.token is None or link.token.issued_at != issued_at:
                return None
            file.execute("DELETE FROM person WHERE workspace = ? AND person = ?", (workspace, person))
            return link.token

    def send_out(self, workspace: str, away: Away, *, at: datetime) -> None:
        """Keep who sets out into the browser; an earlier way back of theirs is closed, and those of all who are late."""
        mark, until = _mark(away.attempt.state), _instant(away.until)
        told = [mark, workspace, until, away.person, away.user, away.attempt.verifier]
        sealed = self._cipher.encrypt(json.dumps(told).encode())
        with self._open() as file:
            file.execute("DELETE FROM away WHERE until <= ?", (_instant(at),))
            file.execute(
                "INSERT OR REPLACE INTO away (mark, workspace, person, until, sealed) VALUES (?, ?, ?, ?, ?)",
                (mark, workspace, away.person, until, sealed),
            )

    def take_back(self, workspace: str, state: str, *, at: datetime) -> Away | None:
        """Return who came back from the browser, once; None where nobody is awaited by that state, or not any more."""
        mark = _mark(state)
        with self._open() as file:
            row = file.execute(
                "DELETE FROM away WHERE mark = ? AND workspace = ? RETURNING sealed",
                (mark, workspace),
            ).fetchone()
        if row is None:
            return None
        try:
            *where, until, person, user, verifier = json.loads(self._cipher.decrypt(row[0]))
        except InvalidToken:
            return None
        # A row that was put under another name brings nobody back.
        if where != [mark, workspace] or until <= _instant(at):
            return None
        attempt = Attempt(state=state, verifier=verifier)
        return Away(person=person, user=user, attempt=attempt, until=datetime.fromisoformat(until))

    @contextmanager
    def renewing(self, workspace: str, person: str) -> Iterator[None]:
        """Be the only one who renews a person's sign-in: the refresh token that was used is worth nothing afterwards."""
        digest = hashlib.sha256(json.dumps([workspace, person]).encode()).digest()
        lock = self.path.with_name(f"renewing-{digest[0] % _STRIPES}.lock")
        with lock.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def confirm(self, workspace: str, person: str, *, username: str, at: datetime) -> Link:
        """Keep that a person confirmed to be the user of that name, and return it; a second time changes nothing.

        Raises:
            Conflict: it is not what is proposed to them now.
        """
        with self._open() as file:
            link = self._read(file, workspace, person)
            if link is None or link.username != username:
                raise Conflict(
                    "that is no longer the Salesforce user who was proposed: connect Salesforce again"
                )
            if link.confirmed_at is None:
                link = replace(link, confirmed_at=at)
                self._write(file, workspace, person, link)
            return link

    def keep_token(self, workspace: str, person: str, token: Token, *, after: Token | None = None) -> bool:
        """Keep a new sign-in in the place of the one before, and say whether that was done.

        Nothing is kept of whoever has let go of it meanwhile, or has brought another one.
        """
        with self._open() as file:
            link = self._read(file, workspace, person)
            kept = link is not None and link.confirmed_at is not None and link.token == after
            if link is not None and kept:
                self._write(file, workspace, person, replace(link, token=token))
            return kept

    def drop(self, workspace: str, person: str) -> Link | None:
        """Forget a person and return what was kept, so that their sign-in can be revoked; None where nothing was."""
        with self._open() as file:
            link = self._read(file, workspace, person)
            file.execute("DELETE FROM away WHERE workspace = ? AND person = ?", (workspace, person))
            file.execute("DELETE FROM person WHERE workspace = ? AND person = ?", (workspace, person))
            return link

    def drop_workspace(self, workspace: str) -> tuple[Link, ...]:
        """Forget everybody of a workspace and return what was kept of them, so that it can be revoked."""
        with self._open() as file:
            file.execute("DELETE FROM away WHERE workspace = ?", (workspace,))
            rows = file.execute(
                "DELETE FROM person WHERE workspace = ? RETURNING workspace, person, sealed", (workspace,)
            ).fetchall()
            return tuple(self._unsealed(*row) for row in rows)

    def reseal(self) -> int:
        """Encrypt everything with the first key and return how many persons that were; the other keys can go then."""
        with self._open() as file:
            # Whoever is in the browser sets out again.
            file.execute("DELETE FROM away")
            rows = file.execute("SELECT workspace, person, sealed FROM person").fetchall()
            for workspace, person, sealed in rows:
                self._write(file, workspace, person, self._unsealed(workspace, person, sealed))
            return len(rows)

    def _read(self, file: sqlite3.Connection, workspace: str, person: str) -> Link | None:
        row = file.execute(
            "SELECT workspace, person, sealed FROM person WHERE workspace = ? AND person = ?",
            (workspace, person),
        ).fetchone()
        return self._unsealed(*row) if row else None

    def _write(self, file: sqlite3.Connection, workspace: str, person: str, link: Link) -> None:
        # Whose it is lies inside, too: a row that was put under another name does not open.
        told = json.dumps([workspace, person, asdict(link)], default=datetime.isoformat)
        file.execute(
            "INSERT OR REPLACE INTO person (workspace, person, sealed) VALUES (?, ?, ?)",
            (workspace, person, self._cipher.encrypt(told.encode())),
        )

    def _unsealed(self, workspace: str, person: str, sealed: bytes) -> Link:
        try:
            told = json.loads(self._cipher.decrypt(sealed))
        except InvalidToken as error:
            raise BadRequest(
                f"QUARTERDECK_KEY does not open {str(self.path)!r}, which another key closed: put that key behind it, "
                "separated by a comma; or remove the file, and everybody connects Salesforce again"
            ) from error
        if told[:2] != [workspace, person]:
            raise BadRequest(
                f"{str(self.path)!r} was changed by somebody else: remove it, and find out who did"
            )
        return _link(told[2])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give the file for one transaction in which nobody else decides anything.

        Raises:
            TryLater: another process holds it for longer than our patience.
        """
        with closing(sqlite3.connect(self.path, timeout=self._patience, isolation_level=None)) as file:
            file.execute("PRAGMA secure_delete = ON")
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise TryLater(f"{str(self.path)!r} is held by another process: {error}") from error
            with file:
                yield file


def _mark(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _instant(at: datetime) -> str:
    """Return an instant as text that sorts as instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _cipher(keys: str | None) -> MultiFernet:
    listed = [key for key in re.split(r"[\s,]+", keys or "") if key]
    if not listed:
        raise BadRequest(
            "QUARTERDECK_KEY is not set, and sign-ins of persons are kept only encrypted: "
            "quarterdeck salesforce init makes one (set QUARTERDECK_KEY_FILE to its file)"
        )
    found = []
    for number, key in enumerate(listed, 1):
        try:
            found.append(Fernet(key))
        except ValueError as error:
            which = (
                f"key {number} of {len(listed)} in QUARTERDECK_KEY" if len(listed) > 1 else "QUARTERDECK_KEY"
            )
            raise BadRequest(
                f"{which} is no key: it has 44 letters and stands for 32 bytes; quarterdeck salesforce init makes one"
            ) from error
    return MultiFernet(found)


def _link(told: dict[str, Any]) -> Link:
    token = told.pop("token")
    at = told.pop("confirmed_at")
    return Link(
        **told,
        confirmed_at=datetime.fromisoformat(at) if at else None,
        token=Token(**{**token, "issued_at": datetime.fromisoformat(token["issued_at"])}) if token else None,
    )
