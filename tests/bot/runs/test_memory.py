"""The engine in memory keeps the contract."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.bot.runs.contract import ATTEMPTS, RunsContract, diary, note, work
from tests.bot.runs.schedules import SchedulesContract
from tests.fakes.runs import Crash, MemoryRuns, VirtualClock

__all__ = ["diary", "note"]


class MemoryPlace:
    def __init__(self):
        self.clock = VirtualClock(datetime(2026, 11, 24, 8, tzinfo=UTC))
        self.runs = MemoryRuns(self.clock, attempts=ATTEMPTS, retell=(0.0, 0.0))

    def wait(self, until, _changed):
        with contextlib.suppress(Crash):
            self.runs.run_due()

        assert until()

    def advance(self, seconds):
        self.clock.advance(seconds)

    def die(self):
        raise Crash

    def reopen(self):
        self.runs = self.runs.reopened()


class TestMemoryRuns(RunsContract, SchedulesContract):
    @pytest.fixture
    def place(self):
        return MemoryPlace()


def test_a_crash_at_each_place_repeats_only_the_step_in_flight():
    def lives(crash_at):
        effects = []

        def handler(steps, _payload):
            for name in ("plan", "build", "post"):
                steps.step(name, lambda name=name: effects.append(name))

        runs = MemoryRuns(VirtualClock(datetime(2026, 11, 24, tzinfo=UTC)), crash_at=crash_at)
        runs.start({"note": handler}, lambda _failure: None)
        runs.enqueue(work("k"))
        with pytest.raises(Crash):
            runs.run_due()
        runs = runs.reopened()
        runs.start({"note": handler}, lambda _failure: None)
        runs.run_due()
        return effects

    assert [lives(place) for place in range(6)] == [
        ["plan", "build", "post"],
        ["plan", "plan", "build", "post"],
        ["plan", "build", "post"],
        ["plan", "build", "build", "post"],
        ["plan", "build", "post"],
        ["plan", "build", "post", "post"],
    ]


@pytest.mark.parametrize(
    "zone, cron, since, days",
    [
        ("Europe/Berlin", "30 2 * * *", (2026, 10, 24), 3),  # 02:30 comes twice on the 25th
        ("Europe/Berlin", "30 2 * * *", (2027, 3, 27), 3),  # and not at all on the 28th
        ("America/New_York", "30 1 * * *", (2026, 10, 31), 3),
        ("America/Sao_Paulo", "0 0 * * *", (2026, 10, 31), 3),  # no change any more
        ("Australia/Lord_Howe", "45 1 * * *", (2027, 4, 3), 3),  # by half an hour
        ("Asia/Kathmandu", "0 8 * * *", (2026, 10, 31), 3),
        ("Pacific/Chatham", "15 3 * * *", (2027, 4, 3), 3),
    ],
)
def test_a_daily_time_comes_once_a_day_when_clocks_change(zone, cron, since, days):
    clock = VirtualClock(datetime(*since, tzinfo=ZoneInfo(zone)).astimezone(UTC))
    runs = MemoryRuns(clock)
    due = []
    runs.start({"tick": lambda _steps, payload: due.append(payload["due"])}, lambda _failure: None)
    runs.every("daily", cron, zone=zone, kind="tick")
    for _ in range(days * 24 * 4):
        clock.advance(900)
        runs.run_due()

    dates = [instant[:10] for instant in due]
    assert len(dates) == len(set(dates)) == days
