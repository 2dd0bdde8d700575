"""How a period closed against what was called: from won and commit, some days before its end, to what is won.

Two states: a deal that was won or commit then and is won in the period now shows only by the change of its amount; one
that is not won in it now is gone with its amount then; one that was neither then and is won now is won beyond the call.
`opening + steps == closing` is checked each time, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from connectors.records import ForecastClass, Status
from reports.facts import RECORD_CAP, Frozen, Period, Row
from reports.measures.asked import Asked
from reports.measures.groups import exact, groups
from reports.measures.movement import BridgeOpen, Movement, Step, must_reach
from reports.view import PipelineView
from reports.view.narrow import must_read

# What became of the call, in the order in which it is shown, with what it means.
ENDS: Final[Mapping[str, str]] = {
    "beyond": "was neither won nor commit, and is won in the period now",
    "slipped": "was commit, and is still open or was won after the period",
    "lost": "was commit, and is lost",
    "changed": "was won or commit, is won in the period now, and its amount changed",
    "gone": "was won or commit, and left the scope, was deleted, reopened, or moved to an earlier day",
}


class Outcome(Frozen):
    """How a period closed against what was won and commit at `since`, in the view's currency.

    `steps` holds every bucket of ENDS in order, those of nothing too. `movements` lists the largest deals of each, at
    most RECORD_CAP of them, largest first.
    """

    period: Period
    since: datetime
    opening: Row
    steps: tuple[Step, ...]
    closing: Row
    movements: tuple[Movement, ...]

    def step(self, bucket: str) -> Step:
        """Return the step of that bucket."""
        return next(step for step in self.steps if step.bucket == bucket)

    def moved(self, bucket: str) -> tuple[Movement, ...]:
        """Return the movements of a bucket, largest first."""
        return tuple(movement for movement in self.movements if movement.bucket == bucket)


def outcome(view: PipelineView, period: Period, since: datetime) -> Outcome:
    """Return what became, by the view's instant, of what was won and commit in a period at `since`.

    Raises:
        NothingThere: history begins after `since`.
        NotShown: somebody may not read amounts.
        BridgeOpen: the parts do not add up; a defect, never to be shown.
    """
    must_read("amount", view.access, "what became of commit")
    asked = Asked(view=view, by=(), span=period, since=since)
    must_reach(asked)
    due = asked.within()
    called = f"{due} AND (status = '{Status.WON}' OR (status = '{Status.OPEN}' AND category = '{ForecastClass.COMMIT}'))"
    opening = groups(view, view.states(since), (), called)[()]
    closing = groups(view, view.states(), (), f"{due} AND status = '{Status.WON}'")[()]
    found = view.rows_once(
        f"WITH {_ENDS.format(**_parts(asked, called))} SELECT bucket, deal_id, v, old_close, new_close, "
        "sum(v) OVER whole, count(*) OVER whole FROM flows "
        "WINDOW whole AS (PARTITION BY bucket) "
        f"QUALIFY row_number() OVER (PARTITION BY bucket ORDER BY abs(v) DESC, deal_id) <= {RECORD_CAP} "
        "ORDER BY bucket, abs(v) DESC, deal_id",
        since=since,
    )
    movements = tuple(
        Movement(deal_id=row[1], bucket=row[0], value=exact(row[2]), old_close=row[3], new_close=row[4])
        for row in found
    )
    totals = {row[0]: (exact(row[5]), row[6]) for row in found}
    steps = tuple(
        Step(
            bucket=bucket,
            value=totals.get(bucket, (Decimal(0), 0))[0],
            n=totals.get(bucket, (Decimal(0), 0))[1],
            records=tuple(move.deal_id for move in movements if move.bucket == bucket),
        )
        for bucket in ENDS
    )
    if opening.total + sum((step.value for step in steps), Decimal(0)) != closing.total:
        raise BridgeOpen(
            f"how {period.label} closed does not add up: {opening.total} and the steps do not make {closing.total}"
        )
    return Outcome(
        period=period,
        since=since,
        opening=Row(value=opening.total, n=opening.n, records=opening.records, record_count=opening.n),
        steps=steps,
        closing=Row(value=closing.total, n=closing.n, records=closing.records, record_count=closing.n),
        movements=movements,
    )


def _parts(asked: Asked, called: str) -> dict[str, str]:
    view = asked.view
    where = view.scope.where()
    return {
        "start": view.session.states(asked.since, view.currency),
        "end": view.session.states(view.as_of, view.currency),
        "eligible": f"coalesce({where}, FALSE)",
        "called": f"coalesce({called}, FALSE)",
        "won": f"coalesce({asked.within()} AND status = '{Status.WON}', FALSE)",
        "after": f">= DATE '{asked.period.end}'",
    }


_ENDS: Final = """
a AS (SELECT deal_id, status, close, coalesce(value, 0) AS value FROM {start} WHERE {eligible} AND {called}),
b AS (SELECT deal_id, status, close, coalesce(value, 0) AS value, {eligible} AS there, {eligible} AND {won} AS won
    FROM {end}),
pair AS (
    SELECT coalesce(a.deal_id, b.deal_id) AS deal_id, a.deal_id IS NOT NULL AS was, a.status AS a_status,
        a.close AS old_close, coalesce(a.value, 0) AS a_value, coalesce(b.won, FALSE) AS won,
        coalesce(b.there, FALSE) AS there, b.status AS b_status, b.close AS new_close, coalesce(b.value, 0) AS b_value
    FROM a FULL JOIN b ON a.deal_id = b.deal_id
),
flows AS (
    SELECT deal_id, old_close, new_close,
        CASE WHEN was AND won THEN 'changed' WHEN won THEN 'beyond'
            WHEN NOT there OR a_status = 'won' THEN 'gone' WHEN b_status = 'lost' THEN 'lost'
            WHEN b_status = 'open' OR new_close {after} THEN 'slipped' ELSE 'gone' END AS bucket,
        CASE WHEN was AND won THEN b_value - a_value WHEN won THEN b_value ELSE -a_value END AS v
    FROM pair WHERE (was OR won) AND NOT (was AND won AND a_value = b_value)
)
"""
