"""Columns, bars, lines and stacks: one highlight, the rest grey, labels on the bars and at the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reports.deck import Chart, Series
from reports.render import chartxml as cx
from reports.render.formats import code
from reports.render.look import CHART, Colour, Look, contrast
from reports.render.room import Room, is_line, last_point, major_unit, nudges, padded, present, tallest
from reports.render.workbook import Content
from reports.render.xml import number, one_line

_BIG_ENOUGH = 14  # a part of a stack below one fourteenth of the tallest has no room for its number


def plot_rows(chart: Chart) -> list[list[Content]]:
    """Return the sheet: categories down column A, one column per series."""
    rows: list[list[Content]] = [["", *(one_line(series.name) for series in chart.series)]]
    for index, category in enumerate(chart.categories):
        rows.append([one_line(category), *(padded(chart, series)[index] for series in chart.series)])
    return rows


def plot(chart: Chart, look: Look, room: Room) -> str:
    """Return the plot area, and the legend where there is one."""
    pattern = code(chart.number)
    bars, lines = "", ""
    moved = nudges(chart, room)
    for index, (series, colour) in enumerate(zip(chart.series, series_colours(chart, look), strict=True)):
        if is_line(chart, series):
            lines += _line(chart, index, series, colour, look, nudge=moved.get(index, 0.0))
        else:
            bars += _bar(chart, index, series, colour, look, labelled=room.labelled)
    ids = f'<c:axId val="{cx.CATEGORY}"/><c:axId val="{cx.VALUE}"/>'
    stacked = chart.mark == "stacked"
    charts = ""
    if bars:
        charts = (
            f'<c:barChart><c:barDir val="{"bar" if chart.mark == "bar" else "col"}"/><c:grouping val="{"stacked" if stacked else "clustered"}"/><c:varyColors val="0"/>'
            f'{bars}<c:gapWidth val="{room.gap}"/><c:overlap val="{100 if stacked else -5}"/>{ids}</c:barChart>'
        )
    if lines:
        charts += f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{lines}<c:marker val="1"/>{ids}</c:lineChart>'
    step = None if room.labelled else number(major_unit(chart))
    axes = cx.axes(
        look, pattern, horizontal=chart.mark == "bar", hidden=room.labelled, least=_least(chart), step=step
    )
    legend = (
        f'<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{cx.text_style(CHART, look.ink)}</c:legend>'
        if room.legend
        else ""
    )
    return f"<c:plotArea>{room.frame}{charts}{axes}<c:spPr><a:noFill/></c:spPr></c:plotArea>{legend}"


def series_colours(chart: Chart, look: Look) -> tuple[Colour, ...]:
    """Return a colour per series: by tone; neutral ones take the greys, light to dark."""
    greys = [look.bar, look.total, look.rule, look.muted, look.ink]
    return tuple(
        look.shape(series.tone) if series.tone != "neutral" else greys.pop(0) if greys else look.ink
        for series in chart.series
    )


def _least(chart: Chart) -> str | None:
    if chart.axis_from is not None:
        return number(chart.axis_from)
    return None if any(value < 0 for series in chart.series for value in present(series.values)) else "0"


def _data(chart: Chart, index: int, values: Sequence[Decimal | None]) -> str:
    texts = [one_line(text) for text in chart.categories]
    return f"{cx.categories(texts)}{cx.values(index + 1, values, code(chart.number))}"


def _marked(series: Series, count: int) -> list[int]:
    return sorted({point for point in series.highlight if 0 <= point < count})


def _bar(chart: Chart, index: int, series: Series, colour: Colour, look: Look, *, labelled: bool) -> str:
    values = padded(chart, series)
    marked = _marked(series, len(values))
    points = "".join(
        f'<c:dPt><c:idx val="{point}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{cx.filled(look.accent)}</c:dPt>'
        for point in marked
    )
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>{cx.name(index + 1, one_line(series.name))}{cx.filled(colour)}<c:invertIfNegative val="0"/>'
        f"{points}{_bar_labels(chart, values, marked, colour, look) if labelled else ''}{_data(chart, index, values)}</c:ser>"
    )


def _bar_labels(
    chart: Chart, values: Sequence[Decimal | None], marked: list[int], colour: Colour, look: Look
) -> str:
    """Return labels at the ends of bars; inside in stacks, at the foot where a line might run through them."""
    stacked = chart.mark == "stacked"
    inside = stacked or any(is_line(chart, series) for series in chart.series)
    where = "ctr" if stacked else "inBase" if inside else "outEnd"
    pattern, least = code(chart.number), tallest(chart) / _BIG_ENOUGH
    single = ""
    for point, value in enumerate(values):
        if stacked and value is not None and value.is_finite() and abs(value) < least:
            single += f'<c:dLbl><c:idx val="{point}"/><c:delete val="1"/></c:dLbl>'
        elif point in marked:
            ink = _on(look.accent, look) if inside else look.accent_text
            single += cx.label(point, cx.text_style(CHART, ink, bold=True, wrap=False), where, code=pattern)
    style = cx.text_style(CHART, _on(colour, look) if inside else look.ink, wrap=False)
    return cx.labels(single, style, where, pattern)


def _line(chart: Chart, index: int, series: Series, colour: Colour, look: Look, *, nudge: float) -> str:
    """Return a line that is named at its end; highlighted points get a dot and their value."""
    values = padded(chart, series)
    alone = len(chart.series) == 1
    strong = alone or series.tone in {"accent", "good", "bad", "warn"}
    shade = look.accent if alone and series.tone == "neutral" else colour
    last = last_point(values)
    named_at = _free_point(chart, values)
    dots = single = ""
    for point in range(len(values)):
        if point in _marked(series, len(values)):
            dots += f'<c:dPt><c:idx val="{point}"/><c:marker><c:symbol val="circle"/><c:size val="9"/>{cx.filled(look.accent)}</c:marker><c:bubble3D val="0"/></c:dPt>'
            if point != last:
                single += cx.label(
                    point,
                    cx.text_style(CHART, look.accent_text, bold=True, wrap=False),
                    "t",
                    code=code(chart.number),
                )
        if point == named_at:
            ink = _readable(shade, look) if strong else look.muted
            single += cx.end_label(
                point,
                cx.text_style(CHART, ink, bold=strong, wrap=False),
                look.paper,
                where="r" if point == last else "t",
                nudge=nudge if point == last else 0.0,
                named=not alone,
                code=code(chart.number),
            )
    dash = "sysDash" if series.line and chart.mark != "line" else ""
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>{cx.name(index + 1, one_line(series.name))}{cx.stroked(shade, 2.75 if strong else 2, dash=dash)}'
        f'<c:marker><c:symbol val="none"/></c:marker>{dots}{cx.only(single)}{_data(chart, index, values)}<c:smooth val="0"/></c:ser>'
    )


def _free_point(chart: Chart, values: Sequence[Decimal | None]) -> int | None:
    """Return where a line is named: at its end, or at the last point before that no bar reaches; None where all do.

    A line among bars only, which is as long as there are bars, may be named before its end.
    """
    last = last_point(values)
    if last is None or not _covered(chart, last, values[last]):
        return last
    free = (point for point in range(last - 1, -1, -1) if not _covered(chart, point, values[point]))
    return next(free, None)


def _covered(chart: Chart, point: int, level: Decimal | None) -> bool:
    """Say whether what stands at a line's end would lie on a bar that reaches up to it."""
    reach = tallest(chart) / _BIG_ENOUGH
    tops = [
        value
        for series in chart.series
        if not is_line(chart, series) and (value := padded(chart, series)[point]) is not None
    ]
    return level is not None and any(value + reach >= level for value in tops)


def _on(ground: Colour, look: Look) -> Colour:
    return max((look.ink, look.paper), key=lambda colour: contrast(colour.rgb, ground.rgb))


def _readable(colour: Colour, look: Look) -> Colour:
    if colour == look.accent:
        return look.accent_text
    return colour if contrast(colour.rgb, look.paper.rgb) >= 4.5 else look.ink
