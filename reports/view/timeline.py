"""States over time as one relation, with each stage's place in the order; rows that are read once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reports.view.session import naive, text

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView

# Edits within the first hours of a deal are typing, not moving.
SETTLING_HOURS = 24


def timeline(view: PipelineView, *, of: str = "", every: int = 1) -> str:
    """Return a relation as SQL: all columns of `state`, amounts as entered, and `ord` of the stage (0 unknown).

    Every state ever is there that the access and the company's rule of what counts allow, whatever the filters;
    deleted ones are left out. `of` names a relation with the deal_ids that are looked at, all where it is empty;
    `every` takes only every so-manieth deal, always the same ones.
    """
    table = f"(SELECT * FROM state SEMI JOIN {of} USING (deal_id))" if of else "state"
    if every > 1:
        table = f"(SELECT * FROM {table} WHERE {sampled('deal_id', every)})"
    return f"""(SELECT held.*, coalesce(ord, 0) AS ord FROM {table} AS held
        LEFT JOIN {stages(view)} ON step_name = stage
        WHERE NOT coalesce(deleted, FALSE) AND {view.scope.where(chosen=False)})"""


def sampled(column: str, every: int) -> str:
    """Return the condition that takes every so-manieth deal by its id."""
    return f"hash({column}) % {every} = 0" if every > 1 else "TRUE"


def stages(view: PipelineView) -> str:
    """Return the relation `step` as SQL: `step_name` and `ord`, the place of each stage that the company file knows."""
    known = ", ".join(f"({text(stage.name)}, {stage.order})" for stage in view.company.stages) or "('', 0)"
    return f"(VALUES {known}) AS step(step_name, ord)"


def rows(view: PipelineView, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, read once; `$as_of`, `$today` and the scope's values are bound beside `values`."""
    given: dict[str, Any] = {"as_of": view.as_of, "today": view.today, **values}
    bound = {name: naive(value) if isinstance(value, datetime) else value for name, value in given.items()}
    return view.rows_once(sql, **bound)


def quarter(view: PipelineView, column: str) -> str:
    """Return an expression that numbers the fiscal quarters of a date column in their order."""
    return f"((year({column}) * 12 + month({column}) - {view.company.fiscal.start_month}) // 3)"


class Logged(StrEnum):
    """What is known of what was done on deals.

    Nothing; on which days something was done, not who took part; or each touch, and whether the buyer took part.
    """

    NOTHING = "nothing"
    DAYS = "days"
    TOUCHES = "touches"


def logged(view: PipelineView) -> Logged:
    """Return what the mirror knows of activity: where no buyer ever took part in any, nobody wrote down who did."""
    if "activity" in view.session.hidden:
        return Logged.NOTHING
    source = view.session.whole("activity")
    touches, anything = view.rows_once(
        f"SELECT EXISTS (SELECT 1 FROM {source} WHERE buyer), EXISTS (SELECT 1 FROM {source})"
    )[0]
    return Logged.TOUCHES if touches else Logged.DAYS if anything else Logged.NOTHING
