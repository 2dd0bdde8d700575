"""A goal over days: found, asked about, waited for, checked, and reported; stopped, held back, taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from tests.fakes.amended import AmendedCrm
from tests.fakes.runs import Crash
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.asking import (
    DANA,
    EVERYBODY,
    JONAS,
    KATRIN,
    MARCUS,
    asked,
    buttons,
    deal_of,
    fill,
    letters,
    living,
    press,
    reload,
    until,
)
from tests.scenarios.slack.stage import Stage, told

GOAL = "get every commit deal a next step by friday"
CELINE, JOY, WALT = "Céline Aubry", "Joy Tremaine", "Walt Pruitt"
NAMED = f"Goal “{GOAL}”"


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return a stage on which the bot knows everybody."""
    at.confirm(*EVERYBODY)
    return at


@pytest.fixture
def life(larkmoor_records: Path, tmp_path: Path) -> Iterator[tuple[Stage, AmendedCrm]]:
    """Return a stage on records that people change."""
    with living(larkmoor_records, tmp_path) as opened:
        yield opened


def begin(at: Stage, who: str = DANA, words: str = GOAL) -> None:
    (card,) = at.dm(who, words)
    press(at, who, card, "Start")


def lines(at: Stage, who: str = DANA) -> list[str]:
    """Return what goals have told somebody so far."""
    return [seen.text for seen in at.slack.seen_by(who) if seen.text.startswith("Goal “")]


def last(at: Stage, who: str = DANA) -> Seen:
    return at.slack.seen_by(who)[-1]


def test_a_goal_shows_its_steps_and_limits_and_begins_nothing_before_start(at: Stage):
    (card,) = at.dm(DANA, GOAL)
    words = told(card)

    assert card.text == "Goal: get every commit deal a next step by friday."
    assert "Now: 9 deals, $378k, of 7 owners: commit deals without next step." in words
    assert "look again every working day at 08:30, report on Fri 27 Nov 17:00 ET." in words
    assert "one message a person and day with up to five deals in it" in words
    assert "nothing is ever written to the CRM" in words
    assert buttons(card) == ["Start", "No"]
    until(at, date(2026, 11, 25), 12)
    assert asked(at) == {}

    press(at, DANA, card, "No")
    assert last(at).text == "Let go of: nothing was begun."
    press(at, DANA, card, "Start")
    assert last(at).text == "That goal was started or let go of already."
    assert asked(at) == {}


def test_a_goal_asks_waits_checks_tells_what_changed_and_reports_at_its_end(life: tuple[Stage, AmendedCrm]):
    at, crm = life
    begin(at)
    assert set(asked(at).values()) == {1}
    assert len(asked(at)) == 7
    assert lines(at) == [f"{NAMED}: Asked 7 owners about 9 deals."]

    press(at, WALT, letters(at, WALT)[0], "Next step")
    fill(at, WALT, words="legal call Tue")
    crm.amend(deal_of(at, letters(at, JOY)[0]), next_step="call booked")
    reload(at, crm)
    until(at, date(2026, 11, 24), 12)
    assert len(lines(at)) == 2
    assert "1 of 9 mended in the CRM, 1 answered and not in it yet, 7 open: Velde Logistiek, " in told(
        last(at)
    )

    until(at, date(2026, 11, 26), 8)
    assert len(lines(at)) == 2
    assert set(asked(at).values()) == {1}
    until(at, date(2026, 11, 27), 12)
    assert asked(at)[CELINE] == 2
    assert asked(at)[JOY] == 1

    (running,) = at.dm(DANA, "goals")
    assert "✓ Mon 23 Nov 08:30 ET: 0 mended, 0 answered, 9 open. Asked 7 owners about 9 deals." in told(
        running
    )
    assert "→ report Fri 27 Nov 17:00 ET" in told(running)
    until(at, date(2026, 11, 27), 17)
    report = last(at)
    assert report.text.startswith(f"{NAMED} is over: 1 of 9 mended in the CRM, 1 answered and not in it yet")
    assert "next step: legal call Tue" in told(report)
    assert at.dm(DANA, "goals")[0].text.startswith("No goal of yours runs.")
    until(at, date(2026, 12, 2), 12)
    assert last(at).text.startswith("No goal of yours runs.")


def test_a_goal_is_reached_as_soon_as_no_deal_fails_it(life: tuple[Stage, AmendedCrm]):
    at, crm = life
    begin(at, words="get every emea commit deal a next step by friday")
    for name in asked(at):
        (letter,) = letters(at, name)
        for number in range(buttons(letter).count("Leave it")):
            crm.amend(deal_of(at, letter, number), next_step="call booked")
    reload(at, crm)
    until(at, date(2026, 11, 24), 9)

    assert "is reached: 4 of 4 mended in the CRM, 0 answered and not in it yet, 0 open." in told(last(at))
    assert at.dm(DANA, "goals")[0].text.startswith("No goal of yours runs.")


@pytest.mark.parametrize("who", [DANA, MARCUS])
def test_its_asker_or_an_admin_stops_a_goal_and_nobody_is_asked_any_more(at: Stage, who: str):
    begin(at)
    (running,) = at.dm(who, "goals")
    press(at, who, running, "Stop 1")
    assert last(at, who).text == "Stopped: it asks nobody any more. Answers that were given stay."
    until(at, date(2026, 12, 1), 12)

    assert set(asked(at).values()) == {1}
    assert len(lines(at)) == 1


