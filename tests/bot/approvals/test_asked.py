"""One deal, one field, one value: what words ask to change, and what is said where they ask for anything else."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agent.intents import Errand
from bot.agent.rules import read
from bot.approvals.asked import Wish, same_name, unused, wish
from tests.bot.agent.world import COMPANY, words

WORDS = words()


def asked(text: str) -> Errand:
    meant = read(text, WORDS)
    assert isinstance(meant, Errand), meant
    return meant


@pytest.mark.parametrize(
    "text, word, value",
    [
        ("update ostrander close date 29 jan", "close", "2027-01-29"),
        ("push ostrander to 29 jan", "close", "2027-01-29"),
        ("push velde to feb 26", "close", "2027-02-26"),
        ("can you please push ostrander to jan 29?", "close", "2027-01-29"),
        ("pull in ostrander to 4 dec", "close", "2026-12-04"),
        ("bump cobalt to 260k", "amount", "260000"),
        ("bump cobalt to 260", "amount", "260000"),
        ("bump cobalt to 1,250,000", "amount", "1250000"),
        ("update ostrander next step: call legal", "next_step", "call legal"),
        ("set next step of ostrander to call Legal", "next_step", "call Legal"),
        ("set ostrander next step to call legal on friday", "next_step", "call legal on friday"),
        ("update ostrander next step: send 300k offer to Ann", "next_step", "send 300k offer to Ann"),
        ("update ostrander stage to negotiation", "stage", "Negotiation"),
        ("mark ostrander as lost", "stage", "Closed Lost"),
        ("downgrade ostrander to best case", "category", "best_case"),
        ("move ostrander to commit", "category", "commit"),
    ],
)
def test_what_words_change(text: str, word: str, value: str):
    assert wish(asked(text), COMPANY.stages) == Wish(word=word, value=value)


def test_the_currency_of_an_amount_is_heard():
    said = asked("set ostrander amount to 310,000 EUR")

    assert wish(said, COMPANY.stages) == Wish(word="amount", value="310000", currency="EUR")


@pytest.mark.parametrize(
    "text, why",
    [
        ("update ostrander close date to 29 jan and amount to 300k", "One field at a time, please."),
        ("update ostrander amount 300k and next step: call", "One field at a time, please."),
        ("push ostrander to 29 jan and tell priya", "One thing at a time, please."),
        ("change ostrander owner to priya", "I do not change who owns a deal."),
        ("bump cobalt by 20k", "Say the amount that the deal gets"),
        ("bump cobalt by another 20k", "Say the amount that the deal gets"),
        ("bump cobalt another 20k", "Say the amount that the deal gets"),
        ("raise cobalt 20k", "Say the amount that the deal gets"),
        ("bump cobalt to -5k", "Say the amount that the deal gets"),
        ("bump cobalt to 1.250.000", "Say the amount that the deal gets"),
        ("update ostrander next step to none", "I empty no field."),
        ("update ostrander", "What shall change, and to what?"),
        ("push ostrander to next quarter", "To which day?"),
        ("update ostrander close date", "To which day?"),
        ("set ostrander close to 31 feb", "To which day?"),
        ("update ostrander to 31 feb", "To which day?"),
        ("set ostrander close to 30", "To which day?"),
        ("update ostrander to 31.2.2027", "To which day?"),
        ("bump ostrander", "To which amount?"),
        ("delete ostrander", "I make and delete no records."),
        ("set every close date to 29 jan", "I change one deal at a time."),
        ("update ostrander next step", "What is the next step?"),
        (
            f"update ostrander next step: {'x' * 256}",
            "A next step has at most 255 characters; that were 256.",
        ),
    ],
)
def test_anything_else_is_refused_with_what_would_do(text: str, why: str):
    found = wish(asked(text), COMPANY.stages)

    assert isinstance(found, str)
    assert found.startswith(why)


@pytest.mark.parametrize(
    "text, left",
    [
        ("can you please push ostrander to the end of jan?", ()),
        ("bump cobalt freight to 260k usd", ()),
        ("push ostrander to 29 jan, legal is slow", ("legal", "slow")),
        ("push ostrander and unheard to 29 jan", ("unheard",)),
        ("update ostrander next step: legal is slow", ()),
    ],
)
def test_words_that_a_change_does_not_come_from_are_named(text: str, left: tuple[str, ...]):
    said = asked(text).model_copy(update={"day": date(2027, 1, 29)} if "push" in text else {})
    wanted = wish(said, COMPANY.stages)

    assert isinstance(wanted, Wish)
    assert unused(said, wanted) == left


@pytest.mark.parametrize(
    "text, same",
    [
        ("push northgate to 29 jan", True),
        ("update saint-aubin close date 29 jan", True),
        ("push ostrander and cobalt to 29 jan", False),
    ],
)
def test_several_deals_of_one_name_are_told_from_several_names(text: str, *, same: bool):
    assert same_name(asked(text)) is same
