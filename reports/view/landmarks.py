"""What became of deals that stood where ours stand: the same normalised day of past quarters, as it was known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reports.facts import Period
from reports.view.pipeline import PipelineView
from reports.view.session import naive
from reports.view.timeline import SETTLING_HOURS, Logged, logged, rows, timeline

# Quarters looked back on.
QUARTERS = 8
# Above this many deals every k-th one is enough to measure a rate.
SAMPLE = 20_000
# Buyer touch within so many days: `week`, `month`; otherwise `longer`.
IDLE_DAYS = (7, 28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What history says, counted.

    Attributes:
        cells: (stage order, due, category, segment, pushes 0..2, idle, has next step, n, won by the quarter's end).
        owners: (owner, category, segment, n, won) of deals due in the quarter at its landmark.
        won, lost: closed deals, ever.
        quarters: labels of the quarters measured, oldest first.
        every: only every so-manieth deal was counted.
    """

    cells: tuple[tuple[int, str, str, str | None, int, str, bool, int, int], ...]
    owners: tuple[tuple[str, str, str | None, int, int], ...]
    won: int
    lost: int
    quarters: tuple[str, ...]
    every: int


def past(view: PipelineView, period: Period) -> Past:
    """Return how deals fared from this day of past quarters to the end of theirs, under the view's access.

    The view's filters do not apply: peers are all peers that may be seen. For a period ahead, the landmark lies as
    many quarters before the past quarter as today lies before the period.
    """
    every = max(1, -(-view.session.size // SAMPLE))
    won, lost = rows(
        view,
        "SELECT count(*) FILTER (status = 'won'), count(*) FILTER (status = 'lost') FROM state "
        f"WHERE valid_from <= $as_of AND valid_to > $as_of AND NOT coalesce(deleted, FALSE) "
        f"AND {view.scope.where(chosen=False)}",
    )[0]
    marks = _landmarks(view, period)
    if not marks:
        return Past(cells=(), owners=(), won=won, lost=lost, quarters=(), every=every)
    found = rows(view, _statement(view, marks, every))
    cells = tuple(row[:9] for row in found if row[9] is None)
    owners = tuple((row[9], row[2], row[3], row[7], row[8]) for row in found if row[9] is not None)
    return Past(
        cells=cells,
        owners=owners,
        won=won,
        lost=lost,
        quarters=tuple(mark.label for mark in marks),
        every=every,
    )


@dataclass(frozen=True, slots=True)
class _Landmark:
    """The day looked from, and the quarter looked at."""

    label: str
    day: date
    at: datetime
    start: date
    end: date
    over: datetime
    next_end: date


def _landmarks(view: PipelineView, period: Period) -> tuple[_Landmark, ...]:
    """Return the landmarks that history covers and whose quarter is over, oldest first."""
    calendar = view.calendar
    here = calendar.quarter(view.today)
    ahead = 0
    target = calendar.quarter(period.start)
    while here.start < target.start and ahead < QUARTERS:
        here, ahead = calendar.next(here), ahead + 1
    place = calendar.normalised_day(view.today)
    begins = naive(view.begins) if view.begins else None
    found: list[_Landmark] = []
    quarter_then = calendar.quarter(view.today)
    for _ in range(QUARTERS + ahead):
        quarter_then = calendar.previous(quarter_then)
        watched = quarter_then
        for _ in range(ahead):
            watched = calendar.next(watched)
        day = quarter_then.start + timedelta(
            days=-(-place * (quarter_then.end - quarter_then.start).days // 90)
        )
        at = calendar.end_of(day).replace(tzinfo=None)
        if watched.end > view.today:
            continue
        if begins is None or at < begins:
            break
        over = calendar.end_of(watched.end - timedelta(days=1)).replace(tzinfo=None)
        found.append(
            _Landmark(watched.label, day, at, watched.start, watched.end, over, calendar.next(watched).end)
        )
    return tuple(reversed(found[:QUARTERS]))


def _statement(view: PipelineView, marks: tuple[_Landmark, ...], every: int) -> str:
    """Return the one aggregation: cells of positions, and owners by category."""
    rows = ", ".join(
        f"('{mark.at}'::TIMESTAMP, '{mark.day}'::DATE, '{mark.end}'::DATE, '{mark.next_end}'::DATE, "
        f"'{mark.over}'::TIMESTAMP)"
        for mark in marks
    )
    week, month = IDLE_DAYS
    return f"""
        WITH mark(looked, day, finish, next_end, over) AS (VALUES {rows}),
        known AS MATERIALIZED (SELECT * FROM {timeline(view, every=every)}),
        stood AS MATERIALIZED (
            SELECT mark.*, known.* FROM known JOIN mark ON valid_from <= looked AND valid_to > looked
            WHERE status = 'open' AND close IS NOT NULL
        ),
        ended AS (
            SELECT DISTINCT looked, deal_id FROM known JOIN mark ON valid_from <= over AND valid_to > over
            WHERE status = 'won' AND valid_from > looked
        ),
        moved AS (
            SELECT deal_id, valid_from AS moved_at FROM (
                SELECT deal_id, valid_from, close, lag(close) OVER (PARTITION BY deal_id ORDER BY valid_from) AS was
                FROM known SEMI JOIN stood USING (deal_id)
            ) JOIN deal ON deal.id = deal_id
            WHERE date_trunc('month', close) > date_trunc('month', was)
                AND valid_from > deal.created_at + INTERVAL {SETTLING_HOURS} HOUR
        ),
        pushes AS (
            SELECT stood.looked, deal_id, count(*) AS pushes FROM stood JOIN moved USING (deal_id)
            WHERE moved_at <= stood.looked GROUP BY ALL
        ),
        touch AS (
            SELECT looked, deal_id, max(activity."at") AS touched_at FROM activity JOIN stood USING (deal_id)
            WHERE buyer AND activity."at" <= looked AND activity."at" > looked - INTERVAL {month} DAY
            GROUP BY looked, deal_id
        ),
        peer AS (
            SELECT stood.ord, stood.category, stood.segment, stood.owner_id,
                CASE WHEN stood.close < day THEN 'overdue' WHEN stood.close < finish THEN 'this'
                    WHEN stood.close < next_end THEN 'next' ELSE 'later' END AS due,
                least(coalesce(pushes, 0), 2) AS pushes,
                CASE WHEN {"FALSE" if logged(view) is Logged.TOUCHES else "TRUE"} THEN 'unknown'
                    WHEN touched_at > stood.looked - INTERVAL {week} DAY THEN 'week'
                    WHEN touched_at IS NOT NULL THEN 'month' ELSE 'longer' END AS idle,
                trim(coalesce(stood.next_step, '')) <> '' AS step,
                ended.deal_id IS NOT NULL AS won
            FROM stood
            LEFT JOIN pushes ON pushes.looked = stood.looked AND pushes.deal_id = stood.deal_id
            LEFT JOIN ended ON ended.looked = stood.looked AND ended.deal_id = stood.deal_id
            LEFT JOIN touch ON touch.looked = stood.looked AND touch.deal_id = stood.deal_id
        )
        SELECT ord, due, category, segment, pushes, idle, step, count(*), count(*) FILTER (won), NULL
        FROM peer GROUP BY ord, due, category, segment, pushes, idle, step
        UNION ALL
        SELECT NULL, 'this', category, segment, NULL, NULL, NULL, count(*), count(*) FILTER (won), owner_id
        FROM peer WHERE due = 'this' AND owner_id IS NOT NULL GROUP BY category, segment, owner_id
        """
