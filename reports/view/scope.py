"""Which deals a view may and shall show: rights, the company's rule of what counts, and filters, as SQL conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from connectors.access import Access
from connectors.records import ForecastClass, Status
from reports.errors import BadInput
from reports.facts import DIMS, Dim, Filter
from reports.view.narrow import must_read
from reports.view.session import Session, bound, text

# What people write for deals where a dimension is not filled in.
NOT_SET: Final = "(none)"
# Dimensions that are columns of the state itself; the others come from its owner or its deal.
_COLUMNS: Final[tuple[Dim, ...]] = (
    "region",
    "segment",
    "stage",
    "category",
    "product",
    "source",
    "type",
    "currency",
)
_NEAREST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Conditions over the columns of a table of states, and the values bound in them.

    `visible` are the rights, `counted` the company's rule of which deals count, `chosen` the filters.
    """

    visible: tuple[str, ...]
    counted: tuple[str, ...]
    chosen: tuple[str, ...]
    values: Mapping[str, list[str]]

    def where(self, *, counted: bool = True, chosen: bool = True) -> str:
        """Return the conditions joined by AND; rights always apply, `TRUE` where there is none."""
        parts = (*self.visible, *(self.counted if counted else ()), *(self.chosen if chosen else ()))
        return " AND ".join(parts) or "TRUE"


def scope(session: Session, access: Access, filters: tuple[Filter, ...]) -> Scope:
    """Return the scope of a view. Filters must be canonical (`canonical`)."""
    visible, values = _rights(access)
    counted = [f"(status <> '{Status.OPEN}' OR category IS DISTINCT FROM '{ForecastClass.OMITTED}')"]
    if session.company.types_in_scope:
        counted.append(f"type IN ({', '.join(text(name) for name in session.company.types_in_scope)})")
    chosen = []
    for number, item in enumerate(filters):
        condition, binding = _chosen(session, item, f"filter_{number}")
        chosen.append(condition)
        values |= binding
    return Scope(visible=tuple(visible), counted=tuple(counted), chosen=tuple(chosen), values=values)


