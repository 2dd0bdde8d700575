"""How the close dates of deals moved, and when somebody was last in touch."""

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
