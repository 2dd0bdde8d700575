"""From the texts of fields to amounts, days and instants, as SQL; what cannot be one is missing, and told of (`unread`)."""

from __future__ import annotations

from typing import Final

from connectors.quoting import literal

_CATEGORIES: Final = {
    "omitted": "omitted",
    "pipeline": "pipeline",
    "bestcase": "best_case",
    "mostlikely": "most_likely",
    "forecast": "commit",
    "commit": "commit",
    "closed": "closed",
}
# The columns of a deal that are no texts.
KINDS: Final = {"amount": "DECIMAL(18,2)", "close": "DATE", "deleted": "BOOLEAN"}
# The years that Salesforce keeps.
_YEARS: Final = "BETWEEN 1700 AND 4000"


def amount(expression: str) -> str:
    """Return an amount; NULL where a text is no number, or one of more digits than the mirror holds."""
    return f"TRY_CAST({expression} AS DECIMAL(18,2))"


def day(expression: str) -> str:
    """Return a date; the field history writes some with a time. NULL where a text is none, or of a year that cannot be."""
    return _possible(f"TRY_CAST(left({expression}, 10) AS DATE)")


def moment(expression: str) -> str:
    """Return an instant that a person has entered; NULL where a text is none, or of a year that cannot be."""
    return _possible(f"TRY_CAST({expression} AS TIMESTAMP)")


def category(expression: str) -> str:
    """Return a forecast category under our name; one that is not known is in the pipeline."""
    known = " ".join(f"WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in _CATEGORIES.items())
    return f"CASE lower(replace({expression}, ' ', '')) {known} ELSE 'pipeline' END"


def as_field(word: str, expression: str) -> str:
    """Return a text as the type of a deal's field."""
    match word:
        case "amount":
            return amount(expression)
        case "close":
            return day(expression)
        case "category":
            return category(expression)
        case _:
            return expression


def _possible(dated: str) -> str:
    return f"CASE WHEN year({dated}) {_YEARS} THEN {dated} END"
