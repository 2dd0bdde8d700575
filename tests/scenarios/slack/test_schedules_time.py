"""Schedules and the clock: what was missed, stopped, late or due all at once, and places where it may not come any more."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest

from bot.schedules import Rhythm, Schedule, book
from tests.depth import share
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_kill import deaths
from tests.scenarios.slack.timetable import (
    DANA,
    EMEA,
    JONAS,
    KATRIN,
    LEADERS,
    MARCUS,
    PRIYA,
    direct,
    go,
    listing,
    press,
    save,
    tops,
)

DAILY = "coverage by region every day at 9 in #sales-leadership"
LATE = "Late: was due"


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return the stage on Monday after the hour at which the schedules of these scenarios come."""
    at.clock.at = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    return at


def test_missed_while_down_only_the_newest_comes_and_the_rest_is_told_once(at: Stage):
    save(at, DANA, LEADERS, DAILY)
    save(at, DANA, LEADERS, "pipeline every day at 10 to me")
    go(at, "2026-11-27T18:00:00+00:00")

    assert len(tops(at, LEADERS)) == 1
    (seen,) = [one for one in at.slack.seen_by(DANA) if LATE in told(one) and one.channel == "CLEADERS"]
    assert "Late: was due Fri 27 Nov 09:00 ET." in told(seen)
    (missed,) = [one for one in at.slack.seen_by(DANA) if "This did not come" in told(one)]
    assert (
        "“coverage by region” to #sales-leadership: Tue 24 Nov 09:00 ET, Wed 25 Nov 09:00 ET and Thu 26 Nov 09:00 ET"
        in told(missed)
    )
    assert "“pipeline” to you directly: Tue 24 Nov 10:00 ET, Wed 25 Nov 10:00 ET and Thu 26 Nov" in told(
        missed
    )


def test_missed_for_longer_than_the_grace_time_it_is_told_and_not_made_up_for(at: Stage):
    save(at, DANA, LEADERS, DAILY)
    go(at, "2026-11-24T21:00:00+00:00")

    assert tops(at, LEADERS) == []
    assert len([text for text in direct(at, DANA) if text.startswith("This did not come")]) == 1
    go(at, "2026-11-25T14:00:00+00:00")
    assert len(tops(at, LEADERS)) == 1
    assert len([text for text in direct(at, DANA) if text.startswith("This did not come")]) == 1


def test_a_few_minutes_are_not_late(at: Stage):
    save(at, DANA, LEADERS, DAILY)
    go(at, "2026-11-24T14:10:00+00:00")

    assert len(tops(at, LEADERS)) == 1
    assert not [one for one in at.slack.seen_by(DANA) if LATE in told(one)]


def test_while_everything_is_stopped_nothing_comes_and_nothing_is_made_up_for(at: Stage):
    save(at, DANA, LEADERS, DAILY)
    at.command(MARCUS, LEADERS, "stop")
    go(at, "2026-11-24T14:00:00+00:00")
    assert tops(at, LEADERS) == []
    assert "stopped by Marcus Bell" in told(listing(at, DANA))
    assert "nothing runs before" in press(at, DANA, listing(at, DANA), "Run now")

    at.clock.at = datetime(2026, 11, 24, 15, tzinfo=UTC)
    at.command(MARCUS, LEADERS, "resume")
    go(at, "2026-11-24T15:01:00+00:00")
    assert tops(at, LEADERS) == []
    (missed,) = [one for one in at.slack.seen_by(DANA) if "This did not come" in told(one)]
    assert "“coverage by region” to #sales-leadership: Tue 24 Nov 09:00 ET" in told(missed)
    go(at, "2026-11-25T14:00:00+00:00")
    assert len(tops(at, LEADERS)) == 1


def test_stopped_in_the_middle_the_rest_does_not_come_and_is_told(at: Stage):
    for number in range(4):
        save(at, DANA, LEADERS, f"pipeline {('emea', 'amer', 'apac', 'ent')[number]} every day at 9 to me")
    at.clock.at = datetime(2026, 11, 24, 14, tzinfo=UTC)
    at.settle()
    at.command(MARCUS, LEADERS, "stop")
    came = len([one for one in at.slack.seen_by(DANA) if "Comes every day" in told(one)])
    go(at, "2026-11-24T14:00:20+00:00", seconds=20)
    assert len([one for one in at.slack.seen_by(DANA) if "Comes every day" in told(one)]) == came == 1

    at.command(MARCUS, LEADERS, "resume")
    go(at, "2026-11-24T14:02:00+00:00", seconds=5)
    (missed,) = [one for one in at.slack.seen_by(DANA) if "This did not come" in told(one)]
    assert told(missed).count("to you directly: Tue 24 Nov 09:00 ET") == 3
    assert len([one for one in at.slack.seen_by(DANA) if "Comes every day" in told(one)]) == 1


def _archive(at: Stage) -> None:
    at.slack.archive(LEADERS)


def _share(at: Stage) -> None:
    at.slack.share(LEADERS)


def _disallow(at: Stage) -> None:
    at.served.desk.places._allowed = frozenset({EMEA})


def _leave(at: Stage) -> None:
    at.slack.leave(DANA, LEADERS)


