"""From the texts of fields to amounts, days and instants, as SQL; what cannot be one is missing, and told of (`unread`)."""

from __future__ import annotations

from typing import Final

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


def _possible(dated: str) -> str:
    return f"CASE WHEN year({dated}) {_YEARS} THEN {dated} END"
