"""Bars, columns, stacks and the waterfall: one highlight, the rest grey, values at the ends of the bars."""

from __future__ import annotations

from decimal import Decimal

from bot.page.lines import over
from bot.page.markup import LOOK, SIZE, broken, label, rect, rule, text_width
from bot.page.plot import ZERO, Drawing, colours, finite, number, on, padded, readable, room_of, scaled
from reports.deck import Chart, Series
from reports.render.waterfall import steps

HIGH, TOP, FOOT = 300.0, 28.0, 44.0
# A part of a stack lower than this has no room for its number.
_LEAST_PART = 18.0
_LEAST_SIZE = 9.0


def bars(chart: Chart) -> Drawing:
    """Draw lying bars, a row per category: its name, its bar, its value."""
    wide = room_of(chart)
    each = max(1, len(chart.series))
    row, thick = 22.0 * each + 14, 20.0
    names = [broken(name, wide * 0.36) for name in chart.categories]
    left = max((text_width(line) for lines in names for line in lines), default=0.0) + 12
    values = [value for series in chart.series for value in finite(padded(chart, series))]
    right = wide - max((text_width(number(chart, value), bold=True) for value in values), default=0.0) - 10
    scale = scaled(values, chart.axis_from, left, right)
    base, parts = scale.at(max(scale.low, ZERO)), []
    top = 30.0 if each > 1 else 6.0
    shades = colours(chart)
    for index, lines in enumerate(names):
        y = top + index * row
        middle = y + (row - 14) / 2 + 5 - (len(lines) - 1) * SIZE * 0.6
        parts.append(label(left - 10, middle, lines, anchor="end"))
        for place, series in enumerate(chart.series):
            value = padded(chart, series)[index]
            if value is None:
                continue
            marked = index in series.highlight
            colour = LOOK.accent if marked else shades[place]
            end, at = scale.at(value), y + place * 22
            parts.append(rect(min(base, end), at, abs(end - base), thick, colour.rgb))
            ink = LOOK.accent_text.rgb if marked else LOOK.ink.rgb
            parts.append(
                label(
                    max(base, end) + 6, at + 15, number(chart, value), anchor="start", colour=ink, bold=marked
                )
            )
    high = top + row * len(names)
    parts.append(rule(base, top - 4, base, high - 6, LOOK.muted.rgb))
    return Drawing(
        "".join(parts) + (_legend(chart, chart.series, 0.0) if each > 1 else ""), wide, max(high, 40)
    )


def columns(chart: Chart) -> Drawing:
    """Draw standing or stacked columns, with lines of the same chart over them."""
    wide, stacked = room_of(chart), chart.mark == "stacked"
    standing = [series for series in chart.series if not series.line]
    top = TOP + (24 if len(standing) > 1 else 0)
    levels = _levels(chart, standing) if stacked else [v for s in standing for v in finite(padded(chart, s))]
    levels += [value for series in chart.series if series.line for value in finite(padded(chart, series))]
    scale = scaled(levels, chart.axis_from, HIGH - FOOT, top)
    step, base, parts = wide / max(1, len(chart.categories)), scale.at(max(scale.low, ZERO)), []
    shades = dict(zip((series.name for series in chart.series), colours(chart), strict=True))
    for index, category in enumerate(chart.categories):
        x = index * step
        up = down = ZERO
        slot = step * 0.72 / (1 if stacked else max(1, len(standing)))
        for place, series in enumerate(standing):
            value = padded(chart, series)[index]
            if value is None:
                continue
            marked = index in series.highlight
            colour = LOOK.accent.rgb if marked else shades[series.name].rgb
            start = (up if value >= 0 else down) if stacked else ZERO
            up, down = (up + value, down) if value >= 0 else (up, down + value)
            y0, y1 = sorted((scale.at(max(start, scale.low)), scale.at(start + value)))
            left = x + step * 0.14 + (0 if stacked else place * slot)
            parts.append(rect(left, y0, slot - (0 if stacked else 2), y1 - y0, colour))
            if not stacked:
                ink = LOOK.accent_text.rgb if marked else LOOK.ink.rgb
                parts.append(
                    _value(left + slot / 2, y0 - 6, number(chart, value), slot, wide, ink, bold=marked)
                )
            elif y1 - y0 >= _LEAST_PART:
                middle, words = (y0 + y1) / 2 + 5, number(chart, value)
                parts.append(_value(left + slot / 2, middle, words, slot, wide, on(colour), bold=False))
        if stacked:
            total = number(chart, up + down)
            parts.append(_value(x + step / 2, scale.at(up) - 6, total, step, wide, LOOK.ink.rgb, bold=True))
        parts.append(_name(x + step / 2, category, step))
    parts.append(rule(0, base, wide, base, LOOK.muted.rgb))
    legend = _legend(chart, standing, 0.0) if len(standing) > 1 else ""
    return Drawing("".join(parts) + legend + over(chart, scale, step, wide), wide, HIGH)


