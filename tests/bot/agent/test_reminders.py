"""What somebody shall be reminded of, what is given to somebody, and what a manager calls: whom, when, what, how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.agent.intents import Errand, Nothing
from reports.facts import Filter
from tests.bot.agent.world import in_thread, said

EMEA = (Filter(dim="region", values=("EMEA",)),)
TUE, THU, FRI = date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27)


@pytest.mark.parametrize(
    "text, whom, day, what",
    [
        ("remind jonas thursday re ostrander", ("P2",), THU, "re ostrander"),
        ("remind me tomorrow to call brandt", (), TUE, "call brandt"),
        ("can you remind me to call brandt tomorrow please", (), TUE, "call brandt"),
        ("todo send msa to brandt by friday", (), FRI, "send msa to brandt"),
        ("todo: Pay the printers next week", (), date(2026, 11, 30), "Pay the printers"),
        ("remember to send the deck", (), None, "send the deck"),
        ("remind me to prepare the friday deck", (), None, "prepare the friday deck"),
        ("remind me tomorrow at 9:30 to call", (), TUE, "call"),
        ("set a reminder for priya on 3 dec: check cobalt", ("P3",), date(2026, 12, 3), "check cobalt"),
        ("remind jonas end of week to log it", ("P2",), FRI, "log it"),
        ("remind me", (), None, ""),
    ],
)
def test_a_reminder_is_read_with_whom_when_and_what(
    text: str, whom: tuple[str, ...], day: date | None, what: str
):
    meant = said(text)

    assert isinstance(meant, Errand), meant
    assert meant.kind == "remind"
    assert tuple(person.id for person in meant.people) == whom
    assert (meant.day, meant.text, meant.unread, meant.bulk) == (day, what, (), False)


@pytest.mark.parametrize(
    "text, unknown",
    [
        ("remind zorro friday re ostrander", ("zorro",)),
        ("remind Zorro Vega to call", ("Zorro Vega",)),
        ("remind @U123 on 3 dec to call", ("@U123",)),
    ],
)
def test_whom_the_words_do_not_know_is_said(text: str, unknown: tuple[str, ...]):
    meant = said(text)

    assert isinstance(meant, Errand)
    assert (meant.people, meant.unread) == ((), unknown)


@pytest.mark.parametrize("text", ["remind everybody to log it", "remind priya and jonas to call"])
def test_a_reminder_for_several_is_known_for_one(text: str):
    meant = said(text)

    assert isinstance(meant, Errand)
    assert meant.bulk


@pytest.mark.parametrize(
    "text, deals",
    [
        ("remind me tomorrow re ostrander", ["D1"]),
        ("remind me tomorrow to call brandt", ["D7"]),
        ("todo order new chairs", []),
    ],
)
def test_the_deal_that_a_reminder_is_about_is_found(text: str, deals: list[str]):
    meant = said(text)

    assert isinstance(meant, Errand)
    assert [deal.id for deal in meant.deals] == deals


@pytest.mark.parametrize(
    "text, letter, day",
    [("give A to priya", "A", None), ("please give decision b to priya by friday", "B", FRI)],
)
def test_a_decision_is_given(text: str, letter: str, day: date | None):
    for meant in (said(text), in_thread(text)):
        assert isinstance(meant, Errand), meant
        assert (meant.kind, meant.letter, meant.day) == ("remind", letter, day)
        assert [person.id for person in meant.people] == ["P3"]


@pytest.mark.parametrize("text", ["give A to priya or not", "give the deck to priya", "I give A a chance"])
def test_in_a_thread_other_words_than_giving_a_decision_are_nobodys_business(text: str):
    assert isinstance(in_thread(text), Nothing)


@pytest.mark.parametrize(
    "text, filters, commit, best, period, scaled",
    [
        ("emea commit 1.45 best 1.7", EMEA, 1_450_000, 1_700_000, None, True),
        ("commit 1.45m for emea", EMEA, 1_450_000, None, None, False),
        ("my call: 1.4 / best 1.7", (), 1_400_000, 1_700_000, None, True),
        ("i call q4 at 5.1", (), 5_100_000, None, "FY26-Q4", True),
        ("emea best 1.7m, commit 1.45m", EMEA, 1_450_000, 1_700_000, None, False),
        ("commit 690 emea", EMEA, 690_000, None, None, True),
        ("we commit $5,100,000", (), 5_100_000, None, None, False),
        ("emea 1.45 / 1.7", EMEA, 1_450_000, 1_700_000, None, True),
        ("i'm at 1.45", (), 1_450_000, None, None, True),
        ("my number is 1.4", (), 1_400_000, None, None, True),
        ("my forecast is 1.4m", (), 1_400_000, None, None, False),
        ("put me down for 1.45", (), 1_450_000, None, None, True),
        ("we'll land at 1.4", (), 1_400_000, None, None, True),
        ("commit 1.45 bc 1.7", (), 1_450_000, 1_700_000, None, True),
        ("emea: commit 1.45, best case 1.7", EMEA, 1_450_000, 1_700_000, None, True),
        ("commit: 1,45 mio", (), 1_450_000, None, None, False),
        ("commit 5,1", (), 5_100_000, None, None, True),
        ("raise commit to 1.5", (), 1_500_000, None, None, True),
        ("lower my call to 1.3", (), 1_300_000, None, None, True),
        ("change emea commit to 1.5 best 1.8", EMEA, 1_500_000, 1_800_000, None, True),
        ("commit $1.45", (), 1_450_000, None, None, True),
        ("commit -1", (), -1_000_000, None, None, True),
        ("emea commit -€1.2m", EMEA, -1_200_000, None, None, False),
    ],
)
def test_a_call_is_read_with_its_region_and_amounts(
    text: str,
    filters: tuple[Filter, ...],
    commit: int,
    best: int | None,
    period: str | None,
    *,
    scaled: bool,
):
    meant = said(text)

    assert isinstance(meant, Errand), meant
    assert (meant.kind, meant.filters, meant.amount) == ("call", filters, Decimal(commit))
    assert meant.best == (None if best is None else Decimal(best))
    assert (meant.period, meant.scaled) == (period, scaled)


@pytest.mark.parametrize(
    "text",
    [
        "commit", "commit emea", "emea commit over 100k", "commit 690k?", "emea commit 1 2", "commit q4 2026", "i'm at 4",
        "emea 12/12", "emea 2026 / 2025", "commit €1.4m best $2m", "raise my commit by 100k", "who should call jonas",
        "emea commit 1.45 worst 1.2",
    ],
)  # fmt: skip
def test_a_question_about_commit_is_no_call(text: str):
    meant = said(text)

    assert not (isinstance(meant, Errand) and meant.kind == "call"), meant


@pytest.mark.parametrize(
    "text",
    [
        "calls", "my calls", "calls emea", "mute calls", "what's my call?", "what did jonas call", "priya's call",
        "who has called", "who hasn't called?", "who called emea", "take back my call",
    ],
)  # fmt: skip
def test_calls_are_listed_or_muted(text: str):
    meant = said(text)

    assert isinstance(meant, Errand)
    assert (meant.kind, meant.amount) == ("call", None)
