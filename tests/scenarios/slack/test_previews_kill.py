"""A process that dies anywhere in the evening or at the hour: each still sees one preview, and the channel one report."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from bot.schedules.schedule import Schedule
from tests.fakes.runs import Crash
from tests.scenarios.slack.coming import DANA, DUE, KATRIN, LEADERS, begin, come, preview, revive, schedule
from tests.scenarios.slack.stage import Stage, told


@pytest.fixture(autouse=True)
def _comes(at: Stage) -> None:
    revive(at)


def dies(at: Stage, place: int) -> bool:
    """Let the process die at a place and the next one go on; False where there is no such place any more."""
    at.runs.crash_at = place
    try:
        at.runs.run_due()
    except Crash:
        revive(at)
        at.settle()
        return True
    at.runs.crash_at = None
    return False


def previews(at: Stage, who: str) -> tuple[int, int]:
    """Return how many previews somebody has, and how many decks."""
    seen = [one for one in at.slack.seen_by(who) if one.channel.startswith("D")]
    decks = [one for one in seen if any(file.name.endswith(".pptx") for file in one.files)]
    return len([one for one in seen if "Preview for" in one.text]), len(decks)


def reports(at: Stage) -> tuple[int, int]:
    """Return how many reports stand in the leaders' channel, and how many decks."""
    messages = at.slack.messages(LEADERS, bot=True)
    tops = [one for one in messages if one.thread_ts in (None, one.ts)]
    return len(tops), len([one for one in messages if one.files and one not in tops])


def superseded(at: Stage) -> tuple[int, int]:
    """Return how many reports in the leaders' channel are marked as superseded, and how many decks."""
    shown = {one.ts: one for one in at.slack.seen_by(DANA)}
    messages = [one for one in at.slack.messages(LEADERS, bot=True) if "superseded" in told(shown[one.ts])]
    return len([one for one in messages if one.thread_ts in (None, one.ts)]), len(
        [one for one in messages if one.thread_ts not in (None, one.ts)]
    )


def numbered(at: Stage, number: int, **fields: object) -> Schedule:
    return schedule(at, id=f"s{number}", **fields)


def test_wherever_the_process_dies_in_the_evening_each_gets_one_preview_with_one_deck(at: Stage):
    for place in count():
        begin(at, "evening", numbered(at, place))
        died = dies(at, place)
        assert [previews(at, who) for who in (DANA, KATRIN)] == [(place + 1, place + 1)] * 2
        if not died:
            break
    assert place >= 30


@pytest.mark.parametrize("unreviewed", ["post", "hold"])
def test_wherever_the_process_dies_at_the_hour_a_report_is_posted_once_and_the_one_before_superseded(
    at: Stage, unreviewed: str
):
    comes = schedule(at, unreviewed=unreviewed)
    for place in count():
        due = DUE + timedelta(days=place)
        come(at, "evening", comes, due)
        if unreviewed == "hold":
            last = [seen for seen in at.slack.seen_by(DANA) if "Preview for" in seen.text][-1]
            at.slack.click(DANA, last, "Looks right")
            at.settle()
        at.clock.at = due
        begin(at, "hour", comes, due)
        died = dies(at, place)
        assert reports(at) == (place + 1, place + 1)
        assert superseded(at) == (place, place)
        if not died:
            break
    assert place >= 20


def test_wherever_the_process_dies_what_is_held_is_asked_about_once(at: Stage):
    for place in count():
        comes = numbered(at, place)
        come(at, "evening", comes)
        begin(at, "hour", comes)
        died = dies(at, place)
        assert reports(at) == (0, 0)
        asked = [seen for seen in at.slack.seen_by(DANA) if "and is held" in seen.text]
        assert len(asked) == place + 1
        if not died:
            break
    assert place >= 20


def test_wherever_the_process_dies_publish_now_posts_once(at: Stage):
    for place in count():
        come(at, "evening", numbered(at, place))
        shown = [seen for seen in at.slack.seen_by(DANA) if "Preview for" in seen.text][-1]
        at.slack.click(DANA, shown, "Publish now")
        died = dies(at, place)
        assert reports(at) == (place + 1, place + 1)
        if not died:
            break
    assert place >= 20


def test_wherever_the_process_dies_context_makes_one_revision_with_one_deck_for_each(at: Stage):
    come(at, "evening", schedule(at))
    shown = {who: preview(at, who).ts for who in (DANA, KATRIN)}
    for place in count():
        at.clock.forward(60)
        at.slack.click(KATRIN, preview(at, KATRIN), "Add context")
        (dialog,) = [seen for seen in at.slack.seen_by(KATRIN) if seen.kind == "modal"]
        at.slack.submit(KATRIN, dialog, {"deal": "Ostrander Paper", "words": f"call {place}"})
        died = dies(at, place)
        for who, ts in shown.items():
            seen = [one for one in at.slack.seen_by(who) if one.thread_ts == ts and one.ts != ts]
            decks = [one.text for one in seen if one.files]
            assert len(decks) == place + 2
            assert [text for text in decks if "superseded" not in text] == [decks[-1]]
        if not died:
            break
    assert place >= 20
