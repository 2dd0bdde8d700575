from __future__ import annotations

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
from connectors.protocol import Crm
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


class TestTwoWeeks(CrmConformance):
    """Two exports of the invented company, a week apart, in many small pages."""

    @pytest.fixture
    def crm(self, two_weeks: Path, monkeypatch: pytest.MonkeyPatch) -> Crm:
        monkeypatch.setattr(pages, "ROWS", 150)
        return FilesCrm(two_weeks, demo.company())


class TestOneDay(CrmConformance):
    """One export of three deals with little in it, corrected once: no owner, no amount, no dates."""

    @pytest.fixture
    def crm(self, tmp_path: Path) -> Crm:
        day = date(2026, 11, 20)
        first = {"id": "1", "name": "Yard for Brandt", "stage": "Proposal", "status": "open"}
        take(tmp_path, day, first, {"id": "2", "stage": "Closed Won", "status": "won", "amount": 99})
        take(
            tmp_path, day, first, {"id": "3", "stage": "Odd stage", "status": "lost", "owner": "Ana Ferreira"}
        )
        return FilesCrm(tmp_path, demo.company())


class TestColumnsThatCome(CrmConformance):
    """Exports that do not have the same columns: what a newer one lacks is as the older one said it."""

    @pytest.fixture
    def crm(self, tmp_path: Path) -> Crm:
        rich = {"id": "1", "name": "Yard", "stage": "Proposal", "owner": "Ana", "region": "EMEA", "amount": 5}
        bare = {"id": "1", "name": "Yard two", "stage": "Proposal", "owner": " ANA ", "amount": 7}
        take(
            tmp_path,
            date(2026, 11, 20),
            bare,
            {"id": "2", "stage": "Discovery", "last_activity": date(2026, 11, 20)},
        )
        take(tmp_path, date(2026, 11, 13), rich)
        return FilesCrm(tmp_path, demo.company())
