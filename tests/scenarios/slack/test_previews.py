"""Reports that come by themselves: reviewed the evening before, published at the hour."""

from __future__ import annotations

import pytest

from tests.fakes.slack import Seen
from tests.scenarios.slack.coming import DANA, KATRIN, LEADERS, come, revive, schedule
from tests.scenarios.slack.stage import Stage, told


@pytest.fixture(autouse=True)
def _comes(at: Stage) -> None:
    revive(at)


def preview(at: Stage, who: str) -> Seen:
    """Return the preview that somebody has in the direct messages, as it stands now."""
    (found,) = [
        seen
        for seen in at.slack.seen_by(who)
        if "Preview for" in seen.text and seen.thread_ts in (None, seen.ts)
    ]
    return found


def press(at: Stage, who: str, button: str) -> tuple[Seen, ...]:
    """Press a button of one's preview; return what is new before that person's eyes."""
    before = at.slack.seen_by(who)
    at.slack.click(who, preview(at, who), button)
    at.settle()
    return tuple(seen for seen in at.slack.seen_by(who) if seen not in before)


def fill(at: Stage, who: str, button: str, deal: str, words: str) -> tuple[Seen, ...]:
    """Fill in the dialog behind a button of one's preview; return what is new before that person's eyes."""
    at.slack.click(who, preview(at, who), button)
    (dialog,) = [seen for seen in at.slack.seen_by(who) if seen.kind == "modal"]
    before = at.slack.seen_by(who)
    at.slack.submit(who, dialog, {"deal": deal, "words": words})
    at.settle()
    return tuple(seen for seen in at.slack.seen_by(who) if seen not in before)


def report(at: Stage) -> Seen:
    """Return the only report in the leaders' channel."""
    (found,) = [seen for seen in at.slack.messages(LEADERS, bot=True) if seen.thread_ts in (None, seen.ts)]
    return at.shown(DANA, found.ts)


def test_the_evening_before_the_owner_and_the_managers_get_a_preview_and_nobody_else(at: Stage):
    come(at, "evening", schedule(at))

    assert at.slack.messages(LEADERS, bot=True) == ()
    for who in (DANA, KATRIN):
        shown = preview(at, who)
        assert "Due in #sales-leadership Tue 24 Nov 08:30 EST" in told(shown)
        assert "Q4 is $0.80M short of $5.80M" in told(shown)
        (deck,) = [
            seen
            for seen in at.slack.seen_by(who)
            if seen.thread_ts == shown.ts and seen.files and seen.ts != shown.ts
        ]
        assert deck.files[0].name.endswith("-r1.pptx")
    for who in ("Jonas Adler", "Marcus Bell", "Luc Fournel"):
        assert "Preview for" not in told(*at.slack.seen_by(who))


def test_what_the_owner_said_looks_right_is_published_at_the_hour(at: Stage):
    come(at, "evening", schedule(at))
    assert "It is published in #sales-leadership Tue 24 Nov 08:30 EST" in told(
        *press(at, DANA, "Looks right")
    )
    come(at, "hour", schedule(at))

    shown = report(at)
    assert "published by Dana Whitcombe 24 Nov 08:30 after review" in told(shown)
    (deck,) = [seen for seen in at.slack.messages(LEADERS, bot=True) if seen.files and seen.ts != shown.ts]
    assert deck.thread_ts == shown.ts
    assert "In #sales-leadership: r2, published by Dana Whitcombe" in told(preview(at, KATRIN))


def test_what_nobody_looked_over_is_held_and_its_owner_publishes_it_later(at: Stage):
    come(at, "evening", schedule(at))
    come(at, "hour", schedule(at))

    assert at.slack.messages(LEADERS, bot=True) == ()
    (asked,) = [
        seen for seen in at.slack.seen_by(DANA) if "was due Tue 24 Nov 08:30 EST and is held" in seen.text
    ]
    at.slack.click(DANA, asked, "Publish")
    at.settle()
    assert "published by Dana Whitcombe" in told(report(at))


def test_what_nobody_looked_over_is_posted_marked_where_the_schedule_says_so(at: Stage):
    posts = schedule(at, unreviewed="post")
    come(at, "evening", posts)
    come(at, "hour", posts)

    assert "posted 24 Nov 08:30, not reviewed" in told(report(at))


def test_a_managers_word_is_shown_to_the_owner_and_publishes_nothing(at: Stage):
    come(at, "evening", schedule(at))
    press(at, KATRIN, "Looks right")
    come(at, "hour", schedule(at))

    assert "Katrin Vogelsang: looks right (r1" in told(preview(at, DANA))
    assert at.slack.messages(LEADERS, bot=True) == ()


def test_context_stands_on_the_deals_row_through_the_fresh_figures(at: Stage):
    come(at, "evening", schedule(at))
    fill(at, KATRIN, "Add context", "Ostrander Paper", "legal call Tue")
    assert "Katrin Vogelsang: added context (r2" in told(preview(at, DANA))
    press(at, DANA, "Looks right")
    come(at, "hour", schedule(at))

    posted = at.served.desk.notes.all("local", "posted")
    (draft_id,) = posted
    deck = at.served.desk.revision(draft_id).deck
    assert "Katrin Vogelsang, 23 Nov: legal call Tue" in deck.model_dump_json()
    assert deck.revision == 3
