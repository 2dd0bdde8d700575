"""Writing is switched off while cards wait and changes are on their way: everybody hears that, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.runs.ports import Work
from bot.slack.handlers import TIDY
from connectors.salesforce.journal import FOLDER
from tests.scenarios.slack.asking import buttons
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_writes_words import CHANGE, PUSH, last
from tests.scenarios.slack.writing import BRANDT, JONAS, KATRIN, OSTRANDER, Town
from tests.scenarios.slack.writing import town as opened

OFF = "An admin has switched writing off. Nothing was changed."

NOW = "Changes are written to Salesforce now."


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture(params=["propose", "off"])
def switched(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_card_that_waits_says_so(town: Town, switched: str):
    (card,) = town.at.dm(JONAS, PUSH)
    town.switch(switched)
    town.press(JONAS, card, "Approve")

    assert last(town, JONAS).text == OFF
    assert town.patches() == []


def test_what_was_approved_is_given_up_and_told(town: Town, switched: str):
    town.at.dm(KATRIN, PUSH)
    card = last(town, JONAS)
    town.org.locked.add(town.deals[OSTRANDER])
    town.press(JONAS, card, "Approve")
    town.switch(switched)
    town.org.locked.clear()
    town.pass_(60)

    trail = town.at.served.desk.line.store.approvals.trail("local")
    assert town.held("CloseDate") == date(2026, 11, 6)
    assert [(line.event, line.why) for line in trail] == [("approved", ""), ("refused", "off")]
    assert told(town.at.shown(JONAS, card.ts)).splitlines()[1] == f"{CHANGE}: {OFF}"
    assert told(last(town, KATRIN)).splitlines()[1] == f"Jonas Adler approved it. {CHANGE}: {OFF}"


def test_what_may_have_arrived_before_is_not_called_unwritten(town: Town, switched: str):
    (card,) = town.at.dm(JONAS, PUSH)
    town.server.faults.next("cut_before", method="PATCH", count=2)
    town.press(JONAS, card, "Approve")
    town.switch(switched)
    town.pass_(60)

    trail = town.at.served.desk.line.store.approvals.trail("local")
    system = "Salesforce" if switched == "propose" else "the CRM"
    assert [(line.event, line.why) for line in trail] == [("approved", ""), ("unknown", "off")]
    assert told(town.at.shown(JONAS, card.ts)).splitlines()[1] == (
        f"{CHANGE}: An admin has switched writing off. I cannot tell whether {system} took it before that. Look at the deal "
        "there before you say it again."
    )


def test_an_answer_is_not_on_its_way_for_good(town: Town, switched: str):
    town.nudge()
    town.org.locked.add(town.deals[OSTRANDER])
    town.answer("New date", date="2027-01-29")
    assert "On its way to Salesforce." in told(town.letter())
    town.switch(switched)
    town.org.locked.clear()
    town.pass_(60)

    assert f"new date 29 Jan. {OFF} Your answer is kept as a note." in told(town.letter())
    assert "Change" in buttons(town.letter())
    assert town.held("CloseDate") == date(2026, 11, 6)


def test_undo_says_so(town: Town, switched: str):
    (card,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, card, "Approve")
    town.switch(switched)
    town.press(JONAS, town.at.shown(JONAS, card.ts), "Undo")

    assert last(town, JONAS).text == OFF
    assert town.held("CloseDate") == date(2027, 1, 29)


def test_what_records_held_is_forgotten_though_nothing_is_written_any_more(town: Town, switched: str):
    (card,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, card, "Approve")
    town.switch(switched)
    desk = town.at.served.desk
    folder = desk.line.store.files.parent / FOLDER
    assert len(list(folder.iterdir())) == 2
    town.at.clock.forward(timedelta(days=401).total_seconds())
    desk.runs.enqueue(Work(kind=TIDY, key="tidy", lane="tidy", payload={}))
    town.at.settle()

    assert set(desk.line.store.approvals.values("local")) == {None}
    assert list(folder.iterdir()) == []


def test_what_was_kept_as_a_proposal_is_offered_anew_once_writing_is_on(town: Town):
    town.nudge()
    town.switch("propose")
    town.at.dm(JONAS, PUSH)
    town.at.dm(KATRIN, "ostrander next step: call Uwe")
    town.answer("New date", deal=BRANDT, date="2027-02-26")
    town.pass_(timedelta(days=2).total_seconds())
    before = [told(seen) for who in (JONAS, KATRIN) for seen in town.at.slack.seen_by(who)]
    town.switch("on")
    for _ in range(4):
        town.pass_(timedelta(days=1).total_seconds())

    offered = [seen for seen in town.at.slack.seen_by(JONAS) if NOW in told(seen)]
    (theirs,) = (seen for seen in town.at.slack.seen_by(KATRIN) if NOW in told(seen))
    assert [told(seen).splitlines()[1:] for seen in offered] == [
        [
            f"{NOW} These were only kept as proposals before. Ask again brings a card to approve.",
            CHANGE,
            "Ask again",
            "Close date of Brandt & Söhne: 13 Nov → 26 Feb",
            "Ask again",
        ]
    ]
    assert f"{NOW} This was only kept as a proposal before." in told(theirs)
    assert buttons(theirs) == ["Ask again"]
    assert not [text for text in before if NOW in text]
    assert not [
        seen for who in (JONAS, KATRIN) for seen in town.at.slack.seen_by(who) if "not answer" in told(seen)
    ]

    town.press(JONAS, offered[0], "Ask again")
    town.press(JONAS, last(town, JONAS), "Approve")

    assert town.held("CloseDate") == date(2027, 1, 29)
