"""A load that dies: run as `python -m tests.connectors.mirror.interrupted HOME HOW NUMBER`.

HOW is `lines` (print how many lines of the mirror a load runs), `kill` (die by SIGKILL at that line of it), `go` (say
go and load; the parent kills) or `disk` (no file may grow beyond so many bytes).
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from connectors.errors import TryLater
from connectors.mirror import Mirror, live
from tests.fakes.tiny_crm import TinyCrm, batch, deal, instant, opening, tiny

# Enough deals for several row groups of states and several commits.
DEALS = 3000


def grown() -> TinyCrm:
    """Return the tiny company after it has grown: more pages, more deals."""
    crm = tiny()
    for start in range(0, DEALS, 1000):
        names = [f"G{number}" for number in range(start, start + 1000)]
        crm.pages.append(
            (
                batch("deal", [deal(name, instant(1)) for name in names]),
                batch("event", [opening(10 + start + n, name, instant(1)) for n, name in enumerate(names)]),
            )
        )
    return crm


def main(home: str, how: str, number: str) -> None:
    mirror, crm, count = Mirror(Path(home), "larkmoor"), grown(), int(number)
    live._ROWS_PER_COMMIT = 1000
    folder = str(Path(live.__file__).parent)
    seen = 0

    def trace(frame, kind, argument):
        nonlocal seen
        if not frame.f_code.co_filename.startswith(folder):
            return None
        seen += 1
        if how == "kill" and seen >= count:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    if how == "disk":
        resource.setrlimit(resource.RLIMIT_FSIZE, (count, count))
    if how in {"lines", "kill"}:
        sys.settrace(trace)
    print("go", flush=True)
    try:
        mirror.load(crm)
    except TryLater as error:
        sys.settrace(None)
        print(error)
        sys.exit(3)
    sys.settrace(None)
    print(seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
