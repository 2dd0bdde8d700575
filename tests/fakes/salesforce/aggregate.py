"""Queries that count and add up: COUNT, SUM, MIN, MAX, AVG with GROUP BY and HAVING."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.fakes.salesforce.columns import Column, Scope, converter, sort_key
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.schema import Field
from tests.fakes.salesforce.soql import AGGREGATES, Call, Path, Query, malformed, place
from tests.fakes.salesforce.values import json_value
from tests.fakes.salesforce.where import Ids, predicate

Row = Mapping[str, Any]


def run(scope: Scope, query: Query, rows: Iterable[Row], ids: Ids) -> tuple[int, list[dict[str, Any]]]:
    """Return the number of groups (for COUNT() of rows) and the answers, one a group.

    Raises:
        ApiError: something selected is neither grouped nor aggregated, or there are more than 2,000 groups.
    """
    if len(query.select) == 1 and query.select[0].what == _bare(query.select[0].what):
        n = sum(1 for _ in rows)
        return n if query.limit is None else min(n, query.limit), []
    keys = [_grouped(scope, one) for one in query.group]
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    if not query.group:
        groups[()] = []
    for row in rows:
        groups[tuple(_folded(key.get(row)) for key in keys)].append(row)
    labels = _labels(scope, query)
    members = list(groups.values())
    if query.having is not None:
        test = predicate(scope, query.having, ids, lambda what: _value_of(scope, query, what))
        members = [one for one in members if test({"rows": one})]
    for one in reversed(query.order):
        column = _value_of(scope, query, _by_alias(query, one.by))
        get, key = column.get, sort_key(column)
        null = [group for group in members if get({"rows": group}) is None]
        held = [group for group in members if get({"rows": group}) is not None]
        held.sort(key=lambda group: key({"rows": group}), reverse=one.descending)
        members = [*held, *null] if one.nulls_last else [*null, *held]
    members = members[query.offset : None if query.limit is None else query.offset + query.limit]
    if len(members) > 2000:
        raise ApiError(
            400,
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
        )
    answers = [
        {"attributes": {"type": "AggregateResult"}}
        | {label: json_value(column.get({"rows": group})) for label, column in labels}
        for group in members
    ]
    return len(answers), answers


def _bare(what: Any) -> Any:
    """Return COUNT() if that is what is selected."""
    return what if isinstance(what, Call) and what.name == "COUNT" and what.path is None else None


def _by_alias(query: Query, by: Path | Call) -> Path | Call:
    for one in query.select:
        if (
            isinstance(by, Path)
            and one.alias
            and one.alias.lower() == str(by).lower()
            and not isinstance(one.what, Query)
        ):
            return one.what
    return by


def _labels(scope: Scope, query: Query) -> list[tuple[str, Column]]:
    labels, unnamed = [], 0
    for one in query.select:
        if isinstance(one.what, Query):
            raise malformed("Subqueries are not allowed in aggregate queries")
        column = _value_of(scope, query, one.what)
        label = one.alias or column.label
        if isinstance(one.what, Call) and one.alias is None:
            label, unnamed = f"expr{unnamed}", unnamed + 1
        labels.append((label, column))
    return labels


def _grouped(scope: Scope, what: Path | Call) -> Column:
    column = scope.column(what)
    if isinstance(what, Path) and not column.field.groupable:
        raise malformed(
            f"{place(scope.text, what.at)}field '{column.field.name}' can not be grouped in a query call"
        )
    return column


def _value_of(scope: Scope, query: Query, what: Path | Call) -> Column:
    """Return a value of a group, which is a row with its rows in it."""
    if isinstance(what, Call) and what.name in AGGREGATES:
        return _aggregate(scope, what)
    if not any(_same(scope, what, one) for one in query.group):
        raise malformed(f"{place(scope.text, what.at)}Field must be grouped or aggregated: {_name(what)}")
    inner = scope.column(what)
    return replace(inner, get=lambda row: inner.get(row["rows"][0]) if row["rows"] else None)


def _same(scope: Scope, one: Path | Call, other: Path | Call) -> bool:
    if isinstance(one, Call) or isinstance(other, Call):
        return (
            isinstance(one, Call)
            and isinstance(other, Call)
            and (one.name, _name(one)) == (other.name, _name(other))
        )
    left, right = scope.column(one), scope.column(other)
    return (left.steps, left.label) == (right.steps, right.label)


def _name(what: Path | Call) -> str:
    return str(what.path if isinstance(what, Call) else what)


def _aggregate(scope: Scope, call: Call) -> Column:
    if call.path is None:
        raise malformed(f"{place(scope.text, call.at)}COUNT() must be the only element in the SELECT list")
    inner = scope.column(call.path)
    if call.name in {"SUM", "AVG"} and inner.kind not in {"currency", "double", "percent", "int"}:
        raise malformed(
            f"{place(scope.text, call.at)}field {call.path} does not support aggregate operator {call.name}"
        )
    if inner.kind == "boolean" or not inner.field.filterable:
        raise malformed(
            f"{place(scope.text, call.at)}field {call.path} does not support aggregate operator {call.name}"
        )
    amount = _in_org_currency(scope, inner)
    fold = _FOLDS[call.name]

    def get(row: Row) -> Any:
        return fold([value for one in row["rows"] if (value := amount(one)) is not None])

    kind = "int" if call.name in {"COUNT", "COUNT_DISTINCT"} else inner.kind
    return Column("expr0", Field(inner.field.name, kind), get, kind)


def _in_org_currency(scope: Scope, column: Column) -> Callable[[Row], Any]:
    get = column.get
    if column.kind != "currency" or not scope.org.multi_currency or column.steps:
        return get
    convert = converter(scope.org, scope.org.currency)
    return lambda row: convert(get(row), row.get("CurrencyIsoCode"))


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _mean(values: list[Any]) -> Any:
    return sum(values, Decimal(0)) / len(values) if values else None


_FOLDS: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len({_folded(value) for value in values}),
    "SUM": lambda values: sum(values, Decimal(0)) if values else None,
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "AVG": _mean,
}
