"""How a chart of bars or lines uses its space: margins, bar widths, axis steps, whether labels have room. In points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.deck import Chart, Series
from reports.facts import Unit
from reports.render.chartxml import inner
from reports.render.fonts import LINE, width, wrapped
from reports.render.formats import shown
from reports.render.look import CHART
from reports.render.xml import one_line

KEYED = 3  # up to so many series of bars are named in their own colours above the chart; more get a legend
_THICK = {"bar": 26.0, "column": 64.0, "stacked": 64.0}
_GAPS = {"bar": 45, "column": 55, "stacked": 55}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A chart's size and what it leaves free around the plot; `labelled`: values stand on the bars, not on an axis."""

    wide: float
    high: float
    left: float
    top: float
    right: float
    bottom: float
    labelled: bool
    legend: bool
    gap: int

    @property
    def frame(self) -> str:
        """Return the layout of the plot area."""
        across, down = self.plot
        return inner(self.left / self.wide, self.top / self.high, across / self.wide, down / self.high)

    @property
    def plot(self) -> tuple[float, float]:
        """Return width and height of the plot area."""
        return max(self.wide - self.left - self.right, 20.0), max(self.high - self.top - self.bottom, 20.0)


def room_of(chart: Chart, wide: float, high: float) -> Room:
    """Return how the chart uses `wide` by `high` points."""
    texts = [shown(value, chart.number) for series in chart.series for value in present(series.values)]
    longest = max((width(text, CHART) for text in texts), default=0.0)
    bars = [series for series in chart.series if not is_line(chart, series)]
    slots = max(1, len(chart.categories))
    group = 1 if chart.mark == "stacked" else max(1, len(bars))
    legend = len(bars) > KEYED
    head = CHART * LINE + 10 if legend else 0.0
    if chart.mark == "bar":
        names = max((width(one_line(text), CHART) for text in chart.categories), default=0.0) * 1.03 + 12
        labelled = (high - 8 - head) / slots / (group + 0.45) >= CHART * 0.95
        left, top, right, bottom = (
            min(names, wide * 0.38),
            head + (2.0 if labelled else 22.0),
            longest + 12,
            4.0,
        )
        pitch = (high - top - bottom) / slots
    else:
        ends = [
            width(end_text(chart, series), CHART, bold=True) + 14
            for series in chart.series
            if is_line(chart, series)
        ]
        right = max(ends, default=4.0)
        pitch = (wide - right) / slots
        labelled = bool(bars) and longest * 1.06 <= pitch / (group + 0.4 if group > 1 else 1)
        left = 2.0 if labelled else longest + 14
        lines = max(
            (len(wrapped(one_line(text), CHART, pitch * 0.96)) for text in chart.categories), default=1
        )
        top, bottom = head + CHART * LINE + 6, min(lines, 3) * CHART * LINE + 10
    thin = (pitch / _THICK.get(chart.mark, 64.0) - group) * 100
    return Room(
        wide=wide,
        high=high,
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        labelled=labelled,
        legend=legend,
        gap=round(min(max(_GAPS.get(chart.mark, 55), thin), 400)),
    )


def is_line(chart: Chart, series: Series) -> bool:
    """Return whether the series is drawn as a line; there is none across horizontal bars."""
    return chart.mark == "line" or (series.line and chart.mark != "bar")


def padded(chart: Chart, series: Series) -> tuple[Decimal | None, ...]:
    """Return exactly one value per category."""
    count = len(chart.categories)
    return (*series.values[:count], *[None] * (count - len(series.values)))


def present(values: Sequence[Decimal | None]) -> tuple[Decimal, ...]:
    """Return the values that can be drawn: neither missing nor infinite."""
    return tuple(value for value in values if value is not None and value.is_finite())


def last_point(values: Sequence[Decimal | None]) -> int | None:
    """Return the index of the last value that can be drawn; None when there is none."""
    return max(
        (index for index, value in enumerate(values) if value is not None and value.is_finite()), default=None
    )


def end_text(chart: Chart, series: Series) -> str:
    """Return what stands at the end of a line: its last value, and its name where there are several series."""
    last = present(series.values)[-1:]
    value = shown(last[0], chart.number) if last else ""
    return f"{one_line(series.name)}  {value}" if len(chart.series) > 1 else value


def tallest(chart: Chart) -> Decimal:
    """Return the highest value on the chart, stacks added up; zero when nothing is above it."""
    single = [value for series in chart.series for value in present(series.values)]
    if chart.mark == "stacked":
        bars = [series.values for series in chart.series if not is_line(chart, series)]
        single += [
            sum(present([values[index] for values in bars if index < len(values)]), Decimal(0))
            for index in range(len(chart.categories))
        ]
    return max(single, default=Decimal(0)) if single else Decimal(0)


def major_unit(chart: Chart) -> Decimal | None:
    """Return the step of a visible value axis, for about five lines; None lets the program choose.

    Where it can, a step is a whole number of what the labels show: no two lines read the same, none reads rounded.
    """
    span = float(max(tallest(chart), Decimal(0)) - (chart.axis_from or Decimal(0)))
    if not math.isfinite(span) or span <= 0:
        return None
    power = math.floor(math.log10(span / 4.5))
    least = Decimal(chart.number.scale).scaleb(-chart.number.decimals)
    if chart.number.unit is Unit.SHARE:
        least /= 100
    steps = [Decimal(step).scaleb(power) for step in ("1", "2", "2.5", "5", "10")]
    few = [step for step in steps if span / float(step) <= 5.2]
    return next((step for step in few if step % least == 0), few[0])


def nudges(chart: Chart, room: Room) -> dict[int, float]:
    """Return by how much of the chart's height the label at a line's end is moved, so that no two collide."""
    step = major_unit(chart) or Decimal(1)
    base = chart.axis_from or Decimal(0)
    peak = max(tallest(chart), base + step)
    scale = room.plot[1] / float((peak - base) / step + 1) / float(step)
    ends = []
    for index, series in enumerate(chart.series):
        last = last_point(series.values)
        if is_line(chart, series) and last is not None:
            ends.append((last, -float((series.values[last] or Decimal(0)) - base) * scale, index))
    moved, before = {}, (-1, 0.0)
    for point, place, index in sorted(ends):
        spot = max(place, before[1] + CHART * LINE) if before[0] == point else place
        if spot - place > 0.5:
            moved[index] = (spot - place) / room.high
        before = (point, spot)
    return moved
