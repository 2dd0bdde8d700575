"""What a person waits for at the command line: wall-clock time of whole processes, the median of several."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

RUNS = 5


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        yield "quarterdeck --help (goal < 0.3 s)", _seconds("--help")
        yield "quarterdeck seed, 5,000 deals", _seconds("seed", "--home", str(home), runs=1)
        deck = str(Path(folder) / "weekly.pptx")
        yield (
            "quarterdeck report weekly (goal < 2 s)",
            _seconds("report", "weekly", "--home", str(home), "--out", deck),
        )
        yield (
            "quarterdeck measure coverage --by region",
            _seconds("measure", "coverage", "--by", "region", "--home", str(home)),
        )
        yield "quarterdeck ask pipeline emea", _seconds("ask", "pipeline emea", "--home", str(home))


def _seconds(*words: str, runs: int = RUNS) -> str:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bot", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        taken.append(time.perf_counter() - start)
    return f"{statistics.median(taken):.2f} s"
