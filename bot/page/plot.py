"""What every chart on the page shares: its room, its scale, its numbers, its colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot.page.markup import LOOK
from reports.deck import Chart, Series
from reports.render.formats import shown
from reports.render.look import Colour, contrast

ZERO = Decimal(0)
WIDE, NARROW = 720.0, 330.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Finished SVG content and the room it takes."""

    content: str
    wide: float
    high: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from `low` to `high` onto pixels from `start` to `end`."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def at(self, value: Decimal) -> float:
        """Return the place of a value; one beyond the ends stands at the end."""
        span = self.high - self.low
        share = float((min(max(value, self.low), self.high) - self.low) / span) if span else 0.0
        return self.start + share * (self.end - self.start)


def scaled(values: Iterable[Decimal], floor: Decimal | None, start: float, end: float) -> Scale:
    """Return a scale that holds zero (or the cut axis's floor) and every value; one wide where all are the same."""
    held = [*values, ZERO if floor is None else floor]
    low = min(held) if floor is None else floor
    return Scale(low, max(held) if max(held) > low else low + 1, start, end)


def finite(values: Iterable[Decimal | None]) -> list[Decimal]:
    """Return the values that can be drawn."""
    return [value for value in values if value is not None and value.is_finite()]


def padded(chart: Chart, series: Series) -> list[Decimal | None]:
    """Return one value per category; missing and infinite ones are gaps."""
    values = [value if value is not None and value.is_finite() else None for value in series.values]
    return [*values, *([None] * len(chart.categories))][: len(chart.categories)]


def number(chart: Chart, value: Decimal, *, signed: bool = False) -> str:
    """Return the value as the deck writes it."""
    return shown(value, chart.number, signed=signed)


def colours(chart: Chart) -> tuple[Colour, ...]:
    """Return a colour per series: by tone; neutral ones take the greys, light to dark."""
    greys = [LOOK.bar, LOOK.total, LOOK.rule, LOOK.muted, LOOK.ink]
    return tuple(
        LOOK.shape(series.tone) if series.tone != "neutral" else greys.pop(0) if greys else LOOK.ink
        for series in chart.series
    )


def readable(colour: Colour) -> str:
    """Return the colour if words can be read in it on white, else the ink."""
    return colour.rgb if contrast(colour.rgb, LOOK.paper.rgb) >= 4.5 else LOOK.muted.rgb


def on(ground: str) -> str:
    """Return ink or paper, whichever can be read on that ground."""
    return max((LOOK.ink.rgb, LOOK.paper.rgb), key=lambda colour: contrast(colour, ground))


def room_of(chart: Chart) -> float:
    """Return how wide a chart is drawn: beside something else it is narrow."""
    return WIDE if chart.slot in {"main", "top", "bottom"} else NARROW
