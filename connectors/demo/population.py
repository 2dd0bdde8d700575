"""Who could be sold to, and the deals that were opened with them: everything about a deal that is known on its first day.

Parameters are those of the reference generator; arrivals follow growth and season, so that deal `i` of `n` is always
opened at the same moment of the story, whatever slice of the company is generated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.demo import calendar, clock
from connectors.demo.clock import Ints
from connectors.demo.people import REPS

REGIONS = ("AMER", "EMEA", "APAC")
SEGMENTS = ("SMB", "MM", "ENT")
PRODUCTS = ("Yard", "Flow", "Sense", "Premier")
SOURCES = ("Inbound", "Outbound", "Partner", "Referral")
TYPES = ("New business", "Expansion", "Renewal", "Test")
CURRENCIES = ("USD", "EUR", "GBP", "AUD")
# US dollars per unit at plan, times 1000: kept as integers so that money stays exact.
RATES = np.array([1000, 1250, 1500, 625], dtype=np.int64)

_REGION_MIX = (0.54, 0.32, 0.14)
_SEGMENT_MIX = (0.45, 0.34, 0.21)
_SOURCE_MIX = (0.40, 0.32, 0.17, 0.11)
SOURCE_PULL = np.array([0.0, -0.3, 0.15, 0.4])
_MEDIAN = np.array([9_000.0, 34_000.0, 130_000.0])
_SIGMA = np.array([0.65, 0.70, 0.75])
_PRODUCT_SIZE = np.array([1.0, 0.85, 0.9, 0.4])
_CYCLE_WEEKS = np.array([7.0, 13.0, 24.0])
_SEASON = (0.92, 1.00, 0.93, 1.15)
_GROWTH = 1.03
_SENSE_FROM = calendar.number(date(2026, 5, 4))


@dataclass(frozen=True, slots=True)
class Accounts:
    """Customers by column: `region`, `segment` and `owner` are places in REGIONS, SEGMENTS and REPS."""

    region: Ints
    segment: Ints
    owner: Ints
    place: Ints

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.region)


@dataclass(frozen=True, slots=True)
class Deals:
    """Deals by column as they were opened; `first` is the number of the first one in the whole company.

    `amount` is in hundredths of `currency`; `close` and `created_day` are day numbers, `created` an instant.
    `quality` is hidden: how good the deal is, for the generator only. `lean` is by how many steps the rep calls it
    higher or lower than its stage says; `orphan` deals have lost their account.
    """

    first: int
    account: Ints
    region: Ints
    segment: Ints
    owner: Ints
    product: Ints
    source: Ints
    type: Ints
    currency: Ints
    amount: Ints
    close: Ints
    created: Ints
    created_day: Ints
    quality: NDArray[np.float64]
    lean: Ints
    orphan: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.account)


def accounts(n: int, seed: int) -> Accounts:
    """Return `n` customers; the same for the same seed."""
    rng = np.random.default_rng([seed, 1])
    region = rng.choice(3, size=n, p=_REGION_MIX)
    segment = rng.choice(3, size=n, p=_SEGMENT_MIX)
    owner = np.zeros(n, dtype=np.int64)
    for r, s in np.ndindex(3, 3):
        mask = (region == r) & (segment == s)
        owner[mask] = rng.choice(len(REPS), size=int(mask.sum()), p=_shares(r, s))
    place = np.zeros(n, dtype=np.int64)
    for r in range(3):
        mask = region == r
        place[mask] = np.arange(int(mask.sum()))
    return Accounts(region=region, segment=segment, owner=owner, place=place)


def arrival(n: int, weeks: int) -> NDArray[np.float64]:
    """Return the n + 1 moments, in days from the start, that part `n` deals of `weeks` weeks into equal shares."""
    week = np.arange(weeks)
    quarter = week * 7 // 91
    rate = _GROWTH**quarter * np.array(_SEASON)[quarter % 4]
    total = np.concatenate([[0.0], np.cumsum(rate)])
    return np.asarray(np.interp(np.linspace(0, total[-1], n + 1), total, np.arange(weeks + 1) * 7.0))


def deals(
    first: int, days: NDArray[np.float64], share: NDArray[np.float64], who: Accounts, seed: int
) -> Deals:
    """Return deals that are opened at these moments; `share` is each one's place (0 to 1) in the whole company."""
    n = len(days)
    rng = np.random.default_rng([seed, 2, first])
    account = _chosen_accounts(rng, share, len(who))
    region, segment = who.region[account], who.segment[account]
    created_day = _workday(days.astype(np.int64))
    known = account < (share * len(who) * 0.97).astype(np.int64)
    product = _products(rng, created_day, known=known)
    kind = np.where(known & (rng.random(n) < 0.75), 1, 0)
    kind[rng.random(n) < 0.002] = 3
    minutes = rng.integers(9 * 60, 17 * 60, n)
    created = np.zeros(n, dtype=np.int64)
    for place, name in enumerate(REGIONS):
        mask = region == place
        created[mask] = clock.instant(created_day[mask], minutes[mask], calendar.ZONES[name])
    # Nobody at another office is ahead of the company's own Monday.
    created_day = clock.company_day(created)
    owner = _owners(rng, who.owner[account], region, segment, created_day)
    dollars = rng.lognormal(np.log(_MEDIAN)[segment], _SIGMA[segment]) * _PRODUCT_SIZE[product]
    currency = _currencies(rng, region)
    optimism = np.array([rep.optimism for rep in REPS])[owner]
    cycle = _CYCLE_WEEKS[segment] * 7 * np.exp(rng.normal(-optimism, 0.35))
    return Deals(
        first=first,
        account=account,
        region=region,
        segment=segment,
        owner=owner,
        product=product,
        source=rng.choice(4, size=n, p=_SOURCE_MIX),
        type=kind,
        currency=currency,
        amount=round_amount(dollars * 100_000 / RATES[currency]),
        close=snap(rng, created_day + np.maximum(cycle, 10).astype(np.int64)),
        created=created,
        created_day=created_day,
        quality=rng.normal(size=n),
        lean=_leans(rng, owner),
        orphan=rng.random(n) < 0.01,
    )


