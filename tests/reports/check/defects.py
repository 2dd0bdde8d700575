"""The 24 planted defects of DECKS.md 5.3, each as a small change to a good file: name → bytes to bytes."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping

Edit = Callable[[bytes], bytes]
Defect = Callable[[bytes], bytes]

SLIDE, CHART = "ppt/slides/slide3.xml", "ppt/charts/chart2.xml"
WATERFALL, STACKED = "ppt/charts/chart1.xml", "ppt/charts/chart6.xml"
BOOK = "ppt/embeddings/Microsoft_Excel_Sheet2.xlsx"


def rewritten(data: bytes, edits: Mapping[str, Edit], *, without: str = "", twice: str = "") -> bytes:
    """Return the file with members edited, one left out, or one there twice."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as package,
        zipfile.ZipFile(out, "w") as copy,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # zipfile warns of what is done on purpose here
        names = package.namelist()
        assert set(edits) <= set(names), f"{set(edits) - set(names)} is not in the file"
        for name in names:
            blob = package.read(name)
            if name in edits:
                changed = edits[name](blob)
                assert changed != blob, f"nothing changed in {name}"
                blob = changed
            for _ in range(0 if name == without else 2 if name == twice else 1):
                copy.writestr(name, blob)
    return out.getvalue()


def swap(old: str, new: str, *, count: int = 1) -> Edit:
    """Return an edit that replaces the first `count` places of a text."""
    return lambda blob: blob.replace(old.encode(), new.encode(), count)


def edit(member: str, old: str, new: str) -> Defect:
    """Return a defect that replaces one text in one member."""
    return lambda data: rewritten(data, {member: swap(old, new)})


def _drop(blob: bytes, start: str, end: str) -> bytes:
    """Return the bytes without the first piece from `start` through `end`."""
    at = blob.index(start.encode())
    return blob[:at] + blob[blob.index(end.encode(), at) + len(end) :]


def _same_slide_id(blob: bytes) -> bytes:
    return blob.replace(b'id="257"', b'id="256"', 1)


def _section(blob: bytes) -> bytes:
    lists = (
        '<p:extLst><p:ext uri="{521415D9-36F7-43E2-AB2F-B90AF26B5E84}">'
        '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
        '<p14:section name="All" id="{0C6C2A0E-0000-4000-8000-000000000001}">'
        '<p14:sldIdLst><p14:sldId id="999"/></p14:sldIdLst></p14:section></p14:sectionLst></p:ext></p:extLst>'
    )
    return blob.replace(b"</p:presentation>", lists.encode() + b"</p:presentation>")


def _late_properties(blob: bytes) -> bytes:
    """Move the first paragraph's properties behind its runs."""
    start = blob.index(b"<a:pPr")
    end = blob.index(b"</a:pPr>", start) + len(b"</a:pPr>")
    close = blob.index(b"</a:p>", end)
    return blob[:start] + blob[end:close] + blob[start:end] + blob[close:]


def _without_slide_relation(blob: bytes) -> bytes:
    at = blob.index(b'Id="rId2"')
    start = blob.rindex(b"<Relationship ", 0, at)
    return blob[:start] + blob[blob.index(b"/>", at) + 2 :]


DEFECTS: Mapping[str, Defect] = {
    # caught by Microsoft's validator, by the schemas and by rules alike
    "duplicate zip member": lambda data: rewritten(data, {}, twice=SLIDE),
    "slide part missing": lambda data: rewritten(data, {}, without=SLIDE),
    "dangling r:id": edit(SLIDE, 'r:id="rId2"', 'r:id="rId77"'),
    "embedded workbook missing": lambda data: rewritten(data, {}, without=BOOK),
    "negative size": lambda data: rewritten(data, {SLIDE: lambda blob: blob.replace(b'cx="', b'cx="-', 2)}),
    "control character": edit(SLIDE, "<a:t>", "<a:t>\x07"),
    "content-type override missing": lambda data: rewritten(
        data,
        {
            "[Content_Types].xml": lambda blob: _drop(
                blob, '<Override PartName="/ppt/slides/slide3.xml"', "/>"
            )
        },
    ),
    "duplicate sldId": lambda data: rewritten(data, {"ppt/presentation.xml": _same_slide_id}),
    "duplicate shape id": edit(SLIDE, '<p:cNvPr id="3"', '<p:cNvPr id="2"'),
    "row with a cell missing": lambda data: rewritten(
        data, {SLIDE: lambda blob: _drop(blob, "<a:tc>", "</a:tc>")}
    ),
    "cell without txBody": lambda data: rewritten(
        data, {SLIDE: lambda blob: _drop(blob, "<a:txBody>", "</a:txBody>")}
    ),
    "NaN in cache": edit(CHART, "<c:v>570000</c:v>", "<c:v>NaN</c:v>"),
    "text in cache": edit(CHART, "<c:v>570000</c:v>", "<c:v>much</c:v>"),
    "axId without axis": edit(
        CHART, '<c:axId val="1002"/></c:barChart>', '<c:axId val="1009"/></c:barChart>'
    ),
    "duplicate series order": edit(WATERFALL, '<c:order val="1"/>', '<c:order val="0"/>'),
    "section lists unknown slide": lambda data: rewritten(data, {"ppt/presentation.xml": _section}),
    "wrong child order": lambda data: rewritten(data, {SLIDE: _late_properties}),
    "unknown theme colour": edit(SLIDE, '<a:schemeClr val="tx1"/>', '<a:schemeClr val="accent9"/>'),
    "fractional EMU": lambda data: rewritten(
        data, {SLIDE: lambda blob: blob.replace(b'" cy="', b'.5" cy="', 3)}
    ),
    "hex colour with #": edit(SLIDE, '<a:srgbClr val="', '<a:srgbClr val="#'),
    "font size out of range": edit(SLIDE, 'sz="1400"', 'sz="14"'),
    # caught by none of them
    "illegal label position": edit(STACKED, '<c:dLblPos val="ctr"/>', '<c:dLblPos val="outEnd"/>'),
    "notes without slide relation": lambda data: rewritten(
        data, {"ppt/notesSlides/_rels/notesSlide3.xml.rels": _without_slide_relation}
    ),
    "corrupt embedded workbook": lambda data: rewritten(data, {BOOK: lambda blob: blob[: len(blob) // 2]}),
}
