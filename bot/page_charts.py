"""A resolved chart as inline SVG, for the page. Bars start at zero unless the chart says that its axis is cut."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from reports.deck import Chart, NumberFormat
from reports.facts import Tone
from reports.words import clean

WIDTH, HEIGHT, TOP, BOTTOM, LEFT = 760, 300, 26, 44, 8
COLOURS: dict[Tone, str] = {
    "neutral": "#8b97a5",
    "muted": "#c3cad2",
    "accent": "#a63d28",
    "bad": "#a63d28",
    "good": "#2e6b44",
    "warn": "#b7791f",
}


def chart_svg(chart: Chart) -> str:
    """Return the chart as an SVG element with its alternative text; a chart without values is only its frame."""
    if chart.mark == "bar":
        drawn, height = _bars(chart), TOP + 34 * max(1, len(chart.categories))
    elif chart.mark == "waterfall":
        drawn, height = _waterfall(chart), HEIGHT
    elif chart.mark == "line":
        drawn, height = _lines(chart), HEIGHT
    else:
        drawn, height = _columns(chart), HEIGHT
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(clean(chart.alt), quote=True)}" '
        f'font-family="system-ui,sans-serif" font-size="13" fill="#1b2430">{drawn}</svg>'
    )


def number_text(value: Decimal, form: NumberFormat, *, signed: bool = False) -> str:
    """Return a value as the chart's number format writes it."""
    scaled = (value / form.scale * (100 if form.suffix.strip() == "%" and form.scale == 1 else 1)).quantize(
        Decimal(1).scaleb(-form.decimals)
    )
    sign = "−" if scaled < 0 else "+" if signed and scaled > 0 else ""
    return f"{sign}{form.prefix}{abs(scaled):,}{form.suffix}"


def _waterfall(chart: Chart) -> str:
    values = chart.series[0].values if chart.series else ()
    level, spans = Decimal(0), []
    for index, value in enumerate(values):
        start = Decimal(0) if index in chart.totals else level
        level = start + (value or 0)
        spans.append((start, level))
    floor = chart.axis_from or Decimal(0)
    scale = _Scale([max(point, floor) for span in spans for point in span], floor)
    parts, width = [], _step(len(values))
    for index, (start, end) in enumerate(spans):
        total = index in chart.totals
        low, high = max(min(start, end), floor), max(start, end, floor)
        colour = "#5b6673" if total else COLOURS["good"] if end >= start else COLOURS["accent"]
        label = number_text(values[index] or Decimal(0), chart.number, signed=not total)
        parts.append(_column(LEFT + index * width, width, scale.y(high), scale.y(low), colour, label))
        parts.append(_label(LEFT + (index + 0.5) * width, chart.categories[index]))
    if chart.axis_from:
        parts.append(
            f'<text x="{LEFT}" y="{HEIGHT - 4}" fill="#5b6673">axis starts at {escape(number_text(floor, chart.number))}</text>'
        )
    return "".join(parts)


def _columns(chart: Chart) -> str:
    stacked = chart.mark == "stacked"
    bars = [series for series in chart.series if not series.line]
    heights = [
        sum((series.values[index] or Decimal(0) for series in bars), Decimal(0))
        if stacked
        else max((series.values[index] or Decimal(0) for series in bars), default=Decimal(0))
        for index in range(len(chart.categories))
    ]
    targets = [
        value for series in chart.series if series.line for value in series.values if value is not None
    ]
    scale, width, parts = (
        _Scale([*heights, *targets], chart.axis_from or Decimal(0)),
        _step(len(chart.categories)),
        [],
    )
    for index, category in enumerate(chart.categories):
        base, slot = Decimal(0), width / max(1, len(bars))
        for place, series in enumerate(bars):
            value = series.values[index]
            if value is None:
                continue
            colour = COLOURS["accent"] if index in series.highlight else _series_colour(series.tone, place)
            label = number_text(value, chart.number)
            if stacked:
                parts.append(
                    _column(LEFT + index * width, width, scale.y(base + value), scale.y(base), colour, "")
                )
                base += value
            else:
                parts.append(
                    _column(
                        LEFT + index * width + place * slot,
                        slot,
                        scale.y(value),
                        scale.y(Decimal(0)),
                        colour,
                        label,
                    )
                )
        if stacked:
            total = escape(number_text(base, chart.number))
            parts.append(
                f'<text x="{LEFT + (index + 0.5) * width:.0f}" y="{scale.y(base) - 5:.0f}" text-anchor="middle">{total}</text>'
            )
        parts.append(_label(LEFT + (index + 0.5) * width, category))
    parts.extend(_line(chart, scale, width, only_lines=True))
    return "".join(parts)


