"""Numbers in words: found in a text, and compared with an exact value at the precision in which they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.facts import Unit
from reports.words import DAYS, FRACTION_TOLERANCE, FRACTIONS, MONTHS, NUMBERS, ORDINALS

_NUMBER = re.compile(
    r"(?P<sign>[−+-])?(?P<money>[A-Z]{0,2}[$€£¥]|[A-Z]{3} (?=\d))?(?<![A-Za-z\d])"
    r"(?P<digits>\d(?:[\d,]*\d)?(?:\.\d+)?)(?P<half>½)?(?:(?P<suffix>[kMB])(?![A-Za-z])|\s?(?P<share>%)|\s?(?P<times>[x×])(?![A-Za-z]))?"
)
_DIGIT = re.compile(r"\d")
_SCALES = {"k": Decimal(1_000), "M": Decimal(1_000_000), "B": Decimal(1_000_000_000)}
_UNIT = re.compile(r"(?:[$€£¥]|\b[A-Z]{3}) ?([kMB])\b")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")
_COUNTS = {word: number for number, word in enumerate(NUMBERS)} | {
    word: number for number, word in enumerate(ORDINALS) if word
}
_COUNTS |= {"once": 1, "twice": 2, "thrice": 3, "nothing": 0, "none": 0}
_WHOLE_SHARES = {
    "all": Decimal(1),
    "half": Decimal("0.5"),
    "nothing": Decimal(0),
    "none": Decimal(0),
    "no": Decimal(0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as it is written: `value` in units ("$0.80M" is 800000), `step` the worth of its last digit."""

    text: str
    value: Decimal
    step: Decimal
    kind: str  # money, share, ratio, plain
    start: int

    def is_about(self, exact: Decimal) -> bool:
        """Say whether a value, signs aside, rounds to this figure."""
        return abs(abs(exact) - self.value) <= self.step / 2 + abs(self.step) / 1_000_000


def figures(text: str) -> Iterator[Figure]:
    """Yield the numbers of a text that are written in digits, in their order; signs are left aside."""
    if _DIGIT.search(text) is None:
        return
    for match in _NUMBER.finditer(text):
        digits = match["digits"].replace(",", "")
        decimals = len(digits.partition(".")[2])
        scale = _SCALES.get(match["suffix"] or "", Decimal(1)) / (100 if match["share"] else 1)
        value = Decimal(digits) + (Decimal("0.5") if match["half"] else 0)
        step = Decimal(1).scaleb(-decimals) * (Decimal("0.5") if match["half"] else 1)
        kinds = {"money": match["money"] or match["suffix"], "share": match["share"], "ratio": match["times"]}
        kind = next((name for name, mark in kinds.items() if mark), "plain")
        yield Figure(
            text=match[0].lstrip("−+-"),
            value=value * scale,
            step=step * scale,
            kind=kind,
            start=match.start(),
        )


def counted(text: str) -> Iterator[tuple[int, int]]:
    """Yield the counts of a text, digits and number words alike, as (value, where)."""
    for figure in figures(text):
        joined = text[figure.start + len(figure.text) :][:1] == "-"  # "4-week" names a window
        if figure.kind == "plain" and not joined and figure.value == figure.value.to_integral_value():
            yield int(figure.value), figure.start
    for match in _WORD.finditer(text):
        number = _COUNTS.get(match[0].casefold())
        if number is not None:
            yield number, match.start()


def reads(text: str, value: Decimal, unit: Unit) -> bool:
    """Say whether a text says a value of that unit, at the precision in which it is written; signs are left aside."""
    found = list(figures(text))
    match unit:
        case Unit.MONEY:
            return any(figure.is_about(value) for figure in found) or (value == 0 and not found)
        case Unit.COUNT:
            return any(number == abs(value) for number, _ in counted(text)) or (value == 0 and not found)
        case Unit.SHARE:
            return any(_is_share(figure, value) for figure in found) or (
                not found and _says_share(text, abs(value))
            )
        case Unit.DAYS:
            return _says_days(text, found, abs(value)) or (value == 0 and not found)
        case Unit.RATIO:
            return any(figure.is_about(value) for figure in found) or (value == 0 and not found)
        case _:
            return True


def reads_date(text: str, value: date) -> bool:
    """Say whether a text says a day: `18 Dec`, `Wed`, `Mon 16 Nov 2026`."""
    written = {f"{value.day} {MONTHS[value.month - 1]}", value.isoformat()}
    return (
        DAYS[value.weekday()] == text
        or any(day in text for day in written)
        or text in {"today", "tomorrow", "yesterday"}
    )


def scaled(heading: str) -> Decimal | None:
    """Return what a heading's unit multiplies by, a million for `By region, $M`; None where it names none."""
    match = _UNIT.search(heading)
    return _SCALES[match[1]] if match else None


def _is_share(figure: Figure, value: Decimal) -> bool:
    return figure.is_about(value if figure.kind == "share" else value * 100)


def _says_share(text: str, value: Decimal) -> bool:
    folded = text.casefold()
    for name, fraction in FRACTIONS:
        if folded == name:
            return abs(fraction - value) <= FRACTION_TOLERANCE
    exact = _WHOLE_SHARES.get(folded)
    return exact is not None and abs(exact - value) <= FRACTION_TOLERANCE


def _says_days(text: str, found: list[Figure], value: Decimal) -> bool:
    """A span in weeks is written to the half."""
    if "week" in text:
        return any(abs(figure.value * 7 - value) <= Decimal("1.75") for figure in found)
    return any(figure.is_about(value) for figure in found) or any(
        number == value for number, _ in counted(text)
    )
