"""How a table is set: the largest type that fits, column widths from what stands in them, heights from the lines.

Lengths are in points. A text that is short (a date, a name) is not broken while a smaller type would keep it whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.deck import Cell, Column, Table, TableRow
from reports.render.fonts import LINE, width, wrapped
from reports.render.look import TABLE_LEAST
from reports.render.xml import one_line, words

PAD_X, PAD_Y = 7.0, 3.5
_SIZES = (16, 14, 13, 12, TABLE_LEAST)
LARGEST = _SIZES[0]
_WHOLE, _SHORT = (
    16,
    24,
)  # letters: so short a cell is the last to break; so short a one does not while there is room


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is set: type size, column widths and row heights (the header row first), rows shown.

    It is `calm` when no short text is broken, and no text more than once.
    """

    size: int
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rows: tuple[TableRow, ...]
    lines: int
    calm: bool

    @property
    def height(self) -> float:
        """Return the height of the whole table in points."""
        return sum(self.heights)


def table_plan(block: Table, wide: float, high: float, stretch: float, *, size: int = LARGEST) -> Plan:
    """Return the plan with the largest type, at most `size`, that fits.

    First without breaking short texts, then with up to three lines a cell, then fewer, then without the last rows,
    of which those that are kept go after all others.
    """
    sizes = [step for step in _SIZES if step <= size] or [_SIZES[-1]]
    for candidate in sizes:
        plan = _set(block, block.rows, wide, stretch, candidate, 3)
        if plan.height <= high and plan.calm:
            return plan
    for lines in (3, 2, 1):
        for candidate in [step for step in sizes if step < LARGEST]:
            plan = _set(block, block.rows, wide, stretch, candidate, lines)
            if plan.height <= high:
                return plan
    rows = block.rows
    while len(rows) > 1 and plan.height > high:
        _, last = max(
            (not (row.total or row.kept), index)
            for index, row in enumerate(rows)
            if not row.total or index == 0
        )
        rows = rows[:last] + rows[last + 1 :]
        plan = _set(block, rows, wide, stretch, _SIZES[-1], 1)
    return plan


def cells_of(row: TableRow, count: int) -> tuple[Cell, ...]:
    """Return exactly as many cells as there are columns."""
    return (*row.cells[:count], *(Cell(text="") for _ in range(count - len(row.cells))))


def note_size(size: int) -> int:
    """Return the type size of second lines."""
    return max(TABLE_LEAST, size - 2)


def head_size(size: int) -> int:
    """Return the type size of the header row."""
    return min(size, 12)


def inner(wide: float, stretch: float) -> float:
    """Return the room for text in a column."""
    return (wide - 2 * PAD_X) / stretch


def _set(
    block: Table, rows: tuple[TableRow, ...], wide: float, stretch: float, size: int, lines: int
) -> Plan:
    widths = _widths(block.columns, rows, wide, stretch, size)
    rooms = [inner(each, stretch) for each in widths]
    head = max(
        (
            min(2, len(wrapped(one_line(column.heading), head_size(size), room, bold=True)))
            for column, room in zip(block.columns, rooms, strict=True)
        ),
        default=1,
    )
    heights, calm = [head * head_size(size) * LINE + 2 * PAD_Y], True
    for row in rows:
        high = size * LINE
        for cell, room in zip(cells_of(row, len(widths)), rooms, strict=True):
            text = one_line(cell.text)
            count = len(wrapped(text, size, room, bold=row.total or cell.bold)) or 1
            below = len(wrapped(one_line(cell.note), note_size(size), room)) if cell.note else 0
            calm = calm and (count == 1 or (count == 2 and size < LARGEST and len(text) > _SHORT))
            high = max(high, min(lines, count) * size * LINE + min(lines, below) * note_size(size) * LINE)
        heights.append(high + 2 * PAD_Y)
    return Plan(size=size, widths=widths, heights=tuple(heights), rows=rows, lines=lines, calm=calm)


def _widths(
    columns: tuple[Column, ...], rows: tuple[TableRow, ...], wide: float, stretch: float, size: int
) -> tuple[float, ...]:
    """Return column widths that fill `wide`.

    Numbers never break, words only at spaces while there is room for that; what is left goes by the columns' weights.
    """
    for whole in (_SHORT, _WHOLE):
        wishes = [_wishes(column, index, rows, stretch, size, whole) for index, column in enumerate(columns)]
        least, ideal = zip(*wishes, strict=True)
        if sum(least) < wide:
            break
    else:
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
    column: Column, index: int, rows: tuple[TableRow, ...], stretch: float, size: int, whole: int
) -> tuple[float, float]:
    """Return the width below which a column should not go, and the one at which nothing in it breaks.

    Texts of at most `whole` letters count as unbreakable.
    """
    small, heading = head_size(size), one_line(column.heading)
    word = max((width(part, small, bold=True) for part in words(heading)), default=0.0)
    least, ideal = word, width(heading, small, bold=True)
    for row in rows:
        if index >= len(row.cells):
            continue
        cell, bold = row.cells[index], row.total or row.cells[index].bold
        text = one_line(cell.text)
        line = width(text, size, bold=bold)
        ideal = max(ideal, line)
        if column.align == "left" and len(text) > whole:
            line = max((width(part, size, bold=bold) for part in words(text)), default=0.0)
        least = max(least, min(line, 160.0))
        if cell.note:
            ideal = max(ideal, min(width(one_line(cell.note), note_size(size)), ideal * 1.6 + 60))
    pads = 2 * PAD_X + 2
    return max(least * stretch + pads, 28.0), max(ideal * stretch + pads, 28.0)
