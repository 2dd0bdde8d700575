"""Schedules: said in words or in a dialog, saved on a click, carried out by the clock, managed by buttons."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.timetable import (
    DANA,
    EMEA,
    JONAS,
    KATRIN,
    LEADERS,
    MARCUS,
    card,
    direct,
    go,
    listing,
    press,
    save,
    tops,
)

WEEKLY = "schedule weekly every monday 08:30 in #emea-sales emea"
COVERAGE = "coverage by region every friday at 9 in #sales-leadership"
FRIDAY, MONDAY = "2026-11-27T14:00:00+00:00", "2026-11-30T13:30:00+00:00"


def test_a_report_that_was_asked_for_in_words_comes_at_its_hour(at: Stage):
    shown = told(card(at, DANA, LEADERS, WEEKLY))

    assert "“weekly emea” to #emea-sales, every Monday at 08:30 ET (America/New_York)." in shown
    assert "Next: Mon 30 Nov 08:30 ET and Mon 7 Dec 08:30 ET." in shown
    assert "It comes as Larkmoor Monday report" in shown
    assert "if nobody has said by the hour that it looks right, it is held and you are told." in shown
    go(at, MONDAY)
    assert tops(at, EMEA) == []
    said = save(at, DANA, LEADERS, f"{WEEKLY} even if not reviewed")
    assert "Saved: “weekly emea”. Next: Mon 7 Dec 08:30 ET." in said
    go(at, "2026-12-07T13:30:00+00:00")
    assert ["EMEA" in text for text in tops(at, EMEA)] == [True]


def test_a_report_is_shown_to_its_owner_the_evening_before_and_held_where_nobody_said_it_is_right(at: Stage):
    save(at, DANA, LEADERS, WEEKLY)
    go(at, "2026-11-29T23:00:00+00:00", seconds=5)
    before = len(direct(at, DANA))
    assert before
    go(at, MONDAY)

    assert tops(at, EMEA) == []
    assert len(direct(at, DANA)) > before


def test_a_question_comes_to_a_channel_at_its_hour_and_says_whose_it_is(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)
    go(at, "2026-11-27T13:59:00+00:00", seconds=10)
    assert tops(at, LEADERS) == []
    go(at, FRIDAY)

    (seen,) = [one for one in at.slack.seen_by(KATRIN) if "coverage" in told(one).casefold()]
    assert "Comes every Friday at 09:00 ET for Dana Whitcombe" in told(seen)
    go(at, "2026-11-27T20:00:00+00:00")
    assert len(tops(at, LEADERS)) == 1
    go(at, "2026-12-04T14:00:00+00:00")
    assert len(tops(at, LEADERS)) == 2


def test_a_reply_under_what_came_by_itself_goes_on_from_it(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)
    go(at, FRIDAY)
    (posted,) = at.slack.messages(LEADERS, bot=True)

    answer = at.mention(DANA, LEADERS, "and last week?", posted.ts)
    assert "Coverage of what is left, week of 16 Nov 2026" in told(*answer)


def test_what_comes_to_oneself_shows_what_oneself_may_see_on_ones_own_clocks(at: Stage):
    shown = told(card(at, JONAS, EMEA, "coverage by region every friday at 9 to me"))
    assert "every Friday at 09:00 CET (Europe/Berlin)" in shown
    assert "You said no time zone, so I took your clocks in Slack." in shown
    save(at, JONAS, EMEA, "coverage by region every friday at 9 to me")
    go(at, "2026-11-27T08:00:00+00:00")

    (answer,) = [one for one in at.slack.seen_by(JONAS) if "Comes every Friday" in told(one)]
    assert "EMEA" in told(answer)
    assert "AMER" not in told(answer)
    assert tops(at, EMEA) == []


def test_a_mention_and_a_direct_message_schedule_like_a_command(at: Stage):
    found = at.mention(DANA, LEADERS, "coverage by region every friday at 9 in #emea-sales")
    assert "to #emea-sales, every Friday" in told(*found)

    found = at.dm(DANA, "pipeline every workday at 9")
    assert "“pipeline” to you directly, every working day at 09:00 ET" in told(*found)


def test_this_in_a_drafts_thread_is_the_report_of_the_draft(at: Stage):
    draft = at.draft(DANA, LEADERS, "weekly emea")
    (found,) = at.mention(DANA, LEADERS, "send this every friday to the leads", draft.ts)

    assert "“weekly EMEA” to #sales-leadership, every Friday at 08:30 ET" in told(found)
    assert "I took “the leads” for #sales-leadership." in told(found)
    assert "You said no time, so I took 08:30." in told(found)
    assert "what was changed by hand in this draft is not in it" in told(found)


def test_a_dialog_draws_up_the_same_as_words_do(at: Stage):
    at.slack.open_home(DANA)
    at.settle()
    tab = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "home")
    at.slack.click(DANA, tab.view, "New schedule")
    open_ = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "modal")
    refused = at.slack.submit(DANA, open_.view, {"what": "what is love", "days": "Every Friday"})
    assert "I do not understand" in str(refused.json)
    at.slack.submit(
        DANA,
        open_.view,
        {"what": "weekly emea", "days": "Every Friday", "at": "09:00", "place": "CEMEA"},
    )
    at.settle()

    shown = at.slack.seen_by(DANA)[-1]
    assert "“weekly emea” to #emea-sales, every Friday at 09:00 ET (America/New_York)." in told(shown)
    assert "Saved: “weekly emea”" in press(at, DANA, shown, "Save")
    at.slack.open_home(DANA)
    at.settle()
    tab = next(seen for seen in at.slack.seen_by(DANA) if seen.kind == "home")
    assert "“weekly emea” to #emea-sales, every Friday at 09:00 ET. Next: Fri 27 Nov 09:00 ET." in told(tab)


def test_two_clicks_on_save_save_once(at: Stage):
    shown = card(at, DANA, LEADERS, COVERAGE)
    press(at, DANA, shown, "Save")
    at.clock.forward(60)
    press(at, DANA, shown, "Save")

    assert told(listing(at, DANA)).count("coverage by region") == 1


def test_the_same_again_is_there_already(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)

    assert "You have that already" in told(*at.command(DANA, LEADERS, COVERAGE))


def test_a_paused_schedule_does_not_come_and_a_resumed_one_does_from_then_on(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)
    assert "Paused: “coverage by region” to #sales-leadership" in press(at, DANA, listing(at, DANA), "Pause")
    go(at, FRIDAY)
    assert tops(at, LEADERS) == []
    assert "Paused: by Dana Whitcombe, 23 Nov 08:30." in told(listing(at, DANA))

    assert "It comes again" in press(at, DANA, listing(at, DANA), "Resume")
    go(at, "2026-11-27T15:00:00+00:00")
    assert tops(at, LEADERS) == []
    go(at, "2026-12-04T14:00:00+00:00")
    assert len(tops(at, LEADERS)) == 1


def test_a_date_is_skipped_once_however_often_it_is_pressed(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)
    shown = listing(at, DANA)
    assert "Skipped Fri 27 Nov 09:00 ET" in press(at, DANA, shown, "Skip next")
    at.clock.forward(60)
    press(at, DANA, shown, "Skip next")
    assert "Next: Fri 4 Dec 09:00 ET. Skipped: 27 Nov." in told(listing(at, DANA))

    go(at, FRIDAY)
    assert tops(at, LEADERS) == []
    go(at, "2026-12-04T14:00:00+00:00")
    assert len(tops(at, LEADERS)) == 1
    assert not [text for text in direct(at, DANA) if "did not come" in text]


def test_run_now_brings_it_now_and_at_its_hour_as_well(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)
    shown = listing(at, DANA)
    press(at, DANA, shown, "Run now")
    assert len(tops(at, LEADERS)) == 1

    go(at, FRIDAY)
    assert len(tops(at, LEADERS)) == 2


def test_run_now_brings_a_report_as_a_draft_like_a_command_does(at: Stage):
    save(at, DANA, LEADERS, WEEKLY)
    press(at, DANA, listing(at, DANA), "Run now")

    (draft,) = tops(at, EMEA)
    assert "EMEA" in draft
    posted = next(one for one in at.slack.seen_by(DANA) if one.text == draft)
    assert "r1, draft" in told(posted)


def test_what_was_deleted_comes_no_more(at: Stage):
    save(at, DANA, LEADERS, COVERAGE)
    shown = listing(at, DANA)
    assert "Deleted: “coverage by region” to #sales-leadership" in press(at, DANA, shown, "Delete")
    go(at, FRIDAY)

    assert tops(at, LEADERS) == []
    assert "it was deleted" in press(at, DANA, shown, "Pause")


def test_others_see_and_change_nothing_of_it_but_an_admin_may(at: Stage):
    save(at, KATRIN, EMEA, "coverage by region every friday at 9 in #emea-sales")
    save(at, KATRIN, EMEA, "pipeline every friday at 9 to me")
    assert "Nothing of yours comes by itself yet." in told(listing(at, JONAS, EMEA))

    seen = listing(at, MARCUS)
    assert "“coverage by region” to #emea-sales, every Friday at 09:00 ET, by Katrin Vogelsang" in told(seen)
    assert "What comes to Katrin Vogelsang directly" in told(seen)
    assert "“pipeline”" not in told(seen)
    other = listing(at, KATRIN, EMEA)
    at.slack.click(KATRIN, other, "Pause", value=_of(at, "coverage"))
    at.settle()
    assert "Paused: by Katrin" in told(listing(at, KATRIN, EMEA))


def test_a_schedule_belongs_to_who_asked_for_it(at: Stage):
    shown = told(card(at, DANA, LEADERS, COVERAGE))
    (found,) = at.mention(DANA, LEADERS, "pipeline every friday at 9")

    assert "Save it?" in shown
    assert found.kind == "ephemeral"


@pytest.mark.parametrize("words", ["schedule", "schedules", "my schedules", "unsubscribe"])
def test_the_list_is_had_by_several_words(at: Stage, words: str):
    assert "Nothing of yours comes by itself yet." in told(*at.command(DANA, LEADERS, words))


def test_the_menu_leads_to_the_list(at: Stage):
    menu = at.command(DANA, LEADERS, "")[-1]

    assert "Nothing of yours comes by itself yet." in press(at, DANA, menu, "Schedules")


def _of(at: Stage, text: str) -> str:
    notes = at.served.desk.notes.all("local", "schedule")
    return next(key for key, note in notes.items() if text in str(note["text"]))
