"""How much room words take, by the measure that the renderer sets them with."""

from __future__ import annotations

import re

from reports.check.page import Cell, Para, Shape
from reports.render.fonts import LINE, width, wrapped

_PIECE = re.compile(r"\S+|\s+")


def needed(shape: Shape, stretch: float) -> float:
    """Return the height in points that a shape's words take, insets counted; 0 where it stands nowhere."""
    if shape.place is None:
        return 0.0
    left, top, right, bottom = shape.insets
    room = shape.place.w / 12_700 - left - right
    return _height(shape.paras, room, stretch) + top + bottom


def needed_row(cells: tuple[Cell, ...], widths: tuple[float, ...], stretch: float) -> float:
    """Return the height in points that a table row takes."""
    most = 0.0
    for cell, wide in zip(cells, widths, strict=False):
        if not any(para.runs for para in cell.paras):
            continue
        left, top, right, bottom = cell.margins
        most = max(most, _height(cell.paras, wide - left - right, stretch) + top + bottom)
    return most


def lines_of(shape: Shape, stretch: float) -> int:
    """Return how many lines a shape's words take; 0 where it stands nowhere."""
    if shape.place is None:
        return 0
    left, _, right, _ = shape.insets
    room = shape.place.w / 12_700 - left - right
    return sum(_lines(para, room, stretch) for para in shape.paras)


def _height(paras: tuple[Para, ...], room: float, stretch: float) -> float:
    total = 0.0
    for number, para in enumerate(paras):
        size = max((run.size for run in para.runs), default=12.0)
        count = _lines(para, room, stretch) if para.runs else 1
        total += count * size * LINE * para.spacing + (para.before if number else 0.0)
    return total


def _lines(para: Para, room: float, stretch: float) -> int:
    room = max((room - para.indent) / stretch, 1.0)
    if len({(run.size, run.bold) for run in para.runs}) <= 1:
        run = para.runs[0] if para.runs else None
        if run is None:
            return 1
        text = para.text
        # Cheap for what is surely short: no letter of the face is wider than its size.
        if len(text) * run.size < room:
            return 1
        return len(wrapped(text, run.size, room, bold=run.bold))
    lines, used = 1, 0.0
    for run in para.runs:
        for piece in _PIECE.findall(run.text):
            length = width(piece, run.size, bold=run.bold)
            if used and used + length > room + 0.01 and not piece.isspace():
                lines, used = lines + 1, 0.0
            used += length
    return lines