def test_somebody_else_sees_no_goal_of_others_and_cannot_stop_it(at: Stage):
    begin(at)
    (none,) = at.dm(KATRIN, "goals")
    assert none.text.startswith("No goal of yours runs.")

    (running,) = at.dm(MARCUS, "goals")
    assert "(Dana Whitcombe)" in told(running)
    desk = at.served.desk
    marcus = at.slack.person(MARCUS)
    desk.directory.link(marcus.id, next(one.id for one in desk.directory.people() if one.name == JONAS))
    press(at, MARCUS, running, "Stop 1")
    assert last(at, MARCUS).text == "Only who asked for this goal, or an admin, can stop it."


def test_home_shows_a_goal_with_stop(at: Stage):
    begin(at)
    at.slack.open_home(DANA)
    at.settle()
    home = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "home")

    assert "My goals" in told(home)
    assert f"{GOAL}\n✓ Mon 23 Nov 08:30 ET" in told(home)
    assert home.view is not None
    at.slack.click(DANA, home.view, "Stop")
    at.settle()
    assert last(at).text == "Stopped: it asks nobody any more. Answers that were given stay."


def test_stop_of_everything_holds_a_goal_back_and_it_says_so_and_goes_on(at: Stage):
    begin(at)
    at.dm(MARCUS, "stop")
    until(at, date(2026, 11, 25), 12)
    assert len(lines(at)) == 1
    at.dm(MARCUS, "resume")
    until(at, date(2026, 11, 25), 13)

    assert len(lines(at)) == 2
    assert (
        "I did not look on Tue 24 Nov 08:30 ET, for everything was stopped or I was not running. I go on."
        in told(last(at))
    )
    until(at, date(2026, 11, 27), 17)
    assert "is over: 0 of 9 mended" in told(last(at))


def test_a_goal_is_not_started_while_everything_is_stopped(at: Stage):
    (card,) = at.dm(DANA, GOAL)
    at.dm(MARCUS, "stop")
    press(at, DANA, card, "Start")

    assert last(at).text.startswith("I send nothing now: everything is stopped by Marcus Bell")
    assert asked(at) == {}


def test_two_days_without_a_process_are_said_and_the_goal_goes_on(at: Stage):
    begin(at)
    at.clock.forward(2 * 86_400)
    at.restart()
    at.clock.forward(60)
    at.settle()

    assert "I did not look on Tue 24 Nov 08:30 ET" in told(last(at))
    assert set(asked(at).values()) == {1}
    until(at, date(2026, 11, 27), 17)
    assert "is over: 0 of 9 mended" in told(last(at))


def test_a_goal_whose_asker_has_left_ends_and_the_admins_are_told(at: Stage):
    at.slack.dm("Ana Ferreira", "goals")
    begin(at)
    at.slack.deactivate(DANA)
    until(at, date(2026, 11, 27), 18)

    for admin in (MARCUS, "Ana Ferreira"):
        said = [seen.text for seen in at.slack.seen_by(admin) if "I ended the goal" in seen.text]
        assert len(said) == 1
        assert "Dana Whitcombe has left" in said[0]
    assert set(asked(at).values()) == {1}


@pytest.mark.parametrize(
    "words, why",
    [
        ("make us win more", "A goal is something that I can count in the records deal by deal"),
        ("get every commit deal a next step by xmas", "I do not understand “by xmas”."),
        ("get every commit deal a next step by 1 mar", "A goal ends on a day within the next 60 days."),
        (
            "make sure every deal closing this month has a close date in the future",
            "Goal: make sure every deal closing this month has a close date in the future.",
        ),
    ],
)
def test_a_goal_says_what_it_can_be(at: Stage, words: str, why: str):
    (answer,) = at.dm(DANA, words)

    assert answer.text.startswith(why[:110])
    assert (buttons(answer) == ["Start", "No"]) == why.startswith("Goal: ")


def test_who_leads_nobody_has_goals_about_own_deals_only(at: Stage):
    (card,) = at.dm(CELINE, GOAL)
    assert "You lead nobody by the CRM, so this is about your own deals only." in told(card)
    assert "Now: 2 deals, " in told(card)
    (nothing,) = at.dm(JONAS, GOAL)
    assert "Nothing to do: no open deal counts as commit deals without next step." in told(nothing)


def test_wherever_the_process_dies_a_goals_step_is_taken_once(at: Stage):
    """Each round is a goal of its own; the process dies one place later in each, on the second of its days too."""
    for place in count():
        at.clock.forward(7 * 86_400)
        at.settle()
        before = (len(lines(at)), len(letters(at, CELINE)))
        (card,) = at.dm(DANA, "get every emea commit deal a next step by friday")
        at.slack.click(DANA, card, "Start")
        at.runs.crash_at = place
        try:
            at.runs.run_due()
        except Crash:
            at.restart()
            at.runs.run_due()
            assert at.runs.failures == []
            assert (len(lines(at)), len(letters(at, CELINE))) == (before[0] + 1, before[1] + 1)
            continue
        at.runs.crash_at = None
        break

    assert place >= 20
