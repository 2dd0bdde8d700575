"""The middle of a large file of text, which is rows and nothing else, read by DuckDB in a fifth of the time of `csv`.

The head with the titles and headings, and the tail with the footer, stay with `raw_text` and `report_shape`. So does the
whole file wherever a row of the middle may be anything but a plain row that both readers read alike: then the middle is
declined, and the slow way says which line is wrong. What is checked, and why it is enough:

    the copy is UTF-8, its lines end in line feeds, and it has no zero bytes and nothing that `raw` writes as a blank
    no blank stands between a quote and what divides cells: DuckDB leaves it out, `csv` does not
    no cell holds a line end: there are as many rows as line ends, so the line of each row is known
    every row has as many cells as headings: DuckDB takes one more at the end if it is empty, so what divides is counted
    every row has two cells or more with something in them, is no heading again, and no cell in front looks like a total
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from connectors.errors import BadRequest
from connectors.files.raw_text import BLANK, DELIMITERS, Rows, Text, parsed
from connectors.files.report_shape import AHEAD, TOTAL
from connectors.quoting import literal

LARGE: Final = 4 << 20
TAIL: Final = 1 << 16
CHUNK: Final = 4 << 20
_LONGEST: Final = 1 << 20
# DuckDB sets twice this aside for each file it reads, and needs no more.
_BUFFER: Final = 2 * _LONGEST
_QUOTE: Final = '"'
# A row beside the middle: its line, what is wrong with it, its cells.
Row = tuple[int, str, list[str]]
_BLANKS_IN_A_LINE: Final = frozenset(BLANK) - {"\n"}
# DuckDB ends a file at the one; the other becomes a blank, as it divides cells on their way to DuckDB.
_NEVER: Final = (b"\0", b"\x1f")
# Python's blanks and its two letters that are an i in any case; DuckDB's expressions know neither.
_BLANKS: Final = r"\t-\r\p{Z}\x{1c}-\x{1f}\x{85}"
_TOTALS: Final = (
    f"(?is)[{_BLANKS}]*(?:"
    + TOTAL.replace("i", "[iİı]").replace(r"[\s-]", f"[{_BLANKS}-]").replace(r"\s", f"[{_BLANKS}]")
    + f")[{_BLANKS}]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The lines `first` to `last` of a file, as UTF-8 in a file of their own.

    `divided` is how often what divides cells stands in them, inside cells too; `blanks` are those of `BLANK` that do.
    """

    path: Path
    first: int
    last: int
    delimiter: str
    divided: int
    blanks: str

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return self.last - self.first + 1

    def write(
        self, con: duckdb.DuckDBPyConnection, parquet: Path, names: tuple[str, ...], beside: Iterable[Row]
    ) -> bool:
        """Write a raw table with the columns `names`: these rows, and between those before and after them the rows beside.

        Its cells are as they stand there, NULL where empty. The connection must have one thread, which keeps the order.
        Return whether as many rows were read as there are.

        Raises:
            duckdb.InvalidInputException: some line is no row of so many cells.
        """
        before, after = (self.path.with_name(f"{name}.csv") for name in ("before", "after"))
        lines: list[int] = []
        problems: list[str] = []
        with (
            before.open("w", encoding="utf-8", newline="") as above,
            after.open("w", encoding="utf-8", newline="") as below,
        ):
            for line, problem, cells in beside:
                (above if line < self.first else below).write(self._row(cells))
                lines.append(line)
                problems.append(problem)
        start = sum(1 for line in lines if line < self.first)
        end = start + self.rows
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(names)))
        picked = ", ".join(f"c{index} AS {name}" for index, name in enumerate(names))
        numbered, wrong = (
            f"CASE WHEN place <= {start} THEN ${beside}[place] WHEN place > {end} THEN ${beside}[place - {self.rows}] "
            f"ELSE {own} END"
            for beside, own in (("lines", f"place + {self.first - 1 - start}"), ("problems", "NULL"))
        )
        files = ", ".join(map(literal, (before, self.path, after)))
        [(count,)] = con.execute(
            f"COPY (SELECT ({numbered})::INTEGER AS line, nullif({wrong}, '') AS problem, {picked} FROM "
            f"(SELECT *, row_number() OVER () AS place FROM read_csv([{files}], columns = {{{columns}}}, header = false, "
            f"delim = {literal(self.delimiter)}, quote = '\"', escape = '\"', new_line = '\\n', auto_detect = false, "
            f"strict_mode = true, null_padding = false, max_line_size = {_LONGEST}, buffer_size = {_BUFFER}))) "
            f"TO {literal(parquet)} (FORMAT parquet)",
            {"lines": lines, "problems": problems},
        ).fetchall()
        return bool(count == len(lines) + self.rows)

    def _row(self, cells: list[str]) -> str:
        """Return the cells of a row as a line, trimmed, each in quotes."""
        quoted = (f'"{cell.strip(BLANK).replace(_QUOTE, _QUOTE * 2)}"' for cell in cells)
        return f"{self.delimiter.join(quoted)}\n"

    def holds(
        self, con: duckdb.DuckDBPyConnection, parquet: Path, names: tuple[str, ...], heading: tuple[str, ...]
    ) -> Literal["as it is", "loosely"] | None:
        """Say how a raw table with the columns `names` has what `csv` would have read: as it is, or with blanks around cells.

        None where it has something else.
        """
        # What no cell has is not counted: where they hold nothing that divides, it stands between them only.
        inside = self.divided - self.rows * (len(names) - 1)
        filled = " + ".join(f"({name} IS NOT NULL)::INTEGER" for name in names)
        again = " AND ".join(
            f"contains(coalesce({name}, ''), {literal(cell)})"
            for name, cell in zip(names[:2], heading, strict=False)
        )
        totals = [f"regexp_full_match({name}, {literal(_TOTALS)})" for name in names[:6]]
        # Of a column with few values each is looked at once if it is asked about in a call of its own.
        ends = [
            f"{call}({name}, {literal(sign)})"
            for name in names
            for sign in self.blanks
            for call in ("prefix", "suffix")
        ] or ["FALSE"]
        divided = " + ".join(
            f"coalesce(length({name}) - length(replace({name}, {literal(self.delimiter)}, '')), 0)"
            for name in names
        )
        asked = ", ".join(
            f"{call} AS {kind}{place}"
            for kind, calls in (("total", totals), ("loose", ends))
            for place, call in enumerate(calls)
        )
        total, loose = (
            " OR ".join(f"{kind}{place}" for place in range(len(calls)))
            for kind, calls in (("total", totals), ("loose", ends))
        )
        [(count, odd, found, some)] = con.execute(
            f"SELECT count(*), count(*) FILTER (filled < 2 OR again OR (filled < {len(names)} AND ({total}))), "
            f"{'sum(divided)' if inside else 0}, count(*) FILTER ({loose}) FROM "
            f"(SELECT {filled} AS filled, {again} AS again, {divided} AS divided, {asked} FROM read_parquet({literal(parquet)}) "
            f"WHERE line BETWEEN {self.first} AND {self.last})"
        ).fetchall()
        if count != self.rows or odd or found != inside:
            return None
        return "loosely" if some else "as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A large file of text: its middle, and the rows before and after it."""

    middle: Middle
    rows: Rows
    after: list[str]


