"""Any file of a table becomes a raw table: every cell as text, the line it stood on, and what a column looks like.

`read` writes one Parquet file with the columns `line` (INTEGER, of the file, the headings counted), `problem` (VARCHAR,
NULL for a sound row) and then one VARCHAR column for each of `Raw.headers`, under that name, trimmed, NULL where empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

import duckdb

from connectors.errors import BadRequest, TryLater
from connectors.files import raw_large, raw_text
from connectors.files.profile import Profile, profiles
from connectors.files.raw_excel import OLE, Workbook, refuse_old
from connectors.files.raw_text import BLANK, Text
from connectors.files.report_shape import Tidy, tidy
from connectors.quoting import literal, quoted
from connectors.scratch import scratch

OWN: Final = ("line", "problem")
_MOST_COLUMNS: Final = 2000
# What reading a large file may take of memory.
_LARGE: Final = "250MB"
# What stands between the cells on their way to DuckDB: a sign that no table has.
_BETWEEN: Final = "\x1f"
# What a line may not hold to be written as it is: quotes, breaks, and blanks at the ends of cells.
_CARE: Final = ('"', *BLANK[1:], f" {_BETWEEN}", f"{_BETWEEN} ")
_REFUSED: Final = (
    (b"%pdf", "a PDF"),
    (b"\x1f\x8b", "a packed file (.gz)"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"7z\xbc\xaf", "a packed file (.7z)"),
    (b"rar!", "a packed file (.rar)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A table as a file has it.

    Attributes:
        parquet: where its rows are; see the module.
        path: the file as it was given.
        file: its name.
        sheet: the sheet of a workbook that was read; None for other files.
        headers: the headings, made unlike: an empty one is `column 5`, a second `Name` is `Name (2)`.
        rows: how many rows there are, those with a problem among them.
        bad: how many rows have a problem, for example more cells than headings.
        dropped: how many lines are no rows, by reason: footers, subtotals, blank lines …
        remarks: what was found out about the file, as sentences for a person.
    """

    parquet: Path
    path: Path
    file: str
    sha256: str
    sheet: str | None = None
    headers: tuple[str, ...]
    rows: int
    bad: int
    dropped: Mapping[str, int]
    profiles: tuple[Profile, ...]
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.file

    def profile(self, header: str) -> Profile | None:
        """Return the profile of a column; None where there is no such column."""
        return next((profile for profile in self.profiles if profile.name == header), None)


def read(path: Path, into: Path, *, sheet: str | None = None) -> Raw:
    """Read a CSV file, a workbook or a Parquet file into a raw table in the folder `into`.

    Raises:
        BadRequest: it is not a table that can be read; the message names the file, and the line where there is one.
        TryLater: it was written to while it was read.
    """
    if not path.is_file():
        raise BadRequest(f"{path.name}: there is no such file")
    before = _written(path)
    if not path.stat().st_size:
        raise BadRequest(f"{path.name} is empty (0 bytes): export it again")
    into.mkdir(parents=True, exist_ok=True)
    try:
        return _table(path, into, sheet)
    finally:
        # Also where it could not be read: half of a file can look like a broken one.
        if _written(path) != before:
            raise TryLater(f"{path.name} is still being written: import it again when all of it is there")


def _written(path: Path) -> tuple[int, int] | None:
    """Return what changes when a file is written to; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _table(path: Path, into: Path, sheet: str | None) -> Raw:
    match _kind(path):
        case "workbook":
            with Workbook(path, sheet) as book:
                return _read(
                    path, into, tidy(book.rows(), path.name, padded=True), book.remarks, sheet=book.title
                )
        case "parquet":
            return _from_parquet(path, into)
        case _:
            text = raw_text.look(path)
            if path.stat().st_size >= raw_large.LARGE and (found := _large(path, into, text)) is not None:
                return found
            return _read(path, into, tidy(raw_text.rows(path, text), path.name), text.remarks)


def _kind(path: Path) -> Literal["text", "workbook", "parquet"]:
    """Return how a file has to be read, by its first bytes; its name may say anything.

    Raises:
        BadRequest: it is of a kind that is not read; the message says what to do instead.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(b"PK"):
        return "workbook"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(OLE):
        refuse_old(path)
    for mark, what in _REFUSED:
        if start.lstrip().lower().startswith(mark):
            raise BadRequest(f"{path.name} is {what}: export it as CSV, .xlsx or Parquet")
    return "text"


