"""`Schedule`: something that somebody wants to have come by itself, as it is kept."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

from pydantic import Field

from reports.facts import Frozen


class Rhythm(Frozen):
    """On which days something comes, and at what time on the clocks of one place.

    Attributes:
        every: every day; the company's working days; the weekdays of `weekdays`; the day `day` of each month (in shorter
            months its last day); the first working day of each month.
        weekdays: 0 for Monday to 6 for Sunday, ascending; empty but for "week".
        day: 1 to 31, for "month" only.
        at: hour and minute, on the clocks of `zone`.
        zone: an IANA name, `Europe/Berlin`.
    """

    every: Literal["day", "workday", "week", "month", "first_workday"]
    weekdays: tuple[int, ...] = ()
    day: int | None = Field(default=None, ge=1, le=31)
    at: time
    zone: str


class Schedule(Frozen):
    """One schedule. Our table of them is the truth: the engine only looks, once a minute, what is due by it.

    Attributes:
        owner: the Slack person who made it, and who is asked and told about it.
        what: a report or an answer that is posted, a digest of what changed, or an alert that comes only when something
            happened.
        text: the words that are asked each time, `weekly emea`.
        channel: where it goes; the owner's own user id for direct messages.
        unreviewed: what becomes of a report that nobody has looked at by the hour: it is held and its owner told, or it
            is posted and marked as not reviewed.
        skips: the dates on which it does not come, in its own zone.
        done_through: the newest instant that was carried out, skipped or reported as missed; what is due up to it is past.
        paused: why it does not come, as a sentence; empty while it does.
    """

    id: str
    owner: str
    what: Literal["report", "digest", "alert"] = "report"
    text: str
    rhythm: Rhythm
    channel: str
    unreviewed: Literal["hold", "post"] = "hold"
    skips: tuple[date, ...] = ()
    done_through: datetime
    paused: str = ""
    made_at: datetime
