"""Layout (DECKS.md 5.4): what a person in the back row, or one with a screen reader, would trip over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from reports.check.fit import lines_of, needed, needed_row
from reports.check.package import A, Package
from reports.check.page import POINT, Cell, Para, Run, Shape, View
from reports.check.problem import Problem, error, warning
from reports.deck import Deck, Slide
from reports.facts import Unit
from reports.render.look import contrast
from reports.render.xml import one_line

OVERLAP = 0.02
EMPTY = 0.45
TITLE_SIZE, BODY_SIZE, TABLE_SIZE, FOOTER_SIZE = 24, 12, 11, 10
TITLE_LENGTH, TITLE_LINES = 100, 2
ROWS, COLUMNS = 10, 9
# How far a measured text may stick out before it is seen: rounding of EMU, not a word.
SLACK = 1.5
_SMALL = frozenset({"footer", "number"})
_PROMPT = re.compile(r"click to (?:add|edit)|lorem ipsum|\bplaceholder\b|\{\{|\bTODO\b", re.IGNORECASE)
_URL = re.compile(r"\s*(?:https?://|www\.)\S+\s*\Z", re.IGNORECASE)
_LARGE, _LARGE_BOLD = 18, 14
_GRID_X, _GRID_Y = 64, 36


def layout_problems(package: Package, views: tuple[View, ...], deck: Deck) -> tuple[Problem, ...]:
    """Return what is wrong with how the slides look; `views` and the deck's slides go in pairs."""
    found: list[Problem] = []
    for view, slide in zip(views, deck.slides, strict=False):
        found += _places(view)
        found += _order(view)
        found += _words(view)
        found += _chart_words(package, view)
        found += _title(view, slide)
        found += _described(view)
        found += _tables(view)
        found += _prompts(view, slide)
        found += _filled(view)
    titles: dict[str, int] = {}
    for view in views:
        text = view.title.text.strip() if view.title else ""
        first = titles.setdefault(text, view.number)
        if text and first != view.number:
            found.append(warning("layout.title-repeated", view.where, f"has the title of slide {first}"))
    return tuple(found)


def _places(view: View) -> Iterator[Problem]:
    for shape in view.shapes:
        place = shape.place
        if place is None:
            yield error("layout.no-place", view.where, f"{shape.name!r} stands nowhere")
        elif place.x < 0 or place.y < 0 or place.right > view.width or place.bottom > view.height:
            yield error("layout.off-slide", view.where, f"{shape.name!r} reaches beyond the slide")
    for one, other in combinations([shape for shape in view.shapes if shape.place is not None], 2):
        a, b = one.place, other.place
        if a is None or b is None:
            continue
        across = min(a.right, b.right) - max(a.x, b.x)
        down = min(a.bottom, b.bottom) - max(a.y, b.y)
        if across > 0 and down > 0:
            smaller = min(a.w * a.h, b.w * b.h)
            if across * down > OVERLAP * smaller:
                share = across * down / max(smaller, 1)
                yield error(
                    "layout.overlap",
                    view.where,
                    f"{one.name!r} and {other.name!r} overlap by {share:.0%} of the smaller",
                )


def _order(view: View) -> Iterator[Problem]:
    """Yield shapes that a screen reader would read in another order than people see them."""
    content = [
        shape
        for shape in view.shapes
        if shape.place and shape.holder is None and shape.name not in {"scope", *_SMALL}
    ]
    for one, other in pairwise(content):
        a, b = one.place, other.place
        if a is None or b is None:
            continue
        across = min(a.right, b.right) - max(a.x, b.x)
        down = min(a.bottom, b.bottom) - max(a.y, b.y)
        above = b.bottom <= a.y + POINT and across > 0
        left = b.right <= a.x + POINT and down > min(a.h, b.h) / 2
        if above or left:
            yield error(
                "layout.reading-order",
                view.where,
                f"{other.name!r} is read after {one.name!r}, but stands before it",
            )


