"""What the mirror shows about each open deal: its moves, touches, drops and silences, found in sets.

One statement looks at every open deal in the view; only deals on which a rule speaks, or could, come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.records import ForecastClass, Status
from reports.facts import Period
from reports.view.hygiene import knows_steps
from reports.view.pipeline import PipelineView
from reports.view.timeline import SETTLING_HOURS, Logged, logged, quarter, rows, stages, timeline

# Days of past activity from which a rep's habit is learned.
HABIT_DAYS = 91
# Pseudo-weeks by which a rep's habit is pulled towards that of everybody in the same stage.
HABIT_WEEKS = 30
# A deal with so many buyer touches has a rhythm of its own; so many days of the habit stand beside it, and it is
# never taken to be more than so many times as fast as the habit.
RHYTHM_TOUCHES, RHYTHM_DAYS, RHYTHM_FASTER = 5, 14, 2
# At most this many deals come back, the largest first.
CANDIDATES = 1000
# In a company of MANY deals, the LARGEST are looked at first: mostly they hold all that come back.
LARGEST, MANY = 8_000, 80_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What is known about one open deal at the view's instant.

    Attributes:
        amount: in the view's currency at plan rates, None when nobody entered one.
        moves: (when, old close, new close) of every move to another day, oldest first.
        pushes: moves to a later calendar month; `slips` of them left the fiscal quarter.
        slipped_from: the close date it had at the start of the comparison, where it was due in the period then and
            is due after it now; None otherwise.
        logged: what is known of activity: nothing, its days, or each touch and whether the buyer took part.
        last_touch: when the buyer last took part; where only days are known, when anything was last done.
        idle: days since the last touch (since creation where there was none).
        gap: usual days between buyer touches: this deal's rhythm, pulled towards the habit of its owner in its
            stage; the habit alone where the deal has few touches; None where touches are not known.
        logs: whether anything of this owner's was logged lately; None where nothing of anybody's ever was.
        stale, no_step, drop, regress, overdue, early, pushed: whether that rule speaks.
    """

    id: str
    name: str
    account: str | None
    account_id: str | None
    owner_id: str
    owner: str | None
    region: str | None
    segment: str | None
    stage: str
    order: int
    category: str
    amount: Decimal | None
    close: date
    created: datetime
    next_step: str | None
    url: str | None
    logged: Logged
    moves: tuple[tuple[datetime, date, date], ...]
    pushes: int
    slips: int
    slipped_from: date | None
    in_stage_since: datetime
    regressed_at: datetime | None
    regressed_from: str | None
    amount_before: Decimal | None
    amount_peak: Decimal | None
    dropped_at: datetime | None
    step_gone_since: datetime
    last_touch: datetime | None
    touches: int
    idle: int
    gap: Decimal | None
    logs: bool | None
    overdue: bool
    early: bool
    pushed: bool
    stale: bool
    no_step: bool
    drop: bool
    regress: bool

    @property
    def harmed(self) -> bool:
        """Say whether any rule speaks against the deal."""
        return any((self.overdue, self.early, self.pushed, self.stale, self.no_step, self.drop, self.regress))


def open_signals(
    view: PipelineView,
    period: Period,
    *,
    since: datetime,
    ids: Sequence[str] | None = None,
    limit: int = CANDIDATES,
    chances_only: bool = False,
    together: bool = False,
) -> tuple[Signal, ...]:
    """Return what is known about open deals, the largest first.

    Without `ids`: deals due before the end of the period after `period`, or that slipped out of `period` since
    `since`, where a rule speaks or which may be a chance (`chances_only`: only these); at most `limit`. With `ids`:
    exactly those that are open and visible; `together` looks at all of them at once because they will be asked for too.
    """
    if ids is not None:
        return _signals_of(view, period, since=since, ids=list(ids), together=together)
    speaking, chance = _told(view)
    for largest in _looks(view):
        relation = view.kept(_judged(view, _due(largest)), **_limits(view, period, since))
        told = f"(SELECT * FROM {relation} WHERE {speaking} {_ORDER} LIMIT {limit})"
        values = {"start": period.start, "end": period.end, "next_end": view.calendar.next(period).end}
        if largest is None or rows(view, f"SELECT count(*) FROM {told}", **values)[0][0] == limit:
            return _read(view, f"{told} WHERE {chance if chances_only else 'TRUE'}", **values)
    return ()


def _looks(view: PipelineView) -> tuple[int | None, ...]:
    """Return how many of the largest deals are looked at, one after the other until enough speak; None is all."""
    return (LARGEST, None) if view.session.size > MANY else (None,)


