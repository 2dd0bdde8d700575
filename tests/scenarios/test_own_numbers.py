"""A new user's first quarter of an hour: two exports a week apart and targets, no map, by the command line alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pptx import Presentation

from bot.flows import pull
from bot.settings import Settings, read_settings
from bot.wiring import Installation
from reports.measures import measure
from reports.view import PipelineView
from tests.bot.conftest import silent
from tests.fakes.exports import Row, end_of, hubspot, rows_as_of, salesforce, targets
from tests.fakes.exports.rows import COMPANY

ROOT = Path(__file__).parents[2]
DAYS = (date(2026, 11, 16), date(2026, 11, 23))
MEASURES = (
    "open_pipeline", "commit", "best_case", "pipeline", "overdue", "bookings", "lost", "target", "gap", "coverage",
    "attainment", "win_rate", "win_rate_value", "average_deal_size", "sales_cycle", "deal_count",
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A system of record: how it exports, under which name, and which id it gives a deal."""

    name: str
    write: Callable[[tuple[Row, ...], Path], Path]
    record: Callable[[str], str]


SHAPES = (
    Shape("pipeline {}.csv", salesforce.details_csv, lambda key: key),
    Shape("hubspot-crm-exports-all-deals-{}.csv", hubspot.deals_csv, hubspot.record_id),
)


class Newcomer:
    """Somebody with a folder of their own, some files in it, and nothing else."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.folder, self.shape = folder, shape
        self.said: list[str] = []
        for day in DAYS:
            shape.write(rows_as_of(end_of(day)), folder / shape.name.format(day))
        targets.targets_csv(COMPANY, folder / "targets.csv")

    def run(self, *words: str) -> str:
        """Run a command as they would and return what it prints; it must succeed and complain of nothing."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "PYTHONPATH": str(ROOT),
                "TZ": COMPANY.zone.key,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        self.said.append(done.stdout)
        return done.stdout


@pytest.fixture(scope="module", params=SHAPES, ids=["salesforce", "hubspot"])
def newcomer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    """Return somebody who has taken in both exports and the targets, and has built the weekly."""
    them = Newcomer(tmp_path_factory.mktemp("newcomer"), request.param)
    first, second = (them.shape.name.format(day) for day in DAYS)
    them.run("import", first)
    them.run("import", second, "--targets", "targets.csv")
    them.run("report", "weekly", "--out", "weekly.pptx")
    return them


@pytest.fixture(scope="module")
def theirs(newcomer: Newcomer):
    """Return the view of what was imported."""
    settings = read_settings({}, folder=newcomer.folder)
    assert settings.crm == "files"
    with Installation(settings, progress=silent) as opened, pull(opened.line()) as view:
        yield view


@pytest.fixture(scope="module")
def ours(larkmoor_records: Path):
    """Return the view of the company that the exports were made from."""
    settings = Settings(home=larkmoor_records, crm="demo", values={})
    with Installation(settings, progress=silent) as opened, pull(opened.line()) as view:
        yield view


def test_each_step_says_what_it_did_and_which_comes_next(newcomer: Newcomer) -> None:
    first, second, _ = newcomer.said

    assert f"{len(rows_as_of(end_of(DAYS[0]))):,} deals taken in as of the end of {DAYS[0]}." in first
    assert f"{len(rows_as_of(end_of(DAYS[1]))):,} deals taken in as of the end of {DAYS[1]}." in second
    assert f"{len(COMPANY.targets)} targets written into " in second
    assert all(text.endswith("Next: quarterdeck report weekly\n") for text in (first, second))


def test_the_weekly_is_filled_and_names_what_exports_cannot_tell(newcomer: Newcomer) -> None:
    told = newcomer.said[2].splitlines()
    titles = [line.split(maxsplit=1)[1] for line in told if re.match(r" \d  ", line)]

    slides = Presentation(newcomer.folder / "weekly.pptx").slides
    assert len(slides) == len(titles) == 8
    assert not any("Left out: " in line for line in told)
    assert titles[0] == "Q4 is $0.80M short of $5.80M with 5½ weeks left; EMEA is $0.57M of the gap."
    assert titles[1].startswith("Open Q4 pipeline fell $0.72M this week; $0.59M slipped")
    assert titles[2].startswith("EMEA covers 1.4x of what is left")
    assert titles[3].startswith("Seven commit deals carry $1.31M of $1.94M")
    assert titles[5] == "Where we can win: two moves are worth $0.44M of the $0.80M gap."


