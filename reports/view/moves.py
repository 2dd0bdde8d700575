"""How deals came to be what they are: moved dates, moved stages, amounts, and what was done on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView

# Edits so soon after creation are still part of creating the deal.
SETTLING: Final = timedelta(hours=24)


class Move(NamedTuple):
    """The close date was changed."""

    changed_at: datetime
    old: date
    new: date


class StageMove(NamedTuple):
    """The deal moved to another stage; `old` is None for the first one."""

    changed_at: datetime
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """Amounts in the view's currency: the largest while open, when it was reached, and what it was earlier."""

    amount: Decimal
    at: datetime
    earlier: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What happened on a deal up to `as_of`; None where nothing ever did.

    `count` and `buyer_count` are activities within the window, `usual_gap` is the mean number of days between days
    with a buyer touch over the deal's life (None with fewer than two), `contacts` those known at the account.
    """

    last_buyer: datetime | None
    last: datetime | None
    count: int
    buyer_count: int
    usual_gap: Decimal | None
    contacts: int


class Rate(NamedTuple):
    """Activities of one rep on open deals in one stage: how many, on how many deal-days."""

    owner_id: str
    stage: str
    activities: int
    deal_days: Decimal


def close_moves(view: PipelineView, ids: Iterable[str]) -> Mapping[str, tuple[Move, ...]]:
    """Return the changes of close date of each deal while it was open, up to `as_of`; deals that never moved are left out.

    Edits within 24 hours of creation and edits on or after closing are not moves.
    """
    rows = view.rows(
        "SELECT s.deal_id, s.valid_from, s.before, s.close FROM ("
        "  SELECT deal_id, valid_from, status, close, lag(close) OVER deal AS before FROM state "
        "  WHERE deal_id IN (SELECT unnest($ids::VARCHAR[])) AND valid_from <= $until AND NOT coalesce(deleted, FALSE) "
        "  WINDOW deal AS (PARTITION BY deal_id ORDER BY valid_from)) s "
        "LEFT JOIN deal d ON d.id = s.deal_id "
        "WHERE s.status = 'open' AND s.before <> s.close AND s.valid_from > coalesce(d.created_at, s.valid_from) + $settling "
        "ORDER BY s.deal_id, s.valid_from",
        ids=_visible(view, ids),
        until=view.as_of,
        settling=SETTLING,
    )
    return _grouped(rows, lambda row: Move(_aware(row[1]), row[2], row[3]))


def push_count(moves: Iterable[Move]) -> int:
    """Return how many of the moves went to a later calendar month."""
    return sum((move.new.year, move.new.month) > (move.old.year, move.old.month) for move in moves)


def stage_moves(view: PipelineView, ids: Iterable[str]) -> Mapping[str, tuple[StageMove, ...]]:
    """Return the stages of each deal up to `as_of`, oldest first, the first one included."""
    rows = view.rows(
        "SELECT deal_id, valid_from, before, stage FROM ("
        "  SELECT deal_id, valid_from, stage, lag(stage) OVER deal AS before, row_number() OVER deal AS number FROM state "
        "  WHERE deal_id IN (SELECT unnest($ids::VARCHAR[])) AND valid_from <= $until AND NOT coalesce(deleted, FALSE) "
        "  WINDOW deal AS (PARTITION BY deal_id ORDER BY valid_from)) "
        "WHERE number = 1 OR before IS DISTINCT FROM stage ORDER BY deal_id, valid_from",
        ids=_visible(view, ids),
        until=view.as_of,
    )
    return _grouped(rows, lambda row: StageMove(_aware(row[1]), row[2], row[3]))


def peaks(view: PipelineView, ids: Iterable[str], *, days: int = 30) -> Mapping[str, Peak]:
    """Return each deal's largest amount while open up to `as_of` (the latest time it was reached) and that `days` ago."""
    rows = view.rows(
        "SELECT deal_id, max(value), max_by(valid_from, (value, valid_from)), "
        "  max(CASE WHEN valid_from <= $earlier AND valid_to > $earlier THEN value END) "
        f"FROM {view.valued('state')} WHERE deal_id IN (SELECT unnest($ids::VARCHAR[])) AND valid_from <= $until "
        "AND status = 'open' AND value IS NOT NULL AND NOT coalesce(deleted, FALSE) GROUP BY deal_id",
        ids=_visible(view, ids),
        until=view.as_of,
        earlier=view.calendar.back(view.as_of, days=days),
    )
    return {row[0]: Peak(amount=row[1], at=_aware(row[2]), earlier=row[3]) for row in rows}


