"""What the scenarios of schedules have in common: saving one, and going to a time."""

from __future__ import annotations

from datetime import datetime

from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Stage, told

DANA, KATRIN, JONAS, MARCUS, PRIYA = (
    "Dana Whitcombe",
    "Katrin Vogelsang",
    "Jonas Adler",
    "Marcus Bell",
    "Priya Raman",
)
LEADERS, EMEA = "sales-leadership", "emea-sales"


def card(at: Stage, who: str, where: str, text: str) -> Seen:
    """Say the words of a schedule and return the card that asks whether to save it."""
    found = at.command(who, where, text)
    return next(seen for seen in found if "Save it?" in told(seen))


def save(at: Stage, who: str, where: str, text: str) -> str:
    """Say the words of a schedule, save it, and return what is told after that."""
    return press(at, who, card(at, who, where, text), "Save")


def press(at: Stage, who: str, what: Seen, button: str) -> str:
    """Press a button, and return what is new before that person's eyes."""
    before = at.slack.seen_by(who)
    at.slack.click(who, what, button)
    at.settle()
    return told(*(seen for seen in at.slack.seen_by(who) if seen not in before))


def listing(at: Stage, who: str, where: str = LEADERS) -> Seen:
    """Return the list of what comes by itself, as somebody sees it."""
    return at.command(who, where, "schedules")[-1]


def go(at: Stage, when: str, *, seconds: int = 30) -> None:
    """Go to an instant, and let what is due then be done, so many seconds long."""
    at.clock.at = datetime.fromisoformat(when)
    for _ in range(seconds + 1):
        at.settle()
        at.clock.forward(1)


def tops(at: Stage, where: str) -> list[str]:
    """Return the words of what the bot said at the top of a channel."""
    return [one.text for one in at.slack.messages(where, bot=True) if one.thread_ts in (None, one.ts)]


def direct(at: Stage, who: str) -> list[str]:
    """Return the words of what the bot said to a person directly, but for what belongs to a deck."""
    return [one.text for one in at.slack.messages(at.slack.im_with(who).id, bot=True)]