def _bars(chart: Chart) -> str:
    values = chart.series[0].values if chart.series else ()
    largest = max((abs(value) for value in values if value is not None), default=Decimal(1)) or Decimal(1)
    parts = []
    for index, (category, value) in enumerate(zip(chart.categories, values, strict=True)):
        y, length = TOP + index * 34, float((value or Decimal(0)) / largest) * 420
        colour = COLOURS["accent"] if index in chart.series[0].highlight else COLOURS["neutral"]
        text = "" if value is None else number_text(value, chart.number)
        parts.append(
            f'<text x="{LEFT}" y="{y + 15}">{_short(category, 28)}</text>'
            f'<rect x="230" y="{y}" width="{max(1.0, length):.1f}" height="22" fill="{colour}"/>'
            f'<text x="{238 + length:.0f}" y="{y + 15}">{escape(text)}</text>'
        )
    return "".join(parts)


def _lines(chart: Chart) -> str:
    values = [value for series in chart.series for value in series.values if value is not None]
    scale, width = _Scale(values, chart.axis_from or Decimal(0)), _step(len(chart.categories))
    labels = [
        _label(LEFT + (index + 0.5) * width, category) for index, category in enumerate(chart.categories)
    ]
    return "".join([*_line(chart, scale, width, only_lines=False), *labels])


def _line(chart: Chart, scale: _Scale, width: float, *, only_lines: bool) -> list[str]:
    parts = []
    for place, series in enumerate(chart.series):
        if only_lines and not series.line:
            continue
        points = [
            (LEFT + (index + 0.5) * width, scale.y(value))
            for index, value in enumerate(series.values)
            if value is not None
        ]
        if not points:
            continue
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = _series_colour(series.tone, place)
        last = next(value for value in reversed(series.values) if value is not None)
        text = f"{clean(series.name)} {number_text(last, chart.number)}"
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="3"/>'
            f'<text x="{min(points[-1][0], WIDTH - 10):.0f}" y="{points[-1][1] - 8:.0f}" '
            f'text-anchor="end" fill="{colour}">{escape(text)}</text>'
        )
    return parts


class _Scale:
    """Maps a value to a height on the drawing."""

    def __init__(self, values: list[Decimal], floor: Decimal) -> None:
        low = min([*values, floor])
        high = max([*values, floor + 1])
        self._low, self._span = low, high - low

    def y(self, value: Decimal) -> float:
        """Return the vertical place of a value."""
        return TOP + float((self._low + self._span - value) / self._span) * (HEIGHT - TOP - BOTTOM)


def _step(count: int) -> float:
    return (WIDTH - 2 * LEFT) / max(1, count)


def _column(x: float, width: float, top: float, bottom: float, colour: str, label: str) -> str:
    text = (
        f'<text x="{x + width / 2:.1f}" y="{top - 5:.1f}" text-anchor="middle">{escape(label)}</text>'
        if label
        else ""
    )
    place = f'x="{x + width * 0.15:.1f}" y="{top:.1f}" width="{width * 0.7:.1f}"'
    return f'<rect {place} height="{max(1.0, bottom - top):.1f}" fill="{colour}"/>{text}'


def _label(x: float, text: str) -> str:
    return (
        f'<text x="{x:.0f}" y="{HEIGHT - 22}" text-anchor="middle" fill="#5b6673">{_short(text, 14)}</text>'
    )


def _short(text: str, most: int) -> str:
    text = clean(text)
    return escape(text if len(text) <= most else text[: most - 1] + "…")


def _series_colour(tone: Tone, place: int) -> str:
    return COLOURS[tone] if tone != "neutral" else ("#5b6673", "#c3cad2", "#8b97a5", "#a63d28")[place % 4]
