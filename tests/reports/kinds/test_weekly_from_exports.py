"""A weekly of a company of which only exports are known: with which one it compares, and what it says of that."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from connectors import demo
from connectors.access import Access
from connectors.demo import DemoCrm
from connectors.files.crm import FilesCrm
from connectors.files.pages import end_of
from connectors.files.shelf import Shelf
from connectors.mirror import Generation, Mirror, open_generation
from reports.compose import compose
from reports.deck import Deck
from reports.facts import RECORD_CAP
from reports.kinds.weekly import spec
from reports.measures import measure
from reports.view import PipelineView, open_view
from tests.fakes.snapshots import exported, given
from tests.reports.deck_text import deck_text

COMPANY = demo.company()
LAST = date(2026, 11, 22)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return Mirror(tmp_path_factory.mktemp("past"), "past").load(DemoCrm(opportunities=4000))


def from_exports(past: Generation, home: Path, *days: date) -> Generation:
    """Load exports of the invented company as of these days."""
    for day in days:
        typed = exported(past.path, end_of(day, COMPANY.zone), home / "typed" / str(day))
        Shelf(home).take(typed, [given(home, f"{day}.csv")], "mapping", day)
    return Mirror(home, "files").load(FilesCrm(home, COMPANY))


def weekly(generation: Generation, *, as_of: date | None = None) -> Deck:
    with open_generation(generation) as con:
        return compose(spec(), view_of(con, generation, as_of))


def view_of(con: DuckDBPyConnection, generation: Generation, as_of: date | None = None) -> PipelineView:
    access = Access.operator(generation.workspace)
    at = end_of(as_of, COMPANY.zone) if as_of else None
    return open_view(con, COMPANY, access, as_of=at, generation=generation.name)


@pytest.mark.parametrize(
    "days, since",
    [
        ((date(2026, 11, 15), LAST), date(2026, 11, 15)),
        ((date(2026, 11, 9), date(2026, 11, 18), LAST), date(2026, 11, 9)),
        ((date(2026, 11, 2), date(2026, 11, 16), LAST), date(2026, 11, 16)),
        ((date(2026, 11, 9), date(2026, 11, 17), LAST), date(2026, 11, 17)),
        ((date(2026, 11, 18), date(2026, 11, 19), LAST), date(2026, 11, 19)),
    ],
)
def test_a_weekly_compares_with_the_newest_export_that_is_five_days_old_or_else_the_newest_before(
    past: Generation, tmp_path: Path, days: tuple[date, ...], since: date
):
    is_week = since == LAST - timedelta(days=7)
    generation = from_exports(past, tmp_path, *days)
    deck = weekly(generation)
    text = deck_text(deck, notes=True)
    moved = next(slide for slide in deck.slides if slide.id == "movement")
    day = f"{since:%-d %b}"

    assert ("this week" in moved.title.text) == is_week
    assert (f"since {day}" in moved.title.text) != is_week
    assert ("a week ago" in text or "week on week" in text or "in a week" in text) == is_week
    assert f"Changed since {since:%a} {day}" in text
    with open_generation(generation) as con:
        assert measure(view_of(con, generation), "slip_rate").since == end_of(since, COMPANY.zone)


def test_one_export_shows_no_week_and_says_so(past: Generation, tmp_path: Path):
    deck = weekly(from_exports(past, tmp_path, LAST))

    assert {"movement", "left"}.isdisjoint(slide.id for slide in deck.slides)
    assert any("no snapshot a week earlier" in reason for reason in deck.omitted)


def test_days_between_two_exports_are_no_week_without_movement(past: Generation, tmp_path: Path):
    generation = from_exports(past, tmp_path, date(2026, 11, 2), LAST)

    assert "movement" not in {slide.id for slide in weekly(generation, as_of=date(2026, 11, 12)).slides}


def test_between_two_exports_it_is_said_by_which_of_them(past: Generation, tmp_path: Path):
    generation = from_exports(past, tmp_path, date(2026, 11, 2), LAST)
    told = "by the export of 2 Nov"

    assert all(told in slide.footer for slide in weekly(generation, as_of=date(2026, 11, 12)).slides)
    assert not any("by the export" in slide.footer for slide in weekly(generation).slides)
    with open_generation(generation) as con:
        between = measure(view_of(con, generation, date(2026, 11, 12)), "open_pipeline").notes
        at = measure(view_of(con, generation, date(2026, 11, 2)), "open_pipeline").notes
    assert "By the export of 2 Nov: what came since is not known" in between
    assert not any("By the export" in note for note in at)


def test_deals_were_created_when_they_say_and_not_when_they_were_first_exported(
    past: Generation, tmp_path: Path
):
    generation = from_exports(past, tmp_path, date(2026, 11, 12), LAST)
    with open_generation(generation) as con, open_generation(past) as history:
        exports, known = view_of(con, generation), view_of(history, past, LAST)
        for name in ("2026-10-01..2026-12-31", "2026-11-09..2026-11-15", "2026-11-16..2026-11-22"):
            period = known.calendar.parse(name, LAST)
            seen, true = (
                measure(view, "pipeline_created", period=period).rows[0] for view in (exports, known)
            )

            assert seen.n == true.n > 0
            assert set(seen.records) == set(true.records) or true.n > RECORD_CAP


def test_the_bridge_names_what_is_in_one_export_alone(past: Generation, tmp_path: Path):
    moved = next(
        slide
        for slide in weekly(from_exports(past, tmp_path, date(2026, 8, 1), LAST)).slides
        if slide.id == "movement"
    )

    assert "Between the exports of Sat 1 Aug and Sun 22 Nov nothing is known" in moved.notes
    assert "In the newer export alone: " in moved.notes
