"""What can be saved as a schedule: only what comes as its words say."""

from __future__ import annotations

import pytest

from bot.schedules import book
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import DANA, JONAS, KATRIN, LEADERS, card, direct, go, save


@pytest.mark.parametrize(
    "words", ["of deals over 200k", "of lost deals", "of new deals", "next quarter", "of the risks"]
)
def test_a_digest_of_what_it_cannot_tell_is_refused(at: Stage, words: str):
    found = told(*at.command(DANA, LEADERS, f"daily digest {words} at 9"))

    assert "A digest tells what moved in the pipeline of a scope, so it cannot be of" in found
    assert "Save it?" not in found


def test_a_digest_of_ones_own_deals_tells_of_no_other(at: Stage):
    save(at, JONAS, "emea-sales", "daily digest of my deals at 15:00 ET to me")
    desk = at.served.desk
    (one,) = book.every(desk.notes, desk.workspace)
    desk.notes.write(desk.workspace, book.DIGEST, one.id, {"as_of": "2026-11-16T13:30:00+00:00"})
    go(at, "2026-11-23T20:00:05+00:00", seconds=10)

    (digest,) = [found for found in at.slack.seen_by(JONAS) if "Comes every day at 15:00 ET" in told(found)]
    assert "Ostrander Paper" in told(digest)
    assert "Brandt" not in told(digest)


@pytest.mark.parametrize("kind", ["qbr", "winloss", "account ostrander"])
def test_a_deck_that_is_not_built_is_not_scheduled(at: Stage, kind: str):
    found = told(*at.command(DANA, LEADERS, f"{kind} every monday at 9"))

    assert "deck is not built yet, so it cannot come" in found
    assert "Save it?" not in found


@pytest.mark.parametrize("words", ["ostrander", "deals over 200k"])
def test_single_deals_are_not_scheduled_for_a_channel(at: Stage, words: str):
    refused = told(*at.command(DANA, LEADERS, f"{words} every monday at 9 in #sales-leadership"))

    assert "Single deals come to you alone. Say “to me”." in refused
    assert "to you directly" in told(card(at, DANA, LEADERS, f"{words} every monday at 9 to me"))


def test_what_another_person_schedules_there_already_is_said(at: Stage):
    save(at, DANA, LEADERS, "coverage every monday at 9 in #sales-leadership")

    asked = told(card(at, KATRIN, LEADERS, "coverage every friday at 9 in #sales-leadership"))
    assert "The same comes there already, every Monday at 09:00 ET: Dana Whitcombe made it." in asked
    other = told(card(at, KATRIN, LEADERS, "coverage every friday at 9 to me"))
    assert "already" not in other
    assert direct(at, KATRIN) == []