def touches(view: PipelineView, ids: Iterable[str], *, days: int = 90) -> Mapping[str, Touch]:
    """Return what happened on each deal up to `as_of`; deals on which nothing ever did are in it too."""
    visible = _visible(view, ids)
    rows = view.rows(
        "WITH wanted AS (SELECT unnest($ids::VARCHAR[]) AS id), done AS ("
        '  SELECT deal_id, max("at") FILTER (WHERE buyer) AS last_buyer, max("at") AS last, '
        '  count(*) FILTER (WHERE "at" > $since) AS count, count(*) FILTER (WHERE buyer AND "at" > $since) AS buyer_count, '
        '  min("at") FILTER (WHERE buyer) AS first_buyer, count(DISTINCT CAST("at" AS DATE)) FILTER (WHERE buyer) AS days '
        '  FROM activity WHERE deal_id IN (SELECT id FROM wanted) AND "at" <= $until GROUP BY deal_id), '
        "known AS (SELECT account_id, count(*) AS contacts FROM contact GROUP BY account_id) "
        "SELECT w.id, o.last_buyer, o.last, coalesce(o.count, 0), coalesce(o.buyer_count, 0), "
        "  date_diff('day', o.first_buyer, o.last_buyer), o.days, coalesce(k.contacts, 0) FROM wanted w "
        "LEFT JOIN done o ON o.deal_id = w.id LEFT JOIN deal d ON d.id = w.id LEFT JOIN known k ON k.account_id = d.account_id",
        ids=visible,
        until=view.as_of,
        since=view.calendar.back(view.as_of, days=days),
    )
    return {
        row[0]: Touch(
            last_buyer=_aware(row[1]) if row[1] else None,
            last=_aware(row[2]) if row[2] else None,
            count=row[3],
            buyer_count=row[4],
            usual_gap=Decimal(row[5]) / (row[6] - 1) if row[6] and row[6] > 1 else None,
            contacts=row[7],
        )
        for row in rows
    }


def activity_rates(view: PipelineView, *, days: int = 90) -> tuple[Rate, ...]:
    """Return activities and deal-days on open deals by rep and stage over the `days` before `as_of`, ordered by both.

    A deal-day is a deal that was open, with that owner and stage, for one day. Filters do not narrow this: a rep's
    habit is the same whatever is looked at; rights do.
    """
    rows = view.rows(
        "WITH spans AS ("
        "  SELECT deal_id, owner_id, stage, greatest(valid_from, $since) AS began, least(valid_to, $until) AS ended "
        f"  FROM state WHERE valid_from < $until AND valid_to > $since AND status = 'open' "
        f"  AND NOT coalesce(deleted, FALSE) AND {view.scope.where(chosen=False)}), "
        "hits AS ("
        '  SELECT p.owner_id, p.stage, count(*) AS n FROM activity x JOIN spans p ON p.deal_id = x.deal_id AND x."at" >= p.began '
        '  AND x."at" < p.ended WHERE x."at" >= $since AND x."at" < $until GROUP BY ALL), '
        "exposure AS (SELECT owner_id, stage, sum(epoch_us(ended) - epoch_us(began)) AS us FROM spans GROUP BY ALL) "
        "SELECT e.owner_id, e.stage, coalesce(h.n, 0), e.us FROM exposure e LEFT JOIN hits h "
        "ON h.owner_id = e.owner_id AND h.stage = e.stage WHERE e.owner_id IS NOT NULL AND e.stage IS NOT NULL ORDER BY 1, 2",
        since=view.calendar.back(view.as_of, days=days),
        until=view.as_of,
    )
    return tuple(Rate(row[0], row[1], row[2], Decimal(int(row[3])) / 86_400_000_000) for row in rows)


def _visible(view: PipelineView, ids: Iterable[str]) -> list[str]:
    """Return those of the ids that may be seen at the view's instant."""
    rows = view.rows(
        f"SELECT deal_id FROM {view.states(counted=False, chosen=False)} "
        "WHERE deal_id IN (SELECT unnest($ids::VARCHAR[])) ORDER BY 1",
        ids=list(ids),
    )
    return [row[0] for row in rows]


_Made = TypeVar("_Made")


def _grouped(
    rows: list[tuple[Any, ...]], made: Callable[[tuple[Any, ...]], _Made]
) -> dict[str, tuple[_Made, ...]]:
    return {
        deal_id: tuple(made(row) for row in group) for deal_id, group in groupby(rows, key=lambda row: row[0])
    }


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)
