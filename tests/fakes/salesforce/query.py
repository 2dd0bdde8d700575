"""The rows that a query finds, and how they are written into an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.fakes.salesforce import aggregate, history
from tests.fakes.salesforce.access import access_rows
from tests.fakes.salesforce.columns import Column, Scope, relationship_of, sort_key
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.schema import Entity
from tests.fakes.salesforce.soql import (
    AGGREGATES,
    Call,
    Order,
    Path,
    Query,
    Selected,
    malformed,
    parse,
    place,
)
from tests.fakes.salesforce.values import json_value
from tests.fakes.salesforce.where import predicate

if TYPE_CHECKING:
    from tests.fakes.salesforce.org import Org

Row = Mapping[str, Any]
VERSION = "67.0"


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: `rows` as they were at that instant, `shown` writes one into an answer.

    `columns` are those of a bulk result. `total` is the answer of COUNT(), which has no rows.
    """

    entity: str
    rows: Sequence[Row]
    shown: Callable[[Row], dict[str, Any]]
    columns: tuple[Column, ...]
    total: int
    aggregated: bool = False


def run(org: Org, text: str, *, user: str, deleted: bool = False) -> Found:
    """Return what a query finds for a user; `deleted` includes the recycle bin and archived activities.

    Raises:
        ApiError: the query is malformed, or names what the user cannot see.
    """
    return _Run(org, user, text, deleted=deleted).found(parse(text))


def stream(
    org: Org, text: str, *, user: str, deleted: bool = False
) -> tuple[str, tuple[Column, ...], Iterator[Row]]:
    """Return the object, the columns and the rows that a bulk query finds, one after the other where it has no order.

    Raises:
        ApiError: as `run`, and for what bulk queries cannot do.
    """
    return _Run(org, user, text, deleted=deleted).streamed(parse(text))


