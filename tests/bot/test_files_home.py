"""A home into which exports were imported."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.cli import CANNOT, main
from bot.settings import read_settings
from bot.wiring import Installation
from connectors.files import mapping as mappings
from connectors.files import targets
from tests.fakes.snapshots import take

COMPANY = files("connectors.demo").joinpath("company.toml").read_text(encoding="utf-8")
DAY = date(2026, 11, 20)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a company file and one export."""
    take(tmp_path, DAY, {"id": "1", "stage": "Proposal", "status": "open", "amount": 5, "type": "Expansion"})
    (tmp_path / "company.toml").write_text(COMPANY, encoding="utf-8")
    return tmp_path


def test_files_are_the_default_where_exports_were_imported(home: Path, tmp_path: Path) -> None:
    found = read_settings({}, folder=tmp_path, home=home)
    named = read_settings({"QUARTERDECK_CRM": "demo"}, folder=tmp_path, home=home)
    nothing = read_settings({}, folder=tmp_path, home=tmp_path / "new")

    assert (found.crm, found.workspace) == ("files", "files")
    assert (named.crm, named.workspace) == ("demo", "local")
    assert (nothing.crm, nothing.workspace) == ("demo", "local")


def test_sync_says_that_files_do_not_come_by_themselves(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sync", "--home", str(home)]) == 0

    said = capsys.readouterr().out
    assert "2026-11-21 04:59 UTC (files)" in said
    assert "quarterdeck import FILE" in said


def test_a_home_without_exports_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_CRM", "files")
    (tmp_path / "company.toml").write_text(COMPANY, encoding="utf-8")

    assert main(["sync", "--home", str(tmp_path)]) == CANNOT
    assert "quarterdeck import FILE" in capsys.readouterr().err


def test_files_are_read_again_when_the_company_file_says_something_else(home: Path) -> None:
    for zone, hour in (("America/New_York", 4), ("Europe/Berlin", 22)):
        (home / "company.toml").write_text(COMPANY.replace("America/New_York", zone), encoding="utf-8")
        settings = read_settings({}, folder=home, home=home)
        with Installation(settings, progress=lambda _: None) as opened:
            opened.load()
            assert opened.mirror.current().as_of.hour == hour


def test_the_mapping_and_the_targets_in_the_docs_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "your-own-numbers.md").read_text(encoding="utf-8")
    blocks = [
        textwrap.dedent(block) for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE)
    ]
    (tmp_path / "map.toml").write_text(
        next(block for block in blocks if "[[files]]" in block), encoding="utf-8"
    )
    (tmp_path / "targets.csv").write_text(
        next(block for block in blocks if "Period,Region" in block).strip(), encoding="utf-8"
    )

    assert mappings.load(tmp_path / "map.toml").files[0].columns["region"] == (
        "Region",
        "people.regional_office",
    )
    assert [target.period for target in targets.read(tmp_path / "targets.csv")] == [
        "FY26-Q4",
        "FY26-Q4",
        "2026-Q4",
    ]
