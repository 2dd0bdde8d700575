"""A Crm that tells what another tells, in Parquet files instead of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from connectors.mirror.schema import COLUMNS
from connectors.protocol import Batch, Crm, Page, Sheet


class OnSheets:
    """The other Crm; its files are gone when the next page is asked for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crm, name)

    def changes(self, since: str | None) -> Iterator[Page]:
        for page in self._crm.changes(since):
            with TemporaryDirectory() as folder:
                paths = (Path(folder) / f"{number}.parquet" for number in range(len(page.batches)))
                sheets = tuple(map(sheet, page.batches, paths))
                yield Page(sheets=sheets, cursor=page.cursor)


def sheet(batch: Batch, path: Path) -> Sheet:
    """Write the rows of a batch under the mirror's types."""
    kinds = dict(COLUMNS[batch.table])
    typed = ", ".join(_typed(name, kinds[name]) for name in batch.columns)
    with duckdb.connect() as con:
        con.register("arrived", dict(batch.columns))
        con.execute(f"COPY (SELECT {typed} FROM arrived) TO '{path}' (FORMAT parquet)")
    return Sheet(table=batch.table, path=path, rows=len(batch))


def _typed(name: str, kind: str) -> str:
    value = f'"{name}"::DECIMAL(18,0) * 0.01' if kind.startswith("DECIMAL") else f'"{name}"'
    return f'CAST({value} AS {kind}) AS "{name}"'
