"""Peer odds: how often deals in the same position were won by the end of their quarter, as an empirical-Bayes table.

Measured at a landmark, the same normalised day of past quarters, from what was known then. Every cell is pulled
towards its parent: `(won + K × parent) / (n + K)`, K per level by leave-one-out likelihood (METRICS §6.2).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

# Pseudo-deals by which a cell may be pulled towards its parent.
STRENGTHS = (2, 5, 10, 20, 50, 100, 200, 500)
# Below this many closed deals there is one rate for all.
MIN_CLOSED = 50
# Below this many deals nothing is compared.
THIN = 20
_PLACES = Decimal("0.0001")


class Position(NamedTuple):
    """Where a deal stands, as far as odds go.

    `due` is `overdue`, `this`, `next` or `later` against the quarter; `pushes` 0 to 2 (2 and more); `idle` is `week`,
    `month`, `longer` or `unknown` since the last buyer touch; `step` says whether a next step is written down.
    """

    stage: int
    due: str
    category: str
    segment: str | None
    pushes: int
    idle: str
    step: bool


class Cell(NamedTuple):
    """How many deals stood in a position at the landmarks, and how many of them were won by the quarter's end."""

    position: Position
    n: int
    won: int


class Odds(NamedTuple):
    """A share from 0 to 1, and how many deals were measured: those of the nearest group around it that is not thin."""

    share: Decimal
    n: int


Key = tuple[object, ...]
Level = Callable[[Position], Key]

