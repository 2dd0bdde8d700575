"""The list of what comes by itself, narrowed, and the dialog of a new schedule: digests, alerts, what nobody looked at."""

from __future__ import annotations

from bot.schedules import book
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import DANA, EMEA, JONAS, KATRIN, LEADERS, MARCUS, press, save


def test_who_oversees_schedules_narrows_the_list_to_a_person_a_channel_or_a_scope(at: Stage):
    save(at, DANA, LEADERS, "coverage every monday at 9 in #sales-leadership")
    save(at, KATRIN, EMEA, "pipeline emea every friday at 9 in #emea-sales")
    save(at, KATRIN, EMEA, "win rate every friday at 9 to me")

    assert "“coverage”" not in told(at.command(MARCUS, LEADERS, "schedules katrin")[-1])
    assert "“pipeline emea” to #emea-sales" in told(at.command(MARCUS, LEADERS, "schedules of Katrin")[-1])
    assert "“coverage” to #sales-leadership" in told(
        at.command(MARCUS, LEADERS, "schedules in #sales-leadership")[-1]
    )
    assert "2 of others" in told(at.command(MARCUS, LEADERS, "schedules katrin")[-1])
    # What comes to somebody alone is not found by its words.
    assert "Nothing that comes by itself is called “win rate”." in told(
        at.command(MARCUS, LEADERS, "schedules win rate")[-1]
    )


def test_who_oversees_nothing_narrows_the_own_list_alone(at: Stage):
    save(at, KATRIN, EMEA, "pipeline emea every friday at 9 in #emea-sales")

    assert "is called “katrin”" in told(at.command(JONAS, EMEA, "schedules katrin")[-1])


def test_more_than_the_list_holds_is_reached_by_a_name(at: Stage):
    notes, workspace = at.served.desk.notes, at.served.desk.workspace
    save(at, DANA, LEADERS, "coverage every monday at 9 in #sales-leadership")
    (one,) = book.every(notes, workspace)
    for number in range(20):
        book.keep(notes, workspace, one.model_copy(update={"id": f"s{number}"}))
    at.clock.forward(60)
    save(at, KATRIN, EMEA, "pipeline emea every friday at 9 in #emea-sales")

    whole = told(at.command(MARCUS, LEADERS, "schedules")[-1])
    assert "“/sales schedules NAME” shows those of one person, channel or scope" in whole
    assert "“pipeline emea”" not in whole
    assert "“pipeline emea”" in told(at.command(MARCUS, LEADERS, "schedules emea")[-1])


def _filled(at: Stage, **values: str) -> str:
    at.slack.open_home(DANA)
    at.settle()
    tab = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "home")
    at.slack.click(DANA, tab.view, "New schedule")
    dialog = [seen for seen in at.slack.seen_by(DANA) if seen.kind == "modal"][-1]
    before = at.slack.seen_by(DANA)
    answer = at.slack.submit(DANA, dialog.view, {"days": "Every Friday", "at": "09:00", **values})
    at.settle()
    new = [seen for seen in at.slack.seen_by(DANA) if seen not in before and seen.kind != "modal"]
    if new and "Save it?" in told(new[-1]):
        press(at, DANA, new[-1], "Save")
    return f"{answer.json} {told(*new)}"


def test_the_dialog_makes_digests_and_alerts_and_asks_what_becomes_of_what_nobody_looked_at(at: Stage):
    assert "The digest of emea to you directly, every Friday at 09:00 ET" in _filled(at, what="digest emea")
    assert "I tell you directly when a deal slips." in _filled(at, what="tell me when a deal slips")
    assert "comes marked as not reviewed" in _filled(
        at, what="weekly emea", place="CEMEA", unreviewed="is posted, marked as not reviewed"
    )
    kept = book.every(at.served.desk.notes, at.served.desk.workspace)
    assert {(one.what, one.unreviewed) for one in kept} == {
        ("digest", "hold"),
        ("alert", "hold"),
        ("report", "post"),
    }


def test_the_dialog_refuses_a_digest_or_an_alert_that_cannot_be(at: Stage):
    assert "A digest tells what moved" in _filled(at, what="digest of lost deals")
    assert "I do not know how to watch for" in _filled(at, what="tell me when it rains")
