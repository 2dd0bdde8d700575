"""Questions for a number: the measure, its split, its period and its scope, in any words and any order."""

from datetime import date

import pytest

from bot.agent.intents import (
    Ask,
    FollowUp,
    Intent,
    MyDeals,
    Problem,
    Unread,
)
from reports.facts import Filter
from reports.spec import Question
from tests.bot.agent.world import LEXICON, read, said

EMEA = Filter(dim="region", values=("EMEA",))
ENT = Filter(dim="segment", values=("ENT",))
PRIYA = Filter(dim="owner", values=("Priya Nair",))


def ask(text: str, **more) -> Ask:
    meant = said(text, **more)
    assert isinstance(meant, Ask), meant
    return meant


@pytest.mark.parametrize(
    "text, measure, by, period, filters",
    [
        ("pipeline", "open_pipeline", (), None, ()),
        ("emea pipeline", "open_pipeline", (), None, (EMEA,)),
        ("pipeline emea enterprise", "open_pipeline", (), None, (EMEA, ENT)),
        ("region=EMEA pipeline", "open_pipeline", (), None, (EMEA,)),
        ("how much pipe do we have in emea next q", "open_pipeline", (), "next-quarter", (EMEA,)),
        ("pipeline by rep", "open_pipeline", ("owner",), None, ()),
        ("pipeline per AE", "open_pipeline", ("owner",), None, ()),
        ("pipeline split by region and segment", "open_pipeline", ("region", "segment"), None, ()),
        ("pipeline q1", "open_pipeline", (), "FY27-Q1", ()),
        ("pipeline priya", "open_pipeline", (), None, (PRIYA,)),
        ("pipeline for us", "open_pipeline", (), None, ()),
        ("pipeline US", "open_pipeline", (), None, (Filter(dim="region", values=("AMER",)),)),
        ("commit", "commit", (), None, ()),
        ("called", "commit", (), None, ()),
        ("upside emea", "best_case", (), None, (EMEA,)),
        ("do we have enough pipeline", "coverage", ("region",), None, ()),
        ("cov emea", "coverage", (), None, (EMEA,)),
        ("win rate last quarter", "win_rate", (), "last-quarter", ()),
        ("win rate emea", "win_rate", (), None, (EMEA,)),
        ("win rate last quarter by segment", "win_rate", ("segment",), "last-quarter", ()),
        ("win-rate by source", "win_rate", ("source",), None, ()),
        ("win rate by value", "win_rate_value", ("segment",), None, ()),
        ("winrate q3", "win_rate", (), "FY26-Q3", ()),
        ("how much did we close last month", "bookings", (), "last-month", ()),
        ("sales by rep this year", "bookings", ("owner",), "this-year", ()),
        ("how are we doing", "attainment", ("region",), None, ()),
        ("how is emea doing", "attainment", (), None, (EMEA,)),
        ("number", "attainment", ("region",), None, ()),
        ("how big is the gap", "gap", ("region",), None, ()),
        ("avg deal emea", "average_deal_size", (), None, (EMEA,)),
        ("how long do deals take", "sales_cycle", (), None, ()),
        ("slippage by region", "slip_rate", ("region",), None, ()),
        ("how much pipeline was created last month", "pipeline_created", (), "last-month", ()),
        ("waterfall", "bridge", (), None, ()),
        ("pipeline h2", "open_pipeline", (), "FY26-H2", ()),
        ("pipeline FY26-Q3", "open_pipeline", (), "FY26-Q3", ()),
        ("pipeline eoq", "open_pipeline", (), "this-quarter", ()),
        ("who is behind", "attainment", ("owner",), None, ()),
        ("which region is behind", "attainment", ("region",), None, ()),
        ("top 5 reps by pipeline", "open_pipeline", ("owner",), None, ()),
        ("who has the best win rate", "win_rate", ("owner",), None, ()),
        (
            "emea vs apac pipeline",
            "open_pipeline",
            ("region",),
            None,
            (Filter(dim="region", values=("EMEA", "APAC")),),
        ),
        ("how much more do we need", "gap", ("region",), None, ()),
        ("how short is emea", "gap", (), None, (EMEA,)),
        ("what did we book in october", "bookings", (), "2026-10", ()),
        ("bookings 2025", "bookings", (), "FY25", ()),
        ("can we still make it", "gap", ("region",), None, ()),
        ("is the quarter safe?", "gap", ("region",), None, ()),
        ("are we going to make it", "gap", ("region",), None, ()),
        ("will we hit target", "gap", ("region",), None, ()),
        ("will emea hit target", "gap", (), None, (EMEA,)),
        ("slippage this week", "slip_rate", (), "this-week", ()),
        ("top reps", "bookings", ("owner",), None, ()),
        ("who is the best rep", "bookings", ("owner",), None, ()),
        ("top 5 accounts in emea", "bookings", ("account",), None, (EMEA,)),
        ("bookings yesterday", "bookings", (), "2026-11-22", ()),
        ("how many deals by region", "deal_count", ("region",), None, ()),
        ("number of deals by stage", "deal_count", ("stage",), None, ()),
        ("wins by region", "bookings", ("region",), None, ()),
        ("lost deals by rep", "lost", ("owner",), None, ()),
        ("who won the most", "bookings", ("owner",), None, ()),
        ("rep leaderboard", "bookings", ("owner",), None, ()),
        ("how much pipeline did we create last week", "pipeline_created", (), "last-week", ()),
        ("new pipeline this week", "pipeline_created", (), "2026-11-17..2026-11-23", ()),
        (
            "best case + commit",
            "open_pipeline",
            ("category",),
            None,
            (Filter(dim="category", values=("best_case", "commit")),),
        ),
        ("what slipped by region", "slip_rate", ("region",), None, ()),
        ("are we ahead of last year", "bookings", (), None, ()),
        ("win rate vs last quarter", "win_rate", (), "this-quarter", ()),
        ("umsatz letztes quartal nach region", "bookings", ("region",), "last-quarter", ()),
        ("zeig mir die pipeline für EMEA", "open_pipeline", (), None, (EMEA,)),
        ("wie viel fehlt uns noch", "gap", ("region",), None, ()),
        ("chiffre d'affaires par région", "bookings", ("region",), None, ()),
        ("taux de conversion par segment", "win_rate", ("segment",), None, ()),
        (
            "compare emea and apac",
            "open_pipeline",
            ("region",),
            None,
            (Filter(dim="region", values=("EMEA", "APAC")),),
        ),
        ("my pipeline", "open_pipeline", (), None, (Filter(dim="owner", values=("Jonas Brenner",)),)),
        (
            "pipeline ostrander",
            "open_pipeline",
            (),
            None,
            (Filter(dim="account", values=("Ostrander Paper",)),),
        ),
    ],
)
def test_a_noun_and_a_place_are_enough(
    text: str, measure: str, by: tuple, period: str | None, filters: tuple
):
    asked = ask(text).question

    assert (asked.measure, asked.by, asked.period, asked.filters) == (measure, by, period, filters)


