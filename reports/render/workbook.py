"""The workbook behind a chart: one sheet, values or live formulas with the values they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from reports.render.package import Part, Rel, written
from reports.render.xml import HEAD, R, esc, number

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "Sheet1"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its "=", and the value that it comes to now."""

    text: str
    value: Decimal | str


Content = str | Decimal | Formula | None


@lru_cache(maxsize=256)
def column_letter(index: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def workbook(rows: Sequence[Sequence[Content]], *, wide: int = 18) -> bytes:
    """Return an .xlsx of one sheet, first row bold and frozen; None and numbers that are not finite are empty cells."""
    parts = (
        Part(name="/xl/workbook.xml", content_type=f"{_KIND}.sheet.main+xml", blob=_BOOK, rels=_BOOK_RELS),
        Part(name="/xl/styles.xml", content_type=f"{_KIND}.styles+xml", blob=_STYLES),
        Part(
            name="/xl/worksheets/sheet1.xml", content_type=f"{_KIND}.worksheet+xml", blob=_sheet(rows, wide)
        ),
    )
    return written(parts, _ROOT)


def _sheet(rows: Sequence[Sequence[Content]], wide: int) -> bytes:
    body = "".join(
        f'<row r="{line}">{"".join(_cell(f"{column_letter(index)}{line}", content, bold=line == 1) for index, content in enumerate(row))}</row>'
        for line, row in enumerate(rows, 1)
    )
    return (
        f'{HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{max(len(row) for row in rows)}" width="{wide}" customWidth="1"/></cols><sheetData>{body}</sheetData></worksheet>'
    ).encode()


def _cell(place: str, content: Content, *, bold: bool) -> str:
    style = ' s="1"' if bold else ""
    match content:
        case None:
            return ""
        case str():
            return (
                f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{esc(content)}</t></is></c>'
            )
        case Formula():
            kind = ' t="str"' if isinstance(content.value, str) else ""
            value = esc(content.value) if isinstance(content.value, str) else number(content.value)
            return f'<c r="{place}"{style}{kind}><f>{esc(content.text)}</f><v>{value}</v></c>'
        case Decimal():
            shown = number(content)
            return "" if shown is None else f'<c r="{place}"{style}><v>{shown}</v></c>'


_ROOT = (Rel(id="rId1", type=f"{R}/officeDocument", target="/xl/workbook.xml"),)
_BOOK_RELS = (
    Rel(id="rId1", type=f"{R}/worksheet", target="/xl/worksheets/sheet1.xml"),
    Rel(id="rId2", type=f"{R}/styles", target="/xl/styles.xml"),
)
_BOOK = (
    f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{R}"><sheets><sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets>'
    '<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>'
).encode()
_STYLES = (
    f'{HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()
