"""Deals that do not count because of their type: those left out on purpose, and those of which nobody has said it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from connectors.records import ForecastClass, Status
from reports.view.pipeline import PipelineView
from reports.view.session import naive


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """Open and won deals of a type that is not in scope; `type` None: of none.

    `value` is in the view's currency, None where no deal has an amount. `records` are the deals, the largest first.
    """

    type: str | None
    n: int
    value: Decimal | None
    records: tuple[str, ...]


def uncounted(view: PipelineView) -> tuple[Uncounted, ...]:
    """Return the types of deals that no export had at first and that the company file does not name, most money first.

    Nothing where all types count, where there are no exports, or where the rights hide types. A type that the company file
    lists among the dimensions and not in scope is known: it was left out on purpose.
    """
    if not view.snapshots:
        return ()
    held = "valid_from <= $first AND valid_to > $first AND NOT coalesce(deleted, FALSE)"
    return _of_types(
        view,
        f"coalesce(type, '') NOT IN (SELECT coalesce(type, '') FROM state WHERE {held})",
        view.company.dimensions.get("type", ()),
    )


def left_out(view: PipelineView) -> tuple[Uncounted, ...]:
    """Return all types of deals that are not in scope, known or not, most money first; nothing where all types count."""
    return _of_types(view, "TRUE", ())


def _of_types(view: PipelineView, wanted: str, known: Iterable[str]) -> tuple[Uncounted, ...]:
    counted = view.company.types_in_scope
    if not counted or "type" in view.access.hidden:
        return ()
    # Read as it lies: a table of how all deals stand would be made for this alone where nothing else is asked.
    now = view.valued(
        "(SELECT * FROM state WHERE valid_from <= $now AND valid_to > $now AND NOT coalesce(deleted, FALSE))"
    )
    rows = view.rows_once(
        "SELECT type, count(*), sum(value), list(deal_id ORDER BY value DESC NULLS LAST, deal_id) "
        f"FROM {now} WHERE {view.scope.where(counted=False)} AND status <> '{Status.LOST}' "
        f"AND (status <> '{Status.OPEN}' OR category IS DISTINCT FROM '{ForecastClass.OMITTED}') "
        f"AND NOT list_contains($named, coalesce(type, '')) AND {wanted} "
        "GROUP BY type ORDER BY sum(value) DESC NULLS LAST, type",
        named=[*counted, *known],
        now=naive(view.as_of),
        first=naive(view.snapshots[0] if view.snapshots else view.as_of),
    )
    return tuple(
        Uncounted(type=name, n=n, value=value, records=tuple(records)) for name, n, value, records in rows
    )