def test_words_may_come_in_any_order():
    wanted = ask("pipeline emea enterprise next quarter by rep").question
    for text in (
        "next quarter emea pipeline by rep enterprise",
        "by rep next quarter enterprise emea pipeline",
        "enterprise pipeline next quarter in emea by rep",
    ):
        asked = ask(text).question
        assert asked.model_copy(update={"filters": frozenset(asked.filters)}) == wanted.model_copy(
            update={"filters": frozenset(wanted.filters)}
        )


def test_my_means_the_asker_where_the_crm_knows_one():
    def own(asker: str) -> Intent:
        return read("my pipeline", LEXICON, surface="direct", asker=asker)

    assert own("Jonas Brenner").question.filters == (Filter(dim="owner", values=("Jonas Brenner",)),)
    assert own("Dana Whitcombe").question.filters == (Filter(dim="manager", values=("Dana Whitcombe",)),)
    assert isinstance(own("you"), MyDeals)


def test_nobody_is_asked_back_what_was_assumed_is_said():
    meant = ask("win rate")

    assert meant.assumed == ("period: trailing 12 months", "by segment")
    assert [item.label for item in meant.alternatives] == ["By value", "This quarter", "By region"]


def test_the_split_that_a_bare_win_rate_shows_is_a_button_beside_one_number():
    meant = ask("win rate last year")

    assert [(item.label, item.text) for item in meant.alternatives] == [
        ("By value", "win rate by value last year"),
        ("By segment", "win rate last year by segment"),
        ("By region", "win rate last year by region"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "pipeline",
        "pipeline emea",
        "win rate",
        "win rate last year",
        "coverage",
        "bookings",
        "commit by rep",
        "attainment",
        "gap emea",
    ],
)
def test_every_alternative_is_read_in_full_and_keeps_the_scope(text: str):
    asked = ask(text)

    assert 2 <= len(asked.alternatives) <= 3
    for alternative in asked.alternatives:
        other = ask(alternative.text)
        assert other.unread == ()
        assert other.question != asked.question
        assert set(asked.question.filters) <= set(other.question.filters)


def test_a_place_alone_asks_for_its_pipeline_and_says_so():
    meant = ask("emea")

    assert meant.question == Question(measure="open_pipeline", filters=(EMEA,))
    assert meant.assumed[0] == "measure: open pipeline"


