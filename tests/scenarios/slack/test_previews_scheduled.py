"""From the words of a schedule to what its channel reads, with what people say in between."""

from __future__ import annotations

from tests.scenarios.slack.coming import fill, press, preview, report
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import DANA, KATRIN, LEADERS, go, save


def test_a_schedule_is_looked_over_in_the_evening_and_published_at_its_hour(at: Stage):
    save(at, DANA, LEADERS, "schedule weekly every tuesday 08:30 in #sales-leadership")
    go(at, "2026-11-23T23:00:10+00:00", seconds=3)
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")
    press(at, DANA, "Looks right")
    go(at, "2026-11-24T13:30:10+00:00", seconds=3)

    shown = report(at)
    assert "r3, published by Dana Whitcombe 24 Nov 08:30 after review" in told(shown)
    assert "In #sales-leadership: r3, published by Dana Whitcombe" in told(preview(at, KATRIN))
    (posted,) = at.served.desk.notes.all("local", "posted").values()
    deck = at.served.desk.revision(str(posted["draft_id"])).deck
    assert "Katrin Vogelsang, 23 Nov: legal call Tue" in deck.model_dump_json()
