"""A large export taken in: `quarterdeck import` of a Salesforce report of 100,000, 1,000,000 and 2,000,000 rows.

Each size runs in a process of its own with a home of its own, from the file to a mirror that reports can read, so that
peak memory is its own. A database takes what it needs up to its limit, so memory grows until a file is large enough to
meet it; from there on it must not grow with the file: 2,000,000 rows take about what 1,000,000 take.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

SIZES = (100_000, 1_000_000, 2_000_000)
GOALS = {1_000_000: " (goal < 30 s)"}
MEGABYTE = 1024
ON = date(2026, 11, 23)


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    peaks = {}
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = _export(rows, folder)
            size = path.stat().st_size / 1_000_000
            seconds, processor, peak = _inside(path, folder)
            peaks[rows] = peak
            yield (
                f"{rows:,} rows of CSV, {size:,.0f} MB: import{GOALS.get(rows, '')}",
                f"{seconds:.1f} s, processor {processor:.1f} s, peak {peak:,.0f} MB",
            )
    few, some, many = SIZES
    yield (
        f"peak memory of {many:,} rows beside that of {some:,} (goal: flat, 1.0 times)",
        f"{peaks[many] / peaks[some]:.2f} times; {some:,} beside {few:,}: {peaks[some] / peaks[few]:.2f} times",
    )


def _export(rows: int, folder: Path) -> Path:
    """Write a report of so many rows: the invented company's deals over and over, each with an id and name of its own."""
    from tests.fakes.exports import rows_as_of, salesforce

    deals = rows_as_of()
    once = salesforce.details_csv(deals, folder / "once.csv", on=ON).read_text(encoding="utf-8")
    heading, *body = once.split("\n")
    lines, footer = body[: len(deals)], body[len(deals) :]
    path = folder / f"pipeline {ON}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{heading}\n")
        for number in range(rows):
            lap, place = divmod(number, len(lines))
            key, name, rest = lines[place].split('","', 2)
            file.write(f'{key}-{lap}","{name} {lap}","{rest}\n')
        file.write("\n".join(footer))
    return path


def _inside(path: Path, folder: Path) -> tuple[float, float, float]:
    """Import in a process of its own and return seconds, processor seconds and peak megabytes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.imports", str(path), str(folder / "home")],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, processor, megabytes = done.stdout.split()
    return float(seconds), float(processor), float(megabytes)


def _import(path: Path, home: Path) -> tuple[float, float]:
    from bot.cli import main

    start, processor = time.perf_counter(), time.process_time()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        code = main(["import", str(path), "--home", str(home), "--no-input"])
    if code:
        raise SystemExit(code)
    return time.perf_counter() - start, time.process_time() - processor


if __name__ == "__main__":
    elapsed, busy = _import(Path(sys.argv[1]), Path(sys.argv[2]))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    sys.stdout.write(f"{elapsed:.3f} {busy:.3f} {most:.0f}\n")
