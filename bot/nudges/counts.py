"""What became of the deals that were asked about, counted: each deal is one of these, so the parts add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.nudges.rows import Row
from bot.nudges.values import Given
from reports import words

Became = Literal["date", "step", "amount", "lost", "left", "mended", "open"]
# How a number of them is written, one and many.
_SAID: dict[Became, tuple[str, str]] = {
    "date": ("new date", "new dates"),
    "step": ("next step", "next steps"),
    "amount": ("amount", "amounts"),
    "lost": ("lost", "lost"),
    "left": ("left", "left"),
}
# Open deals that are named in a sentence.
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One deal that was asked about: who owns it, and what became of it."""

    deal_id: str
    owner: str
    became: Became


def became(row: Row, given: Given | None) -> Became:
    """Return what became of a deal."""
    if row.state == "open":
        return "open"
    if row.state == "kept" and given is not None:
        return given.note.answer
    return "mended"


def summary(told: Iterable[Told], names: Mapping[str, str]) -> str:
    """Return `41 of 64 answered by 17 of 22 owners: 23 new dates, 11 lost, 7 left; open: …`; the names are the open deals'."""
    deals = tuple(told)
    answered = [deal for deal in deals if deal.became not in {"open", "mended"}]
    owners, answering = {deal.owner for deal in deals}, {deal.owner for deal in answered}
    parts = [
        f"{number} {words.plural(number, *_SAID[kind])}"
        for kind in _SAID
        if (number := sum(deal.became == kind for deal in deals))
    ]
    counted = f": {', '.join(parts)}" if parts else ""
    mended = sum(deal.became == "mended" for deal in deals)
    waiting = [names[deal.deal_id] for deal in deals if deal.became == "open" and deal.deal_id in names]
    left = sum(deal.became == "open" for deal in deals)
    return (
        f"{len(answered)} of {len(deals)} answered by {len(answering)} of {len(owners)} "
        f"{words.plural(len(owners), 'owner')}{counted}"
        f"{f'; {mended} settled in the CRM' if mended else ''}{_open(waiting, left)}."
    )


def _open(names: list[str], number: int) -> str:
    """Return the first few of the open deals by name, and how many more there are; of hidden ones only how many."""
    if not number:
        return ""
    shown = names[:_NAMED]
    if not shown:
        return f"; open: {number}"
    rest = number - len(shown)
    return f"; open: {', '.join(shown)}{f' and {rest} more' if rest else ''}"
