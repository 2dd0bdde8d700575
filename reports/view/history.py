"""The whole past as relations: every state of every deal that may be seen, valued and with its stage's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


def history(view: PipelineView, *, at: str | None = None, scoped: bool = True, chosen: bool = False) -> str:
    """Return a relation as SQL: every state, or with `at` (an SQL instant such as `$as_of`) those that held then.

    Columns: those of the mirror's `state`, `value` and `unrated` as in `PipelineView.states`, and `ord`, the stage's
    place (0 for an unknown one). Deleted states are left out. Rights always apply; `scoped` leaves out what does not
    count by the company file, `chosen` applies the view's filters.
    """
    held = "TRUE" if at is None else f"valid_from <= {at} AND valid_to > {at}"
    stages = view.session.stages()
    return (
        f"SELECT v.*, coalesce(o.place, 0) AS ord FROM {view.valued('state')} v LEFT JOIN {stages} o ON o.name = v.stage "
        f"WHERE {held} AND NOT coalesce(deleted, FALSE) AND {view.scope.where(counted=scoped, chosen=chosen)}"
    )


def quarter(view: PipelineView, column: str) -> str:
    """Return the SQL of a running number of the fiscal quarter in which a date lies."""
    return f"CAST(floor((year({column}) * 12 + month({column}) - {view.company.fiscal.start_month}) / 3.0) AS INTEGER)"


def logs_activity(view: PipelineView) -> bool:
    """Say whether the mirror holds any activity at all."""
    return bool(view.rows("SELECT EXISTS (SELECT 1 FROM activity)")[0][0])


def rows(view: PipelineView, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query, `$as_of` and the scope's values bound beside those given."""
    return view.rows(sql, **values)
