"""Every night what was claimed, or marked as just revised, long ago is forgotten, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from bot.slack import held
from tests.scenarios.slack.stage import Stage

DAY = 24 * 3600


def test_claims_of_a_month_ago_are_forgotten_at_night(at: Stage):
    notes, month = at.served.desk.notes, timedelta(days=3650)
    assert notes.claim("local", "old", at=at.clock(), within=month)
    at.clock.forward(29 * DAY)
    assert notes.claim("local", "young", at=at.clock(), within=month)
    at.settle()
    assert not notes.claim("local", "old", at=at.clock(), within=month)

    at.clock.forward(3 * DAY)
    at.settle()
    assert notes.claim("local", "old", at=at.clock(), within=month)
    assert not notes.claim("local", "young", at=at.clock(), within=month)


def test_when_a_draft_was_revised_a_month_ago_is_forgotten_at_night(at: Stage):
    desk = at.served.desk
    held.mark(desk, "old")
    at.clock.forward(29 * DAY)
    held.mark(desk, "young")
    at.settle()
    assert set(desk.notes.all("local", "pace")) == {"old", "young"}

    at.clock.forward(3 * DAY)
    at.settle()
    assert set(desk.notes.all("local", "pace")) == {"young"}


def test_a_schedule_that_was_drawn_up_and_not_saved_is_forgotten_at_night(at: Stage):
    at.command("Dana Whitcombe", "sales-leadership", "pipeline every monday at 9 to me")
    notes = at.served.desk.notes
    assert len(notes.all("local", "schedule_drawn")) == 1
    at.clock.forward(DAY)
    at.settle()
    assert len(notes.all("local", "schedule_drawn")) == 1

    at.clock.forward(2 * DAY)
    at.settle()
    assert notes.all("local", "schedule_drawn") == {}
