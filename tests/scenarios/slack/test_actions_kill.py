"""A process that dies anywhere while an action is given, due or pressed: each thing is said once and done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.fakes.runs import Crash
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told
from tests.scenarios.slack.test_actions import DANA, JONAS, given_to, kept, new, until


def survives(at: Stage, place: int, do: Callable[[], object]) -> bool:
    """Let something be asked for and the process die at a place, and the next one go on; False where it does not get there."""
    do()
    at.runs.crash_at = place
    try:
        at.runs.run_due()
    except Crash:
        at.restart()
        at.settle()
        return True
    at.runs.crash_at = None
    return False


def about(seen: tuple[Seen, ...], words: str) -> list[Seen]:
    """Return what says those words."""
    return [one for one in seen if words in told(one)]


def test_wherever_the_process_dies_an_action_is_kept_once_and_told_once(at: Stage):
    before, place = at.slack.seen_by(JONAS), 0
    while survives(at, place, partial(at.slack.dm, DANA, f"remind jonas thursday re ostrander {place}")):
        assert len(kept(at)) == place + 1
        assert len(about(new(at, JONAS, before), f"“Re ostrander {place}”")) == 1
        place += 1
    assert place >= 10


def test_wherever_the_process_dies_what_is_due_is_said_once(at: Stage):
    for number in range(12):
        given_to(at, JONAS, f"remind jonas on {number + 1} dec re ostrander {number}")
    before, place, died = at.slack.seen_by(JONAS), 0, True
    while died:
        at.clock.at = datetime(2026, 12, place + 1, 8, 1, tzinfo=UTC)
        died = survives(at, place, lambda: None)
        until(at, 12, place + 1, 8, 30)
        due = about(new(at, JONAS, before), "Due today")
        assert len(due) == place + 1
        assert f"“Re ostrander {place}”" in told(due[-1])
        place += 1
    assert place >= 8


@pytest.mark.parametrize(
    "button, after, state",
    [("Done", "Done:", "done"), ("Not mine", "Back with Dana Whitcombe:", "open")],
)
def test_wherever_the_process_dies_a_press_has_its_effect_once(
    at: Stage, button: str, after: str, state: str
):
    place = 0
    while True:
        given, dana = (
            given_to(at, JONAS, f"remind jonas thursday re ostrander {place}"),
            at.slack.seen_by(DANA),
        )
        at.clock.forward(60)
        at.settle()
        died = survives(at, place, partial(at.slack.click, JONAS, given, button))
        assert after in told(at.shown(JONAS, given.ts))
        assert kept(at)[f"Re ostrander {place}"][2] == state
        back = about(new(at, DANA, dana), "is yours again")
        assert len(back) == (button == "Not mine")
        if not died:
            break
        place += 1
    assert place >= 4


def test_wherever_the_process_dies_a_move_is_made_once(at: Stage):
    place = 0
    while True:
        given = given_to(at, JONAS, f"remind jonas thursday re ostrander {place}")
        at.clock.forward(60)
        at.settle()
        at.slack.click(JONAS, given, "Move")
        shown = next(seen for seen in at.slack.seen_by(JONAS) if seen.kind == "modal")
        died = survives(at, place, partial(at.slack.submit, JONAS, shown, {"day": "2026-11-30"}))
        assert "Moved to Mon 30 Nov" in told(at.shown(JONAS, given.ts))
        if not died:
            break
        place += 1
    before = at.slack.seen_by(JONAS)
    until(at, 11, 30, 8, 1)
    assert place >= 4
    assert len(about(new(at, JONAS, before), "Due today")) == place + 1
