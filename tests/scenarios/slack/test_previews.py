"""Reports that come by themselves: looked over the evening before, published at the hour, held, or marked."""

from __future__ import annotations

import io
from datetime import timedelta

import pptx
import pytest

from tests.scenarios.slack.coming import (
    DANA,
    DUE,
    KATRIN,
    LEADERS,
    begin,
    come,
    press,
    preview,
    previews,
    report,
    reports,
    revive,
    schedule,
)
from tests.scenarios.slack.stage import Stage, told

JONAS, LUC, MARCUS = "Jonas Adler", "Luc Fournel", "Marcus Bell"
STORY = "Q4 is $0.80M short of $5.80M"


@pytest.fixture(autouse=True)
def _comes(at: Stage) -> None:
    revive(at)


def test_the_evening_before_the_owner_and_the_managers_get_a_preview_and_nobody_else(at: Stage):
    come(at, "evening", schedule(at))

    assert reports(at) == ()
    for who in (DANA, KATRIN):
        shown = preview(at, who)
        assert "Due in #sales-leadership Tue 24 Nov 08:30 ET" in told(shown)
        assert STORY in told(shown)
        thread = [
            seen for seen in at.slack.seen_by(who) if seen.thread_ts == shown.ts and seen.ts != shown.ts
        ]
        assert [seen.files[0].name[-8:] for seen in thread] == ["-r1.pptx"]
    # A rep, who leads nobody; an admin; a manager who never spoke with us.
    for who in (JONAS, MARCUS, LUC):
        assert previews(at, who) == ()


def test_what_the_owner_said_looks_right_is_published_at_the_hour(at: Stage):
    come(at, "evening", schedule(at))
    assert "It will be published in #sales-leadership Tue 24 Nov 08:30 ET" in press(at, DANA, "Looks right")
    come(at, "hour", schedule(at))

    shown = report(at)
    assert "r2, published by Dana Whitcombe 24 Nov 08:30 after review" in told(shown)
    (deck,) = [seen for seen in at.slack.messages(LEADERS, bot=True) if seen.ts != shown.ts]
    assert (deck.thread_ts, len(deck.files)) == (shown.ts, 1)
    file = at.shown(DANA, deck.ts).files[0]
    shapes = pptx.Presentation(io.BytesIO(file.content)).slides[0].shapes
    assert any(shape.has_text_frame and "r2, published" in shape.text_frame.text for shape in shapes)
    assert "In #sales-leadership: r2, published by Dana Whitcombe" in told(preview(at, KATRIN))


