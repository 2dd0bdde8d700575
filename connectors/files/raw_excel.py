"""Workbooks: the sheet with the deals, its cells as text, merged groups filled, and no formula run."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, is_zipfile

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.functions import iterparse

from connectors.errors import BadRequest, NoSuchSheet
from connectors.files.headings import known
from connectors.files.raw_text import Rows

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BYTES: Final = 4 << 30
_SMALL: Final = 64 << 20
# Sheets of real deals shrink to a tenth or a twentieth; what shrinks to less than this was made to fill a disk.
_MOST_SHRUNK: Final = 200
_LOOKED_AT: Final = 60
# A row with so many known headings is one of headings; the score of a sheet is how many, how many cells, and which.
_HEADED: Final = 3
_Score = tuple[int, int, tuple[str, ...]]
_NOTHING: Final[_Score] = (0, 0, ())
_BATCH: Final = 500
_FORMULA: Final = re.compile(rb"<(?:\w+:)?(?:f[ >/]|mergeCell )")


def refuse_old(path: Path) -> None:
    """Say what is wrong with a file in the container of old workbooks.

    Raises:
        BadRequest: always; a password protects it, or it is an old workbook.
    """
    content = path.read_bytes() if path.stat().st_size <= _SMALL else path.open("rb").read(_SMALL)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise BadRequest(f"{path.name} is protected by a password: save it without one, then import it again")
    raise BadRequest(f"{path.name} is a workbook of the old kind (.xls): save it as .xlsx or CSV")


def check(path: Path) -> None:
    """Look into a zipped file before anything of it is read.

    Raises:
        BadRequest: it is no workbook without macros, or it is larger inside than any export.
    """
    if not is_zipfile(path):
        raise BadRequest(f"{path.name} is a damaged workbook or zip file: export it again")
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except BadZipFile as error:
        raise BadRequest(f"{path.name} is a damaged workbook or zip file: export it again") from error
    names = {entry.filename for entry in entries}
    if any(name.endswith("vbaProject.bin") for name in names) or path.suffix.lower() == ".xlsm":
        raise BadRequest(
            f"{path.name} is a workbook with macros; nothing of it is run or read: save it as .xlsx without macros"
        )
    if "xl/workbook.bin" in names:
        raise BadRequest(f"{path.name} is a binary workbook (.xlsb): save it as .xlsx or CSV")
    if "content.xml" in names:
        raise BadRequest(f"{path.name} is an OpenDocument file: save it as .xlsx or CSV")
    if "xl/workbook.xml" not in names:
        raise BadRequest(f"{path.name} is a zip file: unpack it and import the files in it")
    size, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if size > _MOST_BYTES or (size > _SMALL and size > packed * _MOST_SHRUNK):
        raise BadRequest(
            f"{path.name} would be {size >> 20:,} MB unpacked, from {max(1, packed >> 20):,} MB: no export is like that; "
            "save the sheet as CSV"
        )


class Workbook:
    """A workbook, open for reading: use it as a context manager."""

    def __init__(self, path: Path, wanted: str | None) -> None:
        """Choose the sheet: the wanted one, else the one whose first rows have most known headings.

        Raises:
            BadRequest: it cannot be opened.
            NoSuchSheet: it has no sheet of the wanted name.
        """
        check(path)
        self._path = path
        try:
            with _quiet():
                self._book = load_workbook(path, read_only=True, data_only=True)
        except (
            InvalidFileException,
            BadZipFile,
            KeyError,
            ValueError,
            TypeError,
            ParseError,
            OSError,
        ) as error:
            raise BadRequest(
                f"{path.name} cannot be opened as a workbook ({error.__class__.__name__}): save it again as .xlsx"
            ) from error
        sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        if not sheets:
            raise BadRequest(f"{path.name} has no sheet with cells")
        if wanted is not None and wanted not in sheets:
            raise NoSuchSheet(f"{path.name} has no sheet {wanted!r}; it has: {', '.join(sheets)}")
        scores = {name: self._known(sheet) for name, sheet in sheets.items()} if len(sheets) > 1 else {}
        self.title = wanted or max(sheets, key=lambda name: scores.get(name, _NOTHING)[:2])
        best = scores.get(self.title, _NOTHING)
        twins = [name for name in scores if best[0] >= _HEADED and scores[name][2] == best[2]]
        if wanted is None and len(twins) > 1:
            self._book.close()
            raise BadRequest(
                f"{path.name} has the same headings on the sheets {', '.join(map(repr, twins))}: put all deals on one sheet, "
                "or save each sheet as a CSV file and import these at once"
            )
        self._sheet: Any = sheets[self.title]
        others = [name for name in sheets if name != self.title]
        self.remarks: tuple[str, ...] = (
            (f"read the sheet {self.title!r}, not {', '.join(map(repr, others[:5]))}",) if others else ()
        )

    def __enter__(self) -> Self:
        """Return the open workbook."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._book.close()

    def rows(self) -> Rows:
        """Yield the number of each row, counted from 1, and its cells as text.

        Raises:
            BadRequest: a formula has no stored value, or the sheet is damaged.
        """
        fills = _fills(self._path, _part(self._path, self.title))
        active: dict[int, tuple[int, str]] = {}
        for number, cells in enumerate(self._cells(self._sheet), start=1):
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            if fills or active:
                for column, last in fills.pop(number, ()):
                    active[column] = (last, texts[column] if column < len(texts) else "")
                for column, (last, value) in list(active.items()):
                    texts += [""] * (column + 1 - len(texts))
                    texts[column] = texts[column] or value
                    if number >= last:
                        del active[column]
            yield number, texts

    def _cells(self, sheet: Any) -> Iterator[Sequence[Any]]:
        with _quiet():
            sheet.reset_dimensions()
            rows = sheet.iter_rows()
        try:
            while True:
                with _quiet():
                    batch = list(islice(rows, _BATCH))
                if not batch:
                    return
                yield from batch
        except (ParseError, ValueError, KeyError, BadZipFile, EOFError) as error:
            raise BadRequest(
                f"{self._path.name}, sheet {self.title!r} cannot be read ({error.__class__.__name__}): save it again as .xlsx"
            ) from error

    def _known(self, sheet: Any) -> _Score:
        """Return how many known headings the best of the first rows has, how many cells it has, and these."""
        self.title = sheet.title
        best = _NOTHING
        for cells in islice(self._cells(sheet), _LOOKED_AT):
            texts = tuple(_text(cell) for cell in cells)
            score = (sum(1 for text in texts if known(text)), sum(1 for text in texts if text), texts)
            best = max(best, score, key=lambda item: item[:2])
        return best


