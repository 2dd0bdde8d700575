"""What matters and why: a `Finding`, the evidence it rests on, and the moves that findings make together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import field_serializer

from reports.facts import Fact, Frozen

_CENT = Decimal("0.01")


class FindingKind(StrEnum):
    """What was found: something that may cost money, or something that may make some."""

    OVERDUE = "overdue"
    PUSHED = "pushed"
    STALE = "stale"
    NO_NEXT_STEP = "no_next_step"
    AMOUNT_DROP = "amount_drop"
    REGRESS = "regress"
    EARLY_FOR_DATE = "early_for_date"
    LONG_IN_STAGE = "long_in_stage"
    READY_TO_PULL_IN = "ready_to_pull_in"
    BETTER_THAN_CALLED = "better_than_called"
    REVIVE = "revive"
    EXPANSION = "expansion"
    SAVE = "save"


# Rules that speak of a harm, by the kind of evidence they bring: two different kinds make an alert.
HARMS: dict[FindingKind, str] = {
    FindingKind.OVERDUE: "date",
    FindingKind.PUSHED: "date",
    FindingKind.EARLY_FOR_DATE: "date",
    FindingKind.STALE: "silence",
    FindingKind.NO_NEXT_STEP: "plan",
    FindingKind.AMOUNT_DROP: "amount",
    FindingKind.REGRESS: "stage",
    FindingKind.LONG_IN_STAGE: "stage",
}
CHANCES: tuple[FindingKind, ...] = (
    FindingKind.SAVE,
    FindingKind.BETTER_THAN_CALLED,
    FindingKind.READY_TO_PULL_IN,
    FindingKind.EXPANSION,
    FindingKind.REVIVE,
)


class Severity(StrEnum):
    """How loud a finding may be. Above `warn` it takes two kinds of evidence and enough money."""

    INFO = "info"
    WARN = "warn"
    RISK = "risk"
    SEVERE = "severe"

    @property
    def rank(self) -> int:
        """Return 0 for info to 3 for severe."""
        return list(Severity).index(self)


class Evidence(Frozen):
    """One thing that was seen. `template` is `text` with `{{fact_id}}` in place of each of `facts`."""

    label: str
    text: str
    template: str = ""
    facts: tuple[Fact, ...] = ()


class Finding(Frozen):
    """One finding about one deal (or, for expansion, one account). As JSON, money and score have two decimals.

    Attributes:
        id: kind and deal, the same in every run.
        stake: money in the company's (or the view's) currency: for a harm `amount × max(odds_peer − odds_now, 0)`,
            for a chance `value × odds_peer`, the value itself where there are no odds.
        slipping: for a harm, what leaves the period if the deal slips: the amount where it is due in the period, else 0.
        score: stake × confidence × actionability × novelty; the order of findings.
        evidence: what was seen, the strongest first.
        unknown: what could not be looked at, in words.
        act: what to do; `by` is the day by which it still helps, None where there is no date to beat.
        odds_now, odds_peer: 0 to 1, chance to be won by the end of the period, as it stands and for its peers (for a
            chance: once the act has worked); None where there is too little history.
        n: deals behind `odds_peer`.
        began: the day since which it has been so.
    """

    id: str
    kind: FindingKind
    deal_id: str
    deal: str
    account: str | None
    owner: str | None
    owner_id: str
    region: str | None = None
    segment: str | None = None
    stage: str | None = None
    category: str | None = None
    close: date | None = None
    url: str | None = None
    amount: Decimal | None
    currency: str
    stake: Decimal
    slipping: Decimal = Decimal(0)
    score: Decimal
    severity: Severity
    evidence: tuple[Evidence, ...]
    unknown: tuple[str, ...] = ()
    act: str
    by: date | None
    odds_now: Decimal | None = None
    odds_peer: Decimal | None = None
    n: int = 0
    began: date | None = None

    @field_serializer("amount", "stake", "slipping", "score", when_used="json-unless-none")
    def _two_decimals(self, value: Decimal) -> str:
        return str(value.quantize(_CENT))

    @property
    def is_chance(self) -> bool:
        """Say whether this finding is about money to be made rather than lost."""
        return self.kind in CHANCES

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return every fact of the evidence, in the order in which it is told."""
        return tuple(fact for evidence in self.evidence for fact in evidence.facts)


class Move(Frozen):
    """One way to win: findings of one kind that one person acts on together.

    `weighted` is the sum of `value × odds_peer` of its deals; `odds_now` and `odds_peer` are value-weighted means. All
    three are None where history is too young to count odds from.
    """

    id: str
    kind: FindingKind
    deals: tuple[str, ...]
    deal_ids: tuple[str, ...]
    accounts: tuple[str, ...]
    owner: str | None
    owner_id: str
    region: str | None
    value: Decimal
    currency: str
    odds_now: Decimal | None
    odds_peer: Decimal | None
    weighted: Decimal | None
    n: int
    act: str
    by: date
    evidence: tuple[Evidence, ...]
    urls: tuple[str | None, ...] = ()
