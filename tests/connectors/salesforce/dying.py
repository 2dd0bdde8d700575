"""A process of its own in which writes are begun and killed (SIGKILL) at a named point; run as a module, it reads jobs.

A point is (what, number, when): just before or after the n-th request leaves or the n-th step is kept in the journal.
"""

from __future__ import annotations

import base64
import os
import pickle
import signal
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import requests

from connectors.salesforce.allowed import Allowed
from connectors.salesforce.client import client
from connectors.salesforce.journal import FOLDER, Journal, Noted
from connectors.salesforce.session import OrgSession
from connectors.salesforce.tokens import Token, Tokens
from connectors.salesforce.write import SalesforceWriter
from connectors.writes import Write
from tests.fakes.salesforce.client import LoopbackAdapter

Point = tuple[Literal["request", "journal"], int, Literal["before", "after"]]


@dataclass(frozen=True, kw_only=True)
class Job:
    """A write to begin as a person, and where to die; without a point it comes to its end."""

    home: Path
    port: int
    instance_url: str
    token: str
    person: str
    wanted: Write
    point: Point | None


class _Fate:
    def __init__(self, point: Point | None) -> None:
        self._point = point
        self._count = {"request": 0, "journal": 0}

    def step(self, what: Literal["request", "journal"], when: Literal["before", "after"]) -> None:
        self._count[what] += when == "before"
        if (what, self._count[what], when) == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


class _Wire(LoopbackAdapter):
    def __init__(self, port: int, fate: _Fate) -> None:
        super().__init__(port)
        self._fate = fate

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self._fate.step("request", "before")
        answer = super().send(request, *args, **options)
        self._fate.step("request", "after")
        return answer


class _Paper(Journal):
    def __init__(self, folder: Path, fate: _Fate) -> None:
        super().__init__(folder)
        self._fate = fate

    def keep(self, noted: Noted) -> Noted:
        self._fate.step("journal", "before")
        kept = super().keep(noted)
        self._fate.step("journal", "after")
        return kept


def _begin(job: Job) -> None:
    fate = _Fate(job.point)
    token = Token(access=job.token, instance_url=job.instance_url, issued_at=datetime.now(UTC))
    session = OrgSession(Tokens(lambda _before: token), adapter=_Wire(job.port, fate))
    writer = SalesforceWriter(
        Allowed(),
        _Paper(job.home / FOLDER, fate),
        lambda _person: nullcontext(client(session)),
        pause=lambda _seconds: None,
    )
    writer.write(job.wanted, person=job.person)


class Mortals:
    """Begins jobs, each in a process that is forked for it."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.connectors.salesforce.dying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(self, job: Job) -> bool:
        """Begin a job; say whether it was killed at its point (else it ended before it came there)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(base64.b64encode(pickle.dumps(job)) + b"\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in {0, -signal.SIGKILL}, f"it ended with {status}"
        return status != 0


def _serve() -> None:
    for line in sys.stdin.buffer:
        job = pickle.loads(base64.b64decode(line))
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            _begin(job)
            os._exit(0)
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
