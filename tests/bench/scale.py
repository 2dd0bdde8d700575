"""Weekly facts at 50,000 and 1,000,000 deals: each size in a process of its own, so that peak memory is its own.

Facts are read several times: at first, when nothing was read of the records before, and again, as the next person
does who asks. The quickest of each counts, and its processor time stands beside it, because other work on the machine
makes it wait.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SIZES = ((50_000, "0.5 s"), (1_000_000, "5 s"))
MEGABYTE = 1024
RUNS = 3


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    for deals, goal in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            seeded = _inside("seed", deals, folder)
            yield f"{deals:,} deals: generate, load, publish", f"{seeded[0]:.1f} s, peak {seeded[2]:,.0f} MB"
            for part, what in (
                ("first", f"weekly facts at first (goal < {goal}, < 2 GB)"),
                ("again", "and again"),
            ):
                facts = _inside(part, deals, folder)
                yield (
                    f"{deals:,} deals: {what}",
                    f"{facts[0]:.2f} s, processor {facts[1]:.2f} s, peak {facts[2]:,.0f} MB",
                )


def _inside(part: str, deals: int, folder: str) -> tuple[float, float, float]:
    """Run one part in its own process and return seconds, processor seconds and peak megabytes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.scale", part, str(deals), folder],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, processor, megabytes = done.stdout.split()
    return float(seconds), float(processor), float(megabytes)


def _part(part: str, deals: int, home: Path) -> tuple[float, float]:
    from bot.settings import Settings
    from bot.wiring import Installation, keep_demo_options

    home.mkdir(parents=True, exist_ok=True)
    keep_demo_options(home, {"opportunities": str(deals)})
    with Installation(Settings(home=home, crm="demo", values={}), progress=lambda _step: None) as opened:
        if part == "seed":
            return _timed(lambda: opened.load(full=True))
        from bot.flows import pinned, pull
        from reports.compose import compose
        from reports.kinds import KINDS

        line = opened.line()
        spec = pinned(line, KINDS["weekly"].spec())

        def facts() -> None:
            with pull(line, spec) as view:
                compose(spec, view)

        if part == "again":
            facts()
        taken = []
        for _ in range(RUNS):
            if part == "first":
                line.readers.close()
            taken.append(_timed(facts))
        return min(taken)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Do the work and return seconds and processor seconds."""
    start, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - processor


if __name__ == "__main__":
    elapsed, busy = _part(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    sys.stdout.write(f"{elapsed:.3f} {busy:.3f} {peak:.0f}\n")
