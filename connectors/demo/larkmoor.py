"""The whole company for a size, a seed and a day: who, what, and everything that happened, in slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from connectors.demo import calendar, population, rows, simulate
from connectors.demo.calendar import DEFAULT_SIZE
from connectors.demo.customers import cross_sold
from connectors.demo.dirt import soiled
from connectors.demo.season import season
from connectors.demo.season import stories as season_stories
from connectors.demo.story import Story
from connectors.demo.told import Told, told
from connectors.protocol import Batch

SLICE = 100_000
SMALLEST_WITH_SEASON = 100


@dataclass(frozen=True)
class Larkmoor:
    """An invented company; equal arguments give equal rows."""

    size: int = DEFAULT_SIZE
    seed: int = 59
    shift: int = 0

    @property
    def is_told(self) -> bool:
        """Say whether this size has the planned weeks, with which the numbers are exact."""
        return self.size == DEFAULT_SIZE

    @property
    def has_season(self) -> bool:
        """Say whether there is room for the deals of the season."""
        return self.size >= SMALLEST_WITH_SEASON

    @cached_property
    def accounts(self) -> population.Accounts:
        """Return the invented customers."""
        return population.accounts(max(int(self.size * 0.42), 12), self.seed)

    @cached_property
    def account_names(self) -> list[str]:
        """Return their names."""
        return rows.account_names(self.accounts)

    @cached_property
    def told(self) -> Told:
        """Return the company with its season; only for the size that has one.

        Raises:
            ValueError: this seed does not give enough deals for the story.
        """
        return told(next(iter(self.pasts())), self.account_names, seed=self.seed)

    @property
    def stories(self) -> tuple[Story, ...]:
        """Return the deals that are told one by one: with the planned weeks every open one, else those of the season."""
        if self.is_told:
            return self.told.stories
        tales = season() if self.has_season else ()
        first, customer = self.size - len(tales), len(self.accounts)
        places = range(len(tales))
        ids = [rows.deal_id(first + place) for place in places]
        return tuple(season_stories(tales, ids, [rows.account_id(customer + place) for place in places]))

    def pages(self) -> Iterator[tuple[Batch, ...]]:
        """Yield all rows: first who and what, then the deals, oldest first."""
        who = [rows.person_rows(), rows.product_rows(), rows.account_rows(self.accounts, self.account_names)]
        if self.has_season:
            first = len(self.accounts)
            who += [rows.season_account_rows(first, season()), rows.contact_rows(first, season())]
        yield tuple(who)
        if self.is_told:
            yield rows.past_rows(self.told.past, self.account_names, self.shift, kept=self.told.kept)
        else:
            for past in self.pasts():
                yield rows.past_rows(past, self.account_names, self.shift)
        if self.stories:
            yield rows.story_rows(self.stories, self.shift)

    def pasts(self) -> Iterator[simulate.Past]:
        """Yield the simulated deals in slices, oldest first."""
        size = self.size - len(season()) if self.has_season else self.size
        until = calendar.WEEKS - (calendar.PLANNED_WEEKS if self.is_told else 0)
        edges = population.arrival(size, calendar.WEEKS)
        for first in range(0, size, SLICE):
            last = min(first + SLICE, size)
            days = (edges[first:last] + edges[first + 1 : last + 1]) / 2
            share = (np.arange(first, last) + 0.5) / size
            deals = population.deals(first, days, share, self.accounts, self.seed)
            past = simulate.past(deals, seed=self.seed, until=until, draws=3 if size <= SLICE else 1)
            yield soiled(cross_sold(past, seed=self.seed), seed=self.seed, until=until)