def _words(view: View) -> Iterator[Problem]:
    for shape in view.shapes:
        if shape.grid is not None:
            yield from _grid_words(view, shape)
        elif shape.paras and shape.place is not None:
            least = TITLE_SIZE if shape is view.title else FOOTER_SIZE if shape.name in _SMALL else BODY_SIZE
            yield from _styles(view, shape.name, shape.paras, shape.fill or view.ground, least * view.zoom)
            high = shape.place.h / POINT
            wants = needed(shape, view.stretch)
            if wants > high + SLACK:
                yield error(
                    "layout.text-fit",
                    view.where,
                    f"the text of {shape.name!r} needs {wants:.0f} pt and has {high:.0f}",
                )


def _grid_words(view: View, shape: Shape) -> Iterator[Problem]:
    grid = shape.grid
    if grid is None:
        return
    for number, (row, height) in enumerate(zip(grid.rows, grid.heights, strict=True), start=1):
        for cell in row:
            yield from _styles(view, shape.name, cell.paras, cell.fill or view.ground, TABLE_SIZE * view.zoom)
        wants = needed_row(row, grid.widths, view.stretch)
        if wants > height + SLACK:
            yield error(
                "layout.text-fit",
                view.where,
                f"row {number} of {shape.name!r} needs {wants:.0f} pt and has {height:.0f}",
            )


def _styles(view: View, name: str, paras: tuple[Para, ...], ground: str, least: float) -> Iterator[Problem]:
    seen: set[tuple[float, str | None, bool]] = set()
    for para in paras:
        for run in para.runs:
            key = (run.size, run.rgb, run.bold)
            if key in seen or not any(char.isalnum() for char in run.text):
                continue
            seen.add(key)
            if run.size < least - 0.01:
                yield error(
                    "layout.size",
                    view.where,
                    f"{run.text[:40]!r} in {name!r} is {run.size:g} pt; {least:g} is the least",
                )
            yield from _contrast(view, name, run, ground)


def _contrast(view: View, name: str, run: Run, ground: str) -> Iterator[Problem]:
    if run.rgb is None:
        return
    large = run.size >= _LARGE or (run.bold and run.size >= _LARGE_BOLD)
    ratio, least = contrast(run.rgb, ground), 3.0 if large else 4.5
    if ratio < least:
        said = f"{run.text[:40]!r} in {name!r} has contrast {ratio:.1f}:1 ({run.rgb} on {ground})"
        yield error("layout.contrast", view.where, f"{said}; {least} is the least")


def _title(view: View, slide: Slide) -> Iterator[Problem]:
    shape = view.title
    text = shape.text.strip() if shape else ""
    if shape is None or not text:
        yield error("layout.title-missing", view.where, "has no title")
        return
    if slide.title.by is not None:
        return  # a person's own words
    if len(text) > TITLE_LENGTH:
        yield warning(
            "layout.title-long",
            view.where,
            f"the title has {len(text)} characters; {TITLE_LENGTH} can be read at once",
        )
    if lines_of(shape, view.stretch) > TITLE_LINES:
        yield warning("layout.title-lines", view.where, f"the title takes more than {TITLE_LINES} lines")


def _described(view: View) -> Iterator[Problem]:
    for shape in view.shapes:
        if shape.kind in {"chart", "table", "picture"} and not shape.alt:
            yield error(
                "layout.alt-text", view.where, f"the {shape.kind} {shape.name!r} has no alternative text"
            )


def _tables(view: View) -> Iterator[Problem]:
    for shape in view.shapes:
        grid = shape.grid
        if grid is None:
            continue
        if not grid.header:
            yield error(
                "layout.header-row", view.where, f"the table {shape.name!r} does not mark its header row"
            )
        if any(cell.merged for row in grid.rows for cell in row):
            yield error("layout.merged-cells", view.where, f"the table {shape.name!r} has merged cells")
        body = len(grid.rows) - 1
        if body > ROWS + 1 or len(grid.widths) > COLUMNS:
            yield warning(
                "layout.table-size",
                view.where,
                f"the table {shape.name!r} has {body} rows and {len(grid.widths)} columns",
            )
        for row in grid.rows:
            for cell in row:
                yield from _links(view, cell)


