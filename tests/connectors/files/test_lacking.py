"""What a later export has no column for stays as the exports before it say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import demo
from connectors.errors import OtherMeaning
from connectors.files.crm import FilesCrm
from connectors.files.earlier import Sources
from connectors.files.pages import end_of
from connectors.files.shelf import Shelf
from connectors.mirror import Generation, Mirror, open_generation
from connectors.scratch import scratch
from tests.fakes.snapshots import Row, given, take, written

COMPANY = demo.company()
FIRST = date(2026, 11, 2)
DAYS = tuple(FIRST + timedelta(days=7 * week) for week in range(4))
FULL: Row = {
    "id": "1",
    "name": "Yard",
    "account": "Brandt",
    "owner": "Ana",
    "team": "North",
    "region": "EMEA",
    "stage": "Discovery",
    "status": "open",
    "category": "omitted",
    "amount": 100,
    "currency": "EUR",
    "close": date(2026, 12, 1),
    "created": "2026-07-01 07:00:00",
    "type": "New Business",
}


def test_a_deal_keeps_its_category_while_its_stage_is_the_same(tmp_path: Path):
    take(tmp_path, DAYS[0], _deal("a"), _deal("b"), _deal("c", category="commit"))
    take(tmp_path, DAYS[1], _bare("a"), _bare("b", stage="Proposal"), _bare("c"), _bare("new"))
    take(
        tmp_path,
        DAYS[2],
        _bare("a"),
        _bare("b", stage="Proposal"),
        _bare("c", stage="Closed Won", status="won"),
    )
    usual = {stage.name: stage.category for stage in COMPANY.stages}

    assert _categories(tmp_path, DAYS[1]) == {
        "a": "omitted",
        "b": usual["Proposal"],
        "c": "commit",
        "new": usual["Discovery"],
    }
    assert _categories(tmp_path, DAYS[2]) == {
        "a": "omitted",
        "b": usual["Proposal"],
        "c": usual["Closed Won"],
    }


def test_back_in_an_earlier_stage_its_usual_category_counts(tmp_path: Path):
    take(tmp_path, DAYS[0], _deal("a"))
    take(tmp_path, DAYS[1], _bare("a", stage="Proposal"))
    take(tmp_path, DAYS[2], _bare("a"))

    assert _categories(tmp_path, DAYS[2]) == {"a": COMPANY.stages[0].category}
    assert COMPANY.stages[0].name == "Discovery"


def test_the_owner_the_currency_and_what_does_not_change_stay(tmp_path: Path):
    take(tmp_path, DAYS[0], FULL)
    lost = ("name", "account", "owner", "team", "region", "currency", "created", "type")
    take(tmp_path, DAYS[1], _without(FULL, *lost, amount=150), {"id": "2", "stage": "Discovery", "amount": 5})
    crm = FilesCrm(tmp_path, COMPANY)
    generation = Mirror(tmp_path, "files").load(crm)

    with open_generation(generation) as con:
        state = con.execute(
            "SELECT deal_id, owner_id, currency, amount::INTEGER, region, type FROM state "
            "WHERE valid_to > '9999-01-01' ORDER BY deal_id"
        ).fetchall()
        deals = con.execute("SELECT name, account_id, created_at::DATE FROM deal ORDER BY id").fetchall()
        teams = con.execute("SELECT id, team, region FROM person WHERE id = 'ana'").fetchall()
    assert state == [
        ("1", "ana", "EUR", 150, "EMEA", "New Business"),
        ("2", "no owner", COMPANY.currency, 5, None, None),
    ]
    assert deals == [("Yard", "brandt", date(2026, 7, 1)), ("2", None, None)]
    assert teams == [("ana", "North", "EMEA")]
    assert [(one.id, one.team, one.region) for one in crm.people() if one.id == "ana"] == teams


def test_without_stages_a_deal_keeps_its_own_while_its_status_is_the_same(tmp_path: Path):
    take(tmp_path, DAYS[0], _deal("a", stage="Proposal"), _deal("b", stage="Proposal"))
    take(tmp_path, DAYS[1], _without(_bare("a"), "stage"), _without(_bare("b", status="won"), "stage"))
    generation = Mirror(tmp_path, "files").load(FilesCrm(tmp_path, COMPANY))

    assert _standing(generation, DAYS[1], "stage") == {"a": "Proposal", "b": "Won"}
    assert _standing(generation, DAYS[1], "category") == {"a": "omitted", "b": "closed"}


def test_a_record_that_is_read_alone_says_the_same(tmp_path: Path):
    take(tmp_path, DAYS[0], FULL)
    take(tmp_path, DAYS[1], _without(FULL, "category", "owner", "currency", "region"))
    deal = FilesCrm(tmp_path, COMPANY).read("1")

    assert deal is not None
    assert (deal.category, deal.owner_id, deal.region) == ("omitted", "ana", "EMEA")
    assert deal.amount is not None
    assert deal.amount.currency == "EUR"


def test_a_correction_keeps_what_it_has_not_of_the_export_that_it_corrects(tmp_path: Path):
    take(tmp_path, DAYS[0], _deal("a", region="AMER"), _deal("b", region="AMER"))
    take(tmp_path, DAYS[1], _deal("a", category="commit"), _deal("c"))
    lost = ("region", "category", "owner")
    take(tmp_path, DAYS[1], *(_without(_deal(key, amount=7), *lost) for key in "abc"))
    crm = FilesCrm(tmp_path, COMPANY)
    generation = Mirror(tmp_path, "files").load(crm)

    assert _standing(generation, DAYS[1], "region") == {"a": "EMEA", "b": "AMER", "c": "EMEA"}
    assert _standing(generation, DAYS[1], "category") == {"a": "commit", "b": "omitted", "c": "omitted"}
    assert _standing(generation, DAYS[1], "owner_id") == {"a": "ana", "b": "ana", "c": "ana"}
    assert _standing(generation, DAYS[1], "amount::INTEGER") == {"a": 7, "b": 7, "c": 7}
    deal = crm.read("a")
    assert deal is not None
    assert deal.region == "EMEA"


def test_the_same_file_read_without_a_column_says_nothing_of_it_any_more(tmp_path: Path):
    shelf, file = Shelf(tmp_path), given(tmp_path, "deals.csv")
    for number, row in enumerate((_deal("a"), _without(_deal("a"), "region"))):
        shelf.take(written(tmp_path / str(number), deals=[row]), (file,), f"mapping {number}", DAYS[0])
    generation = Mirror(tmp_path, "files").load(FilesCrm(tmp_path, COMPANY))

    assert _standing(generation, DAYS[0], "region") == {"a": None}


@pytest.mark.parametrize("order", [(0, 2, 1), (2, 0, 1), (2, 1, 0)])
def test_an_older_export_that_comes_later_changes_what_a_newer_one_keeps(
    tmp_path: Path, order: tuple[int, ...]
):
    exports = ([_deal("a")], [_deal("a", category="commit")], [_bare("a")])
    crm, mirror = FilesCrm(tmp_path, COMPANY), Mirror(tmp_path, "files")
    for place in order:
        take(tmp_path, DAYS[place], *exports[place])
        try:
            generation = mirror.load(crm)
        except OtherMeaning:
            generation = mirror.load(crm, full=True)

    assert _standing(generation, DAYS[2], "category") == {"a": "commit"}
    assert _standing(generation, DAYS[0], "category") == {"a": "omitted"}


def test_how_many_deals_have_a_default_is_counted(tmp_path: Path):
    take(tmp_path, DAYS[0], _deal("a"), _deal("b"), _deal("c"))
    lost = ("category", "owner", "currency")
    last = take(
        tmp_path,
        DAYS[1],
        _without(_deal("a"), *lost),
        _without(_deal("b", stage="Proposal"), *lost),
        _without(_deal("c", stage="Closed Won", status="won"), *lost),
        _without(_deal("d"), *lost),
    )
    with scratch() as con:
        sources = Sources(shelf=Shelf(tmp_path), snapshots=Shelf(tmp_path).snapshots(), folder=tmp_path)

        assert sources.untold(con, last) == {"category": 2, "owner": 1, "currency": 1}


def _deal(key: str, **values: Any) -> Row:
    return {**FULL, "id": key, **values}


def _bare(key: str, **values: Any) -> Row:
    """Return a deal of an export without forecast categories."""
    return _without(_deal(key, **values), "category")


def _without(row: Row, *names: str, **values: Any) -> Row:
    return {**{name: value for name, value in row.items() if name not in names}, **values}


def _categories(home: Path, day: date) -> dict[str, str]:
    return _standing(Mirror(home, "files").load(FilesCrm(home, COMPANY)), day, "category")


def _standing(generation: Generation, day: date, field: str) -> dict[str, str]:
    when = end_of(day, COMPANY.zone).replace(tzinfo=None)
    with open_generation(generation) as con:
        found = con.execute(
            f"SELECT deal_id, {field} FROM state WHERE valid_from <= $1 AND valid_to > $1 AND NOT deleted",
            [when],
        ).fetchall()
    return dict(found)
