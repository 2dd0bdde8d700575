"""From when on the values of fields are known, where an answer looks back further than that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from reports import words
from reports.measures.asked import Asked
from reports.measures.catalogue import Definition
from reports.measures.slipping import AVERAGED_WEEKS
from reports.periods import written
from reports.view.narrow import called

# Which field of a deal decides where it counts by a dimension.
_FIELDS: Final[Mapping[str, str]] = {"owner": "owner_id", "manager": "owner_id", "team": "owner_id"}
# Before their changes are known these are taken to have been what they were first known to be; others are not known.
_STEADY: Final = frozenset({"owner_id", "type", "product", "source", "region", "segment"})
_PLURAL: Final = {"owner_id": "owners"}


def unknown_before(asked: Asked, definition: Definition) -> Iterator[str]:
    """Yield notes on the fields that an answer rests on and that are not known back to the earliest instant it looks at."""
    view, earliest = asked.view, _earliest(asked, definition)
    known = view.session.known_from()
    used = {_FIELDS.get(dim, dim) for dim in (*asked.by, *(item.dim for item in view.filters))}
    used |= {
        "close",
        *(("amount",) if definition.amounts else ()),
        *(("type",) if view.company.types_in_scope else ()),
    }
    late = {word: at for word, at in known.items() if word in used and at > earliest}
    for steady in (True, False):
        days: dict[str, list[str]] = {}
        for word, at in late.items():
            if (word in _STEADY) is steady and word not in view.access.hidden:
                day = written(view.calendar.day(at))
                days.setdefault(day, []).append(_PLURAL.get(word, called(word)))
        for day, names in days.items():
            listed = words.joined(sorted(names))
            yield (
                f"changes of {listed} are known from {day} on: before, deals count by what was known of them first"
                if steady
                else f"{listed} {words.plural(len(names), 'is', 'are')} known of all deals from {day} on only"
            )


def _earliest(asked: Asked, definition: Definition) -> datetime:
    """Return the first instant whose states an answer looks at."""
    calendar = asked.view.calendar
    match definition.name:
        case "pipeline_created" if asked.span is not None:
            return calendar.start_of(asked.span.start)
        case "slip_rate_average":
            return calendar.back(asked.since, days=7 * AVERAGED_WEEKS)
        case _:
            return asked.since if definition.compares else asked.view.as_of