def test_a_past_week_is_the_state_of_then():
    meant = ask("pipeline last week")

    assert meant.as_of == date(2026, 11, 22)
    assert meant.question.period is None


@pytest.mark.parametrize(
    "text, holds",
    [
        ("same week last year?", {"compare": "prior_year"}),
        ("vs last quarter", {"compare": "prior_quarter"}),
        ("and emea?", {"filters": (EMEA,)}),
        ("what about enterprise", {"filters": (ENT,)}),
        ("by segment?", {"by": ("segment",)}),
        ("by month?", {"grain": "month"}),
        ("top 5", {"limit": 5, "order": "desc"}),
        ("same for emea", {"filters": (EMEA,), "unread": ()}),
        ("q3 vs q4", {"spans": ("FY26-Q3", "FY26-Q4")}),
        ("yesterday?", {"as_of": date(2026, 11, 22)}),
        ("last quarter?", {"period": "last-quarter"}),
        ("emea", {"filters": (EMEA,)}),
    ],
)
def test_a_follow_up_changes_only_what_it_says(text: str, holds: dict[str, object]):
    meant = said(text, previous=True)

    assert isinstance(meant, FollowUp), meant
    for name, wanted in holds.items():
        assert getattr(meant, name) == wanted


@pytest.mark.parametrize(
    "text, day",
    [
        ("pipeline yesterday", date(2026, 11, 22)),
        ("pipeline last monday", date(2026, 11, 16)),
        ("pipeline on 16 nov", date(2026, 11, 16)),
        ("pipeline a week ago", date(2026, 11, 16)),
        ("pipeline vor einer woche", date(2026, 11, 16)),
        ("pipeline letzten montag", date(2026, 11, 16)),
        ("commit emea a month ago", date(2026, 10, 24)),
        ("coverage last week", date(2026, 11, 22)),
    ],
)
def test_what_stands_is_looked_at_as_of_a_past_day(text: str, day: date):
    meant = ask(text)

    assert (meant.as_of, meant.question.period, meant.question.compare) == (day, None, None)


@pytest.mark.parametrize(
    "text, measure, grain, period, by",
    [
        ("bookings by month", "bookings", "month", "this-year", ()),
        ("monthly bookings last year", "bookings", "month", "last-year", ()),
        ("pipeline created per month by region", "pipeline_created", "month", "this-year", ("region",)),
        ("bookings by region and quarter", "bookings", "quarter", "this-year", ("region",)),
        ("pipeline by close month", "open_pipeline", "month", "2026-11-01..2027-04-30", ()),
        ("slippage month by month this quarter", "slip_rate", "month", "this-quarter", ()),
        ("wins per week", "bookings", "week", "this-quarter", ()),
        ("bookings trend", "bookings", "month", "this-year", ()),
        ("how has win rate changed", "win_rate", "month", "this-year", ()),
    ],
)
def test_a_number_can_be_asked_for_by_weeks_months_and_quarters(
    text: str, measure: str, grain: str, period: str, by: tuple
):
    meant = ask(text)

    asked = meant.question
    assert (asked.measure, asked.grain, asked.period, asked.by) == (measure, grain, period, by)
    assert meant.unread == ()


def test_two_periods_are_held_against_each_other():
    assert ask("bookings q3 vs q4").question.spans == ("FY26-Q3", "FY26-Q4")
    assert ask("win rate 2025 vs 2026").question.spans == ("FY25", "FY26")
    assert ask("slippage this week in q4").question.spans == ()


@pytest.mark.parametrize(
    "text",
    [
        "who is the best rep",
        "bookings by month",
        "pipeline in mars region",
        "is the quarter safe",
        "next steps",
    ],
)
def test_a_whole_request_is_no_follow_up(text: str):
    assert said(text, previous=True) == said(text)


def test_a_comparison_after_a_question_takes_its_own_split():
    meant = said("compare emea and apac", previous=True)

    assert isinstance(meant, FollowUp)
    assert meant.by == ("region",)


def test_an_unknown_word_is_no_follow_up_unless_it_begins_like_one():
    assert isinstance(said("emea gorillas", previous=True), Unread)
    assert isinstance(said("and emea gorillas", previous=True), FollowUp | Problem)


def test_how_pipeline_develops_is_told_against_the_week_before():
    assert ask("is pipeline growing").question.compare == "prior_week"


def test_one_number_is_answered_and_the_other_said_to_be_left_out():
    assert ask("pipeline and coverage").unread == ("coverage",)


def test_the_best_of_best_case_asks_for_no_order():
    assert ask("best case by region").question.order == "natural"
    assert ask("best region").question.order == "desc"
