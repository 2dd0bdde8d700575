"""What is asked once a minute which works are due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.runs.ports import Work
from bot.slack.desk import Desk
from bot.slack.feature import Feature
from bot.slack.handlers import TICK, failed, handlers
from tests.fakes.runs import MemoryRuns
from tests.scenarios.slack.stage import Stage


def test_a_part_that_breaks_keeps_no_other_from_what_is_due(at: Stage, caplog: pytest.LogCaptureFixture):
    done: list[str] = []

    def broken(_desk: Desk, _now: datetime) -> tuple[Work, ...]:
        raise ValueError("a note that means nothing")

    def due(_desk: Desk, _now: datetime) -> tuple[Work, ...]:
        return (Work(kind="mark", key="mark", lane="mark"),)

    other = Feature(clock=(due,), works={"mark": lambda _desk, _steps, _payload: done.append("mark")})
    runs = MemoryRuns(at.clock)
    desk = replace(at.served.desk, runs=runs, features=(Feature(clock=(broken,)), other))
    runs.start(handlers(desk), failed(desk))
    runs.enqueue(Work(kind=TICK, key=TICK, lane=TICK))
    runs.run_due()

    assert done == ["mark"]
    assert runs.failures == []
    assert "could not look for what is due by" in caplog.text
