"""What a weekly says of deals that an export lacks and a later one has again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors import demo
from connectors.access import Access
from connectors.files.crm import FilesCrm
from connectors.mirror import Mirror, open_generation
from reports.compose import compose
from reports.deck import Chart, Deck
from reports.kinds.weekly import spec
from reports.measures import measure
from reports.view import open_view
from tests.fakes.snapshots import take
from tests.reports.deck_text import deck_text

COMPANY = demo.company()
LABELS = {"Lost their date", "Ahead or undated", "Pulled ahead"}
DAYS = (date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23))


def row(number: int, **changed: Any) -> dict[str, Any]:
    first = {"id": f"k{number}", "name": f"Acct {number}", "account": f"Acct {number}", "stage": "Discovery"}
    return {
        **first,
        "amount": 100_000 * number,
        "close": date(2026, 12, 1),
        "type": "New business",
        "created": date(2026, 8, 1),
        **changed,
    }


def weekly(home: Path, *exports: list[dict[str, Any]]) -> Deck:
    for day, rows in zip(DAYS[-len(exports) :], exports, strict=True):
        take(home, day, *rows)
    generation = Mirror(home, "files").load(FilesCrm(home, COMPANY))
    with open_generation(generation) as con:
        view = open_view(con, COMPANY, Access.operator(generation.workspace), generation=generation.name)
        return compose(spec(), view)


def test_a_deal_that_returns_in_an_export_is_back_and_not_new(tmp_path: Path):
    every = [row(number) for number in range(1, 21)]
    text = deck_text(weekly(tmp_path, every, every[:-2], every), notes=True)

    assert "$3.90M in two deals is back in the export" in text
    assert "Back in the export, absent from that of Mon 16 Nov: 2 deals: Acct 20 and Acct 19." in text
    assert "Acct 20 $2.00M is back in the export" in text
    assert "is new in" not in text
    assert "was created in" not in text


@pytest.mark.parametrize(
    "days, weeks",
    [((2, 23), 0), ((2, 9, 16, 23), 2), ((3, 9, 16, 23), 2), ((1, 7, 16, 23), 1), ((2, 5, 9, 16, 23), 2)],
)
def test_only_exports_a_week_apart_make_a_usual_week(tmp_path: Path, days: tuple[int, ...], weeks: int):
    for day in days:
        take(tmp_path, date(2026, 11, day), *(row(number) for number in range(1, 4)))
    generation = Mirror(tmp_path, "files").load(FilesCrm(tmp_path, COMPANY))
    with open_generation(generation) as con:
        view = open_view(con, COMPANY, Access.operator(generation.workspace), generation=generation.name)
        found = measure(view, "slip_rate_average")

    assert found.rows[0].n == weeks
    assert f"exports a week apart show {weeks} of the 4 weeks" in found.notes


def test_what_is_emptied_is_called_lost_and_neither_ahead_nor_smaller(tmp_path: Path):
    before = [row(number) for number in range(1, 21)]
    after = [*before[:-2], row(19, amount=None), row(20, close=None)]
    text = deck_text(weekly(tmp_path, before, after), notes=True)

    assert "Acct 20 $2.00M lost its date, which was 1 Dec" in text
    assert "Acct 19 lost its amount, which was $1.90M" in text
    assert "shrank" not in text


def test_days_in_a_stage_are_at_least_those_since_the_export_that_first_shows_it(tmp_path: Path):
    before = [row(number, category="commit") for number in range(1, 9)]
    after = [row(number, category="commit", stage="Negotiation") for number in range(1, 9)]
    text = deck_text(weekly(tmp_path, before, after, after), notes=False)

    assert "days in it at least" in text
    assert "Negotiation, 7+" in text


@pytest.mark.parametrize(
    "moved, label, told",
    [
        ((None, None), "Lost their date", "$3.90M lost its close date in two deals"),
        (
            (None, date(2026, 9, 1)),
            "Ahead or undated",
            "$3.90M moved ahead of it or lost its date with two deals",
        ),
        ((date(2026, 9, 1),) * 2, "Pulled ahead", "$3.90M moved ahead of it with two deals"),
    ],
)
def test_what_has_no_date_any_more_is_not_called_ahead(
    tmp_path: Path, moved: tuple[date | None, date | None], label: str, told: str
):
    before = [row(number) for number in range(1, 21)]
    after = [*before[:-2], row(19, close=moved[0]), row(20, close=moved[1])]
    deck = weekly(tmp_path, before, after)

    (bridge,) = [each for slide in deck.slides for each in slide.blocks if each.id == "bridge"]
    assert isinstance(bridge, Chart)
    assert [name for name in bridge.categories if name in LABELS] == [label]
    assert told in deck_text(deck)
