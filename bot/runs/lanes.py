"""The lanes that runs are in, and how they are left when the process ends."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Left(BaseException):
    """Leaves a run as it is, for the next process; not an error, and no handler's to catch."""


class Lanes:
    """The lanes of one process. Each holds one run at a time, whatever the ledger says of it."""

    def __init__(self) -> None:
        self._lanes: weakref.WeakValueDictionary[str, _Lane] = weakref.WeakValueDictionary()
        self._changed = threading.Condition()
        self._ending = False
        self._then: Callable[[], None] | None = None
        self.busy = 0

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Hold a lane. A run that was cancelled is gone from the ledger while it still is in a step."""
        with self._changed:
            self.busy += 1
            lane = self._lanes.setdefault(name, _Lane())
        try:
            with lane.lock:
                self.stay()
                yield
        finally:
            with self._changed:
                self.busy -= 1
                self._check()
                self._changed.notify_all()

    def stay(self) -> None:
        """Leave the run here when the process is about to end."""
        if self._ending:
            raise Left

    def wait(self, within: float) -> bool:
        """Wait until no run is in any lane, so many seconds at most; return whether that came."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.busy, timeout=within)

    def end(self) -> None:
        """Leave every run at its next step from now on."""
        self._ending = True

    def when_empty(self, then: Callable[[], None]) -> None:
        """Call `then` once no run is in any lane: now, or at the end of the last run's step."""
        with self._changed:
            self._then = then
            self._check()

    def _check(self) -> None:
        if self._then is not None and not self.busy:
            then, self._then = self._then, None
            then()


class _Lane:
    """A lane that a run is in or waits for; a lock that can be referred to weakly."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
