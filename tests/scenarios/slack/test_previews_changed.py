"""What happens to a report between its preview and its hour: people change it, leave, join, and may see more or less."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.coming import (
    DANA,
    DUE,
    KATRIN,
    LEADERS,
    come,
    fill,
    press,
    preview,
    previews,
    report,
    reports,
    revive,
    schedule,
)
from tests.scenarios.slack.stage import Stage, told

JONAS, MARCUS = "Jonas Adler", "Marcus Bell"
NOTE = "Katrin Vogelsang, 23 Nov: legal call Tue"


@pytest.fixture(autouse=True)
def _comes(at: Stage) -> None:
    revive(at)


def deck(at: Stage) -> str:
    """Return the newest revision's deck of the only draft, as text."""
    (draft_id,) = at.served.desk.notes.all("local", "posted")
    return at.served.desk.revision(draft_id).deck.model_dump_json()


def reply(at: Stage, who: str, words: str) -> None:
    shown = preview(at, who)
    at.reply(who, shown.channel, words, shown.ts)


def test_context_stands_on_the_deals_row_through_the_fresh_figures(at: Stage):
    come(at, "evening", schedule(at))
    answer = fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")
    assert "It stands on Ostrander Paper's row: r2." in answer
    assert "Katrin Vogelsang: added context (r2" in told(preview(at, DANA))
    press(at, DANA, "Looks right")
    come(at, "hour", schedule(at))

    assert "r3, published by Dana Whitcombe" in told(report(at))
    assert NOTE in deck(at)


def test_what_a_manager_adds_after_the_owners_word_needs_another_word(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")
    assert "Dana Whitcombe said so of r1; it has changed since." in told(preview(at, DANA))
    come(at, "hour", schedule(at))

    assert reports(at) == ()


def test_what_was_added_and_taken_back_needs_no_other_word(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")
    at.clock.forward(60)
    reply(at, DANA, "undo")
    come(at, "hour", schedule(at))

    assert "published by Dana Whitcombe" in told(report(at))
    assert NOTE not in deck(at)


def test_what_the_owner_changes_at_the_last_minute_is_in_the_report(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    at.clock.at = DUE.replace(minute=29, second=40)
    reply(at, DANA, "drop 4")
    at.clock.forward(10)
    reply(at, DANA, "title slide 1: Europe first")
    assert "Europe first" not in deck(at)
    come(at, "hour", schedule(at))
    at.clock.forward(60)
    at.settle()

    assert "published by Dana Whitcombe 24 Nov 08:30 after review" in told(report(at))
    assert "Europe first" in deck(at)
    assert "Seven commit deals" not in deck(at)
    assert len(at.slack.messages(LEADERS, bot=True)) == 2


def test_a_change_in_the_thread_shows_what_the_channel_will_see_to_all_who_look_it_over(at: Stage):
    at.slack.join(JONAS, LEADERS)
    come(at, "evening", schedule(at))
    assert "EMEA is $0.57M short" in told(preview(at, DANA))
    reply(at, DANA, "drop 4")

    for who in (DANA, KATRIN):
        shown = preview(at, who)
        assert "r2, preview" in told(shown)
        assert "EMEA is $0.57M short" in told(shown)
        thread = [
            seen for seen in at.slack.seen_by(who) if seen.thread_ts == shown.ts and seen.ts != shown.ts
        ]
        decks = {seen.files[0].name[-7:-5]: seen.text for seen in thread if seen.files}
        assert "superseded by r2" in decks["r1"]
        assert "superseded" not in decks["r2"]


def test_a_managers_words_in_the_thread_give_a_copy_and_leave_the_report(at: Stage):
    come(at, "evening", schedule(at))
    reply(at, KATRIN, "drop 4")

    assert "Dana Whitcombe owns this draft." in told(*at.slack.seen_by(KATRIN))
    assert "r1, preview" in told(preview(at, DANA))


def test_fix_a_deal_asks_its_owner_and_the_reports_and_changes_nothing(at: Stage):
    come(at, "evening", schedule(at))
    answer = fill(at, KATRIN, "Fix a deal", "Ostrander Paper", "the close date is in March")

    assert "I asked Jonas Adler and Dana Whitcombe." in answer
    asked = "Katrin Vogelsang asks about Ostrander Paper: “the close date is in March”"
    for who in (JONAS, DANA):
        assert told(*at.slack.seen_by(who)).count(asked) == 2  # the notification and the words
    assert "r1, preview" in told(preview(at, DANA))
    (kept,) = at.served.desk.notes.all("local", "deal question").values()
    assert (kept["deal"], kept["words"]) == ("d004957", "the close date is in March")


def test_while_its_owner_is_away_another_owner_of_the_weekly_publishes_it(at: Stage):
    katrins = schedule(at, owner=at.slack.person(KATRIN).id)
    come(at, "evening", katrins)
    press(at, DANA, "Looks right")
    come(at, "hour", katrins)

    assert "published by Dana Whitcombe" in told(report(at))


def test_once_its_owner_has_left_the_weeklys_owner_is_asked(at: Stage):
    katrins = schedule(at, owner=at.slack.person(KATRIN).id)
    at.slack.deactivate(KATRIN)
    come(at, "evening", katrins)
    come(at, "hour", katrins)

    assert reports(at) == ()
    assert "and is held" in told(*at.slack.seen_by(DANA))
    press(at, DANA, "Publish")
    assert "published by Dana Whitcombe" in told(report(at))


def test_a_manager_who_may_not_see_all_of_it_gets_none_of_it(at: Stage):
    revive(at, reviewers=(JONAS, KATRIN))
    come(at, "evening", schedule(at))

    assert len(previews(at, KATRIN)) == 1
    assert b"Ostrander" not in at.slack.all_bytes_visible_to(JONAS)


def test_a_rep_whom_the_company_names_looks_over_what_the_rep_may_see(at: Stage):
    revive(at, reviewers=(JONAS,))
    emea = schedule(at, channel="CEMEA", text="weekly emea")
    come(at, "evening", emea)

    assert len(previews(at, JONAS)) == 1
    assert previews(at, KATRIN) == ()


def test_a_channel_that_was_shared_since_gets_nothing_and_the_owner_hears_why(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    at.slack.share(LEADERS)
    come(at, "hour", schedule(at))

    assert at.slack.messages(LEADERS, bot=True) == ()
    assert "was not posted. This channel has people from outside." in told(*at.slack.seen_by(DANA))


def test_somebody_who_may_see_less_by_now_can_say_nothing_of_it(at: Stage):
    revive(at, reviewers=(KATRIN,))
    come(at, "evening", schedule(at))
    at.slack.alter(KATRIN, is_restricted=True)
    at.clock.forward(700)
    at.slack.click(KATRIN, preview(at, KATRIN), "Looks right")
    at.settle()

    assert "Katrin" not in told(preview(at, DANA))
