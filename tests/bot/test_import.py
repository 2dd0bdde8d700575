"""`quarterdeck import`, from words to exit code: what it prints, what it refuses, and that nothing is half-imported."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main

Run = Callable[..., tuple[int, str, str]]

DEALS = (
    "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date,Created Date\n"
    '006A,Yard,Acme,Dana Whit,Negotiation,"1,234.50",11/30/2026,10/14/2026\n'
    '006B,Flow,"Beta, Inc.",Dana Whit,Closed Won,900,10/02/2026,09/13/2026\n'
    "006C,Sense,Acme,Eli Nord,Closed Lost,,12/24/2026,01/31/2026\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in an empty folder with an empty home; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"], "TZ": "Europe/Berlin"})

    def command(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            code = main([*words, "--home", "home"])
        except SystemExit as stop:
            code = int(stop.code or 0)
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return command


def test_an_export_is_taken_in_without_a_word_about_its_columns(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS, encoding="utf-8")

    code, out, err = run("import", "deals 2026-11-23.csv")

    assert (code, err) == (0, "")
    assert "3 deals taken in as of the end of 2026-11-23." in out
    assert "Opportunity Owner owner 100% Dana Whit, Eli Nord" in " ".join(out.split())
    shown = json.loads(run("measure", "open_pipeline", "--json")[1])
    assert [row["value"] for row in shown["rows"]] == ["1234.50"]
    assert [row["records"] for row in shown["rows"]] == [["006A"]]


def test_the_day_of_an_export_has_to_be_said_where_its_name_has_none(run: Run) -> None:
    Path("deals.csv").write_text(DEALS, encoding="utf-8")

    code, _, err = run("import", "deals.csv")

    assert code == 2
    assert "--as-of" in err
    assert not Path("home/files/snapshots.json").exists()
    assert run("import", "deals.csv", "--as-of", "2026-11-23")[0] == 0


def test_a_bad_cell_leaves_nothing_behind_and_is_named(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS.replace(",900,", ",soon,"), encoding="utf-8")

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert code == 2
    assert "line 3, column 'Amount' = 'soon'" in err
    assert [path.name for path in Path("home").rglob("*") if path.is_file()] == []


def test_bad_rows_are_written_beside_the_file_where_they_may_be_skipped(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS.replace(",900,", ",soon,"), encoding="utf-8")

    code, out, _ = run("import", "deals 2026-11-23.csv", "--skip-bad")

    assert code == 0
    assert "2 deals taken in" in out
    assert "1 rejected" in out
    lines = Path("deals 2026-11-23.rejects.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "line,column,value,reason"
    assert lines[1].startswith("3,Amount,soon,")
    assert len(lines) == 2


def test_what_cannot_be_told_is_asked_for_in_the_mapping_file(run: Run) -> None:
    strange = (
        DEALS.replace("Negotiation", "Phase 1").replace("Closed Won", "Phase 2").replace("Closed Lost", "X9")
    )
    Path("deals 2026-11-23.csv").write_text(strange, encoding="utf-8")

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert code == 2
    assert "which of these stages are won and which lost" in err
    kept = Path("home/files/map.toml")
    number = int(err.partition("line ")[2].partition(" ")[0])
    assert kept.read_text(encoding="utf-8").splitlines()[number - 1].startswith("ask = ")
    text = kept.read_text(encoding="utf-8")
    text = text.replace("open = []", 'open = ["Phase 1"]').replace("won = []", 'won = ["Phase 2"]')
    text = text.replace("lost = []", 'lost = ["X9"]')
    kept.write_text(
        "".join(row for row in text.splitlines(keepends=True) if not row.startswith("ask")), encoding="utf-8"
    )
    assert run("import", "deals 2026-11-23.csv")[0] == 0


def test_the_same_export_twice_changes_nothing(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS, encoding="utf-8")
    run("import", "deals 2026-11-23.csv")
    before = Path("home/files/snapshots.json").read_bytes()

    code, _, _ = run("import", "deals 2026-11-23.csv")

    assert code == 0
    assert Path("home/files/snapshots.json").read_bytes() == before
