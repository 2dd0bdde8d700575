"""Reports that come by themselves: reviewed the evening before, published at the hour."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.coming import LEADERS, come, revive, schedule
from tests.scenarios.slack.stage import Stage


@pytest.fixture(autouse=True)
def _comes(at: Stage) -> None:
    revive(at)


def test_at_the_hour_the_report_is_posted_with_its_deck(at: Stage):
    come(at, "hour", schedule(at))

    top, deck = at.slack.messages(LEADERS, bot=True)
    assert "Q4 $0.80M short" in top.text
    assert deck.thread_ts == top.ts
    assert len(deck.files) == 1
