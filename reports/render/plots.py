"""Columns, bars, lines and stacks: one highlight, the rest grey, labels on the bars and at the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.deck import Chart, Series
from reports.render import chartxml as cx
from reports.render.fonts import LINE, width, wrapped
from reports.render.formats import code, shown
from reports.render.look import CHART, Colour, Look, contrast
from reports.render.workbook import Content
from reports.render.xml import number, one_line

_GAP = {"column": 55, "stacked": 55, "bar": 45}


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """What a plot leaves free around itself, in points, and whether values stand on the bars or on an axis."""

    left: float
    top: float
    right: float
    bottom: float
    labelled: bool

    def frame(self, wide: float, high: float) -> str:
        """Return the layout of the plot area in a chart of that size."""
        across, down = wide - self.left - self.right, high - self.top - self.bottom
        return cx.inner(self.left / wide, self.top / high, max(across, 20) / wide, max(down, 20) / high)


def plot_rows(chart: Chart) -> list[list[Content]]:
    """Return the sheet: categories down column A, one column per series."""
    rows: list[list[Content]] = [["", *(one_line(series.name) for series in chart.series)]]
    for index, category in enumerate(chart.categories):
        values = (series.values[index] if index < len(series.values) else None for series in chart.series)
        rows.append([one_line(category), *values])
    return rows


def margins(chart: Chart, wide: float, high: float) -> Margins:
    """Return the margins of a chart in `wide` by `high` points, and whether every bar has room for its label."""
    texts = [
        shown(value, chart.number) for series in chart.series for value in series.values if finite(value)
    ]
    longest = max((width(text, CHART) for text in texts), default=0.0)
    bars = [series for series in chart.series if not is_line(chart, series)]
    slots = max(1, len(chart.categories))
    if chart.mark == "bar":
        names = min(
            max((width(one_line(text), CHART) for text in chart.categories), default=0.0) + 12, wide * 0.36
        )
        pitch = (high - 8) / slots / max(1, len(bars)) / 1.5
        labelled = pitch >= CHART * 0.9
        return Margins(left=names, top=2 if labelled else 20, right=longest + 12, bottom=4, labelled=labelled)
    ends = max((width(end_text(chart, series), CHART, bold=True) + 14 for series in chart.series if is_line(chart, series)), default=4.0)  # fmt: skip
    pitch = (wide - ends) / slots
    groups = 1 if chart.mark == "stacked" else max(1, len(bars))
    labelled = bool(bars) and longest * (1.0 if groups > 1 else 1.1) <= pitch / groups * (
        0.8 if groups > 1 else 1.0
    )
    lines = max((len(wrapped(one_line(text), CHART, pitch * 0.96)) for text in chart.categories), default=1)
    return Margins(
        left=2 if labelled else longest + 14,
        top=CHART * LINE + 6,
        right=ends,
        bottom=min(lines, 3) * CHART * LINE + 10,
        labelled=labelled,
    )


def plot(chart: Chart, look: Look, room: Margins, frame: str) -> str:
    """Return the plot area."""
    pattern = code(chart.number)
    colours = series_colours(chart, look)
    bars, lines = "", ""
    shared = dict(enumerate(zip(chart.series, colours, strict=True)))
    for index, (series, colour) in shared.items():
        if is_line(chart, series):
            lines += _line(chart, index, series, colour, look, pattern)
        else:
            bars += _bar(chart, index, series, colour, look, pattern, labelled=room.labelled)
    ids = f'<c:axId val="{cx.CATEGORY}"/><c:axId val="{cx.VALUE}"/>'
    stacked = chart.mark == "stacked"
    charts = ""
    if bars:
        overlap = 100 if stacked else -5
        charts = (
            f'<c:barChart><c:barDir val="{"bar" if chart.mark == "bar" else "col"}"/><c:grouping val="{"stacked" if stacked else "clustered"}"/><c:varyColors val="0"/>'
            f'{bars}<c:gapWidth val="{_GAP.get(chart.mark, 55)}"/><c:overlap val="{overlap}"/>{ids}</c:barChart>'
        )
    if lines:
        charts += f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{lines}<c:marker val="1"/>{ids}</c:lineChart>'
    axes = cx.axes(look, pattern, horizontal=chart.mark == "bar", hidden=room.labelled, least=_least(chart))
    return f"<c:plotArea>{frame}{charts}{axes}<c:spPr><a:noFill/></c:spPr></c:plotArea>"


def is_line(chart: Chart, series: Series) -> bool:
    """Return whether the series is drawn as a line; there is none across horizontal bars."""
    return chart.mark == "line" or (series.line and chart.mark != "bar")


def series_colours(chart: Chart, look: Look) -> tuple[Colour, ...]:
    """Return a colour per series: by tone; neutral ones take the greys, light to dark."""
    greys = [look.bar, look.total, look.rule, look.muted, look.ink]
    colours = []
    for series in chart.series:
        if series.tone == "neutral":
            colours.append(greys.pop(0) if greys else look.ink)
        else:
            colours.append(look.shape(series.tone))
    return tuple(colours)


def end_text(chart: Chart, series: Series) -> str:
    """Return what stands at the end of a line: its name and its last value."""
    last = last_point(series.values)
    value = "" if last is None else shown(series.values[last] or Decimal(0), chart.number)
    return f"{one_line(series.name)}  {value}" if len(chart.series) > 1 else value


def last_point(values: Sequence[Decimal | None]) -> int | None:
    """Return the index of the last value that is there; None when none is."""
    return max((index for index, value in enumerate(values) if finite(value)), default=None)


def finite(value: Decimal | None) -> bool:
    """Return whether there is a value to draw."""
    return value is not None and value.is_finite()


def _least(chart: Chart) -> str | None:
    if chart.axis_from is not None:
        return number(chart.axis_from)
    negative = any(
        value < 0
        for series in chart.series
        for value in series.values
        if value is not None and value.is_finite()
    )
    return None if negative else "0"


def _padded(chart: Chart, series: Series) -> tuple[Decimal | None, ...]:
    """Return exactly one value per category."""
    count = len(chart.categories)
    return (*series.values[:count], *[None] * (count - len(series.values)))


def _bar(
    chart: Chart, index: int, series: Series, colour: Colour, look: Look, pattern: str, *, labelled: bool
) -> str:
    values = _padded(chart, series)
    marked = [point for point in series.highlight if point < len(values)]
    points = "".join(
        f'<c:dPt><c:idx val="{point}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{cx.filled(look.accent)}</c:dPt>'
        for point in sorted(set(marked))
    )
    stacked = chart.mark == "stacked"
    where = "ctr" if stacked else "outEnd"
    style = cx.text_style(CHART, _on(colour, look) if stacked else look.ink)
    single = ""
    if labelled:
        for point in sorted(set(marked)):
            text = _on(look.accent, look) if stacked else look.accent_text
            single += cx.label(point, cx.text_style(CHART, text, bold=True), where, code=pattern)
        if stacked:
            tall = max((sum((value for other in chart.series if not is_line(chart, other) and point < len(other.values) and (value := other.values[point]) is not None and value.is_finite()), Decimal(0)) for point in range(len(values))), default=Decimal(0))  # fmt: skip
            for point, value in enumerate(values):
                if point not in marked and value is not None and value.is_finite() and abs(value) * 14 < tall:
                    single += f'<c:dLbl><c:idx val="{point}"/><c:delete val="1"/></c:dLbl>'
    texts = cx.labels(_sorted_points(single), style, where, pattern, show=labelled)
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>{cx.name(index + 1, one_line(series.name))}{cx.filled(colour)}<c:invertIfNegative val="0"/>{points}{texts}'
        f"{cx.categories([one_line(text) for text in chart.categories])}{cx.values(index + 1, values, pattern)}</c:ser>"
    )


def _sorted_points(points: str) -> str:
    pieces = [f"{piece}</c:dLbl>" for piece in points.split("</c:dLbl>") if piece]
    return "".join(sorted(pieces, key=lambda piece: int(piece.split('val="', 1)[1].split('"', 1)[0])))


def _line(chart: Chart, index: int, series: Series, colour: Colour, look: Look, pattern: str) -> str:
    values = _padded(chart, series)
    strong = series.tone in {"accent", "good", "bad", "warn"} or len(chart.series) == 1
    shade = look.accent if len(chart.series) == 1 and series.tone == "neutral" else colour
    ink = _readable(shade, look) if strong else look.muted
    marked = [point for point in series.highlight if point < len(values)]
    last = last_point(values)
    points = single = ""
    for point in sorted(set(marked)):
        points += f'<c:dPt><c:idx val="{point}"/><c:marker><c:symbol val="circle"/><c:size val="9"/>{cx.filled(look.accent)}</c:marker><c:bubble3D val="0"/></c:dPt>'
        if point != last:
            single += cx.label(point, cx.text_style(CHART, look.accent_text, bold=True), "t", code=pattern)
    if last is not None:
        single += cx.label(
            last, cx.text_style(CHART, ink, bold=strong), "r", series=len(chart.series) > 1, code=pattern
        )
    dash = "sysDash" if series.line and chart.mark != "line" else ""
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>{cx.name(index + 1, one_line(series.name))}{cx.stroked(shade, 2.75 if strong else 2, dash=dash)}'
        f'<c:marker><c:symbol val="none"/></c:marker>{points}{cx.labels(_sorted_points(single), "", "t", pattern, show=False)}'
        f'{cx.categories([one_line(text) for text in chart.categories])}{cx.values(index + 1, values, pattern)}<c:smooth val="0"/></c:ser>'
    )


def _on(ground: Colour, look: Look) -> Colour:
    return max((look.ink, look.paper), key=lambda colour: contrast(colour.rgb, ground.rgb))


def _readable(colour: Colour, look: Look) -> Colour:
    if colour == look.accent:
        return look.accent_text
    return colour if contrast(colour.rgb, look.paper.rgb) >= 4.5 else look.ink
