"""Managers' calls in people's words: `emea commit 1.45 best 1.7`, `my call: 1.4 / best 1.7`, `i call q4 at 5.1`."""

from __future__ import annotations

import re
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
_BEST = {"best", "upside", "bc"}
# What a call may be said with in place of these, where its amount is no bare whole number: `i'm at 4` may be anything.
_SAYS = (
    ("im", "at"), ("i", "am", "at"), ("were", "at"), ("we", "are", "at"), ("my", "number"), ("my", "forecast"),
    ("put", "me", "down"), ("putting",), ("ill", "land"), ("i", "will", "land"), ("well", "land"), ("we", "will", "land"),
    ("we", "land"), ("land", "at"), ("landing", "at"),
)  # fmt: skip
# Words that a call may have besides; with any other it is something else.
_SMALL = frozenset(
    "my i we im ill our the is at of for to in a and with be will case it as this now update new around about roughly "
    "raise raising lower lowering change changing set move cut : / , - – = . ! ~".split()
)
_LISTS = {
    ("calls",),
    ("the", "calls"),
    ("my", "call"),
    ("my", "calls"),
    ("all", "calls"),
    ("list", "calls"),
    ("show", "calls"),
    ("managers", "calls"),
    ("manager", "calls"),
    ("forecast", "calls"),
    ("call", "history"),
}
# `what did katrin call`, `who has called`: how a question for the calls begins, and what it may have besides a name.
_ASKS = {"what", "whats", "who", "show", "which"}
_ASKING = frozenset(
    "is are was did do does has have had hasnt not the my me our by of for from s so far yet manager managers everybody "
    "everyone now".split()
)
_BACK = {("take", "back"), ("undo",), ("withdraw",), ("delete",), ("remove",), ("cancel",), ("retract",)}
_MUTES = {("mute", "calls"), ("unmute", "calls"), ("mute", "call"), ("unmute", "call")}
# Nobody calls less than a hundred in money: such a number is said in millions, one below a hundred thousand in thousands.
_MILLIONS, _THOUSANDS = Decimal(100), Decimal(100_000)
_WHOLE, _PART = re.compile(r"[$€£]?\d{1,3}"), re.compile(r"\d{1,2}[a-z]*")


@dataclass(slots=True)
class _Read:
    """What was read so far; `said` names the currencies."""

    commit: Amount | None = None
    best: Amount | None = None
    period: str | None = None
    regions: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    called: bool = False
    loose: bool = False


def call(begun: Opening) -> Errand | None:
    """Return a call, the wish to see the calls, to take one back, or to be asked no more; None for other words."""
    said, rest = begun.said, begun.rest
    if rest in _MUTES:
        return Errand(kind="call", text=" ".join(rest))
    if any(
        rest[: len(words)] == words and rest[len(words) :] in {("my", "call"), ("call",)} for words in _BACK
    ):
        return Errand(kind="call", text="back")
    region = _region(said, begun.start + len(rest) - 1) if rest else None
    if rest in _LISTS or (region and region[1] == 1 and rest[:-1] in _LISTS) or _asks(begun):
        filters = (Filter(dim="region", values=(region[0],)),) if region and rest not in _LISTS else ()
        return Errand(kind="call", text="calls", filters=filters)
    if "?" in said.keys:
        return None
    read = _read(said, begun.start, begun.start + len(rest))
    if read is None or read.commit is None or len(set(read.said)) > 1:
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
        currency=next(iter(read.said), None),
        text=said.text.strip(),
    )


def meant(amount: Amount) -> Decimal:
    """Return what a number of a call means: what is typed without k or M is in millions, or in thousands."""
    size = abs(amount.value)
    if size < _MILLIONS:
        return amount.value * 1_000_000
    return amount.value * 1_000 if amount.bare and size < _THOUSANDS else amount.value


def typed(text: str, currency: str) -> Decimal | None:
    """Return the amount that somebody typed into a field for one in `currency`, `1.45` or `1.45m`; None for anything else."""
    keys = tuple(token.key for token in tokens(text.strip()))
    found = amount_at(keys, 0) if keys else None
    if found is None or found[1] != len(keys) or found[0].currency not in {None, currency}:
        return None
    return meant(found[0])


