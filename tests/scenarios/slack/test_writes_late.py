"""A card that nobody answers says so by itself when its time is over, once, and how to ask again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.slack.approving_cards import APPROVE
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.asking import buttons
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_writes_words import CHANGE, PUSH, cards, last, waiting
from tests.scenarios.slack.writing import COBALT, JONAS, KATRIN, OSTRANDER, PRIYA, Town
from tests.scenarios.slack.writing import town as opened

EXPIRED = (
    f"{CHANGE}: you did not approve it within 3 days, so I left it as it is. "
    "To ask again, say: update Ostrander Paper close date 29 Jan"
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        yield made


def pass_days(town: Town, number: int) -> None:
    for _ in range(number):
        town.pass_(timedelta(days=1).total_seconds())


def seen_with(town: Town, who: str, words: str) -> list[Seen]:
    return [seen for seen in town.at.slack.seen_by(who) if words in told(seen)]


@pytest.mark.parametrize("restarted", [False, True])
def test_an_own_card_says_in_its_place_that_it_has_expired(town: Town, *, restarted: bool):
    (card,) = town.at.dm(JONAS, PUSH)
    proposal = waiting(town)
    before = len(town.at.slack.seen_by(JONAS))
    if restarted:
        town.at.restart()
    pass_days(town, 3)
    assert buttons(town.at.shown(JONAS, card.ts)) == ["Approve", "No"]
    town.pass_(60)
    if restarted:
        town.at.restart()
    pass_days(town, 2)
    town.at.served.desk.runs.enqueue(town.forged(JONAS, APPROVE, proposal).work())
    town.at.settle()

    said = town.at.shown(JONAS, card.ts)
    assert told(said).splitlines()[1] == EXPIRED
    assert buttons(said) == ["Ask again"]
    assert last(town, JONAS).text == "That proposal has expired. Say it once more, please."
    assert len(town.at.slack.seen_by(JONAS)) == before + 1
    assert cards(town) == []
    assert town.patches() == []

    town.press(JONAS, said, "Ask again")
    town.press(JONAS, last(town, JONAS), "Approve")

    assert town.held("CloseDate") == date(2027, 1, 29)


def test_a_card_that_was_answered_says_nothing_more(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, card, "No")
    (other,) = town.at.dm(JONAS, PUSH)
    town.press(JONAS, other, "Approve")
    before = [told(seen) for seen in town.at.slack.seen_by(JONAS)]
    pass_days(town, 4)

    assert [told(seen) for seen in town.at.slack.seen_by(JONAS)] == before


@pytest.mark.parametrize(
    "text, who, words",
    [
        ("bump cobalt to 260k", PRIYA, "update Cobalt Freight amount to 260000"),
        ("ostrander next step: call legal: Tue", JONAS, "update Ostrander Paper next step: call legal: Tue"),
        ("update cobalt stage to proposal", PRIYA, "update Cobalt Freight stage to Proposal"),
        ("move cobalt to best case", PRIYA, "update Cobalt Freight to Best Case"),
    ],
)
def test_the_words_that_ask_again_ask_for_the_same(town: Town, text: str, who: str, words: str):
    (card,) = town.at.dm(who, text)
    pass_days(town, 3)
    town.pass_(60)

    said = town.at.shown(who, card.ts)
    assert told(said).splitlines()[1].endswith(f"To ask again, say: {words}")

    town.press(who, said, "Ask again")

    again = last(town, who)
    assert told(again).splitlines()[1] == told(card).splitlines()[1]
    assert buttons(again) == ["Approve", "No"]


def test_the_card_of_what_somebody_else_asked_for_says_so_in_its_place_too(town: Town):
    town.at.dm(KATRIN, PUSH)
    card = last(town, JONAS)
    before = len(town.at.slack.seen_by(JONAS))
    pass_days(town, 4)

    said = f"{CHANGE}: Katrin Vogelsang asked you for it, and you did not answer within 3 days, so I left it as it is."
    assert told(town.at.shown(JONAS, card.ts)).splitlines()[1] == said
    assert buttons(town.at.shown(JONAS, card.ts)) == []
    assert len(town.at.slack.seen_by(JONAS)) == before
    assert len(seen_with(town, KATRIN, "Jonas Adler did not answer within 3 days")) == 1


def test_what_expires_while_writing_is_switched_off_is_nobodys_silence(town: Town):
    town.at.dm(KATRIN, PUSH)
    theirs = last(town, JONAS)
    (own,) = town.at.dm(JONAS, "push brandt to 29 jan")
    town.switch("off")
    pass_days(town, 4)

    off = "An admin has switched writing off. Nothing was changed."
    assert told(town.at.shown(JONAS, theirs.ts)).splitlines()[1] == f"{CHANGE}: {off}"
    assert told(town.at.shown(JONAS, own.ts)).endswith(f"13 Nov → 29 Jan: {off}")
    assert last(town, KATRIN).text == f"{CHANGE}: {off}"
    assert town.held("CloseDate", OSTRANDER) == date(2026, 11, 6)
    assert town.held("Amount", COBALT) == 240_000
