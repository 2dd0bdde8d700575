"""From an org to a weekly deck by the command line alone: the same figures as the demo connector's, of the same company."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from connectors import demo
from tests.connectors.salesforce.desk import LARKMOOR_FIELDS
from tests.fakes.salesforce.larkmoor import HOST, Company, larkmoor
from tests.fakes.salesforce.server import FakeSalesforce

ROOT = Path(__file__).parents[2]
DEALS = 600
DAY = "2026-11-22"
MEASURES = (
    ("open_pipeline", "region"), ("commit", "owner"), ("bookings", "segment"), ("win_rate", "source"), ("lost", "stage"),
    ("bridge", "region"), ("slip_rate", "team"), ("sales_cycle", "product"), ("pipeline_created", "type"), ("coverage", "region"),
)  # fmt: skip


class Desk:
    """Somebody at a command line with a home of their own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.settings = folder, settings

    def run(self, *words: str) -> str:
        """Run a command and return what it prints; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "PYTHONPATH": str(ROOT),
                **self.settings,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def told(self, *words: str) -> Any:
        """Return what a command prints as JSON, run without a process of its own."""
        with pytest.MonkeyPatch.context() as here, redirect_stdout(StringIO()) as printed:
            here.chdir(self.folder)
            for name, value in self.settings.items():
                here.setenv(name, value)
            code = main([*words, "--as-of", DAY, "--json"])
        assert code == 0
        return json.loads(printed.getvalue())


@pytest.fixture(scope="module")
def org() -> Company:
    return larkmoor(opportunities=DEALS)


@pytest.fixture(scope="module")
def desks(org: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """Return a desk over the demo connector and one over Salesforce, both with their records."""
    ours = Desk(tmp_path_factory.mktemp("demo"))
    ours.run("seed", "--opportunities", str(DEALS))
    folder = tmp_path_factory.mktemp("salesforce")
    home = folder / ".quarterdeck"
    home.mkdir()
    (home / "company.toml").write_bytes(Path(demo.__file__).with_name("company.toml").read_bytes())
    (home / "salesforce.toml").write_text(LARKMOOR_FIELDS, encoding="utf-8")
    with FakeSalesforce(org.org, host=HOST) as server:
        server.org.clock.advance(minutes=3)
        theirs = Desk(
            folder,
            QUARTERDECK_CRM="salesforce",
            SALESFORCE_INSTANCE_URL=server.url,
            SALESFORCE_SESSION_ID=server.tokens.issue(server.org.admin),
        )
        said = theirs.run("sync")
        assert said.startswith("records known up to 2026-11-23 13:31 UTC (salesforce)")
        yield ours, theirs


def test_the_weekly_says_the_same(desks: tuple[Desk, Desk], org: Company) -> None:
    """But for last week's actions, which the demo brings along, and which nobody wrote down for the org."""
    ours, theirs = (json.loads(desk.run("report", "weekly", "--as-of", DAY, "--json")) for desk in desks)

    assert theirs["problems"] == ours["problems"] == []
    assert [slide["key"] for slide in theirs["slides"]] == [slide["key"] for slide in ours["slides"]]
    for mine, other in zip(ours["slides"], theirs["slides"], strict=True):
        assert mine["title"].casefold().endswith(other["title"].casefold())
        facts, others = ({fact["id"]: _fact(fact) for fact in slide["facts"]} for slide in (mine, other))
        if mine["title"] == other["title"]:
            assert others == facts
        else:
            # The slide that tells of actions has room for another line without them.
            assert facts.keys() - others.keys() == {"done", "all"}
            assert all(facts[key] == fact for key, fact in others.items() if key in facts)


@pytest.mark.parametrize("name, dim", MEASURES)
def test_measures_say_the_same_with_the_same_records(
    name: str, dim: str, desks: tuple[Desk, Desk], org: Company
) -> None:
    ours, theirs = (desk.told("measure", name, "--by", dim) for desk in desks)
    ids = {theirs: ours for ours, theirs in org.ids.items()}

    assert ours["rows"]
    assert [_row(row, ids) for row in theirs["rows"]] == [_row(row, {}) for row in ours["rows"]]


def test_findings_are_the_same(desks: tuple[Desk, Desk], org: Company) -> None:
    ours, theirs = (desk.told("findings")["findings"] for desk in desks)
    ids = {theirs: ours for ours, theirs in org.ids.items()}

    assert len(ours) > 20
    assert sorted(_plain(finding, ids) for finding in theirs) == sorted(
        _plain(finding, {}) for finding in ours
    )


def _plain(finding: dict[str, Any], ids: dict[str, str]) -> str:
    """Return a finding as text, without its address, and with the demo's ids in the place of the org's."""
    told = json.dumps({name: value for name, value in finding.items() if name != "url"})
    return re.sub(r"\b[0-9A-Za-z]{18}\b", lambda found: ids.get(found[0], found[0]), told)


def _fact(fact: dict[str, Any]) -> dict[str, Any]:
    return {name: fact.get(name) for name in ("id", "label", "value", "text", "unit", "record_count")}


def _row(row: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    return row | {"records": sorted(ids.get(key, key) for key in row["records"])}
