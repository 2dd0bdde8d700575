"""A public export with traps, from the file to the deck: every number beside one that plain Python reads off the same rows."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from bot.cli import main

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "maven"
YEAR = "2017-01-01..2017-12-31"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the export is not here")

Deal = Mapping[str, str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home into which the five files were imported by the mapping in the docs."""
    home = tmp_path_factory.mktemp("maven")
    mapping = ROOT / "docs" / "examples" / "maven.toml"
    words = [
        "import",
        str(DATA),
        "--map",
        str(mapping),
        "--as-of",
        "2017-12-31",
        "--home",
        str(home),
        "--no-input",
    ]
    assert main(words) == 0
    return home


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def deals() -> list[dict[str, str]]:
    """Return the rows of the pipeline, joined with the other files by hand, misspellings mended."""
    teams = {row["sales_agent"]: row for row in read("sales_teams.csv")}
    sectors = {
        row["account"]: row["sector"].replace("technolgy", "technology") for row in read("accounts.csv")
    }
    return [
        {
            **row,
            "product": row["product"].replace("GTXPro", "GTX Pro"),
            "owner": row["sales_agent"],
            "manager": teams[row["sales_agent"]]["manager"],
            "region": teams[row["sales_agent"]]["regional_office"],
            "segment": sectors.get(row["account"], ""),
        }
        for row in read("sales_pipeline.csv")
    ]


@pytest.fixture
def asked(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Return what `measure NAME` answers as JSON for 2017."""

    def ask(name: str, *more: str) -> dict[str, Any]:
        capsys.readouterr()
        assert main(["measure", name, "--period", YEAR, "--json", "--home", str(home), *more]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return ask


def test_all_deals_are_in(asked: Callable[..., dict[str, Any]], home: Path):
    index = json.loads((home / "files" / "snapshots.json").read_text(encoding="utf-8"))

    assert [snapshot["rows"] for snapshot in index["snapshots"]] == [8800]
    assert asked("win_rate")["rows"][0]["n"] == 6711
    assert "4238 won of 6711 closed" in " ".join(asked("win_rate")["notes"])
    assert Decimal(asked("bookings")["rows"][0]["value"]) == 10_005_534


@pytest.mark.parametrize("dim", ["product", "region", "manager", "owner", "account", "segment"])
def test_every_slice_is_what_the_rows_say(asked: Callable[..., dict[str, Any]], deals: list[Deal], dim: str):
    won: dict[str, list[Decimal]] = defaultdict(list)
    closed: dict[str, int] = defaultdict(int)
    for deal in deals:
        if deal["deal_stage"] in {"Won", "Lost"} and deal["close_date"].startswith("2017-"):
            closed[deal[dim]] += 1
            if deal["deal_stage"] == "Won":
                won[deal[dim]].append(Decimal(deal["close_value"]))
    bookings, rates = (
        {row["by"][dim]: (row["n"], Decimal(row["value"])) for row in asked(name, "--by", dim)["rows"]}
        for name in ("bookings", "win_rate")
    )

    assert bookings == {name: (len(amounts), sum(amounts)) for name, amounts in won.items()}
    assert set(rates) == set(closed)
    for name, (n, rate) in rates.items():
        assert n == closed[name]
        assert abs(rate - Decimal(len(won[name])) / closed[name]) < Decimal("1e-9")


def test_the_weekly_says_what_the_export_cannot_know(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    deck = tmp_path / "weekly.pptx"
    words = ["report", "weekly", "--as-of", "2017-12-31", "--home", str(home), "--out", str(deck)]

    assert main(words) == 0
    text = capsys.readouterr().out + "\n".join(
        frame.text_frame.text
        for slide in Presentation(str(deck)).slides
        for frame in slide.shapes
        if frame.has_text_frame
    )
    assert "no open deal has a close date" in text
    assert "no snapshot a week earlier" in text
    assert "no target" in text
    assert "no created dates in the records" in text
    assert "Created, any close date\n$0" not in text
    assert "No close date is past due" not in text
    assert "No next step" not in text
    assert "There is no history: which stages, dates and amounts stood before is not known." in text


def test_without_a_map_the_file_of_deals_is_read_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pipeline = DATA / "sales_pipeline.csv"
    assert (
        main(["import", str(pipeline), "--as-of", "2017-12-31", "--home", str(tmp_path), "--no-input"]) == 0
    )
    capsys.readouterr()
    for name, n in (("win_rate", 6711), ("bookings", 4238)):
        assert main(["measure", name, "--period", YEAR, "--json", "--home", str(tmp_path)]) == 0
        assert json.loads(capsys.readouterr().out)["rows"][0]["n"] == n


def test_no_next_step_is_missed_where_the_export_has_no_such_column(
    home: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["--home", str(home), "ask", "deals without a next step"]) == 0
    told = capsys.readouterr().out

    assert "These records have no next steps, so nothing can be said of them." in told