def parts(path: Path, text: Text, into: Path) -> Parts | None:
    """Return the parts of a file, with its middle written to the folder `into`; None where it has to be read as a whole."""
    if text.delimiter not in DELIMITERS:
        return None
    plain = path
    copied = into / "middle.csv"
    try:
        if text.encoding not in {"utf-8", "utf-8-sig", "ascii"}:
            plain = into / "utf-8.csv"
            _translate(path, text.encoding, plain)
        with plain.open("rb") as file:
            if text.encoding == "utf-8-sig":
                file.seek(len(codecs.BOM_UTF8))
            return _parts(file, plain.stat().st_size, text, copied)
    except (UnicodeDecodeError, BadRequest):
        return None
    finally:
        if plain != path:
            plain.unlink(missing_ok=True)


def _translate(path: Path, encoding: str, target: Path) -> None:
    with (
        path.open(encoding=encoding, newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while chunk := source.read(CHUNK):
            out.write(chunk)


def _parts(file: BinaryIO, size: int, text: Text, copied: Path) -> Parts | None:
    seen: list[str] = []
    head = []
    for item in parsed(_noted(file, seen), text, copied.name):
        head.append(item)
        if len(head) == AHEAD:
            break
    start, first = file.tell(), len(seen) + 1
    file.seek(max(start, size - TAIL))
    file.readline()
    end = file.tell()
    rest = file.read()
    if len(head) < AHEAD or end <= start or end >= size or any(map(_odd, ("".join(seen).encode(), rest))):
        return None
    file.seek(start)
    middle = _copied(file, end - start, text.delimiter, copied, first)
    if middle is None:
        return None
    after = list(parsed(StringIO(rest.decode(), newline=""), text, copied.name, after=middle.last))
    if not after:
        return None
    return Parts(
        middle=middle,
        rows=chain(head, after),
        after=after[0][1],
    )


def _noted(file: BinaryIO, seen: list[str]) -> Iterator[str]:
    for line in file:
        seen.append(line.decode())
        yield seen[-1]


def _copied(file: BinaryIO, length: int, delimiter: str, target: Path, first: int) -> Middle | None:
    """Copy so many bytes, from the line `first` on, with plain line ends; None where they need an eye."""
    lines = divided = 0
    blanks: set[str] = set()
    mark = delimiter.encode()
    blank = re.compile(rb'(?:^|[\r\n%b])[ \t]+"|"[ \t]+(?:[\r\n%b]|$)' % (re.escape(mark), re.escape(mark)))
    with target.open("wb") as out:
        while length > 0:
            chunk = file.read(min(CHUNK, length))
            chunk += file.readline() if len(chunk) < length and not chunk.endswith(b"\n") else b""
            length -= len(chunk)
            if _odd(chunk):
                return None
            # With quotes and both signs DuckDB takes some lines together.
            chunk = chunk.replace(b"\r\n", b"\n")
            signs = np.frombuffer(chunk, dtype=np.uint8)
            if _quote_beside_blank(signs) and blank.search(chunk):
                return None
            lines += chunk.count(b"\n")
            divided += int(np.count_nonzero(signs == ord(mark)))
            blanks |= {sign for sign in _BLANKS_IN_A_LINE - blanks if _has(chunk, sign.encode())}
            out.write(chunk)
    return Middle(
        path=target,
        first=first,
        last=first + lines - 1,
        delimiter=delimiter,
        divided=divided,
        blanks="".join(sorted(blanks)),
    )


def _has(chunk: bytes, sign: bytes) -> bool:
    """Say whether a sign is in a text: where it has several bytes, by its first, which are few."""
    if len(sign) == 1:
        return sign in chunk
    signs = np.frombuffer(chunk, dtype=np.uint8)
    at = np.flatnonzero(signs[: 1 - len(sign)] == sign[0])
    for offset, byte in enumerate(sign[1:], start=1):
        at = at[signs[at + offset] == byte]
    return bool(at.size)


def _quote_beside_blank(signs: NDArray[np.uint8]) -> bool:
    """Say whether a quote stands beside a blank: five times as fast as asking bytes for each of the pairs."""
    quotes, blanks = (signs == ord(_QUOTE)), (signs == ord(" ")) | (signs == ord("\t"))
    return bool((quotes[1:] & blanks[:-1]).any() or (blanks[1:] & quotes[:-1]).any())


def _odd(chunk: bytes) -> bool:
    """Say whether a text has signs that are not copied, or carriage returns by themselves, which end lines too."""
    return any(map(chunk.__contains__, _NEVER)) or chunk.count(b"\r") != chunk.count(b"\r\n")
