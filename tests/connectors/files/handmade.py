"""Typed tables written by hand: a row is what it says, everything else is empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from connectors.files.columns import COLUMNS, Kind

# One database for all of them: opening one costs more than the whole rest of a test.
ROOT = duckdb.connect(":memory:")


def table(folder: Path, kind: Kind, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write one typed table and return its file; `line` counts by itself."""
    columns = COLUMNS[kind]
    path = folder / f"{kind}.parquet"
    with ROOT.cursor() as con:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE held (" + ", ".join(f'"{name}" {of}' for name, of in columns) + ")"
        )
        for line, row in enumerate(rows, start=2):
            values = {"line": line, **row}
            unknown = values.keys() - dict(columns)
            assert not unknown, unknown
            con.execute(
                f"INSERT INTO held VALUES ({', '.join('?' for _ in columns)})",
                [values.get(name) for name, _ in columns],
            )
        con.execute(f"COPY held TO '{path}' (FORMAT parquet)")
    return path


def tables(folder: Path, **rows: Iterable[Mapping[str, Any]]) -> dict[Kind, Path]:
    """Write the typed tables that are named; the others were not imported."""
    return {kind: table(folder, kind, rows[kind]) for kind in COLUMNS if kind in rows}