def _links(view: View, cell: Cell) -> Iterator[Problem]:
    for para in cell.paras:
        for run in para.runs:
            if run.link and _URL.match(run.text):
                yield warning(
                    "layout.link-text",
                    view.where,
                    f"a link is called {run.text.strip()[:60]!r}; say where it leads",
                )


def _prompts(view: View, slide: Slide) -> Iterator[Problem]:
    """Yield what a template left behind. What people and records say is theirs."""
    theirs: list[str] | None = None
    for shape in view.shapes:
        if shape.holder is not None and shape.kind == "text" and not shape.text.strip():
            yield error(
                "layout.prompt", view.where, f"the placeholder {shape.name!r} is empty: its prompt would show"
            )
        texts = (
            [shape.text]
            if shape.grid is None
            else [para.text for row in shape.grid.rows for cell in row for para in cell.paras]
        )
        for text in texts:
            match = _PROMPT.search(text)
            if match is None:
                continue
            if theirs is None:
                theirs = _quoted(slide)
            if not any(match[0].casefold() in quoted for quoted in theirs):
                yield error("layout.prompt", view.where, f"{match[0]!r} is left over in {shape.name!r}")


def _quoted(slide: Slide) -> list[str]:
    """Return, folded, the words on a slide that come from people or records."""
    found = [fact.text for fact in slide.facts if fact.unit is Unit.TEXT]
    found += [slide.title.text] if slide.title.by is not None else []
    for block in slide.blocks:
        match block.type:
            case "table":
                found += [part for row in block.rows for cell in row.cells for part in (cell.text, cell.note)]
            case "lines":
                found += [line.text for line in block.lines if line.by is not None]
            case _:
                pass
    return [one_line(text).casefold() for text in found]


def _filled(view: View) -> Iterator[Problem]:
    """Yield a slide of which much is empty: counted on a grid, boxes of words by the room their words take."""
    rows = [0] * _GRID_Y
    for shape in view.shapes:
        place = shape.place
        if place is None or view.width <= 0 or view.height <= 0:
            continue
        high = place.h
        if shape.kind == "text" and shape.fill is None:
            high = min(high, round(needed(shape, view.stretch) * POINT))
        left, right = place.x * _GRID_X // view.width, -(-place.right * _GRID_X // view.width)
        top, bottom = place.y * _GRID_Y // view.height, -(-(place.y + high) * _GRID_Y // view.height)
        mask = ((1 << max(right - left, 0)) - 1) << max(left, 0)
        for row in range(max(top, 0), min(bottom, _GRID_Y)):
            rows[row] |= mask
    covered = sum(row.bit_count() for row in rows) / (_GRID_X * _GRID_Y)
    if 1 - covered > EMPTY:
        yield warning("layout.empty", view.where, f"{1 - covered:.0%} of the slide is empty")


def _chart_words(package: Package, view: View) -> Iterator[Problem]:
    """Yield charts with words that are too small to read."""
    for shape in view.shapes:
        root = package.trees.get(shape.chart) if shape.chart else None
        sizes = (
            () if root is None else (item.get("sz") for item in root.iter(f"{{{A}}}defRPr", f"{{{A}}}rPr"))
        )
        least = min((int(size) / 100 for size in sizes if size), default=BODY_SIZE)
        if least < BODY_SIZE * view.zoom - 0.01:
            yield error(
                "layout.size",
                view.where,
                f"words in the chart {shape.name!r} are {least:g} pt; {BODY_SIZE * view.zoom:g} is the least",
            )
