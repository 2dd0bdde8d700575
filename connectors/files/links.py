"""What a file of deals leaves to the files beside it: columns that are reached by a name, and names written otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from connectors.files.columns import Kind
from connectors.files.headings import folded
from connectors.files.mapping import FileMap
from connectors.files.raw import Raw
from connectors.files.typed_sql import KEYS

# A meaning of deals, and where it is looked for, in this order: the kind of file and the meaning there.
_REACHED: Final[Mapping[str, tuple[tuple[Kind, str], ...]]] = {
    "region": (("people", "region"), ("accounts", "region")),
    "segment": (("accounts", "segment"),),
    "manager": (("people", "manager"),),
    "team": (("people", "team"),),
    "owner_email": (("people", "email"),),
}


def with_links(files: Sequence[FileMap], raws: Sequence[Raw]) -> tuple[FileMap, ...]:
    """Return the files with what those of deals can take from the others; `raws` are their tables, in the same order."""
    others: dict[Kind, tuple[FileMap, Raw]] = {
        file.kind: (file, raw) for file, raw in zip(files, raws, strict=True) if file.kind != "deals"
    }
    return tuple(
        _linked(file, raw, others) if file.kind == "deals" and others else file
        for file, raw in zip(files, raws, strict=True)
    )


def _linked(file: FileMap, raw: Raw, others: Mapping[Kind, tuple[FileMap, Raw]]) -> FileMap:
    columns, values = dict(file.columns), dict(file.values)
    for meaning, places in _REACHED.items():
        reached = tuple(
            f"{kind}.{others[kind][0].columns[name][0]}"
            for kind, name in places
            if kind in others and KEYS[kind] in columns and name in others[kind][0].columns
        )
        if reached and meaning not in columns:
            columns[meaning] = reached[:1]
    for kind, (other, table) in others.items():
        key = KEYS[kind]
        if key in columns and "name" in other.columns:
            found = _otherwise(raw, columns[key][0], table, other.columns["name"][0])
            if found:
                values[key] = {**found, **values.get(key, {})}
    return replace(file, columns=columns, values=values)


def _otherwise(raw: Raw, column: str, other: Raw, name: str) -> dict[str, str]:
    """Return the names that differ from one of the other file only by case, blanks, accents or signs, each with that one."""
    here, there = raw.profile(column), other.profile(name)
    if here is None or there is None:
        return {}
    known = {value for value, _ in there.values}
    by_fold = {folded(value): value for value in sorted(known)}
    return {
        value: by_fold[folded(value)]
        for value, _ in here.values
        if value not in known and folded(value) in by_fold
    }
