"""Schedules that cannot be: each ends in one clear private answer, and nothing is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.schedules import book
from bot.slack.handlers import failed, handlers
from bot.slack.wishes import MOST
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import (
    DANA,
    EMEA,
    JONAS,
    KATRIN,
    LEADERS,
    card,
    direct,
    go,
    press,
    save,
    tops,
)

ONCE = "I keep what comes again and again, not a single date"


def kept(at: Stage) -> int:
    return len(book.every(at.served.desk.notes, at.served.desk.workspace))


@pytest.mark.parametrize(
    "words, why",
    [
        ("schedule weekly yesterday at 9", "“yesterday” is past."),
        ("schedule weekly on 1 Nov 2026 at 9", "“on 1 Nov 2026” is past."),
        ("weekly every monday starting 2026-01-05", "“starting 2026-01-05” is past."),
        ("schedule weekly tomorrow at 9", ONCE),
        ("schedule weekly every minute", "Nothing comes more often than once a day."),
        ("pipeline every 5 minutes", "Nothing comes more often than once a day."),
        ("pipeline every hour", "Nothing comes more often than once a day."),
        ("weekly on the last friday of every month", "I cannot do “the last friday of every month”."),
        ("weekly every other monday", "I cannot do “every other monday”."),
        ("weekly every monday at 25:00", "“at 25:00” is no time of day."),
        ("schedule weekly emea", "On which days shall “weekly emea” come?"),
        ("schedule every monday at 9", "What shall come?"),
        ("schedule make me rich every monday", "I do not understand"),
        ("schedule undo every monday", "There is no deck"),
        ("send this every friday", "There is no report in this conversation."),
        ("weekly every monday in #nowhere", "I see no channel #nowhere that both of us are in."),
        ("weekly every monday to the marketing crew", "I know no channel by “the marketing crew”."),
        ("weekly every monday in #customer-shared", "This channel has people from outside."),
        ("weekly every monday in #with-guest", "This channel has guests in it."),
        ("weekly every monday in #archived", "#archived is archived."),
        (
            "weekly every monday in #public-no-bot",
            "#public-no-bot is not on the list of channels that I may post in",
        ),
        ("weekly every monday at 9 to @Katrin Vogelsang", "I can send only to you or to a channel"),
        ("email katrin the weekly every tuesday at 9", "I can send only to you or to a channel"),
        ("my deals every monday in #emea-sales", "Your own deals come to you alone."),
    ],
)
def test_what_cannot_be_is_said_privately_and_nothing_is_kept(at: Stage, words: str, why: str):
    found = at.command(DANA, LEADERS, words)

    assert why in told(*found)
    assert {seen.kind for seen in found} == {"ephemeral"}
    assert at.slack.messages(LEADERS, bot=True) == ()
    assert kept(at) == 0


def test_a_guest_gets_a_sentence_and_no_schedule(at: Stage):
    found = at.command("Gil Ostrow", "with-guest", "weekly every monday at 9")

    assert "I answer the people of this company only" in told(*found)
    assert kept(at) == 0


def test_a_channel_that_oneself_is_not_in_gets_nothing_by_oneself(at: Stage):
    found = at.mention(KATRIN, EMEA, "coverage by region every monday in <#CLEGAL>")

    assert "You are not in that channel, so nothing of yours comes there." in told(*found)
    assert "private-with-bot" not in told(*found)
    assert kept(at) == 0


def test_the_night_on_which_the_clocks_change_is_said_on_the_card(at: Stage):
    shown = told(card(at, DANA, LEADERS, "pipeline every sunday at 02:30 to me"))

    assert "On Sun 14 Mar clocks leave 02:30 out; it comes at 03:00 then." in shown


def test_a_holiday_is_said_on_the_card(at: Stage):
    shown = told(card(at, DANA, LEADERS, "pipeline every thursday at 9 to me"))
    assert "Thu 26 Nov is a holiday; it comes on it all the same, unless you skip it." in shown

    shown = told(card(at, DANA, LEADERS, "pipeline every workday at 9 to me"))
    assert "is a holiday" not in shown


def test_a_working_day_that_is_a_holiday_is_left_out(at: Stage):
    save(at, DANA, LEADERS, "pipeline every workday at 9 to me")
    go(at, "2026-11-25T14:00:00+00:00", seconds=5)
    assert len(direct(at, DANA)) >= 1
    before = len(direct(at, DANA))
    go(at, "2026-11-26T14:00:00+00:00", seconds=5)

    assert len(direct(at, DANA)) == before


def test_one_person_has_so_many_and_no_more(at: Stage):
    for number in range(MOST):
        save(at, DANA, LEADERS, f"pipeline every day at 9:{number:02} to me")
    found = at.command(DANA, LEADERS, "pipeline every day at 10:00 to me")

    assert f"You have {MOST} schedules, and that is the most." in told(*found)
    assert kept(at) == MOST


def test_what_was_allowed_when_it_was_shown_is_asked_again_when_it_is_saved(at: Stage):
    shown = card(at, DANA, LEADERS, "coverage by region every friday at 9 in #sales-leadership")
    at.slack.join("Gil Ostrow", LEADERS)

    assert "This channel has guests in it." in press(at, DANA, shown, "Save")
    assert kept(at) == 0


def test_without_a_declared_name_nothing_comes_into_a_channel_but_to_oneself_it_does(at: Stage):
    desk = at.served.desk
    company = replace(desk.line.company, service=None)
    at.runs = at.runs.reopened()
    bare = replace(desk, line=replace(desk.line, company=company), runs=at.runs)
    at.runs.start(handlers(bare), failed(bare))

    found = at.command(DANA, LEADERS, "coverage by region every friday at 9")
    assert 'an admin adds [service] with a name and sees = "all" to it' in told(*found)
    assert "It shows what you may see. Save it?" in told(
        *at.command(DANA, LEADERS, "coverage by region every friday at 9 to me")
    )


def test_a_run_that_goes_wrong_is_told_to_its_owner_with_a_reference(at: Stage, own_home: Path):
    save(at, JONAS, EMEA, "coverage by region every friday at 9 ET in #emea-sales")
    (own_home / "mirror").unlink()
    at.clock.at = at.clock.at.replace(day=27, hour=14, minute=0)
    at.settle(failing=True)
    at.clock.forward(5)
    at.settle(failing=True)

    assert tops(at, EMEA) == []
    last = told(*at.slack.seen_by(JONAS)[-1:])
    assert "What was to come by itself went wrong on my side" in last
    assert at.runs.failures[0].reference in last
