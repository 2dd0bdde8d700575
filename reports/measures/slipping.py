"""The slip rate: which part of what was due in a period has been moved beyond its end, over one week or several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from connectors.records import Status
from reports.measures.asked import NOTHING, Asked
from reports.measures.groups import WIDTH, Group, Key, Line, columns, group, keyed, sums
from reports.measures.movement import must_reach
from reports.view.session import naive

AVERAGED_WEEKS: Final = 4
# Snapshots so many days apart show a week.
SEEN_DAYS: Final = range(6, 9)


def slip_rate(asked: Asked) -> list[Line]:
    """Return the share of the opening value that slipped: is still open, and due after the period now.

    The cohort is what was open and due in the period at `since`. None where that had no value.
    """
    must_reach(asked)
    (found,) = _slips(asked, [(asked.since, asked.view.as_of)])
    asked.disclose(slip.opening for slip in found.values())
    return [
        Line(
            key=key,
            value=slip.rate,
            n=slip.opening.n,
            records=slip.slipped.records,
            record_count=slip.slipped.n,
        )
        for key, slip in found.items()
    ]


def slip_rate_average(asked: Asked) -> list[Line]:
    """Return the mean of the four weekly slip rates before `since`; None where there is none of them."""
    weeks = _weeks_seen(asked) if asked.view.snapshots else _weeks(asked)
    if len(weeks) < AVERAGED_WEEKS:
        known = "exports a week apart show" if asked.view.snapshots else "history reaches back"
        asked.note(f"{known} {len(weeks)} of the {AVERAGED_WEEKS} weeks")
    rates: dict[Key, list[Decimal]] = {} if asked.by else {(): []}
    for found in _slips(asked, weeks) if weeks else ():
        for key, slip in found.items():
            if slip.rate is not None:
                rates.setdefault(key, []).append(slip.rate)
    return [
        Line(key=key, value=sum(each, Decimal(0)) / len(each) if each else None, n=len(each), record_count=0)
        for key, each in rates.items()
    ]


def _weeks(asked: Asked) -> list[tuple[datetime, datetime]]:
    """Return the weeks before `since` that history covers, newest first."""
    calendar, begins = asked.view.calendar, asked.view.valued_from
    weeks: list[tuple[datetime, datetime]] = []
    for week in range(AVERAGED_WEEKS):
        end = calendar.back(asked.since, days=7 * week)
        start = calendar.back(asked.since, days=7 * (week + 1))
        if begins is None or start < begins:
            break
        weeks.append((start, end))
    return weeks


def _weeks_seen(asked: Asked) -> list[tuple[datetime, datetime]]:
    """Return the weeks before `since` with a snapshot at both ends, newest first: ends SEEN_DAYS apart, none in two weeks."""
    day = asked.view.calendar.day
    oldest = asked.view.calendar.back(asked.since, days=7 * AVERAGED_WEEKS)
    known = [at for at in asked.view.snapshots if at <= asked.since]
    weeks: list[tuple[datetime, datetime]] = []
    for end in reversed(known):
        if end <= oldest or (weeks and end > weeks[-1][0]):
            continue
        starts = [at for at in known if (day(end) - day(at)).days in SEEN_DAYS]
        if starts:
            weeks.append((min(starts, key=lambda at: abs((day(end) - day(at)).days - 7)), end))
    return weeks[:AVERAGED_WEEKS]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slip:
    """What was open and due in the period at the start of a window, and the part of it that is due later at its end."""

    opening: Group = NOTHING
    slipped: Group = NOTHING

    @property
    def rate(self) -> Decimal | None:
        """Return slipped over opening value; None where nothing of value was due."""
        return self.slipped.total / self.opening.total if self.opening.total > 0 else None


def _slips(asked: Asked, windows: Iterable[tuple[datetime, datetime]]) -> list[dict[Key, _Slip]]:
    """Return the slips of each window by slice, in the order of the windows; their starts differ.

    One statement for all windows, because planning a statement costs more than reading one more week: the states that
    touch any of the windows are few. A deal that changes slices leaves the scope of its own.
    """
    view, size = asked.view, len(asked.by)
    starts, ends = ([naive(instant) for instant in side] for side in zip(*windows, strict=True))
    near = view.valued(
        f"(SELECT * FROM state WHERE valid_from <= $latest AND valid_to > $earliest AND status = '{Status.OPEN}' "
        "AND NOT coalesce(deleted, FALSE))"
    )
    keys = columns(asked.by)
    same = "".join(f" AND a.k{number} IS NOT DISTINCT FROM b.k{number}" for number in range(size))
    rows = view.rows_once(
        f"""
        WITH span AS (SELECT unnest($starts::TIMESTAMP[]) AS start, unnest($ends::TIMESTAMP[]) AS finish),
        near AS MATERIALIZED (FROM {keyed(asked.by, f"(SELECT * FROM {near} WHERE {view.scope.where()})")}),
        a AS (SELECT * FROM near JOIN span ON valid_from <= start AND valid_to > start WHERE {asked.within()}),
        b AS (
            SELECT {keys}start, deal_id FROM near JOIN span ON valid_from <= finish AND valid_to > finish
            WHERE close >= DATE '{asked.period.end}'
        ),
        cohort AS (
            SELECT a.*, b.deal_id IS NOT NULL AS slipped
            FROM a LEFT JOIN b ON b.start = a.start AND b.deal_id = a.deal_id{same}
        )
        SELECT start, {keys}{sums()}, {sums("slipped")} FROM cohort GROUP BY {keys}start
        """,
        starts=starts,
        ends=ends,
        earliest=min(starts),
        latest=max(ends),
    )
    found: dict[datetime, dict[Key, _Slip]] = {start: {} if asked.by else {(): _Slip()} for start in starts}
    for start, *row in rows:
        opening, slipped = row[size : size + WIDTH], row[size + WIDTH :]
        found[start][tuple(row[:size])] = _Slip(opening=group(opening), slipped=group(slipped))
    return list(found.values())
