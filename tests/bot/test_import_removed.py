"""`quarterdeck import --remove DATE`: an export that was taken in under a wrong day is taken out again, whole or not at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from connectors.files.shelf import Shelf
from tests.bot.test_import import DEALS, Run, run

__all__ = ["run"]
MORE = DEALS + "006D,Crate,Acme,Eli Nord,Negotiation,5,11/30/2026,10/14/2026\n"


def pipeline(run: Run) -> tuple[str, str]:
    """Return the open pipeline, and the day up to which it is known."""
    shown = json.loads(run("measure", "open_pipeline", "--json")[1])
    return shown["rows"][0]["value"], shown["as_of"][:10]


@pytest.fixture
def two(run: Run) -> Run:
    """Take in two exports, the second under a day that is one too late."""
    Path("first.csv").write_text(DEALS, encoding="utf-8")
    Path("second.csv").write_text(MORE, encoding="utf-8")
    assert run("import", "first.csv", "--as-of", "2026-11-16")[0] == 0
    assert run("import", "second.csv", "--as-of", "2026-11-24")[0] == 0
    return run


def test_an_export_that_is_removed_is_in_no_number_and_comes_back_under_its_right_day(two: Run) -> None:
    assert pipeline(two) == ("1239.50", "2026-11-24")

    code, out, err = two("import", "--remove", "2026-11-24")

    assert (code, err) == (0, "")
    assert "The export of 2026-11-24 is taken out: second.csv, 4 deals." in out
    assert pipeline(two) == ("1234.50", "2026-11-16")
    (kept,) = [path for path in Path("home/files/originals").iterdir() if path.read_text("utf-8") == MORE]
    assert two("import", str(kept), "--as-of", "2026-11-23")[0] == 0
    assert pipeline(two) == ("1239.50", "2026-11-23")


def test_what_a_wrong_export_replaced_counts_again(two: Run) -> None:
    assert two("import", "first.csv", "--as-of", "2026-11-24")[0] == 0
    assert pipeline(two) == ("1234.50", "2026-11-24")

    code, out, _ = two("import", "--remove", "2026-11-24")

    assert code == 0
    assert "The one that it replaced counts again: second.csv." in out
    assert pipeline(two) == ("1239.50", "2026-11-24")


def test_a_removal_that_ended_before_the_mirror_was_read_anew_is_made_good_by_the_next_import(
    two: Run,
) -> None:
    Shelf(Path("home")).remove(date(2026, 11, 24))

    assert two("import", "second.csv", "--as-of", "2026-11-23")[0] == 0

    assert pipeline(two) == ("1239.50", "2026-11-23")


@pytest.mark.parametrize(
    "words, why",
    [
        (
            ("--remove", "2026-11-20"),
            "no export of 2026-11-20 was taken in; there are: 2026-11-16, 2026-11-24",
        ),
        (("--remove", "soon"), "'soon' is not a date"),
        (("--remove", "2026-11-24", "first.csv"), "takes an export out and nothing in"),
    ],
)
def test_what_cannot_be_removed_is_named(two: Run, words: tuple[str, ...], why: str) -> None:
    before = Path("home/files/snapshots.json").read_bytes()

    code, _, err = two("import", *words)

    assert code == 2
    assert why in err
    assert Path("home/files/snapshots.json").read_bytes() == before


def test_the_only_export_stays(run: Run) -> None:
    Path("first.csv").write_text(DEALS, encoding="utf-8")
    run("import", "first.csv", "--as-of", "2026-11-16")

    code, _, err = run("import", "--remove", "2026-11-16")

    assert code == 2
    assert "is the only one" in err
    assert pipeline(run) == ("1234.50", "2026-11-16")
