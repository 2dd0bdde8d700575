"""Short lists under a heading, and the strip that says so what."""

from __future__ import annotations

from reports.deck import Lines
from reports.render.canvas import Canvas
from reports.render.fonts import LINE, shortened, width, wrapped
from reports.render.grid import POINT, Box
from reports.render.look import BODY, BODY_LEAST, HEADING, Colour
from reports.render.text import INSET, Para, Run, said, textbox
from reports.render.xml import one_line

_SIZES = (18, BODY, 14, 13, BODY_LEAST)
_SO_WHAT = "so what:"
_HANG = 1.5  # of a list mark, in type sizes


def lines_size(block: Lines, box: Box, stretch: float) -> int:
    """Return the largest type size at which the whole list fits its box; the least one when none does."""
    wide, high = box.points
    for size in _SIZES:
        if _list_height(block, wide, size, stretch) <= high:
            return size
    return BODY_LEAST


def lines_height(block: Lines, wide: int, size: int, stretch: float) -> int:
    """Return the height of the list at that type size, in EMU."""
    return round(_list_height(block, wide / POINT, size, stretch) * POINT)


def draw_lines(canvas: Canvas, block: Lines, box: Box, size: int) -> None:
    """Draw the list into its box; what does not fit at `size` is shortened, its full text goes to the notes."""
    look = canvas.look
    wide, high = box.points
    room = _room(block, wide, size) / look.stretch
    left = high - 1.6 * INSET - (_heading_height() if block.heading else 0)
    texts = [said(line) for line in block.lines]
    budget = max(len(texts), int((left - _gap(size) * len(texts)) / (size * LINE)))
    counts = _shares([len(wrapped(text, size, room)) for text in texts], budget)
    air = max(0.0, left - sum(counts) * size * LINE) / max(len(texts), 1)
    gap = min(max(air * 0.8, _gap(size)), size * 1.1)
    mark = block.numbered or ("•" if len(texts) > 1 else "")
    paras = [Para(runs=(Run(text=block.heading, size=HEADING, colour=_heading(canvas, block), bold=True),))] if block.heading else []  # fmt: skip
    for text, count in zip(texts, counts, strict=True):
        shown = canvas.fitted(text, shortened(text, size, room, lines=count))
        paras.append(
            Para(
                runs=(Run(text=shown, size=size, colour=look.ink),),
                before=gap,
                mark=mark,
                hang=size * _HANG,
                mark_colour=look.accent_text if block.numbered else look.muted,
            )
        )
    textbox(canvas, block.id, box, paras, fill=look.tint(block.tone), inset=INSET)


def strip_height(block: Lines, wide: int, stretch: float) -> int:
    """Return the height of the so-what strip, in EMU."""
    texts = [said(line) for line in block.lines]
    room = (wide / POINT - 2 * INSET - _lead(block)) / stretch
    count = sum(min(2, len(wrapped(text, _strip_size(block, room), room))) for text in texts)
    return round((count * _strip_size(block, room) * LINE + 3 * (len(texts) - 1) + 1.6 * INSET + 4) * POINT)


def draw_strip(canvas: Canvas, block: Lines, box: Box) -> None:
    """Draw the so-what: heading and text on one ground, the text hanging beside the heading."""
    look = canvas.look
    room = (box.points[0] - 2 * INSET - _lead(block)) / look.stretch
    size = _strip_size(block, room)
    paras = []
    for index, line in enumerate(block.lines):
        text = said(line)
        shown = canvas.fitted(text, shortened(text, size, room, lines=2))
        lead = f"{one_line(block.heading)}   " if index == 0 and block.heading else ""
        if not lead and shown.casefold().startswith(_SO_WHAT):
            lead, shown = shown[: len(_SO_WHAT)], shown[len(_SO_WHAT) :]
        runs = [Run(text=lead, size=size, colour=_heading(canvas, block), bold=True)] if lead else []
        runs.append(Run(text=shown, size=size, colour=look.ink))
        paras.append(Para(runs=tuple(runs), before=3 if index else 0))
    textbox(canvas, block.id, box, paras, fill=look.tint(block.tone), anchor="ctr", inset=INSET)


def _strip_size(block: Lines, room: float) -> int:
    fits = all(len(wrapped(said(line), BODY, room)) <= 1 for line in block.lines)
    return BODY if fits else 14


def _lead(block: Lines) -> float:
    """Return what a heading takes in front of the words, or a "So what:" more than it would in plain type."""
    if block.heading:
        return width(f"{block.heading}   ", BODY, bold=True)
    return width(_SO_WHAT, BODY, bold=True) - width(_SO_WHAT, BODY)


def _heading(canvas: Canvas, block: Lines) -> Colour:
    tone = block.tone if block.tone not in {"neutral", "muted"} else "accent"
    return (
        canvas.look.text(tone)
        if block.slot == "bottom" or block.tone not in {"neutral", "muted"}
        else canvas.look.ink
    )


def _heading_height() -> float:
    return HEADING * LINE


def _gap(size: int) -> float:
    return size * 0.5


def _room(block: Lines, wide: float, size: int) -> float:
    hang = size * _HANG if block.numbered or len(block.lines) > 1 else 0
    return wide - 2 * INSET - hang


def _list_height(block: Lines, wide: float, size: int, stretch: float) -> float:
    room = _room(block, wide, size) / stretch
    body = sum(len(wrapped(said(line), size, room)) * size * LINE + _gap(size) for line in block.lines)
    return body + (_heading_height() if block.heading else 0) + 1.6 * INSET


def _shares(wanted: list[int], budget: int) -> list[int]:
    """Return how many lines each text gets: what it wants, the longest giving way first; never none."""
    given = list(wanted)
    while sum(given) > budget and max(given) > 1:
        given[given.index(max(given))] -= 1
    return given
