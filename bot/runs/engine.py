"""Durable runs on DBOS, used narrowly: one process, one SQLite file, one queue of lanes.

Handlers live longer than their code: a run that an earlier release began is taken up by this one. So the version under
which works are kept is a constant, not the release's. Change `VERSION` only when a handler can no longer read the payloads
or the steps that are kept; what is open then under the old one ends as a failure, and the person hears of it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, PortableWorkflowError

from bot.runs.lanes import Lanes
from bot.runs.ledger import APPLICATION, DO, FIRE, SWEEP, TELL, Ledger, Schedule
from bot.runs.lock import Lock
from bot.runs.ports import Failure, Handler, Kept, OnFailure, Runs, Steps, Work, firing
from bot.runs.rescue import give_up, take_up
from bot.runs.sqlite import Clock, open_file

VERSION: Final = "runs-1"
LOG = logging.getLogger(__name__)

_NOWHERE = logging.NullHandler()
# The engine is one object per process.
_ALONE = threading.Lock()
# What a clock fires is many rows, and nobody asks for the same instant again after two days.
_FIRED_KEPT = timedelta(days=2)


def open_runs(
    home: Path,
    *,
    version: str = VERSION,
    workers: int = 8,
    attempts: int = 5,
    poll: float = 0.15,
    keep: timedelta = timedelta(days=30),
    retell: tuple[float, ...] = (5.0, 30.0, 120.0, 600.0),
) -> Runs:
    """Open the runs of a home, for this process alone.

    Args:
        home: the folder that holds `runs.sqlite`.
        version: what the payloads and steps that are kept mean; see the module.
        workers: how many works are done at once.
        attempts: how many times a process may die of a work before it is given up.
        poll: how often to look for work, in seconds.
        keep: how long a key stays used after its work ended; that of what a schedule fires, two days at most.
        retell: the pauses, in seconds, after which `on_failure` is called again when it raised.

    Raises:
        HomeInUse: another process does the works of this home.
    """
    _quieten()
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        lock = Lock(home)
        held.callback(lock.release)
        file = open_file(home / "runs.sqlite", connections=workers + 4, clock=Clock())
        held.callback(file.dispose)
        ledger = Ledger(file, version=version)
        held.callback(ledger.close)
        ledger.unschedule_all()
        ledger.serve(workers=workers, poll=poll)
        return DurableRuns(ledger, held.pop_all(), attempts=attempts, keep=keep, retell=retell)


class DurableRuns:
    """`Runs` on DBOS."""

    def __init__(
        self,
        ledger: Ledger,
        held: ExitStack,
        *,
        attempts: int,
        keep: timedelta,
        retell: tuple[float, ...],
    ) -> None:
        self._ledger, self._held = ledger, held
        self._attempts, self._keep, self._retell = attempts, keep, retell
        self._executor = uuid.uuid4().hex
        self._engine: DBOS | None = None
        self._handlers: dict[str, Handler] = {}
        self._on_failure: OnFailure = _nobody
        self._schedules: dict[str, Schedule | None] = {}
        self._lanes = Lanes()
        self._started = self._closed = False

    def start(self, handlers: Mapping[str, Handler], on_failure: OnFailure) -> None:
        """Begin to do work, after what an earlier process left."""
        if self._started or self._closed:
            raise RuntimeError("these runs were started before; open_runs gives new ones")
        if not _ALONE.acquire(blocking=False):
            raise RuntimeError("a process does the works of one home; close the runs that it has begun first")
        self._started = True
        self._handlers = dict(handlers)
        self._on_failure = on_failure
        give_up(self._ledger, attempts=self._attempts)
        self._launch()
        take_up(self._ledger, executor=self._executor)
        self._ledger.sweep(self._executor)

    def _launch(self) -> None:
        config = DBOSConfig(
            name=APPLICATION,
            system_database_engine=self._ledger.file,
            serializer=DBOSPortableJSONSerializer(),
            executor_id=self._executor,
            application_version=self._ledger.version,
            enable_otlp=False,
            log_level="WARNING",
            scheduler_polling_interval_sec=5.0,
            notification_listener_polling_interval_sec=0.1,
        )
        self._engine = DBOS(config=config)

        # The engine marks the functions it is given, so methods will not do.
        def do(work: dict[str, Any]) -> None:
            self._do(Work.model_validate(work))

        def tell(failure: dict[str, Any], telling: int) -> None:
            self._tell(Failure.model_validate(failure), telling)

        def fire(due: str, schedule: Schedule) -> None:
            self._fire(due, schedule)

        def sweep(_due: str | None, _context: None) -> None:
            now = datetime.now(UTC)
            self._ledger.forget_ended(now - min(self._keep, _FIRED_KEPT), fired=True)
            self._ledger.forget_ended(now - self._keep)

        for name, function in ((DO, do), (TELL, tell), (FIRE, fire), (SWEEP, sweep)):
            # Attempts are counted by the rescue, which also tells of them.
            DBOS.workflow(name=name, max_recovery_attempts=None)(cast("Callable[..., None]", function))
        DBOS.launch()
        self._ledger.lead()

    def enqueue(self, work: Work, *, after: float = 0.0) -> None:
        """Keep a work in the ledger."""
        self._ledger.add(work, after=after)

    def cancel(self, lane: str, *, only: Callable[[Work], bool] | None = None) -> int:
        """Stop a lane's works, or some of them, and return how many."""
        rows = self._ledger.open_rows(lane, only=only)
        self._ledger.cancel(rows)
        return len(rows)

    def every(self, name: str, cron: str, *, zone: str, kind: str) -> None:
        """Do work by a cron line until this object is closed."""
        schedule = Schedule(id=f"every:{name}:{uuid.uuid4().hex}", name=name, zone=zone, kind=kind)
        self._ledger.schedule(schedule, cron)
        self.forget(name)
        self._schedules[name] = schedule

    def forget(self, name: str) -> None:
        """End a schedule."""
        if schedule := self._schedules.get(name):
            self._ledger.unschedule(schedule)
            self._schedules[name] = None

    def close(self, *, within: float = 10.0) -> None:
        """Take no more work, give what runs so many seconds, and let go of everything."""
        if self._closed:
            return
        self._closed = True
        if self._started:
            self._drain(within)
            self._lanes.end()
            DBOS.destroy(destroy_registry=True)
            _ALONE.release()
        self._lanes.when_empty(self._held.close)

    def _drain(self, within: float) -> None:
        """Begin nothing, and wait so many seconds for the end of what runs."""
        if self._engine is None:
            return
        for stop in self._engine.background_thread_stop_events:
            stop.set()
        deadline = time.monotonic() + within
        self._lanes.wait(within)
        # A run is kept as ended a moment after it leaves its lane.
        while time.monotonic() < deadline and (self._lanes.busy or self._ledger.begun()):
            time.sleep(0.01)

    def _do(self, work: Work) -> None:
        with self._lanes.turn(work.lane):
            try:
                self._handler(work.kind)(self._steps(), work.payload)
            except Exception as error:
                self._lanes.stay()
                failure = Failure.of(work, _reason(error))
                LOG.exception("%r of kind %r failed, reference %s", work.key, work.kind, failure.reference)
                self._ledger.add_failure(failure)
                raise _Logged(failure.reference) from None

    def _handler(self, kind: str) -> Handler:
        if kind not in self._handlers:
            raise LookupError(
                f"there is no handler for {kind!r}; there are {', '.join(sorted(self._handlers))}"
            )
        return self._handlers[kind]

    def _steps(self) -> Steps:
        return _DbosSteps(self._lanes.stay, again=self._ledger.attempt(str(DBOS.workflow_id)) > 1)

    def _tell(self, failure: Failure, telling: int) -> None:
        """Tell of a failure; when that does not work, ask for it again after a pause."""
        with self._lanes.turn(f"{TELL}:{failure.work.key}"):
            try:
                self._on_failure(failure)
            except Exception:
                self._lanes.stay()
                LOG.exception("could not tell of the failure %s", failure.reference)
                if telling < len(self._retell):
                    self._ledger.add_failure(failure, telling=telling + 1, after=self._retell[telling])
                raise _Logged(failure.reference) from None

    def _fire(self, due: str, schedule: Schedule) -> None:
        name = schedule["name"]
        # A firing may have been on its way when its schedule was replaced or forgotten.
        if self._schedules.get(name, schedule) != schedule:
            return
        instant = datetime.fromisoformat(due).astimezone(ZoneInfo(schedule["zone"]))
        self.enqueue(firing(name, schedule["kind"], instant))


class _DbosSteps:
    """`Steps` of a run that DBOS runs on this thread."""

    def __init__(self, stay: Callable[[], None], *, again: bool) -> None:
        self._stay = stay
        self.again = again

    def step(self, name: str, do: Callable[[], Kept]) -> Kept:
        """Do it, or return what an earlier try kept."""
        self._stay()
        # Through JSON, so that the first try sees what a later one will.
        return cast("Kept", DBOS.run_step({"name": name}, lambda: json.loads(json.dumps(do()))))


def _reason(error: Exception) -> str:
    """Return what went wrong, the same whether a step raised it now or before its process died."""
    kind = error.name if isinstance(error, PortableWorkflowError) else type(error).__name__
    return f"{kind}: {error}"


class _Logged(Exception):
    """Ends a run in error that is in the log already, by its reference."""


def _quieten() -> None:
    """Send the engine's warnings where ours go, and no error a second time."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    # With a handler in place it adds none of its own.
    logger.addHandler(_NOWHERE)
    logger.addFilter(_news)


def _news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and record.exc_info[0] is _Logged)


def _nobody(_failure: Failure) -> None:
    """Tell nobody: nothing was started yet."""
