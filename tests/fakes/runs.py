"""`Runs` in memory, on the caller's thread and by the caller's clock: nothing happens until `run_due` is called.

It passes the contract in tests/bot/runs/contract.py. A scenario plays the death of a process with `crash_at`, and its next
life with `reopened()`:

    runs = MemoryRuns(clock, crash_at=3)
    runs.start(handlers, on_failure)
    with pytest.raises(Crash):
        runs.run_due()
    runs = runs.reopened()
    runs.start(handlers, on_failure)
    runs.run_due()
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from croniter import croniter

from bot.runs.ports import Failure, Handler, Kept, OnFailure, Work, firing


class Crash(BaseException):
    """The process died here."""


class _Cancelled(BaseException):
    """The run was cancelled and stops at its next step."""


class _Left(BaseException):
    """The process ends in good order and leaves the run at its next step."""


class _Raised(Exception):
    """What a step raised before its process died; the class of it is lost, as in the real engine."""


class VirtualClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


_OVER = frozenset({"ended", "cancelled"})


@dataclass(slots=True)
class _Row:
    key: str
    lane: str
    due: datetime
    work: Work
    failure: Failure | None = None
    telling: int = 0
    state: str = "waits"
    attempts: int = 0
    kept: list[tuple[str, str | _Raised]] = field(default_factory=list)


@dataclass(slots=True)
class _Schedule:
    cron: str
    zone: str
    kind: str
    since: datetime
    upcoming: datetime | None = None

    def after(self, instant: datetime) -> Iterator[datetime]:
        """Yield when it comes after an instant, without an end."""
        begun = instant.astimezone(ZoneInfo(self.zone))
        instants = croniter(self.cron, begun, second_at_beginning=True)
        return iter(lambda: instants.get_next(datetime), None)


@dataclass(slots=True)
class _Rows:
    """What is kept, over all lives of the process. A quarter has thousands of rows: what ended is not looked at again."""

    known: dict[str, _Row] = field(default_factory=dict)
    open: dict[str, _Row] = field(default_factory=dict)
    failed: list[_Row] = field(default_factory=list)

    def add(self, row: _Row) -> None:
        """Keep a row, unless there is one of its key."""
        if self.known.setdefault(row.key, row) is row:
            self.open[row.key] = row
            if row.failure is not None:
                self.failed.append(row)

    def unfinished(self) -> Iterator[_Row]:
        """Yield what did not end, in the order it came."""
        for row in list(self.open.values()):
            if row.state in _OVER:
                self.open.pop(row.key, None)
            else:
                yield row


class MemoryRuns:
    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        attempts: int = 5,
        retell: tuple[float, ...] = (5.0, 30.0, 120.0, 600.0),
        crash_at: int | None = None,
        rows: _Rows | None = None,
    ) -> None:
        """Do work by the clock `now`.

        `crash_at` counts the places where a process can die, from 0: before each step, and after its deed but before
        its result is kept. At that place `Crash` is raised, once.
        """
        self._now, self._attempts, self._retell = now, attempts, retell
        self.crash_at = crash_at
        self._rows = _Rows() if rows is None else rows
        self._handlers: dict[str, Handler] | None = None
        self._on_failure: OnFailure | None = None
        self._schedules: dict[str, _Schedule] = {}
        self._closed = False

    def reopened(self, *, crash_at: int | None = None) -> MemoryRuns:
        """Return what the next process sees: the same rows, and nothing else of this one."""
        self._closed = True
        return MemoryRuns(
            self._now, attempts=self._attempts, retell=self._retell, crash_at=crash_at, rows=self._rows
        )

    def start(self, handlers: Mapping[str, Handler], on_failure: OnFailure) -> None:
        if self._handlers is not None or self._closed:
            raise RuntimeError("these runs were started before; reopened() gives new ones")
        self._handlers, self._on_failure = dict(handlers), on_failure
        for row in [row for row in self._rows.unfinished() if row.state == "runs"]:
            if row.attempts < self._attempts:
                row.state = "waits"
                continue
            row.state = "ended"
            if row.failure is None:
                reason = f"the process died of it {self._attempts} times"
                self._add_failure(Failure.of(row.work, reason, died=True))

    def enqueue(self, work: Work, *, after: float = 0.0) -> None:
        due = self._now() + timedelta(seconds=after)
        row = _Row(key=f"do:{work.key}", lane=work.lane, due=due, work=work.model_copy(deep=True))
        self._rows.add(row)

    def cancel(self, lane: str, *, only: Callable[[Work], bool] | None = None) -> int:
        rows = [
            row for row in self._rows.unfinished() if row.lane == lane and (only is None or only(row.work))
        ]
        for row in rows:
            row.state = "cancelled"
        return len(rows)

    def every(self, name: str, cron: str, *, zone: str, kind: str) -> None:
        try:
            ZoneInfo(zone)
            croniter(cron, second_at_beginning=True)
        except Exception as error:
            raise ValueError(f"{name!r} cannot be done at {cron!r} in {zone!r}") from error
        self._schedules[name] = _Schedule(cron=cron, zone=zone, kind=kind, since=self._now())

    def forget(self, name: str) -> None:
        self._schedules.pop(name, None)

    def close(self, *, within: float = 10.0) -> None:
        self._closed = True

    def run_due(self) -> int:
        """Do everything that is due by the clock, and what comes of it; return how many works that was.

        Raises:
            Crash: at the place that `crash_at` says, or where a handler raises it; the process is dead then.
        """
        if self._handlers is None:
            raise RuntimeError("these runs were not started")
        done = 0
        while not self._closed and (row := self._next()) is not None:
            self._run(row)
            done += 1
        return done

    @property
    def failures(self) -> list[Failure]:
        """Return what did not come to its end so far, in the order in which that was found."""
        return [row.failure for row in self._rows.failed if row.failure is not None]

    def waiting(self, lane: str | None = None) -> list[Work]:
        """Return the works that wait, in the order they came; of one lane, or of all."""
        return [
            row.work
            for row in self._rows.unfinished()
            if row.state == "waits" and row.failure is None and lane in {None, row.lane}
        ]

    def _next(self) -> _Row | None:
        for name, schedule in self._schedules.items():
            self._fire(name, schedule)
        now = self._now()
        waiting = (row for row in self._rows.unfinished() if row.state == "waits")
        return next((row for row in waiting if row.due <= now), None)

    def _fire(self, name: str, schedule: _Schedule) -> None:
        # Where the clock leapt, nothing ran meanwhile: only what was due last is done, and what came in its last minute.
        now = self._now()
        if schedule.upcoming is None:
            (schedule.upcoming,) = islice(schedule.after(schedule.since), 1)
        if schedule.upcoming > now:
            return
        due: list[datetime] = []
        for back in (timedelta(minutes=2), timedelta(days=2)):
            due = due or list(
                takewhile(lambda at: at <= now, schedule.after(max(schedule.since, now - back)))
            )
        for number, instant in enumerate(due, start=1):
            if number == len(due) or now - instant < timedelta(minutes=1):
                schedule.since, schedule.upcoming = instant, None
                self.enqueue(firing(name, schedule.kind, instant))

    def _run(self, row: _Row) -> None:
        row.state = "runs"
        row.attempts += 1
        try:
            if row.failure is None:
                self._do(row)
            else:
                self._tell(row, row.failure)
        except (_Cancelled, _Left):
            return
        except BaseException:
            self._closed = True
            raise
        if row.state == "runs":
            row.state = "ended"

    def _do(self, row: _Row) -> None:
        assert self._handlers is not None
        work = row.work
        try:
            if work.kind not in self._handlers:
                raise LookupError(f"there is no handler for {work.kind!r}")
            self._handlers[work.kind](_MemorySteps(self, row), work.model_copy(deep=True).payload)
        except Exception as error:  # noqa: BLE001 the outermost edge
            self._add_failure(Failure.of(work, _reason(error)))

    def _tell(self, row: _Row, failure: Failure) -> None:
        assert self._on_failure is not None
        try:
            self._on_failure(failure)
        except Exception:  # noqa: BLE001 the outermost edge
            if row.telling < len(self._retell):
                self._add_failure(failure, telling=row.telling + 1, after=self._retell[row.telling])

    def _add_failure(self, failure: Failure, *, telling: int = 0, after: float = 0.0) -> None:
        lane = f"tell:{failure.work.key}"
        due = self._now() + timedelta(seconds=after)
        row = _Row(
            key=f"{lane}:{telling}", lane=lane, due=due, work=failure.work, failure=failure, telling=telling
        )
        self._rows.add(row)

    def _pass(self) -> None:
        """Pass a place where a process can die."""
        if self.crash_at is None:
            return
        self.crash_at -= 1
        if self.crash_at < 0:
            self.crash_at = None
            raise Crash


class _MemorySteps:
    def __init__(self, runs: MemoryRuns, row: _Row) -> None:
        self._runs, self._row = runs, row
        self._taken = 0

    @property
    def again(self) -> bool:
        return self._row.attempts > 1

    def step(self, name: str, do: Callable[[], Kept]) -> Kept:
        if self._row.state == "cancelled":
            raise _Cancelled
        if self._runs._closed:
            raise _Left
        self._taken += 1
        if self._taken <= len(self._row.kept):
            known, kept = self._row.kept[self._taken - 1]
            if known != name:
                raise RuntimeError(
                    f"step {self._taken} of {self._row.key!r} was {known!r} before and is {name!r} now"
                )
            if isinstance(kept, _Raised):
                raise kept
            return json.loads(kept)
        self._runs._pass()
        try:
            result = json.dumps(do())
        except Exception as error:
            self._row.kept.append((name, _Raised(_reason(error))))
            raise
        self._runs._pass()
        self._row.kept.append((name, result))
        return json.loads(result)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _Raised) else f"{type(error).__name__}: {error}"
