"""What there is to mend in the records of open deals, by team; counted where the records are, for there are many."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from connectors.mirror.schema import BIT
from connectors.records import Status

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView


# Stages up to and with this one need no next step yet.
FIRST_STAGE: Final = 1
# What is wrong with an open deal, as SQL over a state `r` with its value; `$later` are the stages that need a step.
WRONG: Final = MappingProxyType(
    {
        "overdue": "r.close < $today",
        "no_amount": "r.amount IS NULL",
        "no_step": "r.stage IN (SELECT unnest($later::VARCHAR[])) AND trim(coalesce(r.next_step, '')) = ''",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hygiene:
    """Open deals of one team (today's team of their owners; None where they have none), of any period.

    `overdue` counts those whose close date has passed, `overdue_value` their amounts in the view's currency;
    `no_amount` those without an amount, `no_step` those past the first stages without a next step.
    """

    team: str | None
    deals: int
    overdue: int
    overdue_value: Decimal
    no_amount: int
    no_step: int


def later_stages(view: PipelineView, first_stages: int = FIRST_STAGE) -> list[str]:
    """Return the names of the stages after the first few: those in which a next step is missed."""
    return [stage.name for stage in view.company.stages if stage.order > first_stages]


# What is said instead of an answer about next steps.
NO_STEPS: Final = "These records have no next steps, so nothing can be said of them."


def knows_steps(view: PipelineView) -> bool:
    """Say whether next steps are known: an export may have no such column, or it is hidden; then none is missed."""
    if "next_step" in view.session.hidden:
        return False
    if not view.snapshots:
        return True
    return bool(
        view.rows_once(f"SELECT EXISTS (SELECT 1 FROM event WHERE fields & {BIT['next_step']} <> 0)")[0][0]
    )


def hygiene(view: PipelineView, *, first_stages: int = FIRST_STAGE) -> tuple[Hygiene, ...]:
    """Return what to mend by team, ordered by team; empty where nothing is open. So many stages need no next step."""
    held = (
        "(SELECT * FROM state WHERE valid_from <= $as_of AND valid_to > $as_of "
        f"AND status = '{Status.OPEN}' AND NOT coalesce(deleted, FALSE))"
    )
    no_step = WRONG["no_step"] if knows_steps(view) else "FALSE"
    no_amount = "FALSE" if "amount" in view.session.hidden else WRONG["no_amount"]
    rows = view.rows_once(
        "SELECT nullif(p.team, ''), count(*), "
        f"count(*) FILTER ({WRONG['overdue']}), coalesce(sum(r.value) FILTER ({WRONG['overdue']}), 0), "
        f"count(*) FILTER ({no_amount}), count(*) FILTER ({no_step}) "
        f"FROM (SELECT * FROM {view.valued(held)} WHERE {view.scope.where()}) r LEFT JOIN person p ON p.id = r.owner_id "
        "GROUP BY 1 ORDER BY 1 NULLS LAST",
        later=later_stages(view, first_stages),
    )
    return tuple(
        Hygiene(
            team=row[0], deals=row[1], overdue=row[2], overdue_value=row[3], no_amount=row[4], no_step=row[5]
        )
        for row in rows
    )


def undated(view: PipelineView) -> int:
    """Return how many open deals are in scope where none of them has a close date; 0 where one has, or none is open."""
    n, dated = view.rows_once(
        f"SELECT count(*), count(close) FROM {view.states()} WHERE status = '{Status.OPEN}'"
    )[0]
    return 0 if dated else int(n)


def ever_dated(view: PipelineView) -> bool:
    """Say whether any deal in scope, whatever its status, has a close date."""
    return bool(view.rows_once(f"SELECT count(close) > 0 FROM {view.states()}")[0][0])