class _Run:
    def __init__(self, org: Org, user: str, text: str, *, deleted: bool) -> None:
        self._org, self._user, self._text, self._deleted = org, user, text, deleted

    def found(self, query: Query) -> Found:
        entity = self._source(query)
        scope = Scope(self._org, self._user, self._text, entity, query.alias)
        query.select = list(self._expanded(entity, query))
        self._deleted = self._deleted or query.all_rows
        rows = self._matching(scope, query)
        if query.group or any(
            isinstance(one.what, Call) and one.what.name in AGGREGATES for one in query.select
        ):
            ids = self._ids
            total, answers = aggregate.run(scope, query, rows, ids)
            return Found("AggregateResult", answers, dict, (), total, aggregated=True)
        rows = cut(query, ordered(scope, query.order, list(rows)))
        columns = tuple(scope.column(one.what) for one in query.select if not isinstance(one.what, Query))
        return Found(entity.name, rows, self._shown(scope, query), columns, len(rows))

    def streamed(self, query: Query) -> tuple[str, tuple[Column, ...], Iterator[Row]]:
        whats = [one.what for one in query.select]
        if query.group or query.offset or any(not isinstance(one, Path) for one in whats):
            raise ApiError(
                400,
                "FUNCTIONALITY_NOT_ENABLED",
                "Aggregate queries, sub-queries, functions and OFFSET are not supported in Bulk API 2.0",
            )
        entity = self._source(query)
        scope = Scope(self._org, self._user, self._text, entity, query.alias)
        columns = tuple(scope.column(one) for one in whats if isinstance(one, Path))
        compound = [one.label for one in columns if one.kind in {"address", "location"}]
        if compound:
            raise ApiError(
                400,
                "FUNCTIONALITY_NOT_ENABLED",
                f"Selecting compound data not supported in Bulk Query: {compound}",
            )
        rows = self._matching(scope, query)
        if query.order and tuple(str(one.by) for one in query.order) != getattr(
            self._org.tables[entity.name], "order", None
        ):
            rows = iter(ordered(scope, query.order, list(rows)))
        return entity.name, columns, rows if query.limit is None else islice(rows, query.limit)

    def _source(self, query: Query) -> Entity:
        entity = self._org.schema.get(query.source)
        if entity is None or not self._org.rights[self._user].sees(entity):
            raise ApiError(
                400,
                "INVALID_TYPE",
                f"{place(self._text, query.at)}sObject type '{query.source}' is not supported. If you are attempting to use "
                "a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the "
                "describe call for the appropriate names.",
            )
        return entity

    def _expanded(self, entity: Entity, query: Query) -> Iterable[Selected]:
        """Yield what is selected, with FIELDS(ALL) spelled out."""
        for one in query.select:
            if not (isinstance(one.what, Call) and one.what.name == "FIELDS"):
                yield one
                continue
            which = str(one.what.path).upper()
            if which != "STANDARD" and (query.limit is None or query.limit > 200):
                raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200")
            for field in entity:
                if self._org.rights[self._user].sees_field(entity, field) and which in {
                    "ALL",
                    "CUSTOM" if field.custom else "STANDARD",
                }:
                    yield Selected(Path((field.name,), one.what.at))

    def _matching(self, scope: Scope, query: Query) -> Iterator[Row]:
        entity = scope.entity
        if entity.name == "UserRecordAccess":
            rows: Iterable[Row] = access_rows(self._org, query.where)
        else:
            rows = self._org.tables[entity.name].values()
        if not self._deleted:
            rows = (row for row in rows if not row.get("IsDeleted") and not row.get("IsArchived"))
        if entity.name == "OpportunityFieldHistory":
            seen = self._tracked_seen()
            rows = (row for row in rows if row.get("Field") in seen)
        if self._org.sharing is not None and entity.name != "UserRecordAccess":
            visible = scope.rows_visible(entity)
            rows = (row for row in rows if visible(row["Id"]))
        if query.where is not None:
            test = predicate(scope, query.where, self._ids)
            rows = (row for row in rows if test(row))
        return iter(rows)

    def _tracked_seen(self) -> frozenset[str]:
        """Return the fields whose changes the user may see, as OpportunityFieldHistory calls them."""
        deal, rights = self._org.entity("Opportunity"), self._org.rights[self._user]
        seen = (field for field in deal if rights.sees_field(deal, field))
        return frozenset(("created", *(history.kept_as(field) for field in seen)))

    def _ids(self, query: Query) -> frozenset[str]:
        """Return the ids that a sub-query after IN finds."""
        entity = self._source(query)
        scope = Scope(self._org, self._user, self._text, entity, query.alias)
        if len(query.select) != 1 or isinstance(query.select[0].what, Query):
            raise malformed("The inner query of a semi join must select exactly one field")
        column = scope.column(query.select[0].what)
        if column.kind not in {"id", "reference"}:
            raise malformed(
                f"The selected field '{column.label}' in the subquery must be an id or a foreign key"
            )
        return frozenset(key for row in self._matching(scope, query) if (key := column.get(row)) is not None)

    def _shown(self, scope: Scope, query: Query) -> Callable[[Row], dict[str, Any]]:
        """Return what writes a row as JSON: its own fields, those of its parents, and its children."""
        name = scope.entity.name
        own: list[tuple[str, Callable[[Row], Any]]] = []
        parents: dict[str, list[Selected]] = {}
        seen: set[str] = set()
        for one in query.select:
            if isinstance(one.what, Query):
                own.append(self._children(scope, one.what))
                continue
            column = scope.column(one.what)
            path = one.what.path if isinstance(one.what, Call) else one.what
            if f"{column.steps}{column.label}" in seen and one.alias is None:
                raise ApiError(400, "INVALID_FIELD", f"duplicate field selected: {column.label}")
            seen.add(f"{column.steps}{column.label}")
            if column.steps and isinstance(path, Path):
                if column.steps[0] not in parents:
                    parents[column.steps[0]] = []
                    own.append((column.steps[0], lambda _: None))
                parents[column.steps[0]].append(one)
            else:
                own.append((one.alias or column.label, column.get))
        inner = {step: self._parent(scope, step, chosen) for step, chosen in parents.items()}
        plan = [(key, inner.get(key, get)) for key, get in own]
        base = f"/services/data/v{VERSION}/sobjects/{name}/"

        def shown(row: Row) -> dict[str, Any]:
            attributes = {"type": name}
            if "Id" in row:
                attributes["url"] = base + row["Id"]
            answer: dict[str, Any] = {"attributes": attributes}
            for key, get in plan:
                answer[key] = json_value(get(row))
            return answer

        return shown

    def _parent(self, scope: Scope, step: str, chosen: list[Selected]) -> Callable[[Row], Any]:
        field = next(one for one in scope.entity if relationship_of(one) == step)
        find = scope.parent(field)
        kinds = [one for name in field.reference_to if (one := self._org.schema.get(name))]
        if len(kinds) > 1:
            return self._polymorphic(scope, find, kinds, chosen)
        inner = Scope(self._org, self._user, self._text, kinds[0])
        prefixes = {(scope.alias or "").lower(), scope.entity.name.lower()} - {""}
        shown = self._shown(
            inner, Query([_without_first(one, step, prefixes) for one in chosen], kinds[0].name, 0)
        )
        return lambda row: None if (parent := find(row)) is None else shown(parent)

    def _polymorphic(
        self,
        scope: Scope,
        find: Callable[[Row], Row | None],
        kinds: list[Entity],
        chosen: list[Selected],
    ) -> Callable[[Row], Any]:
        names = {one.prefix: one.name for one in kinds}
        labels = [scope.column(one.what).label for one in chosen if not isinstance(one.what, Query)]

        def shown(row: Row) -> Any:
            parent = find(row)
            if parent is None:
                return None
            name = names[parent["Id"][:3]]
            url = f"/services/data/v{VERSION}/sobjects/{name}/{parent['Id']}"
            return {"attributes": {"type": name, "url": url}} | {
                one: json_value(parent.get(one)) for one in labels
            }

        return shown

    def _children(self, scope: Scope, query: Query) -> tuple[str, Callable[[Row], Any]]:
        found = self._org.schema.children(scope.entity).get(query.source.lower())
        if found is None or not self._org.rights[self._user].sees(found[0]):
            raise ApiError(
                400,
                "INVALID_TYPE",
                f"{place(self._text, query.at)}Didn't understand relationship '{query.source}' in FROM part of query call. "
                "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom "
                "relationship name. Please reference your WSDL or the describe call for the appropriate names.",
            )
        entity, field = found
        inner = Scope(self._org, self._user, self._text, entity, query.alias)
        by_parent: dict[str, list[Row]] = defaultdict(list)
        for row in ordered(inner, query.order, list(self._matching(inner, query))):
            if row.get(field.name):
                by_parent[row[field.name]].append(row)
        shown = self._shown(inner, query)

        def children(row: Row) -> Any:
            rows = cut(query, by_parent.get(row["Id"], []))
            if not rows:
                return None
            return {"totalSize": len(rows), "done": True, "records": [shown(one) for one in rows]}

        name = next(
            one["relationshipName"]
            for one in self._org.schema.child_relationships(scope.entity)
            if (one["relationshipName"] or "").lower() == query.source.lower()
        )
        return str(name), children


