"""Reading slides back: what a shape inherits from layout, master and theme is looked up as PowerPoint would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree

from reports.check.colour import Palette, palette
from reports.check.package import A, C, P, Package, R
from reports.check.page import POINT, Cell, Grid, Para, Place, Run, Shape, View
from reports.render.look import look_of

_A, _P = f"{{{A}}}", f"{{{P}}}"
_STYLES = {
    "title": "titleStyle",
    "ctrTitle": "titleStyle",
    "body": "bodyStyle",
    "subTitle": "bodyStyle",
    "": "bodyStyle",
}


def views(package: Package) -> tuple[View, ...]:
    """Return the slides in their order. The structure must be sound."""
    main = package.trees[package.main]
    size = main.find(f"{_P}sldSz")
    wide, high = (0, 0) if size is None else (int(size.get("cx") or 0), int(size.get("cy") or 0))
    grounds: dict[str, _Ground] = {}
    found = []
    for number, part in enumerate(package.slides(), start=1):
        layout = next(package.related(part, "slideLayout"))
        if layout not in grounds:
            grounds[layout] = _Ground(package, layout)
        found.append(_Reader(package, part, grounds[layout]).view(number, wide, high))
    return tuple(found)


@dataclass
class _Ground:
    """What slides of one layout inherit."""

    package: Package
    layout: str
    styles: dict[tuple[str | None, str, int], tuple[float, str | None, bool, float]] = field(
        default_factory=dict
    )
    holders: dict[tuple[str, str], tuple[etree._Element, ...]] = field(default_factory=dict)

    @cached_property
    def master(self) -> etree._Element:
        return self.package.trees[next(self.package.related(self.layout, "slideMaster"))]

    @cached_property
    def theme(self) -> etree._Element | None:
        name = next(self.package.related(next(self.package.related(self.layout, "slideMaster")), "theme"), "")
        return self.package.trees.get(name)

    @cached_property
    def colours(self) -> Palette:
        return palette(self.theme, self.master)

    @cached_property
    def ground(self) -> str:
        for owner in (self.package.trees[self.layout], self.master):
            filled = owner.find(f"{_P}cSld/{_P}bg/{_P}bgPr")
            rgb = self.colours.of(filled)
            if rgb:
                return rgb
        return self.colours.theme.get(self.colours.names.get("bg1", "lt1"), "FFFFFF")

    @cached_property
    def stretch(self) -> float:
        latin = None if self.theme is None else self.theme.find(f".//{_A}minorFont/{_A}latin")
        face = "" if latin is None else latin.get("typeface") or ""
        return look_of({}, face=face).stretch

    def inherited(self, kind: str, index: str) -> tuple[etree._Element, ...]:
        """Return the layout's and the master's placeholder of that type (or index), nearest first."""
        if (kind, index) not in self.holders:
            found = []
            for owner in (self.package.trees[self.layout], self.master):
                for shape in owner.iterfind(f"{_P}cSld/{_P}spTree/{_P}sp"):
                    holder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
                    if holder is not None and _matches(holder, kind, index):
                        found.append(shape)
                        break
            self.holders[kind, index] = tuple(found)
        return self.holders[kind, index]

    def style(self, kind: str | None, index: str, level: int) -> tuple[float, str | None, bool, float]:
        """Return size, colour, weight and line spacing of words in a placeholder (None: in a plain text box)."""
        key = (kind, index, level)
        if key not in self.styles:
            chain = (
                []
                if kind is None
                else [shape.find(f"{_P}txBody/{_A}lstStyle") for shape in self.inherited(kind, index)]
            )
            name = "otherStyle" if kind is None else _STYLES.get(kind, "otherStyle")
            chain.append(self.master.find(f"{_P}txStyles/{_P}{name}"))
            size, rgb, bold, spacing = None, None, None, None
            for style in chain:
                level_style = None if style is None else style.find(f"{_A}lvl{level + 1}pPr")
                if level_style is None:
                    continue
                run = level_style.find(f"{_A}defRPr")
                if spacing is None:
                    spacing = _spacing(level_style)
                if run is not None:
                    size = size or (int(run.get("sz") or 0) / 100 or None)
                    rgb = rgb or self.colours.of(run)
                    bold = run.get("b") == "1" if bold is None and run.get("b") else bold
            ink = self.colours.theme.get(self.colours.names.get("tx1", "dk1"))
            self.styles[key] = (size or 18.0, rgb or ink, bool(bold), spacing or 1.0)
        return self.styles[key]


def _matches(holder: etree._Element, kind: str, index: str) -> bool:
    own = holder.get("type") or ""
    titles = {"title", "ctrTitle"}
    return (
        own == kind or {own, kind} <= titles if kind else (holder.get("idx") or "") == index and index != ""
    )


def _spacing(properties: etree._Element) -> float | None:
    share = properties.find(f"{_A}lnSpc/{_A}spcPct")
    return None if share is None else int(share.get("val") or 100_000) / 100_000


@dataclass
class _Reader:
    package: Package
    part: str
    ground: _Ground

    def view(self, number: int, wide: int, high: int) -> View:
        root = self.package.trees[self.part]
        slide = root.find(f"{_P}cSld")
        tree = None if slide is None else slide.find(f"{_P}spTree")
        own = self.ground.colours.of(root.find(f"{_P}cSld/{_P}bg/{_P}bgPr"))
        return View(
            number=number,
            id="" if slide is None else slide.get("name") or "",
            part=self.part,
            width=wide,
            height=high,
            ground=own or self.ground.ground,
            stretch=self.ground.stretch,
            shapes=tuple(self._shapes(tree)) if tree is not None else (),
            notes=self._notes(),
            colours=self.ground.colours,
        )

    def _shapes(self, tree: etree._Element) -> Iterator[Shape]:
        for element in tree.iterchildren(etree.Element):
            about = element.find(f"./*/{_P}cNvPr")
            if about is None:
                continue
            name, alt = about.get("name") or "", (about.get("descr") or "").strip()
            match element.tag:
                case tag if tag == f"{_P}sp":
                    yield self._text(element, name, alt)
                case tag if tag == f"{_P}graphicFrame":
                    yield self._frame(element, name, alt)
                case tag if tag == f"{_P}pic":
                    yield Shape(name, "picture", _place(element.find(f"{_P}spPr/{_A}xfrm")), alt=alt)
                case _:
                    yield Shape(name, "other", _place(element.find(f".//{_A}xfrm")), alt=alt)

    def _text(self, element: etree._Element, name: str, alt: str) -> Shape:
        holder = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        kind = None if holder is None else holder.get("type") or ""
        index = "" if holder is None else holder.get("idx") or ""
        inherited = () if kind is None else self.ground.inherited(kind, index)
        place = _place(element.find(f"{_P}spPr/{_A}xfrm"))
        for shape in inherited:
            place = place or _place(shape.find(f"{_P}spPr/{_A}xfrm"))
        body = element.find(f"{_P}txBody")
        chain = [element, *inherited]
        paras = () if body is None else tuple(self._paras(body, kind, index))
        return Shape(
            name, "text", place, paras=paras, fill=self.ground.colours.of(element.find(f"{_P}spPr")),
            insets=_insets(chain), holder=kind, alt=alt,
        )  # fmt: skip

    def _frame(self, element: etree._Element, name: str, alt: str) -> Shape:
        place = _place(element.find(f"{_P}xfrm"))
        table = element.find(f"{_A}graphic/{_A}graphicData/{_A}tbl")
        if table is not None:
            return Shape(name, "table", place, alt=alt, grid=self._grid(table))
        chart = element.find(f"{_A}graphic/{_A}graphicData/{{{C}}}chart")
        if chart is None:
            return Shape(name, "other", place, alt=alt)
        return Shape(
            name, "chart", place, alt=alt, chart=self.package.target(self.part, chart.get(f"{{{R}}}id"))
        )

    def _grid(self, table: etree._Element) -> Grid:
        properties = table.find(f"{_A}tblPr")
        rows = []
        heights = []
        for row in table.iterchildren(f"{_A}tr"):
            heights.append(int(row.get("h") or 0) / POINT)
            rows.append(tuple(self._cell(cell) for cell in row.iterchildren(f"{_A}tc")))
        grid = table.find(f"{_A}tblGrid")
        widths = () if grid is None else tuple(int(column.get("w") or 0) / POINT for column in grid)
        header = properties is not None and properties.get("firstRow") in {"1", "true"}
        return Grid(widths, tuple(heights), tuple(rows), header)

    def _cell(self, cell: etree._Element) -> Cell:
        body, properties = cell.find(f"{_A}txBody"), cell.find(f"{_A}tcPr")
        margins = (7.2, 3.6, 7.2, 3.6)
        fill = None
        if properties is not None:
            margins = (
                int(properties.get("marL") or 91_440) / POINT,
                int(properties.get("marT") or 45_720) / POINT,
                int(properties.get("marR") or 91_440) / POINT,
                int(properties.get("marB") or 45_720) / POINT,
            )
            fill = self.ground.colours.of(properties)
        merged = any(cell.get(name) for name in ("gridSpan", "rowSpan", "hMerge", "vMerge"))
        return Cell(() if body is None else tuple(self._paras(body, None, "")), fill, margins, merged)

    def _paras(self, body: etree._Element, kind: str | None, index: str) -> Iterator[Para]:
        for para in body.iterchildren(f"{_A}p"):
            properties = para.find(f"{_A}pPr")
            level = 0 if properties is None else int(properties.get("lvl") or 0)
            style = self.ground.style(kind, index, level)
            runs = tuple(self._run(run, style) for run in para.iterchildren(f"{_A}r", f"{_A}fld"))
            if properties is None:
                yield Para(runs, spacing=style[3])
                continue
            before = properties.find(f"{_A}spcBef/{_A}spcPts")
            yield Para(
                runs,
                indent=int(properties.get("marL") or 0) / POINT,
                before=0.0 if before is None else int(before.get("val") or 0) / 100,
                spacing=_spacing(properties) or style[3],
            )

    def _run(self, run: etree._Element, style: tuple[float, str | None, bool, float]) -> Run:
        size, rgb, bold, _ = style
        text = run.findtext(f"{_A}t") or ""
        own = run.find(f"{_A}rPr")
        if own is None:
            return Run(text, size, bold, rgb)
        weight = own.get("b")
        found = Run(
            text,
            int(own.get("sz") or 0) / 100 or size,
            bold if weight is None else weight in {"1", "true"},
            self.ground.colours.of(own) or rgb,
        )
        click = own.find(f"{_A}hlinkClick")
        if click is None:
            return found
        address = self.package.target(self.part, click.get(f"{{{R}}}id")) or ""
        return replace(found, link=address, rgb=self.ground.colours.theme.get("hlink", found.rgb))

    def _notes(self) -> str:
        page = next(self.package.related(self.part, "notesSlide"), "")
        root = self.package.trees.get(page)
        if root is None:
            return ""
        for shape in root.iter(f"{_P}sp"):
            holder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            if holder is not None and holder.get("type") == "body":
                return "\n".join(
                    "".join(text.text or "" for text in para.iter(f"{_A}t")) for para in shape.iter(f"{_A}p")
                )
        return ""


def _place(xfrm: etree._Element | None) -> Place | None:
    if xfrm is None or len(xfrm) < 2:
        return None
    off, ext = xfrm[0], xfrm[1]
    return Place(
        int(off.get("x") or 0), int(off.get("y") or 0), int(ext.get("cx") or 0), int(ext.get("cy") or 0)
    )


def _insets(chain: list[etree._Element]) -> tuple[float, float, float, float]:
    found = []
    for name, default in (("lIns", 91_440), ("tIns", 45_720), ("rIns", 91_440), ("bIns", 45_720)):
        value = None
        for shape in chain:
            body = shape.find(f"{_P}txBody/{_A}bodyPr")
            value = value or (None if body is None else body.get(name))
        found.append((default if value is None else int(value)) / POINT)
    left, top, right, bottom = found
    return left, top, right, bottom
