"""How values read: money, shares, ratios, dates, number words; and how foreign text is made safe to print.

Rounding is half up, away from zero, as spreadsheets and charts round: the same figure reads the same in a sentence
and on a label that PowerPoint writes. Parts and totals that stand together share one `Scale`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from reports.deck import NumberFormat
from reports.facts import Unit

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "C$", "NZD": "NZ$", "JPY": "¥"}
NOTHING = "n/a"
MINUS = "−"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
FRACTIONS = (
    ("a tenth", Decimal("0.1")),
    ("a fifth", Decimal("0.2")),
    ("a quarter", Decimal("0.25")),
    ("a third", Decimal(1) / Decimal(3)),
    ("two-fifths", Decimal("0.4")),
    ("half", Decimal("0.5")),
    ("three-fifths", Decimal("0.6")),
    ("two-thirds", Decimal(2) / Decimal(3)),
    ("three-quarters", Decimal("0.75")),
    ("four-fifths", Decimal("0.8")),
    ("nine-tenths", Decimal("0.9")),
)
# How far a share may lie from a fraction that is said in its place.
FRACTION_TOLERANCE = Decimal("0.02")
# Zones whose winter and summer names people drop the season of.
_SEASONLESS = {
    "EST": "ET",
    "EDT": "ET",
    "CST": "CT",
    "CDT": "CT",
    "MST": "MT",
    "MDT": "MT",
    "PST": "PT",
    "PDT": "PT",
}
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff\u202a-\u202e\u2066-\u2069\u200e\u200f]"
)
_JOINS = "\u200d\ufe0e\ufe0f"


@dataclass(frozen=True, slots=True)
class Scale:
    """How amounts that stand together are written: divided by `divisor`, rounded to `decimals`, `suffix`."""

    divisor: int
    suffix: str
    decimals: int

    def round(self, value: Decimal) -> Decimal:
        """Return the value in this scale, rounded half up to its decimals."""
        return (value / self.divisor).quantize(Decimal(1).scaleb(-self.decimals), rounding=ROUND_HALF_UP)

    def with_decimals(self, decimals: int) -> Scale:
        """Return the same scale with another number of decimals; whole thousands and units stay whole."""
        return self if self.divisor < 1_000_000 else Scale(self.divisor, self.suffix, decimals)


MILLIONS = Scale(1_000_000, "M", 2)
TENTHS = Scale(1_000_000, "M", 1)
THOUSANDS = Scale(1_000, "k", 0)
UNITS = Scale(1, "", 0)


def scale_for(values: Iterable[Decimal | None]) -> Scale:
    """Return the scale for amounts that stand together, by the largest of them; UNITS when there are none."""
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    if largest >= 100_000_000:
        return TENTHS
    if largest >= 1_000_000:
        return MILLIONS
    return THOUSANDS if largest >= 10_000 else UNITS


def deal_scale(values: Iterable[Decimal | None]) -> Scale:
    """Return the scale for a column of deals' amounts: thousands from ten thousand to ten millions."""
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    return MILLIONS if largest >= 10_000_000 else THOUSANDS if largest >= 10_000 else UNITS


def alone(value: Decimal) -> Scale:
    """Return the scale of an amount that stands alone: from half a million in millions, from a thousand in thousands."""
    return MILLIONS if abs(value) >= 500_000 else THOUSANDS if abs(value) >= 1_000 else UNITS


def together(values: Iterable[Decimal | None]) -> Scale:
    """Return the one scale of the amounts of a sentence or a column: that of the largest when it stands alone.

    Where another amount would read as nothing in millions, it is thousands.
    """
    found = [value for value in values if value]
    scale = alone(max(found, key=abs, default=Decimal(0)))
    return THOUSANDS if scale is MILLIONS and any(not scale.round(value) for value in found) else scale


def money(value: Decimal | None, currency: str, scale: Scale | None = None, *, signed: bool = False) -> str:
    """Return an amount as people read it, `$0.80M` or `$310k`; "n/a" for None.

    Without a scale an amount stands alone: from half a million in millions, else in thousands, below a
    thousand in units. `signed` writes a plus before what is above zero.
    """
    if value is None:
        return NOTHING
    scale = scale or alone(value)
    number = scale.round(value)
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{symbol(currency)}{abs(number):,}{scale.suffix}"


def symbol(currency: str) -> str:
    """Return what stands before an amount: `$`, or the code and a space where there is no short sign."""
    return SYMBOLS.get(currency, f"{currency} ")


def chart_format(currency: str, scale: Scale) -> NumberFormat:
    """Return the same way of writing money for charts."""
    return NumberFormat(
        unit=Unit.MONEY,
        prefix=symbol(currency),
        suffix=scale.suffix,
        scale=scale.divisor,
        decimals=scale.decimals,
    )


def share(value: Decimal | None, decimals: int = 0, *, signed: bool = False) -> str:
    """Return a share of 0 to 1 as per cent, `24 %`; "n/a" for None."""
    return _plain(None if value is None else value * 100, decimals, " %", signed=signed)


def points(value: Decimal | None, decimals: int = 0) -> str:
    """Return the difference of two shares in percentage points, `+3 pts`; "n/a" for None."""
    return _plain(None if value is None else value * 100, decimals, " pts", signed=True)


def ratio(value: Decimal | None, *, short: bool = False, signed: bool = False) -> str:
    """Return a ratio with two decimals, `2.00x`; `short` drops a closing zero (`1.4x`); "n/a" for None."""
    text = _plain(value, 2, "", signed=signed)
    if value is None:
        return text
    if short and "." in text:
        text = text.removesuffix("0")
    return f"{text}x"


