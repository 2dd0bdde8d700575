"""The real process, killed without warning while it works: started again, it owes nobody anything and says nothing twice."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack

DANA, MARCUS, KATRIN = "Dana Whitcombe", "Marcus Bell", "Katrin Vogelsang"
PEOPLE = {DANA: "u01", MARCUS: "u02", KATRIN: "u06"}
LEADERS = "sales-leadership"
PATIENCE, BETWEEN = 60.0, 0.05


class Server:
    """`quarterdeck serve` as a process of its own, on a port of its own."""

    def __init__(self, slack: FakeSlack, home: Path, **set_too: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as held:
            self._port = held.getsockname()[1]
        self._slack, self._home, self._set_too = slack, home, set_too
        slack.request_url = f"http://127.0.0.1:{self._port}/slack/events"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        environ = {
            **os.environ,
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_SIGNING_SECRET": self._slack.signing_secret,
            "SLACK_API_URL": self._slack.api_url,
            "QUARTERDECK_CHANNELS": "*",
            **self._set_too,
        }
        command = [sys.executable, "-m", "bot", "serve", "--home", str(self._home), "--port", str(self._port)]
        process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return process
            # Asking without a pause would take the processor from what is asked for.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(BETWEEN)
                break
        raise TimeoutError("the bot did not start")

    def kill(self) -> None:
        """End it as a power cut would, and start the next."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.process = self._start()


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def server(slack: FakeSlack, own_home: Path) -> Iterator[Server]:
    from bot.store import open_store

    store = open_store(own_home)
    for name, person in PEOPLE.items():
        store.notes.write("local", "person", slack.person(name).id, {"person": person})
    store.close()
    found = Server(slack, own_home)
    yield found
    found.process.terminate()
    found.process.wait(20)


@pytest.mark.slow
def test_killed_four_times_under_load_each_request_gets_one_draft_or_one_answer(
    slack: FakeSlack, server: Server
):
    drafts = questions = 0
    for burst in range(4):
        for who in PEOPLE:
            slack.command(who, slack.im_with(who).id, "weekly")
            slack.mention(who, LEADERS, ("pipeline", "win rate", "commit", "wins")[burst])
            drafts, questions = drafts + 1, questions + 1
        so_far = len(slack.messages(LEADERS, bot=True))
        slack.wait_for(lambda so_far=so_far: len(slack.messages(LEADERS, bot=True)) > so_far, PATIENCE)
        server.kill()

    def decks() -> list[object]:
        return [one for who in PEOPLE for one in slack.messages(slack.im_with(who), bot=True) if one.files]

    slack.wait_for(lambda: len(decks()) >= drafts, PATIENCE)
    slack.wait_for(lambda: len(slack.messages(LEADERS, bot=True)) >= questions, PATIENCE)
    tops = [
        one
        for who in PEOPLE
        for one in slack.messages(slack.im_with(who), bot=True)
        if one.thread_ts in (None, one.ts) and "short of" in one.text
    ]
    assert (len(tops), len(decks())) == (drafts, drafts)
    assert len(slack.messages(LEADERS, bot=True)) == questions
