"""Many rows of one object in a file on disk: read one after the other, never all in memory."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.fakes.salesforce.schema import Entity
from tests.fakes.salesforce.values import NUMBERS, instant


class StoredRow:
    """A row as its cells; a value is made of a cell when it is asked for."""

    __slots__ = ("_cells", "_table")

    def __init__(self, table: StoredTable, cells: list[str]) -> None:
        self._table, self._cells = table, cells

    def get(self, name: str, default: Any = None) -> Any:
        place = self._table.places.get(name)
        if place is None:
            return default
        cell = self._cells[place]
        return self._table.readers[place](cell) if cell else default

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._table.places

    def raw(self, names: Sequence[str]) -> list[str]:
        """Return cells as a bulk result writes them."""
        return [self._cells[self._table.places[name]] if name in self._table.places else "" for name in names]


class StoredTable:
    """What an org asks of a table, over a file of CSV whose rows lie in `order`. Nothing in it can be changed."""

    order = ("SystemModstamp", "Id")

    def __init__(
        self, path: Path, entity: Entity, columns: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> None:
        """Write the rows, cells as a bulk result holds them, into a new file."""
        self._path = path
        self._length = 0
        self.places = {name: place for place, name in enumerate(columns)}
        self.readers = [_reader(field.type if (field := entity.get(name)) else "string") for name in columns]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for cells in rows:
                writer.writerow(cells)
                self._length += 1

    def __len__(self) -> int:
        return self._length

    def values(self) -> Iterator[StoredRow]:
        with self._path.open(encoding="utf-8", newline="") as file:
            for cells in csv.reader(file):
                yield StoredRow(self, cells)

    def items(self) -> Iterator[tuple[str, StoredRow]]:
        return ((row["Id"], row) for row in self.values())

    def get(self, key: str, default: Any = None) -> Any:
        return next((row for row in self.values() if row["Id"] == key), default)


def _reader(kind: str) -> Callable[[str], Any]:
    if kind in NUMBERS:
        return Decimal
    readers: dict[str, Callable[[str], Any]] = {
        "int": lambda cell: int(float(cell)),
        "boolean": lambda cell: cell == "true",
        "date": date.fromisoformat,
        "datetime": _instant,
    }
    return readers.get(kind, str)


def _instant(cell: str) -> datetime:
    return instant(cell)