def _signals_of(
    view: PipelineView, period: Period, *, since: datetime, ids: list[str], together: bool
) -> tuple[Signal, ...]:
    limits = _limits(view, period, since)
    found: tuple[Signal, ...] = ()
    if together:
        relation = view.kept(_judged(view, _due(_looks(view)[0])), **limits)
        found = _read(view, f"{relation} WHERE deal_id IN (SELECT unnest($ids))", ids=ids)
        missing = sorted(set(ids) - {signal.id for signal in found})
        others = f"{view.states()} WHERE status = 'open' AND close IS NOT NULL AND deal_id IN (SELECT unnest($ids))"
        ids = [row[0] for row in rows(view, f"SELECT deal_id FROM {others}", ids=missing)]
        if not ids:
            return found
    found += _read(view, f"({_judged(view, 'deal_id IN (SELECT unnest($ids))')})", ids=ids, **limits)
    return tuple(sorted(found, key=lambda signal: (signal.amount is None, -(signal.amount or 0), signal.id)))


_ORDER = "ORDER BY value DESC NULLS LAST, deal_id"


def _due(largest: int | None) -> str:
    """Return the condition of deals that matter for a period, or are new to it; None is all of them, else the largest."""
    return f"(close < $next_end OR valid_from > $since){f' {_ORDER} LIMIT {largest}' if largest else ''}"


def _judged(view: PipelineView, among: str) -> str:
    """Return what is known about the open deals among those, and which rules speak, as a statement.

    `among` is a condition on `states`, and how many of the rows that meet it.
    """
    touched = logged(view) is Logged.TOUCHES
    habits = _habits(view) if touched else _loggers(view)
    return f"""
        WITH now AS MATERIALIZED (
            SELECT held.*, coalesce(step.ord, 0) AS ord, deal.name, deal.url, deal.created_at, deal.account_id,
                account.name AS account, person.name AS owner
            FROM (SELECT * FROM {view.states()} WHERE status = 'open' AND close IS NOT NULL AND {among}) held
            JOIN deal ON deal.id = held.deal_id LEFT JOIN account ON account.id = deal.account_id
            LEFT JOIN person ON person.id = held.owner_id LEFT JOIN {stages(view)} ON step_name = held.stage
        ),
        past AS (
            SELECT s.*, coalesce(step.ord, 0) AS ord, lag(s.close) OVER w AS was_close, lag(s.stage) OVER w AS was_stage,
                lag(coalesce(step.ord, 0)) OVER w AS was_ord, lag(s.value) OVER w AS was_value,
                lag(s.next_step) OVER w AS was_step,
                s.close <> lag(s.close) OVER w AND s.valid_from > made_at + INTERVAL {SETTLING_HOURS} HOUR AS moved
            FROM {view.valued(_STATES_SO_FAR)} s LEFT JOIN {stages(view)} ON step_name = s.stage
            WINDOW w AS (PARTITION BY s.deal_id ORDER BY s.valid_from)
        ),
        story AS (
            SELECT deal_id, arg_max_null(next_step, valid_from) AS next_step,
                list(valid_from ORDER BY valid_from) FILTER (moved) AS moved_at,
                list(was_close ORDER BY valid_from) FILTER (moved) AS moved_from,
                list(close ORDER BY valid_from) FILTER (moved) AS moved_to,
                count(*) FILTER (moved AND date_trunc('month', close) > date_trunc('month', was_close)) AS pushes,
                count(*) FILTER (moved AND {quarter(view, "close")} > {quarter(view, "was_close")}) AS slips,
                arg_max(close, valid_from) FILTER (valid_from <= $since) AS close_then,
                max(valid_from) FILTER (was_ord IS DISTINCT FROM ord) AS in_stage_since,
                max(valid_from) FILTER (ord < was_ord) AS regressed_at,
                arg_max(was_stage, valid_from) FILTER (ord < was_ord) AS regressed_from,
                arg_max(was_ord, valid_from) FILTER (ord < was_ord) AS regressed_ord,
                arg_max(value, valid_from) FILTER (valid_from <= $month_ago) AS value_then,
                max(value) AS value_peak,
                max(valid_from) FILTER (value < was_value) AS dropped_at,
                max(valid_from) FILTER (trim(coalesce(next_step, '')) = '' AND trim(coalesce(was_step, '')) <> '')
                    AS step_gone_since
            FROM past GROUP BY deal_id
        ),
        touched AS (
            SELECT deal_id, max("at"){" FILTER (buyer)" * touched} AS last_touch,
                count(*) FILTER (buyer) AS touches
            FROM activity SEMI JOIN now USING (deal_id) WHERE "at" <= $as_of GROUP BY deal_id
        ),
        seen AS (
            SELECT now.*, story.* EXCLUDE (deal_id), last_touch, coalesce(touches, 0) AS touches, logs,
                date_diff('second', coalesce(last_touch, now.created_at), $as_of) / 86400.0 AS idle,
                CASE WHEN touches >= {RHYTHM_TOUCHES} THEN least({RHYTHM_FASTER} * daily,
                    (touches + {RHYTHM_DAYS} * daily) / ({RHYTHM_DAYS}
                        + date_diff('second', now.created_at, last_touch) / 86400.0)) ELSE daily END AS daily
            FROM now JOIN story USING (deal_id) LEFT JOIN touched USING (deal_id)
            LEFT JOIN {habits} habit ON habit.owner_id = now.owner_id AND habit.ord = now.ord
        )
        SELECT *,
            close < $today AS overdue,
            close >= $today AND close < $early_day AND ord <= 2 AS early,
            pushes >= 2 OR slips >= 1 AS pushed,
            {_stale(view)} AS stale,
            ord >= 2 AND trim(coalesce(next_step, '')) = '' AND {"TRUE" if knows_steps(view) else "FALSE"} AS no_step,
            coalesce(value <= greatest(value_then, value_peak) * (1 - $drop::DECIMAL(4, 3)), FALSE) AS dropped,
            coalesce(regressed_at > $regress_from AND ord < regressed_ord, FALSE) AS regress,
            close_then >= $start AND close_then < $end AND close >= $end AS slipped
        FROM seen
        """


