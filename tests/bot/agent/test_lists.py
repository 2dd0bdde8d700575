"""Lists that are asked for: findings, movements, deals by what is said of them, records by their names."""

from decimal import Decimal

import pytest

from bot.agent.intents import (
    Choose,
    DealCard,
    DealFilter,
    FindingsAsk,
)
from reports.facts import Filter
from tests.bot.agent.world import said

EMEA = Filter(dim="region", values=("EMEA",))
PRIYA = Filter(dim="owner", values=("Priya Nair",))


@pytest.mark.parametrize(
    "text, topic, period, filters",
    [
        ("at risk", "at_risk", None, ()),
        ("which deals are at risk in emea", "at_risk", None, (EMEA,)),
        ("biggest risks", "at_risk", None, ()),
        ("what changed", "changed", None, ()),
        ("whats new this week", "changed", "this-week", ()),
        ("what slipped", "slipped", None, ()),
        ("which deals pushed last week", "slipped", "last-week", ()),
        ("what moved to next quarter", "slipped", None, ()),
        ("wins this month", "wins", "this-month", ()),
        ("what did we win last week", "wins", "last-week", ()),
        ("CW last month", "wins", "last-month", ()),
        ("what did we lose", "losses", None, ()),
        ("stale deals", "stale", None, ()),
        ("overdue", "overdue", None, ()),
        ("past due close dates", "overdue", None, ()),
        ("no next step", "no_next_step", None, ()),
        ("where can we win", "opportunities", None, ()),
        ("how do we close the gap", "opportunities", None, ()),
        ("what can we pull in", "ready_to_pull_in", None, ()),
        ("sandbagging", "better_than_called", None, ()),
        ("open actions", "actions", None, ()),
        ("how has pipeline changed since last week", "changed", "2026-11-16..2026-11-23", ()),
        ("what should i do today", "decisions", None, ()),
        ("what do I have to decide", "decisions", None, ()),
        ("welche deals sind gerutscht", "slipped", None, ()),
        ("quels deals ont glissé la semaine dernière", "slipped", "last-week", ()),
        ("was hat sich geändert", "changed", None, ()),
        ("qu'est-ce qui a changé", "changed", None, ()),
        ("gewonnene deals diese Woche", "wins", "this-week", ()),
        ("affaires perdues ce trimestre", "losses", "this-quarter", ()),
        ("überfällige deals", "overdue", None, ()),
        ("wich deals closed last week", "wins", "last-week", ()),
        ("biggest loss this quarter", "losses", "this-quarter", ()),
        ("late deals", "overdue", None, ()),
        ("which deals worry you", "at_risk", None, ()),
        ("what are the things to do", "decisions", None, ()),
        ("decisions emea", "decisions", None, (EMEA,)),
        ("deals without activity", "stale", None, ()),
    ],
)
def test_what_matters_is_asked_for_by_name(text: str, topic: str, period: str | None, filters: tuple):
    meant = said(text)

    assert isinstance(meant, FindingsAsk), meant
    assert (meant.topic, meant.period, meant.filters) == (topic, period, filters)


@pytest.mark.parametrize(
    "text, holds",
    [
        ("deals over 100k", {"amount_min": Decimal(100_000)}),
        ("deals > 100k", {"amount_min": Decimal(100_000)}),
        ("deals >= $1.5m", {"amount_min": Decimal(1_500_000)}),
        ("100k+ deals", {"amount_min": Decimal(100_000)}),
        ("deals between 50 and 100k", {"amount_min": Decimal(50_000), "amount_max": Decimal(100_000)}),
        ("deals 50k-100k", {"amount_min": Decimal(50_000), "amount_max": Decimal(100_000)}),
        ("deals under 2mm", {"amount_max": Decimal(2_000_000)}),
        ("deals over 100", {"amount_min": Decimal(100_000), "read_as": ("Read as: over 100,000",)}),
        ("deals closing in december", {"close": "2026-12"}),
        ("deals due by friday", {"close": "2026-11-23..2026-11-27"}),
        ("deals idle more than 3 weeks", {"idle_days": 21}),
        ("no activity in 14 days", {"idle_days": 14}),
        ("deals gone quiet for a month", {"idle_days": 30}),
        ("deals pushed more than 2 times", {"pushes": 3}),
        ("deals moved twice", {"pushes": 2}),
        ("top 5 deals in emea", {"limit": 5, "filters": (EMEA,)}),
        ("commit deals emea", {"filters": (Filter(dim="category", values=("commit",)), EMEA)}),
        ("priya's deals over 50k", {"filters": (PRIYA,), "amount_min": Decimal(50_000)}),
        ("priya", {"filters": (PRIYA,)}),
        ("deals in negotiation", {"filters": (Filter(dim="stage", values=("Negotiation",)),)}),
        ("won deals over 100k last quarter", {"status": "won", "close": "last-quarter"}),
        ("deals without amount", {"no_amount": True}),
        ("next steps", {"next_steps": True, "close": "this-quarter"}),
        ("next steps emea", {"next_steps": True, "filters": (EMEA,)}),
        ("deals lost to competitor", {"status": "lost", "reason": "compet", "close": "this-quarter"}),
        ("lost on price last quarter", {"status": "lost", "reason": "pric", "close": "last-quarter"}),
        ("lost because of gorillas", {"status": "lost", "reason": "gorillas"}),
        ("why do we lose", {"status": "lost", "reason": ""}),
        ("loss reasons emea", {"status": "lost", "reason": "", "filters": (EMEA,)}),
        ("saint aubin", {"filters": (Filter(dim="account", values=("Saint-Aubin Verrerie",)),)}),
    ],
)
def test_deals_are_listed_by_what_is_said_of_them(text: str, holds: dict[str, object]):
    meant = said(text)

    assert isinstance(meant, DealFilter), meant
    assert meant.unread == ()
    for name, wanted in holds.items():
        assert getattr(meant, name) == wanted


@pytest.mark.parametrize(
    "text", ["Brandt & Söhne", "brandt", "söhne", "Soehne", "SOHNE", "brandt und söhne", "brandt soehne?"]
)
def test_umlauts_fold_both_ways(text: str):
    meant = said(text)

    assert isinstance(meant, DealCard), meant
    assert meant.deal.id == "D7"
    assert meant.read_as == ()


@pytest.mark.parametrize("text", ["O'Malley", "omalley", "o’malley freight", "OMALLEY's deal"])
def test_apostrophes_do_not_matter(text: str):
    meant = said(text)

    assert isinstance(meant, DealCard | DealFilter), meant


def test_several_accounts_are_a_choice_that_keeps_the_request():
    meant = said("whats happening w/ northgate this month")

    assert isinstance(meant, Choose)
    assert [item.name for item in meant.candidates] == [
        "Northgate Foods",
        "Northgate Cold Chain",
        "Northgate Textiles",
    ]
    chosen = said(meant.text.format(meant.candidates[0].name))
    assert isinstance(chosen, DealCard)
    assert chosen.deal.id == "D4"


def test_a_whole_name_beats_those_that_begin_like_it():
    meant = said("northgate foods")

    assert isinstance(meant, DealCard)
    assert meant.deal.id == "D4"
