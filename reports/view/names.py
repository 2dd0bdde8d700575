"""What people may call things by, for whoever reads their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.records import Status
from reports.facts import Dim

if TYPE_CHECKING:
    from reports.view.pipeline import PipelineView

# More names than this are not held in memory: open deals come first, then those whose state is newest.
MOST_DEALS: Final = 20_000
_LISTED: Final[tuple[Dim, ...]] = (
    "region", "segment", "owner", "manager", "team", "stage", "category", "product", "source", "type", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DealName:
    """A deal by name: `open` says whether it still is."""

    id: str
    name: str
    account: str | None
    owner_id: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names that this access covers.

    `deals` has open ones first; `accounts` and `people` are (id, name); `values` has every dimension but `account`,
    with the values of the company file first.
    """

    deals: tuple[DealName, ...]
    accounts: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    values: Mapping[Dim, tuple[str, ...]]


def names(view: PipelineView) -> Names:
    """Return the names as of the view's instant; filters do not narrow them, rights do."""
    relation = view.states(counted=False, chosen=False)
    deals = view.rows(
        "SELECT r.deal_id, coalesce(d.name, r.deal_id), a.name, r.owner_id, r.status = 'open', a.id "
        f"FROM {relation} r LEFT JOIN deal d ON d.id = r.deal_id LEFT JOIN account a ON a.id = d.account_id "
        f"ORDER BY (r.status = 'open') DESC, r.valid_from DESC, r.deal_id LIMIT {MOST_DEALS}"
    )
    accounts = {row[5]: row[2] for row in deals if row[5] and row[2]}
    owners = {row[0] for row in view.rows(f"SELECT DISTINCT owner_id FROM {relation}")}
    limited = view.access.partial
    managers = {view.people[owner].manager_id for owner in owners if owner in view.people}
    return Names(
        deals=tuple(
            DealName(id=row[0], name=row[1], account=row[2], owner_id=row[3] or "", open=row[4])
            for row in deals
        ),
        accounts=tuple(sorted(accounts.items(), key=lambda item: (item[1], item[0]))),
        people=tuple(
            (person.id, person.name)
            for person in view.people.values()
            if not limited or person.id in owners | managers
        ),
        values={dim: _values(view, dim) for dim in _LISTED},
    )


def open_owners(view: PipelineView) -> frozenset[str]:
    """Return the ids of the people who own an open deal in scope; empty where nothing is open."""
    rows = view.rows_once(
        f"SELECT DISTINCT owner_id FROM {view.states(counted=False)} WHERE status = '{Status.OPEN}'"
    )
    return frozenset(row[0] for row in rows if row[0])


def _values(view: PipelineView, dim: Dim) -> tuple[str, ...]:
    known = (
        tuple(stage.name for stage in view.company.stages)
        if dim == "stage"
        else view.company.dimensions.get(dim, ())
    )
    return (*known, *(value for value in view.present(dim) if value not in known))
