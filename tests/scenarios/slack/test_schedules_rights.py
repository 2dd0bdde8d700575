"""Whose eyes what comes by itself is made for: the named service and everybody in the channel, or the one person alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.schedules import book
from bot.slack.handlers import failed, handlers
from connectors.company import Service
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import (
    DANA,
    EMEA,
    JONAS,
    KATRIN,
    LEADERS,
    MARCUS,
    PRIYA,
    card,
    go,
    listing,
    press,
    save,
    tops,
)

FRIDAY = "2026-11-27T14:00:00+00:00"


def test_a_channel_gets_what_everybody_in_it_may_see(at: Stage):
    save(at, DANA, LEADERS, "coverage by region every friday at 9 in #emea-sales")
    go(at, FRIDAY)

    (seen,) = [one for one in at.slack.seen_by(JONAS) if "Comes every Friday" in told(one)]
    assert "EMEA" in told(seen)
    assert "AMER" not in told(seen)


def test_the_service_sees_no_more_than_the_company_file_declares(at: Stage):
    save(at, DANA, LEADERS, "coverage by region every friday at 9 in #sales-leadership")
    desk = at.served.desk
    company = replace(desk.line.company, service=Service(name="EMEA report", sees=("EMEA",)))
    at.runs = at.runs.reopened()
    limited = replace(desk, line=replace(desk.line, company=company), runs=at.runs)
    at.runs.start(handlers(limited), failed(limited))
    at.runs.every("tick", "* * * * *", zone="UTC", kind="tick")
    go(at, FRIDAY)

    (seen,) = [one for one in at.slack.seen_by(DANA) if "Comes every Friday" in told(one)]
    assert "EMEA" in told(seen)
    assert "AMER" not in told(seen)


@pytest.mark.parametrize(
    "words",
    [
        "coverage amer every friday at 9 in #emea-sales",
        "pipeline by owner every friday at 9 in #all-sales",
        "pipeline of priya raman every friday at 9 in #emea-sales",
    ],
)
def test_what_not_everybody_in_a_channel_may_see_is_not_scheduled_there(at: Stage, words: str):
    found = told(*at.command(DANA, LEADERS, words))

    assert "Not everybody in" in found
    assert "Save it?" not in found


def test_what_oneself_may_not_see_does_not_come_either(at: Stage):
    found = told(*at.command(JONAS, EMEA, "coverage amer every friday at 9 to me"))

    assert "Save it?" not in found


def test_a_channel_that_gets_a_wider_audience_gets_less(at: Stage):
    save(at, DANA, LEADERS, "coverage by region every friday at 9 in #sales-leadership")
    at.slack.join(JONAS, LEADERS)
    go(at, FRIDAY)

    (seen,) = [one for one in at.slack.seen_by(JONAS) if "Comes every Friday" in told(one)]
    assert "AMER" not in told(seen)


def test_a_save_button_is_its_askers_alone(at: Stage):
    shown = card(at, DANA, LEADERS, "coverage by region every friday at 9")
    saved = next(
        element["value"]
        for block in shown.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "schedule:save"
    )
    other = card(at, KATRIN, LEADERS, "pipeline every friday at 10")
    forged = [
        {**block, "elements": [{**one, "value": saved} for one in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in other.blocks
    ]
    at.served.desk.poster.post(at.slack.im_with(KATRIN).id, _message(forged), key="qd-forged")
    (message,) = [one for one in at.slack.seen_by(KATRIN) if one.text == "forged"]

    assert "Only Dana Whitcombe can save that." in press(at, KATRIN, message, "Save")
    assert book.every(at.served.desk.notes, "local") == ()


def test_who_neither_made_it_nor_oversees_it_changes_nothing(at: Stage):
    save(at, DANA, LEADERS, "coverage by region every friday at 9")
    save(at, PRIYA, "all-sales", "pipeline every friday at 9 to me")
    (theirs,) = [one for one in book.every(at.served.desk.notes, "local") if "coverage" in one.text]
    mine = listing(at, PRIYA, "all-sales")
    forged = [
        {**block, "elements": [{**one, "value": theirs.id} for one in block["elements"]]}
        if block["type"] == "actions"
        else block
        for block in mine.blocks
    ]
    at.served.desk.poster.post(at.slack.im_with(PRIYA).id, _message(forged), key="qd-forged")
    (message,) = [one for one in at.slack.seen_by(PRIYA) if one.text == "forged"]

    assert "Only who made it, an admin and the owner of the weekly can do that." in press(
        at, PRIYA, message, "Delete"
    )
    assert len(book.every(at.served.desk.notes, "local")) == 2


def test_an_admin_pauses_what_somebody_else_made(at: Stage):
    save(at, KATRIN, EMEA, "coverage by region every friday at 9 ET in #emea-sales")
    assert "Paused: " in press(at, MARCUS, listing(at, MARCUS), "Pause")
    go(at, FRIDAY)

    assert tops(at, EMEA) == []
    assert "Paused: by Marcus Bell, 23 Nov" in told(listing(at, KATRIN, EMEA))


def test_a_press_on_the_home_tab_changes_the_home_tab(at: Stage):
    save(at, DANA, LEADERS, "coverage by region every friday at 9")
    at.slack.open_home(DANA)
    at.settle()
    at.slack.click(DANA, _home(at, DANA).view, "Pause")
    at.settle()

    assert "Paused: by Dana Whitcombe" in told(_home(at, DANA))
    at.slack.click(DANA, _home(at, DANA).view, "Resume")
    at.settle()
    assert "Next: Fri 27 Nov 09:00 ET." in told(_home(at, DANA))


def _home(at: Stage, who: str) -> object:
    return next(seen for seen in at.slack.seen_by(who) if seen.kind == "home")


def _message(blocks: list[dict[str, object]]) -> object:
    from bot.slack.message import Outgoing

    bare = [{name: value for name, value in block.items() if name != "block_id"} for block in blocks]
    return Outgoing(text="forged", blocks=tuple(bare), plain=tuple(bare))
