"""How what is called commit, or best case, moved between two instants: which deals were called so, and became what.

Two states: a deal that is called so at both ends shows only by the change of its amount; one that came counts at its
amount now, one that left at its amount then. `opening + steps == closing` is checked each time, exactly.
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
from reports.measures.movement import BridgeOpen, Step, must_reach
from reports.view import PipelineView

# Every way in and out in the order in which they are shown, with what it means.
CHANGES: Final[Mapping[str, str]] = {
    "added": "did not exist at the start, or was created after it",
    "moved_in": "was due outside the period and is due in it now",
    "raised_to": "was called less at the start",
    "lowered_to": "was called more at the start",
    "entered": "came into scope, or was closed and is open again",
    "increased": "amount went up",
    "decreased": "amount went down",
    "won": "was won",
    "lost": "was lost",
    "moved_out": "is due outside the period now",
    "raised_from": "is called more now",
    "lowered_from": "is called less now",
    "left": "left the scope, or was deleted",
}
# From the least that a deal can be called to the most.
_LADDER: Final = (
    ForecastClass.OMITTED,
    ForecastClass.PIPELINE,
    ForecastClass.BEST_CASE,
    ForecastClass.MOST_LIKELY,
    ForecastClass.COMMIT,
)


class Recall(Frozen):
    """What one deal did in one bucket: signed value, and how it was called at both ends (None: not open, or no deal)."""

    deal_id: str
    bucket: str
    value: Decimal
    before: str | None
    after: str | None


class Calling(Frozen):
    """How the open deals of one category, due in a period, moved between two instants, in the view's currency.

    `steps` holds every bucket of CHANGES in order, those of nothing too. `recalls` lists the largest deals of each, at
    most RECORD_CAP of them, largest first.
    """

    category: str
    period: Period
    since: datetime
    as_of: datetime
    currency: str
    opening: Row
    steps: tuple[Step, ...]
    closing: Row
    recalls: tuple[Recall, ...]

    def step(self, bucket: str) -> Step:
        """Return the step of that bucket."""
        return next(step for step in self.steps if step.bucket == bucket)


def calling(view: PipelineView, period: Period, since: datetime, category: ForecastClass) -> Calling:
    """Return how what is called `category` moved from `since` to the view's instant.

    Raises:
        NothingThere: history begins after `since`.
        BridgeOpen: the parts do not add up; a defect, never to be shown.
    """
    asked = Asked(view=view, by=(), span=period, since=since)
    must_reach(asked)
    called = f"status = '{Status.OPEN}' AND {asked.within()} AND category = '{category}'"
    opening = groups(view, view.states(since), (), called)[()]
    closing = groups(view, view.states(), (), called)[()]
    steps, recalls = _moved(asked, category, called)
    total = opening.total + sum((step.value for step in steps.values()), Decimal(0))
    if total != closing.total:
        raise BridgeOpen(
            f"what is called {category} in {period.label} does not close: {opening.total} and the steps do not make "
            f"{closing.total}"
        )
    return Calling(
        category=str(category),
        period=period,
        since=since,
        as_of=view.as_of,
        currency=view.currency,
        opening=Row(value=opening.total, n=opening.n, records=opening.records, record_count=opening.n),
        steps=tuple(steps.get(bucket) or Step(bucket=bucket, value=Decimal(0), n=0) for bucket in CHANGES),
        closing=Row(value=closing.total, n=closing.n, records=closing.records, record_count=closing.n),
        recalls=tuple(recalls),
    )


def _moved(asked: Asked, category: ForecastClass, called: str) -> tuple[dict[str, Step], list[Recall]]:
    """Return the steps by bucket, and the largest deals of each."""
    view = asked.view
    rows = view.rows_once(
        f"WITH {_MOVES.format(**_parts(asked, category, called))} "
        "SELECT bucket, deal_id, v, a_called, b_called, total, n FROM (SELECT *, row_number() OVER each AS place, "
        "sum(v) OVER (PARTITION BY bucket) AS total, count(*) OVER (PARTITION BY bucket) AS n FROM moves "
        "WINDOW each AS (PARTITION BY bucket ORDER BY abs(v) DESC, deal_id)) "
        f"WHERE place <= {RECORD_CAP} ORDER BY bucket, place",
        since=asked.since,
    )
    by_bucket: dict[str, list[tuple[str, Decimal, str | None, str | None, Decimal, int]]] = {}
    for bucket, *row in rows:
        by_bucket.setdefault(bucket, []).append((row[0], row[1], row[2], row[3], row[4], row[5]))
    steps = {
        bucket: Step(
            bucket=bucket, value=exact(found[0][4]), n=found[0][5], records=tuple(row[0] for row in found)
        )
        for bucket, found in by_bucket.items()
    }
    recalls = [
        Recall(deal_id=row[0], bucket=bucket, value=exact(row[1]), before=row[2], after=row[3])
        for bucket in CHANGES
        for row in by_bucket.get(bucket, ())
    ]
    return steps, recalls


def _parts(asked: Asked, category: ForecastClass, called: str) -> dict[str, str]:
    """Return the pieces of the statement below."""
    view = asked.view
    ladder = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(_LADDER))
    rank = f"(CASE coalesce(category, '{ForecastClass.PIPELINE}') {ladder} END)"

    def side(instant: datetime) -> str:
        """Return every deal's state: whether it counts, may be seen, is due in the period, and how it is called."""
        return (
            f"(SELECT deal_id, status, category, coalesce(value, 0) AS value, {rank} AS rank, "
            f"coalesce({view.scope.where()}, FALSE) AS eligible, "
            f"coalesce({view.scope.where(counted=False)}, FALSE) AND status = '{Status.OPEN}' "
            f"AND category IS NOT DISTINCT FROM '{ForecastClass.OMITTED}' AS omitted, "
            f"coalesce({asked.within()}, FALSE) AS due, "
            f"coalesce({view.scope.where()} AND {called}, FALSE) AS called "
            f"FROM {view.session.states(instant, view.currency)})"
        )

    return {"a": side(asked.since), "b": side(view.as_of), "own": str(_LADDER.index(category))}


