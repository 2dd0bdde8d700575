"""What the words of one company mean: built-in words, the company's synonyms, and the names in its records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from bot.agent.dates import Clock
from bot.agent.intents import Topic
from bot.agent.names import Entry, NameIndex
from bot.agent.phrases import Phrases, plural
from bot.agent.tokens import fold, words
from bot.agent.vocabulary import Vocabulary, vocabulary
from connectors.company import Company
from reports.errors import BadInput
from reports.facts import DIMS, Dim
from reports.periods import Calendar

if TYPE_CHECKING:
    from reports.view.names import Names

Sort = Literal["kind", "measure", "topic", "dim", "value", "noun", "period", "currency"]
# Where a word names values of several dimensions, the first of these is meant.
_FIRST: tuple[Dim, ...] = (
    "region",
    "segment",
    "product",
    "category",
    "type",
    "source",
    "stage",
    "team",
    "manager",
    "owner",
    "currency",
    "account",
)
# Dimensions whose values are names of people or records; the name index knows those better.
_NAMED: frozenset[Dim] = frozenset({"owner", "manager", "account", "currency"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a phrase can stand for: what sort, which one, and for a value of which dimension."""

    sort: Sort
    value: str
    dim: Dim | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything the reader knows: words, names, calendar.

    Attributes:
        now: the instant the reader speaks at; a person's title or note is dated with it.
        bots: folded names and Slack user ids that mean us in a mention.
        commands: single words that a slip may be meant for.
        capitals: values that count only in capitals, because they are ordinary words in small letters.
    """

    company: Company
    clock: Clock
    now: datetime
    phrases: Phrases[tuple[Meaning, ...]]
    names: NameIndex
    words: Vocabulary
    values: Mapping[Dim, tuple[str, ...]]
    bots: frozenset[str] = frozenset({"quarterdeck"})
    capitals: frozenset[str] = field(default_factory=frozenset)
    commands: frozenset[str] = field(default_factory=frozenset)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Return the currencies that have a plan rate, the company's own first."""
        own = self.company.currency
        return (own, *sorted(code for code in self.company.rates if code != own))

    def label(self, value: str) -> str:
        """Return how a value is written for people."""
        return self.company.label(value)


def lexicon(company: Company, names: Names | None, *, now: datetime, bots: Iterable[str] = ()) -> Lexicon:
    """Return the lexicon of a company; without `names` there are no deals, accounts and people in it."""
    calendar = Calendar(company.fiscal, company.zone)
    clock = Clock(calendar, calendar.day(now))
    built_in = vocabulary()
    values: dict[Dim, tuple[str, ...]] = {
        dim: tuple(dict.fromkeys((*_of_company(company, dim), *(names.values.get(dim, ()) if names else ()))))
        for dim in DIMS
    }
    phrases = _phrases(company, values, built_in, clock)
    return Lexicon(
        company=company,
        clock=clock,
        now=now,
        phrases=phrases,
        names=NameIndex(_entries(names)),
        words=built_in,
        values=values,
        bots=frozenset({"quarterdeck", *(fold(bot).lstrip("@") for bot in bots)}),
        capitals=built_in.capitals,
        commands=built_in.typed | _typed(phrases),
    )


def _typed(phrases: Phrases[tuple[Meaning, ...]]) -> frozenset[str]:
    """Return the words of phrases that a slip may be meant for, four letters or more; five where they do not stand alone."""
    return frozenset(
        word
        for phrase in phrases
        for word in phrase
        if len(word) >= 4 and word.isalpha() and (len(phrase) == 1 or len(word) >= 5)
    )


def _entries(names: Names | None) -> Iterable[Entry]:
    """Yield what can be named; a deal is told from others by its owner's name."""
    if names is None:
        return
    people = dict(names.people)
    for deal in names.deals:
        detail = people.get(deal.owner_id, "")
        yield Entry("deal", deal.id, deal.name, detail, deal.account, deal.open)
    for identity, name in names.accounts:
        yield Entry("account", identity, name)
    for identity, name in names.people:
        yield Entry("person", identity, name)


def _of_company(company: Company, dim: Dim) -> tuple[str, ...]:
    if dim == "stage":
        return tuple(stage.name for stage in company.stages)
    if dim == "currency":
        return tuple(company.rates)
    return company.dimensions.get(dim, ())


def _phrases(  # noqa: C901 — one loop a table of words
    company: Company, values: Mapping[Dim, tuple[str, ...]], built_in: Vocabulary, clock: Clock
) -> Phrases[tuple[Meaning, ...]]:
    found: dict[tuple[str, ...], list[Meaning]] = {}

    def add(phrase: str, meaning: Meaning, *, plurals: bool = True) -> None:
        for form in (phrase, plural(phrase) if plurals else None):
            key = words(form) if form else ()
            if key and meaning not in found.setdefault(key, []):
                found[key].append(meaning)

    raw = built_in.raw
    for dim in _FIRST:
        if dim in _NAMED:
            continue
        for value in values[dim]:
            if (dim, value) == ("category", "pipeline"):
                # Bare `pipeline` is the measure; the category needs the word: `category=pipeline`.
                add("pipeline category", Meaning("value", value, dim))
                continue
            if dim == "team" and all((key,) in found for key in words(value)):
                # `amer enterprise` is a region and a segment; the team of that name takes the word team.
                add(f"team {value}", Meaning("value", value, dim))
                add(f"{value} team", Meaning("value", value, dim))
                continue
            add(value, Meaning("value", value, dim))
            add(value.replace("_", " "), Meaning("value", value, dim))
            if company.label(value) != value:
                add(company.label(value), Meaning("value", value, dim))
            for phrase in raw["values"].get(dim, {}).get(value, ()):
                add(phrase, Meaning("value", value, dim))
    for section, sort in (
        ("kinds", "kind"),
        ("measures", "measure"),
        ("topics", "topic"),
        ("dims", "dim"),
        ("nouns", "noun"),
    ):
        for name, phrases in raw[section].items():
            for phrase in (name.replace("_", " "), *phrases) if section != "nouns" else phrases:
                add(phrase, Meaning(sort, name), plurals=section not in {"topics", "nouns"})  # type: ignore[arg-type]
    _synonyms(company, found, values, clock)
    return Phrases((" ".join(key), tuple(meanings)) for key, meanings in found.items())


def _synonyms(
    company: Company,
    found: dict[tuple[str, ...], list[Meaning]],
    values: Mapping[Dim, tuple[str, ...]],
    clock: Clock,
) -> None:
    """Add the company's own words: each means what the word it stands for means, before anything built in."""
    by_value = {
        fold(value): Meaning("value", value, dim) for dim in reversed(_FIRST) for value in values[dim]
    }
    for word, target in company.synonyms.items():
        key = words(word)
        if not key:
            continue
        meanings = list(found.get(words(target), ()))
        direct = by_value.get(fold(target))
        if direct is not None and direct not in meanings:
            meanings.insert(0, direct)
        if not meanings:
            try:
                clock.calendar.parse(target, clock.today)
            except BadInput:
                continue
            meanings = [Meaning("period", target)]
        old = [meaning for meaning in found.get(key, ()) if meaning not in meanings]
        found[key] = [*meanings, *old]


def chosen(meanings: Sequence[Meaning], sort: Sort) -> Meaning | None:
    """Return the first meaning of that sort; None when there is none."""
    return next((meaning for meaning in meanings if meaning.sort == sort), None)


TOPICS: tuple[Topic, ...] = get_args(Topic)
