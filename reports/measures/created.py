"""Pipeline created: what entered, valued as of the end of its first day and never again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from reports.measures.asked import Asked, summed
from reports.measures.groups import Line, groups


def pipeline_created(asked: Asked) -> list[Line]:
    """Return the value of deals whose first eligible instant lies in the period, as of the end of that day.

    Deals deleted by now (merged away, for example) are left out; a reopened deal is not created again. Dimensions,
    filters and rights are those of the end of the first eligible day too.
    """
    view = asked.view
    days = _days(asked)
    if not days:
        return summed(groups(view, view.states(), asked.by, "FALSE"))
    counted = "NOT coalesce(deleted, FALSE) AND " + " AND ".join(view.scope.counted)
    candidates = (
        "SELECT DISTINCT deal_id FROM state WHERE valid_from >= $born_from AND valid_from < $born_until "
        f"AND valid_to > $born_from AND {counted}"
    )
    born = (
        "(SELECT s.* FROM (SELECT f.deal_id, least(d.ends, $as_of) AS until FROM "
        f"(SELECT deal_id, min(valid_from) AS first_at FROM state WHERE deal_id IN ({candidates}) AND {counted} "
        "GROUP BY deal_id HAVING first_at >= $born_from AND first_at <= $as_of) f "
        "ASOF JOIN (SELECT unnest($begins::TIMESTAMP[]) AS begins, unnest($ends::TIMESTAMP[]) AS ends) d "
        "ON f.first_at >= d.begins "
        f"SEMI JOIN {view.session.states(view.as_of, view.currency)} n ON n.deal_id = f.deal_id) b "
        "JOIN (SELECT * FROM state WHERE valid_to > $born_from) s "
        "ON s.deal_id = b.deal_id AND s.valid_from <= b.until AND s.valid_to > b.until)"
    )
    relation = f"(SELECT * FROM {view.valued(born)} WHERE {view.scope.where(counted=False)})"
    begins = [view.calendar.start_of(day).replace(tzinfo=None) for day in days]
    ends = [view.calendar.end_of(day).replace(tzinfo=None) for day in days]
    found = groups(
        view,
        relation,
        asked.by,
        begins=begins,
        ends=ends,
        born_from=begins[0],
        born_until=ends[-1] + timedelta(microseconds=1),
    )
    asked.disclose(found.values())
    return summed(found)


def _days(asked: Asked) -> list[date]:
    """Return the days of the period on which something can have been created, as far as is known."""
    view = asked.view
    begins: datetime | None = view.begins
    if begins is None:
        return []
    first = view.calendar.day(begins)
    last = view.today
    if asked.span is not None:
        first, last = max(first, asked.span.start), min(last, asked.span.end - timedelta(days=1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