def _quiet() -> warnings.catch_warnings[None]:
    """Return a context in which openpyxl does not warn of what it leaves out: styles, validation, extensions."""
    return warnings.catch_warnings(action="ignore")


def _fills(path: Path, part: str) -> dict[int, list[tuple[int, int]]]:
    """Return the merged cells that reach down, by their first row: column (from 0) and last row.

    Raises:
        BadRequest: a cell has a formula but no stored value; the message names it.
    """
    fills: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with ZipFile(path) as archive:
        with archive.open(part) as file:
            if not _has(file, _FORMULA):
                return fills
        missing: list[str] = []
        count = 0
        with archive.open(part) as file:
            for _, element in iterparse(file):
                tag = element.tag.rpartition("}")[2]
                if tag == "c":
                    children = {child.tag.rpartition("}")[2]: child for child in element}
                    if "f" in children and not (children.get("v") is not None and children["v"].text):
                        count += children.get("is") is None
                        missing += [element.get("r", "?")] if len(missing) < 3 else []
                elif tag == "row":
                    element.clear()
                elif tag == "mergeCell":
                    left, top, _, bottom = range_boundaries(element.get("ref", "A1"))
                    if left and top and bottom and bottom > top:
                        fills[top].append((left - 1, bottom))
    if missing:
        raise BadRequest(
            f"{path.name}, cell {', '.join(missing)}: a formula without a stored value"
            + (f" ({count:,} such cells)" if count > len(missing) else "")
            + "; no formula is run here: open the workbook, save it, and import it again"
        )
    return fills


def _part(path: Path, title: str) -> str:
    """Return the name of a sheet's file inside a workbook."""
    with ZipFile(path) as archive:
        with archive.open("xl/workbook.xml") as file:
            ids = {
                element.get("name"): value
                for _, element in iterparse(file)
                if element.tag.rpartition("}")[2] == "sheet"
                for name, value in element.items()
                if name.endswith("}id")
            }
        with archive.open("xl/_rels/workbook.xml.rels") as file:
            targets = {element.get("Id"): element.get("Target", "") for _, element in iterparse(file)}
    target = targets.get(ids.get(title), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _has(file: Any, wanted: re.Pattern[bytes]) -> bool:
    tail = b""
    while chunk := file.read(1 << 20):
        if wanted.search(tail + chunk):
            return True
        tail = chunk[-16:]
    return False


def _text(cell: Any) -> str:
    match cell.value:
        case None:
            return ""
        case str() as text:
            return text
        case bool() as flag:
            return "true" if flag else "false"
        case int() | float() as number:
            return _number(number, str(cell.number_format or ""))
        case datetime() as moment:
            if moment.time() == time():
                return moment.date().isoformat()
            return moment.replace(microsecond=0).isoformat(sep=" ")
        case date() as day:
            return day.isoformat()
        case other:
            return str(other)


def _number(number: float, shown: str) -> str:
    """Return a number as text, with the sign of per cent or the currency that its cell shows."""
    # 15 digits are what a workbook keeps; what is behind them comes from its arithmetic.
    exact = Decimal(format(number, ".15g"))
    before, after, times = _shown(shown)
    text = format(exact * times, "f")
    if text[-4:-3] == ".":
        text += "0"  # three decimals could be taken for thousands
    return f"{before}{text}{after}"


@lru_cache(maxsize=512)
def _shown(shown: str) -> tuple[str, str, int]:
    """Return what a cell's format puts before and behind a number, and by what it multiplies it."""
    first = shown.split(";", maxsplit=1)[0]
    quotes = "".join(words or sign for words, sign in re.findall(r'"([^"]*)"|\\(.)', first))
    if "%" in first and "%" not in quotes:
        return "", "%", 100
    if found := re.search(r"\[\$([^\]-]+)(?:-[^\]]*)?\]", first):
        quotes = found[1]
    if code := re.search(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])", quotes):
        return f"{code[1]} ", "", 1
    sign = next(
        (sign for sign in "€£₹$¥" if sign in quotes or sign in re.sub(r'"[^"]*"|\[[^\]]*\]', "", first)), ""
    )
    return sign, "", 1
