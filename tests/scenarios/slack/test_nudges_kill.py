"""A process that dies anywhere in a nudge: one message an owner, one answer a deal, one report."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.asking import DANA, EVERYBODY, buttons, letters, values
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_kill import deaths

DIEGO, DAY = "Diego Paz", 24 * 3600


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return a stage on which the bot knows everybody."""
    at.confirm(*EVERYBODY)
    return at


def reports(at: Stage) -> int:
    return sum("answered by" in told(seen) for seen in at.slack.seen_by(DANA))


def test_wherever_the_process_dies_a_nudge_gives_one_message_and_one_report(at: Stage):
    """The report of a day's nudge comes in the night before the next one."""

    def send() -> None:
        at.clock.forward(DAY)
        at.settle()
        (preview,) = at.dm(DANA, "nudge diego about past due close dates")
        at.slack.click(DANA, preview, "Send")

    places = 0
    for place in deaths(at, send):
        places = place + 1
        assert len(letters(at, DIEGO)) == places
        assert sum("On its way" in told(seen) for seen in at.slack.seen_by(DANA)) == places
    assert places >= 8
    at.clock.forward(7 * DAY)
    at.settle()
    assert reports(at) == places + 1


def test_wherever_the_process_dies_a_report_is_told_once(at: Stage):
    def due() -> None:
        (preview,) = at.dm(DANA, "nudge diego about past due close dates")
        at.slack.click(DANA, preview, "Send")
        at.settle()
        at.clock.forward(7 * DAY)

    places = 0
    for place in deaths(at, due):
        places = place + 1
        assert reports(at) == places
    assert places >= 6


def test_wherever_the_process_dies_an_answer_is_kept_once_and_shown(at: Stage):
    (preview,) = at.dm(DANA, "nudge hector about past due close dates")
    at.slack.click(DANA, preview, "Send")
    at.settle()

    def answer() -> None:
        at.clock.forward(11)
        (letter,) = letters(at, "Hector Salas")
        at.slack.click("Hector Salas", letter, "Leave it", value=values(letter, "Leave it")[0])

    for place in deaths(at, answer):
        given = at.served.desk.notes.all(at.served.desk.workspace, "owner_answer")
        assert len(given) == place + 1
        assert {note["number"] for note in given.values()} == {1}
        (letter,) = letters(at, "Hector Salas")
        assert buttons(letter).count("Change") == place + 1
