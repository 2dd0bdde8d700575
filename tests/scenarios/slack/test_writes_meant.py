"""A card changes the deal that it names, in the deal's own currency, and only while the deal is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.scenarios.slack.asking import buttons, modal
from tests.scenarios.slack.stage import told
from tests.scenarios.slack.test_writes_words import CHANGE, PUSH, last
from tests.scenarios.slack.writing import COBALT, DANA, JONAS, OSTRANDER, PRIYA, Town
from tests.scenarios.slack.writing import town as opened

MILLS = "Ostrander Mills"
RATES = {"EUR": Decimal("0.9"), "USD": Decimal(1), "JPY": Decimal(150)}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def japan(tmp_path: Path) -> Iterator[Town]:
    """Return a town in whose org a deal without an amount is in yen."""
    with opened(tmp_path, rates=RATES) as made:
        made.foreign(COBALT, Amount=None, CurrencyIsoCode="JPY")
        made.load()
        yield made


def test_each_deal_of_a_question_has_a_card_of_its_own(town: Town):
    town.another(MILLS, JONAS)
    (question,) = town.at.dm(JONAS, PUSH)
    for deal in (MILLS, OSTRANDER):
        town.press(JONAS, question, f"{deal} (Jonas Adler)")
        assert f"Close date of {deal}: " in told(last(town, JONAS))
    town.press(JONAS, last(town, JONAS), "Approve")

    assert town.held("CloseDate", OSTRANDER) == date(2027, 1, 29)
    assert town.held("CloseDate", MILLS) == date(2026, 12, 4)


def test_each_owner_of_a_questions_deals_is_asked(town: Town):
    town.another(MILLS, PRIYA)
    (question,) = town.at.dm(DANA, PUSH)
    for label in buttons(question):
        town.press(DANA, question, label)

    assert f"Close date of {MILLS}: 4 Dec → 29 Jan." in told(last(town, PRIYA))
    assert f"{CHANGE}." in told(last(town, JONAS))


def test_a_deal_whose_card_was_answered_gets_no_second_one_from_the_same_question(town: Town):
    town.another(MILLS, JONAS)
    (question,) = town.at.dm(JONAS, PUSH)
    label = f"{OSTRANDER} (Jonas Adler)"
    town.press(JONAS, question, label)
    town.press(JONAS, last(town, JONAS), "No")
    town.press(JONAS, question, label)

    assert told(last(town, JONAS)).startswith(f"{CHANGE}: that was answered already.")
    assert buttons(last(town, JONAS)) == []


def test_an_amount_is_meant_in_the_currency_of_a_deal_that_has_none_yet(japan: Town):
    (no,) = japan.at.dm(PRIYA, "bump cobalt to 260k eur")
    (card,) = japan.at.dm(PRIYA, "bump cobalt to 260k")

    assert told(no).startswith("Cobalt Freight is in JPY, and you said EUR.")
    assert buttons(no) == []
    assert told(card).startswith("Amount of Cobalt Freight: none → ¥260,000.")

    japan.foreign(COBALT, CurrencyIsoCode="EUR")
    japan.press(PRIYA, card, "Approve")

    assert japan.held("Amount", COBALT) is None
    assert "Currency is EUR there by now, not JPY." in told(japan.at.shown(PRIYA, card.ts))


@pytest.mark.parametrize(
    "words, said, held",
    [
        ("260k eur", "This deal is in JPY, and you wrote EUR.", None),
        ("260k", "Amount of Cobalt Freight: none → ¥260,000, in Salesforce.", Decimal(260_000)),
    ],
)
def test_an_owners_answer_is_too(japan: Town, words: str, said: str, held: Decimal | None):
    (preview,) = japan.at.dm(DANA, f"nudge {PRIYA} about deals without amount")
    japan.press(DANA, preview, "Send")
    japan.press(PRIYA, japan.letter(PRIYA), "Amount")
    japan.at.slack.submit(PRIYA, modal(japan.at, PRIYA).view, {"words": words})
    japan.at.settle()

    assert said in told(japan.letter(PRIYA))
    assert japan.held("Amount", COBALT) == held


def test_an_owner_who_was_told_another_currency_answers_in_that(japan: Town):
    left = ["EUR"]

    def before(_request: object) -> None:
        if left:
            japan.foreign(COBALT, CurrencyIsoCode=left.pop())

    japan.before = before
    (preview,) = japan.at.dm(DANA, f"nudge {PRIYA} about deals without amount")
    japan.press(DANA, preview, "Send")
    for said in (
        "Currency is EUR there by now, not JPY.",
        "Amount of Cobalt Freight: none → €260,000, in Salesforce.",
    ):
        filled = {"words": "260k"} if left else {"answer": "amount", "mend": "260k"}
        japan.press(PRIYA, japan.letter(PRIYA), "Amount" if left else "Change")
        japan.at.slack.submit(PRIYA, modal(japan.at, PRIYA).view, filled)
        japan.at.settle()
        assert said in told(japan.letter(PRIYA))

    assert japan.held("CurrencyIsoCode", COBALT) == "EUR"


def test_a_deal_that_was_won_meanwhile_stays_as_it_is(town: Town):
    (card,) = town.at.dm(JONAS, PUSH)
    town.foreign(StageName="Closed Won")
    town.press(JONAS, card, "Approve")

    assert town.held("CloseDate") == date(2026, 11, 6)
    said = f"{CHANGE}: The deal is won in Salesforce by now, and I change open deals only."
    assert told(town.at.shown(JONAS, card.ts)).startswith(said)


def test_a_card_goes_to_nobody_who_only_shares_the_owners_address(town: Town):
    email = town.org.tables["User"][town.users[JONAS]]["Email"]
    town.users["Twin"] = town.org.user("Jo", "Twin", Email=email, Username="twin@larkmoor.example")
    town.another(MILLS, "Twin")
    (said,) = town.at.dm(DANA, "push ostrander mills to 29 jan")

    assert told(said).startswith(
        "Jo Twin owns this deal and cannot be reached in Slack, so I proposed nothing."
    )
    assert [seen for seen in town.at.slack.seen_by(JONAS) if MILLS in told(seen)] == []
