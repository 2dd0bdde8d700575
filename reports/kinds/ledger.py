"""`Ledger`: binds every number and name of one slide to a fact, and writes down how each was computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reports import words
from reports.deck import Words
from reports.facts import RECORD_CAP, Fact, Measured, Period, Row, Unit
from reports.narrative import say


@dataclass(slots=True)
class Ledger:
    """The facts of one slide (or of the message), in the order in which they were bound.

    Every method that binds a value returns its token, to be put into a template. Binding the same value twice
    under one id is allowed; another value under the same id is a mistake in the slide.
    """

    as_of: datetime
    currency: str
    scale: words.Scale
    scope: str
    period: Period | None
    _facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return all facts bound so far."""
        return tuple(self._facts.values())

    def add(self, fact: Fact) -> str:
        """Bind a fact that was made elsewhere.

        Raises:
            ValueError: another value is bound under its id.
        """
        known = self._facts.setdefault(fact.id, fact)
        if known.value != fact.value or known.text != fact.text:
            raise ValueError(f"fact {fact.id!r} is {known.text!r} already, not {fact.text!r}")
        return f"{{{{{fact.id}}}}}"

    def extend(self, facts: Iterable[Fact]) -> None:
        """Bind facts that were made elsewhere."""
        for fact in facts:
            self.add(fact)

    def measured(
        self,
        key: str,
        measured: Measured,
        *,
        row: Row | None = None,
        text: str | None = None,
        value: Decimal | None = None,
        definition: str | None = None,
    ) -> str:
        """Bind a row of a measure (its only one by default); `text` is how it reads where not by its unit."""
        row = row or (measured.rows[0] if measured.rows else Row(value=None, n=0))
        exact = row.value if value is None else value
        return self.add(
            Fact(
                id=key,
                value=None if exact is None else str(exact),
                unit=measured.unit,
                text=text or words.value_text(exact, measured.unit, measured.currency, self.scale),
                source=f"{measured.label} ({measured.measure} v{measured.version})",
                definition=measured.definition if definition is None else definition,
                currency=measured.currency,
                as_of=measured.as_of,
                period=measured.period.label if measured.period else None,
                scope=self.scope,
                n=row.n,
                records=row.records,
                record_count=row.record_count,
            )
        )

    def value(
        self,
        key: str,
        value: Decimal | int | None,
        unit: Unit,
        text: str,
        *,
        source: str,
        definition: str = "",
        records: Iterable[str] = (),
        n: int | None = None,
    ) -> str:
        """Bind a value that is read off measures, findings or records; `source` says which."""
        ids = tuple(dict.fromkeys(records))
        return self.add(
            Fact(
                id=key,
                value=None if value is None else str(value),
                unit=unit,
                text=text,
                source=source,
                definition=definition,
                currency=self.currency if unit is Unit.MONEY else None,
                as_of=self.as_of,
                period=self.period.label if self.period else None,
                scope=self.scope,
                n=len(ids) if n is None else n,
                records=ids[:RECORD_CAP],
                record_count=max(len(ids), n or 0) if ids else 0,
            )
        )

    def money(
        self,
        key: str,
        value: Decimal | None,
        *,
        source: str,
        scale: words.Scale | None = None,
        definition: str = "",
        records: Iterable[str] = (),
        n: int | None = None,
        alone: bool = False,
    ) -> str:
        """Bind an amount in the ledger's currency, in its scale, another, or as one that stands `alone`."""
        text = words.money(value, self.currency, None if alone else scale or self.scale)
        return self.value(
            key, value, Unit.MONEY, text, source=source, definition=definition, records=records, n=n
        )

    def deal_money(self, key: str, value: Decimal | None, record: str) -> str:
        """Bind one deal's amount, written as an amount that stands alone."""
        text = "no amount" if value is None else words.money(value, self.currency)
        return self.value(key, value, Unit.MONEY, text, source="deal amount", records=(record,))

    def share(self, key: str, value: Decimal, *, source: str, definition: str = "", decimals: int = 0) -> str:
        """Bind a share of 0 to 1, written as per cent."""
        text = words.share(value, decimals)
        return self.value(key, value, Unit.SHARE, text, source=source, definition=definition)

    def number(
        self, key: str, value: int, *, source: str, records: Iterable[str] = (), definition: str = ""
    ) -> str:
        """Bind a count that is said as a word up to twelve."""
        return self.value(
            key,
            value,
            Unit.COUNT,
            words.number_word(value),
            source=source,
            definition=definition,
            records=records,
        )

    def digits(
        self, key: str, value: int, *, source: str, records: Iterable[str] = (), definition: str = ""
    ) -> str:
        """Bind a count that is written in digits."""
        return self.value(
            key, value, Unit.COUNT, words.count(value), source=source, definition=definition, records=records
        )

    def name(self, key: str, value: str, *, source: str = "name", limit: int = 60) -> str:
        """Bind a name (of a deal, person, region, period): cleaned, on one line, cut to `limit`."""
        text = words.line(value, limit)
        return self.add(
            Fact(
                id=key,
                value=text,
                unit=Unit.TEXT,
                text=text,
                source=source,
                as_of=self.as_of,
                scope=self.scope,
            )
        )

    def day(self, key: str, value: date, *, source: str, weekday: bool = False) -> str:
        """Bind a day, `18 Dec`; with `weekday` only its name, `Wed`."""
        text = words.weekday(value) if weekday else words.day(value, self.as_of.date())
        return self.add(
            Fact(id=key, value=value.isoformat(), unit=Unit.DATE, text=text, source=source, as_of=self.as_of)
        )

    def say(self, template: str) -> Words:
        """Return the sentence with this ledger's facts in it.

        Raises:
            KeyError: a token names no fact of this ledger.
        """
        return say(template, self._facts)

    def notes(self, zone: ZoneInfo) -> str:
        """Return how the numbers were computed: what holds for all of them, then one line per definition."""
        groups: dict[tuple[str, str], list[Fact]] = {}
        for fact in self._facts.values():
            if fact.unit is not Unit.TEXT and fact.definition:
                groups.setdefault((fact.source, fact.definition), []).append(fact)
        if not groups:
            return ""
        common = _place(self.period.label if self.period else None, self.as_of, self.scope, zone)
        lines = [f"Unless said otherwise: {common}."]
        for (source, definition), facts in groups.items():
            places = {_place(fact.period, fact.as_of, fact.scope, zone): None for fact in facts}
            apart = "" if list(places) == [common] else f" For {'; '.join(places)}."
            shown = ", ".join(dict.fromkeys(_counted(fact) for fact in facts))
            lines.append(f"{source}: {shown}. {definition[:1].upper()}{definition[1:].rstrip('.')}.{apart}")
        return "\n".join(lines)


def _place(period: str | None, as_of: datetime, scope: str, zone: ZoneInfo) -> str:
    parts = (f"period {period}" if period else "", f"as of {words.instant(as_of, zone)}", scope)
    return ", ".join(part for part in parts if part)


def _counted(fact: Fact) -> str:
    """Return a value with what stands behind it, `$5.49M (n = 212, 212 records)`."""
    behind = [f"n = {fact.n:,}"] if fact.n else []
    behind += (
        [f"{fact.record_count:,} {words.plural(fact.record_count, 'record')}"] if fact.record_count else []
    )
    return f"{fact.text} ({', '.join(behind)})" if behind else fact.text
