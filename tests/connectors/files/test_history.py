"""Snapshots that come in any order, and more than once, are one history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import demo
from connectors.company import Company
from connectors.errors import BadRequest, OtherMeaning
from connectors.files import pages
from connectors.files.crm import FilesCrm
from connectors.files.pages import end_of
from connectors.files.shelf import Shelf
from connectors.mirror import Generation, Mirror, open_generation
from reports.periods import Calendar
from tests.fakes.snapshots import Row, take

COMPANY = demo.company()
DAYS = tuple(date(2026, 11, 1) + timedelta(days=7 * week) for week in range(4))
_AMOUNTS = st.none() | st.sampled_from((Decimal(100), Decimal("250.50")))
_STAGES = st.sampled_from(("Discovery", "Proposal", "Closed Won"))
_EVERYWHERE = {"z": ("Proposal", Decimal(1))}
_DEALS = st.dictionaries(st.sampled_from("abcd"), st.tuples(_STAGES, _AMOUNTS), min_size=1)


@dataclass(frozen=True, kw_only=True)
class Export:
    """What was in the CRM on one day: stage and amount of each deal."""

    day: date
    deals: Mapping[str, tuple[str, Decimal | None]]

    def rows(self) -> list[Row]:
        """Return its rows, and one deal more, so that no column is empty; the newest of a deal can be told by its name."""
        whole = {**self.deals, **_EVERYWHERE}
        return [
            {
                "id": key,
                "name": f"{key} {self.day}",
                "stage": stage,
                "amount": amount,
                "owner": "Ana",
                "region": "EMEA",
            }
            for key, (stage, amount) in whole.items()
        ]


_EXPORTS = st.lists(st.builds(Export, day=st.sampled_from(DAYS), deals=_DEALS), min_size=1, max_size=6)


@settings(max_examples=4, deadline=None)
@given(exports=_EXPORTS, loads=st.lists(st.booleans(), min_size=6, max_size=6))
def test_whatever_the_order_each_day_is_as_its_last_export_says(exports: list[Export], loads: list[bool]):
    with TemporaryDirectory() as folder:
        home = Path(folder)
        crm, mirror = FilesCrm(home, COMPANY), Mirror(home, "files")
        said = {}
        for export, load in zip(exports, loads, strict=False):
            take(home, export.day, *export.rows())
            said[export.day] = export.deals
            if load:
                mirror.load(crm)
        generation = mirror.load(crm)
        for day, deals in said.items():
            at = end_of(day, COMPANY.zone)

            assert _standing(generation, at) == {**deals, **_EVERYWHERE}
            assert _standing(generation, at + timedelta(days=1)) == {**deals, **_EVERYWHERE}
        assert _standing(generation, end_of(min(said), COMPANY.zone) - timedelta(seconds=1)) == {}
        once = Mirror(home, "once").load(crm)
        assert _rows(once, "state") == _rows(generation, "state")
        assert _rows(once, "deal") == _rows(generation, "deal")


@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_any_order_and_repetition_gives_the_same_mirror(data: st.DataObject):
    days = data.draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=4, unique=True))
    exports = [Export(day=day, deals=data.draw(_DEALS)) for day in days]
    orders = [sorted(exports, key=lambda one: one.day), data.draw(st.permutations(exports * 2))]
    with TemporaryDirectory() as folder:
        homes = [Path(folder) / str(place) for place in range(2)]
        mirrors = [Mirror(home, "files") for home in homes]
        for home, mirror, order in zip(homes, mirrors, orders, strict=True):
            for number, export in enumerate(order):
                take(home, export.day, *export.rows())
                if number in {0, len(exports) - 1, len(order) - 1}:
                    mirror.load(FilesCrm(home, COMPANY))
        first, second = (mirror.current() for mirror in mirrors)

        for table in ("state", "event", "deal", "person", "account", "product"):
            assert _rows(first, table) == _rows(second, table)
        assert first.name == second.name


def test_the_same_export_twice_changes_nothing(tmp_path: Path):
    crm, mirror = FilesCrm(tmp_path, COMPANY), Mirror(tmp_path, "files")
    row = {"id": "1", "stage": "Proposal", "owner": "Ana", "amount": 5}
    first = take(tmp_path, DAYS[0], row)
    loaded = mirror.load(crm)
    again = take(tmp_path, DAYS[0], {**row, "line": 99})

    assert again == first
    assert Shelf(tmp_path).snapshots() == (first,)
    assert mirror.load(crm).name == loaded.name


def test_a_corrected_export_of_the_day_replaces_it(tmp_path: Path):
    row = {"id": "1", "stage": "Proposal", "owner": "Ana", "amount": 5}
    take(tmp_path, DAYS[0], row, {**row, "id": "2"})
    second = take(tmp_path, DAYS[0], {**row, "amount": 6})
    generation = Mirror(tmp_path, "files").load(FilesCrm(tmp_path, COMPANY))

    assert second.version == 2
    assert Shelf(tmp_path).history() == (second,)
    assert _standing(generation, end_of(DAYS[0], COMPANY.zone)) == {"1": ("Proposal", 6)}


def test_an_older_export_takes_its_place_before_the_newer_one(tmp_path: Path):
    crm, mirror = FilesCrm(tmp_path, COMPANY), Mirror(tmp_path, "files")
    row = {"id": "1", "name": "New name", "stage": "Proposal", "owner": "Ana", "amount": 5}
    take(tmp_path, DAYS[2], row)
    mirror.load(crm)
    take(tmp_path, DAYS[1], {**row, "name": "Old name", "amount": 4}, {**row, "id": "2", "owner": "Bo"})
    generation = mirror.load(crm)

    assert _standing(generation, end_of(DAYS[1], COMPANY.zone)) == {
        "1": ("Proposal", 4),
        "2": ("Proposal", 5),
    }
    assert _standing(generation, end_of(DAYS[2], COMPANY.zone)) == {"1": ("Proposal", 5)}
    assert [row[1] for row in _rows(generation, "deal")] == ["New name", "New name"]
    assert generation.as_of == end_of(DAYS[2], COMPANY.zone)


def test_an_export_counts_from_the_instant_that_reports_mean_by_its_day():
    for day in (DAYS[0], date(2026, 3, 7), date(2026, 3, 8), date(2026, 10, 31)):
        assert end_of(day, COMPANY.zone) == Calendar(fiscal=COMPANY.fiscal, zone=COMPANY.zone).end_of(day)


def test_a_cursor_of_other_files_or_of_another_meaning_asks_for_a_full_load(tmp_path: Path):
    take(tmp_path / "a", DAYS[0], {"id": "1", "stage": "Proposal"})
    take(tmp_path / "b", DAYS[0], {"id": "2", "stage": "Proposal"})
    [page] = FilesCrm(tmp_path / "a", COMPANY).changes(None)

    for crm in (FilesCrm(tmp_path / "b", COMPANY), FilesCrm(tmp_path / "a", _in_euros())):
        with pytest.raises(OtherMeaning, match="--full"):
            list(crm.changes(page.cursor))


def test_an_index_that_cannot_be_read_is_named(tmp_path: Path):
    take(tmp_path, DAYS[0], {"id": "1", "stage": "Proposal"})
    (tmp_path / "files" / "snapshots.json").write_text("{}", encoding="utf-8")

    with pytest.raises(BadRequest, match=r"snapshots\.json"):
        Shelf(tmp_path).snapshots()


def test_a_take_that_breaks_off_leaves_what_was_there(tmp_path: Path):
    first = take(tmp_path, DAYS[0], {"id": "1", "stage": "Proposal"})
    (tmp_path / "files" / "rows" / f".{DAYS[1]}.0001.deals.parquet.part").mkdir()
    with pytest.raises(IsADirectoryError):
        take(tmp_path, DAYS[1], {"id": "1", "stage": "Closed Won"})

    assert Shelf(tmp_path).snapshots() == (first,)


def test_a_large_export_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "ROWS", 3)
    take(tmp_path, DAYS[0], *({"id": str(number), "stage": "Proposal"} for number in range(8)))
    sizes = [
        [len(sheet) for sheet in page.sheets if sheet.table == "event"]
        for page in FilesCrm(tmp_path, COMPANY).changes(None)
    ]

    assert sizes == [[3], [3], [2]]


def test_a_load_that_was_broken_off_goes_on_in_parts_of_the_same_size_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pages, "ROWS", 3)
    take(tmp_path, DAYS[0], *({"id": str(number), "stage": "Proposal"} for number in range(8)))
    first, *rest = (page.cursor for page in FilesCrm(tmp_path, COMPANY).changes(None))
    again = [page.cursor for page in FilesCrm(tmp_path, COMPANY).changes(first)]
    monkeypatch.setattr(pages, "ROWS", 4)

    assert again == rest
    with pytest.raises(OtherMeaning):
        list(FilesCrm(tmp_path, COMPANY).changes(first))


def _standing(generation: Generation, at: datetime) -> dict[str, tuple[str, Decimal | None]]:
    when = at.astimezone(UTC).replace(tzinfo=None)
    with open_generation(generation) as con:
        found = con.execute(
            "SELECT deal_id, stage, amount FROM state WHERE valid_from <= $1 AND valid_to > $1 AND NOT deleted",
            [when],
        ).fetchall()
    return {key: (stage, amount) for key, stage, amount in found}


def _rows(generation: Generation, table: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(generation.path), read_only=True) as con:
        return con.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall()


def _in_euros() -> Company:
    return replace(COMPANY, currency="EUR")
