"""A lost deal gets one of several stages, and its reason where that is open for writing: both are asked for first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.approving_asked import STAGE
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.asking import buttons, modal, values
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_writes_words import last
from tests.scenarios.slack.writing import DANA, JONAS, Town
from tests.scenarios.slack.writing import town as opened

SAID = "mark ostrander as lost"
RIVAL = "Lost to rival"
OPEN = """[write]
Opportunity = ["StageName", "CloseDate", "Amount", "NextStep", "ForecastCategoryName", "Loss_Reason__c"]
"""
REASONS = ("Price", "No budget", "Timing")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path, lost=(RIVAL,)) as made:
        yield made


@pytest.fixture
def reasoned(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path, lost=(RIVAL,), reasons=REASONS, own=OPEN) as made:
        yield made


def choose(town: Town, question: Seen, **filled: str) -> Seen:
    """Fill in the dialog behind [Choose], and return the card that comes."""
    town.press(JONAS, question, "Choose")
    town.at.slack.submit(JONAS, modal(town.at, JONAS).view, filled)
    town.at.settle()
    return last(town, JONAS)


def options(dialog: Seen) -> dict[str, list[str]]:
    """Return the menus of a dialog, by their name, with what can be chosen."""
    return {
        block["block_id"]: [one["text"]["text"] for one in block["element"]["options"]]
        for block in dialog.blocks
        if block.get("element", {}).get("type") == "static_select"
    }


def test_of_several_lost_stages_one_is_asked_for_and_written(town: Town):
    (question,) = town.at.dm(JONAS, SAID)

    assert told(question).splitlines()[1] == "Which stage does Ostrander Paper get?"
    assert buttons(question) == ["Closed Lost", RIVAL]

    town.press(JONAS, question, RIVAL)
    card = last(town, JONAS)

    assert (
        told(card)
        .splitlines()[1]
        .startswith(f"Stage of Ostrander Paper: Negotiation → {RIVAL}. Approve writes")
    )
    assert town.patches() == []

    town.press(JONAS, card, "Approve")

    assert town.held("StageName") == RIVAL
    assert town.held("LastModifiedById") == town.users[JONAS]


def test_nobody_else_chooses(town: Town):
    (question,) = town.at.dm(JONAS, SAID)
    town.at.served.desk.runs.enqueue(town.forged(DANA, STAGE, values(question, RIVAL)[0]).work())
    town.at.settle()

    assert last(town, DANA).text == "That question was put to somebody else."
    assert last(town, JONAS).ts == question.ts


def test_more_stages_than_buttons_are_a_menu(tmp_path: Path):
    more = tuple(f"Lost {number}" for number in range(1, 6))
    with opened(tmp_path, lost=more) as town:
        (question,) = town.at.dm(JONAS, SAID)
        card = choose(town, question, stage="3")

        assert told(question).splitlines()[1] == "How did Ostrander Paper end?"
        assert (
            told(card)
            .splitlines()[1]
            .startswith("Stage of Ostrander Paper: Negotiation → Lost 3. Approve writes")
        )


def test_the_reason_is_asked_for_in_the_same_step_and_undone_with_the_stage(reasoned: Town):
    town = reasoned
    (question,) = town.at.dm(JONAS, SAID)
    town.press(JONAS, question, "Choose")
    shown = modal(town.at, JONAS)
    town.at.slack.submit(JONAS, shown.view, {"stage": "1", "reason": "2"})
    town.at.settle()
    card = last(town, JONAS)
    town.press(JONAS, card, "Approve")

    assert options(shown) == {"stage": ["Closed Lost", RIVAL], "reason": list(REASONS)}
    change = f"Stage of Ostrander Paper: Negotiation → {RIVAL}; Loss reason: none → Timing"
    assert told(card).splitlines()[1].startswith(f"{change}. Approve writes")
    assert told(town.at.shown(JONAS, card.ts)).splitlines()[1] == f"{change}, in Salesforce."
    assert (town.held("StageName"), town.held("Loss_Reason__c")) == (RIVAL, "Timing")

    town.press(JONAS, town.at.shown(JONAS, card.ts), "Undo")

    assert (town.held("StageName"), town.held("Loss_Reason__c")) == ("Negotiation", None)
    assert told(town.at.shown(JONAS, card.ts)).splitlines()[1] == (
        "Stage of Ostrander Paper is back at Negotiation, loss reason at none, in Salesforce."
    )


def test_the_reason_may_be_left_open(reasoned: Town):
    (question,) = reasoned.at.dm(JONAS, SAID)
    card = choose(reasoned, question, stage="0")
    reasoned.press(JONAS, card, "Approve")

    assert (reasoned.held("StageName"), reasoned.held("Loss_Reason__c")) == ("Closed Lost", None)


def test_one_lost_stage_whose_reason_is_open_asks_for_the_reason_alone(tmp_path: Path):
    with opened(tmp_path, reasons=REASONS, own=OPEN) as town:
        (question,) = town.at.dm(JONAS, SAID)
        card = choose(town, question, reason="0")

        assert told(question).splitlines()[1] == "Why is Ostrander Paper lost?"
        assert "Negotiation → Closed Lost; Loss reason: none → Price. Approve writes" in told(card)


def test_one_lost_stage_gives_the_card_at_once(tmp_path: Path):
    with opened(tmp_path, reasons=REASONS) as town:
        (card,) = town.at.dm(JONAS, SAID)

        assert buttons(card) == ["Approve", "No"]


def test_an_owner_who_answers_lost_chooses_stage_and_reason(reasoned: Town):
    town = reasoned
    town.nudge()
    town.answer("Lost", stage="1", reason="1", words="they cut it in May")

    assert (town.held("StageName"), town.held("Loss_Reason__c")) == (RIVAL, "No budget")
    said = f"Stage of Ostrander Paper: Negotiation → {RIVAL}; Loss reason: none → No budget, in Salesforce."
    assert said in told(town.letter())

    town.press(JONAS, town.letter(), "Undo")

    assert (town.held("StageName"), town.held("Loss_Reason__c")) == ("Negotiation", None)

    town.press(JONAS, town.letter(), "Change")
    open_dialog = modal(town.at, JONAS)
    ack = town.at.slack.submit(JONAS, open_dialog.view, {"answer": "lost", "reason": "0"})

    assert ack.json["errors"] == {"stage": "Choose the stage."}

    town.at.slack.submit(JONAS, modal(town.at, JONAS).view, {"answer": "lost", "stage": "0", "reason": "0"})
    town.at.settle()

    assert (town.held("StageName"), town.held("Loss_Reason__c")) == ("Closed Lost", "Price")
