"""Key figures in a row: label, value, what it changed by."""

from __future__ import annotations

from reports.deck import Tile, Tiles
from reports.render.canvas import Canvas
from reports.render.fonts import LINE, shortened, width, wrapped
from reports.render.grid import INCH, POINT, Box
from reports.render.text import INSET, Para, Run, textbox
from reports.render.xml import one_line

_GAP = round(0.18 * INCH)
_LABEL, _VALUES, _DETAIL = 12, (28, 26, 24, 22, 20, 18, 16, 14), 12


def tiles_height(block: Tiles, wide: int, stretch: float) -> int:
    """Return the height that the strip wants at that width, in EMU: labels and details take one line, or two."""
    room = _room(block, wide) / stretch
    lines = _lines([tile.label for tile in block.tiles], _LABEL, room) + _lines(
        [tile.detail for tile in block.tiles], _DETAIL, room
    )
    return round(((lines * _LABEL + _VALUES[0]) * LINE + 1.6 * INSET + 3) * POINT)


def draw_tiles(canvas: Canvas, block: Tiles, box: Box) -> None:
    """Draw one filled box per tile, of equal width, named "<block id>/1" and so on; the values stand in one line."""
    count = len(block.tiles)
    wide = (box.w - _GAP * (count - 1)) // max(count, 1)
    room = _room(block, box.w) / canvas.look.stretch
    labels = _lines([tile.label for tile in block.tiles], _LABEL, room)
    sizes = [_value_size(tile, room) for tile in block.tiles]
    for index, tile in enumerate(block.tiles):
        place = Box(box.x + index * (wide + _GAP), box.y, wide, box.h)
        paras = _paras(canvas, tile, room, labels, min(sizes))
        textbox(canvas, f"{block.id}/{index + 1}", place, paras, fill=canvas.look.panel, inset=INSET)


def _room(block: Tiles, wide: int) -> float:
    count = max(len(block.tiles), 1)
    return (wide - _GAP * (count - 1)) / count / POINT - 2 * INSET


def _lines(texts: list[str], size: float, room: float) -> int:
    """Return how many lines the longest text takes, at most two; none where all are empty."""
    return max((min(2, len(wrapped(one_line(text), size, room))) for text in texts if text), default=0)


def _value_size(tile: Tile, room: float) -> int:
    value = one_line(tile.value)
    return next((size for size in _VALUES if width(value, size, bold=True) <= room), _VALUES[-1])


def _paras(canvas: Canvas, tile: Tile, room: float, labels: int, size: int) -> tuple[Para, ...]:
    """Return label, value and detail; above a label of one line beside others of two stays a line's room."""
    look = canvas.look
    label, value, detail = one_line(tile.label), one_line(tile.value), one_line(tile.detail)
    colour = look.ink if tile.tone in {"neutral", "muted"} else look.text(tile.tone)
    said = canvas.fitted(label, shortened(label, _LABEL, room, lines=2))
    spare = (labels - _lines([label], _LABEL, room)) * _LABEL * LINE
    paras = [
        Para(runs=(Run(text=said, size=_LABEL, colour=look.muted),)),
        Para(
            runs=(
                Run(
                    text=canvas.fitted(value, shortened(value, size, room, bold=True)),
                    size=size,
                    colour=colour,
                    bold=True,
                ),
            ),
            before=spare,
        ),
    ]
    if detail:
        shown = canvas.fitted(detail, shortened(detail, _DETAIL, room, lines=2))
        paras.append(Para(runs=(Run(text=shown, size=_DETAIL, colour=look.muted),)))
    return tuple(paras)
