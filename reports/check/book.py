"""Reading a chart's workbook back: the cells of its sheets, as numbers and texts."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_AREA = re.compile(r"(?:'((?:[^']|'')+)'|([^!']+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet by (column, row), both from 1: what they show, formulas by the value stored with them."""

    cells: Mapping[tuple[int, int], str]


def book(data: bytes) -> dict[str, Sheet] | str:
    """Return the sheets of a workbook by name; a sentence where it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tree = etree.fromstring(archive.read("xl/workbook.xml"))
            rels = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {rel.get("Id"): (rel.get("Target") or "").removeprefix("/xl/") for rel in rels}
            shared = _shared(archive)
            return {
                item.get("name") or "": _sheet(archive.read(f"xl/{targets[item.get(_RID)]}"), shared)
                for item in tree.iterfind(f"{_S}sheets/{_S}sheet")
            }
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, etree.XMLSyntaxError) as error:
        return f"cannot be opened: {error}"


def area(sheets: Mapping[str, Sheet], address: str) -> list[str | None] | None:
    """Return the contents of an address like `Sheet1!$B$2:$B$9`, row by row; None where there is no such place."""
    match = _AREA.match(address)
    if match is None:
        return None
    quoted, plain, left, top, right, bottom = match.groups()
    sheet = sheets.get(quoted.replace("''", "'") if quoted else plain)
    if sheet is None:
        return None
    columns = range(column_number(left), column_number(right or left) + 1)
    rows = range(int(top), int(bottom or top) + 1)
    return [sheet.cells.get((column, row)) for row in rows for column in columns]


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = etree.fromstring(archive.read("xl/sharedStrings.xml"))
    return ["".join(text.text or "" for text in item.iter(f"{_S}t")) for item in root]


def _sheet(blob: bytes, shared: list[str]) -> Sheet:
    cells: dict[tuple[int, int], str] = {}
    for cell in etree.fromstring(blob).iter(f"{_S}c"):
        place = cell.get("r") or ""
        letters = place.rstrip("0123456789")
        kind = cell.get("t")
        value = cell.find(f"{_S}v")
        if kind == "inlineStr":
            text = "".join(item.text or "" for item in cell.iter(f"{_S}t"))
        elif value is None:
            continue
        else:
            text = value.text or ""
            text = shared[int(text)] if kind == "s" else text
        cells[column_number(letters), int(place[len(letters) :])] = text
    return Sheet(cells)