# The states up to the view's instant of the deals in `now`, those in which a deal was deleted left out.
_STATES_SO_FAR = """(
    SELECT state.*, now.created_at AS made_at FROM state JOIN now USING (deal_id)
    WHERE state.valid_from <= $as_of AND NOT coalesce(deleted, FALSE)
)"""


def _limits(view: PipelineView, period: Period, since: datetime) -> dict[str, Any]:
    """Return the values that `_judged` names: the period, and from where on something is told."""
    limits = view.company.thresholds
    return {
        "since": since,
        "month_ago": view.calendar.back(view.as_of, days=30),
        "today": view.today,
        "early_day": view.today + timedelta(days=limits.early_days + 1),
        "regress_from": view.as_of - timedelta(days=limits.regress_days),
        "drop": str(limits.amount_drop),
        "start": period.start,
        "end": period.end,
        "next_end": view.calendar.next(period).end,
        "silent": limits.stale_probability,
        "silent_days": limits.stale_min_days,
        "quiet_days": limits.stale_days,
    }


def _told(view: PipelineView) -> tuple[str, str]:
    """Return two conditions: a deal is told of, and it may be a chance.

    Told of: a rule speaks, it slipped, or it may be called higher or pulled in. The rules of the findings decide which
    of those that may be a chance is one.
    """
    last = max((s.order for s in view.company.stages if s.status is Status.OPEN), default=0)
    harmed = "overdue OR early OR pushed OR stale OR no_step OR dropped OR regress"
    best = f"category = '{ForecastClass.BEST_CASE}'"
    speaking = f"(slipped OR close < $end AND ({harmed} OR {best}) OR close >= $end AND close < $next_end AND ord = {last})"
    chance = (
        f"value IS NOT NULL AND (slipped OR {best} AND (stale OR no_step OR regress) IS NOT TRUE "
        f"OR ord = {last} AND ({harmed}) IS NOT TRUE)"
    )
    return speaking, chance


def _read(view: PipelineView, source: str, **values: Any) -> tuple[Signal, ...]:
    """Return the signals of a relation of `_judged`, the largest first."""
    found = rows(
        view,
        f"""
        SELECT deal_id, name, account, account_id, owner_id, owner, region, segment, stage, ord, category, value, close,
            created_at, next_step, url, moved_at, moved_from, moved_to, pushes, slips,
            CASE WHEN slipped THEN close_then END, in_stage_since, regressed_at, regressed_from, value_then, value_peak,
            dropped_at, step_gone_since, last_touch, touches, floor(idle)::BIGINT,
            CASE WHEN daily > 0 THEN round(1 / daily, 1)::DECIMAL(9, 1) END,
            logs, overdue, early, pushed, stale, no_step, dropped, regress
        FROM {source} {_ORDER}
        """,
        **values,
    )
    known = logged(view)
    return tuple(_signal(row, known) for row in found)


