"""Orgs on loopback, and the command line that reads them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.cli import main
from tests.fakes.salesforce.larkmoor import HOST, larkmoor
from tests.fakes.salesforce.org import Org
from tests.fakes.salesforce.server import FakeSalesforce

Run = Callable[..., tuple[int, str, str]]
Serve = Callable[[Org], FakeSalesforce]


@pytest.fixture(scope="module")
def larkmoor_server() -> Iterator[FakeSalesforce]:
    """Serve the invented company's org, which nobody changes."""
    with FakeSalesforce(larkmoor(opportunities=120).org, host=HOST) as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give what serves an org until the test ends."""
    with ExitStack() as running:
        yield lambda org: running.enter_context(FakeSalesforce(org))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command over an org, as its administrator unless settings say otherwise; return code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def command(server: FakeSalesforce, *words: str, **settings: str) -> tuple[int, str, str]:
        own = {"SALESFORCE_INSTANCE_URL": server.url, "QUARTERDECK_CRM": "salesforce"}
        if "SALESFORCE_CLIENT_ID" not in settings:
            own["SALESFORCE_SESSION_ID"] = server.tokens.issue(server.org.admin)
        environ = {"PATH": os.environ["PATH"], "COLUMNS": "1000", **own, **settings}
        monkeypatch.setattr(os, "environ", environ)
        capfd.readouterr()
        try:
            code = main([*words, "--home", str(tmp_path / "home")])
        except SystemExit as stop:
            code = int(stop.code or 0)
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return command
