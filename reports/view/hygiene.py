"""What there is to mend in the records of open deals, by team; counted where the records are, for there are many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.records import Status

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


@dataclass(frozen=True, slots=True, kw_only=True)
class Hygiene:
    """Open deals of one team (today's team of their owners; None where they have none), of any period.

    `overdue` counts those whose close date has passed, `overdue_value` their amounts in the view's currency;
    `no_amount` those without a value, `no_step` those past the first stages without a next step.
    """

    team: str | None
    deals: int
    overdue: int
    overdue_value: Decimal
    no_amount: int
    no_step: int


def hygiene(view: PipelineView, *, first_stages: int) -> tuple[Hygiene, ...]:
    """Return what to mend by team, ordered by team; empty where nothing is open. So many stages need no next step."""
    held = (
        "(SELECT * FROM state WHERE valid_from <= $as_of AND valid_to > $as_of "
        f"AND status = '{Status.OPEN}' AND NOT coalesce(deleted, FALSE))"
    )
    rows = view.rows_once(
        "SELECT nullif(p.team, ''), count(*), count(*) FILTER (r.close < $today), "
        "coalesce(sum(value) FILTER (r.close < $today), 0), count(*) FILTER (value IS NULL), "
        "count(*) FILTER (stage IN (SELECT unnest($later::VARCHAR[])) AND trim(coalesce(next_step, '')) = '') "
        f"FROM (SELECT * FROM {view.valued(held)} WHERE {view.scope.where()}) r LEFT JOIN person p ON p.id = r.owner_id "
        "GROUP BY 1 ORDER BY 1 NULLS LAST",
        later=[stage.name for stage in view.company.stages if stage.order > first_stages],
    )
    return tuple(
        Hygiene(
            team=row[0], deals=row[1], overdue=row[2], overdue_value=row[3], no_amount=row[4], no_step=row[5]
        )
        for row in rows
    )
