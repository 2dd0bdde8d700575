"""The live side of the mirror: one process pulls what is new, derives states, publishes a generation."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import duckdb

from connectors.disk import only_writer
from connectors.errors import BadRequest, NoData, TryLater
from connectors.mirror import generations, staging, states
from connectors.mirror.generations import LAYOUT, Generation
from connectors.mirror.schema import COLUMNS, create_table
from connectors.protocol import Crm, Noting

# Told, in words, what is being done.
Progress = Callable[[str], None]

# What the database may hold in memory while it takes rows in, and while it derives states: what is more waits on disk.
# A share for each of at most so many threads, so that many processors do not make it too little.
_TAKING: Final = "200MB"
_DERIVING: Final = "400MB"
_THREADS: Final = 4
# Rows read between two commits: an interrupted load goes on from the last one.
_ROWS_PER_COMMIT: Final = 1_000_000
_LIVE: Final = "live.duckdb"
_WORKSPACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Mirror:
    """The mirror of one workspace, in home/mirror/<workspace>/.

    There lie live.duckdb, which one process writes; mirror-<generation>.duckdb, which anybody reads; CURRENT.

    Raises:
        BadRequest: the workspace's name cannot be a folder's.
    """

    def __init__(self, home: Path, workspace: str, *, clock: Callable[[], float] = time.time) -> None:
        """Remember where it lies, opening nothing; `clock` (seconds since the epoch) tells what is old."""
        if not _WORKSPACE.fullmatch(workspace):
            raise BadRequest(f"{workspace!r} cannot name a workspace; use letters, digits, '.', '_' and '-'")
        self.folder = home / "mirror" / workspace
        self.workspace = workspace
        self._clock = clock

    def current(self) -> Generation:
        """Return the newest published generation.

        Raises:
            NoData: nothing has been published yet, or it cannot be read; the message says what to run.
        """
        return generations.current(self.folder)

    def get(self, name: str) -> Generation:
        """Return an older generation by name: a revision stays on the one it was made from.

        Raises:
            NoData: it has been let go; only the last few are kept.
        """
        return generations.find(self.folder, name)

    def load(self, crm: Crm, *, full: bool = False, progress: Progress | None = None) -> Generation:
        """Pull everything learned since the last load, derive states, publish, and return the generation.

        Where nothing new was learned this is the generation that was current before. `full` forgets the live
        copy and reads everything again; published generations stay until they are old.

        Raises:
            TryLater: another process is writing, the disk is full, or the system of record is out of reach.
                What was published stays readable, and the next load goes on where this one stopped.
            BadRequest: the mirror holds another connector's records, or the connector sends what does not
                fit.
            NoData: the live copy cannot be read; a full load makes it anew.
        """
        say = progress or _silence
        with self._writing(fresh=full) as con:
            facts = _facts(con)
            if facts.get("connector", crm.name) != crm.name:
                raise BadRequest(
                    f"the mirror of {self.workspace!r} holds records of {facts['connector']!r}, not of "
                    f"{crm.name!r}; run `quarterdeck sync --full` to begin again with {crm.name!r}"
                )
            _pull(con, crm, facts.get("cursor"), say)
            with _transaction(con):
                _note(
                    con,
                    workspace=self.workspace,
                    connector=crm.name,
                    as_of=_utc(crm.now).isoformat(),
                    layout=LAYOUT,
                )
                if crm.flags().snapshots:
                    _note(con, snapshots="yes")
                if isinstance(crm, Noting):
                    _note(con, **crm.notes())
            return self._publish(con, say)

    def rebuild(self, *, progress: Progress | None = None) -> Generation:
        """Derive every state anew from the log and publish; the same log gives the same generation.

        Raises:
            NoData: nothing has been loaded yet.
            TryLater: another process is writing, or the disk is full.
        """
        with self._writing(fresh=False) as con:
            if "as_of" not in _facts(con):
                raise NoData(
                    "there is nothing to rebuild: run `quarterdeck sync` or `quarterdeck seed` first"
                )
            with _transaction(con):
                states.forget(con)
            return self._publish(con, progress or _silence)

    def _publish(self, con: duckdb.DuckDBPyConnection, say: Progress) -> Generation:
        say("working out which values held from when to when")
        con.execute("SET preserve_insertion_order = false")  # lets all threads write
        con.execute(f"SET memory_limit = '{_DERIVING}'")
        with _transaction(con):
            states.derive(con)
            _note(con, derivation=str(states.DERIVATION))
        say("publishing")
        name = _name(con)
        # The file becomes the generation as it is: with its name, and without the list of what is to be derived.
        with _transaction(con):
            con.execute("DROP TABLE stale")
            _note(con, generation=name)
        con.execute("CHECKPOINT")
        con.close()
        return generations.publish(self.folder / _LIVE, self.folder, name, now=self._clock())

    @contextmanager
    def _writing(self, *, fresh: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the writer's lock and the live file; say in our own words what goes wrong with the disk."""
        with self._translated():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with only_writer(self.folder / "writer.lock", of="the mirror"):
                generations.sweep(self.folder)
                con = _open_live(self.folder / _LIVE, fresh=fresh)
                try:
                    yield con
                finally:
                    con.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError) as error:
            reason = str(error).split("\n", 1)[0]
            raise TryLater(
                f"the mirror in {str(self.folder)!r} could not be written ({reason}). What was published "
                "before is unchanged; free some space or memory, then run the same command again"
            ) from error


