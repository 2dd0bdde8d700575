"""`map.toml`: which column of which file means what, and how its numbers, dates and values are written.

A person edits the file; what it says is a `Mapping`, and `load(save(mapping))` is the same mapping again.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal, cast

from connectors.company import zone_named
from connectors.disk import write_atomically
from connectors.errors import BadRequest
from connectors.files.columns import COLUMNS, Kind
from connectors.files.headings import KINDS
from connectors.quoting import toml
from connectors.records import ForecastClass, Status

# What a file of deals may say beside what is kept of it.
EXTRA: Final = (
    "amount_converted",
    "converted_currency",
    "won_amount",
    "closed_on",
    "status",
    "closed",
    "won",
    "pipeline",
)
NUMBERS: Final = ("amount", "amount_converted", "won_amount", "probability")
DATES: Final = ("close", "closed_on", "created", "last_activity")

Written = Literal["1,234.5", "1.234,5", "day first", "month first", "?"]
POINT: Final = "1,234.5"
COMMA: Final = "1.234,5"
DAY: Final = "day first"
MONTH: Final = "month first"
ASK: Final = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What could not be told: `key` is the place in map.toml, `options` what may be written there."""

    key: str
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMap:
    """How files of one kind are read.

    Attributes:
        match: the file's name, with * for what differs from export to export.
        columns: meaning to its columns, tried in this order; `accounts.Sector` is a column of the linked file of
            accounts, found by the deal's account (`people` by its owner, `products` by its product).
        written: meaning to how its numbers or dates are written; only where both ways could be read.
        values: meaning to what stands in the file to what is meant.
        sheet: the sheet of a workbook; None: the one with most known headings.
    """

    match: str
    kind: Kind
    columns: Map[str, tuple[str, ...]]
    written: Map[str, Written] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    sheet: str | None = None

    def fits(self, name: str) -> bool:
        """Say whether a file of that name is one of these."""
        return fnmatchcase(name.casefold(), self.match.casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What the columns of some files mean.

    `stages` say for each stage whether its deals are open, won or lost (`?`: somebody has to say), `categories` which
    neutral category a forecast category is. `zone` is where clocks without a zone stand; None: on this machine.
    `comments` stand beside the keys of `files` in the text, by (number of the file, meaning).
    """

    files: tuple[FileMap, ...]
    stages: Map[str, Status | Literal["?"]] = field(default_factory=dict)
    categories: Map[str, ForecastClass] = field(default_factory=dict)
    zone: str | None = None
    comments: Map[tuple[int, str], str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """Return what a person has to fill in before anything can be imported."""
        asked = [
            Question(
                key=f"files.written.{meaning}",
                text=f"{', '.join(file.columns.get(meaning, (meaning,)))} in {file.match}: "
                + (
                    "which comes first, the day or the month"
                    if meaning in DATES
                    else "which mark stands before the decimals"
                ),
                options=(DAY, MONTH) if meaning in DATES else (POINT, COMMA),
            )
            for file in self.files
            for meaning, written in file.written.items()
            if written == ASK
        ]
        unknown = [stage for stage, status in self.stages.items() if status == ASK]
        if unknown:
            asked.append(
                Question(
                    key="stages.ask",
                    text=f"which of these stages are won and which lost: {', '.join(unknown)}",
                    options=tuple(unknown),
                )
            )
        return tuple(asked)

    def sheet(self, name: str) -> str | None:
        """Return the sheet of a workbook of that name that is meant; None where the mapping names none."""
        return next((file.sheet for file in self.files if file.fits(name)), None)

    def file(self, name: str, headers: Sequence[str]) -> FileMap | None:
        """Return how the file of that name is read: by its name, else the one whose columns it has; None: nobody knows.

        Where several fit its name, it is the one of which it has most columns.
        """
        have = set(headers)
        fitting = [
            (len(own), file)
            for file in self.files
            if (own := {columns[0] for columns in file.columns.values() if not linked(columns[0], headers)})
            and own <= have
            and own
        ]
        named = [file for file in self.files if file.fits(name)]
        if named:
            best = [(count, file) for count, file in fitting if file.fits(name)]
            return max(best, key=lambda item: item[0])[1] if best else named[0]
        return fitting[0][1] if fitting else None


def linked(column: str, headers: Sequence[str]) -> tuple[Kind, str] | None:
    """Return the kind of file and the column that `accounts.Sector` reaches into; None for a column of the file's own."""
    kind, dot, name = column.partition(".")
    if column in headers or not dot or kind not in KINDS or kind == "deals":
        return None
    return kind, name


def load(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        BadRequest: it is not there, is not TOML, or a key or value in it is not one of ours; the message names it.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"cannot read the mapping {str(path)!r}: {error.__class__.__name__}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{path.name}: not valid TOML: {error}") from error
    return _mapping(raw, path.name)


def save(mapping: Mapping, path: Path) -> None:
    """Write a mapping so that a person can read and change it."""
    write_atomically(path, text(mapping).encode())


def text(mapping: Mapping) -> str:
    """Return the text of a mapping file."""
    lines = [
        "# What the columns of your files mean. Change what is wrong, then import again; docs/your-own-numbers.md explains it.",
        "",
    ]
    if mapping.zone:
        lines += [f"zone = {toml(mapping.zone)}", ""]
    for number, file in enumerate(mapping.files):
        comments = {meaning: text for (at, meaning), text in mapping.comments.items() if at == number}
        lines += [*_file_lines(file, comments), ""]
    if mapping.stages:
        lines += ["# Whether a deal in a stage is open, won or lost.", "[stages]"]
        for status in (*Status, ASK):
            names = [stage for stage, found in mapping.stages.items() if found == status]
            if names or status != ASK:
                lines.append(f"{'ask' if status == ASK else status.value} = {_values(names)}")
        lines.append("")
    if mapping.categories:
        lines += ["# What your forecast categories are.", "[categories]"]
        for category in ForecastClass:
            names = [name for name, found in mapping.categories.items() if found == category]
            if names:
                lines.append(f"{category.value} = {_values(names)}")
        lines.append("")
    return "\n".join(lines)


def _file_lines(file: FileMap, comments: Map[str, str]) -> list[str]:
    lines = ["[[files]]", f"match = {toml(file.match)}", f"kind = {toml(file.kind)}"]
    if file.sheet:
        lines.append(f"sheet = {toml(file.sheet)}")
    lines += ["", "[files.columns]"]
    for meaning, columns in file.columns.items():
        comment = " ".join("".join(filter(str.isprintable, comments.get(meaning, ""))).split())
        value = toml(columns[0]) if len(columns) == 1 else _values(columns)
        lines.append(f"{meaning} = {value}" + (f"  # {comment}" if comment else ""))
    if file.written:
        lines += [
            "",
            "# How numbers and dates are written, where both ways could be read.",
            "[files.written]",
        ]
        for meaning, written in file.written.items():
            asked = " or ".join((DAY, MONTH) if meaning in DATES else (POINT, COMMA))
            lines.append(f"{meaning} = {toml(written)}" + (f"  # {asked}" if written == ASK else ""))
    for meaning, values in file.values.items():
        lines += ["", f"[files.values.{meaning}]"]
        lines += [f"{toml(before)} = {toml(after)}" for before, after in values.items()]
    return lines


def answered(mapping: Mapping, *, written: Map[str, str], stages: Map[str, Status]) -> Mapping:
    """Return the mapping with answers to its open questions: `written` by meaning, `stages` by name."""
    files = tuple(
        replace(
            file,
            written={
                meaning: cast("Written", written.get(meaning, how)) if how == ASK else how
                for meaning, how in file.written.items()
            },
        )
        for file in mapping.files
    )
    return replace(mapping, files=files, stages={**mapping.stages, **stages})


def _values(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(toml, values)) + "]"


def _mapping(raw: Map[str, Any], source: str) -> Mapping:
    _only(raw, ("zone", "files", "stages", "categories"), source, "")
    files = raw.get("files", [])
    if not isinstance(files, list) or not files:
        raise BadRequest(f"{source}: [[files]] is missing: name at least one file and its columns")
    stages: dict[str, Status | Literal["?"]] = {}
    given = _table(raw, "stages", source)
    _only(given, ("open", "won", "lost", "ask"), source, "stages.")
    for key in ("open", "won", "lost", "ask"):
        for name in _texts(given.get(key, []), f"{source}: stages.{key}"):
            if name in stages:
                raise BadRequest(f"{source}: the stage {name!r} stands twice in [stages]")
            stages[name] = "?" if key == "ask" else Status(key)
    categories: dict[str, ForecastClass] = {}
    sorts = _table(raw, "categories", source)
    _only(sorts, tuple(ForecastClass), source, "categories.")
    for key, names in sorts.items():
        for name in _texts(names, f"{source}: categories.{key}"):
            if name in categories:
                raise BadRequest(f"{source}: the category {name!r} stands twice in [categories]")
            categories[name] = ForecastClass(key)
    zone = raw.get("zone")
    if zone is not None and not (isinstance(zone, str) and zone_named(zone)):
        raise BadRequest(f"{source}: zone = {zone!r} is not a time zone like 'Europe/Berlin'")
    return Mapping(
        files=tuple(_file(item, source, f"files[{number}]") for number, item in enumerate(files, start=1)),
        stages=stages,
        categories=categories,
        zone=zone,
    )


def _file(raw: object, source: str, where: str) -> FileMap:
    if not isinstance(raw, dict):
        raise BadRequest(f"{source}: {where} is not a table")
    _only(raw, ("match", "kind", "sheet", "columns", "written", "values"), source, f"{where}.")
    kind = raw.get("kind", "deals")
    if kind not in KINDS:
        raise BadRequest(f"{source}: {where}.kind = {kind!r}; use one of: {', '.join(KINDS)}")
    match = raw.get("match")
    if not isinstance(match, str) or not match:
        raise BadRequest(f"{source}: {where}.match is missing: the file's name, * for what differs")
    meanings = tuple(name for name, _ in COLUMNS[kind] if name not in {"line", "status"})
    meanings += EXTRA if kind == "deals" else ()
    columns = _table(raw, "columns", source, where)
    _only(columns, meanings, source, f"{where}.columns.")
    written = _table(raw, "written", source, where)
    _only(written, (*NUMBERS, *DATES), source, f"{where}.written.")
    for meaning, how in written.items():
        allowed = (DAY, MONTH, ASK) if meaning in DATES else (POINT, COMMA, ASK)
        if how not in allowed:
            raise BadRequest(
                f"{source}: {where}.written.{meaning} = {how!r}; use {allowed[0]!r} or {allowed[1]!r}"
            )
    values = _table(raw, "values", source, where)
    _only(values, meanings, source, f"{where}.values.")
    for meaning, pairs in values.items():
        if not isinstance(pairs, dict) or not all(isinstance(value, str) for value in pairs.values()):
            raise BadRequest(
                f'{source}: {where}.values.{meaning} must be a table of texts, like "GTXPro" = "GTX Pro"'
            )
    sheet = raw.get("sheet")
    return FileMap(
        match=match,
        kind=kind,
        columns={
            meaning: _columns(
                [given] if isinstance(given, str) else given, f"{source}: {where}.columns.{meaning}"
            )
            for meaning, given in columns.items()
        },
        written=written,
        values=values,
        sheet=sheet if isinstance(sheet, str) and sheet else None,
    )


def _table(raw: Map[str, Any], key: str, source: str, where: str = "") -> dict[str, Any]:
    found = raw.get(key, {})
    if not isinstance(found, dict):
        raise BadRequest(f"{source}: {where}{'.' if where else ''}{key} is not a table")
    return found


def _columns(given: object, where: str) -> tuple[str, ...]:
    names = _texts(given, where)
    if not names:
        raise BadRequest(f"{where} = [] must be a text or a list of texts")
    return names


def _texts(given: object, where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(item, str) and item for item in given):
        raise BadRequest(f"{where} = {given!r} must be a text or a list of texts")
    return tuple(given)


def _only(raw: Map[str, Any], keys: Sequence[str], source: str, where: str) -> None:
    for key in raw:
        if key not in keys:
            raise BadRequest(f"{source}: {where}{key} is not a key of the mapping; known: {', '.join(keys)}")
