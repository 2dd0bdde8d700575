"""The conditions of a query as a question to a row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from tests.fakes.salesforce.columns import Column, Get, Scope
from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.ids import long_id
from tests.fakes.salesforce.literals import days
from tests.fakes.salesforce.soql import (
    Call,
    Comparison,
    Condition,
    DateWord,
    Joined,
    Path,
    Query,
    Text,
    malformed,
    place,
)
from tests.fakes.salesforce.values import NUMBERS

Test = Callable[[Mapping[str, Any]], bool]
Ids = Callable[[Query], frozenset[str]]
_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NAMES = {"currency": "double", "percent": "double", "double": "double", "int": "int", "datetime": "dateTime"}


def predicate(
    scope: Scope, condition: Condition, ids: Ids, column: Callable[[Path | Call], Column] | None = None
) -> Test:
    """Return the question whether a row meets a condition; `ids` answers sub-queries.

    Raises:
        ApiError: a field is unknown or not to be filtered by, or a value is of another type.
    """
    find = column or scope.column
    if isinstance(condition, Joined):
        if condition.word == "or" and any(
            isinstance(getattr(one, "value", None), Query) for one in condition.parts
        ):
            raise malformed("Semi join sub-selects are not allowed with the 'OR' operator")
        parts = [predicate(scope, one, ids, column) for one in condition.parts]
        match condition.word:
            case "not":
                return lambda row: not parts[0](row)
            case "and":
                return lambda row: all(part(row) for part in parts)
            case _:
                return lambda row: any(part(row) for part in parts)
    found = find(condition.left)
    if not found.field.filterable:
        raise ApiError(
            400,
            "INVALID_FIELD",
            f"{place(scope.text, condition.left.at)}field '{found.field.name}' can not be filtered in a query call",
        )
    return _comparison(scope, found, condition, ids)


def _comparison(scope: Scope, column: Column, one: Comparison, ids: Ids) -> Test:
    get = _comparable(column)
    match one.sign:
        case "like":
            if _family(column.kind) != "text" or column.kind in {"id", "reference"}:
                raise _bad_operator(scope, column, one)
            pattern = one.value.pattern
            return lambda row: (value := get(row)) is not None and pattern.fullmatch(value) is not None
        case "in" | "not in":
            test = _membership(scope, column, one, get, ids)
            return test if one.sign == "in" else lambda row: not test(row)
        case "=" | "!=":
            test = _equality(scope, column, one.value, get)
            return test if one.sign == "=" else lambda row: not test(row)
        case sign:
            if column.kind == "boolean":
                raise _bad_operator(scope, column, one)
            return _order(scope, column, one.value, get, sign)


def _membership(scope: Scope, column: Column, one: Comparison, get: Get, ids: Ids) -> Test:
    if isinstance(one.value, Query):
        if column.kind not in {"id", "reference"}:
            raise malformed(
                f"{place(scope.text, one.left.at)}The left operand '{one.left}' in the where expression for outer query "
                "should be an id field, cannot use it as the left operand of a semi join"
            )
        found = ids(one.value)
        return lambda row: get(row) in found
    tests = [_equality(scope, column, value, get) for value in one.value]
    plain = [value for value in one.value if not isinstance(value, DateWord)]
    if len(plain) == len(tests):
        members = frozenset(_value(scope, column, value) for value in plain)
        return lambda row: get(row) in members
    return lambda row: any(test(row) for test in tests)


def _equality(scope: Scope, column: Column, value: Any, get: Get) -> Test:
    if isinstance(value, DateWord):
        first, end = _bounds(scope, column, value)
        return lambda row: (held := get(row)) is not None and first <= held < end
    wanted = _value(scope, column, value)
    return lambda row: get(row) == wanted


def _order(scope: Scope, column: Column, value: Any, get: Get, sign: str) -> Test:
    if isinstance(value, DateWord):
        first, end = _bounds(scope, column, value)
        edge = first if sign in {"<", ">="} else end
        compare = operator.lt if sign in {"<", "<="} else operator.ge
        return lambda row: (held := get(row)) is not None and compare(held, edge)
    wanted, compare = _value(scope, column, value), _SIGNS[sign]
    if wanted is None:
        return lambda _: False
    return lambda row: (held := get(row)) is not None and compare(held, wanted)


def _family(kind: str) -> str:
    if kind in NUMBERS or kind == "int":
        return "number"
    return kind if kind in {"boolean", "date", "datetime"} else "text"


def _comparable(column: Column) -> Get:
    """Return the value as it is compared: text without its case, ids with theirs."""
    get = column.get
    if _family(column.kind) != "text" or column.kind in {"id", "reference"}:
        return get

    def folded(row: Mapping[str, Any]) -> Any:
        value = get(row)
        return None if value is None or value == "" else str(value).lower()

    return folded


def _value(scope: Scope, column: Column, value: Any) -> Any:
    if value is None:
        return None
    match _family(column.kind), value:
        case "text", Text():
            return _text(scope, column, value)
        case "number", Decimal():
            return value
        case "boolean", bool():
            return value
        case "datetime", datetime():
            return value
        case "date", date() if not isinstance(value, datetime):
            return value
    wanted = _NAMES.get(column.kind, column.kind if _family(column.kind) != "text" else "string")
    quotes = "should be enclosed in quotes" if wanted == "string" else "should not be enclosed in quotes"
    raise ApiError(
        400,
        "INVALID_FIELD",
        f"{place(scope.text, 0)}value of filter criterion for field '{column.field.name}' must be of type {wanted} and {quotes}",
    )


def _text(scope: Scope, column: Column, value: Text) -> str | None:
    if column.kind not in {"id", "reference"}:
        return value.plain.lower() or None
    try:
        return long_id(value.plain)
    except ValueError:
        raise ApiError(
            400,
            "INVALID_QUERY_FILTER_OPERATOR",
            f"{place(scope.text, 0)}invalid ID field: {value.plain}",
        ) from None


def _bounds(scope: Scope, column: Column, word: DateWord) -> tuple[Any, Any]:
    if column.kind not in {"date", "datetime"}:
        _value(scope, column, word)
    zone = scope.org.zone
    first, end = days(word, scope.org.clock().astimezone(zone).date(), scope.org.fiscal_start)
    if column.kind == "date":
        return first, end
    return tuple(datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, end))


def _bad_operator(scope: Scope, column: Column, one: Comparison) -> ApiError:
    return ApiError(
        400,
        "INVALID_QUERY_FILTER_OPERATOR",
        f"{place(scope.text, one.left.at)}invalid operator on {_NAMES.get(column.kind, column.kind)} field",
    )