def _habits(view: PipelineView) -> str:
    """Return a table: buyer touches per day and deal, for each owner and stage, lately; worked out once.

    `(n × mean of owner and stage + 30 × mean of stage) / (n + 30)` with n in deal-weeks (METRICS §5).
    """
    return view.kept(
        f"""
        WITH span AS (
            SELECT deal_id, owner_id, ord, valid_from, valid_to,
                date_diff('second', greatest(valid_from, $habit_from), least(valid_to, $as_of)) / 86400.0 AS days
            FROM {timeline(view)} WHERE status = 'open' AND valid_from <= $as_of AND valid_to > $habit_from
        ),
        worked AS (SELECT owner_id, ord, sum(days) AS days FROM span GROUP BY ALL),
        logged AS (
            SELECT owner_id, ord, count(*) FILTER (buyer) AS n, max("at") AS last
            FROM activity JOIN span ON span.deal_id = activity.deal_id AND "at" >= valid_from AND "at" < valid_to
            WHERE "at" > $habit_from AND "at" <= $as_of GROUP BY ALL
        ),
        everybody AS (
            SELECT ord, coalesce(sum(n), 0) / nullif(sum(days), 0) AS mean
            FROM worked LEFT JOIN logged USING (owner_id, ord) GROUP BY ord
        ),
        lately AS (SELECT owner_id, max(last) AS last FROM logged GROUP BY owner_id)
        SELECT owner_id, ord, (coalesce(n, 0) / 7 + {HABIT_WEEKS} * mean) / (days / 7 + {HABIT_WEEKS}) AS daily,
            coalesce(lately.last > $as_of - to_days($silent_days::INTEGER), FALSE) AS logs
        FROM worked JOIN everybody USING (ord) LEFT JOIN logged USING (owner_id, ord)
        LEFT JOIN lately USING (owner_id)
        """,
        habit_from=view.as_of - timedelta(days=HABIT_DAYS),
        silent_days=view.company.thresholds.stale_min_days,
    )


def _loggers(view: PipelineView) -> str:
    """Return a table: whether each owner of a deal in each stage logged anything lately; the habit is not known."""
    lately = (
        "NULL" if logged(view) is Logged.NOTHING else "coalesce(max(last) OVER owners > $quiet_from, FALSE)"
    )
    return view.kept(
        f"""
        WITH held AS (
            SELECT owner_id, ord, max("at") AS last
            FROM {timeline(view)} LEFT JOIN activity USING (deal_id)
            WHERE valid_from <= $as_of AND valid_to > $as_of AND coalesce("at" <= $as_of, TRUE) GROUP BY ALL
        )
        SELECT owner_id, ord, NULL::DOUBLE AS daily, {lately} AS logs FROM held WINDOW owners AS (PARTITION BY owner_id)
        """,
        quiet_from=view.as_of - timedelta(days=view.company.thresholds.stale_days),
    )


def _stale(view: PipelineView) -> str:
    """Return when a deal has been silent for too long: never where nothing is known of activity.

    Where touches are known, when silence is improbable for this owner and stage. Where only days are, nobody's habit
    can be told from them: after so many days as the company file says, of owners who logged something in that time.
    """
    match logged(view):
        case Logged.TOUCHES:
            return "idle >= $silent_days AND coalesce(logs, FALSE) AND daily * idle > -ln($silent::DOUBLE)"
        case Logged.DAYS:
            return "$quiet_days > 0 AND idle >= $quiet_days AND coalesce(logs, FALSE)"
        case Logged.NOTHING:
            return "FALSE"


_BEFORE_MOVES = (
    "id name account account_id owner_id owner region segment stage order category amount close created next_step url"
).split()
_AFTER_MOVES = (
    "pushes slips slipped_from in_stage_since regressed_at regressed_from amount_before amount_peak dropped_at "
    "step_gone_since last_touch touches idle gap logs overdue early pushed stale no_step drop regress"
).split()


def _signal(row: Sequence[Any], known: Logged) -> Signal:
    """Return a row of the statement above as a Signal, its instants aware."""
    made: list[Any] = [value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in row]
    count = len(_BEFORE_MOVES)
    at, old, new = (made[count + place] or () for place in range(3))
    moves = tuple(zip((instant.replace(tzinfo=UTC) for instant in at), old, new, strict=True))
    values: dict[str, Any] = dict(zip(_BEFORE_MOVES, made[:count], strict=True))
    values |= dict(zip(_AFTER_MOVES, made[count + 3 :], strict=True))
    values["step_gone_since"] = values["step_gone_since"] or values["created"]
    return Signal(moves=moves, logged=known, **values)
