"""The words of nudges and goals: which deals they mean, what is asked for, and what is refused with a reason."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agent.intents import DealFilter, Errand, FindingsAsk
from bot.nudges.reading import goal_search, nudge_search, pinned
from bot.nudges.scopes import away
from bot.nudges.values import Search
from reports.periods import Calendar
from tests.bot.agent.world import COMPANY, said


def errand(text: str) -> Errand:
    meant = said(text)
    assert isinstance(meant, Errand), meant
    return meant


def nudge(text: str) -> Search:
    found = nudge_search(errand(text), said)
    assert isinstance(found, Search), found
    return found


def goal(text: str) -> Search:
    found = goal_search(errand(text), said)
    assert isinstance(found, Search), found
    return found


@pytest.mark.parametrize(
    "text, words, topic, need",
    [
        ("nudge everyone with past due close dates", "past due close dates", "overdue", "date"),
        ("nudge emea commits without next step", "emea commits without next step", "no_next_step", "step"),
        ("please nudge everyone about overdue deals in emea", "overdue deals in emea", "overdue", "date"),
        (
            "ask everyone with overdue deals in emea for a new date",
            "overdue deals in emea",
            "overdue",
            "date",
        ),
        ("poke the owners of stale enterprise deals", "stale enterprise deals", "stale", "date"),
        ("ping jonas about his overdue deals", "overdue deals", "overdue", "date"),
    ],
)
def test_a_nudge_is_a_question_with_a_verb_before_it(text: str, words: str, topic: str, need: str):
    found = nudge(text)

    assert isinstance(found.asked, FindingsAsk)
    assert (found.words, found.asked.topic, found.need) == (words, topic, need)


def test_a_nudge_by_conditions_is_the_list_that_they_mean():
    found = nudge("ask the owners of deals over 100k with no activity 2 wks")

    assert isinstance(found.asked, DealFilter)
    assert (found.asked.amount_min, found.asked.idle_days) == (100_000, 14)


def test_a_nudge_to_one_person_is_about_that_persons_deals():
    found = nudge("ping jonas about his overdue deals")

    assert found.asked
    assert [(item.dim, item.values) for item in found.asked.filters] == [("owner", ("Jonas Brenner",))]


def test_a_nudge_can_name_a_number_or_a_deal():
    assert nudge("nudge the 3 stalest emea commits").limit == 3
    assert nudge("nudge priya about cobalt").deals == ("D2",)


@pytest.mark.parametrize(
    "text, why",
    [
        ("nudge", "Say which deals"),
        ("nudge everyone", "Say which deals"),
        ("nudge priya", "What about?"),
        ("nudge latam deals past due", "I do not understand “latam”, so I ask nobody"),
        ("nudge northgate", "Several deals match"),
        ("nudge owners of deals that slipped last week", "Say which deals"),
    ],
)
def test_a_nudge_that_is_not_plain_is_refused_with_a_reason(text: str, why: str):
    found = nudge_search(errand(text), said)

    assert isinstance(found, str)
    assert found.startswith(why)


@pytest.mark.parametrize(
    "text, words, need, until",
    [
        (
            "get every commit deal a next step by friday",
            "commit deals without next step",
            "step",
            date(2026, 11, 27),
        ),
        (
            "make sure every deal closing this month has a close date in the future",
            "deals closing this month with past due close date",
            "date",
            None,
        ),
        (
            "make sure no emea deal is overdue by friday",
            "emea deals with past due close date",
            "date",
            date(2026, 11, 27),
        ),
        (
            "make sure all emea deals have an amount by end of month",
            "emea deals without amount",
            "amount",
            date(2026, 11, 30),
        ),
        ("get all deals touched by 15 dec", "deals no buyer touch 2 wks", "date", date(2026, 12, 15)),
        (
            "ensure every enterprise deal closing this quarter has a next step",
            "enterprise deals closing this quarter without next step",
            "step",
            None,
        ),
    ],
)
def test_a_goal_looks_for_the_deals_that_fail_it(text: str, words: str, need: str, until: date | None):
    found = goal(text)

    assert (found.words, found.need) == (words, need)
    assert errand(text).day == until


def test_a_goal_about_overdue_deals_of_a_month_counts_only_those():
    found = goal("make sure every deal closing this month has a close date in the future")

    assert found.overdue
    assert isinstance(found.asked, DealFilter)
    assert found.asked.close == "this-month"
    fixed = pinned(found, Calendar(COMPANY.fiscal, COMPANY.zone), date(2026, 11, 23))
    assert isinstance(fixed.asked, DealFilter)
    assert fixed.asked.close == "2026-11-01..2026-11-30"


@pytest.mark.parametrize(
    "text, why",
    [
        ("make us win more", "A goal is something that I can count"),
        ("goal: make us win more", "A goal is something that I can count"),
        ("make sure we hit the number", "A goal is something that I can count"),
        ("goal get every deal in latam a next step by friday", "There is nothing called 'latam'"),
        ("make sure every deal has a next step by xmas", "I do not understand “by xmas”."),
    ],
)
def test_a_goal_that_cannot_be_counted_says_what_can(text: str, why: str):
    found = goal_search(errand(text), said)

    assert isinstance(found, str)
    assert found.startswith(why)


@pytest.mark.parametrize("text", ["get all deals over 100k", "get all emea deals"])
def test_a_list_is_no_goal(text: str):
    assert isinstance(said(text), DealFilter)


@pytest.mark.parametrize(
    "text, out",
    [
        ("nudge everyone but priya with past due close dates", [("owner", ("Priya Nair",), True)]),
        ("nudge everyone except jonas about overdue deals", [("owner", ("Jonas Brenner",), True)]),
        (
            "nudge emea except priya with past due close dates",
            [("region", ("EMEA",), False), ("owner", ("Priya Nair",), True)],
        ),
        (
            "nudge everyone, except jonas and priya, with past due close dates",
            [("owner", ("Jonas Brenner",), True), ("owner", ("Priya Nair",), True)],
        ),
        ("nudge everyone with overdue deals but not emea", [("region", ("EMEA",), True)]),
    ],
)
def test_who_is_left_out_of_a_nudge_is_not_asked(text: str, out: list[tuple[str, tuple[str, ...], bool]]):
    found = nudge(text)

    assert found.asked
    assert [(item.dim, item.values, item.negate) for item in found.asked.filters] == out
    assert away(found).startswith("Left out, as you said: ")


@pytest.mark.parametrize(
    "text, why",
    [
        ("nudge everyone except mickey about overdue deals", "I do not understand “except mickey”"),
        ("nudge everyone but me with overdue deals", "I do not understand “but me”"),
        ("nudge me friday about brandt", "A nudge asks the owners of deals. To be reminded"),
        ("ping me about overdue deals", "A nudge asks the owners of deals. To be reminded"),
        ("nudge customers with overdue deals", "I never write to customers"),
        ("nudge everyone with past due close dates tomorrow", "A nudge goes out when you press [Send]"),
        ("nudge everyone with past due close dates on friday", "A nudge goes out when you press [Send]"),
        ("nudge everyone next monday about overdue deals", "A nudge goes out when you press [Send]"),
        ("nudge priya about cobalt on thursday", "A nudge goes out when you press [Send]"),
    ],
)
def test_what_would_ask_the_wrong_people_or_at_the_wrong_time_is_refused(text: str, why: str):
    found = nudge_search(errand(text), said)

    assert isinstance(found, str)
    assert found.startswith(why)


def test_a_day_that_is_a_condition_and_today_do_not_put_a_nudge_off():
    assert nudge("nudge everyone with deals closing friday").words == "deals closing friday"
    assert nudge("nudge everyone with past due close dates today").words == "past due close dates"


@pytest.mark.parametrize(
    "text, words, filters",
    [
        (
            "make sure every deal has a next step in emea by friday",
            "deals without next step in emea",
            [("region", ("EMEA",), False)],
        ),
        (
            "make sure every deal has a next step by friday in amer",
            "deals without next step in amer",
            [("region", ("AMER",), False)],
        ),
        (
            "make sure every deal has a next step for priya",
            "deals without next step for priya",
            [("owner", ("Priya Nair",), False)],
        ),
        (
            "make sure every deal has a next step except jonas by friday",
            "deals without next step",
            [("owner", ("Jonas Brenner",), True)],
        ),
        ("make sure every deal has a next step for deals over 100k", None, []),
        ("make sure every deal has a next step closing this month", None, []),
    ],
)
def test_what_stands_behind_the_condition_of_a_goal_counts(
    text: str, words: str | None, filters: list[tuple[str, tuple[str, ...], bool]]
):
    found = goal(text)

    assert found.asked
    assert words in {None, found.words}
    assert [(item.dim, item.values, item.negate) for item in found.asked.filters] == filters
    if words is None:
        assert isinstance(found.asked, DealFilter)
        assert found.asked.amount_min or found.asked.close == "this-month"


@pytest.mark.parametrize(
    "text, why",
    [
        ("make sure every deal has a next step for mickey", "There is nothing called 'mickey'"),
        ("make sure every deal has a next step this week", "“this week”: by when, or which deals?"),
        ("make sure every deal has a next step and an amount", "A goal is about one thing at a time."),
        ("get all deals touched in the last 30 days", "I count a deal as touched"),
        ("make sure every deal has a next step except mickey", "I do not understand “except mickey”"),
    ],
)
def test_what_stands_behind_the_condition_of_a_goal_and_is_no_scope_is_refused(text: str, why: str):
    found = goal_search(errand(text), said)

    assert isinstance(found, str)
    assert found.startswith(why)