def count(value: Decimal | int | None, *, signed: bool = False) -> str:
    """Return a whole number, `1,204`; "n/a" for None."""
    return _plain(None if value is None else Decimal(value), 0, "", signed=signed)


def _plain(value: Decimal | None, decimals: int, suffix: str, *, signed: bool) -> str:
    if value is None:
        return NOTHING
    number = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{abs(number):,}{suffix}"


def value_text(value: Decimal | None, unit: Unit, currency: str | None, scale: Scale | None = None) -> str:
    """Return a measure's value by its unit; "n/a" for None."""
    match unit:
        case Unit.MONEY:
            return money(value, currency or "", scale)
        case Unit.SHARE:
            return share(value)
        case Unit.RATIO:
            return ratio(value)
        case Unit.DAYS:
            return NOTHING if value is None else days(int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP)))
        case _:
            return count(value)


def foots(parts: Iterable[Decimal | None], total: Decimal | None, scale: Scale) -> bool:
    """Say whether the parts, as displayed, add up to the displayed total; a None counts as nothing."""
    shown = sum((scale.round(part) for part in parts if part is not None), Decimal(0))
    return shown == scale.round(total or Decimal(0))


def number_word(value: int) -> str:
    """Return a count as a word up to twelve (`seven`, `no` for zero), else in digits (`64`)."""
    return NUMBERS[value] if 0 <= value < len(NUMBERS) else count(value)


def ordinal(value: int) -> str:
    """Return `third` for 3; above ten in digits with its ending (`11th`, `22nd`)."""
    if 0 < value < len(ORDINALS):
        return ORDINALS[value]
    ending = "th" if value % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def share_word(value: Decimal) -> str:
    """Return a share of 0 to 1 as people say it: `four-fifths`, `all`; `81 %` where no fraction is near."""
    if value == 1:
        return "all"
    name, near = min(FRACTIONS, key=lambda item: abs(item[1] - value))
    return name if abs(near - value) <= FRACTION_TOLERANCE else share(value)


def weeks(days_left: int) -> str:
    """Return a span in weeks to the half, `5½ weeks`; below ten days in days, `6 days`."""
    if days_left < 10:
        return days(days_left)
    halves = int((Decimal(days_left) * 2 / 7).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    whole, half = divmod(halves, 2)
    return f"{whole}{'½' if half else ''} weeks"


def days(number: int) -> str:
    """Return `1 day` or `24 days`."""
    return f"{number:,} day" if number == 1 else f"{number:,} days"


def plural(number: int, one: str, many: str = "") -> str:
    """Return the noun that fits the number: `deal` for 1, else `deals` (or `many`)."""
    return one if number == 1 else many or f"{one}s"


def day(value: date | None, today: date | None = None) -> str:
    """Return `18 Dec`; with its year when more than ten months from `today`; "n/a" for None."""
    if value is None:
        return NOTHING
    text = f"{value.day} {MONTHS[value.month - 1]}"
    return f"{text} {value.year}" if today is not None and abs((value - today).days) > 304 else text


def weekday(value: date) -> str:
    """Return `Wed` for a day."""
    return DAYS[value.weekday()]


def dated(value: date) -> str:
    """Return `Mon 16 Nov`."""
    return f"{weekday(value)} {day(value)}"


def instant(value: datetime, zone: ZoneInfo, today: date | None = None) -> str:
    """Return an instant in the organisation's zone, `23 Nov 08:30 ET`; with its year where that is not `today`'s."""
    local = value.astimezone(zone)
    year = "" if today is None or local.year == today.year else f" {local.year}"
    return f"{day(local.date())}{year} {local:%H:%M} {zone_name(value, zone)}"


def zone_name(value: datetime, zone: ZoneInfo) -> str:
    """Return what a zone is called at an instant, `ET`, `CET`; its place where it has only a number, `Kathmandu`."""
    name = value.astimezone(zone).tzname() or ""
    if name[:1] in {"+", "-"}:
        return zone.key.rpartition("/")[2].replace("_", " ")
    return _SEASONLESS.get(name, name)


def joined(items: Iterable[str], last: str = "and") -> str:
    """Return `a, b and c`; an empty text for nothing."""
    *first, final = [*items] or [""]
    return f"{', '.join(first)} {last} {final}" if first else final


def clean(text: str) -> str:
    """Return foreign text safe to print: LF as line end, no controls, lone surrogates or bidi overrides.

    Tab and LF stay; U+FFFD, which only says that something was lost, goes. Emoji, quotes, `<`, `&` and braces are
    left alone: escaping is the writer's business.
    """
    return _UNPRINTABLE.sub(
        "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    )


def line(text: str, limit: int = 0) -> str:
    """Return foreign text as one clean line, runs of white space as one space, cut to `limit` (0: not)."""
    single = " ".join(clean(text).split())
    return clip(single, limit) if limit else single


def clip(text: str, limit: int) -> str:
    """Return the text, or its first `limit` - 1 characters and `…`; never cut inside a joined character."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end > 0 and (_joins(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"


def isolate(text: str) -> str:
    """Return a name that can stand in a sentence: right-to-left text is set apart, so it moves nothing."""
    if not text.isascii() and any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text):
        return f"\u2068{text}\u2069"
    return text


def _joins(char: str) -> bool:
    return char in _JOINS or unicodedata.combining(char) > 0 or "\U0001f3fb" <= char <= "\U0001f3ff"
