"""The brakes: how many messages one person can have sent, and how long what was asked is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.nudges.book import Book

# So many owners are written to at once, and for one asker in a day.
AT_ONCE, A_DAY = 60, 120
# What nobody answers any more is kept for so long; a preview that was not sent, for less.
_KEPT, _OFFERED = timedelta(days=90), timedelta(days=2)


def over(owners: int, out: int) -> str:
    """Return why so many owners are not written to, where so many messages of the same asker are out today; empty if they are."""
    if owners > AT_ONCE:
        return (
            f"That would be {owners} messages, and I send at most {AT_ONCE} at once. "
            "Narrow it, for example to a region."
        )
    if owners + out > A_DAY:
        return f"You have {out} messages out today; with these {owners} it would be more than {A_DAY} a day."
    return ""


def tidy(book: Book, now: datetime) -> int:
    """Forget what is over for long: previews, nudges, goals, messages, answers; return how many they were."""
    old, unsent = now - _KEPT, now - _OFFERED
    return (
        book.nudges.forget(
            lambda nudge: (
                nudge.made_at < (unsent if nudge.state == "offered" else old) and nudge.state != "running"
            )
        )
        + book.goals.forget(
            lambda goal: (
                goal.made_at < (unsent if goal.state == "offered" else old) and goal.state != "running"
            )
        )
        + book.asked.forget(lambda asked: asked.due < old)
        + book.given.forget(lambda given: given.at < old)
    )
