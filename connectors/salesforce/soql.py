"""SOQL, put together from parts that cannot mean anything else: names that are checked, values that are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from connectors.errors import BadRequest

# A condition of a query, already safe.
Condition = str

# What a field can be compared with; None stands for no value.
Value = str | bool | int | date | datetime | None

# Ids that one list of a query may hold: with longer ones the address of the call gets too long.
IDS_AT_ONCE: Final = 200
_NAME: Final = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def select(
    fields: Iterable[str],
    source: str,
    *,
    where: Iterable[Condition] = (),
    order: Iterable[str] = (),
    limit: int | None = None,
) -> str:
    """Return a query of fields of one object; all conditions must hold, `order` are names in ascending order.

    Raises:
        BadRequest: a name is none.
    """
    parts = [f"SELECT {', '.join(map(name, fields))} FROM {name(source)}"]
    conditions = list(where)
    if conditions:
        parts.append(f"WHERE {' AND '.join(conditions)}")
    keys = [name(key) for key in order]
    if keys:
        parts.append(f"ORDER BY {', '.join(keys)}")
    if limit is not None:
        parts.append(f"LIMIT {limit:d}")
    return " ".join(parts)


def compare(field: str, sign: str, value: Value) -> Condition:
    """Return `field sign value`; `sign` is one of = != < <= > >=.

    Raises:
        BadRequest: the name is none, the sign is not known, or an instant has no zone.
    """
    if sign not in {"=", "!=", "<", "<=", ">", ">="}:
        raise BadRequest(f"{sign!r} compares nothing in a query")
    return f"{name(field)} {sign} {literal(value)}"


def among(field: str, values: Iterable[str]) -> Condition:
    """Return `field IN (…)`.

    Raises:
        BadRequest: there are no values, or too many for one query.
    """
    listed = [literal(value) for value in values]
    if not 0 < len(listed) <= IDS_AT_ONCE:
        raise BadRequest(f"{len(listed)} values for {field}; a query takes 1 to {IDS_AT_ONCE}")
    return f"{name(field)} IN ({', '.join(listed)})"


def either(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that one of these is so; there is at least one."""
    return f"({' OR '.join(conditions)})"


def name(text: str) -> str:
    """Return a name of an object, or of a field or a path to one, as it is.

    Raises:
        BadRequest: it is no name.
    """
    if not _NAME.fullmatch(text):
        raise BadRequest(f"{text!r} is no name of a field or an object")
    return text


def literal(value: Value) -> str:
    """Return a value as SOQL writes it: texts escaped, instants in UTC to the second."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise BadRequest(f"{value!r} has no zone; a query needs an instant")
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case date():
            return value.isoformat()
        case _:
            return f"'{value.translate(_ESCAPES)}'"