def _guest(at: Stage) -> None:
    at.slack.join("Gil Ostrow", LEADERS)


@pytest.mark.parametrize(
    "what, why",
    [
        (_archive, "#sales-leadership is archived."),
        (_share, "This channel has people from outside."),
        (_disallow, "#sales-leadership is not on the list of channels that I may post in"),
        (_leave, "Dana Whitcombe is no longer in #sales-leadership."),
        (_guest, "This channel has guests in it."),
    ],
)
def test_where_it_may_not_come_any_more_it_is_paused_and_owner_and_admins_hear_so_once(
    at: Stage, what: object, why: str
):
    save(at, DANA, LEADERS, DAILY)
    what(at)  # type: ignore[operator]
    go(at, "2026-11-24T14:00:00+00:00")
    go(at, "2026-11-25T14:00:00+00:00")

    assert tops(at, LEADERS) == []
    heard = [one for one in at.slack.seen_by(DANA) if "I paused" in told(one)]
    assert [why in told(one) for one in heard] == [True]
    heard = [one for one in at.slack.seen_by(MARCUS) if "I paused" in told(one)]
    assert [why in told(one) for one in heard] == [True]
    assert "It stays paused" in press(at, DANA, listing(at, DANA, EMEA), "Resume")


def test_when_its_owner_has_left_it_is_paused_and_an_admin_hears_so(at: Stage):
    save(at, KATRIN, EMEA, "coverage by region every day at 9 ET in #emea-sales")
    save(at, KATRIN, EMEA, "pipeline every day at 9 ET to me")
    at.slack.deactivate(KATRIN)
    go(at, "2026-11-24T14:00:00+00:00")

    assert tops(at, EMEA) == []
    heard = [told(one) for one in at.slack.seen_by(MARCUS) if "I paused" in told(one)]
    assert len(heard) == 2
    assert all("Katrin Vogelsang is no longer in Slack." in one for one in heard)
    assert not any("“pipeline”" in one for one in heard)


def test_however_many_at_one_minute_all_come_and_none_twice(at: Stage):
    many = share(100, of=500)
    owners = [at.slack.person(name).id for name in (DANA, KATRIN, JONAS, MARCUS, PRIYA)]
    rhythm = Rhythm(every="day", at=time(9), zone="America/New_York")
    now = at.clock()
    for number in range(many):
        owner = owners[number % 5]
        channel = "CLEADERS" if number % 50 == 0 else owner
        one = Schedule(
            id=f"many{number:03}",
            owner=owner,
            text="pipeline emea",
            rhythm=rhythm,
            channel=channel,
            done_through=now,
            made_at=now,
        )
        book.keep(at.served.desk.notes, "local", one)
    go(at, "2026-11-24T14:00:00+00:00", seconds=5)
    soon = sum(len(direct(at, name)) for name in (DANA, KATRIN, JONAS, MARCUS, PRIYA))
    assert soon < 50
    for _ in range(60):
        at.clock.forward(10)
        at.settle()

    in_channel, each = many // 50, many // 5
    assert len(tops(at, LEADERS)) == in_channel
    assert [len(direct(at, name)) for name in (DANA, KATRIN, JONAS, MARCUS, PRIYA)] == [
        each - in_channel,
        each,
        each,
        each,
        each,
    ]


@pytest.mark.parametrize("words", [DAILY, "weekly every day at 9 in #sales-leadership unreviewed"])
def test_wherever_the_process_dies_what_is_due_comes_once(at: Stage, words: str):
    save(at, DANA, LEADERS, words)
    days = count(1)

    def come() -> None:
        at.clock.at = datetime(2026, 11, 23, 14, tzinfo=UTC) + timedelta(days=next(days))

    places = 0
    for place in deaths(at, come):
        places = place + 1
        assert len(tops(at, LEADERS)) == places
    assert places >= 10
    assert not [text for text in direct(at, DANA) if "did not come" in text]


def test_wherever_the_process_dies_what_was_missed_is_told_once(at: Stage):
    save(at, DANA, LEADERS, DAILY)
    days = count(1)

    def come() -> None:
        at.clock.at = datetime(2026, 11, 23, 22, tzinfo=UTC) + timedelta(days=next(days))

    places = 0
    for place in deaths(at, come):
        places = place + 1
        assert len([text for text in direct(at, DANA) if text.startswith("This did not come")]) == places
    assert places >= 6
    assert tops(at, LEADERS) == []


def test_wherever_the_process_dies_a_pause_is_told_once(at: Stage):
    save(at, DANA, LEADERS, DAILY)
    at.slack.archive(LEADERS)
    days = count(1)

    def come() -> None:
        at.clock.at = datetime(2026, 11, 23, 14, tzinfo=UTC) + timedelta(days=next(days))
        notes, desk = at.served.desk.notes, at.served.desk
        (one,) = book.every(notes, desk.workspace)
        book.change(notes, desk.workspace, one.id, lambda kept: kept.model_copy(update={"paused": ""}))

    places = 0
    for place in deaths(at, come):
        places = place + 1
        for name in (DANA, MARCUS):
            assert len([text for text in direct(at, name) if text.startswith("I paused")]) == places
    assert places >= 6
