"""`quarterdeck import`, from words to exit code: what it prints, what it refuses, and that nothing is half-imported."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from connectors.files import mapping as mappings
from tests.bot.test_demo import Person

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


STRANGE = (
    "Opportunity ID,Opportunity Name,Stage,Amount,Close Date\n"
    "006A,Yard,Phase 1,10.50,01/02/2026\n"
    "006B,Flow,Phase 2,900,03/04/2026\n"
    "006C,Sense,Phase 3,7,05/06/2026\n"
)


def test_only_what_cannot_be_told_is_asked_at_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(STRANGE, encoding="utf-8")
    home = tmp_path / "home"
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "COLUMNS": "100", "NO_COLOR": "1"}
    person = Person(
        [sys.executable, "-m", "bot", "import", str(tmp_path / "deals.csv"), "--home", str(home)], environment
    )

    assert "the day or the month" in person.until("\n> ")
    person.type("2\n")
    assert "won" in person.until("\n> ")
    person.type("3\n")
    assert "lost" in person.until("\n> ")
    person.type("2\n")
    assert "On which day" in person.until("\n> ")
    person.type("soon\n")
    assert "2026-11-23" in person.until("\n> ")
    person.type("2026-06-30\n")
    assert "3 deals taken in as of the end of 2026-06-30" in person.until("Next:")
    assert person.leave() == 0
    kept = mappings.load(home / "files" / "map.toml")
    assert kept.stages == {"Phase 1": "open", "Phase 2": "lost", "Phase 3": "won"}
    assert kept.files[0].written["close"] == "month first"


def test_the_end_of_the_answers_ends_an_import_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    home = tmp_path / "home"
    environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "COLUMNS": "100", "NO_COLOR": "1"}
    person = Person(
        [sys.executable, "-m", "bot", "import", str(tmp_path / "deals.csv"), "--home", str(home)], environment
    )

    assert "On which day" in person.until("\n> ")
    person.type("\x04")

    assert "nothing was changed" in person.until("--no-input")
    assert person.leave() == 130
    assert not (home / "files" / "snapshots.json").exists()


def test_a_mapping_that_a_person_wrote_stays_as_it_is(run: Run) -> None:
    Path("deals 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    Path("deals 2026-11-23.csv").write_text(DEALS.replace("Yard", "Yards"), encoding="utf-8")
    run("import", "deals 2026-11-16.csv")
    kept = Path("home/files/map.toml")
    kept.write_text("# Mine.\n" + kept.read_text(encoding="utf-8"), encoding="utf-8")

    code, out, _ = run("import", "deals 2026-11-23.csv")

    assert code == 0
    assert "3 deals taken in as of the end of 2026-11-23." in out
    assert kept.read_text(encoding="utf-8").startswith("# Mine.\n")


def test_a_stage_that_a_later_export_brings_is_added_and_the_former_mapping_kept(run: Run) -> None:
    Path("deals 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    more = DEALS + "006D,Crate,Acme,Eli Nord,Discovery,5,11/30/2026,10/14/2026\n"
    Path("deals 2026-11-23.csv").write_text(more, encoding="utf-8")
    run("import", "deals 2026-11-16.csv")
    before = Path("home/files/map.toml").read_text(encoding="utf-8")

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert (code, err) == (0, "")
    assert "Discovery" in mappings.load(Path("home/files/map.toml")).stages
    assert Path("home/files/map.before.toml").read_text(encoding="utf-8") == before


def test_linked_files_of_a_folder_are_read_by_their_mapping(run: Run) -> None:
    folder = Path("exports")
    folder.mkdir()
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "team.csv").write_text(
        "Sales Rep,Manager,Office\nDana Whit,Mo,North\nEli Nord,Mo,South\n", encoding="utf-8"
    )
    (folder / "notes.txt").write_text("nothing", encoding="utf-8")
    run("import", "exports/deals.csv", "exports/team.csv", "--as-of", "2026-11-16")

    code, out, err = run("import", "exports", "--map", "home/files/map.toml", "--as-of", "2026-11-23")

    assert (code, err) == (0, "")
    assert "people.Office region 100% North, South" in " ".join(out.split())
    shown = json.loads(run("measure", "open_pipeline", "--by", "region", "--json")[1])
    assert [(row["by"], row["value"]) for row in shown["rows"]] == [({"region": "North"}, "1234.50")]


def test_a_folder_without_a_mapping_is_refused(run: Run) -> None:
    Path("exports").mkdir()

    code, _, err = run("import", "exports")

    assert code == 2
    assert "--map" in err


def test_what_the_export_cannot_know_is_said(run: Run) -> None:
    text = "ID,Deal,Stage,Amount,Close Date\n1,A,Proposal,,\n2,B,Won,5,2026-11-01\n"
    Path("deals 2026-11-23.csv").write_text(text, encoding="utf-8")

    _, out, _ = run("import", "deals 2026-11-23.csv")

    assert "One export shows one day" in out
    assert "No created date" in out
    assert "No date of a last activity" in out
    assert "No owner" in out
    assert "No targets" in out
    assert "Of 1 open deal 1 has no amount, 1 has no close date" in out


@pytest.mark.parametrize("columns", ["20", "40", "80", "200"])
def test_the_table_fits_the_window(run: Run, columns: str) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS, encoding="utf-8")
    os.environ["COLUMNS"] = columns

    _, out, _ = run("import", "deals 2026-11-23.csv")

    table = out.partition("3 deals taken in")[0]
    assert "\x1b" not in out
    assert "Opportunity" in table
    assert [line for line in table.splitlines() if len(line) > int(columns)] == []


def test_exports_of_several_days_are_a_snapshot_each(run: Run) -> None:
    later = DEALS.replace("Negotiation", "Closed Won").replace("006C,Sense", "006D,Crate")
    Path("pipeline 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    Path("pipeline 2026-11-23.csv").write_text(later, encoding="utf-8")

    code, out, err = run("import", "pipeline 2026-11-23.csv", "pipeline 2026-11-16.csv")

    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if "taken in as of" in line] == [
        "3 deals taken in as of the end of 2026-11-16.",
        "3 deals taken in as of the end of 2026-11-23.",
    ]
    assert out.count("Opportunity Owner") == 1
    assert "One export shows one day" not in out
    assert len(mappings.load(Path("home/files/map.toml")).files) == 1
    shown = json.loads(run("measure", "open_pipeline", "--as-of", "2026-11-16", "--json")[1])
    assert [row["records"] for row in shown["rows"]] == [["006A"]]


def test_a_bad_export_leaves_those_of_other_days_out_too(run: Run) -> None:
    Path("pipeline 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    Path("pipeline 2026-11-23.csv").write_text(DEALS.replace(",900,", ",soon,"), encoding="utf-8")

    code, _, err = run("import", "pipeline 2026-11-16.csv", "pipeline 2026-11-23.csv")

    assert code == 2
    assert "pipeline 2026-11-23.csv, line 3, column 'Amount' = 'soon'" in err
    assert not Path("home/files/snapshots.json").exists()


def test_an_export_without_a_day_beside_those_of_several_days_is_named(run: Run) -> None:
    for name in ("pipeline 2026-11-16.csv", "pipeline 2026-11-23.csv", "pipeline.csv"):
        Path(name).write_text(DEALS, encoding="utf-8")

    code, _, err = run("import", "pipeline 2026-11-16.csv", "pipeline 2026-11-23.csv", "pipeline.csv")

    assert code == 2
    assert "no day in the name of pipeline.csv" in err


def test_files_of_one_day_stay_one_snapshot(run: Run) -> None:
    head, first, *rest = DEALS.splitlines(keepends=True)
    Path("EMEA 2026-11-23.csv").write_text(head + first, encoding="utf-8")
    Path("AMER 2026-11-23.csv").write_text(head + "".join(rest), encoding="utf-8")

    _, out, _ = run("import", "EMEA 2026-11-23.csv", "AMER 2026-11-23.csv")

    assert "3 deals taken in as of the end of 2026-11-23." in out


@pytest.mark.parametrize("before", ["", "all 2026-11-16.csv"])
def test_an_export_without_stages_is_refused(run: Run, before: str) -> None:
    rows = [
        line.split(",")
        for line in DEALS.replace('"1,234.50"', "7").replace('"Beta, Inc."', "Beta").splitlines()
    ]
    Path("all 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    Path("other 2026-11-23.csv").write_text(
        "".join(",".join((*row[:4], *row[5:])) + "\n" for row in rows), encoding="utf-8"
    )
    if before:
        assert run("import", before)[0] == 0

    code, _, err = run("import", "other 2026-11-23.csv")

    assert code == 2
    assert "other 2026-11-23.csv has no column of stages" in err
    assert ("which another export has as 'Stage'" in err) is bool(before)


def test_what_is_taken_as_won_and_lost_is_always_said(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS, encoding="utf-8")

    for _ in range(2):
        _, out, _ = run("import", "deals 2026-11-23.csv")

        assert "Taken as won: Closed Won." in out
        assert "Taken as lost: Closed Lost." in out


def test_a_stage_that_only_sounds_won_is_asked_for(run: Run) -> None:
    Path("deals 2026-11-23.csv").write_text(DEALS.replace("Negotiation", "Won back"), encoding="utf-8")

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert code == 2
    assert "which of these stages are won and which lost: Won back" in err


def test_an_export_without_a_mapped_column_is_refused_with_the_line_to_remove(run: Run) -> None:
    Path("deals 2026-11-16.csv").write_text(DEALS, encoding="utf-8")
    Path("deals 2026-11-23.csv").write_text(DEALS.replace("Amount", "Notes"), encoding="utf-8")
    run("import", "deals 2026-11-16.csv")

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert code == 2
    assert "has no column 'Amount'" in err
    assert "take the line amount = … out of [files.columns] in map.toml" in err
    assert "--map" in err


def test_deals_that_look_alike_without_ids_are_refused_with_the_column_to_add(run: Run) -> None:
    text = "Account,Deal,Stage,Amount\nAcme,Yard,Proposal,5\nAcme,Yard,Proposal,6\n"
    Path("deals 2026-11-23.csv").write_text(text, encoding="utf-8")

    code, _, err = run("import", "deals 2026-11-23.csv")

    assert code == 2
    assert "add the record id column (Opportunity ID) to the report" in err
