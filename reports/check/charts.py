"""Charts (DECKS.md 5.2): axes, series, caches and labels are sound, and the workbook behind them says the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from reports.check.book import Sheet, area, book
from reports.check.package import C, Package
from reports.check.problem import Problem, error

_C15 = "{http://schemas.microsoft.com/office/drawing/2012/chart}"
_ENDS = frozenset({"ctr", "inBase", "inEnd"})
_AROUND = frozenset({"t", "b", "l", "r", "ctr"})
# Where a label may stand, by kind of chart; stacked bars have no outside (PowerPoint repairs or refuses the file).
_POSITIONS: Mapping[str, frozenset[str]] = {
    "barChart": _ENDS | {"outEnd"},
    "lineChart": _AROUND,
    "scatterChart": _AROUND,
    "bubbleChart": _AROUND,
    "pieChart": frozenset({"bestFit", "ctr", "inEnd", "outEnd"}),
}


def chart_problems(package: Package, name: str) -> Iterator[Problem]:
    """Yield what is wrong with a chart's part or its workbook."""
    root = package.trees.get(name)
    plot = None if root is None else root.find(f"{{{C}}}chart/{{{C}}}plotArea")
    if root is None or plot is None:
        yield error("chart.plot", name, "has no plot area")
        return
    yield from _axes(name, plot)
    yield from _series(name, plot)
    yield from _caches(name, root)
    yield from _labels(name, plot)
    books = list(package.related(name, "package"))
    if len(books) != 1 or root.find(f"{{{C}}}externalData") is None:
        yield error("chart.workbook", name, "has no workbook to edit")
        return
    if books[0] not in package.members:
        return  # said by the relationships
    sheets = book(package.members[books[0]])
    if isinstance(sheets, str):
        yield error("chart.workbook", books[0], sheets)
        return
    yield from _compared(name, root, sheets)


def points(cache: etree._Element) -> dict[int, str]:
    """Return a cache's values by index."""
    return {
        int(point.get("idx") or -1): point.findtext(f"{{{C}}}v") or ""
        for point in cache.iterchildren(f"{{{C}}}pt")
    }


def _axes(name: str, plot: etree._Element) -> Iterator[Problem]:
    axes = [element for element in plot if _local(element).endswith("Ax")]
    ids = [_value(axis, "axId") for axis in axes]
    for value, count in Counter(ids).items():
        if count > 1 or not value.isdigit():
            yield error("chart.axis-id", name, f"axis id {value!r} is repeated or not a positive number")
    known = set(ids)
    for element in plot:
        for tag in (
            ("axId",) if _local(element).endswith("Chart") else ("crossAx",) if element in axes else ()
        ):
            for reference in element.iterchildren(f"{{{C}}}{tag}"):
                if reference.get("val") not in known:
                    yield error(
                        "chart.axis", name, f"{tag} {reference.get('val')!r} names no axis of the chart"
                    )


def _series(name: str, plot: etree._Element) -> Iterator[Problem]:
    for tag in ("idx", "order"):
        values = [
            item.get("val")
            for series in plot.iter(f"{{{C}}}ser")
            for item in series.iterchildren(f"{{{C}}}{tag}")
        ]
        for value, count in Counter(values).items():
            if count > 1:
                yield error("chart.series", name, f"{tag} {value} belongs to {count} series")


def _caches(name: str, root: etree._Element) -> Iterator[Problem]:
    for cache in root.iter(f"{{{C}}}numCache", f"{{{C}}}strCache"):
        declared = cache.find(f"{{{C}}}ptCount")
        size = (
            int(declared.get("val") or 0)
            if declared is not None and (declared.get("val") or "").isdigit()
            else 0
        )
        numeric = _local(cache) == "numCache"
        seen = set()
        for point in cache.iterchildren(f"{{{C}}}pt"):
            index, text = point.get("idx") or "", point.findtext(f"{{{C}}}v") or ""
            if not index.isdigit() or int(index) >= size or index in seen:
                yield error(
                    "chart.cache-index",
                    name,
                    f"point {index!r} is repeated, or beyond the {size} points of its cache",
                )
            seen.add(index)
            if numeric and not _finite(text):
                yield error(
                    "chart.cache-number", name, f"{text!r} in a cache of numbers is not a finite number"
                )


def _labels(name: str, plot: etree._Element) -> Iterator[Problem]:
    for kind in plot:
        if not _local(kind).endswith("Chart"):
            continue
        allowed = _POSITIONS.get(_local(kind), frozenset())
        grouping = kind.find(f"{{{C}}}grouping")
        stacked = grouping is not None and grouping.get("val") in {"stacked", "percentStacked"}
        if stacked and _local(kind) == "barChart":
            allowed = _ENDS
        for label in kind.iter(f"{{{C}}}dLblPos"):
            if label.get("val") not in allowed:
                what = f"{'stacked ' if stacked else ''}{_local(kind)}"
                yield error(
                    "chart.label-position", name, f"a label of a {what} cannot stand at {label.get('val')!r}"
                )


def _compared(name: str, root: etree._Element, sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    for reference in root.iter(f"{{{C}}}numRef", f"{{{C}}}strRef", f"{_C15}datalabelsRange"):
        address = reference.findtext(f"{{{C}}}f") or reference.findtext(f"{_C15}f") or ""
        cache = next((child for child in reference if _local(child).endswith("Cache")), None)
        cells = area(sheets, address)
        if cells is None or cache is None:
            yield error("chart.workbook", name, f"{address!r} is no place in its workbook")
            continue
        shown = points(cache)
        numeric = _local(cache) == "numCache"
        for index, cell in enumerate(cells):
            if not _same(shown.get(index), cell, numeric=numeric):
                yield error(
                    "chart.workbook-differs",
                    name,
                    f"point {index} of {address} is {shown.get(index)!r} in the chart, {cell!r} in the workbook",
                )
                break
        if any(index >= len(cells) for index in shown):
            yield error("chart.workbook-differs", name, f"the chart has more points than {address}")


def _value(element: etree._Element, tag: str) -> str:
    child = element.find(f"{{{C}}}{tag}")
    return "" if child is None else child.get("val") or ""


def _same(shown: str | None, cell: str | None, *, numeric: bool) -> bool:
    if numeric and shown and cell and _finite(shown) and _finite(cell):
        return math.isclose(float(shown), float(cell), rel_tol=1e-12, abs_tol=1e-9)
    return (shown or "") == (cell or "")


def _finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _local(element: etree._Element) -> str:
    tag = element.tag
    return str(tag).rpartition("}")[2]