def _pull(con: duckdb.DuckDBPyConnection, crm: Crm, cursor: str | None, say: Progress) -> None:
    """Bring the log up to date, page by page, committing rows and cursor together."""
    staging.open_staging(con)
    say("reading records")
    pages = iter(crm.changes(cursor))
    total = 0
    more = True
    while more:
        with _transaction(con):
            waiting, reached = 0, None
            for page in pages:
                waiting += sum(staging.stage(con, part) for part in page.parts)
                reached = page.cursor
                say(f"reading records: {total + waiting:,} so far")
                if waiting >= _ROWS_PER_COMMIT:
                    break
            else:
                more = False
            staging.merge(con)
            if reached is not None:
                _note(con, connector=crm.name, cursor=reached)
            total += waiting


def _open_live(path: Path, *, fresh: bool) -> duckdb.DuckDBPyConnection:
    if fresh:
        # The write-ahead log goes first: left alone it would be replayed into the next file of that name.
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    try:
        con = duckdb.connect(str(path), config={"memory_limit": _TAKING, "threads": _threads()})
    except duckdb.Error as error:
        if generations.held_elsewhere(error):
            raise TryLater(f"another program has {str(path)!r} open: close it, then try again") from error
        raise NoData(
            f"{str(path)!r} cannot be read ({str(error).splitlines()[0]}): run `quarterdeck sync --full`"
        ) from error
    path.chmod(0o600)
    con.execute("SET enable_progress_bar = false")
    for table in COLUMNS:
        con.execute(create_table(table))
    con.execute("CREATE TABLE IF NOT EXISTS stale (deal_id VARCHAR)")
    facts = _facts(con)
    if facts.get("layout", LAYOUT) != LAYOUT:
        con.close()
        raise NoData(
            f"{str(path)!r} was written by another version of Quarterdeck: run `quarterdeck sync --full`"
        )
    if facts.get("derivation", str(states.DERIVATION)) != str(states.DERIVATION):
        states.forget(con)
    return con


def _threads() -> int:
    return min(_THREADS, os.cpu_count() or 1)


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.begin()
    try:
        yield
    except BaseException:
        _roll_back(con)
        raise
    con.commit()


def _roll_back(con: duckdb.DuckDBPyConnection) -> None:
    """Roll back, unless what went wrong has done so already: the first error is the one to tell."""
    try:
        con.rollback()
    except duckdb.Error:
        return


def _facts(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("SELECT key, value FROM meta").fetchall())


def _note(con: duckdb.DuckDBPyConnection, **facts: str) -> None:
    for key, value in facts.items():
        con.execute("DELETE FROM meta WHERE key = ?", [key])
        con.execute("INSERT INTO meta VALUES (?, ?)", [key, value])


def _name(con: duckdb.DuckDBPyConnection) -> str:
    """Return the name of a generation: its as-of instant, and a fingerprint of its rows in any order."""
    facts = _facts(con)
    parts = [facts["workspace"], facts["connector"], facts["as_of"], LAYOUT, str(states.DERIVATION)]
    for table in staging.LOADED:
        columns = ", ".join(f'"{name}"' for name, _ in COLUMNS[table])
        parts.append(str(con.execute(f'SELECT count(*), sum(hash({columns})) FROM "{table}"').fetchall()))
    as_of = datetime.fromisoformat(facts["as_of"])
    return f"{as_of:%Y%m%dT%H%M%S}-{sha256('|'.join(parts).encode()).hexdigest()[:12]}"


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise BadRequest(f"the connector's now is {instant!r}, without a zone; it must be in UTC")
    return instant.astimezone(UTC)


def _silence(step: str) -> None:
    """Say nothing."""
