"""A message, cut into words, and what can be recognised at a place in it: values, dimensions, periods, days, measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.agent.dates import Clock, Lean, bent
from bot.agent.lexicon import Lexicon, Meaning, chosen
from bot.agent.names import Named
from bot.agent.spans import day_at, period_at
from bot.agent.tokens import Token, tokens, unescape
from reports.facts import DIMS, Dim, Filter

_EQUALS = {"=", ":", "is", "=="}
_JOINTS = {",", "and", "&", "+", "or", "/", "n"}
_BY = {"by", "per", "across", "nach", "pro", "je", "par"}
_BY_PHRASES = (
    ("split", "by"),
    ("split", "out", "by"),
    ("split", "per"),
    ("broken", "down", "by"),
    ("broken", "out", "by"),
    ("broken", "down", "per"),
    ("break", "down", "by"),
    ("breakdown", "by"),
    ("grouped", "by"),
    ("group", "by"),
    ("cut", "by"),
    ("sliced", "by"),
    ("for", "each"),
    ("for", "every"),
    ("in", "each"),
    ("each",),
)
_NUMBER_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_AS_OF = sorted(
    (
        ("as", "of"),
        ("as", "at"),
        ("as", "on"),
        ("as", "it", "was", "on"),
        ("as", "it", "was"),
        ("as", "it", "looked", "on"),
        ("as", "it", "stood", "on"),
        ("how", "it", "looked", "on"),
        ("how", "it", "was", "on"),
        ("snapshot", "of"),
        ("snapshot", "from"),
        ("asof",),
        ("state", "of"),
        ("state", "on"),
        ("with", "data", "as", "of"),
        ("with", "data", "from"),
        ("data", "as", "of"),
        ("stand",),
    ),
    key=len,
    reverse=True,
)
_AS_OF_FIRST = frozenset(phrase[0] for phrase in _AS_OF)


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a dimension that was named. `known` is False for `region=LATAM` where there is no LATAM."""

    dim: Dim
    value: str
    length: int
    known: bool = True
    named: bool = False  # a person or an account: a name, so less certain to be a filter


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message: the text as it can be printed, its tokens, and their folded keys."""

    text: str
    tokens: tuple[Token, ...]
    keys: tuple[str, ...]
    lexicon: Lexicon

    @property
    def clock(self) -> Clock:
        """Return the calendar and the day that words for time are seen from."""
        return self.lexicon.clock

    def raw(self, start: int, end: int) -> str:
        """Return the text of the tokens from `start` up to `end`, as typed."""
        if start >= end or start >= len(self.tokens):
            return ""
        return self.text[self.tokens[start].start : self.tokens[min(end, len(self.tokens)) - 1].end]

    def period_at(self, at: int, lean: Lean = "near") -> tuple[str, int] | None:
        """Return the name of the period that begins there and its length; company words come after built-in ones."""
        found = period_at(self.keys, at, self.clock, lean)
        if found is not None:
            return found
        phrase = self.lexicon.phrases.at(self.keys, at)
        meaning = chosen(phrase[0], "period") if phrase else None
        return (meaning.value, phrase[1]) if phrase and meaning else None

    def day_at(self, at: int, lean: Lean) -> tuple[date, int] | None:
        """Return the day that begins there, and its length."""
        return day_at(self.keys, at, self.clock, lean)

    def bent(self, start: int, end: int) -> tuple[str, ...]:
        """Return what the months from `start` up to `end` that lack their accent are read as, for people."""
        months = (bent(self.keys[at], self.raw(at, at + 1)) for at in range(start, end))
        return tuple(f"Read as: {month}" for month in months if month)

    def as_of_at(self, at: int) -> tuple[date | None, int] | None:
        """Return the day of `as of …` and its length; the day is None where the words after it are no day."""
        if at >= len(self.keys) or self.keys[at] not in _AS_OF_FIRST:
            return None
        for phrase in _AS_OF:
            if self.keys[at : at + len(phrase)] != phrase:
                continue
            after = at + len(phrase)
            after += self.keys[after : after + 1] == ("the",) and self.day_at(after, "past") is None
            day = self.day_at(after, "past")
            if day is None:
                period = self.period_at(after, "past")
                if period is not None:
                    end = self.clock.calendar.parse(period[0], self.clock.today)
                    last = date.fromordinal(end.end.toordinal() - 1)
                    return min(last, self.clock.today), after - at + period[1]
                if phrase == ("as", "of"):
                    return None, len(phrase)
                continue
            return day[0], after - at + day[1]
        return None

    def meanings_at(self, at: int) -> tuple[tuple[Meaning, ...], int] | None:
        """Return what the longest known phrase there can mean, and its length."""
        return self.lexicon.phrases.at(self.keys, at)

    def dim_at(self, at: int) -> tuple[Dim, int] | None:
        """Return the dimension named there, and its length."""
        found = self.meanings_at(at)
        meaning = chosen(found[0], "dim") if found else None
        for dim in DIMS:
            if meaning is not None and meaning.value == dim and found is not None:
                return dim, found[1]
        return None

    def by_at(self, at: int) -> tuple[tuple[Dim, ...], int] | None:
        """Return the dimensions of `by region and segment` and the length; None where there is no such thing."""
        start = at
        phrase = next((item for item in _BY_PHRASES if self.keys[at : at + len(item)] == item), None)
        if phrase is not None:
            at += len(phrase)
        elif at < len(self.keys) and self.keys[at] in _BY:
            at += 1
        else:
            return None
        dims: list[Dim] = []
        while True:
            place = (
                at + 1 if at < len(self.keys) and self.keys[at] in {"the", "our", "by", "x", "their"} else at
            )
            found = self.dim_at(place)
            if found is None:
                break
            if found[0] not in dims:
                dims.append(found[0])
            at = place + found[1]
            if at < len(self.keys) and self.keys[at] in {*_JOINTS, "x", "by", "then"}:
                place = at + 1
                place += place < len(self.keys) and self.keys[place] == "by"
                if self.dim_at(place) is None:
                    break
                at = place
                continue
            break
        return (tuple(dims), at - start) if dims else None

    def limit_at(self, at: int) -> tuple[int, int] | None:
        """Return the count of `top 5`, `first ten`, `5 biggest`, and the length; at most 100."""
        keys = self.keys
        if at + 1 >= len(keys):
            return None
        if keys[at] in {"top", "first", "biggest", "largest", "worst", "best", "bottom"}:
            count = self._count(keys[at + 1])
            if count and not self._unit(at + 2):
                return count, 2
        count = self._count(keys[at])
        if count and keys[at + 1] in {
            "biggest",
            "largest",
            "top",
            "worst",
            "best",
            "oldest",
            "smallest",
            "stalest",
            "riskiest",
        }:
            return count, 1
        return None

    def value_at(self, at: int, *, names: bool = True) -> Value | None:
        """Return the dimension value that begins there: `emea`, `enterprise`, `region=EMEA`, `owner: Priya`, `priya`."""
        explicit = self._explicit(at)
        if explicit is not None:
            return explicit
        found = self.meanings_at(at)
        meaning = chosen(found[0], "value") if found else None
        if found and meaning and meaning.dim and self._written(at, found[1]):
            return Value(meaning.dim, meaning.value, found[1])
        if names and not found:
            return self._person(at)
        return None

    def values_at(self, at: int, *, names: bool = True) -> tuple[tuple[Value, ...], int] | None:
        """Return the values of `EMEA and APAC`, `enterprise, mid market deals`, and the length; None without any."""
        start, values = at, []
        while True:
            place = at
            while (
                place < len(self.keys) and place < at + 2 and self.keys[place] in {"the", "our", "all", "my"}
            ):
                place += 1
            value = self.value_at(place, names=names)
            if value is None:
                break
            values.append(value)
            at = place + value.length
            after = self.behind_nouns(at)
            joint = after
            while joint < len(self.keys) and joint < after + 2 and self.keys[joint] in _JOINTS:
                joint += 1
            if (
                joint > after
                and self.value_at(joint, names=names) is not None
                and not self._new_clause(joint)
            ):
                at = joint
                continue
            if self.value_at(after, names=False) is not None:
                at = after
                continue
            at = after
            break
        return (tuple(values), at - start) if values else None

    def names_at(self, at: int) -> Named:
        """Return the records that the words there name."""
        return self.lexicon.names.at(self.keys, at)

    def behind_nouns(self, at: int) -> int:
        """Return the place behind `deals`, `region`, `team` … that may follow a value."""
        nouns = self.lexicon.words.edits["nouns"]
        while at < len(self.keys) and self.keys[at] not in {
            "slide",
            "slides",
            "page",
            "all",
            "it",
            "this",
            "whole",
            "entire",
        }:
            length = nouns.length(self.keys, at)
            if not length:
                break
            at += length
        return at

    def _new_clause(self, at: int) -> bool:
        """Say whether what comes there starts a thing of its own, though it is also a value."""
        following = self.keys[at + 1 : at + 3]
        return bool(following) and following[0] in {"by", "rate"}

    def _explicit(self, at: int) -> Value | None:
        dim = self.dim_at(at)
        if dim is None:
            return None
        place = at + dim[1]
        if place < len(self.keys) and self.keys[place] not in _EQUALS:
            following = self.meanings_at(place)  # `region EMEA`
            for meaning in following[0] if following else ():
                if following and meaning.sort == "value" and meaning.dim == dim[0]:
                    return Value(dim[0], meaning.value, place + following[1] - at)
            return None
        if place >= len(self.keys):
            return None
        place += 1
        found = self.meanings_at(place)
        if found:
            for meaning in found[0]:
                if meaning.sort == "value" and meaning.dim == dim[0]:
                    return Value(dim[0], meaning.value, place + found[1] - at)
        if dim[0] in {"owner", "manager", "account", "currency"}:
            named = self._named_value(dim[0], place)
            if named is not None:
                return Value(dim[0], named[0], place + named[1] - at, named=True)
        unsaid = place >= len(self.keys) or self.tokens[place].shape == "mark" or self.keys[place - 1] == "is"
        if unsaid:
            return None
        return Value(dim[0], self.raw(place, place + 1), place + 1 - at, known=False)

    def _named_value(self, dim: Dim, at: int) -> tuple[str, int] | None:
        if dim == "currency":
            code = self.lexicon.words.currencies.at(self.keys, at)
            return code or None
        named = self.names_at(at)
        candidates = named.accounts if dim == "account" else named.people
        return (candidates[0].name, named.length) if len(candidates) == 1 else None

    def _person(self, at: int) -> Value | None:
        """Return a person as a value of owner, or of manager when the person owns nothing."""
        if at >= len(self.keys) or self.lexicon.words.filler.at(self.keys, at):
            return None
        named = self.names_at(at)
        if len(named.people) != 1 or named.accounts or named.deals:
            return None
        name = named.people[0].name
        owners, managers = self.lexicon.values["owner"], self.lexicon.values["manager"]
        if name not in owners and name not in managers:
            return None
        dim: Dim = "manager" if name in managers and name not in owners else "owner"
        return Value(dim, name, named.length, named=True)

    def _written(self, at: int, length: int) -> bool:
        """Say whether a value that is also an ordinary word is written as a value: `US`, not `us`."""
        return length > 1 or self.keys[at] not in self.lexicon.capitals or self.raw(at, at + 1).isupper()

    def _unit(self, at: int) -> bool:
        return at < len(self.keys) and self.keys[at] in {
            "weeks",
            "days",
            "months",
            "quarters",
            "years",
            "wks",
        }

    def _count(self, key: str) -> int | None:
        if key.isascii() and key.isdigit() and 1 <= len(key) <= 3 and 1 <= int(key) <= 100:
            return int(key)
        return _NUMBER_WORDS.get(key)


def utterance(text: str, lexicon: Lexicon) -> Utterance:
    """Return the message cut into words; never raises."""
    printable = unescape(text)
    found = tokens(printable)
    return Utterance(printable, found, tuple(token.key for token in found), lexicon)


def filters_of(values: tuple[Value, ...] | list[Value], *, negate: bool = False) -> tuple[Filter, ...]:
    """Return the values as filters, one per dimension, in the order in which they were named."""
    by_dim: dict[Dim, list[str]] = {}
    for value in values:
        known = by_dim.setdefault(value.dim, [])
        if value.value not in known:
            known.append(value.value)
    return tuple(Filter(dim=dim, values=tuple(named), negate=negate) for dim, named in by_dim.items())