def test_moves_stand_on_what_two_exports_show_and_only_their_slide_speaks_of_odds(newcomer: Newcomer) -> None:
    slides = Presentation(newcomer.folder / "weekly.pptx").slides
    (table,) = (shape.table for shape in slides[5].shapes if shape.has_table)
    said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    said += [slide.notes_slide.notes_text_frame.text for slide in slides]

    rows = [[cell.text.split("\n")[0] for cell in row.cells] for row in table.rows]
    assert rows == [
        ["Move", "Value", "Owner", "Act", "By"],
        ["Ostrander Paper", "$310k", "J. Adler", "Sponsor call", "Wed 25 Nov"],
        ["Tannholm Getränke", "$130k", "B. Sommerfeld", "Pull the signature forward", "Fri 27 Nov"],
        ["Together", "$440k", "", "", ""],
    ]
    assert [text for text in said if "odds" in text.casefold()] == [
        "Odds need at least a quarter of history, and here it begins 16 Nov. Rounded."
    ]
    assert "buyer seen" not in " ".join(said)


def test_findings_and_opportunities_offer_the_same_moves_and_say_once_why_without_odds(
    newcomer: Newcomer,
) -> None:
    found, asked = newcomer.run("findings", "--limit", "2"), newcomer.run("ask", "opportunities")

    assert [line for line in found.splitlines() if not line.startswith(" ")][:2] == [
        "Ostrander Paper $310k, commit, closes 29 Jan, Jonas Adler: slipped, not dead",
        "Tannholm Getränke $130k, commit, closes 15 Jan, Birgit Sommerfeld: ready to pull in",
    ]
    for text in (found, asked):
        assert text.casefold().count("odds") == 1
        assert "Odds need at least a quarter of history, and here it begins 16 Nov." in text
        assert "No activity for 24 days" in text
        assert "Last activity 3 days ago" in text


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_the_company_s_own(
    newcomer: Newcomer, theirs: PipelineView, ours: PipelineView, name: str, day: date
) -> None:
    for by in ((), ("region",), ("segment",), ("owner",), ("stage",), ("product",), ("region", "type")):
        if by and by != ("region",) and name in {"target", "gap", "coverage", "attainment"}:
            continue
        wanted = measure(ours.at(end_of(day)), name, by=by)
        found = measure(theirs.at(end_of(day)), name, by=by)

        assert {row.by: (row.value, row.n, row.record_count) for row in found.rows} == {
            row.by: (row.value, row.n, row.record_count) for row in wanted.rows
        }
        records = {row.by: set(row.records) for row in found.rows}
        assert records == {row.by: set(map(newcomer.shape.record, row.records)) for row in wanted.rows}


def test_the_week_s_bridge_is_that_between_the_two_instants(theirs: PipelineView, ours: PipelineView) -> None:
    since = end_of(DAYS[0])
    found = measure(theirs, "bridge", since=since)
    wanted = measure(ours, "bridge", since=since)

    assert [(row.by, row.value, row.n) for row in found.rows] == [
        (row.by, row.value, row.n) for row in wanted.rows
    ]


def test_the_command_line_gives_the_same_number(newcomer: Newcomer, ours: PipelineView) -> None:
    shown = json.loads(newcomer.run("measure", "open_pipeline", "--by", "region", "--json"))
    wanted = measure(ours, "open_pipeline", by=("region",))

    assert {row["by"]["region"]: Decimal(row["value"]) for row in shown["rows"]} == {
        dict(row.by)["region"]: row.value for row in wanted.rows
    }


def test_their_own_report_ties_out(newcomer: Newcomer) -> None:
    shown = newcomer.run("tie-out", newcomer.shape.name.format(DAYS[1]))

    assert "Yours $5.49M (212), ours $5.49M (212). They agree deal by deal." in shown


def test_the_forecast_says_of_a_date_only_since_when_it_has_not_moved(newcomer: Newcomer) -> None:
    newcomer.run("report", "forecast", "--out", "forecast.pptx")
    shown = [
        cell.text
        for slide in Presentation(str(newcomer.folder / "forecast.pptx")).slides
        for shape in slide.shapes
        if shape.has_table
        for cell in shape.table.iter_cells()
    ]

    assert any("not moved since 16 Nov" in text for text in shown), shown
    assert not any("never moved" in text for text in shown)
