"""What stood for a period at each of many instants, read at once: won, and open by how it was called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.records import ForecastClass, Status
from reports.facts import Period
from reports.view.session import naive

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An instant to look from, and the period whose deals are looked at."""

    at: datetime
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """Sums of amounts in the view's currency at one mark; deals without an amount count as 0. `n` deals are in them."""

    won: Decimal
    commit: Decimal
    most_likely: Decimal
    best_case: Decimal
    n: int

    @property
    def called(self) -> Decimal:
        """Return won and open commit together."""
        return self.won + self.commit

    @property
    def at_best(self) -> Decimal:
        """Return won, open commit, most likely and best case together."""
        return self.called + self.most_likely + self.best_case


_NOTHING = Stood(won=Decimal(0), commit=Decimal(0), most_likely=Decimal(0), best_case=Decimal(0), n=0)


def standings(view: PipelineView, marks: Sequence[Mark]) -> tuple[Stood | None, ...]:
    """Return what stood at each mark, in their order; None before history begins and after the view's instant.

    Rights, filters and currency are the view's; owner, region and stage are those of each mark.
    """
    begins = view.begins
    known = [n for n, mark in enumerate(marks) if begins is not None and begins <= mark.at <= view.as_of]
    if not known:
        return (None,) * len(marks)
    values = ", ".join(
        f"({n}, TIMESTAMP '{naive(marks[n].at)}', DATE '{marks[n].period.start}', DATE '{marks[n].period.end}')"
        for n in known
    )
    held = view.valued(
        f"(SELECT state.*, mark.n AS mark FROM state JOIN (VALUES {values}) AS mark(n, looked, first, past) "
        "ON valid_from <= looked AND valid_to > looked AND state.close >= first AND state.close < past "
        "WHERE NOT coalesce(deleted, FALSE))"
    )
    is_open = f"status = '{Status.OPEN}' AND category = "
    sums = ", ".join(
        f"coalesce(sum(value) FILTER ({condition}), 0)"
        for condition in (
            f"status = '{Status.WON}'",
            f"{is_open}'{ForecastClass.COMMIT}'",
            f"{is_open}'{ForecastClass.MOST_LIKELY}'",
            f"{is_open}'{ForecastClass.BEST_CASE}'",
        )
    )
    rows = view.rows_once(
        f"SELECT mark, {sums}, count(*) FROM {held} WHERE {view.scope.where()} "
        f"AND status <> '{Status.LOST}' GROUP BY mark"
    )
    found = {
        row[0]: Stood(won=row[1], commit=row[2], most_likely=row[3], best_case=row[4], n=row[5])
        for row in rows
    }
    return tuple(found.get(n, _NOTHING) if n in known else None for n in range(len(marks)))


def amounts(view: PipelineView, due: Period) -> tuple[tuple[str | None, str | None, bool, Decimal], ...]:
    """Return (stage, segment, whether its date has passed, amount) of every open deal due in a period, in a fixed order.

    Deals without an amount are left out.
    """
    rows = view.rows(
        f"SELECT stage, segment, close < $today, value FROM {view.states()} WHERE status = '{Status.OPEN}' "
        f"AND close >= DATE '{due.start}' AND close < DATE '{due.end}' AND value > 0 ORDER BY ALL"
    )
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)
