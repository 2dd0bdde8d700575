"""The bot under load: 20 requests a second for a minute against `serve` over HTTP, with a strict Slack on loopback.

One request in ten asks for a weekly deck in the person's own direct messages, the others ask questions by command. The
figures of the acknowledgement are those of the person's client: Slack's own work is in them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.settings import Settings
from bot.wiring import Installation
from connectors.demo.people import people
from tests.fakes.slack import FakeSlack

RATE, SECONDS, EVERY = (
    int(os.environ.get("BENCH_RATE", "20")),
    float(os.environ.get("BENCH_SECONDS", "60")),
    10,
)
PATIENCE = float(os.environ.get("BENCH_PATIENCE", "120"))
QUESTIONS = (
    "pipeline",
    "commit",
    "coverage by region",
    "win rate",
    "what slipped last week",
    "my deals",
    "wins",
    "pipeline by segment",
)


def run() -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure)."""
    with tempfile.TemporaryDirectory() as folder, FakeSlack() as slack:
        home = Path(folder)
        _prepare(home)
        port = free_port()
        environ = {
            **os.environ,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "QUARTERDECK_CHANNELS": "*",
        }
        command = [sys.executable, "-m", "bot", "serve", "--home", str(home), "--port", str(port)]
        with (
            (home / "serve.log").open("w") as log,
            subprocess.Popen(command, env=environ, stderr=log) as served,
        ):
            try:
                _reach(port)
                slack.request_url = f"http://127.0.0.1:{port}/slack/events"
                yield from _measured(slack, served.pid)
            finally:
                served.terminate()


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def _reach(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("the bot did not start")


def _prepare(home: Path) -> None:
    """Fill the mirror, and let everybody be known to the bot."""
    with Installation(Settings(home=home, crm="demo", values={}), progress=lambda _step: None) as opened:
        opened.line()
        for person in people():
            opened.store.notes.write("local", "person", f"U{person.id.upper()}", {"person": person.id})


def _measured(slack: FakeSlack, pid: int) -> Iterator[tuple[str, str]]:
    staff = [person.name for person in people()]
    slack.command(staff[0], slack.im_with(staff[0]).id, "weekly")
    slack.wait_for_text(staff[0], "weekly-2026-11-23-r1.pptx", timeout=60)
    start, count = time.time() + 1, int(RATE * SECONDS)
    early, spent = _memory(pid), _processor(pid)

    def ask(number: int) -> tuple[str, float, float]:
        who = staff[number % len(staff)]
        text = "weekly" if number % EVERY == 0 else QUESTIONS[number % len(QUESTIONS)]
        time.sleep(max(0.0, start + number / RATE - time.time()))
        asked = time.time()
        slack.command(who, slack.im_with(who).id, text)
        return who if text == "weekly" else "", asked, time.time() - asked

    with ThreadPoolExecutor(64) as crowd:
        told = list(crowd.map(ask, range(count)))
    weeklies = [(who, asked) for who, asked, _ in told if who]
    _wait(slack, questions=count - len(weeklies), drafts=len(weeklies) + 1)
    over = time.time() - start
    took = _drafts(slack, weeklies)
    acknowledged = [waited for _, _, waited in told]
    yield f"acknowledged, p50 / p99, {count} requests (goal p99 < 250 ms)", _quantiles(acknowledged)
    yield f"command to draft, p50 / p99, {len(took)} decks (goal p50 < 1.5 s)", _quantiles(took)
    yield "answered", f"{count} of {count}, the last {over - SECONDS:.1f} s after the last request"
    yield "processor time a request, of the bot", f"{1000 * (_processor(pid) - spent) / count:.0f} ms"
    yield "memory, before and after", f"{early:.0f} MB, {_memory(pid):.0f} MB"


def _wait(slack: FakeSlack, *, questions: int, drafts: int) -> None:
    def all_there() -> bool:
        answers = [one for one in slack.world.ephemerals.values() if not one.text.startswith("On it")]
        return len(answers) >= questions and len(_messages(slack)) >= drafts

    try:
        slack.wait_for(all_there, timeout=PATIENCE)
    except AssertionError:
        answers = [one for one in slack.world.ephemerals.values() if not one.text.startswith("On it")]
        message = f"{len(answers)} of {questions} answers, {len(_messages(slack))} of {drafts} decks"
        raise TimeoutError(message) from None


def _messages(slack: FakeSlack) -> list[object]:
    return [
        one
        for one in slack.world.messages.values()
        if one.bot_id and ", r1: " in one.text and "slides" in one.text
    ]


def _drafts(slack: FakeSlack, asked: list[tuple[str, float]]) -> list[float]:
    """Return how long each deck took: the nth that somebody asked for is the nth in that person's messages."""
    took = []
    for who in {who for who, _ in asked}:
        channel = slack.im_with(who).id
        times = sorted(at for name, at in asked if name == who)
        shown = sorted(
            float(one.ts)
            for one in slack.world.messages.values()
            if one.channel == channel and "short of" in one.text
        )
        took += [there - at for at, there in zip(times, shown[-len(times) :], strict=True)]
    return took


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def _processor(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _quantiles(values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=100)
    return f"{1000 * statistics.median(values):.0f} / {1000 * cuts[98]:.0f} ms"
