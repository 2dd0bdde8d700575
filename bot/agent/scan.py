"""A question as a bag of words: what was recognised in it, in any order, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bot.agent.amounts import Span, days_at, small_number, span_at
from bot.agent.dates import Lean
from bot.agent.grains import UNITS, grain_at
from bot.agent.lexicon import Meaning
from bot.agent.names import Named
from bot.agent.utterance import Utterance, Value, filters_of
from reports.facts import Dim, Filter
from reports.spec import Grain

# A period that holds everything: `all open`, `any time`.
_ALL_TIME = (
    ("all", "open"),
    ("all", "periods"),
    ("all", "time"),
    ("any", "time"),
    ("anytime",),
    ("every", "period"),
    ("all", "dates"),
    ("whenever",),
    ("regardless", "of", "close", "date"),
    ("any", "close", "date"),
)
_AROUND_DAYS = 3_653
_JOIN_IDLE = {
    "in",
    "for",
    "since",
    "within",
    "during",
    "over",
    ">",
    "the",
    "last",
    "past",
    "at",
    "least",
    "more",
    "than",
    "by",
    ">=",
    "buyer",
}
# What rules out the value behind it; longest first.
_BUT = sorted(
    (
        tuple(words.split())
        for words in (
            "without", "w/o", "except", "except for", "excluding", "excl", "exclude", "minus", "ex", "sans", "no", "not",
            "but not", "other than", "apart from", "all but", "everything but", "outside", "outside of", "leaving out",
            "not counting", "omitting",
        )
    ),
    key=len,
    reverse=True,
)  # fmt: skip
_LOSSES = {"lost", "loss", "losses", "lose", "losing", "verloren", "perdu", "perdus", "perdues"}
# Units that alone mean the running one: `is the quarter ok`.
_UNITS = {"quarter", "month", "year"}
_TIMES = {"twice": 2, "once": 1, "thrice": 3}


@dataclass(slots=True)
class Scan:
    """What was recognised. `hits` are phrases with all they can mean; `unknown` are indexes of tokens not understood.

    `read_as` says, for people, what a day or a period was taken for where that is not plain.
    """

    said: Utterance
    hits: list[tuple[tuple[Meaning, ...], int, int]] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    ruled_out: list[Value] = field(default_factory=list)
    named: list[tuple[Named, int, int]] = field(default_factory=list)
    by: list[Dim] = field(default_factory=list)
    grain: Grain | None = None
    trend: bool = False
    periods: list[str] = field(default_factory=list)
    as_of: date | None = None
    days: list[date] = field(default_factory=list)
    span: Span | None = None
    idle_days: int | None = None
    idle: bool = False
    pushes: int | None = None
    limit: int | None = None
    compare: str | None = None
    currency: str | None = None
    no_amount: bool = False
    reason: str | None = None
    asks: bool = False
    leads_on: bool = False
    used: set[int] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)
    problems: list[Value] = field(default_factory=list)
    read_as: list[str] = field(default_factory=list)

    def of(self, sort: str) -> list[str]:
        """Return the names of everything of that sort that was recognised, in order, each once."""
        found = [
            meaning.value for meanings, _, _ in self.hits for meaning in meanings if meaning.sort == sort
        ]
        return list(dict.fromkeys(found))

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Return the values as filters, with those that are ruled out."""
        return (*filters_of(self.values), *filters_of(self.ruled_out, negate=True))

    @property
    def nouns(self) -> set[str]:
        """Return the nouns (deals, mine, closing …)."""
        return set(self.of("noun"))

    @property
    def amount_min(self) -> Decimal | None:
        """Return the lower bound of the amount, thousands added where they can only be meant."""
        return self.span.least.meant if self.span and self.span.least else None

    @property
    def amount_max(self) -> Decimal | None:
        """Return the upper bound of the amount, thousands added where they can only be meant."""
        return self.span.most.meant if self.span and self.span.most else None

    def unread(self) -> tuple[str, ...]:
        """Return the words that were not understood, as typed."""
        return tuple(self.said.raw(index, index + 1) for index in self.unknown)


def scan(said: Utterance, start: int = 0, *, lean: Lean = "near") -> Scan:
    """Return what is recognised from token `start` on; `lean` says on which side of today days and quarters lie."""
    found = Scan(said)
    found.leads_on = said.keys[start : start + 1] == ("and",) or said.keys[start : start + 2] in {
        ("what", "about"),
        ("how", "about"),
        ("same", "for"),
        ("and", "for"),
        ("same", "but"),
    }
    at = start
    while at < len(said.keys):
        at = max(at + 1, _step(found, at, lean))
    return found


