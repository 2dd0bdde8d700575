"""A change in words: a card with before and after, the deal's owner approves, everybody else is told no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest

from bot.approvals.rules import WAITS
from bot.approvals.values import Proposal
from bot.slack.approving import UNDO
from bot.slack.approving_cards import APPROVE, NO
from bot.slack.presses import Press
from bot.slack.request import Request
from connectors.salesforce.journal import FOLDER
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.asking import buttons
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.writing import BRANDT, COBALT, DANA, JONAS, KATRIN, MARCUS, OSTRANDER, PRIYA, Town
from tests.scenarios.slack.writing import town as opened

PUSH = "push ostrander to 29 jan"
WRITES = "Approve writes it to Salesforce in your name."
CHANGE = "Close date of Ostrander Paper: 6 Nov → 29 Jan"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        yield made


def last(town: Town, who: str) -> Seen:
    return town.at.slack.seen_by(who)[-1]


def cards(town: Town) -> list[Proposal]:
    """Return the proposals whose card waits for an answer."""
    kept = town.at.served.desk.line.store.approvals
    found = [kept.get("local", one) for one in kept.unanswered("local", at=town.at.clock() + 2 * WAITS)]
    return [one.proposal for one in found if one is not None]


def waiting_of(town: Town, deal: str) -> str:
    """Return the id of the proposal that waits for a deal."""
    (found,) = (one.id for one in cards(town) if one.record_id == town.deals[deal])
    return found


def waiting(town: Town) -> str:
    """Return the id of the one proposal that waits."""
    (proposal,) = cards(town)
    return proposal.id


@pytest.mark.parametrize(
    "text, who, deal, field, after, change",
    [
        (PUSH, JONAS, OSTRANDER, "CloseDate", date(2027, 1, 29), f"{CHANGE}."),
        ("bump cobalt to 260", PRIYA, COBALT, "Amount", Decimal(260_000), "Amount of Cobalt Freight: $240,000 → $260,000."),
        ("brandt next step: call Uwe", JONAS, BRANDT, "NextStep", "call Uwe", "Next step of Brandt & Söhne: none → “call Uwe”."),
    ],
)  # fmt: skip
def test_the_owner_approves_the_own_card_and_it_is_written_and_undone(
    town: Town, text: str, who: str, deal: str, field: str, after: object, change: str
):
    before = town.held(field, deal)
    (card,) = town.at.dm(who, text)

    assert told(card).splitlines()[1] == f"{change} {WRITES}"
    assert buttons(card) == ["Approve", "No"]
    assert town.patches() == []

    town.press(who, card, "Approve")

    done = town.at.shown(who, card.ts)
    assert town.held(field, deal) == after
    assert town.held("LastModifiedById", deal) == town.users[who]
    assert told(done).splitlines()[1] == f"{change[:-1]}, in Salesforce."
    assert buttons(done) == ["Undo"]

    town.press(who, done, "Undo")

    assert town.held(field, deal) == before
    assert "is back at" in told(town.at.shown(who, card.ts))
    assert buttons(town.at.shown(who, card.ts)) == []


def test_words_that_were_not_used_stand_on_the_card(town: Town):
    (card,) = town.at.dm(JONAS, f"{PUSH} and cobalt too")

    assert told(card).splitlines()[1] == f"{CHANGE}. {WRITES} Not used: cobalt."


def test_no_leaves_it(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, card, "No")

    assert told(town.at.shown(JONAS, card.ts)).startswith(f"Left as it is. {CHANGE}: not approved.")
    assert town.patches() == []
    desk = town.at.served.desk
    assert [line.event for line in desk.line.store.approvals.trail("local")] == ["declined"]


def test_where_somebody_else_asks_the_owner_gets_the_card_and_the_asker_hears(town: Town):
    (said,) = town.at.dm(KATRIN, PUSH)

    assert told(said).startswith(
        f"{CHANGE}. Jonas Adler owns the deal, so I asked Jonas. You hear what came of it."
    )
    assert buttons(said) == []
    card = last(town, JONAS)
    assert told(card).startswith(
        f"Katrin Vogelsang asks you to change a deal of yours. {CHANGE}. {WRITES}"[:119]
    )

    town.press(JONAS, card, "Approve")

    assert town.held("CloseDate") == date(2027, 1, 29)
    assert town.held("LastModifiedById") == town.users[JONAS]
    assert last(town, KATRIN).text == f"Jonas Adler approved it. {CHANGE}, in Salesforce."


def test_the_asker_hears_a_no(town: Town):
    town.at.dm(KATRIN, PUSH)
    town.press(JONAS, last(town, JONAS), "No")

    assert last(town, KATRIN).text == f"Jonas Adler did not approve it. {CHANGE}: nothing was changed."
    assert town.patches() == []


@pytest.mark.parametrize("action", [APPROVE, NO, UNDO])
def test_nobody_but_the_owner_decides_whoever_presses(town: Town, action: str):
    town.at.dm(KATRIN, PUSH)
    proposal, users = waiting(town), town.at.slack.world.users.values()
    desk, done = town.at.served.desk, 0
    if action == UNDO:
        town.press(JONAS, last(town, JONAS), "Approve")
        done = 1
    for user in users:
        if user.is_bot or user.name == JONAS:
            continue
        request = Request(
            key=f"press:{user.id}",
            workspace="local",
            channel=user.id,
            user=user.id,
            text=proposal,
            surface="direct",
            at=town.at.clock(),
        )
        desk.runs.enqueue(Press(request=request, action=action, value=proposal).work())
        # Slack delivers nothing to some of them.
        town.at.settle(failing=True)

    trail = desk.line.store.approvals.trail("local")
    assert any(user.is_restricted for user in users)
    assert any(user.is_stranger for user in users)
    assert any(user.deleted for user in users)
    for name in (DANA, KATRIN, MARCUS, PRIYA):
        assert last(town, name).text == "Only the deal's owner can say that. Nothing was changed."
    assert [line.event for line in trail] == ["approved", "written"][: 2 * done]
    assert len(town.patches()) == done


def test_fifty_presses_at_once_write_once(town: Town):
    town.at.dm(JONAS, PUSH)
    proposal, desk = waiting(town), town.at.served.desk
    works = [town.forged(JONAS, APPROVE, proposal, number).work() for number in range(50)]
    presses = [Thread(target=desk.runs.enqueue, args=(work,)) for work in works]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    town.at.settle()

    assert len(town.patches()) == 1
    assert len(list((desk.line.store.files.parent / FOLDER).glob("*.json"))) == 1
    assert [line.event for line in desk.line.store.approvals.trail("local")] == ["approved", "written"]


def test_a_card_that_was_used_or_has_expired_does_nothing(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.at.dm(JONAS, "push brandt to 29 jan")
    again = town.forged(JONAS, APPROVE, waiting_of(town, OSTRANDER))
    too_late = town.forged(JONAS, APPROVE, waiting_of(town, BRANDT), 1)
    town.press(JONAS, card, "Approve")
    town.at.served.desk.runs.enqueue(again.work())
    town.at.settle()
    assert last(town, JONAS).text == "That was answered already."

    town.pass_(timedelta(days=3, minutes=1).total_seconds())
    town.at.served.desk.runs.enqueue(too_late.work())
    town.at.settle()

    assert last(town, JONAS).text == "That proposal has expired. Say it once more, please."
    assert town.held("CloseDate", BRANDT) == date(2026, 11, 13)
    assert len(town.patches()) == 1


def test_a_change_between_card_and_press_is_found(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.foreign(CloseDate="2027-01-08")
    town.press(JONAS, card, "Approve")

    assert town.held("CloseDate") == date(2027, 1, 8)
    assert "Close date is 8 Jan there by now, not 6 Nov." in told(town.at.shown(JONAS, card.ts))


def test_what_salesforce_says_stands_in_place_of_the_card(town: Town):
    town.unconnected.add(town.users[JONAS])
    (card,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, card, "Approve")

    said = told(town.at.shown(JONAS, card.ts))
    assert said.startswith(
        f"{CHANGE}: You have not connected Salesforce, so I cannot write there in your name."
    )
    assert buttons(town.at.shown(JONAS, card.ts)) == []


@pytest.mark.parametrize(
    "text, said",
    [
        ("push ostrander and brandt to 29 jan", "One deal at a time, please."),
        ("update ostrander close date 29 jan and amount 200k", "One field at a time, please."),
        ("set every close date to 29 jan", "I change one deal at a time. To have owners mend many of them"),
        ("bump ostrander to 300k eur", "Ostrander Paper is in USD, and you said EUR."),
        ("bump ostrander to 310k", "Ostrander Paper has that already in Salesforce."),
    ],
)
def test_what_is_not_one_plain_change_is_refused_in_words(town: Town, text: str, said: str):
    (answer,) = town.at.dm(JONAS, text)

    assert told(answer).startswith(said)
    assert buttons(answer) == []
    assert cards(town) == []


def test_everything_stopped_a_card_is_not_carried_out(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.at.dm(MARCUS, "stop")
    town.press(JONAS, card, "Approve")

    assert f"{CHANGE}: Everything is stopped by Marcus Bell" in told(town.at.shown(JONAS, card.ts))
    assert town.patches() == []

    town.at.dm(MARCUS, "resume")
    town.press(JONAS, town.at.shown(JONAS, card.ts), "Approve")

    assert town.held("CloseDate") == date(2027, 1, 29)


def test_nobody_answers_and_who_asked_hears_it_once(town: Town):
    town.at.dm(KATRIN, PUSH)
    before = len(town.at.slack.seen_by(KATRIN))
    for _ in range(5):
        town.pass_(timedelta(days=1).total_seconds())
    heard = [told(seen) for seen in town.at.slack.seen_by(KATRIN)[before:] if "Ostrander" in told(seen)]

    assert [one.splitlines()[0] for one in heard] == [
        f"{CHANGE}: Jonas Adler did not answer within 3 days, so I left it as it is."
    ]
    said = f"{CHANGE}: Katrin Vogelsang asked you for it, and you did not answer within 3 days, so I left it as it is."
    assert [said in told(seen) for seen in town.at.slack.seen_by(JONAS)].count(True) == 1


def test_asked_in_a_channel_the_card_comes_directly(town: Town):
    town.at.mention(JONAS, "emea-sales", PUSH)
    said = f"{CHANGE}. I sent you that directly, to approve it there."
    (line,) = (seen for seen in town.at.slack.seen_by(JONAS) if told(seen).startswith(said))
    (card,) = (seen for seen in town.at.slack.seen_by(JONAS) if buttons(seen) == ["Approve", "No"])

    assert line.kind == "ephemeral"
    assert (card.kind, card.channel) == ("message", town.at.slack.im_with(JONAS).id)
    assert told(card).splitlines()[1] == f"{CHANGE}. {WRITES}"
    assert not [
        seen
        for seen in town.at.slack.seen_by(KATRIN)
        if "Ostrander" in told(seen) and seen.author != card.author
    ]
    town.press(JONAS, card, "Approve")
    assert town.held("CloseDate") == date(2027, 1, 29)
    assert buttons(town.at.shown(JONAS, card.ts)) == ["Undo"]


def test_proposals_only(tmp_path: Path):
    with opened(tmp_path, writes="propose") as town:
        (said,) = town.at.dm(JONAS, PUSH)

        assert (
            told(said)
            .splitlines()[1]
            .startswith(
                f"{CHANGE}: kept as a proposal. Nothing is written to Salesforce before an admin sets"
            )
        )
        assert buttons(said) == []
        assert town.patches() == []


def test_off_words_are_answered_as_ever(tmp_path: Path):
    with opened(tmp_path, writes="off") as town:
        (said,) = town.at.dm(JONAS, PUSH)

        assert "This installation only reads: nothing was changed or sent." in told(said)


def test_every_word_that_is_written_about_gives_a_card(town: Town):
    page = (Path(__file__).parents[3] / "docs/slack.md").read_text(encoding="utf-8")
    section = page.split("## Words that change a deal")[1].split("## Words for admins")[0]
    asked = re.findall(r"`([^`]+)`", "".join(re.findall(r"^\|.*$", section, re.MULTILINE)))
    early = {"StageName": "Discovery", "ForecastCategoryName": "Pipeline", "ForecastCategory": "Pipeline"}
    town.org.settle("Opportunity", town.deals[OSTRANDER], **early)

    assert len(asked) == 7
    for words in asked:
        (card,) = town.at.dm(PRIYA if "cobalt" in words else JONAS, words)
        assert buttons(card) == ["Approve", "No"], (words, told(card))
