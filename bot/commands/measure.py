"""`quarterdeck measure NAME`: one number, by any dimension, with its records."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import timedelta
from typing import Any

from bot.flows import pull
from bot.wiring import day_from, dim_from, filters_from, installation
from reports.errors import BadInput
from reports.facts import Measured
from reports.measures import CATALOGUE, measure
from reports.view.narrow import must_count


def run(arguments: Namespace) -> int:
    """Evaluate the measure and print it."""
    name = arguments.name.casefold().replace("-", "_")
    if name not in CATALOGUE:
        raise BadInput.unknown("measure", arguments.name, CATALOGUE)
    by = tuple(dim_from(dim) for dim in arguments.by)
    filters = filters_from(arguments.where)
    with installation(arguments) as opened, pull(opened.line()) as newest:
        view = newest.where(*filters)
        must_count(view.filters, view.company)
        if arguments.as_of:
            view = view.at(view.calendar.end_of(day_from(arguments.as_of)))
        period = view.calendar.parse(arguments.period, view.today) if arguments.period else None
        measured = measure(view, name, period=period, by=by)
    if arguments.json:
        sys.stdout.write(json.dumps(as_json(measured), ensure_ascii=False, indent=2) + "\n")
        return 0
    from bot.terminal import Terminal

    Terminal().measured(measured)
    return 0


def as_json(measured: Measured) -> dict[str, Any]:
    """Return the fixed JSON form: money as decimal strings beside its currency; a period's end is its last day."""
    period = measured.period
    return {
        "measure": measured.measure,
        "definition": measured.definition,
        "unit": str(measured.unit),
        "currency": measured.currency,
        "as_of": measured.as_of.isoformat(),
        "period": None
        if period is None
        else {"start": period.start.isoformat(), "end": (period.end - timedelta(days=1)).isoformat()},
        "rows": [
            {
                "by": dict(row.by),
                "value": None if row.value is None else format(row.value, "f"),
                "n": row.n,
                "records": list(row.records),
                "record_count": row.record_count,
            }
            for row in measured.rows
        ],
        "notes": list(measured.notes),
    }
