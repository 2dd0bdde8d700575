"""Tables as our own a:tbl: no grid, thin rules below rows, numbers to the right, the total in bold."""

from __future__ import annotations

from dataclasses import dataclass

from reports.deck import Cell, Column, Table, TableRow
from reports.render.canvas import Canvas, xfrm
from reports.render.fonts import LINE, shortened, width, wrapped
from reports.render.grid import POINT, Box
from reports.render.look import TABLE_LEAST, Colour
from reports.render.text import Run
from reports.render.xml import attr, one_line

_SIZES = (14, 13, 12, TABLE_LEAST)
_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_PAD_X, _PAD_Y = 7.0, 3.5
_HEAD_AIR = 3.0
_AIR = 16.0  # how much higher than its text a row may grow to fill the slot
_ALIGN = {"left": "l", "right": "r", "center": "ctr"}
_HEATED = frozenset({"good", "bad", "warn", "accent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is set: type size, column widths and row heights in points (the header row first), rows shown."""

    size: int
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rows: tuple[TableRow, ...]
    lines: int

    @property
    def height(self) -> float:
        """Return the height of the whole table in points."""
        return sum(self.heights)


def table_plan(block: Table, wide: float, high: float, stretch: float, *, size: int = _SIZES[0]) -> Plan:
    """Return the plan with the largest type, at most `size`, that fits; then single lines, then fewer rows."""
    for lines in (3, 2, 1):
        for candidate in [step for step in _SIZES if step <= size] or [_SIZES[-1]]:
            plan = _set(block, block.rows, wide, stretch, candidate, lines)
            if plan.height <= high:
                return plan
    rows = block.rows
    while len(rows) > 1 and plan.height > high:
        last = max(index for index, row in enumerate(rows) if not row.total or index == 0)
        rows = rows[:last] + rows[last + 1 :]
        plan = _set(block, rows, wide, stretch, _SIZES[-1], 1)
    return plan


def more(block: Table, plan: Plan) -> str:
    """Return what is said below the table about rows that it does not show; empty when it shows all."""
    missing = len(block.rows) - len(plan.rows)
    said = [one_line(block.more)] if block.more else []
    return " · ".join([*said, f"{missing} more in the notes"] if missing else said)


def draw_table(canvas: Canvas, block: Table, box: Box, plan: Plan) -> int:
    """Draw the table at the top of its box and return its height in EMU; rows grow a little when there is room."""
    air = min(_AIR, max(0.0, (box.points[1] - plan.height) / len(plan.heights)))
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


def _cells(row: TableRow, count: int) -> tuple[Cell, ...]:
    """Return exactly as many cells as there are columns."""
    return (*row.cells[:count], *(Cell(text="") for _ in range(count - len(row.cells))))


def _note_size(size: int) -> int:
    return max(TABLE_LEAST, size - 2)


def _head_size(size: int) -> int:
    return min(size, 12)


def _set(
    block: Table, rows: tuple[TableRow, ...], wide: float, stretch: float, size: int, lines: int
) -> Plan:
    widths = _widths(block.columns, rows, wide, stretch, size)
    heights = [
        _height(
            [(column.heading, "", True) for column in block.columns], widths, stretch, _head_size(size), 2
        )
    ]
    heights += [
        _height([(cell.text, cell.note, row.total or cell.bold) for cell in _cells(row, len(widths))], widths, stretch, size, lines)
        for row in rows
    ]  # fmt: skip
    return Plan(size=size, widths=widths, heights=tuple(heights), rows=rows, lines=lines)


def _height(
    cells: list[tuple[str, str, bool]], widths: tuple[float, ...], stretch: float, size: int, lines: int
) -> float:
    high = size * LINE
    for (text, note, bold), wide in zip(cells, widths, strict=True):
        room = _inner(wide, stretch)
        count = min(lines, max(1, len(wrapped(one_line(text), size, room, bold=bold))))
        below = min(lines, len(wrapped(one_line(note), _note_size(size), room))) if note else 0
        high = max(high, count * size * LINE + below * _note_size(size) * LINE)
    return high + 2 * _PAD_Y


def _inner(wide: float, stretch: float) -> float:
    return (wide - 2 * _PAD_X) / stretch


def _widths(
    columns: tuple[Column, ...], rows: tuple[TableRow, ...], wide: float, stretch: float, size: int
) -> tuple[float, ...]:
    """Return column widths that fill `wide`.

    Numbers never break, words only at spaces while there is room for that; what is left goes by the columns' weights.
    """
    least, ideal = zip(
        *(_wishes(column, index, rows, stretch, size) for index, column in enumerate(columns)), strict=True
    )
    if sum(least) >= wide:
        return tuple(wide * each / sum(least) for each in least)
    weights = [max(column.weight, 0.05) for column in columns]
    spare = wide - sum(ideal)
    if spare >= 0:
        return tuple(
            each + spare * weight / sum(weights) for each, weight in zip(ideal, weights, strict=True)
        )
    widths, spare = list(least), wide - sum(least)
    hungry = [index for index in range(len(widths)) if widths[index] < ideal[index]]
    while hungry and spare > 0.01:
        share = spare / sum(weights[index] for index in hungry)
        given = {index: min(ideal[index] - widths[index], share * weights[index]) for index in hungry}
        for index, more_width in given.items():
            widths[index] += more_width
        spare -= sum(given.values())
        hungry = [index for index in hungry if ideal[index] - widths[index] > 0.01]
    return tuple(widths)


def _wishes(
    column: Column, index: int, rows: tuple[TableRow, ...], stretch: float, size: int
) -> tuple[float, float]:
    """Return the width below which a column should not go, and the one at which nothing in it breaks."""
    small, heading = _head_size(size), one_line(column.heading)
    word = max((width(part, small, bold=True) for part in heading.split()), default=0.0)
    least, ideal = word, width(heading, small, bold=True)
    for row in rows:
        if index >= len(row.cells):
            continue
        cell, bold = row.cells[index], row.total or row.cells[index].bold
        text = one_line(cell.text)
        line = width(text, size, bold=bold)
        ideal = max(ideal, line)
        if column.align == "left":
            line = max((width(part, size, bold=bold) for part in text.split()), default=0.0)
        least = max(least, min(line, 160.0))
        if cell.note:
            ideal = max(ideal, min(width(one_line(cell.note), _note_size(size)), ideal * 1.6 + 60))
    pads = 2 * _PAD_X + 2
    return max(least * stretch + pads, 28.0), max(ideal * stretch + pads, 28.0)


def _row(canvas: Canvas, block: Table, row: TableRow, plan: Plan, height: float, air: float, *, header: bool = False) -> str:  # fmt: skip
    cells = "".join(
        _cell(canvas, column, cell, plan, index, air=air, header=header, total=row.total)
        for index, (column, cell) in enumerate(
            zip(block.columns, _cells(row, len(block.columns)), strict=True)
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
    room = _inner(plan.widths[index], look.stretch)
    bold = total or cell.bold or header
    heat = cell.tone in _HEATED and cell.value is not None and not header
    colour = look.muted if header else look.text(cell.tone)
    text = one_line(cell.text)
    size = _head_size(plan.size) if header else plan.size
    shown = canvas.fitted(text, shortened(text, size, room, lines=2 if header else plan.lines, bold=bold))
    align = _ALIGN[column.align]
    paras = f'<a:p><a:pPr algn="{align}"/>{_runs(canvas, cell, shown, size, colour, bold=bold)}</a:p>'
    if cell.note:
        note = one_line(cell.note)
        small = _note_size(plan.size)
        short = canvas.fitted(note, shortened(note, small, room, lines=plan.lines))
        paras += f'<a:p><a:pPr algn="{align}"/>{Run(text=short, size=small, colour=look.muted).xml()}</a:p>'
    top = (_PAD_Y + air * 0.56) * POINT
    rule = _line("B", look.muted if header else look.rule, 12700 if header else 6350)
    over = _line("T", look.muted, 12700) if total else _line("T", None, 0)
    fill = look.tint(cell.tone).fill if heat else look.panel.fill if total else "<a:noFill/>"
    edge = round(_PAD_X * POINT)
    anchor = ' anchor="b"' if header else ""
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{paras}</a:txBody>"
        f'<a:tcPr marL="{edge}" marR="{edge}" marT="{round(top)}" marB="{round(_PAD_Y * POINT)}"{anchor}>'
        f"{_line('L', None, 0)}{_line('R', None, 0)}{over}{rule}{fill}</a:tcPr></a:tc>"
    )


def _runs(canvas: Canvas, cell: Cell, shown: str, size: float, colour: Colour, *, bold: bool) -> str:
    if not shown:
        return f'<a:endParaRPr lang="en-US" sz="{round(size * 100)}"/>'
    return Run(text=shown, size=size, colour=colour, bold=bold, link=canvas.link(cell.link)).xml()


def _line(side: str, colour: Colour | None, wide: int) -> str:
    inner = colour.fill if colour else "<a:noFill/>"
    return f'<a:ln{side} w="{wide}">{inner}</a:ln{side}>'
