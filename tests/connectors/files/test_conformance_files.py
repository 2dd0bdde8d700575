from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors import demo
from connectors.conformance import CrmConformance
from connectors.demo import DemoCrm
from connectors.files import pages
from connectors.files.crm import FilesCrm
from connectors.files.pages import end_of
from connectors.files.shelf import Shelf
from connectors.mirror import Mirror
from connectors.mirror.sheets import batched
from connectors.protocol import Crm, Page
from tests.fakes.snapshots import exported, given, take


@pytest.fixture(scope="session")
def two_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with exports of the invented company from two Sundays."""
    home = tmp_path_factory.mktemp("two-weeks")
    generation = Mirror(home, "past").load(DemoCrm(opportunities=600))
    today = date(2026, 11, 22)
    for day in (today - timedelta(days=7), today):
        typed = exported(generation.path, end_of(day, demo.company().zone), home / "typed" / str(day))
        Shelf(home).take(typed, [given(home, f"deals {day}.csv")], "mapping", day)
    return home


class Conformance(CrmConformance):
    """The suite over a shelf that a class fills once, and whose pages it reads once: no test changes it."""

    @pytest.fixture(scope="class")
    @classmethod
    def home(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("home")

    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, crm: Crm) -> tuple[Page, ...]:
        return tuple(batched(crm.changes(None)))


class TestTwoWeeks(Conformance):
    """Two exports of the invented company, a week apart, in many small pages."""

    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls, two_weeks: Path) -> Iterator[Crm]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pages, "ROWS", 150)
            yield FilesCrm(two_weeks, demo.company())


class TestOneDay(Conformance):
    """One export of three deals with little in it, corrected once: no owner, no amount, no dates."""

    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls, home: Path) -> Crm:
        day = date(2026, 11, 20)
        first = {"id": "1", "name": "Yard for Brandt", "stage": "Proposal", "status": "open"}
        take(home, day, first, {"id": "2", "stage": "Closed Won", "status": "won", "amount": 99})
        take(home, day, first, {"id": "3", "stage": "Odd stage", "status": "lost", "owner": "Ana Ferreira"})
        return FilesCrm(home, demo.company())


class TestColumnsThatCome(Conformance):
    """Exports that do not have the same columns: what a newer one lacks is as the older one said it."""

    @pytest.fixture(scope="class")
    @classmethod
    def crm(cls, home: Path) -> Crm:
        rich = {"id": "1", "name": "Yard", "stage": "Proposal", "owner": "Ana", "region": "EMEA", "amount": 5}
        bare = {"id": "1", "name": "Yard two", "stage": "Proposal", "owner": " ANA ", "amount": 7}
        take(
            home,
            date(2026, 11, 20),
            bare,
            {"id": "2", "stage": "Discovery", "last_activity": date(2026, 11, 20)},
        )
        take(home, date(2026, 11, 13), rich)
        return FilesCrm(home, demo.company())


def test_many_threads_ask_one_connector_at_once(two_weeks: Path):
    crm = FilesCrm(two_weeks, demo.company())
    ids = [
        key
        for page in batched(crm.changes(None))
        for batch in page.batches
        if batch.table == "deal"
        for key in batch.columns["id"].tolist()
    ]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(crm.read, ids))

    assert [deal.id for deal in found if deal] == ids


def test_a_connector_that_nobody_has_any_more_leaves_nothing_on_disk(
    two_weeks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    crm = FilesCrm(two_weeks, demo.company())
    assert crm.people()
    assert list(tmp_path.iterdir())

    del crm

    assert list(tmp_path.iterdir()) == []
