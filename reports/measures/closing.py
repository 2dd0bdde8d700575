"""Measures of deals that closed: win rates, deal size, sales cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from connectors.records import Status
from reports.measures.asked import NOTHING, Asked, deals
from reports.measures.groups import LARGEST, Key, Line, columns, exact, identities, keyed

# The 97.5 % point of the normal distribution: a two-sided interval of 95 %.
_Z = 1.959963984540054


def win_rate(asked: Asked) -> list[Line]:
    """Return won / (won + lost) by count, from 0 to 1; None where nothing closed."""
    won, closed = asked.closed(Status.WON), asked.closed(Status.WON, Status.LOST)
    asked.notes.clear()
    _note_interval(asked, sum(group.n for group in won.values()), sum(group.n for group in closed.values()))
    return [
        Line(
            key=key,
            value=Decimal(won.get(key, NOTHING).n) / group.n if group.n else None,
            n=group.n,
            records=group.records,
        )
        for key, group in closed.items()
    ]


def win_rate_value(asked: Asked) -> list[Line]:
    """Return won / (won + lost) by value, from 0 to 1; None where nothing of value closed, or no lost deal has an amount."""
    closed = asked.closed(Status.WON, Status.LOST)
    disclosed = list(asked.notes)
    won = asked.closed(Status.WON)
    asked.notes[:] = disclosed
    if not any(group.n for group in closed.values()):
        asked.note("nothing closed in the period")
    lines, blank = [], 0
    for key, group in closed.items():
        ours = won.get(key, NOTHING)
        # Where what was lost is worth nothing in the records, all that closed is won: that is no rate.
        empty = group.n > ours.n and group.total == ours.total
        blank += group.n - ours.n if empty else 0
        known = group.total > 0 and not empty
        rate = ours.total / group.total if known else None
        lines.append(Line(key=key, value=rate, n=group.n, records=group.records))
    if blank:
        which = "the lost deal has no" if blank == 1 else f"none of the {blank} lost deals has an"
        asked.note(f"{which} amount: a rate by value is not known")
    return lines


def average_deal_size(asked: Asked) -> list[Line]:
    """Return the mean amount of won deals above zero; None where there is none. The median is noted."""
    won = f"status = '{Status.WON}' AND {asked.within()}"
    spread = _spread(asked, "value", f"{won} AND value > 0")
    left_out = asked.view.rows(
        f"SELECT count(*) FROM {asked.view.states()} WHERE {won} AND (value > 0) IS NOT TRUE"
    )[0][0]
    if left_out:
        asked.note(f"{deals(left_out)} won with no amount above zero: left out")
    if not asked.by and () in spread:
        asked.note(f"median {asked.money(spread[()].median)}")
    return _lines(asked, {key: (each.total / each.n, each) for key, each in spread.items()})


def sales_cycle(asked: Asked) -> list[Line]:
    """Return the median days from creation to close date of won deals; None where there is none.

    Both are days in the organisation's zone. Deals that closed before they were created are dropped and noted, and
    those whose record does not say when: the day on which they were first seen is not that day.
    """
    won = f"status = '{Status.WON}' AND {asked.within()}"
    zone = asked.view.company.zone.key.replace("'", "''")
    source = (
        "(SELECT s.*, date_diff('day', CAST(timezone('"
        f"{zone}', timezone('UTC', c.created_at)) AS DATE), s.close) AS days "
        f"FROM {asked.view.states()} s LEFT JOIN (FROM deal ANTI JOIN {asked.view.session.undated} u ON u.id = deal.id) c "
        "ON c.id = s.deal_id)"
    )
    backwards, undated = asked.view.rows(
        f"SELECT count(*) FILTER (days < 0), count(*) FILTER (days IS NULL) FROM {source} WHERE {won}"
    )[0]
    if backwards:
        asked.note(f"{deals(backwards)} closed before creation: dropped")
    if undated:
        asked.note(f"{deals(undated)} without a creation date: dropped")
    spread = _spread(asked, "days", f"{won} AND days >= 0", source=source)
    if not asked.by and () in spread:
        asked.note(f"mean {spread[()].total / spread[()].n:.1f} days")
    return _lines(asked, {key: (each.median, each) for key, each in spread.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spread:
    """The middle and the sum of a number over deals, of which there is at least one; records by largest amount."""

    n: int
    total: Decimal
    median: Decimal
    records: tuple[str, ...]


def _spread(asked: Asked, column: str, condition: str, *, source: str | None = None) -> dict[Key, _Spread]:
    keys = columns(asked.by)
    within = f"PARTITION BY {keys.rstrip(', ')}" if asked.by else ""
    rows = asked.view.rows_once(
        f"SELECT {keys}max(size), sum({column}), "
        f"list({column} ORDER BY place) FILTER (place = (size + 1) // 2 OR place = size // 2 + 1), "
        f"{LARGEST} FROM (SELECT *, count(*) OVER ({within}) AS size, "
        f"row_number() OVER ({within} ORDER BY {column}, deal_id) AS place "
        f"FROM {keyed(asked.by, source or asked.view.states())} WHERE {condition}) "
        f"{'GROUP BY ' + keys.rstrip(', ') if asked.by else 'HAVING count(*) > 0'}"
    )
    size = len(asked.by)
    return {
        row[:size]: _Spread(
            n=row[size],
            total=Decimal(row[size + 1]),
            median=exact(Decimal(row[size + 2][0] + row[size + 2][-1]) / 2),
            records=identities(row[size + 3]),
        )
        for row in rows
    }


def _lines(asked: Asked, found: dict[Key, tuple[Decimal, _Spread]]) -> list[Line]:
    if not found and not asked.by:
        if not asked.notes:
            asked.note("nothing was won in the period")
        return [Line(key=(), value=None, n=0)]
    return [
        Line(key=key, value=value, n=each.n, records=each.records) for key, (value, each) in found.items()
    ]


def _note_interval(asked: Asked, won: int, closed: int) -> None:
    if not closed:
        asked.note("nothing closed in the period")
        return
    low, high = wilson(won, closed)
    asked.note(f"{won} won of {closed} closed; 95 % Wilson interval {low * 100:.1f} to {high * 100:.1f} %")


def wilson(won: int, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of won / n, from 0 to 1 (Wilson 1927, JASA 22: 209); n must be above zero."""
    rate, z2 = won / n, _Z * _Z
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)
