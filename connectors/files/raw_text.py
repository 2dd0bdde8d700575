"""CSV as it comes: which bytes mean which letters, what divides the cells, and the rows, one after another."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.errors import BadRequest
from connectors.files.encodings import encoding_of

Rows = Iterator[tuple[int, list[str]]]

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS: Final = (",", ";", "\t", "|")
_DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# What is no part of a cell at its ends.
BLANK: Final = " \t\r\n\v\f\xa0\ufeff\u2003\u2009\u202f"
_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_MOST_IN_A_CELL: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """How a file of text is written."""

    encoding: str
    delimiter: str
    skip: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what is worth telling: nothing for UTF-8 with commas."""
        said = [] if self.encoding in {"utf-8", "utf-8-sig", "ascii"} else [f"read as {self.encoding}"]
        if self.delimiter != ",":
            said.append(f"cells divided by {_DELIMITER_NAMES[self.delimiter]}")
        return tuple(said)


def look(path: Path) -> Text:
    """Return how the file is written: its encoding, over all its bytes, and its delimiter, by its first lines.

    Raises:
        BadRequest: it is not text.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        sample = file.read(_SAMPLE)
    first, _, rest = sample.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return Text(encoding=encoding, delimiter=first.strip()[4], skip=1)
    return Text(encoding=encoding, delimiter=_delimiter(sample if rest else first))


def rows(path: Path, text: Text) -> Rows:
    """Yield the line on which each row starts, counted from 1, and its cells.

    Raises:
        BadRequest: a quote is not closed, or a byte is not of the encoding; the message names the line.
    """
    with path.open(encoding=text.encoding, newline="") as file:
        yield from parsed(file, text, path.name)


def parsed(lines: Iterable[str], text: Text, name: str, *, after: int = 0) -> Rows:
    """Yield the same of lines that stand `after` so many others in the file of that name.

    Raises:
        BadRequest: as `rows` does.
    """
    csv.field_size_limit(_MOST_IN_A_CELL)
    cells = csv.reader(lines, delimiter=text.delimiter, strict=True)
    line = after
    try:
        for row in cells:
            if line >= text.skip:
                yield line + 1, row
            line = after + cells.line_num
    except csv.Error as error:
        raise BadRequest(
            f"{name}, line {line + 1}: the row cannot be read ({error}); a quote may be left open there"
        ) from error
    except UnicodeDecodeError as error:
        raise BadRequest(f"{name}, after line {line}: a byte is not {text.encoding}") from error


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        for mark, name in _BOMS:
            if start.startswith(mark):
                return name
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        high = bytearray()
        sound = True
        first = True
        while chunk := file.read(_CHUNK):
            if first:
                first = False
                if wide := _wide(chunk):
                    return wide
                if chunk.count(0) > len(chunk) // 100:
                    raise BadRequest(f"{path.name} is not text: save it as CSV, .xlsx or Parquet")
            if sound:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    sound = False
            if len(high) < _SAMPLE and not chunk.isascii():
                high += b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:_SAMPLE]
            if not sound and len(high) >= _SAMPLE:
                break
    if sound:
        return "utf-8"
    _refuse_broken(path, bytes(high))
    return encoding_of(bytes(high))


def _refuse_broken(path: Path, sample: bytes) -> None:
    """Refuse text that is UTF-8 but for some bytes: read as anything else, all its other letters would be wrong."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 10 > sum(1 for char in text if char > "\x7f") or broken * 2 > len(text):
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadRequest(
                    f"{path.name}, line {number}: byte {error.start + 1} is broken, the rest is UTF-8; export it again"
                ) from error


def _wide(chunk: bytes) -> str:
    """Return UTF-16 of the order in which it is written without a mark; empty where every other byte is not zero."""
    half = len(chunk) // 2
    if half and chunk[1::2].count(0) > half * 0.6:
        return "utf-16-le"
    return "utf-16-be" if half and chunk[0::2].count(0) > half * 0.6 else ""


def _delimiter(sample: str) -> str:
    """Return what divides the cells: what gives the most cells, the same number in most lines."""
    lines = sample.splitlines()[:200]
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, count = max(
            widths.items(), key=lambda item: ((item[0] > 1) * item[1], item[0]), default=(0, 0)
        )
        score = count / max(1, widths.total()) * min(width, 30) if width > 1 else 0.0
        if score > most:
            best, most = delimiter, score
    return best