def ordered(scope: Scope, order: Sequence[Order], rows: list[Row]) -> list[Row]:
    """Return the rows in order: by picklist place, text without case; nulls first unless asked otherwise.

    Raises:
        ApiError: a field cannot be sorted by.
    """
    for one in reversed(order):
        column = scope.column(one.by)
        if not column.field.sortable:
            raise ApiError(
                400,
                "INVALID_FIELD",
                f"{place(scope.text, one.by.at)}field '{column.field.name}' can not be sorted in a query call",
            )
        key = sort_key(column)
        null = [row for row in rows if column.get(row) is None]
        held = sorted((row for row in rows if column.get(row) is not None), key=key, reverse=one.descending)
        rows = [*held, *null] if one.nulls_last else [*null, *held]
    return rows


def cut(query: Query, rows: list[Row]) -> list[Row]:
    if query.offset > 2000:
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]


def _without_first(one: Selected, step: str, prefixes: set[str]) -> Selected:
    """Return the same selection seen from the record that its first relationship leads to."""
    path = one.what.path if isinstance(one.what, Call) else one.what
    if not isinstance(path, Path):
        raise TypeError(path)
    parts = path.parts
    if parts[0].lower() in prefixes and parts[0].lower() != step.lower():
        parts = parts[1:]
    shorter = replace(path, parts=parts[1:])
    return replace(one, what=replace(one.what, path=shorter) if isinstance(one.what, Call) else shorter)