def canonical(session: Session, access: Access, filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Return the filters with every value as the records write it, one filter per dimension and sign.

    Values are taken by id, name, e-mail (people), label or synonym, whatever the case. Several filters on one
    dimension mean any of their values.

    Raises:
        BadInput: a dimension is not known, a filter has no value, or a value occurs nowhere that the asker may see;
            the message lists the nearest known values.
        NotShown: somebody may not read a dimension.
    """
    asked = tuple(filters)
    for item in asked:
        must_read(item.dim, access)
    merged: dict[tuple[Dim, bool], list[str]] = {}
    for item in asked:
        if item.dim not in DIMS:
            raise BadInput.unknown("dimension", item.dim, DIMS)
        if not item.values:
            raise BadInput(f"a filter on {item.dim!r} needs a value, for example {item.dim}=NAME")
        known = None if item.dim == "account" else _writable(session, access, item.dim)
        for value in item.values:
            found = (
                _account(session, access, value)
                if known is None
                else _spelled(session, item.dim, value, known)
            )
            values = merged.setdefault((item.dim, item.negate), [])
            if found not in values:
                values.append(found)
    return tuple(
        Filter(dim=dim, values=tuple(values), negate=negate) for (dim, negate), values in merged.items()
    )


def replace(old: tuple[Filter, ...], new: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return the old filters with those on the dimensions of the new ones replaced."""
    dims = {item.dim for item in new}
    return (*(item for item in old if item.dim not in dims), *new)


def present(session: Session, access: Access, dim: Dim) -> tuple[str, ...]:
    """Return every value of a dimension that occurs in the records the access covers, sorted; not for accounts.

    A generation never changes, so it is asked once for each reach of rights.
    """
    return session.once(("present", dim, *_reach(access)), lambda: _present(session, access, dim))


def _present(session: Session, access: Access, dim: Dim) -> tuple[str, ...]:
    if dim in {"owner", "manager", "team"}:
        return _of_people(session, access, dim)
    visible, values = _rights(access)
    rows = session.rows(
        f"SELECT DISTINCT {dim} FROM state WHERE {' AND '.join(visible) or 'TRUE'} AND {dim} IS NOT NULL ORDER BY 1",
        values,
    )
    return tuple(row[0] for row in rows)


def owners_named(session: Session, dim: Dim, values: Iterable[str]) -> list[str]:
    """Return the ids of the owners whose name, manager's name or team (by `dim`) is one of the values, or whose id."""
    wanted = set(values)
    found = []
    for person in session.people.values():
        manager = session.people.get(person.manager_id or "")
        match dim:
            case "owner":
                keys = {person.id, person.name}
            case "manager":
                keys = {manager.id, manager.name} if manager else {NOT_SET}
            case _:
                keys = {person.team or NOT_SET}
        if keys & wanted:
            found.append(person.id)
    return found


def _reach(access: Access) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Return what the rights of a read limit within a session, which is made for the rest of them (`Session.rights`)."""
    return access.regions, access.owners


def _rights(access: Access) -> tuple[list[str], dict[str, list[str]]]:
    conditions: list[str] = []
    values: dict[str, list[str]] = {}
    regions, owners = _reach(access)
    limits = (("region", "visible_regions", regions), ("owner_id", "visible_owners", owners))
    for column, name, limit in limits:
        if limit is None:
            continue
        if not limit:
            conditions.append("FALSE")
            continue
        members, binding = bound(name, limit)
        conditions.append(f"{column} IN {members}")
        values |= binding
    return conditions, values


def _chosen(session: Session, item: Filter, name: str) -> tuple[str, dict[str, list[str]]]:
    """Return the condition of a canonical filter and its binding; deals without a value are kept by a negation."""
    match item.dim:
        case "owner" | "manager" | "team":
            strangers = [value for value in item.values if item.dim == "owner" and value != NOT_SET]
            column, wanted = "owner_id", [*owners_named(session, item.dim, item.values), *strangers]
        case "account":
            column, wanted = "deal_id", list(item.values)
        case _:
            column, wanted = item.dim, [value for value in item.values if value != NOT_SET]
    members, binding = bound(name, wanted)
    if item.dim == "account":
        members = (
            f"(SELECT d.id FROM deal d LEFT JOIN account a ON a.id = d.account_id WHERE a.id IN {members} "
            f"OR a.name IN {members}{' OR a.id IS NULL' if NOT_SET in item.values else ''})"
        )
    condition = f"{column} IN {members}"
    if item.dim in _COLUMNS and NOT_SET in item.values:
        condition = f"({condition} OR {column} IS NULL)"
    return (f"({condition}) IS NOT TRUE" if item.negate else f"({condition})"), binding


def _writable(session: Session, access: Access, dim: Dim) -> Mapping[str, str]:
    """Return what may be written for a dimension's values, folded, and the value meant; worked out once, as `present` is."""
    return session.once(("writable", dim, *_reach(access)), lambda: _known(session, access, dim))


def _known(session: Session, access: Access, dim: Dim) -> dict[str, str]:
    company = session.company
    known: dict[str, str] = {NOT_SET: NOT_SET}
    values = (*company.dimensions.get(dim, ()), *present(session, access, dim))
    if dim == "stage":
        values = (*(stage.name for stage in company.stages), *values)
    for value in values:
        known[company.label(value).casefold()] = value
    if dim in {"owner", "manager"}:
        called = [person.name for person in session.people.values()]
        for person in session.people.values():
            if person.name in values or person.id in values:
                name = person.name if called.count(person.name) == 1 else person.id
                known |= {person.id.casefold(): name, person.email.casefold(): name}
    return known | {value.casefold(): value for value in values}


def _spelled(session: Session, dim: Dim, value: str, known: Mapping[str, str]) -> str:
    folded = value.strip().casefold()
    for candidate in (
        folded,
        session.company.synonyms.get(folded, folded).casefold(),
        folded.replace("-", "_").replace(" ", "_"),
    ):
        if candidate in known:
            return known[candidate]
    raise BadInput.unknown(dim, value, (shown for shown in known.values() if shown != NOT_SET))


def _of_people(session: Session, access: Access, dim: Dim) -> tuple[str, ...]:
    """Return names (or teams) of the owners of visible deals, or of their managers; an id where there is no name."""
    visible, values = _rights(access)
    rows = session.rows(
        f"SELECT DISTINCT owner_id FROM state WHERE {' AND '.join(visible) or 'TRUE'}", values
    )
    found: set[str] = set()
    for (owner_id,) in rows:
        person = session.people.get(owner_id)
        manager = session.people.get((person.manager_id if person else None) or "")
        match dim:
            case "owner" if owner_id is not None:
                found.add(person.name if person else owner_id)
            case "manager" if manager:
                found.add(manager.name)
            case "team" if person and person.team:
                found.add(person.team)
            case _:
                pass
    return tuple(sorted(found))


def _account(session: Session, access: Access, value: str) -> str:
    """Return the account's name as the records write it; the id that was given where others have that name too."""
    if value.strip().casefold() == NOT_SET:
        return NOT_SET
    visible, values = _rights(access)
    seen = (
        "TRUE"
        if not visible
        else (
            f"id IN (SELECT account_id FROM deal WHERE id IN (SELECT deal_id FROM state WHERE {' AND '.join(visible)}))"
        )
    )
    binding = {**values, "wanted": value.strip()}
    rows = session.rows(
        f"SELECT id, coalesce(name, id), lower(id) = lower($wanted) FROM account WHERE {seen} "
        "AND (lower(name) = lower($wanted) OR lower(id) = lower($wanted)) ORDER BY 3 DESC, id LIMIT 1",
        binding,
    )
    for identity, name, by_id in rows:
        namesakes = session.rows("SELECT count(*) FROM account WHERE name = $name", {"name": name})[0][0]
        return str(identity if by_id and namesakes > 1 else name)
    near = session.rows(
        f"SELECT name FROM account WHERE {seen} AND name IS NOT NULL GROUP BY name ORDER BY "
        "contains(lower(name), lower($wanted)) DESC, jaro_winkler_similarity(lower(name), lower($wanted)) DESC, name "
        f"LIMIT {_NEAREST}",
        binding,
    )
    raise BadInput.unknown("account", value, (row[0] for row in near))
