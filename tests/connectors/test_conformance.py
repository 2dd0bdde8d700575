from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

import duckdb
import pytest

from connectors.conformance import CrmConformance
from connectors.demo import DemoCrm
from connectors.mirror import Mirror
from connectors.protocol import Crm
from tests.fakes.amended import AmendedCrm
from tests.fakes.bare import BareCrm, Lack
from tests.fakes.on_sheets import OnSheets
from tests.fakes.replay import ReplayCrm
from tests.fakes.tiny_crm import tiny


class TestTiny(CrmConformance):
    @pytest.fixture
    def crm(self) -> Crm:
        return tiny()


class TestOnSheets(CrmConformance):
    """The same in Parquet files."""

    @pytest.fixture
    def crm(self) -> Crm:
        return cast("Crm", OnSheets(tiny()))


class TestDemo(CrmConformance):
    @pytest.fixture
    def crm(self) -> Crm:
        return DemoCrm(opportunities=600)


class TestReplay(CrmConformance):
    """In the middle of the quarter: what happened later is not known."""

    @pytest.fixture
    def crm(self) -> Crm:
        return ReplayCrm(DemoCrm(opportunities=600), lambda: datetime(2026, 10, 12, 12, 30, tzinfo=UTC))


class TestAmended(CrmConformance):
    """After somebody moved a deal and another person closed one."""

    @pytest.fixture
    def crm(self) -> Crm:
        past = DemoCrm(opportunities=600)
        crm = AmendedCrm(past, lambda: past.now + timedelta(hours=2))
        crm.amend("d000599", close=date(2027, 3, 31), next_step="legal call")
        crm.amend("d000598", amount=Decimal(120_000))
        return crm


class TestBare(CrmConformance):
    """A system that keeps less."""

    @pytest.fixture(
        params=[("history", "activities"), ("products", "created", "open dates"), get_args(Lack)],
        ids="+".join,
    )
    def crm(self, request: pytest.FixtureRequest) -> Crm:
        return BareCrm(DemoCrm(opportunities=600), *request.param)


def test_a_replay_loaded_day_by_day_ends_like_the_past_loaded_at_once(tmp_path: Path):
    past = DemoCrm(opportunities=600)
    at = past.now - timedelta(days=21)
    crm = ReplayCrm(past, lambda: at)
    mirror = Mirror(tmp_path, "days")
    while at <= past.now:
        mirror.load(crm)
        at += timedelta(days=3)

    whole = Mirror(tmp_path, "once").load(past)
    for table in ("deal", "event", "state", "activity"):
        days, once = (_rows(generation.path, table) for generation in (mirror.current(), whole))
        assert days == once


def _rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(f'SELECT * FROM "{table}" ORDER BY ALL').fetchall()
