"""The track record: what won and commit stood at on the same day of past periods, and what those ended with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from reports.facts import Period
from reports.kinds.scene import Scene
from reports.measures.groups import exact
from reports.view import PipelineView
from reports.view.standings import Mark, standings

# Periods looked back on, and how many of them make a rate or a range.
QUARTERS = 8
ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One past period: won and commit on the same day of it, what it ended with, and the naive forecast of that day.

    `naive` is what the last period that was over by that day had ended with; None where history has none.
    """

    period: Period
    called: Decimal
    ended: Decimal
    naive: Decimal | None

    @property
    def error(self) -> Decimal | None:
        """Return (called - ended) / ended; None where nothing was won."""
        return _off(self.called, self.ended)

    @property
    def naive_error(self) -> Decimal | None:
        """Return (naive - ended) / ended; None where nothing was won or there is no naive forecast."""
        return None if self.naive is None else _off(self.naive, self.ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The past periods that history covers, newest first, and the naive forecast of the scene's own period.

    `naive` is (period, what it ended with), the last one that is over; None without one.
    """

    pasts: tuple[Past, ...]
    naive: tuple[Period, Decimal] | None

    @property
    def told(self) -> tuple[Past, ...]:
        """Return the past periods of which there is an error."""
        return tuple(past for past in self.pasts if past.error is not None)

    @property
    def wape(self) -> Decimal | None:
        """Return sum|called - ended| / sum ended; None for fewer than ENOUGH periods."""
        return wape([(past.called, past.ended) for past in self.told])

    @property
    def naive_wape(self) -> Decimal | None:
        """Return the same of the naive forecast, over the periods that have one."""
        return wape([(past.naive, past.ended) for past in self.told if past.naive is not None])

    def reach(self, called: Decimal) -> tuple[Decimal, Decimal] | None:
        """Return the lowest and highest end that the past's own errors make of what is called now.

        None for fewer than ENOUGH periods in which something was called, and where nothing is called now.
        """
        rates = [past.ended / past.called for past in self.pasts if past.called > 0]
        if len(rates) < ENOUGH or called <= 0:
            return None
        return called * min(rates), called * max(rates)


def wape(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return sum|forecast - actual| / sum actual (METRICS §4.7); None for fewer than ENOUGH pairs."""
    actual = sum((ended for _, ended in pairs), Decimal(0))
    if len(pairs) < ENOUGH or not actual:
        return None
    return sum((abs(forecast - ended) for forecast, ended in pairs), Decimal(0)) / actual


def record(scene: Scene) -> Record:
    """Return the track record at this day of the scene's period; without past periods where the period is over."""
    return scene.view.once(("track record", scene.period), lambda: _record(scene))


def same_day(view: PipelineView, period: Period, past: Period) -> Mark:
    """Return the end of the day of a past period that lies in it as today lies in `period`.

    Days before the period's start keep their distance to it; the last day stands for all days after its end.
    """
    length, passed = (period.end - period.start).days, (view.today - period.start).days
    own = (past.end - past.start).days
    days = passed if passed < 0 else -(-passed * own // length)
    day = past.start + timedelta(days=min(days, own - 1))
    return Mark(at=view.calendar.end_of(day), period=past)


def _record(scene: Scene) -> Record:
    view = scene.view
    before = _before(view, scene.period)
    over = [period for period in before if period.end <= view.today][: QUARTERS + 1]
    marks = [same_day(view, scene.period, past) for past in over]
    ends = [Mark(at=view.as_of, period=past) for past in over]
    found = standings(view, [*marks, *ends])
    stood, ended = found[: len(over)], found[len(over) :]
    known = {
        past: exact(end.won)
        for past, end in zip(over, ended, strict=True)
        if end is not None and _covered(view, past)
    }
    pasts = [
        Past(
            period=past,
            called=exact(then.called),
            ended=known[past],
            naive=_last_over(view, past, mark, known),
        )
        for past, mark, then in zip(over, marks, stood, strict=True)
        if then is not None and past in known
    ]
    naive = next(((past, known[past]) for past in over if past in known), None)
    return Record(pasts=() if scene.is_over else tuple(pasts[:QUARTERS]), naive=naive)


def _before(view: PipelineView, period: Period) -> list[Period]:
    """Return the periods before one, newest first, as far back as history can matter."""
    found = []
    for _ in range(2 * QUARTERS):
        period = view.calendar.previous(period)
        found.append(period)
    return found


def _last_over(view: PipelineView, past: Period, mark: Mark, known: dict[Period, Decimal]) -> Decimal | None:
    """Return what the last period that was over at a mark had ended with; None where it is not known."""
    day = view.calendar.day(mark.at)
    over = next((period for period in _before(view, past) if period.end <= day), None)
    return known.get(over) if over else None


def _covered(view: PipelineView, past: Period) -> bool:
    """Say whether history covers a period from its first day on, so that all that was won in it is known."""
    return view.begins is not None and view.begins <= view.calendar.end_of(past.start)


def _off(forecast: Decimal, actual: Decimal) -> Decimal | None:
    return (forecast - actual) / actual if actual else None
