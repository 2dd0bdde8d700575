"""Deals by the ids or names under which somebody else knows them: those that are there, and those that are not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView

Absence = Literal["deleted", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An amount that a deal had before: as entered, in the view's currency, and the day on which it changed."""

    amount: Decimal | None
    currency: str | None
    value: Decimal | None
    until: date


# An id of 18 letters is known by its first 15 too: so Salesforce shows it in reports.
_ASKED = (
    "(s.deal_id IN (SELECT unnest($ids::VARCHAR[])) "
    "OR (length(s.deal_id) = 18 AND s.deal_id[:15] IN (SELECT unnest($ids::VARCHAR[]))) "
    "OR lower(trim(d.name)) IN (SELECT unnest($names::VARCHAR[])))"
)


def known_as(view: PipelineView, *, ids: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of visible deals with one of these ids or names (lower case), counted or not, ordered by id."""
    rows = view.rows(
        f"SELECT s.deal_id FROM {view.states(counted=False, chosen=False)} s LEFT JOIN deal d ON d.id = s.deal_id "
        f"WHERE {_ASKED} ORDER BY 1",
        ids=sorted(set(ids)),
        names=sorted(set(names)),
    )
    return tuple(row[0] for row in rows)


def absent(
    view: PipelineView, *, ids: Iterable[str], names: Iterable[str]
) -> tuple[tuple[str, str, Absence], ...]:
    """Return (id, name, why) of visible deals so called that are not there at the view's instant, ordered by id.

    They were deleted before it, or begin later. Rights apply to what is known of them at any time.
    """
    rows = view.rows(
        f"SELECT s.deal_id, coalesce(any_value(d.name), s.deal_id), min(s.valid_from) > $as_of "
        f"FROM state s LEFT JOIN deal d ON d.id = s.deal_id WHERE {_ASKED} "
        f"AND s.deal_id IN (SELECT deal_id FROM state WHERE {view.scope.where(counted=False, chosen=False)}) "
        f"AND s.deal_id NOT IN (SELECT deal_id FROM {view.session.states(view.as_of, view.currency)}) "
        "GROUP BY s.deal_id ORDER BY 1",
        ids=sorted(set(ids)),
        names=sorted(set(names)),
    )
    return tuple((row[0], row[1], "later" if row[2] else "deleted") for row in rows)


def earlier(view: PipelineView, ids: Iterable[str]) -> Mapping[str, tuple[Earlier, ...]]:
    """Return the amounts that visible deals had in states that ended by the view's instant, oldest first."""
    asked = sorted(set(ids))
    found: dict[str, list[Earlier]] = {}
    past = "(SELECT * FROM state WHERE deal_id IN (SELECT unnest($ids::VARCHAR[])) AND valid_to <= $as_of)"
    rows = view.rows(
        f"SELECT deal_id, amount, currency, value, valid_to FROM {view.valued(past)} "
        f"WHERE {view.scope.where(counted=False, chosen=False)} ORDER BY deal_id, valid_from",
        ids=asked,
    )
    for key, amount, currency, value, until in rows if asked else ():
        at: datetime = until
        found.setdefault(key, []).append(
            Earlier(
                amount=amount, currency=currency, value=value, until=view.calendar.day(at.replace(tzinfo=UTC))
            )
        )
    return {key: tuple(each) for key, each in found.items()}
