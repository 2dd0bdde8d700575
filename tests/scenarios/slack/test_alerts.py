"""Alerts and digests: what somebody is told when it happens, how often, and how that stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from bot.schedules import book
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_kill import deaths
from tests.scenarios.slack.timetable import (
    DANA,
    EMEA,
    JONAS,
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

SLIPS = "tell me when a commit deal slips"
LAST_WEEK = datetime(2026, 11, 16, 13, 30, tzinfo=UTC)


def look_back(at: Stage, since: datetime = LAST_WEEK, **more: object) -> None:
    """Let every alert look again, as if it had looked for the last time then, on other records: what came since is news.

    One alert looks at the same records once, so each is kept anew under another id.
    """
    notes, workspace = at.served.desk.notes, at.served.desk.workspace
    for one in book.every(notes, workspace):
        if one.what == "alert":
            again = one.model_copy(update={"id": f"{one.id}+"})
            book.delete(notes, workspace, one.id)
            book.keep(notes, workspace, again)
            seen = {"generation": "before", "as_of": since.isoformat(), "beyond": None, **more}
            notes.write(workspace, "alert_seen", again.id, seen)
    go(at, (at.clock() + timedelta(minutes=1)).isoformat(), seconds=2)


def alerts(at: Stage, who: str) -> list[Seen]:
    return [seen for seen in at.slack.seen_by(who) if "You asked to be told when" in told(seen)]


def test_a_deal_that_slips_is_told_once_with_its_dates(at: Stage):
    assert "On the watch." in save(at, DANA, LEADERS, "tell me when a deal slips")
    look_back(at)

    (seen,) = alerts(at, DANA)
    assert "You asked to be told when a deal slips." in told(seen)
    assert "Slipped: Ostrander Paper $310k, 18 Dec → 29 Jan" in told(seen)
    assert seen.channel == at.slack.im_with(DANA).id
    go(at, "2026-11-24T13:30:00+00:00", seconds=2)
    assert len(alerts(at, DANA)) == 1


def test_what_happened_before_it_was_asked_for_is_no_news(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal slips")
    go(at, "2026-11-23T13:32:00+00:00", seconds=2)

    assert alerts(at, DANA) == []


@pytest.mark.parametrize(
    "words, holds, misses",
    [
        ("tell me when a deal over 200k slips", "Ostrander Paper", "Brandt"),
        ("alert me when an emea deal is lost", "Lost: ", "Slipped"),
        ("let me know when one of my deals slips", "", ""),
        ("tell me when ostrander slips", "Ostrander Paper", "Brandt"),
        ("tell me when a new deal over 50k is created", "New: ", "Slipped"),
    ],
)
def test_an_alert_is_about_the_deals_that_were_named(at: Stage, words: str, holds: str, misses: str):
    save(at, DANA, LEADERS, words)
    look_back(at)

    found = told(*alerts(at, DANA))
    assert holds in found
    assert not misses or misses not in found
    assert bool(found) is bool(holds)


def test_one_sees_in_an_alert_what_one_may_see(at: Stage):
    save(at, PRIYA, "all-sales", "tell me when a deal slips")
    look_back(at)

    assert "Ostrander" not in told(*alerts(at, PRIYA))


def test_a_number_is_told_when_it_goes_beyond_its_limit_and_not_while_it_stays_there(at: Stage):
    save(at, DANA, LEADERS, "tell me when coverage of emea drops below 1.5")
    look_back(at, beyond=False)
    (seen,) = alerts(at, DANA)
    assert "Coverage of emea is 1.40x now." in told(seen)
    look_back(at, beyond=True)

    assert len(alerts(at, DANA)) == 1


def test_beyond_five_a_day_alerts_are_counted_and_the_digest_says_so(at: Stage):
    for kind in ("slips", "is lost", "is won", "is created", "shrinks", "grows", "is pulled in"):
        save(at, DANA, LEADERS, f"tell me when a deal {kind}")
    save(at, DANA, LEADERS, "daily digest at 9 to me")
    look_back(at)
    assert len(alerts(at, DANA)) == 5
    go(at, "2026-11-23T14:00:00+00:00", seconds=10)

    (digest,) = [one for one in at.slack.seen_by(DANA) if "Comes every day at 09:00 ET" in told(one)]
    assert "Beyond 5 alerts a day I only count: " in told(digest)
    go(at, "2026-11-24T14:00:00+00:00", seconds=10)
    later = [one for one in at.slack.seen_by(DANA) if "Comes every day at 09:00 ET" in told(one)][-1]
    assert "I only count" not in told(later)


def test_a_kind_is_muted_by_a_click_and_comes_again_by_a_word(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal slips")
    look_back(at)
    assert "Muted: slips." in press(at, DANA, alerts(at, DANA)[0], "Mute this kind")
    look_back(at)
    assert len(alerts(at, DANA)) == 1
    assert "Muted now: slips." in told(*at.command(DANA, LEADERS, "mute"))

    assert "Slips come again." in told(*at.command(DANA, LEADERS, "unmute slips"))
    look_back(at)
    assert len(alerts(at, DANA)) == 2


def test_nobody_is_told_while_everything_is_stopped(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal slips")
    at.command(MARCUS, LEADERS, "stop")
    look_back(at)

    assert alerts(at, DANA) == []


def test_an_alert_stops_when_its_owner_deletes_it(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal slips")
    shown = listing(at, DANA)
    assert "“Tell me when a deal slips” to you directly, when it happens. On the watch." in told(shown)
    press(at, DANA, shown, "Delete")
    look_back(at)

    assert alerts(at, DANA) == []


@pytest.mark.parametrize(
    "words, why",
    [
        ("tell me when something happens", "I do not know how to watch for “something happens”."),
        ("tell me when a purple deal slips", "I do not understand “purple” as deals to watch."),
        ("tell me when the mood drops below 3", "as a number to watch"),
        ("tell us when a deal slips in #emea-sales", "Alerts come to you alone"),
    ],
)
def test_what_cannot_be_watched_is_said(at: Stage, words: str, why: str):
    assert why in told(*at.command(DANA, LEADERS, words))


def test_a_digest_says_what_moved_since_it_last_came(at: Stage):
    save(at, DANA, LEADERS, "daily digest emea at 9 in #emea-sales")
    go(at, "2026-11-23T14:00:00+00:00", seconds=10)

    (seen,) = [one for one in at.slack.seen_by(JONAS) if "Comes every day" in told(one)]
    assert "EMEA" in told(seen)
    assert "between Sun 22 Nov and Mon 23 Nov" in told(seen)
    go(at, "2026-11-24T14:00:00+00:00", seconds=10)
    assert "The records are still those of 23 Nov 08:30 ET" in told(*at.slack.seen_by(JONAS)[-1:])
    assert len(tops(at, EMEA)) == 2


def test_wherever_the_process_dies_an_alert_is_told_once(at: Stage):
    save(at, DANA, LEADERS, "tell me when a deal slips")
    desk = at.served.desk
    (one,) = book.every(desk.notes, desk.workspace)
    hours = count(1)

    def come() -> None:
        number = next(hours)
        at.clock.at = LAST_WEEK + timedelta(days=number + 7)
        again = one.model_copy(update={"id": f"alert{number}"})
        notes, workspace = at.served.desk.notes, at.served.desk.workspace
        for known in book.every(notes, workspace):
            book.delete(notes, workspace, known.id)
        book.keep(notes, workspace, again)
        body = {"generation": "before", "as_of": LAST_WEEK.isoformat(), "beyond": None}
        notes.write(workspace, "alert_seen", again.id, body)

    places = 0
    for place in deaths(at, come):
        places = place + 1
        assert len(alerts(at, DANA)) == places
    assert places >= 8
    assert len(direct(at, DANA)) == places + 1
