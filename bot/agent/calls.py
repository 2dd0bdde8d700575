"""Managers' calls in people's words: `emea commit 1.45 best 1.7`, `my call: 1.4 / best 1.7`, `i call q4 at 5.1`."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bot.agent.amounts import Amount, amount_at
from bot.agent.intents import Errand
from bot.agent.openings import Opening
from bot.agent.tokens import tokens
from bot.agent.utterance import Utterance
from reports.facts import Filter

_COMMIT = {"commit", "committed", "committing"}
_CALL = {"call", "calls", "calling", "called"}
_BEST = {"best", "upside"}
# Words that a call may have besides; with any other it is something else.
_SMALL = frozenset(
    "my i we im ill our the is at of for to in a and with be will case it as this now update new"
    " : / , - – = . !".split()
)
_LISTS = {
    ("calls",),
    ("the", "calls"),
    ("my", "calls"),
    ("all", "calls"),
    ("list", "calls"),
    ("show", "calls"),
    ("managers", "calls"),
    ("manager", "calls"),
    ("forecast", "calls"),
}
_MUTES = {("mute", "calls"), ("unmute", "calls"), ("mute", "call"), ("unmute", "call")}
# Nobody calls less than a hundred in money: such a number is said in millions, one below a hundred thousand in thousands.
_MILLIONS, _THOUSANDS = Decimal(100), Decimal(100_000)


@dataclass(slots=True)
class _Read:
    """What was read so far."""

    commit: Amount | None = None
    best: Amount | None = None
    period: str | None = None
    regions: list[str] = field(default_factory=list)
    called: bool = False


def call(begun: Opening) -> Errand | None:
    """Return a call, the wish to see the calls, or to be asked for them no more; None for other words."""
    said, rest = begun.said, begun.rest
    if "?" in said.keys:
        return None
    if rest in _MUTES:
        return Errand(kind="call", text=" ".join(rest))
    region = _region(said, begun.start + len(rest) - 1) if rest else None
    if rest in _LISTS or (region and region[1] == 1 and rest[:-1] in _LISTS):
        filters = (Filter(dim="region", values=(region[0],)),) if region and rest not in _LISTS else ()
        return Errand(kind="call", text="calls", filters=filters)
    read = _read(said, begun.start, begun.start + len(rest))
    if read is None or read.commit is None:
        return None
    amount = meant(read.commit)
    best = None if read.best is None else meant(read.best)
    scaled = amount != read.commit.value or (read.best is not None and best != read.best.value)
    return Errand(
        kind="call",
        filters=(Filter(dim="region", values=tuple(read.regions)),) if read.regions else (),
        amount=amount,
        best=best,
        scaled=scaled,
        period=read.period,
        text=said.text.strip(),
    )


def meant(amount: Amount) -> Decimal:
    """Return what a number of a call means: what is typed without k or M is in millions, or in thousands."""
    if not amount.bare or amount.value >= _THOUSANDS or amount.value == 0:
        return amount.value
    return amount.value * (1_000_000 if amount.value < _MILLIONS else 1_000)


def typed(text: str) -> Decimal | None:
    """Return the amount that somebody typed into a field for one, `1.45` or `1.45m`; None for anything else."""
    keys = tuple(token.key for token in tokens(text.strip()))
    found = amount_at(keys, 0) if keys else None
    return meant(found[0]) if found is not None and found[1] == len(keys) else None


def _read(said: Utterance, start: int, end: int) -> _Read | None:
    """Return what the words from `start` up to `end` call; None where any of them has no part in a call."""
    read, place, best = _Read(), start, False
    while place < end:
        key = said.keys[place]
        period = said.period_at(place, "near")
        region = _region(said, place)
        amount = amount_at(said.keys, place)
        if key in _COMMIT | _CALL:
            read.called, best = True, False
            place += 1
        elif key in _BEST:
            best = True
            place += 1
        elif region is not None:
            read.regions.append(region[0])
            place += region[1]
        elif period is not None:
            if read.period is not None:
                return None
            read.period = period[0]
            place += period[1]
        elif amount is not None:
            if (read.best if best else read.commit) is not None:
                return None
            read.best, read.commit = (amount[0], read.commit) if best else (read.best, amount[0])
            place += amount[1]
        elif key in _SMALL:
            place += 1
        else:
            return None
    return read if read.called else None


def _region(said: Utterance, at: int) -> tuple[str, int] | None:
    value = said.value_at(at, names=False) if 0 <= at < len(said.keys) else None
    return (value.value, value.length) if value is not None and value.dim == "region" else None
