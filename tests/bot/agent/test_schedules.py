"""Which words ask for something that comes by itself, and which only sound like it."""

from __future__ import annotations

import pytest

from bot.agent.intents import Errand
from tests.bot.agent.world import said


@pytest.mark.parametrize(
    "text",
    [
        "schedule weekly every monday 08:30 in #emea-sales emea",
        "send this every friday to the leads",
        "pipeline emea daily 7am",
        "mondays at 9 pipeline",
        "weekly on the first working day",
        "weekly on the 1st of each month",
        "pipeline every 5 minutes",
        "daily digest emea",
        "schedules",
        "unsubscribe",
        "tell me when a commit deal slips",
        "alert me if coverage drops below 1.5",
    ],
)
def test_what_shall_come_by_itself_is_a_schedule(text: str):
    meant = said(text)

    assert isinstance(meant, Errand), meant
    assert meant.kind == "schedule"


@pytest.mark.parametrize(
    "text",
    ["win rate monthly", "pipeline last monday", "what slipped last friday", "weekly", "deals due monday"],
)
def test_a_day_or_a_grain_alone_makes_no_schedule(text: str):
    assert not isinstance(said(text), Errand)
