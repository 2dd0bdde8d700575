"""The word by which a report is published: what counts as one, what voids it, and who is asked for another."""

from __future__ import annotations

import pytest

from tests.scenarios.slack.coming import (
    DANA,
    KATRIN,
    LEADERS,
    come,
    fill,
    press,
    preview,
    report,
    reports,
    revive,
    schedule,
)
from tests.scenarios.slack.stage import Stage, told

JONAS, MARCUS = "Jonas Adler", "Marcus Bell"


@pytest.fixture(autouse=True)
def _comes(at: Stage) -> None:
    revive(at)


def seen_by_dana(at: Stage, words: str) -> list[str]:
    return [told(seen) for seen in at.slack.seen_by(DANA) if words in told(seen)]


def test_whoever_joined_since_makes_it_another_report_and_it_is_held(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    at.slack.join(JONAS, LEADERS)
    come(at, "hour", schedule(at))

    assert reports(at) == ()
    why = (
        "Dana Whitcombe said that r1 looks right. "
        "Who reads in #sales-leadership changed since, and it shows EMEA only now."
    )
    assert f"Held Tue 24 Nov 08:30 ET: {why}" in told(preview(at, DANA))
    assert len(seen_by_dana(at, f"was due Tue 24 Nov 08:30 ET and is held: {why}")) == 1
    press(at, DANA, "Publish")
    assert "EMEA is $0.57M short of $1.90M" in told(report(at))
    assert b"Hollowby" not in at.slack.all_bytes_visible_to(JONAS)


def test_what_comes_without_review_is_not_called_reviewed_where_others_read_it_by_now(at: Stage):
    posts = schedule(at, unreviewed="post")
    come(at, "evening", posts)
    press(at, DANA, "Looks right")
    at.slack.join(JONAS, LEADERS)
    come(at, "hour", posts)

    assert "posted 24 Nov 08:30, not reviewed" in told(report(at))


def test_publish_now_shows_first_what_others_read_by_now(at: Stage):
    come(at, "evening", schedule(at))
    at.slack.join(JONAS, LEADERS)
    answer = press(at, DANA, "Publish now")

    assert reports(at) == ()
    assert "it shows EMEA only now. I did not publish it: look at r2" in answer
    assert "EMEA is $0.57M short" in told(preview(at, DANA))
    at.clock.forward(60)
    press(at, DANA, "Publish now")
    assert "EMEA is $0.57M short" in told(report(at))


def test_while_everything_is_stopped_nothing_is_published_by_a_button(at: Stage):
    come(at, "evening", schedule(at))
    at.command(MARCUS, LEADERS, "stop")

    assert "nothing is published before /sales resume" in press(at, DANA, "Publish now")
    assert "it comes only after /sales resume" in press(at, DANA, "Looks right")
    assert reports(at) == ()
    at.command(MARCUS, LEADERS, "resume")
    at.clock.forward(60)
    at.slack.click(DANA, preview(at, DANA), "Publish now")
    at.settle()
    assert len(reports(at)) == 1


def test_while_everything_is_stopped_what_is_held_stays_held(at: Stage):
    come(at, "evening", schedule(at))
    come(at, "hour", schedule(at))
    at.command(MARCUS, LEADERS, "stop")

    assert "nothing is published before /sales resume" in press(at, DANA, "Publish")
    assert reports(at) == ()


def test_whose_word_is_void_by_what_a_manager_adds_is_asked_again_at_once(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")

    (asked,) = [seen for seen in at.slack.seen_by(DANA) if "is at r2" in told(seen)]
    assert "Katrin Vogelsang changed it after you said that r1 looks right." in told(asked)
    assert "Unless that is said of r2 too, it is held." in told(asked)
    at.slack.click(DANA, asked, "Looks right")
    at.settle()
    come(at, "hour", schedule(at))
    assert "r3, published by Dana Whitcombe 24 Nov 08:30 after review" in told(report(at))


def test_nobody_is_asked_again_where_nobody_had_said_anything(at: Stage):
    come(at, "evening", schedule(at))
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")

    assert seen_by_dana(at, "Unless that is said of") == []


def test_what_is_held_because_somebody_changed_it_says_so_and_shows_no_revision_of_nothing(at: Stage):
    come(at, "evening", schedule(at))
    press(at, DANA, "Looks right")
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")
    come(at, "hour", schedule(at))

    why = "Dana Whitcombe said that r1 looks right, and Katrin Vogelsang changed it since."
    assert f"Held Tue 24 Nov 08:30 ET: {why}" in told(preview(at, KATRIN))
    assert len(seen_by_dana(at, f"and is held: {why}")) == 1
    assert seen_by_dana(at, "Nothing changed") == []
    press(at, DANA, "Publish")
    assert "published by Dana Whitcombe" in told(report(at))


def reply(at: Stage, who: str, words: str) -> str:
    """Say something in the thread of one's preview; return what is new before that person's eyes, as words."""
    shown, before = preview(at, who), at.slack.seen_by(who)
    at.reply(who, shown.channel, words, shown.ts)
    return told(*(seen for seen in at.slack.seen_by(who) if seen not in before))


@pytest.mark.parametrize("words", ["looks good", "LGTM!", "ok, looks right to me", "ship it"])
def test_words_under_a_preview_count_as_looks_right(at: Stage, words: str):
    come(at, "evening", schedule(at))
    assert "It will be published in #sales-leadership" in reply(at, DANA, words)
    assert "Dana Whitcombe: looks right (r1" in told(preview(at, KATRIN))
    come(at, "hour", schedule(at))

    assert "published by Dana Whitcombe" in told(report(at))


@pytest.mark.parametrize("words", ["hold it", "don't publish this"])
def test_words_under_a_preview_count_as_not_this_time(at: Stage, words: str):
    come(at, "evening", schedule(at))
    reply(at, DANA, words)
    come(at, "hour", schedule(at))

    assert "Dana Whitcombe said not this time" in told(preview(at, KATRIN))
    assert reports(at) == ()


def test_who_says_that_what_is_held_looks_good_is_asked_whether_to_publish_it(at: Stage):
    come(at, "evening", schedule(at))
    come(at, "hour", schedule(at))

    assert "Publish r1 to #sales-leadership?" in reply(at, DANA, "looks good")
    assert reports(at) == ()


def test_a_manager_who_may_not_say_so_drops_nothing_in_words(at: Stage):
    come(at, "evening", schedule(at))

    assert "That is Dana Whitcombe's to say." in reply(at, KATRIN, "hold it")
    assert "said not this time" not in told(preview(at, DANA))


def test_the_same_words_elsewhere_say_nothing_of_it(at: Stage):
    come(at, "evening", schedule(at))
    at.dm(DANA, "looks good")

    assert "looks right (r1" not in told(preview(at, DANA))
