"""The fiscal calendar by which an export writes its periods: the one in which every close date lies in its own."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final, Literal

from connectors.company import Fiscal
from connectors.quoting import quoted
from connectors.scratch import scratch

# Of the rows, so many agree; a few close dates are moved after a period was written down.
AGREE: Final = 0.98
_LOOKED_AT: Final = 5000
_QUARTER: Final = re.compile(r"\b[QT]\s?([1-4])\b", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<!\d)(?:FY\s?)?((?:20)?\d{2})(?!\d)", re.IGNORECASE)
_NAMED: Final[tuple[Literal["ending", "starting"], ...]] = ("ending", "starting")


def fiscal_of(raw: Path, column: str, deals: Path) -> Fiscal | None:
    """Return the calendar in which the close dates lie in the periods of a raw column; None where none fits, or many do.

    `raw` and `deals` are a raw table and the typed table made of it: rows are told by their lines.
    """
    cell = f"raw.{quoted(column)}"
    with scratch() as con:
        found = con.execute(
            f"SELECT {cell}, deals.close FROM read_parquet(?) raw JOIN read_parquet(?) deals USING (line) "
            f"WHERE {cell} IS NOT NULL AND deals.close IS NOT NULL ORDER BY line LIMIT {_LOOKED_AT}",
            [str(raw), str(deals)],
        ).fetchall()
    rows = [(period, close) for text, close in found if (period := _period(text)) is not None]
    if not rows:
        return None
    fitting = [
        Fiscal(start_month=month, named_by=named)
        for month in range(1, 13)
        for named in _NAMED[: 1 if month == 1 else 2]
        if sum(_of(close, month, named) == period for period, close in rows) >= AGREE * len(rows)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _period(text: str) -> tuple[int, int] | None:
    """Return year and quarter of `Q4-2026`, `FY26 Q4` or `2026-Q4`; None for anything else."""
    quarter = _QUARTER.search(text)
    if quarter is None:
        return None
    year = _YEAR.search(text[: quarter.start()] + " " + text[quarter.end() :])
    return (int(year[1]) % 100, int(quarter[1])) if year else None


def _of(day: date, start: int, named: Literal["ending", "starting"]) -> tuple[int, int]:
    """Return year (two digits) and quarter of a day in a fiscal calendar."""
    begins = day.year if day.month >= start else day.year - 1
    year = begins + 1 if named == "ending" and start > 1 else begins
    return year % 100, (day.month - start) % 12 // 3 + 1
