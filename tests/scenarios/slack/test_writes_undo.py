"""What was written can be taken back for a week by its owner, whatever stood in the way of an earlier press."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.slack.approving import UNDO
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_writes_words import PUSH, last, waiting
from tests.scenarios.slack.writing import JONAS, MARCUS, PRIYA, Town
from tests.scenarios.slack.writing import town as opened


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        yield made


def test_an_undo_that_was_stopped_can_be_pressed_again_hours_later(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, card, "Approve")
    town.at.dm(MARCUS, "stop")
    town.press(JONAS, town.at.shown(JONAS, card.ts), "Undo")
    assert "Everything is stopped by Marcus Bell" in told(last(town, JONAS))
    town.pass_(7200)
    town.at.dm(MARCUS, "resume")
    town.press(JONAS, town.at.shown(JONAS, card.ts), "Undo")

    assert town.held("CloseDate") == date(2026, 11, 6)


def test_a_press_of_somebody_else_keeps_nobody_from_undoing(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    proposal = waiting(town)
    town.press(JONAS, card, "Approve")
    desk = town.at.served.desk
    desk.runs.enqueue(town.forged(PRIYA, UNDO, proposal).work())
    town.at.settle()

    assert last(town, PRIYA).text == "Only the deal's owner can say that. Nothing was changed."
    assert desk.line.store.approvals.get("local", f"{proposal}/undo-1") is None

    town.pass_(3700)
    town.press(JONAS, town.at.shown(JONAS, card.ts), "Undo")

    assert town.held("CloseDate") == date(2026, 11, 6)