def _large(path: Path, into: Path, text: Text) -> Raw | None:
    """Return what a large file has, its middle read by DuckDB; None where `csv` has to read it all."""
    with TemporaryDirectory(dir=into) as folder:
        found = raw_large.parts(path, text, Path(folder))
        if found is None:
            return None
        try:
            shaped = tidy(found.rows, path.name)
        except BadRequest:
            return None
        headers = _unlike(shaped.headers)
        if not shaped.is_plain(found.after) or len(headers) > _MOST_COLUMNS:
            return None
        digest = _sha256(path)
        parquet = into / f"{digest[:16]}.raw.parquet"
        names = tuple(map(quoted, headers))
        # One thread reads the rows in their order, in no more time than two. It keeps what it read for as long as it may.
        with scratch(threads=1, memory=_LARGE) as con:
            try:
                if not found.middle.write(con, parquet, names, shaped):
                    return None
            except (duckdb.InvalidInputException, duckdb.OutOfMemoryException):
                return None
            held = found.middle.holds(con, parquet, names, shaped.heading)
            if held is None:
                return None
            if held == "loosely":
                _trim(con, parquet, names)
        return _made(path, shaped, parquet, digest, remarks=text.remarks, more=found.middle.rows)


def _read(path: Path, into: Path, shaped: Tidy, remarks: tuple[str, ...], *, sheet: str | None = None) -> Raw:
    headers = _unlike(shaped.headers)
    if len(headers) > _MOST_COLUMNS:
        raise BadRequest(f"{path.name} has {len(headers)} columns; at most {_MOST_COLUMNS} can be read")
    digest = _sha256(path)
    parquet = into / f"{digest[:16]}.raw.parquet"
    _write(shaped, headers, parquet)
    return _made(path, shaped, parquet, digest, remarks=remarks, sheet=sheet)


def _made(
    path: Path,
    shaped: Tidy,
    parquet: Path,
    digest: str,
    *,
    remarks: tuple[str, ...],
    sheet: str | None = None,
    more: int = 0,
) -> Raw:
    """Return the raw table that was written from shaped rows, and from `more` rows that were plain."""
    found = profiles(parquet, _unlike(shaped.headers))
    # A column without heading and without cells is a margin of the sheet.
    kept = tuple(
        profile for profile, heading in zip(found, shaped.headers, strict=True) if heading or profile.filled
    )
    return Raw(
        parquet=parquet,
        path=path,
        file=path.name,
        sha256=digest,
        sheet=sheet,
        headers=tuple(profile.name for profile in kept),
        rows=shaped.rows + more,
        bad=shaped.bad,
        dropped=dict(shaped.dropped),
        profiles=kept,
        remarks=remarks,
    )


def _from_parquet(path: Path, into: Path) -> Raw:
    digest = _sha256(path)
    parquet = into / f"{digest[:16]}.raw.parquet"
    source = f"read_parquet({literal(path)})"
    with scratch() as con:
        con.execute("SET TimeZone = 'UTC'")
        try:
            described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            names = tuple(str(row[0]) for row in described)
            headers = _unlike(names)
            picked = ", ".join(
                f"nullif(trim({_cell(quoted(name), str(row[1]))}), '') AS {quoted(header)}"
                for name, header, row in zip(names, headers, described, strict=True)
            )
            con.execute(
                f"COPY (SELECT row_number() OVER ()::INTEGER AS line, NULL::VARCHAR AS problem, {picked} FROM {source}) "
                f"TO {literal(parquet)} (FORMAT parquet)"
            )
        except duckdb.Error as error:
            raise BadRequest(
                f"{path.name} cannot be read as Parquet ({error.__class__.__name__}): write it again"
            ) from error
        row = con.execute(f"SELECT count(*) FROM {source}").fetchone()
    rows = int(row[0]) if row else 0
    if not rows:
        raise BadRequest(f"{path.name} has columns but no rows")
    return Raw(
        parquet=parquet,
        path=path,
        file=path.name,
        sha256=digest,
        headers=headers,
        rows=rows,
        bad=0,
        dropped={},
        profiles=profiles(parquet, headers),
    )


