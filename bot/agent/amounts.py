"""Amounts, comparisons, counts and lengths of time in people's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"([$€£]?)(\d[\d,]*(?:\.\d+)?)([a-z%]*)")
_SCALES: dict[str, int] = {
    "": 1,
    "k": 1_000,
    "thousand": 1_000,
    "grand": 1_000,
    "tsd": 1_000,
    "m": 1_000_000,
    "mm": 1_000_000,
    "mn": 1_000_000,
    "mio": 1_000_000,
    "mil": 1_000_000,
    "mill": 1_000_000,
    "million": 1_000_000,
    "b": 1_000_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_CODES = {
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "aud": "AUD", "dollars": "USD", "dollar": "USD", "bucks": "USD", "euro": "EUR",
    "euros": "EUR", "pounds": "GBP", "us$": "USD",
}  # fmt: skip
_MORE: tuple[tuple[str, ...], ...] = (
    (">",),
    (">=",),
    ("=>",),
    ("over",),
    ("above",),
    ("at", "least"),
    ("bigger", "than"),
    ("larger", "than"),
    ("greater", "than"),
    ("more", "than"),
    ("higher", "than"),
    ("north", "of"),
    ("exceeding",),
    ("worth", "more", "than"),
    ("worth", "over"),
    ("from",),
    ("min",),
    ("minimum",),
    ("starting", "at"),
)
_LESS: tuple[tuple[str, ...], ...] = (
    ("<",),
    ("<=",),
    ("=<",),
    ("under",),
    ("below",),
    ("at", "most"),
    ("smaller", "than"),
    ("less", "than"),
    ("lower", "than"),
    ("fewer", "than"),
    ("south", "of"),
    ("up", "to"),
    ("max",),
    ("maximum",),
)
_SMALL_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "couple": 2,
    "ein": 1,
    "eine": 1,
    "einem": 1,
    "einer": 1,
    "zwei": 2,
    "drei": 3,
    "vier": 4,
}
_SPANS = {
    "d": 1,
    "day": 1,
    "days": 1,
    "w": 7,
    "wk": 7,
    "wks": 7,
    "week": 7,
    "weeks": 7,
    "mo": 30,
    "mos": 30,
    "mth": 30,
    "mths": 30,
    "month": 30,
    "months": 30,
    "fortnight": 14,
    "fortnights": 14,
    "quarter": 91,
    "quarters": 91,
    "year": 365,
    "years": 365,
    "tag": 1,
    "tage": 1,
    "tagen": 1,
    "woche": 7,
    "wochen": 7,
    "monat": 30,
    "monate": 30,
    "monaten": 30,
}
# What is typed without k or M below this is meant in thousands: nobody looks for deals over $100.
_BARE_THOUSANDS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount as typed: `value` with k/M applied; `bare` when neither k, M nor a sign was there; currency if said."""

    value: Decimal
    bare: bool
    currency: str | None = None

    @property
    def meant(self) -> Decimal:
        """Return the amount with thousands added where only they can be meant (`over 100` → 100,000)."""
        return self.value * 1_000 if self.bare and self.value < _BARE_THOUSANDS else self.value

    @property
    def scaled(self) -> bool:
        """Say whether thousands were added."""
        return self.meant != self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bounds of an amount; None is open."""

    least: Amount | None = None
    most: Amount | None = None


def amount_at(keys: Sequence[str], start: int) -> tuple[Amount, int] | None:
    """Return the amount that begins at `start` and its length in words; None when none does."""
    if start >= len(keys):
        return None
    matched = _NUMBER.fullmatch(keys[start])
    if matched is None or (matched[3] not in _SCALES and matched[3] not in _CODES):
        return None
    value, length, scale = Decimal(matched[2].replace(",", "")), 1, matched[3]
    currency = _SIGNS.get(matched[1])
    following = keys[start + 1] if start + 1 < len(keys) else ""
    if scale in _CODES:
        currency, scale = _CODES[scale], ""
    elif not scale and following in _SCALES and following:
        scale, length = following, 2
    bare = not scale and not matched[1] and "," not in matched[2]
    if start + length < len(keys) and keys[start + length] in _CODES:
        currency = currency or _CODES[keys[start + length]]
        length += 1
    return Amount(value=value * _SCALES[scale], bare=bare, currency=currency), length


def span_at(keys: Sequence[str], start: int) -> tuple[Span, int] | None:
    """Return the bounds on an amount that begin at `start` (`over 100k`, `< 1m`, `50-100k`, `between … and …`)."""
    if keys[start : start + 1] == ["between"] or keys[start : start + 1] == ("between",):
        first = amount_at(keys, start + 1)
        if (
            first
            and keys[start + 1 + first[1] : start + 2 + first[1]]
            and keys[start + 1 + first[1]] in {"and", "-"}
        ):
            second = amount_at(keys, start + 2 + first[1])
            if second:
                return Span(least=_like(first[0], second[0]), most=second[0]), 2 + first[1] + second[1]
        return None
    for phrases, more in ((_MORE, True), (_LESS, False)):
        for phrase in phrases:
            if tuple(keys[start : start + len(phrase)]) == phrase:
                found = amount_at(keys, start + len(phrase))
                if found and not _is_length(keys, start + len(phrase)):
                    bounds = Span(least=found[0]) if more else Span(most=found[0])
                    return bounds, len(phrase) + found[1]
    return _suffixed(keys, start)


def _suffixed(keys: Sequence[str], start: int) -> tuple[Span, int] | None:
    """Return the bounds where the sign follows: `100k+`, `100k or more`, `50k-100k`."""
    found = amount_at(keys, start)
    if not found or found[0].bare:
        return None
    after = start + found[1]
    rest = tuple(keys[after : after + 2])
    if rest[:1] == ("+",):
        return Span(least=found[0]), found[1] + 1
    if rest in {
        ("or", "more"),
        ("and", "up"),
        ("and", "above"),
        ("or", "above"),
        ("or", "bigger"),
        ("and", "more"),
    }:
        return Span(least=found[0]), found[1] + 2
    if rest in {("or", "less"), ("and", "below"), ("or", "below"), ("or", "smaller")}:
        return Span(most=found[0]), found[1] + 2
    if rest[:1] == ("-",):
        second = amount_at(keys, after + 1)
        if second:
            return Span(least=found[0], most=second[0]), found[1] + 1 + second[1]
    return None


def days_at(keys: Sequence[str], start: int) -> tuple[int, int] | None:
    """Return a length of time in days that begins at `start` (`2 wks`, `14d`, `two weeks`, `a month`), and its words."""
    if start >= len(keys):
        return None
    matched = re.fullmatch(r"(\d{1,4})([a-z]+)", keys[start])
    if matched and matched[2] in _SPANS:
        return int(matched[1]) * _SPANS[matched[2]], 1
    count = small_number(keys[start])
    if count is not None and start + 1 < len(keys):
        unit = keys[start + 1]
        if unit in {"of", "full", "whole"} and start + 2 < len(keys) and keys[start + 2] in _SPANS:
            return count * _SPANS[keys[start + 2]], 3
        if unit in _SPANS:
            return count * _SPANS[unit], 2
        if keys[start] in {"a", "couple"} and unit == "couple":
            return days_at(keys, start + 1)
    return None


def small_number(key: str) -> int | None:
    """Return the whole number from 0 to 9999 that a word or its digits say; None when it is none."""
    if key in _SMALL_NUMBERS:
        return _SMALL_NUMBERS[key]
    return int(key) if key.isascii() and key.isdigit() and len(key) <= 4 else None


def _is_length(keys: Sequence[str], start: int) -> bool:
    return days_at(keys, start) is not None or keys[start + 1 : start + 2] in (
        ["times"],
        ("times",),
        ["x"],
        ("x",),
    )


def _like(first: Amount, second: Amount) -> Amount:
    """Return the first bound with the scale of the second where only that one was written: between 50 and 100k."""
    if first.bare and not second.bare and second.value >= _BARE_THOUSANDS and first.value < _BARE_THOUSANDS:
        scale = 1_000_000 if second.value >= 1_000_000 else 1_000
        return Amount(value=first.value * scale, bare=False, currency=first.currency)
    return first
