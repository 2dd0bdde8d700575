"""The engine on DBOS keeps the contract."""

from __future__ import annotations

import pytest

from bot.runs.engine import open_runs
from bot.runs.lanes import Left
from tests.bot.runs.contract import ATTEMPTS, PATIENCE, RunsContract, diary, note
from tests.bot.runs.schedules import SchedulesContract

__all__ = ["diary", "note"]


class DurablePlace:
    def __init__(self, home, workers=8):
        self.home, self.workers = home, workers
        self.open()

    def open(self):
        self.runs = open_runs(
            self.home, workers=self.workers, attempts=ATTEMPTS, poll=0.02, retell=(0.01, 0.01)
        )

    def wait(self, until, changed):
        with changed:
            assert changed.wait_for(until, timeout=PATIENCE)

    def advance(self, seconds):
        """Let time go by at its own pace; whoever waits for what comes of it waits long enough."""

    def die(self):
        # The ledger sees the same after kill -9; test_kill.py does that.
        raise Left

    def reopen(self):
        self.runs.close(within=0)
        assert self.runs._lanes.wait(PATIENCE)
        self.open()


class TestDurableRuns(RunsContract, SchedulesContract):
    @pytest.fixture
    def place(self, tmp_path):
        place = DurablePlace(tmp_path)
        yield place
        place.runs.close(within=PATIENCE)
