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
    """Return the height that the strip wants at that width, in EMU: details take one line, or two."""
    room = _room(block, wide) / stretch
    lines = max(
        min(2, len(wrapped(one_line(tile.detail), _DETAIL, room))) if tile.detail else 0
        for tile in block.tiles
    )
    return round((_LABEL * LINE + _VALUES[0] * LINE + lines * _DETAIL * LINE + 1.6 * INSET + 3) * POINT)


def draw_tiles(canvas: Canvas, block: Tiles, box: Box) -> None:
    """Draw one filled box per tile, of equal width, named "<block id>/1" and so on."""
    count = len(block.tiles)
    wide = (box.w - _GAP * (count - 1)) // count
    for index, tile in enumerate(block.tiles):
        place = Box(box.x + index * (wide + _GAP), box.y, wide, box.h)
        textbox(canvas, f"{block.id}/{index + 1}", place, _paras(canvas, tile, _room(block, box.w)), fill=canvas.look.panel, anchor="ctr", inset=INSET)  # fmt: skip


def _room(block: Tiles, wide: int) -> float:
    return (wide - _GAP * (len(block.tiles) - 1)) / len(block.tiles) / POINT - 2 * INSET


def _paras(canvas: Canvas, tile: Tile, room: float) -> tuple[Para, ...]:
    look = canvas.look
    room /= look.stretch
    label, value, detail = one_line(tile.label), one_line(tile.value), one_line(tile.detail)
    size = next((size for size in _VALUES if width(value, size, bold=True) <= room), _VALUES[-1])
    colour = look.ink if tile.tone in {"neutral", "muted"} else look.text(tile.tone)
    paras = [
        Para(runs=(Run(text=canvas.fitted(label, shortened(label, _LABEL, room)), size=_LABEL, colour=look.muted),)),
        Para(runs=(Run(text=canvas.fitted(value, shortened(value, size, room, bold=True)), size=size, colour=colour, bold=True),)),
    ]  # fmt: skip
    if detail:
        shown = canvas.fitted(detail, shortened(detail, _DETAIL, room, lines=2))
        paras.append(Para(runs=(Run(text=shown, size=_DETAIL, colour=look.muted),)))
    return tuple(paras)
