"""What durable runs cost: how soon an event is kept, how soon it is begun, how many are done, and what waiting costs."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bot.runs.engine import open_runs
from bot.runs.ports import Runs, Work

COUNT = 500
PATIENCE = 120.0


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    with tempfile.TemporaryDirectory() as folder:
        runs = open_runs(Path(folder))
        try:
            yield from _measured(runs)
        finally:
            runs.close()


def _measured(runs: Runs) -> Iterator[tuple[str, str]]:
    done = threading.Semaphore(0)

    def handler(steps, _payload):
        for name in ("one", "two", "three"):
            steps.step(name, lambda: None)
        done.release()

    asked = []
    for n in range(COUNT):
        start = time.perf_counter()
        runs.enqueue(_work(n))
        asked.append(time.perf_counter() - start)
    yield "enqueue, p50 / p99", _quantiles(asked)

    start = time.perf_counter()
    runs.start({"note": handler}, lambda _failure: None)
    yield "start, with 500 works waiting", f"{time.perf_counter() - start:.2f} s"
    _wait(done, COUNT)
    yield "works of three steps in 500 lanes", f"{COUNT / (time.perf_counter() - start):.0f} /s"

    begun = []
    for n in range(COUNT, COUNT + 40):
        start = time.perf_counter()
        runs.enqueue(_work(n))
        _wait(done, 1)
        begun.append(time.perf_counter() - start)
    yield "enqueue to end of three steps, one at a time, p50 / p99", _quantiles(begun)

    processor, start = time.process_time(), time.perf_counter()
    time.sleep(5)
    idle = (time.process_time() - processor) / (time.perf_counter() - start)
    yield "of one processor core, while nothing is asked", f"{idle:.1%}"


def _work(n: int) -> Work:
    return Work(kind="note", key=f"k{n}", lane=f"lane {n}", payload={"text": "pipeline emea"})


def _wait(done: threading.Semaphore, count: int) -> None:
    for _ in range(count):
        if not done.acquire(timeout=PATIENCE):
            raise TimeoutError(f"a work was not done within {PATIENCE} s")


def _quantiles(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return f"{cuts[49] * 1000:.1f} / {cuts[98] * 1000:.1f} ms"
