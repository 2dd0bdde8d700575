"""How the pipeline due in a period was built: what is open in it, by the day on which it was created."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.records import Status
from reports.facts import RECORD_CAP, Period

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Open deals due in a period, in the view's currency; deals without an amount count as 0.

    `days` are (day of creation in the organisation's zone, value), oldest first. `recent` are those created after
    a given day: how many, and the ids of the largest. `undated` counts those whose creation nobody knows: they have no
    creation date, and are as old as the history. While there are any, the days do not tell how it was built.
    """

    n: int
    undated: int
    days: tuple[tuple[date, Decimal], ...]
    recent_n: int
    recent: tuple[str, ...]

    def value(self, *, until: date | None = None, after: date | None = None) -> Decimal:
        """Return the value of what was created up to one day and after another; None does not limit."""
        return sum(
            (v for day, v in self.days if (until is None or day <= until) and (after is None or day > after)),
            Decimal(0),
        )


def built(view: PipelineView, due: Period, *, recent: date) -> Built:
    """Return what is open and due in the period; `recent`: the day after which creation is recent."""
    deals = view.kept(
        "SELECT r.deal_id, r.value, "
        "CAST(timezone($zone, timezone('UTC', coalesce(d.created_at, r.valid_from))) AS DATE) AS created_on, "
        "u.id IS NOT NULL AND d.created_at <= $begins AS undated "
        f"FROM {view.states()} r LEFT JOIN deal d ON d.id = r.deal_id "
        f"LEFT JOIN {view.session.undated} u ON u.id = r.deal_id "
        f"WHERE r.status = '{Status.OPEN}' AND r.close >= DATE '{due.start}' AND r.close < DATE '{due.end}'",
        zone=view.company.zone.key,
        begins=view.begins or view.as_of,
    )
    days = view.rows_once(
        "SELECT created_on, coalesce(sum(value), 0), count(*), count(*) FILTER (created_on > $recent), "
        f"count(*) FILTER (undated) FROM {deals} GROUP BY 1 ORDER BY 1",
        recent=recent,
    )
    largest = view.rows_once(
        f"SELECT deal_id FROM {deals} WHERE created_on > $recent ORDER BY value DESC NULLS LAST, deal_id "
        f"LIMIT {RECORD_CAP}",
        recent=recent,
    )
    return Built(
        n=sum(row[2] for row in days),
        undated=sum(row[4] for row in days),
        days=tuple((row[0], row[1]) for row in days),
        recent_n=sum(row[3] for row in days),
        recent=tuple(row[0] for row in largest),
    )
