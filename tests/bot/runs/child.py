"""A process that does one work and dies where it is told: `python -m tests.bot.runs.child HOME EFFECTS [STEP/PLACE]`.

It writes a line to EFFECTS for whatever it does to the world. PLACE is before, inside or after.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from bot.runs.engine import open_runs
from bot.runs.ports import Work

STEPS = ("plan", "build", "post")
PLACES = ("before", "inside", "after")


def main(home: str, effects: str, death: str = "") -> None:
    ended = threading.Event()

    def happen(what):
        with Path(effects).open("a") as file:
            file.write(f"{what}\n")

    def pass_by(place):
        if place == death:
            os.kill(os.getpid(), signal.SIGKILL)

    def handler(steps, payload):
        happen(f"begun again: {steps.again}")
        for name in payload["steps"]:
            pass_by(f"{name}/before")

            def do(name=name):
                happen(name)
                pass_by(f"{name}/inside")

            steps.step(name, do)
            pass_by(f"{name}/after")
        ended.set()

    def told(failure):
        happen(f"told of {failure.work.key}, died: {failure.died}")
        ended.set()

    runs = open_runs(Path(home), attempts=len(STEPS) * len(PLACES) + 1, poll=0.02)
    runs.start({"steps": handler}, told)
    runs.enqueue(Work(kind="steps", key="k", lane="l", payload={"steps": list(STEPS)}))
    assert ended.wait(30)
    runs.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