# From coarse to fine; each level refines the one before.
PEER_LEVELS: tuple[Level, ...] = (
    lambda _: (),
    lambda p: (p.stage, p.due),
    lambda p: (p.stage, p.due, p.segment),
)
OWN_LEVELS: tuple[Level, ...] = (
    *PEER_LEVELS,
    lambda p: (p.stage, p.due, p.segment, p.category),
    lambda p: (p.stage, p.due, p.segment, p.category, p.pushes),
    lambda p: (p.stage, p.due, p.segment, p.category, p.pushes, p.idle),
    lambda p: (p.stage, p.due, p.segment, p.category, p.pushes, p.idle, p.step),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rates, coarse to fine."""

    levels: tuple[Level, ...]
    rates: tuple[dict[Key, float], ...]
    counts: tuple[dict[Key, int], ...]

    def at(self, position: Position) -> Odds:
        """Return the rate of the finest cell ever seen; its n is that of the finest group of at least THIN deals."""
        share, n = 0.0, 0
        for level, rates, counts in zip(self.levels, self.rates, self.counts, strict=True):
            key = level(position)
            if key not in rates:
                break
            share = rates[key]
            n = counts[key] if counts[key] >= THIN or not n else n
        return Odds(Decimal(str(share)).quantize(_PLACES), n)

    def down_to(self, depth: int) -> Table:
        """Return the table of the `depth` coarsest levels: finer ones have no part in their rates."""
        return Table(self.levels[:depth], self.rates[:depth], self.counts[:depth])


def table(cells: Iterable[Cell], levels: Sequence[Level]) -> Table:
    """Return the shrunken rates of `cells` for every level; the first level must put all in one cell."""
    cells = tuple(cells)
    rates: list[dict[Key, float]] = []
    counts: list[dict[Key, int]] = []
    coarser: list[Key] = []
    for depth, level in enumerate(levels):
        n: dict[Key, int] = defaultdict(int)
        won: dict[Key, int] = defaultdict(int)
        keys = [level(cell.position) for cell in cells]
        for key, cell in zip(keys, cells, strict=True):
            n[key] += cell.n
            won[key] += cell.won
        parent = {key: rates[-1][above] for key, above in zip(keys, coarser, strict=True)} if depth else {}
        coarser = keys
        if depth == 0:
            rates.append({key: won[key] / n[key] for key in n if n[key]})
        else:
            strength = best_strength([(n[key], won[key], parent[key]) for key in n])
            rates.append({key: (won[key] + strength * parent[key]) / (n[key] + strength) for key in n})
        counts.append(dict(n))
    return Table(tuple(levels), tuple(rates), tuple(counts))


def best_strength(cells: Sequence[tuple[int, int, float]]) -> int:
    """Return the K of STRENGTHS under which each deal is best predicted by the other deals of its cell.

    Cells are (n, won, parent rate). Scored as log-likelihood of `(won − y + K × parent) / (n − 1 + K)`.
    """

    def likelihood(strength: int) -> float:
        total = 0.0
        for n, won, parent in cells:
            below = n - 1 + strength
            if won:
                total += won * math.log(max((won - 1 + strength * parent) / below, 1e-9))
            if n > won:
                total += (n - won) * math.log(max(1 - (won + strength * parent) / below, 1e-9))
        return total

    return max(STRENGTHS, key=likelihood)


class Record(NamedTuple):
    """How one owner's deals of one category, due in the quarter at its landmark, ended."""

    owner_id: str
    category: str
    segment: str | None
    n: int
    won: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerOdds:
    """What history says about the odds of a deal, for the rest of one period.

    Attributes:
        peers: stage × due × segment.
        own: the same, then category × pushes × silence × next step.
        base: won / (won + lost) of all closed deals, and how many those are.
        quarters: landmarks measured; below two, nothing is compared.
        records: how the owners' calls ended.
        reach: which quarters were measured, in words; empty when none.
    """

    peers: Table | None
    own: Table | None
    base: Odds
    quarters: int
    records: tuple[Record, ...] = ()
    reach: str = ""

    def peer(self, position: Position) -> Odds:
        """Return the rate of deals in the same stage, position of date and segment; the base rate without history."""
        return self.peers.at(position) if self.peers else self.base

    def now(self, position: Position) -> Odds:
        """Return the rate of deals that also are called, pushed, touched and planned alike."""
        return self.own.at(position) if self.own else self.base

    def called(self, category: str, segment: str | None, *, but: str = "") -> Odds:
        """Return how often deals called so were won by the end of their quarter, those of owner `but` left out."""
        found = [r for r in self.records if r.category == category and r.owner_id != but]
        same = [r for r in found if r.segment == segment]
        chosen = same if sum(r.n for r in same) >= THIN else found
        n, won = sum(r.n for r in chosen), sum(r.won for r in chosen)
        return Odds((Decimal(won) / n).quantize(_PLACES), n) if n else Odds(Decimal(0), 0)

    def record(self, owner_id: str, category: str) -> Odds:
        """Return how often one owner's deals called so were won, as counted; n 0 where there were none."""
        own = [r for r in self.records if (r.owner_id, r.category) == (owner_id, category)]
        n, won = sum(r.n for r in own), sum(r.won for r in own)
        return Odds((Decimal(won) / n).quantize(_PLACES), n) if n else Odds(Decimal(0), 0)

    def expected(self, owner_id: str, category: str, *, as_if: str) -> Decimal:
        """Return the share of that owner's deals that everybody else would have won, had they been called `as_if`."""
        own = [r for r in self.records if (r.owner_id, r.category) == (owner_id, category)]
        n = sum(r.n for r in own)
        won = sum((r.n * self.called(as_if, r.segment, but=owner_id).share for r in own), Decimal(0))
        return (won / n).quantize(_PLACES) if n else Decimal(0)


def peer_odds(
    cells: Sequence[Cell],
    *,
    records: Iterable[Record] = (),
    won: int,
    lost: int,
    quarters: int,
    reach: str = "",
) -> PeerOdds:
    """Return the odds that cells of past landmarks give; below MIN_CLOSED closed deals only the base rate."""
    closed = won + lost
    base = Odds((Decimal(won) / closed).quantize(_PLACES) if closed else Decimal(0), closed)
    enough = closed >= MIN_CLOSED and bool(cells)
    own = table(cells, OWN_LEVELS) if enough else None
    return PeerOdds(
        peers=own.down_to(len(PEER_LEVELS)) if own else None,
        own=own,
        base=base,
        quarters=quarters if enough else 0,
        records=tuple(records) if enough else (),
        reach=reach if enough else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How commits stood that were won: as late, as lately touched, as seldom pushed as three quarters of them."""

    stage: int
    pushes: int
    idles: frozenset[str]

    def fits(self, position: Position) -> bool:
        """Say whether a deal stands as well as that."""
        return position.stage >= self.stage and position.pushes <= self.pushes and position.idle in self.idles


def profile(
    cells: Iterable[Cell], *, category: str = "commit", most: Decimal = Decimal("0.75")
) -> Profile | None:
    """Return how the won deals of a category stood at the landmark; None where fewer than THIN were won."""
    won = [(cell.position, cell.won) for cell in cells if cell.position.category == category and cell.won]
    if sum(n for _, n in won) < THIN:
        return None

    def reached(values: Sequence[tuple[int, int]]) -> int:
        total, seen = sum(n for _, n in values), 0
        for value, n in sorted(values):
            seen += n
            if seen >= most * total:
                return value
        return max(value for value, _ in values)

    order = ("unknown", "week", "month", "longer")
    idle = reached([(order.index(position.idle), n) for position, n in won])
    return Profile(
        stage=-reached([(-position.stage, n) for position, n in won]),
        pushes=reached([(position.pushes, n) for position, n in won]),
        idles=frozenset(order[: idle + 1]),
    )
