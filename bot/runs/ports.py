"""What the bot asks of an engine that runs work to its end, whatever happens to the process meanwhile.

Two ports: `Runs` takes work and fires schedules; `Steps` is what a running handler gets. `bot.runs.engine` fulfils them
with DBOS; the tests have an engine in memory that passes the same contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


class Steps(Protocol):
    """What a handler gets: steps whose results are kept, so that a run taken up again does not repeat them."""

    def step(self, name: str, do: Callable[[], Kept]) -> Kept:
        """Do it and keep the result, or return the result kept by an earlier try of this run.

        A process killed inside a step does that step again when the run is taken up: what it does outside must bear
        being done twice, or look first whether it was done. Errors pass through and are not kept.
        """
        ...

    @property
    def again(self) -> bool:
        """Say whether this run is taken up again after its process died: then look before doing."""
        ...


Handler = Callable[[Steps, Payload], None]


class Runs(Protocol):
    """Takes work, and does it in the background of a process that was started with handlers for it."""

    def start(self, handlers: Mapping[str, Handler]) -> None:
        """Begin to do work; take up what a process that died has left undone."""
        ...

    def enqueue(self, work: Work, *, after: float = 0.0) -> None:
        """Take work, to be begun no sooner than `after` seconds from now. It is kept when this returns."""
        ...

    def cancel(self, lane: str) -> int:
        """Stop what waits or runs in a lane, a running work at its next step; return how many works that was."""
        ...

    def every(self, name: str, cron: str, *, zone: str, kind: str) -> None:
        """Do work of that kind by a cron line in a time zone, once over all processes; the same name replaces it."""
        ...

    def close(self, *, within: float = 10.0) -> None:
        """Take no more work, let running work come to its end for so many seconds, and let go of everything."""
        ...
