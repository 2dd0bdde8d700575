"""What the bot asks of an engine that runs work to its end, whatever happens to the process meanwhile.

Two ports: `Runs` takes work and fires schedules; `Steps` is what a running handler gets. `bot.runs.engine` fulfils them
with DBOS; the tests have an engine in memory that passes the same contract.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import Field, JsonValue

from reports.facts import Frozen

Payload = Mapping[str, JsonValue]
Kept = TypeVar("Kept", bound=JsonValue)


class Work(Frozen):
    """One piece of work.

    Attributes:
        kind: which handler does it.
        key: work of the same key is the same work: asked for twice, it is done once.
        lane: works of one lane are done one at a time, in the order they came; never empty.
        payload: what the handler needs, as JSON.
    """

    kind: str = Field(min_length=1)
    key: str = Field(min_length=1)
    lane: str = Field(min_length=1)
    payload: dict[str, JsonValue] = Field(default_factory=dict)


def firing(name: str, kind: str, due: datetime) -> Work:
    """Return the work of a schedule at an instant in its zone: the same work for the same time on the clock."""
    lane = f"every:{name}"
    on_the_clock = due.replace(tzinfo=None).isoformat()
    payload: dict[str, JsonValue] = {"name": name, "due": due.isoformat()}
    return Work(kind=kind, key=f"{lane}:{on_the_clock}", lane=lane, payload=payload)


class Failure(Frozen):
    """A piece of work that did not come to its end; somebody waits for a word about it.

    Attributes:
        work: what was asked.
        reference: what the log calls this failure; the person may quote it.
        reason: what went wrong, for the log and the operator; never to be shown to a person as it stands.
        died: whether the process died of it again and again, so that nothing was raised that could say why.
    """

    work: Work
    reference: str
    reason: str
    died: bool = False

    @classmethod
    def of(cls, work: Work, reason: str, *, died: bool = False) -> Failure:
        """Return the failure of a work, under the reference that every try of it has."""
        return cls(
            work=work,
            reference=hashlib.sha256(work.key.encode()).hexdigest()[:8].upper(),
            reason=reason,
            died=died,
        )


class Steps(Protocol):
    """What a handler gets: steps whose results are kept, so that a run taken up again does not repeat them.

    A handler takes the same steps in the same order whenever their results are the same. All it does to the world it
    does inside steps.
    """

    def step(self, name: str, do: Callable[[], Kept]) -> Kept:
        """Do it and keep the result, or return the result kept by an earlier try of this run.

        A process killed inside a step does that step again when the run is taken up: what it does outside must bear
        being done twice, or look first whether it was done. An error passes through, and the handler lets it: the run
        ends there and is a `Failure`. It is kept too, but comes back as another class: what the handler wants to go on
        from is caught inside the step and returned.
        """
        ...

    @property
    def again(self) -> bool:
        """Say whether this run is taken up again after its process died: then look before doing."""
        ...


Handler = Callable[[Steps, Payload], None]
OnFailure = Callable[[Failure], None]


class Runs(Protocol):
    """Takes work, and does it in the background of a process that was started with handlers for it."""

    def start(self, handlers: Mapping[str, Handler], on_failure: OnFailure) -> None:
        """Begin to do work; take up what a process that died has left undone.

        `on_failure` is called once for each work whose handler raised, whose process died of it too often, or for which
        there is no handler. It is a durable work of its own: when the process dies in it, it is called again.
        """
        ...

    def enqueue(self, work: Work, *, after: float = 0.0) -> None:
        """Take work, to be begun no sooner than `after` seconds from now. It is kept when this returns.

        Work that waits for its time does not hold up its lane. May be called before `start` and from inside a step.
        """
        ...

    def cancel(self, lane: str, *, only: Callable[[Work], bool] | None = None) -> int:
        """Stop what waits or runs in a lane, a running work at its next step; return how many works that was.

        With `only`, the works of the lane that it is false for go on.
        A step that has begun comes to its end before the next work of the lane begins. Work that was stopped is not a
        `Failure`, and its key stays used.
        """
        ...

    def every(self, name: str, cron: str, *, zone: str, kind: str) -> None:
        """Do work of that kind by a cron line in a time zone, once over all processes; the same name replaces it.

        The handler's payload is `{"name": name, "due": instant}`, the instant it was due in ISO format with the zone's
        offset. A time that clocks show twice counts once; one that they leave out counts as soon as they are past it.
        Schedules last as long as this object: whoever keeps them asks again after each start. What was due while
        nothing ran is not made up for.

        Raises:
            ValueError: the cron line or the zone means nothing.
        """
        ...

    def forget(self, name: str) -> None:
        """Fire that schedule no more; a name that is not there is none the worse."""
        ...

    def close(self, *, within: float = 10.0) -> None:
        """Take no more work, let running work come to its end for so many seconds, and let go of everything.

        What is not done by then stops at its next step, and is taken up by the next process. A step in flight is not
        interrupted: this process ends, and gives up its home, when the step does.
        """
        ...
