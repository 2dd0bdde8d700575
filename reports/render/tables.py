"""Tables as our own a:tbl: no grid, thin rules below rows, numbers to the right, the total in bold."""

from __future__ import annotations

from reports.deck import Cell, Column, Table, TableRow
from reports.render.canvas import Canvas, xfrm
from reports.render.fonts import shortened, wrapped
from reports.render.grid import POINT, Box
from reports.render.look import Colour
from reports.render.tableplan import PAD_X, PAD_Y, Plan, cells_of, head_size, inner, note_size
from reports.render.text import Run
from reports.render.xml import attr, one_line

_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_HEAD_AIR = 3.0
_AIR = 16.0  # how much higher than its text a row may grow to fill the slot
_ALIGN = {"left": "l", "right": "r", "center": "ctr"}
_HEATED = frozenset({"good", "bad", "warn", "accent"})


def more(block: Table, plan: Plan) -> str:
    """Return what is said below the table about rows that it does not show; empty when it shows all."""
    missing = len(block.rows) - len(plan.rows)
    said = [one_line(block.more)] if block.more else []
    return " · ".join([*said, f"{missing} more in the notes"] if missing else said)


def draw_table(canvas: Canvas, block: Table, box: Box, plan: Plan) -> int:
    """Draw the table at the top of its box and return its height in EMU; rows grow a little when there is room."""
    most = _AIR if len(plan.rows) > 6 else _AIR * 1.5
    air = min(most, max(0.0, (box.points[1] - plan.height) / len(plan.heights)))
    heights = [plan.heights[0] + min(air, _HEAD_AIR), *(height + air for height in plan.heights[1:])]
    canvas.cut += [_row_text(block, row) for row in block.rows if row not in plan.rows]
    grid = "".join(f'<a:gridCol w="{round(size * POINT)}"/>' for size in plan.widths)
    head = TableRow(cells=tuple(Cell(text=column.heading) for column in block.columns))
    body = _row(canvas, block, head, plan, heights[0], min(air, _HEAD_AIR), header=True)
    for row, height in zip(plan.rows, heights[1:], strict=True):
        body += _row(canvas, block, row, plan, height, air)
    place = Box(box.x, box.y, round(sum(plan.widths) * POINT), round(sum(heights) * POINT))
    last = ' lastRow="1"' if plan.rows and plan.rows[-1].total else ""
    canvas.shapes.append(
        f'<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="{canvas.shape_id()}" name="{attr(block.id)}" descr="{attr(block.alt)}"/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'{xfrm(place, "p:xfrm")}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table">'
        f'<a:tbl><a:tblPr firstRow="1"{last}><a:tableStyleId>{_PLAIN}</a:tableStyleId></a:tblPr><a:tblGrid>{grid}</a:tblGrid>'
        f"{body}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    return place.h


def _row_text(block: Table, row: TableRow) -> str:
    pairs = zip(block.columns, row.cells, strict=False)
    return "; ".join(f"{column.heading}: {one_line(cell.text)}" if column.heading else one_line(cell.text) for column, cell in pairs)  # fmt: skip


def _row(canvas: Canvas, block: Table, row: TableRow, plan: Plan, height: float, air: float, *, header: bool = False) -> str:  # fmt: skip
    cells = "".join(
        _cell(canvas, column, cell, plan, index, air=air, header=header, total=row.total)
        for index, (column, cell) in enumerate(
            zip(block.columns, cells_of(row, len(block.columns)), strict=True)
        )
    )
    return f'<a:tr h="{round(height * POINT)}">{cells}</a:tr>'


def _cell(
    canvas: Canvas,
    column: Column,
    cell: Cell,
    plan: Plan,
    index: int,
    *,
    air: float,
    header: bool,
    total: bool,
) -> str:
    look = canvas.look
    room = inner(plan.widths[index], look.stretch)
    bold = total or cell.bold or header
    heat = cell.tone in _HEATED and cell.value is not None and not header
    colour = look.muted if header else look.text(cell.tone)
    text = one_line(cell.text)
    size = head_size(plan.size) if header else plan.size
    shown = canvas.fitted(text, shortened(text, size, room, lines=2 if header else plan.lines, bold=bold))
    align = _ALIGN[column.align]
    paras = f'<a:p><a:pPr algn="{align}"/>{_runs(canvas, cell, shown, size, colour, room, bold=bold)}</a:p>'
    if cell.note:
        note = one_line(cell.note)
        small = note_size(plan.size)
        short = canvas.fitted(note, shortened(note, small, room, lines=plan.lines))
        paras += f'<a:p><a:pPr algn="{align}"/>{Run(text=short, size=small, colour=look.muted).xml()}</a:p>'
    top = (PAD_Y + air * 0.56) * POINT
    rule = _line("B", look.muted if header else look.rule, 12700 if header else 6350)
    over = _line("T", look.muted, 12700) if total else _line("T", None, 0)
    fill = look.tint(cell.tone).fill if heat else look.panel.fill if total else "<a:noFill/>"
    edge = round(PAD_X * POINT)
    anchor = ' anchor="b"' if header else ""
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{paras}</a:txBody>"
        f'<a:tcPr marL="{edge}" marR="{edge}" marT="{round(top)}" marB="{round(PAD_Y * POINT)}"{anchor}>'
        f"{_line('L', None, 0)}{_line('R', None, 0)}{over}{rule}{fill}</a:tcPr></a:tc>"
    )


def _runs(
    canvas: Canvas, cell: Cell, shown: str, size: float, colour: Colour, room: float, *, bold: bool
) -> str:
    """Return the cell's text; a link is cut into a run per line, for LibreOffice breaks a link inside a word."""
    if not shown:
        return f'<a:endParaRPr lang="en-US" sz="{round(size * 100)}"/>'
    link = canvas.link(cell.link)
    *firsts, last = wrapped(shown, size, room, bold=bold) if link else [shown]
    if " ".join([*firsts, last]) != shown:
        firsts, last = [], shown
    return "".join(
        Run(text=text, size=size, colour=colour, bold=bold, link=link).xml()
        for text in [*(f"{first} " for first in firsts), last]
    )


def _line(side: str, colour: Colour | None, wide: int) -> str:
    inner = colour.fill if colour else "<a:noFill/>"
    return f'<a:ln{side} w="{wide}">{inner}</a:ln{side}>'
