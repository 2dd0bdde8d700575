"""Deals as HubSpot exports them: text, or a workbook; instants are written in the portal's zone, which is head office's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Final

from tests.fakes.exports.headings import HUBSPOT
from tests.fakes.exports.rows import ZONE, Row
from tests.fakes.exports.written import Dialect, write_csv, write_xlsx

FIELDS: Final = tuple(HUBSPOT)
_DIALECT: Final = Dialect(quote_all=True, newline="\n")
_CATEGORIES: Final = {
    "pipeline": "Pipeline",
    "best_case": "Best case",
    "most_likely": "Most likely",
    "commit": "Commit",
    "omitted": "Not forecasted",
}
_FIRST: Final = 31_400_000_000
_CLOSES: Final = time(17, 0)


def record_id(deal_id: str) -> str:
    """Return HubSpot's number for a deal of the invented company."""
    return str(_FIRST + int(deal_id.removeprefix("d")))


def deals_csv(rows: Iterable[Row], path: Path, *, fields: Sequence[str] = FIELDS) -> Path:
    """Write every deal as a line of text under HubSpot's headings."""
    table = ([_text(_cell(row, field)) for field in fields] for row in rows)
    return write_csv(path, [[HUBSPOT[field] for field in fields], *table], _DIALECT)


def deals_xlsx(rows: Iterable[Row], path: Path, *, fields: Sequence[str] = FIELDS) -> Path:
    """Write the same as a workbook: ids as text, instants and amounts as cells of their own kind."""
    table = ([_cell(row, field) for field in fields] for row in rows)
    return write_xlsx(path, "Sheet 1", [[HUBSPOT[field] for field in fields], *table])


def _cell(row: Row, field: str) -> object:
    match field:
        case "id":
            return record_id(row.id)
        case "pipeline":
            return "Sales Pipeline"
        case "category":
            ended = {"won": "Closed won", "lost": "Not forecasted"}
            return ended.get(row.status) or _CATEGORIES.get(row.category or "")
        case "probability":
            return None if row.probability is None else row.probability / 100
        case "close":
            return None if row.close is None else datetime.combine(row.close, _CLOSES)
        case "created":
            return row.created.astimezone(ZONE).replace(tzinfo=None, second=0, microsecond=0)
        case "last_activity":
            return None if row.last_activity is None else datetime.combine(row.last_activity, time(9, 15))
        case "reason":
            return row.reason if row.status == "lost" else None
        case "closed" | "won":
            return {"closed": row.status != "open", "won": row.status == "won"}[field]
        case _:
            return getattr(row, field)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
