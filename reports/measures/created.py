"""Pipeline created: what entered, valued as of the end of its first day and never again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

from reports.facts import Period
from reports.measures.asked import Asked, deals, summed
from reports.measures.groups import Line, groups
from reports.view import PipelineView

# Whoever asks for one recent period asks for others: so many days are worked out together.
TOGETHER = 45


def pipeline_created(asked: Asked) -> list[Line]:
    """Return the value of deals whose first eligible instant lies in the period, as of the end of that day.

    Deals deleted by now (merged away, for example) are left out; a reopened deal is not created again. Dimensions,
    filters and rights are those of the end of the first eligible day too. A deal that is there when history begins was
    created when its record says, and is valued as it was first seen; where its record does not say, nobody knows what was
    created up to then, and there is no value.
    """
    view, span = asked.view, _known_days(asked.view, asked.span)
    if span is None:
        return summed(groups(view, view.states(), asked.by, "FALSE"))
    found = groups(
        view,
        f"(SELECT * FROM {_born(view, span.start)} WHERE {view.scope.where(counted=False)})",
        asked.by,
        "first_at >= $born_from AND first_at < $born_until",
        born_from=view.calendar.start_of(span.start),
        born_until=view.calendar.start_of(span.end),
    )
    asked.disclose(found.values())
    lines = summed(found)
    if span.start <= view.calendar.day(view.begins or view.as_of) and (unknown := _unknown(view)):
        asked.note(
            f"{deals(unknown)} there when history begins, without a creation date: what was created is not known"
        )
        return [replace(line, value=None) for line in lines]
    return lines


def _unknown(view: PipelineView) -> int:
    """Return how many of the deals that are there when history begins have no creation date."""
    if view.session.dated:
        return 0
    found = view.rows_once(
        f"SELECT count(*) FROM state s SEMI JOIN {view.session.undated} u ON u.id = s.deal_id WHERE valid_from = $begins_at "
        f"AND NOT coalesce(deleted, FALSE) AND {view.scope.where()}",
        begins_at=view.begins,
    )
    return int(found[0][0])


def _born(view: PipelineView, start: date) -> str:
    """Return a table of the deals that first counted on `start` or later: `first_at`, and their state that evening."""
    start = min(
        start, max(view.today - timedelta(days=TOGETHER), view.calendar.day(view.begins or view.as_of))
    )
    days = [start + timedelta(days=number) for number in range((view.today - start).days + 1)]
    counted = "NOT coalesce(deleted, FALSE) AND " + " AND ".join(view.scope.counted)
    # States of a deal touch, so whoever was there before the window has one that reaches up to it. Only where that one
    # did not count may an earlier one have counted: history is looked up for those few.
    born = (
        "WITH seen AS (SELECT deal_id, min(valid_from) AS seen_at FROM state "
        f"WHERE valid_to > $window_from AND valid_from >= $window_from AND valid_from <= $as_of AND {counted} "
        f"GROUP BY deal_id), fresh AS MATERIALIZED ({_begun(view, start)}), "
        f"known AS MATERIALIZED (SELECT deal_id, {counted} AS had FROM state SEMI JOIN fresh USING (deal_id) "
        "WHERE valid_to >= $window_from AND valid_from < $window_from), "
        "earlier AS (SELECT deal_id FROM known WHERE had UNION ALL SELECT deal_id FROM state "
        "SEMI JOIN (SELECT deal_id FROM known WHERE had IS NOT TRUE) USING (deal_id) "
        f"WHERE valid_to < $window_from AND {counted}) "
        "SELECT s.*, b.first_at FROM (SELECT f.deal_id, f.first_at, "
        "greatest(least(d.ends, $as_of), f.seen_at) AS until FROM "
        "(SELECT * FROM fresh ANTI JOIN earlier USING (deal_id)) f "
        "ASOF JOIN (SELECT unnest($begins::TIMESTAMP[]) AS begins, unnest($ends::TIMESTAMP[]) AS ends) d "
        "ON f.first_at >= d.begins "
        f"SEMI JOIN {view.session.states(view.as_of, view.currency)} n ON n.deal_id = f.deal_id) b "
        "JOIN (SELECT * FROM state WHERE valid_to > $window_from) s "
        "ON s.deal_id = b.deal_id AND s.valid_from <= b.until AND s.valid_to > b.until"
    )
    return view.kept(
        f"SELECT * FROM {view.valued(f'({born})')}",
        begins=[view.calendar.start_of(day).replace(tzinfo=None) for day in days],
        ends=[view.calendar.end_of(day).replace(tzinfo=None) for day in days],
        window_from=view.calendar.start_of(start),
        begins_at=view.begins,
    )


def _begun(view: PipelineView, start: date) -> str:
    """Return since when each deal of `seen` counts, as SQL: that it was there when history begins says no day of it.

    Of snapshots none says a day: a deal is there since its record says, else since it was first seen.
    """
    if view.snapshots:
        return (
            "SELECT s.deal_id, CASE WHEN u.id IS NULL AND d.created_at <= s.seen_at THEN d.created_at "
            "WHEN s.seen_at > $begins_at THEN s.seen_at END AS first_at, s.seen_at "
            f"FROM seen s LEFT JOIN deal d ON d.id = s.deal_id LEFT JOIN {view.session.undated} u ON u.id = s.deal_id"
        )
    if view.begins is None or start > view.calendar.day(view.begins):
        return "SELECT deal_id, seen_at AS first_at, seen_at FROM seen"
    return (
        "SELECT s.deal_id, CASE WHEN s.seen_at > $begins_at THEN s.seen_at WHEN u.id IS NULL THEN d.created_at END "
        "AS first_at, s.seen_at FROM seen s LEFT JOIN deal d ON d.id = s.deal_id "
        f"LEFT JOIN {view.session.undated} u ON u.id = s.deal_id"
    )


def _known_days(view: PipelineView, span: Period | None) -> Period | None:
    """Return the part of the period (None: of all time) on which something can have been created; None for none."""
    if view.begins is None:
        return None
    oldest = view.rows_once("SELECT min(created_at) FROM deal")[0][0]
    first, end = view.calendar.day(view.begins), view.today + timedelta(days=1)
    if oldest is not None:
        first = min(first, view.calendar.day(oldest.replace(tzinfo=UTC)))
    if span is not None:
        first, end = max(first, span.start), min(end, span.end)
    return Period(label="known", start=first, end=end) if first < end else None
