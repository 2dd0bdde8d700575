"""Text into HTML and SVG: foreign text stays text, and what a colour is for is said once."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from reports.render.fonts import shortened, width, wrapped
from reports.render.look import THEME, THEME_NAME, look_of
from reports.words import clean

# The page wears the deck's own colours; its face is the reader's system font, which runs wider than the deck's.
LOOK = look_of(THEME, name=THEME_NAME)
STRETCH = 1.22
SIZE = 14


def text(words: str) -> str:
    """Return foreign text as HTML; line breaks stay."""
    return escape(clean(words), quote=True).replace("\n", "<br>")


def attribute(words: str) -> str:
    """Return foreign text as the value of an attribute, in double quotes."""
    return escape(" ".join(clean(words).split()), quote=True)


def hexed(rgb: str) -> str:
    """Return a colour as CSS writes it."""
    return f"#{rgb.lower()}"


def text_width(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return about how wide a line of text is on the page, never too narrow."""
    return width(clean(words), size, bold=bold) * STRETCH


def label(
    x: float,
    y: float,
    words: str | Iterable[str],
    *,
    anchor: str = "middle",
    colour: str = LOOK.ink.rgb,
    bold: bool = False,
    size: float = SIZE,
) -> str:
    """Return lines of SVG text, the first on the baseline `y`, on a halo that keeps lines behind it off."""
    lines = [words] if isinstance(words, str) else list(words)
    spans = "".join(
        f'<tspan x="{x:.1f}" dy="{0 if index == 0 else size * 1.2:.1f}">{escape(clean(line))}</tspan>'
        for index, line in enumerate(lines)
    )
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{hexed(colour)}"{weight}>'
        f"{spans}</text>"
    )


def broken(words: str, room: float, *, lines: int = 2, size: float = SIZE) -> list[str]:
    """Return the words on at most `lines` lines of that room; what is left over ends in "…"."""
    points = room / STRETCH
    return wrapped(shortened(clean(words), size, points, lines=lines), size, points)[:lines]


def rect(x: float, y: float, wide: float, high: float, colour: str) -> str:
    """Return a filled box; nothing is thinner than a pixel."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(1.0, wide):.1f}" height="{max(1.0, high):.1f}"'
    return f'<rect {place} fill="{hexed(colour)}"/>'


def rule(x0: float, y0: float, x1: float, y1: float, colour: str, stroke: float = 1) -> str:
    """Return a thin line."""
    return (
        f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" '
        f'stroke="{hexed(colour)}" stroke-width="{stroke:g}"/>'
    )


def scrolled(content: str, name: str) -> str:
    """Return content that may be wider than the window in a frame that scrolls, by keyboard too."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{attribute(name)}">{content}</div>'
