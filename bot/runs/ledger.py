"""The ledger: what was asked, what waits, what runs and what ended, as the engine's file has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypedDict

import sqlalchemy as sa
from dbos import (
    DBOSClient,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
    WorkflowStatus,
    WorkflowStatusString,
    error,
)

from bot.runs.ports import Failure, Work

APPLICATION: Final = "quarterdeck"
QUEUE: Final = "lanes"

# The functions the engine knows: do a work, tell of a failure, fire a schedule, forget what ended long ago.
DO: Final = "do"
# How the ids of what a clock fires begin: the engine's own rows, and the works that come of them.
_FIRED: Final = ("sched-", f"{DO}:every:")
TELL: Final = "tell"
FIRE: Final = "fire"
SWEEP: Final = "sweep"

_WAITS = (WorkflowStatusString.ENQUEUED.value, WorkflowStatusString.DELAYED.value)
_RUNS = WorkflowStatusString.PENDING.value
_ENDED = tuple(status.value for status in WorkflowStatusString if status.value not in (*_WAITS, _RUNS))


class Schedule(TypedDict):
    """What a firing is told: which schedule it is of, in which zone, and the kind of work it asks for."""

    id: str
    name: str
    zone: str
    kind: str


class Ledger:
    """The rows of one file, under one version of what the works' payloads mean."""

    def __init__(self, file: sa.Engine, *, version: str) -> None:
        """Open the ledger in a file, making or renewing its tables."""
        self.file, self.version = file, version
        self._client = DBOSClient(
            system_database_engine=file,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )
        # The public way makes its own connections, without our clock.
        self._client._sys_db.run_migrations()  # noqa: SLF001

    def close(self) -> None:
        """Let go of it."""
        self._client.destroy()

    def serve(self, *, workers: int, poll: float) -> None:
        """Say how many works are done at once, and how often to look for one, in seconds."""
        self._client.register_queue(
            QUEUE, partition_concurrency=1, worker_concurrency=workers, polling_interval_sec=poll
        )

    def lead(self) -> None:
        """Make this version the one under which schedules fire, even when a later one was here."""
        self._client.set_latest_application_version(self.version)

    def add(self, work: Work, *, after: float = 0.0) -> None:
        """Add a work to its lane, once for its key."""
        self._enqueue(DO, f"{DO}:{work.key}", work.lane, after, work.model_dump(mode="json"))

    def add_failure(self, failure: Failure, *, telling: int = 0, after: float = 0.0) -> None:
        """Add, once, that somebody is to be told of a failure; `telling` counts the times it did not work."""
        lane = f"{TELL}:{failure.work.key}"
        self._enqueue(TELL, f"{lane}:{telling}", lane, after, failure.model_dump(mode="json"), telling)

    def _enqueue(self, name: str, row: str, lane: str, after: float, *told: object) -> None:
        # A row of this queue without a lane is accepted and never run.
        options = EnqueueOptions(
            workflow_name=name,
            workflow_id=row,
            queue_name=QUEUE,
            queue_partition_key=lane,
            app_version=self.version,
        )
        if after > 0:
            options["delay_seconds"] = after
        self._client.enqueue(options, *told)

    def attempt(self, row: str) -> int:
        """Return how many times the engine has begun a row, this time included."""
        (status,) = self._client.list_workflows(workflow_ids=[row], load_input=False, load_output=False)
        return status.recovery_attempts or 0

    def open_rows(self, lane: str, *, only: Callable[[Work], bool] | None = None) -> list[str]:
        """Return the rows of a lane's works that wait or run; with `only`, of those that it is true for."""
        rows = self._client.list_workflows(
            name=DO,
            status=[*_WAITS, _RUNS],
            queue_name=QUEUE,
            load_input=only is not None,
            load_output=False,
        )
        return [
            row.workflow_id
            for row in rows
            if row.queue_partition_key == lane
            and (only is None or (row.input is not None and only(Work.model_validate(row.input["args"][0]))))
        ]

    def begun(self) -> list[WorkflowStatus]:
        """Return the rows that run, or that a process left when it died."""
        return self._client.list_workflows(status=_RUNS)

    def of_other_versions(self) -> list[WorkflowStatus]:
        """Return the rows that no process of this version will run."""
        rows = self._client.list_workflows(status=[*_WAITS, _RUNS])
        return [row for row in rows if row.app_version != self.version]

    def cancel(self, rows: list[str]) -> None:
        """Stop rows where they are."""
        if rows:
            self._client.cancel_workflows(rows)

    def forget_ended(self, before: datetime, *, fired: bool = False) -> int:
        """Delete the rows that ended before an instant, or of them what a clock fired alone; return how many."""
        ended = 0
        while rows := self._client.list_workflows(
            status=list(_ENDED),
            completed_before=before.isoformat(),
            workflow_id_prefix=list(_FIRED) if fired else None,
            limit=500,
            load_input=False,
            load_output=False,
        ):
            self._client.delete_workflows([row.workflow_id for row in rows])
            ended += len(rows)
        return ended

    def schedule(self, schedule: Schedule, cron: str) -> None:
        """Fire a schedule by a cron line from now on.

        Raises:
            ValueError: the cron line or the zone means nothing.
        """
        try:
            self._client.create_schedule(
                schedule_name=schedule["id"],
                workflow_name=FIRE,
                schedule=cron,
                context=dict(schedule),
                cron_timezone=schedule["zone"],
            )
        except error.DBOSException as problem:
            raise ValueError(
                f"{schedule['name']!r} cannot be done at {cron!r} in {schedule['zone']!r}; "
                "a line like '30 8 * * 1' in a zone like 'Europe/Lisbon' would do"
            ) from problem

    def unschedule(self, schedule: Schedule) -> None:
        """Fire a schedule no more."""
        self._client.delete_schedule(schedule["id"])

    def unschedule_all(self) -> None:
        """Fire nothing that an earlier process scheduled."""
        for schedule in self._client.list_schedules():
            self._client.delete_schedule(schedule["schedule_name"])

    def sweep(self, executor: str) -> None:
        """Have what ended long ago forgotten now and every day."""
        self._enqueue(SWEEP, f"{SWEEP}:{executor}", SWEEP, 0.0, None, None)
        self._client.create_schedule(schedule_name=SWEEP, workflow_name=SWEEP, schedule="17 3 * * *")