def _cell(name: str, kind: str) -> str:
    """Return a cell as text; a number gets a fourth decimal, since three could be taken for thousands."""
    if kind in {"DOUBLE", "FLOAT"} or kind.startswith("DECIMAL"):
        return f"regexp_replace({name}::VARCHAR, '(\\.\\d{{3}})$', '\\10')"
    return f"{name}::VARCHAR"


def _write(shaped: Tidy, headers: tuple[str, ...], parquet: Path) -> None:
    """Write the rows to Parquet by way of a plain CSV file, which DuckDB reads many times faster than rows of Python."""
    plain = parquet.with_suffix(".csv")
    try:
        with plain.open("w", encoding="utf-8", newline="") as out:
            out.writelines(_lines(shaped))
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(headers) + 2))
        picked = ", ".join(
            f"nullif(c{index + 2}, '') AS {quoted(header)}" for index, header in enumerate(headers)
        )
        with scratch(threads=1) as con:
            con.execute(
                f"COPY (SELECT c0::INTEGER AS line, nullif(c1, '') AS problem, {picked} FROM read_csv("
                f"{literal(plain)}, columns = {{{columns}}}, header = false, delim = '{_BETWEEN}', "
                "quote = '\"', escape = '\"', new_line = '\\n', auto_detect = false, max_line_size = 33554432)) "
                f"TO {literal(parquet)} (FORMAT parquet)"
            )
    finally:
        plain.unlink(missing_ok=True)


def _trim(con: duckdb.DuckDBPyConnection, parquet: Path, names: tuple[str, ...]) -> None:
    """Write a raw table again with its cells as `_plain` gives them."""
    again = parquet.with_suffix(".trimmed")
    cells = ", ".join(f"nullif(trim({name}, {literal(BLANK)}), '') AS {name}" for name in names)
    con.execute(
        f"COPY (SELECT line, problem, {cells} FROM read_parquet({literal(parquet)})) TO {literal(again)} (FORMAT parquet)"
    )
    again.replace(parquet)


def _lines(shaped: Tidy) -> Iterator[str]:
    """Yield the rows as lines for DuckDB; what needs no care, which is most, takes a fifth of the time of `csv`."""
    for line, problem, cells in shaped:
        text = _BETWEEN.join((str(line), problem, *cells))
        if text.count(_BETWEEN) != len(cells) + 1 or text[-1] == " " or any(map(text.__contains__, _CARE)):
            text = _BETWEEN.join((str(line), problem, *map(_plain, cells)))
        yield text + "\n"


def _plain(cell: str) -> str:
    """Return a cell trimmed, in quotes where its signs would end it."""
    cell = cell.strip(BLANK).replace(_BETWEEN, " ")
    return '"' + cell.replace('"', '""') + '"' if '"' in cell or "\n" in cell or "\r" in cell else cell


def _unlike(headings: tuple[str, ...]) -> tuple[str, ...]:
    """Return the headings with names for empty ones, and numbers behind those that came before in any case."""
    seen = set(OWN)
    names = []
    for number, heading in enumerate(headings, start=1):
        base = heading or f"column {number}"
        name, count = base, 1
        while name.casefold() in seen:
            count += 1
            name = f"{base} ({count})"
        seen.add(name.casefold())
        names.append(name)
    return tuple(names)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