def _step(found: Scan, at: int, lean: Lean) -> int:
    """Recognise what begins at `at`; return the place behind it."""
    said = found.said
    token = said.tokens[at]
    if token.shape in {"emoji", "mention", "person"}:
        return at + 1
    for reader in (_compare, _time, _numbers, _grouping, _ruled_out):
        end = reader(found, at, lean)
        if end is not None:
            found.read_as += said.bent(at, end)
            return end
    if token.shape == "mark":
        found.asks = found.asks or token.key == "?"
        return at + 1
    named = said.names_at(at)
    phrase = said.meanings_at(at)
    explicit = said.value_at(at, names=False)
    if explicit is not None and (phrase is None or explicit.length > phrase[1]):
        (found.values if explicit.known else found.problems).append(explicit)
        return at + explicit.length
    if named and named.length > (phrase[1] if phrase else 0) and not _ordinary(said, at, named.length):
        found.named.append((named, at, at + named.length))
        return at + named.length
    if phrase is not None:
        meanings = _meant(found, phrase[0], at, phrase[1])
        if meanings:
            found.hits.append((meanings, at, at + phrase[1]))
            return at + phrase[1]
    return _reason(found, at) or _small_word(found, at)


def _ruled_out(found: Scan, at: int, lean: Lean) -> int | None:
    """Recognise `without emea`, `not in amer`, `except jonas and priya`."""
    del lean
    keys = found.said.keys
    words = next((words for words in _BUT if keys[at : at + len(words)] == words), None)
    if words is None:
        return None
    place = at + len(words)
    place += keys[place : place + 1] in {("in",), ("from",), ("of",), ("for",)}
    values = found.said.values_at(place)
    if values is None:
        return None
    found.ruled_out += [value for value in values[0] if value.known]
    found.problems += [value for value in values[0] if not value.known]
    return place + values[1]


def _small_word(found: Scan, at: int) -> int:
    """Recognise a currency, a word that changes nothing, or a bare `quarter`; anything else is unknown."""
    keys, known = found.said.keys, found.said.lexicon.words
    currency = known.currencies.at(keys, at)
    if currency is not None:
        found.currency = currency[0]
        return at + currency[1]
    trend = known.trend.length(keys, at)
    if trend:
        found.trend = True
        return at + trend
    if keys[at] in _UNITS and not found.periods:
        found.periods.append(f"this-{keys[at]}")
        return at + 1
    filler = known.filler.length(keys, at) or known.polite.length(keys, at)
    if not filler and not keys[at].isspace():
        found.unknown.append(at)
    return at + (filler or 1)


def _ordinary(said: Utterance, at: int, length: int) -> bool:
    """Say whether one word that also occurs in a name is an ordinary one."""
    return length == 1 and bool(
        said.lexicon.words.filler.at(said.keys, at) or said.lexicon.words.polite.at(said.keys, at)
    )


def _meant(found: Scan, meanings: tuple[Meaning, ...], at: int, length: int) -> tuple[Meaning, ...]:
    """Return the meanings without the values that are written like ordinary words, and without periods."""
    ordinary = length == 1 and found.said.keys[at] in found.said.lexicon.capitals
    small = ordinary and not found.said.raw(at, at + 1).isupper()
    return tuple(
        meaning
        for meaning in meanings
        if not (small and meaning.sort == "value") and meaning.sort != "period"
    )


def _reason(found: Scan, at: int) -> int | None:
    """Recognise why a deal was lost: a usual reason, or any other word behind `lost to`, `lost because of`."""
    said, keys = found.said, found.said.keys
    if not set(keys) & _LOSSES:
        return None
    usual = said.lexicon.words.reasons.at(keys, at)
    if usual is not None:
        found.reason = usual[0]
        return at + usual[1]
    ordinary = said.lexicon.words.filler.length(keys, at) or said.lexicon.words.polite.length(keys, at)
    led = keys[at - 1 : at] in {("to",), ("wegen",)} or keys[at - 2 : at] in {
        ("because", "of"),
        ("due", "to"),
    }
    if led and not ordinary and said.tokens[at].shape == "word":
        found.reason = keys[at]
        return at + 1
    return None


def _compare(found: Scan, at: int, lean: Lean) -> int | None:
    del lean
    compared = found.said.lexicon.words.compare.at(found.said.keys, at)
    if compared is None:
        return None
    found.compare = compared[0]
    return at + compared[1]


