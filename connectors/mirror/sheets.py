"""Sheets read back as batches, for whoever looks at the rows of a connector himself instead of loading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, cast

import duckdb

from connectors.protocol import Batch, Column, Page, Sheet
from connectors.scratch import scratch

_MONEY: Final = "DECIMAL(18,2)"


def batched(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield the pages with their sheets as batches, each read while its file is there."""
    with scratch() as con:
        for page in pages:
            yield replace(
                page, batches=(*page.batches, *(_batch(con, sheet) for sheet in page.sheets)), sheets=()
            )


def _batch(con: duckdb.DuckDBPyConnection, sheet: Sheet) -> Batch:
    found = con.read_parquet(str(sheet.path))
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    hundredths = [
        f'CAST("{name}" * 100 AS BIGINT) AS "{name}"' for name, kind in types.items() if kind == _MONEY
    ]
    columns = found.select(f"* REPLACE ({', '.join(hundredths)})" if hundredths else "*").fetchnumpy()
    return Batch(table=sheet.table, columns={n: _column(columns[n], types[n]) for n in columns})


def _column(array: Any, kind: str) -> Column:
    """Return a sheet's column as a batch would have it; the database masks what is missing."""
    match kind:
        case "VARCHAR":
            array, missing = array.astype(object), None
        case "TIMESTAMP":
            array, missing = array.astype("datetime64[us]"), "NaT"
        case "DATE":
            array, missing = array.astype("datetime64[s]"), "NaT"
        case _:
            return cast("Column", array)
    if hasattr(array, "mask"):
        array.data[array.mask] = missing
        return cast("Column", array.data)
    return cast("Column", array)
