"""The whole company for a size, a seed and a day: who, what, and everything that happened, in slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from connectors.demo import calendar, population, rows, simulate
from connectors.demo.story import Story
from connectors.protocol import Batch

DEFAULT_SIZE = 5_000
SLICE = 100_000


@dataclass(frozen=True)
class Larkmoor:
    """An invented company; equal arguments give equal rows."""

    size: int = DEFAULT_SIZE
    seed: int = 20
    shift: int = 0
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_told(self) -> bool:
        """Say whether this size has the planned season, whose numbers are exact."""
        return self.size == DEFAULT_SIZE

    @cached_property
    def accounts(self) -> population.Accounts:
        """Return the invented customers."""
        return population.accounts(max(int(self.size * 0.42), 12), self.seed)

    @cached_property
    def account_names(self) -> list[str]:
        """Return their names."""
        return rows.account_names(self.accounts)

    def pages(self) -> Iterator[tuple[Batch, ...]]:
        """Yield all rows: first who and what, then the deals, oldest first."""
        yield (rows.person_rows(), rows.product_rows(), rows.account_rows(self.accounts, self.account_names))
        for past in self.pasts():
            yield rows.past_rows(past, self.account_names, self.shift)

    def pasts(self) -> Iterator[simulate.Past]:
        """Yield the simulated deals in slices, oldest first."""
        until = calendar.WEEKS
        edges = population.arrival(self.size, until)
        for first in range(0, self.size, SLICE):
            last = min(first + SLICE, self.size)
            days = (edges[first:last] + edges[first + 1 : last + 1]) / 2
            share = (np.arange(first, last) + 0.5) / self.size
            deals = population.deals(first, days, share, self.accounts, self.seed)
            yield simulate.past(deals, seed=self.seed, until=until, draws=2 if self.size <= SLICE else 1)

    def stories(self) -> tuple[Story, ...]:
        """Return the deals that are told one by one; none for a size without a season."""
        return ()
