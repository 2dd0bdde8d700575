"""Line charts: a value axis with few rules, as many dates as fit, and every line named at its end."""

from __future__ import annotations

from decimal import Decimal

from bot.page.markup import LOOK, SIZE, broken, hexed, label, rect, rule, text_width
from bot.page.plot import ZERO, Drawing, Scale, colours, finite, number, padded, readable, room_of, scaled
from reports.deck import Chart, Series

_HIGH, _TOP, _FOOT = 300.0, 20.0, 44.0
_NAME_ROOM = 150.0


def lines(chart: Chart) -> Drawing:
    """Draw the chart; a gap in a line is bridged by nothing."""
    wide = room_of(chart)
    values = [value for series in chart.series for value in finite(padded(chart, series))]
    ticks = _ticks([*values, chart.axis_from or ZERO])
    scale = scaled([*values, *ticks], chart.axis_from, _HIGH - _FOOT, _TOP)
    left = max((text_width(number(chart, tick), 13) for tick in ticks), default=0.0) + 10
    step = min((_step(chart, series, wide - left) for series in chart.series), default=0.0)
    parts = []
    for tick in ticks:
        if tick >= scale.low:
            y = scale.at(tick)
            parts.append(rule(left, y, wide, y, LOOK.rule.rgb))
            parts.append(
                label(left - 8, y + 4, number(chart, tick), anchor="end", colour=LOOK.muted.rgb, size=13)
            )
    parts += _dates(chart, left, step, wide)
    parts += _drawn(chart, [*chart.series], scale, left, step, wide)
    return Drawing("".join(parts), wide, _HIGH)


def over(chart: Chart, scale: Scale, step: float, wide: float) -> str:
    """Return the lines of a chart of columns, dashed, named above their last point."""
    named = [series for series in chart.series if series.line]
    return "".join(_drawn(chart, named, scale, step / 2, step, wide, dashed=True))


def _drawn(
    chart: Chart,
    chosen: list[Series],
    scale: Scale,
    left: float,
    step: float,
    wide: float,
    *,
    dashed: bool = False,
) -> list[str]:
    shades = dict(zip((series.name for series in chart.series), colours(chart), strict=True))
    parts, ends = [], []
    for series in chosen:
        alone = len(chart.series) == 1
        colour = LOOK.accent if alone and series.tone == "neutral" else shades[series.name]
        points = [
            (left + index * step, scale.at(value))
            for index, value in enumerate(padded(chart, series))
            if value is not None
        ]
        if not points:
            continue
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{hexed(colour.rgb)}" stroke-width="2.75"{dash}/>'
        )
        if len(points) == 1:
            parts.append(rect(points[0][0] - 3, points[0][1] - 3, 6, 6, colour.rgb))
        ends.append((points[-1], series, readable(colour)))
    taken: list[tuple[float, float]] = []
    for (x, y), series, ink in sorted(ends, key=lambda end: end[0][1]):
        words = _end_words(chart, series)
        at = _free(x, y - 8 if dashed else y + 5, taken, SIZE * 1.2 * len(words))
        taken.append((x, at + SIZE * 1.2 * (len(words) - 1)))
        anchor, place = ("end", min(x + step / 2, wide)) if dashed else ("start", x + 8)
        parts.append(
            label(place, at, words, anchor=anchor, colour=ink, bold=series.tone not in {"neutral", "muted"})
        )
    return parts


def _free(x: float, y: float, taken: list[tuple[float, float]], high: float) -> float:
    """Return the nearest baseline at or below `y` at which nothing else stands near `x`."""
    below = [at for other, at in taken if abs(other - x) < _NAME_ROOM and abs(at - y) < high + SIZE]
    return max([y, *(at + SIZE * 1.3 for at in below)])


def _end_words(chart: Chart, series: Series) -> list[str]:
    values = finite(padded(chart, series))
    value = number(chart, values[-1]) if values else ""
    if len(chart.series) == 1:
        return [value]
    return [*broken(series.name, _NAME_ROOM), value]


def _step(chart: Chart, series: Series, room: float) -> float:
    """Return how far apart dates may stand so that the line's name still fits behind its last point."""
    values = padded(chart, series)
    last = max((index for index, value in enumerate(values) if value is not None), default=0)
    name = max((text_width(line, bold=True) for line in _end_words(chart, series)), default=0.0) + 12
    return max(1.0, min((room - 12) / max(1, len(values) - 1), (room - name) / max(1, last)))


def _dates(chart: Chart, left: float, step: float, wide: float) -> list[str]:
    """Return the categories that fit, first and every n-th after it."""
    widest = max((text_width(word, 13) for text in chart.categories for word in text.split()), default=1.0)
    every = max(1, -int(-(widest + 8) // step)) if step > 0 else 1
    parts = []
    for index, category in enumerate(chart.categories):
        if index % every == 0:
            words = broken(category, max(24.0, min(step * every, wide) - 8), size=13)
            half = max(text_width(line, 13) for line in words) / 2
            x = min(max(left + index * step, half), wide - half)
            parts.append(label(x, _HIGH - _FOOT + 20, words, colour=LOOK.muted.rgb, size=13))
    return parts


def _ticks(values: list[Decimal]) -> list[Decimal]:
    """Return about five round values from the lowest to the highest."""
    low, high = min([*values, ZERO]), max([*values, ZERO])
    if high == low:
        return [low]
    rough = (high - low) / 4
    unit = Decimal(10) ** rough.adjusted()
    step = next(unit * nice for nice in (1, 2, Decimal("2.5"), 5, 10) if unit * nice >= rough)
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    count = int(((high - first * step) / step).to_integral_value(rounding="ROUND_CEILING"))
    return [(first + index) * step for index in range(count + 1)]
