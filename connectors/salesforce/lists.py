"""The short lists of an org, stages, people and products: as the last sync read them, so that they need no call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from connectors.disk import OWNER_ONLY, write_atomically
from connectors.records import ForecastClass, Person, Product, Stage, Status
from connectors.salesforce import around, told
from connectors.salesforce.fieldmap import Fields
from connectors.salesforce.pages import asked
from connectors.salesforce.told import Raw

# A list, and the object it is made of.
OBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {"stages": "OpportunityStage", "people": "User", "products": "Product2"}
)
Rows = list[dict[str, Any]]


class Lists:
    """The lists in a folder, a file each; a file is read again when another stands in its place."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; nothing is read yet."""
        self._folder = folder
        self._known: dict[str, tuple[int, Rows]] = {}

    def rows(self, name: str, live: Callable[[], Rows]) -> Rows:
        """Return the rows of a list; `live` asks for them where no sync has read them yet."""
        path = self._folder / f"{name}.json"
        try:
            stamp = path.stat().st_mtime_ns
            if name not in self._known or self._known[name][0] != stamp:
                self._known[name] = stamp, json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return live()
        return self._known[name][1]

    def keep(self, name: str, rows: Rows) -> None:
        """Put a list in the place of the one that is kept."""
        write_atomically(
            self._folder / f"{name}.json", json.dumps(rows, default=str).encode(), mode=OWNER_ONLY
        )


def made(name: str, pages: Iterable[Path], fields: Fields) -> Rows:
    """Return the rows of a list from the pages of its object; none where there are none."""
    listed = tuple(pages)
    return asked(listed, _query(name, fields)) if listed else []


def stages(rows: Rows) -> tuple[Stage, ...]:
    """Return the stages in their order, those that are not in use any more last."""
    return tuple(
        Stage(
            name=row["name"],
            order=order,
            status=Status(row["status"]),
            category=ForecastClass(row["category"]),
        )
        for order, row in enumerate(rows, start=1)
    )


def people(rows: Rows) -> tuple[Person, ...]:
    """Return the users who work in the org, ordered by id."""
    return tuple(Person(**row | {"started_on": _day(row["started_on"])}) for row in rows)


def products(rows: Rows) -> tuple[Product, ...]:
    """Return the products, ordered by id."""
    return tuple(Product(**row) for row in rows)


def _query(name: str, fields: Fields) -> Callable[[Raw], str]:
    match name:
        case "stages":
            return lambda raw: f"FROM ({told.stages(raw)}) ORDER BY NOT active, place, name"
        case "people":
            return lambda raw: around.people(raw, fields)
        case _:
            return around.products


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
