"""What becomes of each write: one small file per key, written whole, so that no crash lets a write happen twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from connectors.disk import only_writer, write_atomically
from connectors.errors import BadRequest, TryLater
from connectors.writes import Done, Edit, NewCase, NewTask, SentEmail, Update, Write

FOLDER: Final = Path("salesforce") / "writes"
_VERSION: Final = 1
# It holds what records say.
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """How far a write is.

    `planned`: nothing has left. `sent`: it left, and no answer is known. `written`: Salesforce took it, what came of it is
    to be read back. `done`: `done` says it. A refusal leaves it `planned`.

    `stamp` is the record's LastModifiedDate under which an update was sent, or when an entry first was; `sent_at` when
    it last was. `seen` are the fields of the record then. `record_id` is an entry's, once it is known.
    """

    person: str
    wanted: Write
    state: Literal["planned", "sent", "written", "done"] = "planned"
    stamp: datetime | None = None
    sent_at: datetime | None = None
    seen: tuple[Edit, ...] = ()
    record_id: str | None = None
    done: Done | None = None


class Journal:
    """The files of all writes in a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`, which is made when the first one comes."""
        self._folder = folder

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Be the only one at this write, among threads and processes.

        Raises:
            TryLater: somebody else is at it, and may be sending it.
        """
        path = self._path(key)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as stack:
            try:
                stack.enter_context(only_writer(path.with_suffix(".lock"), of="this change"))
            except TryLater as error:
                error.sent = True
                raise
            yield

    def find(self, wanted: Write, person: str) -> Noted | None:
        """Return how far a write is; None where it was never begun.

        Raises:
            BadRequest: the key belongs to another write or another person, or the file cannot be read.
        """
        path = self._path(wanted.key)
        try:
            noted = _read(path)
        except FileNotFoundError:
            return None
        if noted is None:
            error = BadRequest(
                f"{path.name} in {FOLDER} cannot be read, so nobody can tell whether this was written: compare the record "
                "with what was proposed, and propose anew"
            )
            error.sent = True
            raise error
        if (noted.wanted, noted.person) != (wanted, person):
            raise BadRequest(
                f"the key {wanted.key!r} belongs to another write: propose anew, under another key"
            )
        return noted

    def may_have_left(self, wanted: Write, person: str) -> bool:
        """Say whether something of a write may have left and is not settled; so it is where its file cannot be read."""
        try:
            noted = self.find(wanted, person)
        except BadRequest as error:
            return error.sent
        return noted is not None and noted.state in ("sent", "written")

    def keep(self, noted: Noted) -> Noted:
        """Keep how far a write is, and return it; when this returns, it is on the disk."""
        content = json.dumps({"version": _VERSION, "write": _packed(noted)}, ensure_ascii=False)
        write_atomically(self._path(noted.wanted.key), content.encode(), mode=_OWNER_ONLY)
        return noted

    def tidy(self, *, before: datetime) -> int:
        """Forget the writes whose last word came before an instant, and return how many; one that is under way stays.

        So long ago nobody asks again for what was approved, and no request is at work any more.
        """
        gone = 0
        for path in sorted(self._folder.glob("*.json")):
            lock = path.with_suffix(".lock")
            with suppress(TryLater), only_writer(lock, of="this change"):
                if path.is_file() and _last_word(path) < before:
                    path.unlink()
                    lock.unlink()
                    gone += 1
        for path in self._folder.glob(".*.part"):
            if _saved(path) < before:
                path.unlink(missing_ok=True)
        return gone

    def _path(self, key: str) -> Path:
        return self._folder / f"{sha256(key.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> Noted | None:
    """Return what a file says; None where it cannot be read.

    Raises:
        FileNotFoundError: there is none.
    """
    try:
        told = json.loads(path.read_bytes())
        noted = _unpacked(told["write"]) if told["version"] == _VERSION else None
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return noted if isinstance(noted, Noted) else None


def _last_word(path: Path) -> datetime:
    """Return when something was heard of a write last, by the org's clock; by the disk's where it never was."""
    noted = _read(path)
    if noted is not None and noted.done is not None:
        return noted.done.at
    return (noted.sent_at if noted is not None else None) or _saved(path)


def _saved(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


_KINDS: Final = {kind.__name__: kind for kind in (Noted, Update, Edit, NewTask, SentEmail, NewCase, Done)}


def _packed(value: object) -> Any:
    match value:
        case Decimal():
            return {"number": str(value)}
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case tuple():
            return [_packed(each) for each in value]
        case _ if is_dataclass(value):
            held = {each.name: _packed(getattr(value, each.name)) for each in fields(value)}
            return {"is": type(value).__name__, **held}
        case _:
            return value


def _unpacked(told: Any) -> Any:
    match told:
        case {"number": text}:
            return Decimal(text)
        case {"instant": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"is": name}:
            held = {key: _unpacked(each) for key, each in told.items() if key != "is"}
            return _KINDS[name](**held)
        case list():
            return tuple(_unpacked(each) for each in told)
        case _:
            return told
