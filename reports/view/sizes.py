"""How large deals are: medians by segment, as yardsticks for what is worth an alert."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from reports.view.timeline import rows, sampled, timeline

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


def median_amounts(view: PipelineView) -> Mapping[str | None, Decimal]:
    """Return the median amount of an open deal by segment, in the view's currency; all that may be seen count."""
    found = rows(
        view,
        f"SELECT segment, quantile_disc(value, 0.5) FROM {view.states(chosen=False)} "
        "WHERE status = 'open' AND value IS NOT NULL GROUP BY segment",
    )
    return {segment: Decimal(median) for segment, median in found}


def stage_norms(view: PipelineView, *, every: int = 1) -> Mapping[tuple[int, str | None], tuple[int, int]]:
    """Return (days, n) by (stage order, segment): how long won deals stayed, at the 75th percentile of their visits.

    Won in the last twelve months; a segment of None stands for all segments. Only every `every`-th deal is looked at.
    """
    found = rows(
        view,
        f"""
        WITH won AS MATERIALIZED (
            SELECT deal_id FROM {view.states(chosen=False)}
            WHERE status = 'won' AND close > $today::DATE - INTERVAL 1 YEAR AND {sampled("deal_id", every)}
        ),
        past AS (
            SELECT deal_id, valid_from, ord, segment, status, lag(ord) OVER w AS was
            FROM {timeline(view, of="won")} WHERE valid_from <= $as_of
            WINDOW w AS (PARTITION BY deal_id ORDER BY valid_from)
        ),
        visit AS (
            SELECT ord, segment, status, date_diff('second', valid_from,
                lead(valid_from) OVER (PARTITION BY deal_id ORDER BY valid_from)) / 86400.0 AS days
            FROM past WHERE was IS DISTINCT FROM ord
        )
        SELECT ord, segment, grouping(segment), ceil(quantile_cont(days, 0.75))::INTEGER, count(*) FROM visit
        WHERE status = 'open' AND days IS NOT NULL GROUP BY GROUPING SETS ((ord, segment), (ord))
        """,
    )
    return {(ord_, None if whole else segment): (days, n) for ord_, segment, whole, days, n in found}
