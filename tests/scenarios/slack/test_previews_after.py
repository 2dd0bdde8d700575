"""A report's preview once its schedule does not come: skipped, paused, deleted, missed, or published before its hour."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.fakes.runs import Crash
from tests.fakes.slack import Seen
from tests.scenarios.slack.coming import press, preview, report, reports
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import DANA, KATRIN, LEADERS, MARCUS, go, listing, save
from tests.scenarios.slack.timetable import press as press_on

EVE, HOUR, LATER = "2026-11-23T23:00:05+00:00", "2026-11-24T13:30:05+00:00", "2026-11-24T21:00:05+00:00"
DUE = "Tue 24 Nov 08:30 ET"


@pytest.fixture
def at(at: Stage) -> Stage:
    """Return the stage on the evening before a weekly that Dana is to publish, with its previews shown."""
    save(at, DANA, LEADERS, "schedule weekly every tuesday 08:30 in #sales-leadership")
    go(at, EVE, seconds=3)
    return at


def labels(seen: Seen) -> set[str]:
    """Return the buttons of a message."""
    rows = [block["elements"] for block in seen.blocks if block["type"] == "actions"]
    return {one["text"]["text"] for row in rows for one in row}


def missed(at: Stage) -> list[Seen]:
    """Return what Dana was told of as missed."""
    return [one for one in at.slack.seen_by(DANA) if "This did not come" in told(one)]


def test_a_skipped_report_promises_nothing_any_more(at: Stage):
    press(at, DANA, "Looks right")
    press_on(at, DANA, listing(at, DANA), "Skip next")

    for who in (DANA, KATRIN):
        assert f"Not published {DUE}: Dana Whitcombe skipped it." in told(preview(at, who))
        assert "will be published" not in told(preview(at, who))
        assert not labels(preview(at, who)) & {"Looks right", "Publish now", "Add context"}
    go(at, HOUR, seconds=3)
    assert reports(at) == ()
    assert missed(at) == []


def test_a_deleted_schedules_report_promises_nothing_any_more(at: Stage):
    press_on(at, DANA, listing(at, DANA), "Delete")

    assert f"Not published {DUE}: Dana Whitcombe deleted what it came by." in told(preview(at, KATRIN))
    assert "Looks right" not in labels(preview(at, DANA))


def test_a_paused_schedules_report_says_so_and_comes_once_it_is_resumed_in_time(at: Stage):
    press(at, DANA, "Looks right")
    press_on(at, DANA, listing(at, DANA), "Pause")

    why = "Paused: by Dana Whitcombe, 23 Nov 18:00."
    assert f"{why} What is due in #sales-leadership {DUE} comes only if it is resumed before." in told(
        preview(at, KATRIN)
    )
    assert not labels(preview(at, DANA)) & {"Looks right", "Publish now"}
    press_on(at, DANA, listing(at, DANA), "Resume")
    assert "so it will be published" in told(preview(at, DANA))
    go(at, HOUR, seconds=3)
    assert "published by Dana Whitcombe" in told(report(at))


def test_what_was_due_while_it_was_paused_can_be_published_once_it_is_resumed(at: Stage):
    press_on(at, DANA, listing(at, DANA), "Pause")
    go(at, HOUR, seconds=3)
    press_on(at, DANA, listing(at, DANA), "Resume")

    assert f"Not published {DUE}: it was paused then." in told(preview(at, DANA))
    assert {"Publish", "Not this time"} <= labels(preview(at, DANA))
    press(at, DANA, "Publish")
    assert "published by Dana Whitcombe" in told(report(at))


def test_a_missed_report_says_so_and_its_owner_is_offered_the_draft(at: Stage):
    press(at, DANA, "Looks right")
    go(at, LATER, seconds=3)

    assert reports(at) == ()
    why = f"Not published {DUE}: I was not running then, or everything was stopped."
    assert why in told(preview(at, KATRIN))
    assert {"Publish", "Not this time"} <= labels(preview(at, DANA))
    (asked,) = missed(at)
    assert "“weekly” to #sales-leadership: Tue 24 Nov 08:30 ET" in told(asked)
    press_on(at, DANA, asked, "Publish")
    assert "published by Dana Whitcombe 24 Nov 16:00 after review" in told(report(at))


def test_what_was_published_before_an_outage_was_not_missed(at: Stage):
    press(at, DANA, "Publish now")
    go(at, LATER, seconds=3)

    assert len(reports(at)) == 1
    assert missed(at) == []


def test_what_was_published_before_its_hour_is_not_told_as_late(at: Stage):
    press(at, DANA, "Publish now")
    go(at, "2026-11-24T14:30:05+00:00", seconds=3)

    assert len(reports(at)) == 1
    assert [one for one in at.slack.seen_by(DANA) if "Late: was due" in told(one)] == []


def test_what_was_published_before_everything_was_stopped_was_not_missed(at: Stage):
    press(at, DANA, "Publish now")
    at.command(MARCUS, LEADERS, "stop")
    go(at, HOUR, seconds=3)
    at.command(MARCUS, LEADERS, "resume")
    go(at, "2026-11-24T13:35:05+00:00", seconds=3)

    assert missed(at) == []


def test_skip_next_of_a_date_that_is_past_skips_nothing(at: Stage):
    shown = listing(at, DANA)
    go(at, "2026-11-25T14:00:00+00:00", seconds=3)
    answer = press_on(at, DANA, shown, "Skip next")

    assert "Tue 24 Nov 08:30 ET is past, so I skipped nothing" in answer
    assert "Next: Tue 1 Dec 08:30 ET." in answer
    assert "Skipped" not in told(listing(at, DANA))


@pytest.mark.parametrize("place", range(6))
def test_wherever_the_process_dies_a_missed_report_says_so_in_every_preview(at: Stage, place: int):
    at.clock.at = datetime.fromisoformat(LATER)
    at.runs.crash_at = place
    with pytest.raises(Crash):
        at.runs.run_due()
    at.restart()
    go(at, LATER, seconds=3)

    for who in (DANA, KATRIN):
        assert f"Not published {DUE}" in told(preview(at, who))
    assert len(missed(at)) == 1
