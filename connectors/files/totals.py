"""Rows of totals without the word: the last ones of an export, with numbers alone, one of them the sum of its column."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import duckdb

from connectors.files.mapping import COMMA, NUMBERS
from connectors.files.typed_sql import Source
from connectors.quoting import literal, quoted

# So many rows at the end are looked at, and by so much a sum may be rounded.
_LAST: Final = 3
_ROUNDED: Final = Decimal("0.01")


def totals(con: duckdb.DuckDBPyConnection, source: Source) -> tuple[int, ...]:
    """Return the lines of the rows of totals at the end of a file of deals; none where no number is a sum.

    Such a row says nothing that a deal would say: no id, no name, no stage, no date.
    """
    headers = source.raw.headers
    said = {
        name for meaning, names in source.file.columns.items() if meaning not in NUMBERS for name in names
    }
    texts = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in headers if name in said) or "true"
    others = " OR ".join(
        f"({quoted(name)} IS NOT NULL AND NOT number_like({quoted(name)}))"
        for name in headers
        if name not in said
    )
    raw = f"read_parquet({literal(source.raw.parquet)})"
    last = con.execute(
        f"SELECT line, NOT ({texts}) AND NOT ({others or 'false'}) FROM {raw} ORDER BY line DESC LIMIT {_LAST}"
    ).fetchall()
    bare = []
    for line, numbers_alone in last:
        if not numbers_alone:
            break
        bare.append(line)
    if not bare:
        return ()
    marks = {source.file.written.get(meaning) for meaning in NUMBERS}
    mark = "','" if COMMA in marks else "'.'"
    numbers = [name for name in headers if name not in said]
    values = ", ".join(f"try_cast(number({quoted(name)}, {mark}) AS DECIMAL(38, 4))" for name in numbers)
    rows = con.execute(f"SELECT line, {values} FROM {raw} WHERE line >= {bare[-1]}").fetchall()
    sums = con.execute(
        f"SELECT {', '.join(f'sum(v{at})' for at in range(len(numbers)))} FROM (SELECT {values} FROM {raw} "
        f"WHERE line < {bare[-1]}) AS before({', '.join(f'v{at}' for at in range(len(numbers)))})"
    ).fetchone()
    return tuple(
        line
        for line, *found in rows
        if any(
            value and total and abs(value - total) <= _ROUNDED
            for value, total in zip(found, sums or (), strict=True)
        )
    )
