"""The command line, from words to exit code: what it prints, what it refuses, and that nothing is half-written."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pptx import Presentation
from sqlalchemy import create_engine, text

from bot.cli import main
from bot.commands import sync

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Run the command line in an empty folder of the test's own; return exit code, output and errors."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})

    def command(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            code = main([*words, "--home", str(home)])
        except SystemExit as stop:
            code = int(stop.code or 0)
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return command


def test_a_measure_is_one_json_object_and_nothing_else(run: Run) -> None:
    code, out, err = run("measure", "coverage", "--by", "region", "--json")

    shown = json.loads(out)
    assert (code, err) == (0, "")
    assert set(shown) == {"measure", "definition", "unit", "currency", "as_of", "period", "rows", "notes"}
    assert shown["period"] == {"start": "2026-10-01", "end": "2026-12-31"}
    values = {row["by"]["region"]: Decimal(row["value"]).quantize(Decimal("0.01")) for row in shown["rows"]}
    assert values == {"AMER": Decimal("2.65"), "EMEA": Decimal("1.40"), "APAC": Decimal("2.00")}


def test_money_is_a_decimal_string_with_its_currency(run: Run) -> None:
    _, out, _ = run("measure", "open_pipeline", "--json")

    shown = json.loads(out)
    (row,) = shown["rows"]
    assert shown["currency"] == "USD"
    assert Decimal(row["value"]) == 5_490_000
    assert isinstance(row["value"], str)
    assert row["record_count"] == 212
    assert 0 < len(row["records"]) <= 50


def test_a_measure_without_json_says_its_definition(run: Run) -> None:
    code, out, _ = run("measure", "open_pipeline", "--by", "region", "--where", "segment=ENT")

    assert code == 0
    assert "Sum of amounts of open deals" in out
    assert "definitions v3" in out


def test_a_report_is_a_deck_whose_titles_are_those_it_prints(run: Run) -> None:
    code, out, _ = run("report", "weekly", "--out", "w.pptx", "--json")

    shown = json.loads(out)
    slides = Presentation(str(Path.cwd() / "w.pptx")).slides
    assert code == 0
    assert [slide["title"] for slide in shown["slides"]] == [
        next(shape for shape in slide.shapes if shape.name == "title").text_frame.text for slide in slides
    ]
    assert shown["problems"] == []
    assert all(fact["text"] for slide in shown["slides"] for fact in slide["facts"])


def test_the_same_report_twice_gives_the_same_bytes(run: Run) -> None:
    run("report", "weekly", "--out", "a.pptx")
    run("report", "weekly", "--out", "b.pptx")

    assert Path("a.pptx").read_bytes() == Path("b.pptx").read_bytes()


REFUSED = [
    (("report", "weekley"), "unknown report kind 'weekley'; try: weekly"),
    (("measure", "open_pipline"), "unknown measure 'open_pipline'; try: open_pipeline"),
    (("measure", "bookings", "--period", "this-quater"), "unknown period 'this-quater'; try: this-quarter"),
    (("measure", "bookings", "--by", "regoin"), "unknown dimension 'regoin'; try: region"),
    (("measure", "bookings", "--where", "region=EMEAA"), "'EMEAA'"),
    (("measure", "bookings", "--where", "region"), "--where needs DIM=VALUE"),
    (("measure", "bookings", "--as-of", "3 Oct"), "'3 Oct' is not a date; write it like"),
    (("report", "weekly", "--where", "owner=Nobody"), "'Nobody'"),
    (("findings", "--period", "FY26-Q9"), "FY26-Q9"),
    (("seed", "--opportunities", "0"), "--opportunities is 0"),
    (("ask", "--as", "Nobody", "my deals"), "unknown person 'Nobody'"),
]


@pytest.mark.parametrize("words,said", REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_bad_words_are_named_with_what_would_have_worked_and_nothing_is_written(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    code, out, err = run(*words)

    assert code == 2
    assert said in err
    assert out == ""
    assert list(Path.cwd().iterdir()) == []


def test_an_empty_scope_gives_no_deck_and_says_why(run: Run) -> None:
    code, _, err = run("report", "weekly", "--where", "region=APAC", "--where", "owner=Jonas Adler")

    assert code == 1
    assert "Jonas Adler" in err
    assert list(Path.cwd().iterdir()) == []


def test_before_history_begins_nothing_is_shown_as_zero(run: Run) -> None:
    code, out, err = run("measure", "open_pipeline", "--as-of", "2019-01-01")

    assert code == 1
    assert re.search(r"nothing is known as of 1 Jan 2019: history begins \d+ \w+ 20\d\d", err)
    assert out == ""


def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(run: Run) -> None:
    Path("taken").write_text("a file where a folder should be")

    code, _, err = run("report", "weekly", "--out", "taken/w.pptx")

    assert code == 1
    assert "taken" in err
    assert [path.name for path in Path.cwd().iterdir()] == ["taken"]


def test_a_template_that_is_no_deck_is_refused_with_what_would_have_worked(run: Run) -> None:
    Path("template.pptx").write_text("no deck")

    code, _, err = run("report", "weekly", "--template", "template.pptx", "--out", "w.pptx")

    assert code == 2
    assert "template" in err
    assert not Path("w.pptx").exists()


def test_findings_are_ranked_and_each_says_what_to_do(run: Run) -> None:
    code, out, _ = run("findings", "--limit", "4")
    _, asked, _ = run("findings", "--json")

    found = json.loads(asked)["findings"]
    scores = [Decimal(finding["score"]) for finding in found]
    assert code == 0
    assert out.count("Do: ") == 4
    assert scores == sorted(scores, reverse=True)


def test_doctor_finds_nothing_to_mend_in_the_demo_and_names_what_is_wrong(run: Run, home: Path) -> None:
    assert run("doctor")[0] == 0

    (home / "company.toml").write_text('name = "X"\nzone = "Mars/Olympus"\ncurrency = "USD"\n')
    code, out, _ = run("doctor")

    assert code == 1
    assert "WRONG" in out
    assert "'Mars/Olympus' cannot be used: not a time zone" in out


def test_doctor_says_what_is_wrong_with_the_records_most_money_first(run: Run) -> None:
    _, out, _ = run("doctor")
    told = [line for line in out.splitlines() if line.startswith("note  records: ")]

    assert told[:3] == [
        (
            "note  records: 102 open without a next step, $2.03M (first: Brandt & Söhne, d004958) → their owners mend "
            "them: AMER Commercial 46, EMEA Central 21, AMER Enterprise 14, 2 more"
        ),
        (
            "note  records: 64 open with a close date in the past, $1.10M (first: Alderden Beverage – Flow, d001149) → "
            "their owners mend them: AMER Commercial 33, EMEA Central 11, EMEA West 9, 2 more"
        ),
        (
            "note  records: 27 open duplicates, by account and name, $439k (first: Pennrow Packaging – Yard, d002305) → RevOps "
            "mends them"
        ),
    ]
    assert told[-1].startswith("note  records: 2 more kinds of faults: 4 open without an account and 6 ")


def test_a_weekly_of_a_quarters_first_days_opens_with_the_last_one_unless_a_period_is_asked_for(
    run: Run, tmp_path: Path
) -> None:
    def first(*words: str) -> str:
        out = str(tmp_path / "weekly.pptx")
        _, shown, _ = run("report", "weekly", "--as-of", "2026-10-05", "--out", out, "--json", *words)
        return str(json.loads(shown)["slides"][0]["title"])

    assert first().startswith("Q3 closed $0.21M ahead of $5.20M; Q4 has ")
    assert first("--period", "this-quarter").startswith("Q4 is ")
    assert first("--period", "FY26-Q4").startswith("Q4 is ")


def test_sync_says_up_to_when_records_are_known(run: Run) -> None:
    code, out, _ = run("sync")

    assert (code, out) == (0, "records known up to 2026-11-23 13:30 UTC (demo)\n")


def test_a_seeded_company_stays_the_one_that_was_seeded(run: Run, tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"

    assert run("seed", "--opportunities", "900", "--seed", "11", "--truth", str(truth))[0] == 0
    first = run("measure", "open_pipeline", "--json")[1]
    assert run("sync")[0] == 0

    assert run("measure", "open_pipeline", "--json")[1] == first
    assert set(json.loads(truth.read_text())) >= {"harms", "decoys", "opportunities"}


def test_help_names_every_command_of_the_documentation(run: Run) -> None:
    _, out, _ = run("--help")
    documented = set(re.findall(r"^\| `quarterdeck ([\w-]+)", _docs("command-line.md"), re.MULTILINE))

    offered = set(re.findall(r"^    ([\w-]+) ", out, re.MULTILINE))
    assert offered == documented


def _docs(name: str) -> str:
    return (Path(__file__).parents[2] / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
def test_the_home_may_stand_before_the_command_or_behind_it(
    before: bool,  # noqa: FBT001 — a case of the table
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    named, words = ["--home", str(home)], ["ask", "--json", "pipeline", "emea"]

    code = main([*named, *words] if before else [*words, *named])

    assert code == 0
    assert "$1.76M" in json.loads(capfd.readouterr().out)["lines"][0]
    assert not (tmp_path / ".quarterdeck").exists()


def test_a_title_that_says_what_nothing_shows_is_remarked_on_in_json_too(run: Run) -> None:
    run("ask", "weekly")
    _, typed, _ = run("ask", "--json", "title slide 2: EMEA needs 1.2M more by Xmas")
    _, plain, _ = run("ask", "--json", "drop 8")

    assert json.loads(typed)["remark"].startswith(
        "Slide 2: the title by you says 1.2M, which nothing on the slide shows"
    )
    assert json.loads(plain)["changes"][0].startswith("Slide 8 dropped")


def test_what_doctor_says_is_no_wider_than_the_window(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", "40")

    code, out, _ = run("doctor")

    lines = out.splitlines()
    assert code == 0
    assert max(len(line) for line in lines) <= 40
    assert all(line.startswith(("ok", "note ", "      ", "nothing to mend")) for line in lines)


@pytest.mark.parametrize("command, code", [("serve", 1), ("doctor", 0)])
def test_without_the_packages_for_slack_a_command_says_what_installs_them(
    command: str, code: int, home: Path
) -> None:
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('slack_bolt', 'slack_sdk', 'dbos', 'uvicorn'))); "
        f"from bot.cli import main; sys.exit(main([{command!r}, '--home', {str(home)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert "make setup" in done.stdout + done.stderr
    assert done.returncode == code


def test_a_number_in_a_title_that_the_slide_does_not_show_is_remarked(run: Run) -> None:
    run("ask", "weekly")

    _, wrong, _ = run("ask", "title slide 1: Won + commit is $9M")
    _, right, _ = run("ask", "title slide 1: Won + commit is $5.00M")

    assert "says $9M, which nothing on the slide shows. It stays as it was written." in " ".join(
        wrong.split()
    )
    assert "which nothing on the slide shows" not in " ".join(right.split())


def test_an_out_that_is_a_folder_is_refused_by_its_own_name(run: Run, tmp_path: Path) -> None:
    code, _, err = run("report", "weekly", "--out", str(tmp_path))

    assert (code, err) == (2, f"quarterdeck: {tmp_path} is a directory: give a file name\n")


def test_a_database_without_room_is_told_as_a_full_disk_with_its_folder(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_arguments: object) -> int:
        engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
        with engine.begin() as connection:
            connection.execute(text("PRAGMA max_page_count = 1"))
            connection.execute(text("CREATE TABLE a (b)"))
        return 0

    monkeypatch.setattr(sync, "run", fill)

    code, _, err = run("sync")

    assert code == 1
    assert err == f"quarterdeck: the disk that holds {home} is full: free some space there and run it again\n"


def test_a_file_without_room_is_told_as_a_full_disk_with_the_folder_that_was_asked_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    code, _, err = run("report", "weekly", "--out", str(tmp_path / "mine" / "w.pptx"))

    assert code == 1
    assert f"the disk that holds {tmp_path / 'mine'} is full" in err
    assert ".part" not in err
