"""Which of an owner's messages takes what is asked: at most one goes out a day, and what comes later joins the next."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.nudges.book import Book
from bot.nudges.values import Asked, Item
from bot.schedules.rhythm import following
from bot.schedules.schedule import Rhythm

# When a message goes out that had to wait for another day, and when people are told what came of it.
MORNING, REPORT = time(9, 0), time(8, 30)


def working(at: time, zone: str, after: datetime, holidays: Collection[date]) -> datetime:
    """Return the next time of that kind on a working day's clock in a zone, after an instant."""
    return next(following(Rhythm(every="workday", at=at, zone=zone), after, holidays=holidays))


def ask(
    book: Book,
    items: tuple[Item, ...],
    *,
    owner: str,
    user: str,
    zone: str,
    now: datetime,
    holidays: Collection[date],
) -> Asked:
    """Put what is asked on the owner's message that goes out next, and return that; the same round is put once."""
    rounds = {item.round for item in items}
    mine = [asked for asked in book.asked.all() if asked.owner == owner]
    if known := next((asked for asked in mine if rounds & {item.round for item in asked.items}), None):
        return known
    waiting = sorted((asked for asked in mine if asked.state == "waiting"), key=lambda asked: asked.due)
    for asked in waiting:
        after = book.asked.change(asked.id, lambda note: _joined(note, items))
        if after is not None and rounds & {item.round for item in after.items}:
            return after
    due = now if not is_out(mine, now, zone) else working(MORNING, zone, now, holidays)
    while True:
        fresh = Asked(id=f"{owner}:{_day(due, zone)}", owner=owner, user=user, due=due)
        after = book.asked.change(fresh.id, lambda note, fresh=fresh: _joined(note or fresh, items))  # type: ignore[misc]
        if after is not None and rounds & {item.round for item in after.items}:
            return after
        due = working(MORNING, zone, due + timedelta(minutes=1), holidays)


def is_out(mine: Collection[Asked], now: datetime, zone: str, *, but: str = "") -> bool:
    """Say whether an owner has had today's message, or is getting it, beside the one whose id is `but`."""
    today = _day(now, zone)
    return any(
        asked.id != but
        and (
            (asked.state == "sealed" and _day(asked.due, zone) == today)
            or (asked.sent_at is not None and _day(asked.sent_at, zone) == today)
        )
        for asked in mine
    )


def _joined(asked: Asked | None, items: tuple[Item, ...]) -> Asked | None:
    if asked is None or asked.state != "waiting":
        return asked
    return asked.model_copy(update={"items": (*asked.items, *items)})


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()
