"""The catalogue of measures: the only arithmetic. A measure builds expressions, the view executes them."""

from __future__ import annotations

from datetime import datetime

from reports import words
from reports.errors import BadInput
from reports.facts import DIMS, Dim, Measured, Period, Row, Unit
from reports.measures.asked import Asked
from reports.measures.catalogue import CATALOGUE, Definition
from reports.measures.closing import wilson
from reports.measures.groups import rows
from reports.measures.known import unknown_before
from reports.measures.movement import BUCKETS, Bridge, BridgeOpen, Movement, Step, bridge, bridge_rows
from reports.measures.outcome import ENDS, Outcome, outcome
from reports.periods import written
from reports.view import PipelineView
from reports.view.narrow import must_read

__all__ = [
    "BUCKETS",
    "CATALOGUE",
    "ENDS",
    "Bridge",
    "BridgeOpen",
    "Definition",
    "Movement",
    "Outcome",
    "Step",
    "bridge",
    "measure",
    "outcome",
    "wilson",
]

# A comparison looks back so far unless somebody says otherwise.
WEEK = 7


def measure(
    view: PipelineView,
    name: str,
    *,
    period: Period | None = None,
    by: tuple[Dim, ...] = (),
    since: datetime | None = None,
) -> Measured:
    """Return a measure of the view: one row without `by`, else a row for every combination that occurs.

    Args:
        view: instant, scope, rights and currency.
        name: a name of CATALOGUE.
        period: None for the measure's own default.
        by: dimensions to split by, in order.
        since: where the measure compares two instants, the earlier one; None is the same time a week before.

    Raises:
        BadInput: the measure or a dimension is not known; the message lists the nearest.
        NothingThere: a comparison reaches back before history begins.
        NotShown: somebody may not read amounts, where the measure needs them, or a dimension.
    """
    if name not in CATALOGUE:
        raise BadInput.unknown("measure", name, CATALOGUE)
    for dim in by:
        if dim not in DIMS:
            raise BadInput.unknown("dimension", dim, DIMS)
    definition = CATALOGUE[name]
    if definition.amounts:
        must_read("amount", view.access, definition.label)
    for dim in by:
        must_read(dim, view.access)
    by = tuple(dict.fromkeys(by))
    if period is None and definition.period is not None:
        period = view.calendar.parse(definition.period, view.today)
    since = since or view.back(WEEK)
    asked = Asked(view=view, by=by, span=period, since=since)
    if definition.evaluate is None:
        found = bridge_rows(asked)
        if view.snapshots:
            asked.note(
                "of exports, deleted means that the newer one has a deal no more, returned that it has it again"
            )
    else:
        found = rows(view, by, definition.evaluate(asked))
        if not definition.targets:
            found = _reached(asked, found)
    asked.note(*unknown_before(asked, definition))
    if view.snapshot_day is not None:
        asked.note(
            f"By the export of {words.day(view.snapshot_day, view.today)}: what came since is not known"
        )
    return Measured(
        measure=name,
        label=definition.label,
        definition=definition.definition,
        version=view.company.version,
        unit=definition.unit,
        currency=view.currency if definition.unit is Unit.MONEY else None,
        as_of=view.as_of,
        since=since if definition.compares else None,
        period=period,
        filters=view.filters,
        rows=found,
        notes=tuple(asked.notes),
    )


def _reached(asked: Asked, found: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows, emptied of zeros where the period lies before history begins; and say so."""
    begins = asked.view.begins
    if begins is None or not asked.before_history():
        return found
    asked.note(f"history begins {written(asked.view.calendar.day(begins))}, after this period")
    return tuple(row if row.n else row.model_copy(update={"value": None}) for row in found)
