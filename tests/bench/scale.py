"""Weekly facts at 50,000 and 1,000,000 deals: each size in a process of its own, so that peak memory is its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SIZES = ((50_000, "0.5 s"), (1_000_000, "5 s"))
MEGABYTE = 1024


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    for deals, goal in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            seeded = _inside("seed", deals, folder)
            yield f"{deals:,} deals: generate, load, publish", f"{seeded[0]:.1f} s, peak {seeded[1]:,.0f} MB"
            facts = _inside("facts", deals, folder)
            yield (
                f"{deals:,} deals: weekly facts (goal < {goal}, < 2 GB)",
                f"{facts[0]:.2f} s, peak {facts[1]:,.0f} MB",
            )


def _inside(part: str, deals: int, folder: str) -> tuple[float, float]:
    """Run one part in its own process and return seconds and peak megabytes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.scale", part, str(deals), folder],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


def _part(part: str, deals: int, home: Path) -> float:
    from bot.settings import Settings
    from bot.wiring import Installation, keep_demo_options

    home.mkdir(parents=True, exist_ok=True)
    keep_demo_options(home, {"opportunities": str(deals)})
    with Installation(Settings(home=home, crm="demo", values={}), progress=lambda _step: None) as opened:
        if part == "seed":
            start = time.perf_counter()
            opened.load(full=True)
            return time.perf_counter() - start
        from bot.flows import pinned, pull
        from reports.compose import compose
        from reports.kinds import KINDS

        line = opened.line()
        spec = pinned(line, KINDS["weekly"].spec())
        start = time.perf_counter()
        with pull(line, spec) as view:
            compose(spec, view)
        return time.perf_counter() - start


if __name__ == "__main__":
    elapsed = _part(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    sys.stdout.write(f"{elapsed:.3f} {peak:.0f}\n")