def _read(said: Utterance, start: int, end: int) -> _Read | None:
    """Return what the words from `start` up to `end` call; None where any of them has no part in a call."""
    read, place, best = _Read(), start, False
    while place < end:
        key = said.keys[place]
        period = said.period_at(place, "near")
        region = _region(said, place)
        amount = _amount(said, place)
        currency = said.lexicon.words.currencies.at(said.keys, place)
        loose = next((len(words) for words in _SAYS if said.keys[place : place + len(words)] == words), 0)
        if key in _COMMIT | _CALL:
            read.called, best = True, False
            place += 1
        elif key in _BEST:
            best = True
            place += 1
        elif loose:
            read.loose, best = True, False
            place += loose
        elif region is not None:
            read.regions.append(region[0])
            place += region[1]
        elif amount is None and period is not None:
            if read.period is not None:
                return None
            read.period = period[0]
            place += period[1]
        elif amount is not None:
            best = best or (read.commit is not None and said.keys[place - 1] == "/")
            if (read.best if best else read.commit) is not None:
                return None
            read.best, read.commit = (amount[0], read.commit) if best else (read.best, amount[0])
            read.said += [amount[0].currency] if amount[0].currency else []
            place += amount[1]
        elif currency is not None:
            read.said.append(currency[0])
            place += currency[1]
        elif key in _SMALL:
            place += 1
        else:
            return None
    return read if read.called or _is_plain(read) else None


def _is_plain(read: _Read) -> bool:
    """Say whether amounts alone are a call: `emea 1.45 / 1.7`, `i'm at 1.45`."""
    if read.commit is None:
        return False
    is_amount = not read.commit.bare or read.commit.value % 1 != 0
    return is_amount and (read.loose or bool(read.regions and read.best is not None))


def _amount(said: Utterance, place: int) -> tuple[Amount, int] | None:
    """Return the amount there and its length: with a comma for a point as well, and below zero where a minus touches it."""
    keys, shown = said.keys, said.tokens
    if (
        keys[place] in {"-", "–"}
        and place + 1 < len(keys)
        and shown[place].end == shown[place + 1].start
        and (place == 0 or shown[place - 1].end < shown[place].start or keys[place - 1] in {":", "="})
    ):
        found = _amount(said, place + 1) if keys[place + 1] not in {"-", "–"} else None
        if found is None:
            return None
        below = Amount(value=-found[0].value, bare=found[0].bare, currency=found[0].currency)
        return below, found[1] + 1
    if keys[place] == "a" and place + 1 < len(keys) and keys[place + 1].startswith("$"):
        found = amount_at(keys, place + 1)
        return found and (Amount(value=found[0].value, bare=found[0].bare, currency="AUD"), found[1] + 1)
    if (
        keys[place + 1 : place + 2] == (",",)
        and place + 2 < len(keys)
        and shown[place].end == shown[place + 1].start
        and shown[place + 1].end == shown[place + 2].start
        and _WHOLE.fullmatch(keys[place])
        and _PART.fullmatch(keys[place + 2])
    ):
        found = amount_at((f"{keys[place]}.{keys[place + 2]}", *keys[place + 3 :]), 0)
        return found and (found[0], found[1] + 2)
    return amount_at(keys, place)


def _asks(begun: Opening) -> bool:
    """Say whether the calls are asked for in a question's words: `what did katrin call`, `katrin's call`, `who has called`."""
    said, rest, place, names, calls = begun.said, begun.rest, begun.start, 0, 0
    end = begun.start + len(rest)
    while place < end:
        named = _person(said, place)
        if said.keys[place] in _CALL:
            calls += 1
        elif named:
            names += 1
        elif said.keys[place] not in _ASKING | _ASKS and _region(said, place) is None:
            return False
        place += max(named, 1)
    if calls != 1 or rest[0] in _CALL:
        return False
    return rest[0] in _ASKS or (names == 1 and rest[-1] in _CALL)


def _person(said: Utterance, place: int) -> int:
    """Return how many words there name a person, as whose something is too (`katrins`); 0 for none."""
    named = said.names_at(place)
    if named.people:
        return int(named.length)
    key = said.keys[place]
    return 1 if key.endswith("s") and said.lexicon.names.at((key[:-1],), 0).people else 0


def _region(said: Utterance, at: int) -> tuple[str, int] | None:
    value = said.value_at(at, names=False) if 0 <= at < len(said.keys) else None
    return (value.value, value.length) if value is not None and value.dim == "region" else None
