"""Deals to the messages that ask about them: every deal once, one message an owner, at most five deals in it at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

# So many unanswered deals stand in a message at once; the rest comes up as these are answered.
AT_ONCE = 5


class Owned(Protocol):
    """Anything with an owner."""

    @property
    def owner_id(self) -> str:
        """Return the owner's id."""
        ...


D = TypeVar("D", bound=Owned)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which deals of an owner's message are shown in full, which as answered, and how many wait behind them."""

    open: tuple[str, ...]
    closed: tuple[str, ...]
    waiting: int


def by_owner(deals: Iterable[D]) -> dict[str, tuple[D, ...]]:
    """Return the deals by owner, in the order given; the owner of the first deal comes first."""
    found: dict[str, list[D]] = {}
    for deal in deals:
        found.setdefault(deal.owner_id, []).append(deal)
    return {owner: tuple(theirs) for owner, theirs in found.items()}


def shown(deals: Iterable[str], settled: Mapping[str, bool]) -> Shown:
    """Return what a message shows of its deals, given which of them are settled: at most five that are not."""
    ordered = tuple(dict.fromkeys(deals))
    unsettled = tuple(deal for deal in ordered if not settled.get(deal, False))
    return Shown(
        open=unsettled[:AT_ONCE],
        closed=tuple(deal for deal in ordered if settled.get(deal, False)),
        waiting=len(unsettled[AT_ONCE:]),
    )
