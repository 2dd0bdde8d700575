"""A company file that was read from data: a guess for each meaning with what it rests on, and the file as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from connectors.company import Fiscal
from connectors.quoting import toml
from connectors.records import ForecastClass, Stage

# The keys of a company file that a proposal has, in their order: those of the top, then the tables.
TOP: Final = ("name", "zone", "currency")
RATE_DATE: Final = "rate_date"
TABLES: Final = ("fiscal", "rates", "dimensions", "labels", "stages", "scope")
MORE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
MORE_RATES: Final[Mapping[str, Decimal]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One meaning and what it rests on.

    Attributes:
        meaning: what people call it, for example `region` or `fiscal year`.
        field: the meaning in map.toml whose columns it is read from; empty where it is read from none.
        sources: the columns it is read from, the first that is filled counts; empty where nothing holds it.
        share: 0 to 1, rows that are filled; None where it is no column.
        further: columns of linked files that would fill more of it, in the order in which they could be tried.
        values: what it takes, as proposed, in the order in which they are shown.
        samples: a few values as the data has them, where `values` are not those.
        says: what was made of it, or what is not known, as a sentence without its full stop.
        open: nothing in the data decides it, so somebody should.
    """

    meaning: str
    field: str = ""
    sources: tuple[str, ...] = ()
    share: Decimal | None = None
    further: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    says: str = ""
    open: bool = False

    @property
    def rests_on(self) -> str:
        """Return the columns in the order in which they are tried, and how much is filled; empty without any."""
        chain = ", else ".join(self.sources)
        filled = f" ({per_cent(self.share)} filled)" if chain and self.share is not None else ""
        return f"{chain}{filled}{''.join(f'; {column} would fill more' for column in self.further)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A company file that was read from data.

    Attributes:
        rates: units of the company's currency per unit of each other, as far as the data says.
        stages: in their order, won and lost ones last.
        types: deal types that count; empty where all do.
        rate_date: the day of the rates; None where the data does not say it.
        guesses: each meaning with what it rests on, in the order in which they are shown.
        origin: the files it was read from.
    """

    name: str
    zone: str
    currency: str
    fiscal: Fiscal
    stages: tuple[Stage, ...]
    dimensions: Mapping[str, tuple[str, ...]]
    guesses: tuple[Guess, ...]
    origin: tuple[str, ...]
    made_on: date
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    rate_date: date | None = None

    def guess(self, meaning: str) -> Guess:
        """Return the guess of a meaning; one that says nothing where there is none."""
        return next((guess for guess in self.guesses if guess.meaning == meaning), Guess(meaning=meaning))

    def company_toml(self) -> str:
        """Return the company file as text, with a comment per guess: the columns behind it, how much is filled."""
        parts = self.parts()
        name, *top = TOP
        lines = [
            *self._head(),
            *parts[name],
            "version = 1",
            *(line for each in (*top, RATE_DATE) for line in parts.get(each, ())),
            "",
        ]
        lines += [line for each in TABLES for line in (*parts[each], "")]
        return "\n".join([*lines, *self._beside()]) + "\n"

    def parts(
        self, *, dimensions: Mapping[str, tuple[str, ...]] = MORE, rates: Mapping[str, Decimal] = MORE_RATES
    ) -> dict[str, tuple[str, ...]]:
        """Return the lines of each key of the company file, comments first.

        `dimensions` and `rates` are further ones that a person wrote; where the proposal has its own, that counts.
        """
        return {
            "name": (*self._told("name"), f"name = {toml(self.name)}"),
            "zone": (*self._told("zone"), f"zone = {toml(self.zone)}"),
            "currency": (*self._told("currency"), f"currency = {toml(self.currency)}"),
            **({RATE_DATE: (f"{RATE_DATE} = {self.rate_date.isoformat()}",)} if self.rate_date else {}),
            "fiscal": (
                *self._told("fiscal year"),
                "[fiscal]",
                f"start_month = {self.fiscal.start_month}",
                f"named_by = {toml(self.fiscal.named_by)}",
            ),
            "rates": (
                *self._told("rates"),
                "[rates]",
                *(
                    f"{key(code)} = {toml(format(rate, 'f'))}"
                    for code, rate in {**rates, **self.rates}.items()
                ),
            ),
            "dimensions": (
                "# Values in the order in which they are shown.",
                "[dimensions]",
                *(
                    line
                    for name, values in {**dimensions, **self.dimensions}.items()
                    for line in (
                        *(self._told(name) if name in self.dimensions and name != "currency" else ()),
                        f"{key(name)} = [{', '.join(toml(value) for value in values)}]",
                    )
                ),
            ),
            "labels": ("[labels]", *(f"{name} = {toml(text)}" for name, text in CATEGORY_LABELS.items())),
            "stages": tuple(self._stages()),
            "scope": (
                *self._told("deal types in scope"),
                "[scope]",
                f"types = [{', '.join(toml(name) for name in self.types)}]",
            ),
        }

    def _head(self) -> Iterator[str]:
        read = f"Read from {', '.join(self.origin)}" if self.origin else "Read from the records"
        yield from comment(
            f"What {_plain(self.name)} means by its words. Every number in a report is computed by these definitions. "
            f"{_plain(read)} on {self.made_on.isoformat()}. A comment says what each guess rests on; "
            "change what is wrong, here or with: quarterdeck setup"
        )
        yield ""

    def _stages(self) -> Iterator[str]:
        yield from self._told("stage")
        yield from comment(
            "Deals keep the status with which they were read, whatever status says here: change it in files/map.toml, or in "
            "the CRM, and here, then import or sync again. Category counts where a deal has none."
        )
        for place, stage in enumerate(self.stages):
            if place:
                yield ""
            yield "[[stages]]"
            yield f"name = {toml(stage.name)}"
            yield f"status = {toml(stage.status)}"
            yield f"category = {toml(stage.category)}"

    def _beside(self) -> Iterator[str]:
        for meaning in ("activity", "targets"):
            yield from self._told(meaning)

    def _told(self, meaning: str) -> Iterator[str]:
        """Yield the comment of a meaning, as rows that are not too long."""
        guess = self.guess(meaning)
        if guess.rests_on or guess.says:
            source = f" ← {guess.rests_on}" if guess.rests_on else ""
            told = f": {guess.says}" if guess.says else ""
            yield from comment(f"{_plain(meaning).capitalize()}{_plain(source)}{_plain(told)}.")


# How the neutral categories are written for people.
CATEGORY_LABELS: Mapping[str, str] = {
    category.value: category.value.replace("_", " ").capitalize() for category in ForecastClass
}
_ROOM = 118


def per_cent(share: Decimal) -> str:
    """Return a share as per cent; what is not quite all or nothing is not called so."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return "over 99 %"
    if whole == 0 and share > 0:
        return "under 1 %"
    return f"{whole} %"


def key(name: str) -> str:
    """Return a name as a TOML key."""
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() else toml(name)


def comment(text: str) -> Iterable[str]:
    """Yield a text as comment rows of a TOML file, broken at spaces."""
    row = "#"
    for word in text.split():
        if len(row) + len(word) >= _ROOM and row != "#":
            yield row
            row = "#"
        row += f" {word}"
    yield row


def _plain(text: str) -> str:
    """Return a text on one row, without signs that a comment may not hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
