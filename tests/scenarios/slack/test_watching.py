"""A watched folder: what appears there is taken in once, and the admins are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from bot.cli import main
from connectors import demo
from connectors.disk import only_writer
from connectors.files.crm import FilesCrm
from connectors.files.shelf import Shelf
from connectors.mirror import Mirror
from tests.scenarios.slack.stage import Stage, stage, told

ADMIN = "Marcus Bell"
HEAD = "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date\n"
ROW = "1,Yard for Brandt,Brandt,Walt Pruitt,Proposal,1200.00,2026-12-18\n"


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a home into which one export was imported by hand, with the invented company's admins."""
    home = tmp_path / "home"
    first = tmp_path / "deals 2026-11-16.csv"
    first.write_text(
        HEAD + ROW + ROW.replace("1,", "2,", 1).replace("Proposal", "Closed Won"), encoding="utf-8"
    )
    home.mkdir()
    people = files("connectors.demo").joinpath("company.toml").read_text(encoding="utf-8")
    (home / "company.toml").write_text(people, encoding="utf-8")
    assert main(["import", str(first), "--home", str(home), "--no-input"]) == 0, capsys.readouterr().err
    return home


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


@pytest.fixture
def at(home: Path, watched: Path) -> Iterator[Stage]:
    crm = FilesCrm(home, demo.company())
    Mirror(home, "local").load(crm)
    with stage(home, crm=crm, set_too={"QUARTERDECK_WATCH": str(watched)}, demo=True) as opened:
        user = opened.slack.person(ADMIN)
        opened.served.desk.directory.confirm(user.id, "marcus.bell@larkmoor.example")
        yield opened


def minutes(at: Stage, many: int = 2) -> tuple[str, ...]:
    """Let minutes pass, and return what the admin was told meanwhile."""
    before = at.slack.seen_by(ADMIN)
    for _ in range(many):
        at.clock.forward(60)
        at.settle()
    return tuple(told(seen) for seen in at.slack.seen_by(ADMIN) if seen not in before)


def days(home: Path) -> list[date]:
    return [snapshot.as_of for snapshot in Shelf(home).history()]


def test_a_new_export_is_taken_in_once_and_the_admins_are_told(at: Stage, home: Path, watched: Path):
    (watched / "deals 2026-11-23.csv").write_text(HEAD + ROW.replace("1200", "1500"), encoding="utf-8")
    (said,) = minutes(at)

    assert "deals 2026-11-23.csv: 1 deal taken in as of the end of 23 Nov 2026." in said
    assert days(home) == [date(2026, 11, 16), date(2026, 11, 23)]
    assert at.served.desk.line.mirror.current().as_of.date() == date(2026, 11, 24)
    desk = at.served.desk
    kept = desk.notes.read(desk.workspace, "watched", "deals 2026-11-23.csv")
    assert minutes(at, 3) == ()
    assert desk.notes.read(desk.workspace, "watched", "deals 2026-11-23.csv") == kept
    assert (watched / "deals 2026-11-23.csv").is_file()


def test_a_file_that_is_still_written_waits(at: Stage, home: Path, watched: Path):
    path = watched / "deals 2026-11-23.csv"
    path.write_text(HEAD, encoding="utf-8")
    minutes(at, 1)
    path.write_text(HEAD + ROW, encoding="utf-8")

    assert minutes(at, 1) == ()
    assert len(minutes(at, 1)) == 1
    assert days(home)[-1] == date(2026, 11, 23)


def test_a_file_that_fails_is_told_once_and_tried_again_when_it_changes(at: Stage, home: Path, watched: Path):
    path = watched / "deals 2026-11-23.csv"
    path.write_text(HEAD + ROW.replace("1200.00", "a lot"), encoding="utf-8")
    (said,) = minutes(at)

    assert "was not taken in" in said
    assert "line 2" in said
    assert minutes(at, 3) == ()
    assert days(home) == [date(2026, 11, 16)]

    path.write_text(HEAD + ROW, encoding="utf-8")

    assert "taken in as of the end of 23 Nov 2026" in minutes(at)[0]


def test_a_file_that_the_mapping_does_not_know_says_what_to_do(at: Stage, home: Path, watched: Path):
    (watched / "weather.csv").write_text("City,Sky\nBonn,grey\n", encoding="utf-8")
    (said,) = minutes(at)

    assert "quarterdeck import weather.csv" in said
    assert days(home) == [date(2026, 11, 16)]


def test_what_other_programs_are_writing_is_left_alone(at: Stage, watched: Path):
    for name in (".deals.csv", "deals.csv.part", "~$deals.xlsx"):
        (watched / name).write_text("?", encoding="utf-8")

    assert minutes(at) == ()


def test_a_file_that_comes_while_another_process_imports_is_taken_in_a_minute_later(
    at: Stage, home: Path, watched: Path
):
    (watched / "deals 2026-11-23.csv").write_text(HEAD + ROW, encoding="utf-8")
    minutes(at, 1)
    with only_writer(home / "files" / "writer.lock", of="the shelf"):
        assert minutes(at, 1) == ()
    (said,) = minutes(at, 1)

    assert "taken in as of the end of 23 Nov 2026" in said
