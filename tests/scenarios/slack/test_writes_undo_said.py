"""`undo`, typed where a change was carried out, takes it back as its button does; elsewhere it means what it always meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.asking import buttons
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_writes_words import CHANGE, PUSH, last
from tests.scenarios.slack.writing import BRANDT, JONAS, KATRIN, MARCUS, OSTRANDER, Town
from tests.scenarios.slack.writing import town as opened

BEFORE, AFTER = date(2026, 11, 6), date(2027, 1, 29)
BACK = "Close date of Ostrander Paper is back at 6 Nov, in Salesforce."


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        yield made


def changed(town: Town, words: str = PUSH) -> Seen:
    """Let Jonas change a deal by words; return the card, which says so."""
    (card,) = town.at.dm(JONAS, words)
    town.press(JONAS, card, "Approve")
    return town.at.shown(JONAS, card.ts)


def say(town: Town, words: str, thread: str | None = None, who: str = JONAS) -> list[Seen]:
    """Let somebody write to the bot, in a thread or not; return what is new before them."""
    before = town.at.slack.seen_by(who)
    said = town.at.slack.dm(who, words, thread_ts=thread)
    town.at.settle()
    return [seen for seen in town.at.slack.seen_by(who) if seen not in before and seen.ts != said.ts]


@pytest.mark.parametrize("words", ["undo", "Undo that, please", "take that back", "revert"])
@pytest.mark.parametrize("threaded", [True, False])
def test_said_under_a_card_it_takes_the_change_back(town: Town, words: str, *, threaded: bool):
    card = changed(town)
    say(town, words, card.ts if threaded else None)

    assert town.held("CloseDate") == BEFORE
    assert town.held("LastModifiedById") == town.users[JONAS]
    (answer,) = (
        seen for seen in town.at.slack.seen_by(JONAS) if told(seen).startswith(BACK) and seen.ts != card.ts
    )
    assert answer.thread_ts == (card.ts if threaded else None)
    assert told(town.at.shown(JONAS, card.ts)).splitlines()[1] == BACK
    assert buttons(town.at.shown(JONAS, card.ts)) == []
    trail = town.at.served.desk.line.store.approvals
    assert [line.event for line in trail.trail("local")] == ["approved", "written"] * 2

    (again,) = say(town, "undo", card.ts)

    assert again.text == "That was undone already."
    assert len(town.patches()) == 2


def test_under_an_answered_question_the_last_answer_is_taken_back(town: Town):
    town.nudge()
    town.answer("New date", date="2027-01-29")
    town.answer("New date", deal=BRANDT, date="2027-01-29")
    say(town, "undo", town.letter().ts)

    said = "Close date of Brandt & Söhne is back at 13 Nov, in Salesforce."
    assert (town.held("CloseDate"), town.held("CloseDate", BRANDT)) == (AFTER, date(2026, 11, 13))
    assert told(last(town, JONAS)).splitlines()[1] == said
    assert last(town, JONAS).thread_ts == town.letter().ts
    assert said in told(town.letter())

    say(town, "undo", town.letter().ts)

    assert town.held("CloseDate") == BEFORE


def test_hours_later_at_the_top_the_button_has_to_be_pressed(town: Town):
    changed(town)
    town.pass_(7200)
    (asked,) = say(town, "undo")

    assert told(asked).splitlines()[1] == f"The last change here: {CHANGE}."
    assert town.held("CloseDate") == AFTER

    town.press(JONAS, asked, "Undo")

    assert town.held("CloseDate") == BEFORE
    assert told(town.at.shown(JONAS, asked.ts)).splitlines()[1] == BACK


def test_what_stands_against_the_button_stands_against_the_word(town: Town):
    card = changed(town)
    town.at.dm(MARCUS, "stop")
    say(town, "undo", card.ts)
    assert "Everything is stopped by Marcus Bell" in told(last(town, JONAS))
    town.at.dm(MARCUS, "resume")
    town.foreign(CloseDate="2027-03-01")
    say(town, "undo", card.ts)
    assert "Not undone: Somebody changed it in Salesforce meanwhile" in told(last(town, JONAS))
    assert buttons(town.at.shown(JONAS, card.ts)) == ["Undo"]
    town.switch("off")
    (off,) = say(town, "undo", card.ts)
    assert off.text == "An admin has switched writing off. Nothing was changed."

    assert town.held("CloseDate") == date(2027, 3, 1)


def test_after_seven_days_it_is_too_late(town: Town):
    card = changed(town)
    town.pass_(timedelta(days=7, minutes=1).total_seconds())
    (answer,) = say(town, "undo", card.ts)

    assert town.held("CloseDate") == AFTER
    assert answer.text == "That is more than 7 days ago. Change it in Salesforce."


def test_who_only_asked_for_a_change_takes_nothing_back(town: Town):
    town.at.dm(KATRIN, PUSH)
    town.press(JONAS, last(town, JONAS), "Approve")
    (answer,) = say(town, "undo", who=KATRIN)

    assert town.held("CloseDate") == AFTER
    assert "There is no deck in this conversation yet" in told(answer)


def test_where_a_deck_was_revised_last_it_means_the_deck(town: Town):
    changed(town)
    town.at.clock.forward(60)
    town.at.dm(JONAS, "weekly")
    town.at.clock.forward(60)
    town.at.dm(JONAS, "drop slide 4")
    town.at.clock.forward(60)
    say(town, "undo")

    assert town.held("CloseDate") == AFTER
    assert any("*r3*" in told(seen) or "r3" in told(seen) for seen in town.at.slack.seen_by(JONAS)[-2:])

    town.at.clock.forward(60)
    changed(town, "push brandt to 29 jan")
    say(town, "undo")

    assert town.held("CloseDate", BRANDT) == date(2026, 11, 13)
    assert town.held("CloseDate", OSTRANDER) == AFTER
