"""SOQL as a tree: what a query says, without knowing any object."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from tests.fakes.salesforce.errors import ApiError
from tests.fakes.salesforce.values import instant

Part = TypeVar("Part")
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "MIN", "MAX", "AVG"})
DATE_PARTS = frozenset(
    "CALENDAR_YEAR CALENDAR_QUARTER CALENDAR_MONTH FISCAL_YEAR FISCAL_QUARTER FISCAL_MONTH DAY_ONLY".split()
)
FUNCTIONS = AGGREGATES | DATE_PARTS | {"TOLABEL", "CONVERTCURRENCY", "FORMAT", "FIELDS"}
_KEYWORDS = frozenset(
    "select from where and or not in like group by having order limit offset asc desc nulls with using for".split()
)
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.)*')
  | (?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d(?!\d|T))
  | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w])
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<sign><=|>=|!=|<>|[=<>(),:])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Path:
    """A field, by way of relationships: Account.Owner.Name."""

    parts: tuple[str, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of a field; `path` is None for COUNT() and what is in FIELDS( )."""

    name: str
    path: Path | Call | None
    at: int


@dataclass(frozen=True, slots=True)
class Text:
    """A string as it was written, without its quotes."""

    raw: str

    @property
    def plain(self) -> str:
        return _unescaped(self.raw, "")

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return what LIKE means by the string, for values in lower case."""
        parts: list[str] = []
        for piece in re.findall(r"\\.|[%_]|[^\\%_]+", self.raw, re.DOTALL):
            if piece in {"%", "_"}:
                parts.append(".*" if piece == "%" else ".")
            else:
                parts.append(re.escape(_unescaped(piece, "%_").lower()))
        return re.compile("".join(parts), re.DOTALL)


@dataclass(frozen=True, slots=True)
class DateWord:
    """A date literal: THIS_QUARTER, LAST_N_DAYS:30."""

    name: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value` is a Text, number, bool, None, date, datetime or DateWord; a tuple of such or a query after IN."""

    left: Path | Call
    sign: str
    value: Any


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by AND or OR; NOT has one."""

    word: str
    parts: tuple[Condition, ...]


Condition = Comparison | Joined


@dataclass(frozen=True, slots=True)
class Selected:
    """One thing that is selected, and what it is to be called."""

    what: Path | Call | Query
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    by: Path | Call
    descending: bool = False
    nulls_last: bool = False


@dataclass(slots=True)
class Query:
    select: list[Selected]
    source: str
    at: int
    alias: str | None = None
    where: Condition | None = None
    group: list[Path | Call] = field(default_factory=list)
    having: Condition | None = None
    order: list[Order] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    all_rows: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Query:
    """Return the tree of a query.

    Raises:
        ApiError: MALFORMED_QUERY, with the platform's words.
    """
    reader = _Reader(text)
    query = reader.query()
    reader.end()
    return query


def place(text: str, at: int) -> str:
    """Return the lines with which the platform points into a query."""
    shown = text[max(at - 25, 0) : at + 30].replace("\n", " ")
    row, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"\n{shown}\n{' ' * min(at, 25)}^\nERROR at Row:{row}:Column:{column}\n"


def malformed(message: str) -> ApiError:
    return ApiError(400, "MALFORMED_QUERY", message)


def _unescaped(raw: str, more: str) -> str:
    def one(found: re.Match[str]) -> str:
        sign = found[1]
        if sign in _ESCAPES:
            return _ESCAPES[sign]
        if sign in more:
            return sign
        raise malformed(
            f"Invalid string literal '{raw}'. Illegal character sequence '\\{sign}' in string literal."
        )

    return re.sub(r"\\(.)", one, raw, flags=re.DOTALL)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._tokens: list[_Token] = []
        place_now = 0
        while text[place_now:].strip():
            found = _TOKEN.match(text, place_now)
            if found is None:
                bad = len(text) - len(text[place_now:].lstrip())
                self._tokens.append(_Token("unknown", text[bad], bad))
                place_now = bad + 1
                continue
            kind = str(found.lastgroup)
            self._tokens.append(_Token(kind, found[kind], found.start(kind)))
            place_now = found.end()
        self._tokens.append(_Token("end", "<EOF>", len(text)))

    def query(self) -> Query:
        self._expect("select")
        select = self._several(self._selected)
        self._expect("from")
        token = self._name()
        query = Query(select, token.text, token.at)
        if self._now.kind == "name" and self._now.text.lower() not in _KEYWORDS | {"all"}:
            query.alias = self._name().text
        if self._take("using"):
            self._name(), self._name()
        if self._take("where"):
            query.where = self._condition()
        if self._take("with"):
            self._name()
        self._tail(query)
        return query

    def _tail(self, query: Query) -> None:
        if self._take("group"):
            self._expect("by")
            query.group = self._several(self._field)
            if self._take("having"):
                query.having = self._condition()
        if self._take("order"):
            self._expect("by")
            query.order = self._several(self._order)
        if self._take("limit"):
            query.limit = self._count()
        if self._take("offset"):
            query.offset = self._count()
        if self._take("for"):
            self._name()
        if self._take("all"):
            query.all_rows = self._expect("rows").at > 0

    def _several(self, one: Callable[[], Part]) -> list[Part]:
        parts = [one()]
        while self._take(","):
            parts.append(one())
        return parts

    def end(self) -> None:
        if self._now.kind != "end":
            self._refuse()

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._now
        self._at += token.kind != "end"
        return token

    def _take(self, word: str) -> bool:
        if self._now.text.lower() == word and self._now.kind in {"name", "sign"}:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> _Token:
        token = self._now
        if not self._take(word):
            self._refuse()
        return token

    def _name(self) -> _Token:
        if self._now.kind != "name" or self._now.text.lower() in _KEYWORDS:
            self._refuse()
        return self._next()

    def _count(self) -> int:
        if self._now.kind != "number" or not self._now.text.isdecimal():
            self._refuse()
        return int(self._next().text)

    def _refuse(self) -> NoReturn:
        token = self._now
        if token.kind == "end":
            raise malformed(f"{place(self._text, token.at)}unexpected token: '<EOF>'")
        raise malformed(f"{place(self._text, token.at)}unexpected token: '{token.text}'")

    def _selected(self) -> Selected:
        if self._take("("):
            query = self.query()
            self._expect(")")
            return Selected(query)
        what = self._field()
        if self._now.kind == "name" and self._now.text.lower() not in _KEYWORDS:
            return Selected(what, self._next().text)
        return Selected(what)

    def _field(self) -> Path | Call:
        token = self._name()
        if self._now.text != "(":
            return Path(tuple(token.text.split(".")), token.at)
        if token.text.upper() not in FUNCTIONS:
            raise malformed(f"{place(self._text, token.at)}unexpected token: '{token.text}'")
        self._expect("(")
        inner = None if self._now.text == ")" else self._field()
        self._expect(")")
        if inner is None and token.text.upper() != "COUNT":
            self._refuse()
        return Call(token.text.upper(), inner, token.at)

    def _order(self) -> Order:
        by = self._field()
        descending = self._take("desc")
        if not descending:
            self._take("asc")
        if not self._take("nulls"):
            return Order(by, descending)
        last = self._take("last")
        if not last:
            self._expect("first")
        return Order(by, descending, last)

    def _condition(self) -> Condition:
        parts = [self._unit()]
        for word in ("and", "or"):
            while self._take(word):
                parts.append(self._unit())
            if len(parts) > 1:
                return Joined(word, tuple(parts))  # whoever reads on refuses the other word
        return parts[0]

    def _unit(self) -> Condition:
        if self._take("not"):
            return Joined("not", (self._unit(),))
        if self._take("("):
            inside = self._condition()
            self._expect(")")
            return inside
        left = self._field()
        if self._take("not"):
            self._expect("in")
            return Comparison(left, "not in", self._members())
        if self._take("in"):
            return Comparison(left, "in", self._members())
        if self._take("like"):
            if self._now.kind != "text":
                self._refuse()
            return Comparison(left, "like", self._value())
        sign = self._next()
        if sign.text not in {"=", "!=", "<>", "<", "<=", ">", ">="}:
            self._at -= sign.kind != "end"
            self._refuse()
        return Comparison(left, "!=" if sign.text == "<>" else sign.text, self._value())

    def _members(self) -> tuple[Any, ...] | Query:
        self._expect("(")
        if self._now.text.lower() == "select":
            query = self.query()
            self._expect(")")
            return query
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> Any:
        token = self._next()
        match token.kind:
            case "text":
                value = Text(token.text[1:-1])
                _unescaped(value.raw, "%_")
                return value
            case "number":
                return Decimal(token.text)
            case "date":
                try:
                    return date.fromisoformat(token.text)
                except ValueError:
                    raise malformed(f"{place(self._text, token.at)}Invalid date: {token.text}") from None
            case "instant":
                try:
                    return instant(token.text)
                except ValueError:
                    raise malformed(f"{place(self._text, token.at)}Invalid datetime: {token.text}") from None
            case "name":
                return self._word(token)
            case _:
                self._at -= token.kind != "end"
                return self._refuse()

    def _word(self, token: _Token) -> Any:
        word = token.text.upper()
        if word in {"TRUE", "FALSE"}:
            return word == "TRUE"
        if word == "NULL":
            return None
        if re.fullmatch(r"[A-Z]{3}\d+(\.\d+)?", word):
            return Decimal(word[3:])
        if "." in word or "(" in word:
            raise malformed(f"{place(self._text, token.at)}unexpected token: '{token.text}'")
        return DateWord(word, self._count() if self._take(":") else 0)
