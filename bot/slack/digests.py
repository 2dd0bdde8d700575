"""The digest: what moved in the pipeline since it last came, and how many alerts were folded into it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from bot import flows
from bot.agent import intents as i
from bot.agent.answers.asking import Asker
from bot.agent.turn import understand
from bot.schedules import Schedule, book
from bot.slack.desk import Desk
from connectors.access import Access
from reports import words
from reports.spec import Question

_MOVES = re.compile(
    r"\b(?:lost|won|slip\w*|pushed|pulled|created|new|losses|wins|risks?|stale|overdue|deals?\s+(?:over|above|under|below))\b",
    re.IGNORECASE,
)


def asked_words(schedule: Schedule) -> str:
    """Return the words that say a schedule's scope, as a question that can be read."""
    return f"pipeline {schedule.text}".strip() if schedule.what == "digest" else schedule.text


def why_not(schedule: Schedule, meant: i.Intent) -> str:
    """Return why a digest cannot be of what its words say; empty where it can: of what moved in a scope of the pipeline."""
    if isinstance(meant, i.MyDeals) and not meant.filters and not meant.period:
        return ""
    if isinstance(meant, i.Ask):
        plain = Question(measure="open_pipeline", filters=meant.question.filters)
        # A word that only names what moved is heard and then not used: a digest of lost deals would tell of all.
        if meant.question == plain and not _MOVES.search(schedule.text):
            return ""
    return (
        f"A digest tells what moved in the pipeline of a scope, so it cannot be of “{schedule.text}”, and I saved nothing. "
        "It can be of a region, segment, owner, product or category, or of your own deals: daily digest emea at 9."
    )


def asks(desk: Desk, schedule: Schedule, access: Access, asker: Asker) -> tuple[i.FindingsAsk, str, datetime]:
    """Return what a digest asks, what is said where there is nothing newer, and how far the records go.

    It looks at the days since it last came; the first one at the day before.
    """
    line = desk.under(access)
    meant = understand(line, asked_words(schedule), thread_id="schedule", asker=asker, surface="slash")
    filters = meant.question.filters if isinstance(meant, i.Ask) else ()
    mine = isinstance(meant, i.MyDeals)
    with flows.pull(line) as view:
        as_of, today = view.as_of, view.today
        seen = seen_through(desk, schedule)
        since = today - timedelta(days=1) if seen is None else view.calendar.day(seen)
    stale = ""
    if seen is not None and as_of <= seen:
        stale = f"The records are still those of {words.instant(as_of, line.company.zone)}, as in the last digest."
    return (
        i.FindingsAsk(topic="changed", period=_span(since, today), filters=filters, mine=mine),
        stale,
        as_of,
    )


def seen_through(desk: Desk, schedule: Schedule) -> datetime | None:
    """Return how far the records went that the last digest told of; None before the first."""
    note = desk.notes.read(desk.workspace, book.DIGEST, schedule.id)
    return None if note is None else datetime.fromisoformat(str(note["as_of"]))


def saw(desk: Desk, schedule: Schedule, as_of: datetime) -> bool:
    """Keep how far the records went that a digest told of."""
    desk.notes.write(desk.workspace, book.DIGEST, schedule.id, {"as_of": as_of.isoformat()})
    return True


def _span(first: date, last: date) -> str:
    return f"{first.isoformat()}..{last.isoformat()}"
