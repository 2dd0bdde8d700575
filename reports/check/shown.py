"""What the file shows is what was resolved: words, tiles, cells, charts and notes, read back and held against the deck."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from reports.check.book import Sheet, book
from reports.check.charts import points
from reports.check.package import C, Package
from reports.check.page import Cell as ShownCell
from reports.check.page import Shape, View
from reports.check.problem import Problem, error
from reports.deck import Cell, Chart, Deck, Lines, Slide, Table, TableRow, Tiles
from reports.render.text import said
from reports.render.xml import clean, one_line

_CUT = "…"


def shown_problems(package: Package, views: tuple[View, ...], deck: Deck) -> tuple[Problem, ...]:
    """Return where the file and the deck differ."""
    found: list[Problem] = []
    if len(views) != len(deck.slides):
        found.append(
            error("shown.slides", "the file", f"shows {len(views)} slides; the deck has {len(deck.slides)}")
        )
    for view, slide in zip(views, deck.slides, strict=False):
        found += _slide(package, view, slide, deck)
    return tuple(found)


def _slide(package: Package, view: View, slide: Slide, deck: Deck) -> Iterator[Problem]:
    if view.id != slide.id:
        yield error("shown.slide", view.where, f"is {view.id!r}; the deck has {slide.id!r} here")
        return
    yield from _said(view, "title", view.title.text if view.title else "", slide.title.text)
    footer = view.shape("footer")
    yield from _said(view, "footer", footer.text if footer else "", slide.footer)
    scope = view.shape("scope")
    marks = [slide.scope] if slide.scope and slide.scope != deck.scope else []
    marks += [slide.title.by] if slide.title.by is not None else []
    for mark in marks:
        if one_line(mark)[:24] not in (scope.text if scope else ""):
            yield error("shown.scope", view.where, f"does not say {mark!r} above its title")
    for line in clean(slide.notes).split("\n"):
        if line.strip() and line not in view.notes:
            yield error("shown.notes", view.where, f"the notes do not say {line[:60]!r}")
            break
    for block in slide.blocks:
        match block:
            case Tiles():
                yield from _tiles(view, block)
            case Lines():
                yield from _lines(view, block)
            case Table():
                yield from _table(view, block)
            case Chart():
                yield from _chart(package, view, block)


def _said(view: View, what: str, shown: str, meant: str) -> Iterator[Problem]:
    if not _says(view, shown, meant):
        yield error("shown.text", view.where, f"{what} reads {shown[:80]!r}, not {one_line(meant)[:80]!r}")


def _says(view: View, shown: str, meant: str) -> bool:
    """Say whether a text is shown as meant, or shortened with its full words in the notes.

    A text that was cut before it came here has no full words to show.
    """
    meant = one_line(meant)
    if shown.strip() == meant:
        return True
    if not shown.endswith(_CUT) or not (meant in view.notes or meant.endswith(_CUT)):
        return False
    # A word longer than its line is broken by a space: white space does not count here.
    return "".join(meant.split()).startswith("".join(shown[: -len(_CUT)].split()))


def _tiles(view: View, block: Tiles) -> Iterator[Problem]:
    for number, tile in enumerate(block.tiles, start=1):
        shape = view.shape(f"{block.id}/{number}")
        shown = [] if shape is None else [para.text for para in shape.paras]
        meant = [text for text in (tile.label, tile.value, tile.detail) if one_line(text)]
        if len(shown) != len(meant):
            yield error(
                "shown.tile",
                view.where,
                f"tile {tile.label!r} shows {len(shown)} texts instead of {len(meant)}",
            )
            continue
        for text, wanted in zip(shown, meant, strict=True):
            yield from _said(view, f"tile {tile.label!r}", text, wanted)
            if wanted == tile.value and text.endswith(_CUT) and not one_line(wanted).endswith(_CUT):
                yield error("shown.number-cut", view.where, f"the figure {wanted!r} is cut to {text!r}")


def _lines(view: View, block: Lines) -> Iterator[Problem]:
    shape = view.shape(block.id)
    shown = [] if shape is None else [para.text for para in shape.paras]
    heading = one_line(block.heading)
    if heading and shown and shown[0].startswith(heading):
        rest = shown[0][len(heading) :].strip()
        shown = [rest, *shown[1:]] if rest else shown[1:]
    elif heading:
        yield error("shown.text", view.where, f"{block.id!r} does not show its heading {heading!r}")
        return
    if len(shown) != len(block.lines):
        yield error(
            "shown.text", view.where, f"{block.id!r} shows {len(shown)} lines instead of {len(block.lines)}"
        )
        return
    for text, line in zip(shown, block.lines, strict=True):
        yield from _said(view, f"a line of {block.id!r}", text, said(line))


def _table(view: View, block: Table) -> Iterator[Problem]:
    shape = view.shape(block.id)
    if shape is None or shape.grid is None:
        yield error("shown.table", view.where, f"does not show the table {block.id!r}")
        return
    yield from _beside(view, block.id, "heading", block.heading)
    head, *body = shape.grid.rows or ((),)
    for column, shown in zip(block.columns, head, strict=False):
        yield from _said(view, f"a heading of {block.id!r}", _first(shown), column.heading)
    if len(head) != len(block.columns):
        yield error(
            "shown.table", view.where, f"{block.id!r} has {len(head)} columns instead of {len(block.columns)}"
        )
        return
    missing = 0
    rows = iter(body)
    current = next(rows, None)
    for row in block.rows:
        if current is not None and _is(view, row, current):
            yield from _cells(view, block, row, current)
            current = next(rows, None)
        else:
            missing += 1
    if current is not None:
        yield error(
            "shown.table", view.where, f"{block.id!r} shows a row that it should not: {_first(current[0])!r}"
        )
    if missing:
        said_so = view.shape(f"{block.id}/more")
        if said_so is None or f"{missing} more" not in said_so.text:
            yield error(
                "shown.table", view.where, f"{block.id!r} leaves out {missing} rows without saying so"
            )
    elif block.more:
        yield from _beside(view, block.id, "more", block.more)


def _is(view: View, row: TableRow, shown: tuple[ShownCell, ...]) -> bool:
    return bool(row.cells) and bool(shown) and _says(view, _first(shown[0]), row.cells[0].text)


def _cells(view: View, block: Table, row: TableRow, shown: tuple[ShownCell, ...]) -> Iterator[Problem]:
    for cell, seen in zip(row.cells, shown, strict=False):
        text = _first(seen)
        yield from _said(view, f"a cell of {block.id!r}", text, cell.text)
        if cell.value is not None and text.endswith(_CUT) and not cell.text.endswith(_CUT):
            yield error("shown.number-cut", view.where, f"the figure {cell.text!r} is cut to {text!r}")
        yield from _note(view, block, cell, seen)


def _note(view: View, block: Table, cell: Cell, seen: ShownCell) -> Iterator[Problem]:
    if one_line(cell.note):
        yield from _said(
            view, f"a note in {block.id!r}", seen.paras[1].text if len(seen.paras) > 1 else "", cell.note
        )


def _first(cell: ShownCell) -> str:
    return cell.paras[0].text if cell.paras else ""


def _beside(view: View, block_id: str, part: str, meant: str) -> Iterator[Problem]:
    if one_line(meant):
        shape = view.shape(f"{block_id}/{part}")
        yield from _said(view, f"{part} of {block_id!r}", shape.text if shape else "", meant)


def _chart(package: Package, view: View, block: Chart) -> Iterator[Problem]:
    shape = view.shape(block.id)
    if (
        shape is not None
        and shape.kind == "text"
        and not any(_drawn(series.values) for series in block.series)
    ):
        return  # a chart without a value: words say that there is nothing to show
    root = package.trees.get(shape.chart) if shape is not None and shape.chart else None
    if shape is None or root is None:
        yield error("shown.chart", view.where, f"does not show the chart {block.id!r}")
        return
    heading = view.shape(f"{block.id}/heading")
    if one_line(block.heading) and not (heading and heading.text.startswith(one_line(block.heading))):
        yield from _beside(view, block.id, "heading", block.heading)
    if block.axis_from is None and block.mark != "line" and _floor(root) > 0:
        yield error("shown.axis", view.where, f"the bars of {block.id!r} do not start at zero")
    first = root.find(f".//{{{C}}}ser/{{{C}}}cat//{{{C}}}strCache")
    names = [] if first is None else [text for _, text in sorted(points(first).items())]
    if names != [one_line(text) for text in block.categories] and names != list(block.categories):
        yield error(
            "shown.chart",
            view.where,
            f"{block.id!r} has the categories {names}, not {list(block.categories)}",
        )
    if block.mark == "waterfall":
        yield from _waterfall(package, view, shape, block)
        return
    drawn = {_name(series): series for series in root.iter(f"{{{C}}}ser")}
    for series in block.series:
        found = drawn.get(one_line(series.name))
        cache = None if found is None else found.find(f"{{{C}}}val//{{{C}}}numCache")
        if cache is None:
            yield error("shown.chart", view.where, f"{block.id!r} has no series {series.name!r}")
            continue
        shown = points(cache)
        for index, value in enumerate(series.values):
            if not _equal(shown.get(index), value):
                place = f"{series.name!r} at {block.categories[index]!r}"
                said = f"{block.id!r}, {place}: the chart shows {shown.get(index)}, the deck says {value}"
                yield error("shown.chart", view.where, said)


def _waterfall(package: Package, view: View, shape: Shape, block: Chart) -> Iterator[Problem]:
    """Hold the sheet's columns A, B, C against the deck, and recompute from them where every bar begins and ends."""
    name = next(package.related(shape.chart or "", "package"), "")
    sheets = book(package.members.get(name, b""))
    sheet = next(iter(sheets.values()), None) if not isinstance(sheets, str) else None
    if sheet is None:
        yield error("shown.chart", view.where, f"the workbook of {block.id!r} cannot be read")
        return
    level = Decimal(0)
    for index, value in enumerate(block.series[0].values):
        amount = value if value is not None and value.is_finite() else Decimal(0)
        is_total = index in block.totals
        level = amount if is_total else level + amount
        row = index + 2
        if (
            not _equal(sheet.cells.get((2, row)), amount)
            or (sheet.cells.get((3, row)) == "total") != is_total
        ):
            said = f"{block.id!r} shows {sheet.cells.get((2, row))} at {block.categories[index]!r}"
            yield error("shown.chart", view.where, f"{said}, the deck says {amount}")
        if not _equal(sheet.cells.get((5, row)), level):
            yield error(
                "shown.chart",
                view.where,
                f"the bar {block.categories[index]!r} of {block.id!r} does not end at {level}",
            )
        if not math.isclose(abs(_bars(sheet, row)), abs(float(amount)), abs_tol=1e-6):
            yield error(
                "shown.chart",
                view.where,
                f"the bar {block.categories[index]!r} of {block.id!r} is not {abs(amount)} high",
            )


def _drawn(values: tuple[Decimal | None, ...]) -> bool:
    return any(value is not None and value.is_finite() for value in values)


def _bars(sheet: Sheet, row: int) -> float:
    return sum(abs(_float(sheet.cells.get((column, row)))) for column in range(7, 13))


def _floor(root: etree._Element) -> float:
    low = root.find(f".//{{{C}}}valAx/{{{C}}}scaling/{{{C}}}min")
    return 0.0 if low is None else _float(low.get("val"))


def _name(series: etree._Element) -> str:
    return series.findtext(f"{{{C}}}tx//{{{C}}}v") or ""


def _equal(shown: str | None, value: Decimal | None) -> bool:
    if value is None or not value.is_finite():
        return not shown
    return bool(shown) and math.isclose(_float(shown), float(value), rel_tol=1e-12, abs_tol=1e-9)


def _float(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return math.nan
