"""Values as the org keeps them (str, bool, int, Decimal, date, datetime in UTC), and how JSON and CSV write them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.ids import long_id

if TYPE_CHECKING:
    from tests.fakes.salesforce.schema import Field

NUMBERS = frozenset({"currency", "double", "percent"})


def json_value(value: Any) -> Any:
    """Return the value as a JSON answer holds it: money is a float with its point, an instant ends in +0000."""
    match value:
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}+0000"
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            return value


def csv_value(value: Any, kind: str = "string") -> str:
    """Return the value as a bulk result holds it: nothing for null, numbers as Java writes them, instants with Z."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
        case date():
            return value.isoformat()
        case Decimal():
            return java_number(value)
        case int():
            return f"{value}.0" if kind == "int" else str(value)
        case _:
            return str(value)


def java_number(value: Decimal) -> str:
    """Return a number as Java writes a double: 950000.0, and from ten million on 1.25E7."""
    number = float(value)
    if not math.isfinite(number):
        return "NaN"
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    power = math.floor(math.log10(abs(number)))
    head = Decimal(repr(number)).scaleb(-power).normalize()
    text = format(head, "f")
    return f"{text}{'' if '.' in text else '.0'}E{power}"


def instant(text: str) -> datetime:
    """Return an instant from its text.

    Raises:
        ValueError: the text has no date, time or zone.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or "T" not in text:
        raise ValueError(f"{text!r} has no time or no zone")
    return at.astimezone(UTC).replace(microsecond=0)


def taken(field: Field, value: Any) -> Any:
    """Return what the org keeps of a value that a client sent.

    Raises:
        ApiError: the value is of another type, too long, or out of range.
    """
    if value is None or value == "":
        return None
    try:
        return _taken(field, value)
    except (ValueError, TypeError, InvalidOperation) as error:
        kind = {"double": "double", "currency": "currency", "int": "int"}.get(field.type, field.type)
        raise ApiError(
            400,
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of {kind} from VALUE_STRING value {value} or request may be missing "
            "a required field at [line:1, column:2]",
        ) from error


def _taken(field: Field, value: Any) -> Any:
    match field.type:
        case "boolean":
            if str(value).lower() not in {"true", "false"}:
                raise ValueError(value)
            return str(value).lower() == "true"
        case "date":
            return date.fromisoformat(str(value)[:10])
        case "datetime":
            return value if isinstance(value, datetime) else instant(str(value))
        case "int":
            return int(Decimal(str(value)))
        case "reference" | "id":
            return _reference(field, str(value))
        case kind if kind in NUMBERS:
            return _number(field, value)
        case _:
            return _text(field, value)


def _reference(field: Field, value: str) -> str:
    try:
        return long_id(value)
    except ValueError:
        raise ApiError(
            400, "MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", [field.name]
        ) from None


def _number(field: Field, value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(value)
    number = number.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    if field.precision and abs(number) >= Decimal(10) ** (field.precision - field.scale):
        raise ApiError(
            400,
            "NUMBER_OUTSIDE_VALID_RANGE",
            f"{field.label}: value outside of valid range on numeric field: {value}",
            [field.name],
        )
    return number


def _text(field: Field, value: Any) -> str | None:
    text = str(value)
    if field.type != "textarea":
        text = text.strip()
    if field.length and len(text) > field.length:
        raise ApiError(
            400,
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {text} (max length={field.length})",
            [field.name],
        )
    return text or None