_MOVES: Final = """
pair AS (
    SELECT coalesce(a.deal_id, b.deal_id) AS deal_id, a.deal_id AS a_id, b.deal_id AS b_id,
        coalesce(a.called, FALSE) AS was, coalesce(b.called, FALSE) AS is_now,
        a.status AS a_status, b.status AS b_status, coalesce(a.eligible, FALSE) AS a_in,
        coalesce(b.eligible, FALSE) AS b_in, coalesce(a.omitted, FALSE) AS a_omitted,
        coalesce(b.omitted, FALSE) AS b_omitted, a.due AS a_due, b.due AS b_due, a.rank AS a_rank, b.rank AS b_rank,
        coalesce(a.value, 0) AS a_value, coalesce(b.value, 0) AS b_value,
        CASE WHEN a.status = 'open' AND (a.eligible OR a.omitted) THEN a.category END AS a_called,
        CASE WHEN b.status = 'open' AND (b.eligible OR b.omitted) THEN b.category END AS b_called
    FROM {a} a FULL OUTER JOIN {b} b ON a.deal_id = b.deal_id WHERE coalesce(a.called, FALSE) OR coalesce(b.called, FALSE)
),
moves AS (
    SELECT pair.deal_id, a_called, b_called,
        CASE WHEN was AND is_now THEN b_value - a_value WHEN was THEN -a_value ELSE b_value END AS v,
        CASE
            WHEN was AND is_now THEN CASE WHEN b_value > a_value THEN 'increased' ELSE 'decreased' END
            WHEN was AND b_omitted THEN 'lowered_from'
            WHEN was AND NOT b_in THEN 'left'
            WHEN was AND b_status IN ('won', 'lost') THEN b_status
            WHEN was AND NOT b_due THEN 'moved_out'
            WHEN was THEN CASE WHEN b_rank > {own} THEN 'raised_from' ELSE 'lowered_from' END
            WHEN a_id IS NULL OR coalesce(deal.created_at > $since, FALSE) THEN 'added'
            WHEN a_omitted THEN 'raised_to'
            WHEN NOT a_in OR a_status <> 'open' THEN 'entered'
            WHEN NOT a_due THEN 'moved_in'
            ELSE CASE WHEN a_rank > {own} THEN 'lowered_to' ELSE 'raised_to' END
        END AS bucket
    FROM pair LEFT JOIN deal ON deal.id = pair.deal_id
    WHERE NOT (was AND is_now AND a_value = b_value)
)
"""
