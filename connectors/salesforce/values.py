"""Values as fields hold them, as Salesforce writes them, and what a field takes: by what describe says of it."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from connectors.salesforce.shapes import Field
from connectors.salesforce.why import Unfit
from connectors.writes import Value, Why

# A value as JSON carries it.
Sent = str | bool | None

_NUMBERS: Final = frozenset({"currency", "double", "percent", "int", "long"})
_TEXTS: Final = frozenset(
    {"string", "textarea", "phone", "url", "email", "combobox", "picklist", "multipicklist"}
)
_CHOSEN: Final = frozenset({"picklist", "multipicklist"})
_ID: Final = re.compile(r"[0-9A-Za-z]{15}([0-9A-Za-z]{3})?")
# The years that Salesforce keeps.
_FIRST, _LAST = 1700, 4000
# So many values of a picklist are named, the nearest first.
_NAMED: Final = 12


def typed(field: Field, value: Value) -> Value:
    """Return a value as this field holds it: money as Decimal, days as dates, texts without what Salesforce cuts off.

    Raises:
        Unfit: it is no value of the field's type.
    """
    if value is None or value == "":
        return None
    kind = field.type
    if kind in _TEXTS and isinstance(value, str):
        return _text(value)
    if kind in _NUMBERS and isinstance(value, Decimal | str):
        return _number(field, value)
    if kind == "date" and isinstance(value, date | str) and not isinstance(value, datetime):
        return _day(field, value)
    if kind == "datetime" and isinstance(value, datetime | str):
        return _moment(field, value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in {"reference", "id"} and isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise _unfit(field, f"is {value!r}; it takes {_TAKES.get(kind, f'a {kind}, which is not written')}")


def fitting(field: Field, value: Value) -> Value:
    """Return a typed value that this field would take.

    Raises:
        Unfit: the field would be empty, too long, of too many digits, out of range, or no value of its picklist.
    """
    match value:
        case None if not field.nillable:
            raise _unfit(field, "cannot be empty", Why.REQUIRED)
        case str() if field.type in _CHOSEN and field.values:
            _refuse_choice(field, value)
        case str() if field.length and len(value) > field.length:
            raise _unfit(field, f"is {len(value):,} characters long; it takes {field.length:,}")
        case Decimal():
            _refuse_digits(field, value)
        case date() if not _FIRST <= value.year <= _LAST:
            raise _unfit(field, f"is {value}; it takes years from {_FIRST} to {_LAST}")
        case _:
            pass
    return value


def held(field: Field, raw: object) -> Value:
    """Return a value as this field holds it from the JSON of an answer, numbers read as Decimals."""
    if raw is None or isinstance(raw, bool):
        return raw
    return typed(field, raw if isinstance(raw, Decimal) else str(raw))


def sent(value: Value) -> Sent:
    """Return a value as JSON carries it: a number as text, so that no float comes in between."""
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000+0000"
        case date():
            return value.isoformat()
        case _:
            return value


def same(value: Value, other: Value) -> bool:
    """Say whether two typed values are one; of a record's id the last three letters only check the others."""
    if isinstance(value, str) and isinstance(other, str) and {len(value), len(other)} == {15, 18}:
        return value[:15] == other[:15] and bool(_ID.fullmatch(value)) and bool(_ID.fullmatch(other))
    return value == other


_TAKES: Final = {
    "boolean": "true or false",
    "date": "a day like 2026-12-18",
    "datetime": "an instant with its zone like 2026-12-18T09:00:00Z",
    "reference": "the id of a record",
    "id": "the id of a record",
    **dict.fromkeys(_NUMBERS, "a number like 48000.00"),
    **dict.fromkeys(_TEXTS, "a text"),
}


def _text(value: str) -> str | None:
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None


def _number(field: Field, value: Decimal | str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _unfit(field, f"is {value!r}; it takes {_TAKES[field.type]}") from None
    if not number.is_finite():
        raise _unfit(field, f"is {value!r}; it takes {_TAKES[field.type]}")
    return number


def _day(field: Field, value: date | str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _unfit(field, f"is {value!r}; it takes {_TAKES['date']}") from None


def _moment(field: Field, value: datetime | str) -> datetime:
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except ValueError:
        raise _unfit(field, f"is {value!r}; it takes {_TAKES['datetime']}") from None
    if at.tzinfo is None:
        raise _unfit(field, f"is {value!r}; it takes {_TAKES['datetime']}")
    return at.astimezone(UTC).replace(microsecond=0)


def _refuse_digits(field: Field, number: Decimal) -> None:
    whole = field.type in {"int", "long"}
    scale = 0 if whole else field.scale
    if number != round(number, scale):
        kept = "whole numbers" if scale == 0 else f"{scale} decimal places"
        raise _unfit(field, f"is {number:f}; it takes {kept}")
    digits = max(field.precision - scale, 0) or (9 if field.type == "int" else 18)
    if abs(number) >= Decimal(10) ** digits:
        raise _unfit(field, f"is {number:f}; it takes {digits} digits before the point")


def _refuse_choice(field: Field, value: str) -> None:
    chosen = value.split(";") if field.type == "multipicklist" else [value]
    for one in chosen:
        if one not in field.values:
            near = difflib.get_close_matches(one, field.values, n=_NAMED, cutoff=0.4)
            known = list(dict.fromkeys([*near, *field.values]))
            more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
            named = ", ".join(repr(each) for each in known[:_NAMED])
            raise _unfit(field, f"is {one!r}; its values are {named}{more}", Why.PICKLIST)


def _unfit(field: Field, what: str, why: Why = Why.VALUE) -> Unfit:
    return Unfit(f"{field.name} {what}", why=why)
