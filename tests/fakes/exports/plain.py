"""A table of deals as anybody may write it: any encoding, delimiter, decimals, order of dates and columns, language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.fakes.exports.headings import PLAIN
from tests.fakes.exports.rows import ZONE, Row
from tests.fakes.exports.written import Dialect, write_csv, write_xlsx

FIELDS: Final = tuple(PLAIN)


def table_csv(
    rows: Iterable[Row],
    path: Path,
    *,
    dialect: Dialect | None = None,
    fields: Sequence[str] = FIELDS,
    times: bool = False,
) -> Path:
    """Write deals as text; `fields` are keys of PLAIN in their order, `times` adds head office's time of creation."""
    dialect = dialect or Dialect()
    table = ([_text(row, field, dialect, times=times) for field in fields] for row in rows)
    return write_csv(path, [[PLAIN[field][dialect.language] for field in fields], *table], dialect)


def table_xlsx(rows: Iterable[Row], path: Path, *, fields: Sequence[str] = FIELDS) -> Path:
    """Write deals as a workbook with English headings."""
    table = (
        [row.created_on if field == "created" else getattr(row, field) for field in fields] for row in rows
    )
    return write_xlsx(path, "Deals", [[PLAIN[field]["en"] for field in fields], *table])


def _text(row: Row, field: str, dialect: Dialect, *, times: bool) -> str:
    match field:
        case "amount":
            return dialect.number(row.amount)
        case "close":
            return dialect.day(row.close)
        case "created" if times:
            return dialect.instant(row.created.astimezone(ZONE))
        case "created":
            return dialect.day(row.created_on)
        case _:
            return getattr(row, field) or ""