def waterfall(chart: Chart) -> Drawing:
    """Draw totals on the ground and movements between them, joined by thin lines; a cut axis shows a slit in totals."""
    wide = room_of(chart)
    series = chart.series[0] if chart.series else Series(name="", values=())
    drawn = steps(padded(chart, series), chart.totals)
    scale = scaled(
        [level for bar in drawn for level in (bar.start, bar.end)], chart.axis_from, HIGH - FOOT, TOP
    )
    step, parts = wide / max(1, len(drawn)), []
    for index, bar in enumerate(drawn):
        x, thick = index * step + step * 0.13, step * 0.74
        marked = index in series.highlight
        colour = LOOK.accent.rgb if marked else (LOOK.total if bar.total else LOOK.bar).rgb
        y0, y1 = sorted((scale.at(max(bar.start, scale.low)), scale.at(bar.end)))
        parts.append(rect(x, y0, thick, y1 - y0, colour))
        if bar.total and chart.axis_from:
            parts.append(_slit(x, thick, scale.start - 26))
        if index + 1 < len(drawn):
            level = scale.at(bar.end)
            parts.append(rule(x + thick, level, (index + 1) * step + step * 0.13, level, LOOK.muted.rgb))
        words = number(chart, bar.value, signed=not bar.total)
        ink = LOOK.accent_text.rgb if marked else LOOK.ink.rgb
        parts.append(_value(x + thick / 2, y0 - 6, words, step, wide, ink, bold=bar.total or marked))
        parts.append(_name(x + thick / 2, chart.categories[index], step))
    parts.append(rule(0, scale.start, wide, scale.start, LOOK.muted.rgb))
    return Drawing("".join(parts), wide, HIGH)


def _slit(x: float, thick: float, y: float) -> str:
    """Return a white wave through a bar: its foot is not shown."""
    half, paper = thick / 2, LOOK.paper.rgb.lower()
    return (
        f'<path d="M{x - 2:.1f} {y:.1f}q{half / 2 + 1:.1f} -7 {half + 2:.1f} 0t{half + 2:.1f} 0" '
        f'fill="none" stroke="#{paper}" stroke-width="6"/>'
    )


def _value(x: float, y: float, words: str, room: float, wide: float, colour: str, *, bold: bool) -> str:
    """Return a value over its bar or inside a stack, smaller where bars stand close, within the picture at its edge."""
    needed = text_width(words, bold=bold)
    size = max(_LEAST_SIZE, min(float(SIZE), SIZE * room / max(needed, 1.0)))
    half = needed * size / SIZE / 2
    return label(min(max(x, half), wide - half), y, words, colour=colour, bold=bold, size=round(size, 1))


def _name(x: float, category: str, step: float) -> str:
    return label(x, HIGH - FOOT + 18, broken(category, step - 2, size=13), colour=LOOK.muted.rgb, size=13)


def _levels(chart: Chart, standing: list[Series]) -> list[Decimal]:
    """Return how high and how deep each stack reaches."""
    levels = []
    for index in range(len(chart.categories)):
        parts = finite(padded(chart, series)[index] for series in standing)
        levels.append(sum((part for part in parts if part > 0), ZERO))
        levels.append(sum((part for part in parts if part < 0), ZERO))
    return levels


def _legend(chart: Chart, named: tuple[Series, ...] | list[Series], x: float) -> str:
    shades = dict(zip((series.name for series in chart.series), colours(chart), strict=True))
    parts = []
    for series in named:
        parts.append(rect(x, 4, 12, 12, shades[series.name].rgb))
        parts.append(label(x + 18, 15, series.name, anchor="start", colour=readable(LOOK.ink)))
        x += 18 + text_width(series.name) + 22
    return "".join(parts)
