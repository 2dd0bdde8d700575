"""How evidence is told: a template, the facts bound into it, and the text that they give."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from reports import words
from reports.facts import Fact, Unit
from reports.findings.finding import Evidence
from reports.measures.groups import exact

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:-]")


@dataclass(slots=True)
class Teller:
    """Binds facts for one finding and tells its evidence; each method that makes a fact returns its token.

    Sentences read as `reports.narrative` fills them; that floor lies above this one.
    """

    finding: str
    record: str
    as_of: datetime
    currency: str
    scope: str = ""
    _facts: dict[str, Fact] = field(default_factory=dict)

    def tell(self, label: str, template: str) -> Evidence:
        """Return the evidence: `template` holds the tokens of facts made by this teller."""
        used = tuple(fact for fact in self._facts.values() if f"{{{{{fact.id}}}}}" in template)
        template = template if template.startswith("{{") else template[:1].upper() + template[1:]
        text = template
        for fact in used:
            spoken = words.isolate(fact.text) if fact.unit is Unit.TEXT else fact.text
            text = text.replace(f"{{{{{fact.id}}}}}", spoken)
        return Evidence(label=label, text=text, template=template, facts=used)

    def days(self, key: str, number: int, *, definition: str = "") -> str:
        """Bind a number of days; `definition` says how they are counted where that is not plain."""
        return self._bind(key, str(number), Unit.DAYS, words.days(number), definition=definition)

    def count(self, key: str, number: int) -> str:
        """Bind a count."""
        return self._bind(key, str(number), Unit.COUNT, words.count(number))

    def nth(self, key: str, number: int) -> str:
        """Bind a count that is told as an ordinal, `third`."""
        return self._bind(key, str(number), Unit.COUNT, words.ordinal(number))

    def day(self, key: str, value: date, today: date) -> str:
        """Bind a day."""
        return self._bind(key, value.isoformat(), Unit.DATE, words.day(value, today))

    def path(self, key: str, values: Iterable[date], today: date) -> str:
        """Bind days as one chain, `30 Sep → 31 Oct → 30 Jan`."""
        chain = [words.day(value, today) for value in values]
        return self._bind(key, " → ".join(chain), Unit.TEXT, " → ".join(chain))

    def money(self, key: str, value: Decimal) -> str:
        """Bind an amount in the teller's currency."""
        return self._bind(
            key, str(exact(value)), Unit.MONEY, words.money(value, self.currency), self.currency
        )

    def share(self, key: str, value: Decimal, n: int = 0) -> str:
        """Bind a share of 0 to 1; `n` is what it was measured on."""
        return self._bind(key, str(value), Unit.SHARE, words.share(value), n=n)

    def name(self, key: str, value: str) -> str:
        """Bind a name: of a stage, a product, a person."""
        text = words.line(value, 60)
        return self._bind(key, text, Unit.TEXT, text)

    def _bind(
        self,
        key: str,
        value: str,
        unit: Unit,
        text: str,
        currency: str | None = None,
        *,
        n: int = 1,
        definition: str = "",
    ) -> str:
        fact_id = _UNSAFE.sub("_", f"{self.finding}.{key}")
        self._facts[fact_id] = Fact(
            id=fact_id,
            value=value,
            unit=unit,
            text=text,
            source=f"finding {self.finding}",
            definition=definition,
            currency=currency,
            as_of=self.as_of,
            scope=self.scope,
            n=n,
            records=(self.record,),
            record_count=1,
        )
        return f"{{{{{fact_id}}}}}"
