"""A slide as it will be shown: its shapes in their order, with places, words, sizes and colours."""

from __future__ import annotations

from dataclasses import dataclass

from reports.check.colour import Palette
from reports.render.grid import zoom_of

POINT = 12_700


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style; `size` in points, `rgb` None where it cannot be told, `link` the address."""

    text: str
    size: float
    bold: bool
    rgb: str | None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph: its runs, indent and space before in points, line spacing as a share."""

    runs: tuple[Run, ...]
    indent: float = 0.0
    before: float = 0.0
    spacing: float = 1.0

    @property
    def text(self) -> str:
        """Return the words."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: paragraphs, ground, margins (left, top, right, bottom) in points."""

    paras: tuple[Para, ...]
    fill: str | None
    margins: tuple[float, float, float, float]
    merged: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: column widths and row heights in points, cells row by row."""

    widths: tuple[float, ...]
    heights: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    header: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on the slide, in EMU."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """Return the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """Return the lower edge."""
        return self.y + self.h


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: `kind` says what it is, `holder` the type of its placeholder, `chart` the name of its chart's part."""

    name: str
    kind: str  # text, table, chart, picture, other
    place: Place | None
    paras: tuple[Para, ...] = ()
    fill: str | None = None
    insets: tuple[float, float, float, float] = (7.2, 3.6, 7.2, 3.6)
    holder: str | None = None
    alt: str = ""
    grid: Grid | None = None
    chart: str | None = None

    @property
    def text(self) -> str:
        """Return the words, a line per paragraph."""
        return "\n".join(para.text for para in self.paras)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A slide as it will be shown: `number` from 1, `id` the deck's, `stretch` how wide its face runs."""

    number: int
    id: str
    part: str
    width: int
    height: int
    ground: str
    stretch: float
    shapes: tuple[Shape, ...]
    notes: str
    colours: Palette

    @property
    def zoom(self) -> float:
        """Return how large the slide is against one 7.5 inches high, for which the least type sizes hold."""
        return zoom_of(self.width, self.height)

    @property
    def where(self) -> str:
        """Return how problems call the slide."""
        return f"slide {self.number}"

    def shape(self, name: str) -> Shape | None:
        """Return the first shape of that name; None when there is none."""
        return next((shape for shape in self.shapes if shape.name == name), None)

    @property
    def title(self) -> Shape | None:
        """Return the title's shape; None when there is none."""
        return next((shape for shape in self.shapes if shape.holder in {"title", "ctrTitle"}), None)