def _time(found: Scan, at: int, lean: Lean) -> int | None:
    """Recognise `as of …`, all time, periods and days."""
    said = found.said
    for words in _ALL_TIME:
        if said.keys[at : at + len(words)] == words:
            today = said.clock.today
            first, last = (
                date.fromordinal(today.toordinal() + shift) for shift in (-_AROUND_DAYS, _AROUND_DAYS)
            )
            found.periods.append(f"{first.isoformat()}..{last.isoformat()}")
            return at + len(words)
    as_of = said.as_of_at(at)
    if as_of is not None:
        if as_of[0] is not None:
            found.as_of = as_of[0]
        return at + as_of[1]
    period = said.period_at(at, lean)
    day = said.day_at(at, lean)
    if period is not None and (day is None or period[1] >= day[1]):
        found.periods.append(period[0])
        return at + period[1]
    if day is not None and said.keys[at] not in {"now", "in"}:
        found.days.append(day[0])
        return at + day[1]
    return None


def _numbers(found: Scan, at: int, lean: Lean) -> int | None:
    """Recognise amounts, idle days, pushes and limits."""
    del lean
    said, keys = found.said, found.said.keys
    idle = said.lexicon.words.idle.at(keys, at)
    if idle is not None:
        found.idle = True
        place = at + idle[1]
        while place < len(keys) and keys[place] in _JOIN_IDLE:
            place += 1
        days = days_at(keys, place)
        if days is not None:
            found.idle_days = days[0]
            return place + days[1]
        return None if said.meanings_at(at) else at + idle[1]
    days = days_at(keys, at)
    if days is not None:
        place = at + days[1]
        while place < len(keys) and keys[place] in {"of", "with", "or", "more", "without", "+", "since"}:
            place += 1
        idle = said.lexicon.words.idle.at(keys, place)
        if idle is not None:
            found.idle, found.idle_days = True, days[0]
            return place + idle[1]
    if keys[at] in {"no", "without", "missing", "w/o"} and keys[at + 1 : at + 2] in {
        ("amount",),
        ("amounts",),
        ("value",),
    }:
        found.no_amount = True
        return at + 2
    span = span_at(keys, at)
    if span is not None:
        found.span = span[0]
        return at + span[1]
    pushed = _pushes(found, at)
    if pushed is not None:
        return pushed
    limit = said.limit_at(at)
    if limit is not None:
        found.limit = limit[0]
        return at + limit[1]
    return None


def _pushes(found: Scan, at: int) -> int | None:
    """Recognise `pushed twice`, `moved 3 times`, `slipped three or more times`."""
    keys = found.said.keys
    if keys[at] not in {"pushed", "moved", "slipped", "postponed"} or at + 1 >= len(keys):
        return None
    if keys[at + 1] in _TIMES:
        found.pushes = _TIMES[keys[at + 1]]
        return at + 2
    place = at + 2 if keys[at + 1] in {">", "over"} else at + 1
    if keys[at + 1 : at + 3] in {("more", "than"), ("at", "least")}:
        place = at + 3
    count = small_number(keys[place]) if place < len(keys) else None
    end = place + 1
    if keys[end : end + 1] == ("+",):
        end += 1
    if keys[end : end + 2] == ("or", "more"):
        end += 2
    if count is not None and keys[end : end + 1] in {("times",), ("x",)}:
        found.pushes = count + (keys[at + 1] in {">", "over", "more"})
        return end + 1
    return None


def _grouping(found: Scan, at: int, lean: Lean) -> int | None:
    """Recognise `by region and segment`, `by month`, `by month and region`."""
    del lean
    said, keys = found.said, found.said.keys
    grain, grouped = grain_at(keys, at), said.by_at(at)
    if grain is not None:
        found.grain, end = grain[0], at + grain[1]
    elif grouped is not None:
        found.by += [dim for dim in grouped[0] if dim not in found.by]
        end = at + grouped[1]
    else:
        return None
    while keys[end : end + 1] and keys[end] in {"and", ",", "&", "x"}:
        dim = said.dim_at(end + 1)
        unit = UNITS.get(keys[end + 1]) if end + 1 < len(keys) else None
        if dim is not None:
            found.by += [dim[0]] if dim[0] not in found.by else []
            end += 1 + dim[1]
        elif unit is not None:
            found.grain, end = unit, end + 2
        else:
            break
    return end
