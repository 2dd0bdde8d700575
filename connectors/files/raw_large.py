"""The middle of a large file of text, which is rows and nothing else, read by DuckDB in a fifth of the time of `csv`.

The head with the titles and headings, and the tail with the footer, stay with `raw_text` and `report_shape`. So does the
whole file wherever a row of the middle may be anything but a plain row that both readers read alike: then the middle is
declined, and the slow way says which line is wrong. What is checked, and why it is enough:

    the copy is UTF-8, its lines end in line feeds, and it has no zero bytes
    no blank stands between a quote and what divides cells: DuckDB leaves it out, `csv` does not
    no cell holds a line end: there are as many rows as line ends, so the line of each row is known
    every row has as many cells as headings: DuckDB takes one more at the end if it is empty, so what divides is counted
    every row has two cells or more with something in them, is no heading again, and no cell in front looks like a total
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

import duckdb

from connectors.errors import BadRequest
from connectors.files.raw_text import DELIMITERS, Rows, Text, parsed
from connectors.files.report_shape import AHEAD, TOTAL
from connectors.quoting import literal

LARGE: Final = 4 << 20
TAIL: Final = 1 << 16
CHUNK: Final = 4 << 20
_LONGEST: Final = 1 << 20
_QUOTE_AND_BLANK: Final = (b' "', b'" ', b'\t"', b'"\t')
# Python's blanks and its two letters that are an i in any case; DuckDB's expressions know neither.
_BLANKS: Final = r"\t-\r\p{Z}\x{1c}-\x{1f}\x{85}"
_TOTALS: Final = (
    f"(?is)[{_BLANKS}]*(?:"
    + TOTAL.replace(r"[\s-]", f"[{_BLANKS}-]").replace(r"\s", f"[{_BLANKS}]")
    + f")[{_BLANKS}]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The lines `first` to `last` of a file, as UTF-8 in a file of their own.

    `divided` is how often what divides cells stands in them, inside cells too.
    """

    path: Path
    first: int
    last: int
    delimiter: str
    divided: int

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return self.last - self.first + 1

    def source(self, width: int) -> str:
        """Return the rows as SQL: the columns c0, c1 … with the cells as they stand there, NULL where empty."""
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
        return (
            f"read_csv({literal(self.path)}, columns = {{{columns}}}, header = false, delim = {literal(self.delimiter)}, "
            f"quote = '\"', escape = '\"', new_line = '\\n', auto_detect = false, strict_mode = true, "
            f"null_padding = false, max_line_size = {_LONGEST})"
        )

    def holds(
        self, con: duckdb.DuckDBPyConnection, parquet: str, names: tuple[str, ...], heading: tuple[str, ...]
    ) -> bool:
        """Say whether what was read of it into a raw table is what `csv` would have read; `names` are its columns."""
        rows = f"(FROM read_parquet({parquet}) WHERE line BETWEEN {self.first} AND {self.last})"
        filled = " + ".join(f"({name} IS NOT NULL)::INTEGER" for name in names)
        total = " OR ".join(
            f"regexp_full_match(translate({name}, 'İı', 'ii'), {literal(_TOTALS)})" for name in names[:6]
        )
        again = " AND ".join(
            f"contains(coalesce({name}, ''), {literal(cell)})"
            for name, cell in zip(names[:2], heading, strict=False)
        )
        [(count, odd)] = con.execute(
            f"SELECT count(*), count(*) FILTER (filled < 2 OR ({again}) OR (filled < {len(names)} AND ({total}))) "
            f"FROM (SELECT *, {filled} AS filled FROM {rows})"
        ).fetchall()
        if count != self.rows or odd:
            return False
        inside = self.divided - count * (len(names) - 1)
        if not inside:
            return True
        found = " + ".join(
            f"coalesce(sum(length({n}) - length(replace({n}, {literal(self.delimiter)}, ''))), 0)"
            for n in names
        )
        return con.execute(f"SELECT {found} = {inside} FROM {rows}").fetchall() == [(True,)]


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
    if len(head) < AHEAD or end <= start or end >= size or _mixed("".join(seen).encode()):
        return None
    rest = file.read()
    file.seek(start)
    middle = _copied(file, end - start, text.delimiter, copied)
    if middle is None or _mixed(rest) or b"\0" in rest:
        return None
    lines, divided = middle
    last = first + lines - 1
    after = list(parsed(StringIO(rest.decode(), newline=""), text, copied.name, after=last))
    if not after:
        return None
    return Parts(
        middle=Middle(path=copied, first=first, last=last, delimiter=text.delimiter, divided=divided),
        rows=chain(head, after),
        after=after[0][1],
    )


def _noted(file: BinaryIO, seen: list[str]) -> Iterator[str]:
    for line in file:
        seen.append(line.decode())
        yield seen[-1]


def _copied(file: BinaryIO, length: int, delimiter: str, target: Path) -> tuple[int, int] | None:
    """Copy so many bytes with plain line ends; return how many lines they are, and how often the delimiter is in them."""
    lines = divided = 0
    mark = delimiter.encode()
    blank = re.compile(rb'(?:^|[\r\n%b])[ \t]+"|"[ \t]+(?:[\r\n%b]|$)' % (re.escape(mark), re.escape(mark)))
    with target.open("wb") as out:
        while length > 0:
            chunk = file.read(min(CHUNK, length))
            chunk += file.readline() if len(chunk) < length and not chunk.endswith(b"\n") else b""
            length -= len(chunk)
            if b"\0" in chunk or (any(map(chunk.__contains__, _QUOTE_AND_BLANK)) and blank.search(chunk)):
                return None
            lines += chunk.count(b"\n")
            divided += chunk.count(mark)
            if b"\r" in chunk:
                if _mixed(chunk):
                    return None
                # With quotes and both signs DuckDB takes some lines together.
                chunk = chunk.replace(b"\r\n", b"\n")
            out.write(chunk)
    return lines, divided


def _mixed(chunk: bytes) -> bool:
    """Say whether carriage returns stand by themselves, which end lines too."""
    return chunk.count(b"\r") != chunk.count(b"\r\n")
