"""A process that dies anywhere between the click and the answer: one write, one line in the trail, one message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.scenarios.slack.asking import buttons, modal
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_kill import deaths
from tests.scenarios.slack.writing import JONAS, OSTRANDER, Town
from tests.scenarios.slack.writing import town as opened


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        made.nudge()
        yield made


def changes(town: Town) -> int:
    """Return how often the org's own history says that the close date changed."""
    rows = town.org.tables["OpportunityFieldHistory"].values()
    return sum(row["OpportunityId"] == town.deals[OSTRANDER] and row["Field"] == "CloseDate" for row in rows)


def test_wherever_the_process_dies_an_answer_is_written_once_and_shown(town: Town):
    first = True

    def answer() -> None:
        nonlocal first
        if first:
            town.answer("New date", settle=False, date="2027-01-29")
        else:
            town.press(JONAS, town.letter(), "Change", settle=False)
            town.at.slack.submit(JONAS, modal(town.at, JONAS).view, {"answer": "date", "date": "2027-01-29"})
        first = False

    places = 0
    for place in deaths(town.at, answer):
        places = place + 1
        assert changes(town) == 2 * place + 1
        assert "6 Nov → 29 Jan, in Salesforce." in told(town.letter())
        town.press(JONAS, town.letter(), "Undo")
        assert changes(town) == 2 * places
    assert places >= 12
    trail = town.at.served.desk.line.store.approvals
    assert trail.broken("local") is None
    assert [line.event for line in trail.trail("local")] == ["approved", "written"] * (2 * places + 1)


def test_wherever_the_process_dies_a_card_is_carried_out_once_and_says_so(town: Town):
    def approve() -> None:
        (card,) = town.at.dm(JONAS, "push ostrander to 29 jan")
        town.press(JONAS, card, "Approve", settle=False)

    places = 0
    for place in deaths(town.at, approve):
        places = place + 1
        assert changes(town) == 2 * place + 1
        done = [seen for seen in town.at.slack.seen_by(JONAS) if "29 Jan, in Salesforce." in told(seen)]
        assert len(done) == 1
        town.press(JONAS, done[0], "Undo")
        assert changes(town) == 2 * places
    assert places >= 12


def test_wherever_the_process_dies_a_typed_undo_takes_back_once_and_says_so(town: Town):
    def undo() -> None:
        (card,) = town.at.dm(JONAS, "push ostrander to 29 jan")
        town.press(JONAS, card, "Approve")
        town.at.slack.dm(JONAS, "undo", thread_ts=card.ts)

    places = 0
    for place in deaths(town.at, undo):
        places = place + 1
        answers = [seen for seen in town.at.slack.seen_by(JONAS) if seen.thread_ts not in {None, seen.ts}]
        said = [told(seen) for seen in answers if told(seen) != "undo"]
        assert changes(town) == 2 * places
        assert len(said) == places
        assert all("is back at 6 Nov, in Salesforce." in text for text in said)
    assert places >= 10


def test_wherever_the_process_dies_a_card_that_expires_says_so_once_in_its_place(town: Town):
    def expire() -> None:
        town.at.dm(JONAS, "push ostrander to 29 jan")
        town.at.clock.forward(timedelta(days=3, minutes=1).total_seconds())

    places = 0
    for place in deaths(town.at, expire):
        places = place + 1
        seen = town.at.slack.seen_by(JONAS)
        assert sum("you did not approve it within 3 days" in told(one) for one in seen) == places
        assert not [one for one in seen if "Approve" in buttons(one)]
    assert places >= 4