def round_amount(hundredths: NDArray[Any]) -> Ints:
    """Return amounts as a rep would write them: to 500 below 20,000, to 1,000 below 100,000, to 5,000 above."""
    step = np.where(hundredths < 2_000_000, 50_000, np.where(hundredths < 10_000_000, 100_000, 500_000))
    return np.maximum(np.rint(hundredths / step).astype(np.int64), 1) * step


def snap(rng: np.random.Generator, days: Ints) -> Ints:
    """Return the days as reps date deals: to the quarter's end (.3), the month's end (.2), or that week's Friday."""
    ends, quarter_ends = _month_ends()
    month = ends[np.searchsorted(ends, days)]
    quarter = quarter_ends[np.searchsorted(quarter_ends, days)]
    friday = days + (4 - days % 7)
    u = rng.random(len(days))
    return np.where(u < 0.3, quarter, np.where(u < 0.5, month, friday))


def _month_ends() -> tuple[Ints, Ints]:
    months = [date(year, month, 1) for year in range(2023, 2032) for month in range(1, 13)]
    firsts = np.array([calendar.number(first) for first in months[1:]], dtype=np.int64)
    # The last workday of the month: nobody dates a deal on a Saturday or a Sunday.
    ends = _workday(firsts - 1)
    return ends, ends[np.array([first.month in {1, 4, 7, 10} for first in months[1:]])]


def _workday(days: Ints) -> Ints:
    """Return the days, a Saturday or Sunday moved to the Friday before."""
    return days - np.maximum(days % 7 - 4, 0)


def _shares(region: int, segment: int) -> NDArray[np.float64]:
    letter = "SME"[segment]
    weights = np.array(
        [
            rep.segments.count(letter) * (rep.region == REGIONS[region]) * (rep.started is None)
            for rep in REPS
        ],
        dtype=float,
    )
    return np.asarray(weights / weights.sum())


def _owners(rng: np.random.Generator, owner: Ints, region: Ints, segment: Ints, created_day: Ints) -> Ints:
    """Return the owners, some deals handed to the reps who have started since."""
    owner = owner.copy()
    for place, rep in enumerate(REPS):
        if rep.started is None:
            continue
        sells = np.array([letter in rep.segments for letter in "SME"])[segment]
        mask = (region == REGIONS.index(rep.region)) & sells & (created_day >= calendar.number(rep.started))
        owner[mask & (rng.random(len(owner)) < 0.25)] = place
    return owner


def _chosen_accounts(rng: np.random.Generator, share: NDArray[np.float64], n: int) -> Ints:
    """Return the account of each deal: mostly a new one, often one met before."""
    newest = np.clip((share * n).astype(np.int64), 0, n - 1)
    back = (rng.random(len(share)) ** 1.5 * newest).astype(np.int64)
    return np.where(rng.random(len(share)) < 0.45, back, newest)


def _products(rng: np.random.Generator, created_day: Ints, *, known: NDArray[np.bool_]) -> Ints:
    n = len(created_day)
    u = rng.random(n)
    product = np.where(
        known, np.where(u < 0.45, 0, np.where(u < 0.85, 1, 3)), np.where(u < 0.8, 0, np.where(u < 0.96, 1, 3))
    )
    rising = np.clip((created_day - _SENSE_FROM) / 300, 0, 0.5) + 0.08
    product[(created_day >= _SENSE_FROM) & (rng.random(n) < rising)] = 2
    return product


def _currencies(rng: np.random.Generator, region: Ints) -> Ints:
    u = rng.random(len(region))
    emea = np.where(u < 0.72, 1, np.where(u < 0.95, 2, 0))
    apac = np.where(u < 0.85, 3, 0)
    currency = np.where(region == 0, 0, np.where(region == 1, emea, apac))
    wrong = rng.random(len(region)) < 0.003
    return np.where(wrong & (region == 0), 1, currency)


def _leans(rng: np.random.Generator, owner: Ints) -> Ints:
    u = rng.random(len(owner))
    lean = np.where(u < 0.10, -1, np.where(u < 0.18, 1, 0))
    habit = np.array([rep.habit for rep in REPS], dtype=object)[owner]
    lean = np.where(habit == "sandbagger", -1, lean)
    return np.where((habit == "happy ears") & (u < 0.5), 1, lean)
