"""Reads a finished file back, without the renderer: members, XML, shapes, charts, workbooks."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation

from tests.tools import ooxml_errors

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Known false positives, also on files that Office wrote (https://github.com/dotnet/Open-XML-SDK/issues/1877).
ALLOWED = ("showDataLabelsRange", "showLeaderLines")


def errors(data: bytes, folder: Path) -> list[dict[str, str]]:
    """Return what Microsoft's validator has against the file, but for the two known messages."""
    path = folder / "deck.pptx"
    path.write_bytes(data)
    return [
        error
        for error in ooxml_errors(path)
        if not any(f":{name}'" in error["description"] for name in ALLOWED)
    ]


def deck(data: bytes) -> Any:
    return Presentation(io.BytesIO(data))


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert len(set(package.namelist())) == len(package.namelist())
        return {name: package.read(name) for name in package.namelist()}


def parsed(data: bytes, pattern: str) -> dict[str, Any]:
    """Return the XML of the members whose name matches."""
    return {
        name: etree.fromstring(blob) for name, blob in members(data).items() if re.fullmatch(pattern, name)
    }


def slides(data: bytes) -> dict[str, Any]:
    return parsed(data, r"ppt/slides/slide\d+\.xml")


def charts(data: bytes) -> dict[str, Any]:
    return parsed(data, r"ppt/charts/chart\d+\.xml")


def shapes(slide: Any) -> dict[str, Any]:
    return {shape.name: shape for shape in slide.shapes}


def sheet(chart_name: str, data: bytes) -> list[list[str | None]]:
    """Return the cached values of the workbook behind a chart, row by row."""
    files = members(data)
    rels = etree.fromstring(files[chart_name.replace("charts/", "charts/_rels/") + ".rels"])
    target = next(rel.get("Target") for rel in rels if rel.get("Type").endswith("/package"))
    book = members(files["ppt/" + target.removeprefix("../")])
    rows = etree.fromstring(book["xl/worksheets/sheet1.xml"]).iter(f"{S}row")
    return [cells(row) for row in rows]


def cells(row: Any) -> list[str | None]:
    out: list[str | None] = []
    for cell in row:
        index = column(re.sub(r"\d", "", cell.get("r")))
        out += [None] * (index - len(out))
        text = cell.find(f"{S}is/{S}t")
        value = cell.find(f"{S}v")
        out.append((text.text or "") if text is not None else value.text if value is not None else None)
    return out


def column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cached(reference: Any) -> list[str | None]:
    """Return the values of a cache, None where it has no point."""
    count = int(reference.find(f".//{C}ptCount").get("val"))
    points = {int(point.get("idx")): point.find(f"{C}v").text or "" for point in reference.iter(f"{C}pt")}
    return [points.get(index) for index in range(count)]
