"""Which words ask for something that comes by itself, which are about what comes already, and which stop it all."""

from __future__ import annotations

from datetime import date

import pytest

from bot.agent.intents import Errand, Intent
from bot.schedules.asked import is_about_kept
from bot.schedules.conditions import condition
from bot.schedules.words import read
from tests.bot.agent.world import said

TODAY = date(2026, 11, 23)
AGAIN = (
    "weekly every tues at 9",
    "every thurs 9am weekly",
    "weekly every weds",
    "weekly every 1st monday of the month",
    "weekly every second tuesday of the month",
    "weekly every 15th",
    "weekly every 31st",
    "weekly biweekly on monday",
    "weekly twice a week",
    "weekly once a month",
    "EMEA weekly Mon 08:30",
    "weekly monday at 02:30",
    "every quarter: forecast",
    "monthly forecast",
    "repeat this weekly",
    "make this weekly",
    "pipeline mon-fri 9am",
    "pipeline once a day",
)
KEPT = (
    "cancel my monday weekly",
    "change the weekly to 9am",
    "move the monday weekly to tuesday",
    "skip this week's weekly",
    "postpone the weekly to 10",
    "when is the next weekly",
    "did the weekly go out",
    "pause the weekly",
    "stop sending me the weekly",
    "resume the weekly",
    "what do i have scheduled",
    "turn off the digest",
    "delete all schedules",
    "who scheduled the weekly",
    "my alerts",
    "which alerts do I have",
    "alerts",
    "remove my alerts",
    "skip next monday",
    "run now",
)
ALL_OF_IT = (
    "stop all schedules",
    "stop posting",
    "stop the bot",
    "stop it now",
    "turn everything off",
    "shut it down",
    "go on",
    "start again",
)
OTHERWISE = (
    "bookings every month this year",
    "win rate each week",
    "how many deals do we close each month",
    "deals created each day this week",
    "who closes deals on fridays",
    "how many deals were won on mondays",
    "what slipped last week",
    "tell me about ostrander",
    "update the weekly",
    "change ostrander to 200k",
    "tell me if ostrander slipped",
)
WATCHED = (
    ("alert me on slips", "a deal slips", "slips"),
    ("alert me about slipped deals", "deals slip", "slips"),
    ("notify me of new deals over 100k", "new deals over 100k", "created"),
    ("i want alerts when deals slip", "deals slip", "slips"),
    ("tell me every time a deal slips", "a deal slips", "slips"),
    ("dm me when a commit deal slips", "a commit deal slips", "slips"),
    ("when a commit deal slips tell me", "a commit deal slips", "slips"),
    ("tell me if commit drops below 1.9m", "commit drops below 1.9m", "below"),
    ("set up an alert for emea coverage under 1.5", "emea coverage under 1.5", "below"),
    ("let me know as soon as ostrander paper is won", "ostrander paper is won", "won"),
    ("please let me know when a deal in commit slips, thanks", "a deal in commit slips", "slips"),
    ("tell me when a new deal is created in emea", "a deal in emea is created", "created"),
)


def kind(meant: Intent) -> str:
    return meant.kind if isinstance(meant, Errand) else "none"


@pytest.mark.parametrize("text", AGAIN)
def test_what_shall_come_again_and_again_is_scheduled_or_refused_with_what_can_be(text: str):
    wanted = read(text, today=TODAY)

    assert kind(said(text)) == "schedule"
    assert not is_about_kept(text)
    assert wanted.problem or wanted.every


@pytest.mark.parametrize("text, what, happens", WATCHED)
def test_what_somebody_wants_to_be_told_of_is_an_alert(text: str, what: str, happens: str):
    wanted = read(text, today=TODAY)
    waited = condition(wanted.text)

    assert kind(said(text)) == "schedule"
    assert (wanted.what, wanted.text, wanted.place) == ("alert", what, "me")
    assert waited is not None
    assert waited.kind == happens


@pytest.mark.parametrize("text", ["watch ostrander", "keep me posted on ostrander"])
def test_a_wish_to_watch_all_of_a_deal_is_answered_with_what_can_be_watched(text: str):
    assert kind(said(text)) == "schedule"
    assert "Say for example “tell me when ostrander slips”" in read(text, today=TODAY).problem


@pytest.mark.parametrize("text", KEPT)
def test_words_about_what_comes_already_ask_for_the_list(text: str):
    assert kind(said(text)) == "schedule"
    assert is_about_kept(text)


@pytest.mark.parametrize("text", ALL_OF_IT)
def test_words_that_stop_everything_are_no_schedule(text: str):
    assert kind(said(text)) == "stop"


@pytest.mark.parametrize("text", OTHERWISE)
def test_a_question_with_a_rhythm_or_a_change_in_it_is_no_schedule(text: str):
    assert kind(said(text)) in {"none", "update"}
