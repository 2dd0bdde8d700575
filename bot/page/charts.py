"""A resolved chart as inline SVG, as the deck draws it. Bars start at zero unless the chart says that its axis is cut."""

from __future__ import annotations

from bot.page.bars import bars, columns, waterfall
from bot.page.lines import lines
from bot.page.markup import attribute, scrolled, text
from bot.page.plot import NARROW, number, room_of
from reports.deck import Chart

_DRAWN = {"bar": bars, "waterfall": waterfall, "line": lines, "column": columns, "stacked": columns}

# Up to this many categories fit a phone without scrolling; the chart is drawn a second time for it.
_FEW = {"bar": 12, "column": 4, "stacked": 4}


def figure(chart: Chart) -> str:
    """Return the chart under its heading; where the axis is cut, that stands beside the heading."""
    cut = (
        f' <small class="cut">axis cut: starts at {text(number(chart, chart.axis_from))}</small>'
        if chart.axis_from
        else ""
    )
    heading = f"<h4>{text(chart.heading)}{cut}</h4>" if chart.heading or cut else ""
    name = chart.heading or "Chart"
    drawn = scrolled(chart_svg(chart), name)
    if room_of(chart) > NARROW and len(chart.categories) <= _FEW.get(chart.mark, 0):
        beside = chart.model_copy(update={"slot": "side"})
        drawn = f'<div class="desk">{drawn}</div><div class="phone">{scrolled(chart_svg(beside), name)}</div>'
    return f"<figure>{heading}{drawn}</figure>"


def chart_svg(chart: Chart) -> str:
    """Return the chart as an SVG element with its alternative text; a chart without values is only its frame."""
    drawing = _DRAWN[chart.mark](chart)
    size = f"max-width:{drawing.wide * 1.15:.0f}px;min-width:{drawing.wide * 0.75:.0f}px"
    return (
        f'<svg viewBox="0 0 {drawing.wide:.0f} {drawing.high:.0f}" role="img" aria-label="{attribute(chart.alt)}" '
        f'style="{size}">{drawing.content}</svg>'
    )
