"""What describe says of an object, as far as we use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that this login can read: its name, Salesforce's type (`currency`, `picklist`, …) and what it allows."""

    name: str
    type: str
    label: str = ""
    calculated: bool = False
    createable: bool = False
    updateable: bool = False
    filterable: bool = True
    nillable: bool = True
    length: int = 0
    precision: int = 0
    scale: int = 0
    values: tuple[str, ...] = ()
    restricted: bool = False
    relationship: str | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An object as one login sees it; names of fields are told apart without regard to case."""

    name: str
    fields: tuple[Field, ...]
    label: str = ""
    createable: bool = False
    updateable: bool = False

    def field(self, name: str) -> Field | None:
        """Return the field of that name; None where there is none that this login can read."""
        folded = name.casefold()
        return next((field for field in self.fields if field.name.casefold() == folded), None)

    def may_change(self, name: str) -> bool:
        """Say whether this login may change the field of that name."""
        field = self.field(name)
        return field is not None and field.updateable

    def parent(self, relationship: str) -> Field | None:
        """Return the field by which a relationship leads to one other object; None where there is no such one."""
        folded = relationship.casefold()
        for field in self.fields:
            if field.relationship and field.relationship.casefold() == folded:
                return field if len(field.targets) == 1 else None
        return None

    def having(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of the names that are fields here, in the order given."""
        return tuple(name for name in names if self.field(name) is not None)


def shape(described: Mapping[str, Any]) -> Shape:
    """Return the shape that an answer to describe says."""
    return Shape(
        name=described["name"],
        label=described.get("label", ""),
        createable=bool(described.get("createable")),
        updateable=bool(described.get("updateable")),
        fields=tuple(_field(field) for field in described["fields"]),
    )


def _field(told: Mapping[str, Any]) -> Field:
    return Field(
        name=told["name"],
        type=told["type"],
        label=told.get("label", ""),
        calculated=bool(told.get("calculated")),
        createable=bool(told.get("createable")),
        updateable=bool(told.get("updateable")),
        filterable=told.get("filterable", True) is not False,
        nillable=told.get("nillable", True) is not False,
        length=int(told.get("length") or 0),
        precision=int(told.get("precision") or 0),
        scale=int(told.get("scale") or 0),
        values=tuple(
            value["value"] for value in told.get("picklistValues") or () if value.get("active", True)
        ),
        restricted=bool(told.get("restrictedPicklist")),
        relationship=told.get("relationshipName"),
        targets=tuple(told.get("referenceTo") or ()),
    )
