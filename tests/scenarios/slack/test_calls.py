"""Managers' calls: kept beside what won and commit come to, by those who lead; never overwritten; asked for once a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.slack.calling_book import RefusedError, rate_of
from bot.store.calls import calls, keep_call
from reports.context import Call
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_actions import (
    DANA,
    JONAS,
    KATRIN,
    LEADERS,
    MARCUS,
    buttons,
    fill,
    new,
    press,
    until,
)
from tests.scenarios.slack.test_actions_kill import survives


def kept(at: Stage) -> list[tuple[str, str | None, str, int, int | None]]:
    """Return caller, region, period, commit and best case of the calls that count, oldest first."""
    desk = at.served.desk
    return [
        (
            call.caller,
            call.region,
            call.period,
            int(call.commit),
            None if call.best is None else int(call.best),
        )
        for call in calls(desk.notes, desk.workspace)
    ]


def test_a_call_is_kept_with_who_and_shown_beside_the_roll_up(at: Stage):
    (answer,) = at.dm(KATRIN, "emea commit 1.45 best 1.7")

    assert answer.text == "You call $1.45M, best $1.70M for EMEA, Q4; won + commit is $1.33M."
    assert "Read as: $1.45M, best $1.70M" in told(answer)
    assert buttons(answer) == ["Undo"]
    assert kept(at) == [(KATRIN, "EMEA", "FY26-Q4", 1_450_000, 1_700_000)]


@pytest.mark.parametrize(
    "who, text, line",
    [
        (KATRIN, "commit 1.45m for emea", "You call $1.45M for EMEA, Q4; won + commit is $1.33M."),
        (
            KATRIN,
            "my call: 1.4 / best 1.7",
            "You call $1.40M, best $1.70M for EMEA, Q4; won + commit is $1.33M.",
        ),
        (DANA, "i call q4 at 5.1", "You call $5.10M for the whole company, Q4; won + commit is $5.00M."),
        (DANA, "amer commit 3,055k", "You call $3,055k for AMER, Q4; won + commit is $3.02M."),
    ],
)
def test_a_call_is_read_however_it_is_said(at: Stage, who: str, text: str, line: str):
    (answer,) = at.dm(who, text)

    assert answer.text == line


@pytest.mark.parametrize(
    "who, text, why",
    [
        (JONAS, "emea commit 1.45", "A call is its manager's: in the CRM nobody reports to you"),
        (MARCUS, "commit 5.1", "A call is its manager's: in the CRM nobody reports to you"),
        (
            KATRIN,
            "amer commit 3.1",
            "In the CRM you lead nobody in AMER; Dana Whitcombe, Renee Calloway and Tom Okafor",
        ),
        (KATRIN, "emea commit 1.7 best 1.45", "A commit of $1.70M is more than a best case of $1.45M"),
        (KATRIN, "emea commit 1.45 last quarter", "FY26-Q3 is over; nobody calls it any more."),
        (KATRIN, "emea commit 1.45 this month", "I keep calls for one fiscal quarter, as FY26-Q4."),
        (DANA, "emea and amer commit 1.45", "I keep a call for one region at a time."),
        (KATRIN, "call ostrander", "What do you call? Say for example: emea commit 1.45 best 1.7"),
        (KATRIN, "commit -1", "A call is not below zero, so I kept none."),
        (KATRIN, "take back my call", "No call of yours counts for FY26-Q4."),
    ],
)
def test_what_cannot_be_called_is_said_and_not_kept(shared: Stage, who: str, text: str, why: str):
    (answer,) = shared.dm(who, text)

    assert why in told(answer)
    assert kept(shared) == []


def test_in_a_channel_a_call_is_confirmed_to_the_caller_alone(at: Stage):
    before = at.slack.seen_by(DANA)
    found = at.mention(KATRIN, LEADERS, "emea commit 1.45")

    assert [seen.kind for seen in found] == ["ephemeral"]
    assert new(at, DANA, before) == ()


def test_a_call_of_three_times_the_pipeline_is_asked_about(at: Stage):
    (asked,) = at.dm(KATRIN, "emea commit 14")
    assert (
        "$14.00M is more than three times all that is won and open in FY26-Q4, and its target. Do you mean it?"
        in told(asked)
    )
    assert kept(at) == []

    (answer,) = press(at, KATRIN, asked, "Yes, $14.00M")
    assert "You call $14.00M for EMEA, Q4" in told(answer)
    assert kept(at) == [(KATRIN, "EMEA", "FY26-Q4", 14_000_000, None)]


@pytest.mark.parametrize(
    "text", ["commit €1.4m best 1.7m", "commit eur 1.4 best 1.7", "commit 1,4 best 1,7 euro"]
)
def test_a_call_in_another_currency_is_converted_at_the_plan_rate_and_says_so(at: Stage, text: str):
    rate = at.served.desk.line.company.rates["EUR"]
    (answer,) = at.dm(KATRIN, text)

    assert f", from €1,400k, best €1,700k at the plan rate of {rate}" in told(answer)
    assert kept(at) == [(KATRIN, "EMEA", "FY26-Q4", int(1_400_000 * rate), int(1_700_000 * rate))]


def test_a_currency_without_a_plan_rate_is_refused(shared: Stage):
    company = shared.served.desk.line.company
    poorer = replace(company, rates={code: rate for code, rate in company.rates.items() if code != "GBP"})

    with pytest.raises(
        RefusedError, match="no rate for GBP, so I kept nothing; it has one for AUD, EUR and USD"
    ):
        rate_of(poorer, "GBP")


def test_ones_own_call_is_taken_back_by_words(at: Stage):
    at.dm(KATRIN, "emea commit 1.45")
    (asked,) = at.dm(KATRIN, "take back my call")
    assert "Your newest call of FY26-Q4 is $1.45M for EMEA." in told(asked)
    assert buttons(asked) == ["Take it back", "No"]

    (back,) = press(at, KATRIN, asked, "Take it back")
    assert "Taken back: $1.45M for EMEA" in told(back)
    assert kept(at) == []


def test_calls_are_never_overwritten_listed_with_those_before_and_taken_back_one_by_one(at: Stage):
    at.dm(KATRIN, "emea commit 1.45 best 1.7")
    at.clock.forward(60)
    (second,) = at.dm(KATRIN, "emea commit 1.4")
    at.clock.forward(60)
    at.dm(DANA, "commit 5.1")
    (list_,) = at.dm(DANA, "calls")

    assert "Calls of FY26-Q4:" in told(list_)
    assert (
        "Katrin Vogelsang, EMEA: $1.40M, 23 Nov 08:30 ET; won + commit is $1.33M. "
        "Before: $1.45M, best $1.70M on 23 Nov 08:30 ET." in told(list_)
    )
    assert "Dana Whitcombe, the whole company: $5.10M, 23 Nov 08:30 ET; won + commit is $5.00M." in told(
        list_
    )
    (back,) = press(at, KATRIN, second, "Undo")
    assert "Taken back: $1.40M for EMEA; your call before it, $1.45M, best $1.70M, counts again." in told(
        back
    )
    assert [call[3] for call in kept(at)] == [1_450_000, 5_100_000]


def test_who_may_not_see_the_whole_sees_no_call_for_it(at: Stage):
    at.dm(KATRIN, "emea commit 1.45")
    at.dm(DANA, "commit 5.1")
    (list_,) = at.dm(JONAS, "calls")

    assert "Katrin Vogelsang, EMEA: $1.45M" in told(list_)
    assert "5.10" not in told(list_)


def test_past_errors_stand_under_the_list(at: Stage):
    desk = at.served.desk
    past = Call(
        id="a",
        caller=KATRIN,
        caller_id="u06",
        period="FY26-Q3",
        region="EMEA",
        commit=Decimal(2_000_000),
        at=datetime(2026, 8, 1, tzinfo=UTC),
    )
    keep_call(desk.notes, desk.workspace, past)
    at.dm(KATRIN, "emea commit 1.45")
    (list_,) = at.dm(KATRIN, "calls")

    assert "On this day of FY26-Q3, Katrin Vogelsang was off by " in told(list_)


def test_a_call_stands_in_the_forecast_deck(at: Stage):
    at.dm(KATRIN, "emea commit 1.45 best 1.7")
    draft = at.draft(DANA, LEADERS, "forecast")
    desk = at.served.desk
    revision = desk.revision(desk.thread(f"{draft.channel}:{draft.ts}").draft_id or "")

    assert "$1.45M" in revision.deck.model_dump_json()


def test_managers_are_asked_on_thursday_at_three_of_their_own_once_a_week(at: Stage):
    at.dm(KATRIN, "emea commit 1.45 best 1.7")
    katrin, dana, jonas = (at.slack.seen_by(who) for who in (KATRIN, DANA, JONAS))
    until(at, 11, 26, 13, 58)
    assert new(at, KATRIN, katrin) == ()
    for minute in (1, 10, 40):
        until(at, 11, 26, 14, minute)
    (asked,) = new(at, KATRIN, katrin)

    assert (
        "What do you call for EMEA, Q4? Last: $1.45M, best $1.70M on 23 Nov 08:30 ET. By now won + commit is $1.33M."
        in (told(asked))
    )
    assert buttons(asked) == ["Same as last week", "Change", "Mute calls"]
    assert new(at, DANA, dana) == ()
    until(at, 11, 26, 20, 1)
    (whole,) = new(at, DANA, dana)
    assert "What do you call for the whole company, Q4? By now won + commit is $5.00M." in told(whole)
    assert buttons(whole) == ["Call it", "Mute calls"]
    assert new(at, JONAS, jonas) == ()

    (same,) = press(at, KATRIN, asked, "Same as last week")
    assert "You call $1.45M, best $1.70M for EMEA, Q4" in told(same)
    assert len(kept(at)) == 2


def test_the_prompts_dialog_keeps_a_call_and_says_what_is_wrong(at: Stage):
    before = at.slack.seen_by(KATRIN)
    until(at, 11, 26, 14, 1)
    (asked,) = new(at, KATRIN, before)
    at.slack.click(KATRIN, asked, "Call it")
    assert fill(at, KATRIN, {"commit": "a lot", "best": ""}) == {
        "commit": "Write an amount in USD, for example 1.45 or 1.45m"
    }
    assert fill(at, KATRIN, {"commit": "1.7", "best": "1.4"}) == {
        "best": "The best case is less than the commit"
    }
    assert fill(at, KATRIN, {"commit": "1.4", "best": "1.7m"}) == {}

    assert "You call $1.40M, best $1.70M for EMEA, Q4" in told(new(at, KATRIN, before)[-1])
    assert kept(at) == [(KATRIN, "EMEA", "FY26-Q4", 1_400_000, 1_700_000)]


def test_who_mutes_calls_is_not_asked_and_nobody_is_while_everything_is_stopped(at: Stage):
    at.dm(KATRIN, "mute calls")
    at.command(MARCUS, LEADERS, "stop")
    katrin, dana = at.slack.seen_by(KATRIN), at.slack.seen_by(DANA)
    until(at, 11, 26, 20, 1)
    assert (new(at, KATRIN, katrin), new(at, DANA, dana)) == ((), ())

    at.command(MARCUS, LEADERS, "resume")
    until(at, 11, 26, 20, 6)
    assert len(new(at, DANA, dana)) == 1
    assert new(at, KATRIN, katrin) == ()
    (answer,) = at.dm(KATRIN, "unmute calls")
    assert "I ask you for calls again." in told(answer)


def test_wherever_the_process_dies_a_call_is_kept_once_and_confirmed_once(at: Stage):
    place = 0
    before = at.slack.seen_by(KATRIN)
    while survives(at, place, lambda: at.slack.dm(KATRIN, "emea commit 1.45")):
        place += 1
        assert len(kept(at)) == place
        assert len([seen for seen in new(at, KATRIN, before) if "You call" in told(seen)]) == place
        at.clock.forward(60)
        at.settle()
    assert place >= 4


def test_wherever_the_process_dies_a_manager_is_asked_once_in_each_week(at: Stage):
    place, died = 0, True
    before = at.slack.seen_by(KATRIN)
    while died:
        at.clock.at = datetime(2026, 11, 26, 14, 1, tzinfo=UTC) + timedelta(weeks=place)
        died = survives(at, place, lambda: None)
        at.clock.forward(600)
        at.settle()
        place += 1
        assert len([seen for seen in new(at, KATRIN, before) if "What do you call" in told(seen)]) == place
    assert place >= 6