def test_looks_right_said_twice_is_said_once(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    at.clock.forward(60)
    press(at, DANA, "Looks right")

    assert told(preview(at, DANA)).count("Dana Whitcombe: looks right") == 1


def test_what_nobody_looked_over_is_held_and_its_owner_publishes_it_later(at: Stage):
    come(at, "evening", schedule(at))
    come(at, "hour", schedule(at))

    assert reports(at) == ()
    (asked,) = [
        seen for seen in at.slack.seen_by(DANA) if "was due Tue 24 Nov 08:30 ET and is held" in seen.text
    ]
    at.clock.forward(2_400)
    at.slack.click(DANA, asked, "Publish")
    at.settle()
    assert "published by Dana Whitcombe 24 Nov 09:10 after review" in told(report(at))


def test_not_this_time_lets_a_held_report_go(at: Stage):
    come(at, "evening", schedule(at))
    come(at, "hour", schedule(at))

    assert "Dana Whitcombe said not this time" in press(at, DANA, "Not this time")
    assert "Dana Whitcombe said not this time" in told(preview(at, KATRIN))
    assert reports(at) == ()


def test_what_nobody_looked_over_is_posted_marked_where_the_schedule_says_so(at: Stage):
    posts = schedule(at, unreviewed="post")
    come(at, "evening", posts)
    come(at, "hour", posts)

    assert "r2, posted 24 Nov 08:30, not reviewed" in told(report(at))
    at.clock.forward(1_200)
    press(at, DANA, "Looks right")
    assert "posted as not reviewed, looked over by Dana Whitcombe 24 Nov 08:50" in told(report(at))


def test_a_report_without_an_evening_before_is_held_with_a_preview(at: Stage):
    come(at, "hour", schedule(at))

    assert reports(at) == ()
    assert "Held: by Tue 24 Nov 08:30 ET" in told(preview(at, DANA))
    press(at, DANA, "Publish")
    assert STORY in told(report(at))


def test_published_in_the_evening_it_does_not_come_again_at_the_hour(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Publish now")
    come(at, "hour", schedule(at))

    assert "published by Dana Whitcombe 23 Nov 17:00 after review" in told(report(at))


def test_published_by_words_in_the_previews_thread_it_stands_in_its_channel(at: Stage):
    come(at, "evening", schedule(at))
    (asked,) = at.reply(DANA, preview(at, DANA).channel, "publish", preview(at, DANA).ts)
    assert "Publish r1 to #sales-leadership?" in told(asked)
    at.slack.click(DANA, asked, "Publish")
    at.settle()

    assert "published by Dana Whitcombe" in told(report(at))


def test_a_managers_word_is_shown_to_the_owner_and_publishes_nothing(at: Stage):
    come(at, "evening", schedule(at))
    press(at, KATRIN, "Looks right")
    come(at, "hour", schedule(at))

    assert "Katrin Vogelsang: looks right (r1, Mon 23 Nov 17:00 ET)" in told(preview(at, DANA))
    assert reports(at) == ()


def test_a_press_that_comes_after_the_hour_hears_what_became_of_it(at: Stage):
    posts = schedule(at, unreviewed="post")
    come(at, "evening", posts)
    at.clock.at = DUE
    begin(at, "hour", posts)
    at.slack.click(KATRIN, preview(at, KATRIN), "Looks right")
    at.settle()

    assert "In #sales-leadership: r2, posted 24 Nov 08:30, not reviewed." in told(*at.slack.seen_by(KATRIN))
    assert "Katrin" not in told(report(at))


def test_the_next_one_supersedes_the_one_before(at: Stage):
    posts = schedule(at, unreviewed="post")
    come(at, "hour", posts)
    come(at, "hour", posts, DUE + timedelta(days=7))

    first, second = reports(at)
    assert "posted 24 Nov 08:30, not reviewed; superseded 1 Dec 08:30" in told(first)
    assert "superseded" not in told(second)
    decks = [
        seen.text for seen in at.slack.messages(LEADERS, bot=True) if seen.ts not in {first.ts, second.ts}
    ]
    assert decks[0] == "r2, superseded by the one of 1 Dec 08:30"
    assert "superseded" not in decks[1]


def test_what_was_held_goes_once_the_next_one_is_due(at: Stage):
    held, due = schedule(at), DUE + timedelta(days=7)
    come(at, "hour", held)
    come(at, "hour", held, due)

    old, new = previews(at, DANA)
    assert "Not published Tue 24 Nov 08:30 ET: the next one is due." in told(old)
    assert "Held: by Tue 1 Dec 08:30 ET" in told(new)


def test_home_names_what_one_may_look_over_until_it_is_out(at: Stage):
    come(at, "evening", schedule(at))
    line = "“weekly” for #sales-leadership, Tue 24 Nov 08:30 ET"
    assert line in home(at, KATRIN)
    assert line not in home(at, JONAS)
    press(at, DANA, "Publish now")

    assert line not in home(at, KATRIN)


def home(at: Stage, who: str) -> str:
    at.slack.open_home(who)
    at.settle()
    return told(*(seen for seen in at.slack.seen_by(who) if seen.kind == "home"))


def test_a_report_to_oneself_comes_as_a_draft_without_a_preview(at: Stage):
    mine = schedule(at, channel=at.slack.person(DANA).id)
    come(at, "evening", mine)
    assert not at.slack.called("chat.postMessage")
    come(at, "hour", mine)

    (shown,) = [seen for seen in at.slack.seen_by(DANA) if STORY in told(seen)]
    assert shown.channel.startswith("D")
    assert "r1, draft" in told(shown)


def test_words_that_ask_for_no_report_are_left_to_who_schedules_answers(at: Stage):
    asks = schedule(at, text="pipeline by region")
    come(at, "evening", asks)
    come(at, "hour", asks)

    assert not at.slack.called("chat.postMessage")
