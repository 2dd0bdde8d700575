"""Amounts that add up: scale the deals of a cell, round them as people write them, and let one carry the rest.

Sums are kept in thousandths of a cent (amount in hundredths × plan rate × 1000), so that they are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connectors.demo.clock import Ints
from connectors.demo.population import RATES
from connectors.demo.simulate import Past
from connectors.demo.story import Story

# One US dollar in the unit of the sums.
DOLLAR = 100_000
# The finest step of each currency (in hundredths) that is a whole number of eighths of a dollar.
_GRAINS = (25, 20, 50, 20)


def fit_round(stories: Sequence[Story], dollars: int, *, at_most: int | None = None) -> None:
    """Give open deals round amounts that add up to exactly `dollars`; none is above `at_most` dollars.

    Raises:
        ValueError: there is no deal to carry the amount, or it cannot be met.
    """
    goal = dollars * DOLLAR
    _scale(stories, goal, at_most)
    _carry(stories, goal, 10_000)


def fit_exact(stories: Sequence[Story], dollars: int, *, given: int) -> None:
    """Give won deals amounts as signed (not round) that bring `given` (in the unit of the sums) to exactly `dollars`.

    Raises:
        ValueError: there is no deal to carry the amount, or it cannot be met.
    """
    goal = dollars * DOLLAR - given
    _scale(stories, goal, None)
    for place, story in enumerate(stories):
        # A discount to the unit, always the same one for the same deal; the fraction is a quarter dollar, or an eighth.
        signed = story.last("amount") * (9_989 - (place * 37 + story.created) % 400) // 1_000_000
        grain = _GRAINS[story.currency]
        story.scale(max(signed, 1) * 100 + place * grain % 100 // grain * grain)
    _carry(stories, goal, None)


def total(stories: Sequence[Story]) -> int:
    """Return the exact sum of the final amounts, in the unit of the sums."""
    return sum(story.dollars for story in stories)


def round_local(hundredths: int) -> int:
    """Return an amount as a rep would write it: to 500 below 20,000, to 1,000 below 100,000, to 5,000 above."""
    step = 50_000 if hundredths < 2_000_000 else 100_000 if hundredths < 10_000_000 else 500_000
    return max(round(hundredths / step), 1) * step


def scaled(past: Past, factor: NDArray[np.float64], *, step: int = 100) -> Past:
    """Return the history with every amount of a deal multiplied by its factor, rounded to `step` hundredths."""
    changed = factor != 1

    def scale(amount: Ints, by: NDArray[np.float64], which: NDArray[np.bool_]) -> Ints:
        moved = np.maximum(np.rint(amount * by / step).astype(np.int64), 1) * step
        return np.where(which & (amount >= 0), moved, amount)

    events = dict(past.events)
    row = events["deal"]
    events["amount"] = scale(events["amount"], factor[row], changed[row])
    state = past.state | {"amount": scale(past.state["amount"], factor, changed)}
    return replace(past, events=events, state=state)


def _scale(stories: Sequence[Story], goal: int, at_most: int | None) -> None:
    if not stories:
        raise ValueError("there is no deal to carry the amount")
    for _ in range(12):
        factor = goal / max(total(stories), 1)
        for story in stories:
            amount = round_local(round(story.last("amount") * factor))
            if at_most is not None:
                limit = at_most * DOLLAR // int(RATES[story.currency])
                amount = min(amount, limit // 100_000 * 100_000)
            story.scale(amount)
        if abs(total(stories) - goal) < goal // 200:
            return


def _carry(stories: Sequence[Story], goal: int, step: int | None) -> None:
    """Spread what is missing over the deals, largest first, in steps of the currency that divide it."""
    for story in sorted(stories, key=lambda s: (-s.dollars, s.id)):
        rest = goal - total(stories)
        if rest == 0:
            return
        rate = int(RATES[story.currency])
        # Whole thousands of the currency first; the last deals take what is left in finer steps.
        for grain in (100_000, 50_000, step or _GRAINS[story.currency]):
            moved = abs(rest) // (rate * grain) * grain * (1 if rest > 0 else -1)
            amount = story.last("amount") + moved
            if moved and amount > story.last("amount") // 2:
                story.scale(amount)
                rest -= moved * rate
    rest = goal - total(stories)
    for story in sorted(stories, key=lambda s: (int(RATES[s.currency]), -s.dollars, s.id)):
        rate = int(RATES[story.currency])
        if rest % rate == 0 and story.last("amount") + rest // rate > 0:
            story.scale(story.last("amount") + rest // rate)
            return
    if rest:
        raise ValueError(f"cannot place {rest / DOLLAR:.5f} dollars; use another seed")
