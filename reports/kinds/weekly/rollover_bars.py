"""The card's bars in the first days of a quarter: what was called, what became of it, and what is won."""

from __future__ import annotations

from decimal import Decimal

from reports import words
from reports.deck import CardStep
from reports.kinds.weekly.rollover import LABELS, Rolled


def bridge(found: Rolled) -> tuple[CardStep, ...]:
    """Return what was called, what became of it, and what is won, as bars of the card; none where it is not known."""
    if found.outcome is None:
        return ()
    last, ends = found.last, found.outcome
    since = words.day(last.view.calendar.day(ends.since))

    def bar(label: str, value: Decimal, *, total: bool) -> CardStep:
        text = words.money(value, last.currency, last.scale, signed=not total)
        return CardStep(label=label, value=value, text=text, total=total)

    return (
        bar(f"Called {since}", ends.opening.value or Decimal(0), total=True),
        *(
            bar(LABELS[step.bucket], step.value, total=False)
            for step in ends.steps
            if last.scale.round(step.value)
        ),
        bar("Won", ends.closing.value or Decimal(0), total=True),
    )


def bridge_heading(found: Rolled, bars: tuple[CardStep, ...]) -> str:
    """Return the heading of these bars; it says so where the shown figures are rounded and do not add up."""
    if not bars:
        return "What was called is not known"
    feet = words.foots((bar.value for bar in bars[:-1]), bars[-1].value, found.last.scale)
    return f"What became of the call of {found.last.name}{'' if feet else ', rounded'}"
