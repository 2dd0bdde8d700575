"""The bridge: how open pipeline moved from one instant to another.

Two states and close stamps (METRICS §4.2): a deal has at most one entry and one exit, the change of its amount is
split out, and what came and went between the two instants is counted on both sides, so that the won bar equals the
bookings of the window. A deal that was open for another period and is lost never was pipeline of this one.
`opening + steps == closing` is checked each time, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connectors.records import Status
from reports.errors import BadInput, NothingThere, ReportError
from reports.facts import RECORD_CAP, Frozen, Period, Row
from reports.measures.asked import NOTHING, Asked, deals, together
from reports.measures.groups import Group, Key, Line, columns, exact, groups, keyed, ordered
from reports.periods import written
from reports.view import PipelineView
from reports.view.narrow import must_read

# Every bucket in the order in which a bridge shows it, with what it means.
BUCKETS: Final[Mapping[str, str]] = {
    "created": "did not exist at the start, or was created after it",
    "returned": "was there before the start and not at it, and is there again",
    "reopened": "was closed at the start and is open again",
    "entered_scope": "came into scope: owner, region, type or category changed",
    "pulled_in": "was due after the period and is due in it now",
    "pushed_in": "was due before the period (or had no date) and is due in it now",
    "increased": "amount went up",
    "won": "was won in the window, by close date",
    "pushed_out": "slipped: was due in the period and is due after it now",
    "pulled_out": "is due before the period now, or has no close date any more",
    "decreased": "amount went down",
    "lost": "was lost in the window, by close date",
    "left_scope": "left the scope: owner, region, type or category changed",
    "deleted": "was deleted or merged away",
    "closed_undated": "is closed, but with a close date outside the window",
}


class BridgeOpen(ReportError):
    """Opening and steps do not add up to the closing; nothing may be shown from it."""


class Step(Frozen):
    """One bar of a bridge: signed value, number of deals, ids of the largest."""

    bucket: str
    value: Decimal
    n: int
    records: tuple[str, ...] = ()


class Movement(Frozen):
    """What one deal did in one bucket: signed value, and its close dates at both ends (None: none, or no deal)."""

    deal_id: str
    bucket: str
    value: Decimal
    old_close: date | None
    new_close: date | None


class Bridge(Frozen):
    """How open pipeline of a period moved between two instants, in the view's currency.

    `steps` holds every bucket in order, those of nothing too. `movements` lists the largest deals of each bucket, at
    most RECORD_CAP of them, largest first.
    """

    period: Period
    since: datetime
    as_of: datetime
    currency: str
    opening: Row
    steps: tuple[Step, ...]
    closing: Row
    movements: tuple[Movement, ...]
    notes: tuple[str, ...] = ()

    def step(self, bucket: str) -> Step:
        """Return the step of that bucket."""
        return next(step for step in self.steps if step.bucket == bucket)

    def moved(self, *buckets: str) -> tuple[Movement, ...]:
        """Return the movements of these buckets, in the order of `movements`."""
        return tuple(movement for movement in self.movements if movement.bucket in buckets)


def bridge(view: PipelineView, period: Period, since: datetime) -> Bridge:
    """Return how the open pipeline of a period moved from `since` to the view's instant.

    Raises:
        NothingThere: history begins after `since`.
        NotShown: somebody may not read amounts.
        BridgeOpen: the parts do not add up; a defect, never to be shown.
    """
    must_read("amount", view.access, "a bridge")
    asked = Asked(view=view, by=(), span=period, since=since)
    flow = _flows(asked)[()]
    return Bridge(
        period=period,
        since=since,
        as_of=view.as_of,
        currency=view.currency,
        opening=_row(flow.opening),
        steps=flow.steps,
        closing=_row(flow.closing),
        movements=flow.movements,
        notes=tuple(asked.notes),
    )


def bridge_rows(asked: Asked) -> tuple[Row, ...]:
    """Return the bridge as rows: for each slice its opening, every step and its closing, keyed by `bucket` last.

    A deal that moves from one slice to another leaves the scope of the one and enters that of the other.
    """
    found: list[Row] = []
    flows = _flows(asked)
    lines = (Line(key=key, value=flow.closing.total, n=flow.closing.n) for key, flow in flows.items())
    for named, line in ordered(asked.view, asked.by, lines):
        flow = flows[line.key]
        found.append(_row(flow.opening, (*named, ("bucket", "opening"))))
        found.extend(
            Row(
                by=(*named, ("bucket", step.bucket)),
                value=step.value,
                n=step.n,
                records=step.records,
                record_count=step.n,
            )
            for step in flow.steps
        )
        found.append(_row(flow.closing, (*named, ("bucket", "closing"))))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flow:
    """The bridge of one slice."""

    opening: Group
    steps: tuple[Step, ...]
    closing: Group
    movements: tuple[Movement, ...]


def _flows(asked: Asked) -> dict[Key, _Flow]:
    must_reach(asked)
    view, due = asked.view, f"status = '{Status.OPEN}' AND {asked.within()}"
    opening = groups(view, view.states(asked.since), asked.by, due)
    closing = groups(view, view.states(), asked.by, due)
    steps, movements = _moved(asked)
    flows = {
        key: _Flow(
            opening=opening.get(key, NOTHING),
            steps=tuple(
                steps.get((key, bucket)) or Step(bucket=bucket, value=Decimal(0), n=0) for bucket in BUCKETS
            ),
            closing=closing.get(key, NOTHING),
            movements=tuple(movements.get(key, ())),
        )
        for key in together(opening, closing, dict.fromkeys((key for key, _ in steps), NOTHING))
    }
    for key, flow in flows.items():
        if flow.opening.total + sum((step.value for step in flow.steps), Decimal(0)) != flow.closing.total:
            raise BridgeOpen(
                f"the bridge of {asked.period.label} {key!r} does not close: {flow.opening.total} and the steps do not "
                f"make {flow.closing.total}"
            )
    empty = [sum(group.n - group.valued for group in side.values()) for side in (opening, closing)]
    if any(empty):
        asked.note(f"deals without a value count as 0: {empty[0]} at the start, {empty[1]} at the end")
    return flows


def must_reach(asked: Asked) -> None:
    """Refuse a comparison that history does not cover.

    Raises:
        BadInput: it ends before it begins.
        NothingThere: history begins after its start, or amounts are known of all deals from later on only.
    """
    begins, calendar = asked.view.begins, asked.view.calendar
    if asked.since > asked.view.as_of:
        raise BadInput(
            f"nothing lies between {calendar.day(asked.since)} and {asked.view.today}: compare with an earlier day"
        )
    if begins is None or asked.since < begins:
        when = (
            "there is no record yet" if begins is None else f"history begins {written(calendar.day(begins))}"
        )
        raise NothingThere(f"nothing can be compared with {written(calendar.day(asked.since))}: {when}")
    valued = asked.view.valued_from
    if valued is not None and asked.since < valued:
        raise NothingThere(
            f"nothing can be compared with {written(calendar.day(asked.since))}: amounts are known of all deals from "
            f"{written(calendar.day(valued))} on only"
        )


def _moved(asked: Asked) -> tuple[dict[tuple[Key, str], Step], dict[Key, list[Movement]]]:
    """Return the steps by slice and bucket, and the largest movements of each slice."""
    keys = columns(asked.by)
    size = len(asked.by)
    found = asked.view.rows_once(
        f"WITH {_FLOW_STEPS.format(**_parts(asked))} "
        f"SELECT {keys}bucket, deal_id, v, old_close, new_close, total, n, unseen FROM ("
        "SELECT *, row_number() OVER each AS place, sum(v) OVER whole AS total, count(*) OVER whole AS n, "
        f"count(*) FILTER (missing) OVER whole AS unseen FROM flows WINDOW whole AS (PARTITION BY {keys}bucket), "
        f"each AS (PARTITION BY {keys}bucket ORDER BY abs(v) DESC, deal_id)) WHERE place <= {RECORD_CAP} "
        f"ORDER BY {keys}bucket, place",
        since=asked.since,
    )
    by_step: dict[tuple[Key, str], list[tuple[Any, ...]]] = {}
    for row in found:
        by_step.setdefault((row[:size], row[size]), []).append(row[size + 1 :])
    steps: dict[tuple[Key, str], Step] = {}
    movements: dict[Key, list[Movement]] = {}
    unseen = 0
    for (key, bucket), deals_moved in by_step.items():
        *_, total, n, missing = deals_moved[0]
        unseen += missing
        steps[key, bucket] = Step(
            bucket=bucket, value=exact(total), n=n, records=tuple(row[0] for row in deals_moved)
        )
        movements.setdefault(key, []).extend(
            Movement(deal_id=row[0], bucket=bucket, value=exact(row[1]), old_close=row[2], new_close=row[3])
            for row in deals_moved
        )
    if unseen:
        asked.note(
            f"{deals(unseen)} shown as created existed before, but history does not show them at the start"
        )
    return steps, movements


def _parts(asked: Asked) -> dict[str, str]:
    """Return the pieces of the statement below: both sides, slices, period and window."""
    view, calendar = asked.view, asked.view.calendar
    first = calendar.day(asked.since)
    if calendar.end_of(first) <= asked.since:
        first += timedelta(days=1)
    count = range(len(asked.by))
    same = " AND ".join(f"ak{n} IS NOT DISTINCT FROM bk{n}" for n in count) or "TRUE"
    return {
        "start": _side(asked, asked.since),
        "end": _side(asked, view.as_of),
        "due": asked.within(),
        "after": f">= DATE '{asked.period.end}'",
        "due_a": asked.within("a_close"),
        "due_b": asked.within("b_close"),
        "closed": f"BETWEEN DATE '{first}' AND DATE '{view.today}'",
        "a_keys": "".join(f"a.k{n} AS ak{n}, " for n in count),
        "b_keys": "".join(f"b.k{n} AS bk{n}, " for n in count),
        "keys": columns(asked.by),
        "whole": "".join(f"CASE WHEN a_id IS NULL THEN bk{n} ELSE ak{n} END AS k{n}, " for n in count),
        "old": "".join(f"ak{n} AS k{n}, " for n in count),
        "new": "".join(f"bk{n} AS k{n}, " for n in count),
        "together": f"a_id IS NULL OR b_id IS NULL OR ({same})",
    }


def _side(asked: Asked, instant: datetime) -> str:
    view = asked.view
    table = view.session.states(instant, view.currency)
    return keyed(asked.by, f"(SELECT *, coalesce({view.scope.where()}, FALSE) AS eligible FROM {table})")


_FLOW_STEPS: Final = """
a AS NOT MATERIALIZED ({start}), b AS NOT MATERIALIZED ({end}),
wanted AS (
    SELECT deal_id FROM a WHERE eligible AND status = 'open' AND {due}
    UNION
    SELECT deal_id FROM b WHERE eligible AND {due} AND (status = 'open' OR close {closed})
),
earlier AS MATERIALIZED (
    SELECT DISTINCT deal_id FROM state SEMI JOIN (SELECT deal_id FROM wanted ANTI JOIN a USING (deal_id)) USING (deal_id)
    WHERE valid_from <= $since AND NOT coalesce(deleted, FALSE)
),
pair AS MATERIALIZED (
    SELECT w.deal_id, {a_keys}{b_keys}a.deal_id AS a_id, a.status AS a_status, coalesce(a.eligible, FALSE) AS a_in,
        a.close AS a_close, coalesce(a.value, 0) AS a_value, b.deal_id AS b_id, b.status AS b_status,
        coalesce(b.eligible, FALSE) AS b_in, b.close AS b_close, coalesce(b.value, 0) AS b_value,
        coalesce(d.created_at > $since, FALSE) AS newly, d.created_at IS NOT NULL AS dated,
        e.deal_id IS NOT NULL AS was_there
    FROM wanted w LEFT JOIN a ON a.deal_id = w.deal_id LEFT JOIN b ON b.deal_id = w.deal_id
    LEFT JOIN deal d ON d.id = w.deal_id LEFT JOIN earlier e ON e.deal_id = w.deal_id
),
sliced AS (
    SELECT {whole}* FROM pair WHERE {together}
    UNION ALL SELECT {old}* REPLACE (FALSE AS b_in) FROM pair WHERE NOT ({together})
    UNION ALL SELECT {new}* REPLACE (FALSE AS a_in) FROM pair WHERE NOT ({together})
),
seen AS (
    SELECT *,
        coalesce(a_in AND a_status = 'open' AND {due_a}, FALSE) AS in0,
        coalesce(b_in AND b_status = 'open' AND {due_b}, FALSE) AS in1,
        coalesce(b_in AND b_status IN ('won', 'lost') AND b_close {closed}, FALSE) AS closed_in
    FROM sliced
),
passing AS MATERIALIZED (
    SELECT *,
        NOT in0 AND NOT in1 AND closed_in AND coalesce({due_b}, FALSE) AND a_status IS DISTINCT FROM b_status
            AND NOT (b_status = 'lost' AND coalesce(a_status = 'open', FALSE) AND NOT coalesce({due_a}, FALSE)) AS passed,
        CASE WHEN was_there THEN 'returned' WHEN a_id IS NULL OR newly THEN 'created'
            WHEN a_status <> 'open' THEN 'reopened' WHEN NOT a_in THEN 'entered_scope'
            WHEN a_close {after} THEN 'pulled_in' ELSE 'pushed_in' END AS entry
    FROM seen
),
flows AS (
    SELECT {keys}deal_id, entry AS bucket,
        CASE WHEN in1 AND entry IN ('pulled_in', 'pushed_in') THEN a_value ELSE b_value END AS v,
        a_close AS old_close, b_close AS new_close, entry = 'created' AND NOT newly AND dated AS missing
    FROM passing WHERE NOT in0 AND (in1 OR passed)
    UNION ALL
    SELECT {keys}deal_id,
        CASE WHEN b_id IS NULL THEN 'deleted' WHEN closed_in THEN b_status WHEN NOT b_in THEN 'left_scope'
            WHEN b_status <> 'open' THEN 'closed_undated' WHEN b_close {after} THEN 'pushed_out'
            ELSE 'pulled_out' END,
        CASE WHEN closed_in THEN -b_value ELSE -a_value END, a_close, b_close, FALSE
    FROM passing WHERE (in0 AND NOT in1) OR passed
    UNION ALL
    SELECT {keys}deal_id, CASE WHEN b_value > a_value THEN 'increased' ELSE 'decreased' END, b_value - a_value,
        a_close, b_close, FALSE
    FROM passing
    WHERE b_value <> a_value
        AND ((in0 AND (in1 OR closed_in)) OR (in1 AND NOT in0 AND entry IN ('pulled_in', 'pushed_in')))
)
"""


def _row(group: Group, by: tuple[tuple[str, str | None], ...] = ()) -> Row:
    return Row(by=by, value=group.total, n=group.n, records=group.records, record_count=group.n)
