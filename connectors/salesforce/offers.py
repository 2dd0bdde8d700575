"""Which fields of an org could stand for a word: those of a fitting type, by how often they are filled in."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from connectors.errors import BadRequest
from connectors.salesforce import soql
from connectors.salesforce.fieldmap import OWN, PARTS

if TYPE_CHECKING:
    from connectors.salesforce.org import Org
    from connectors.salesforce.shapes import Field

# The word for whether the buyer took part in an activity.
BUYER: Final = "buyer"
_WORDS: Final = ("picklist", "string", "combobox", "multipicklist")
# Which types of fields fit a word; words that are not named take what tells deals apart.
_FITS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "amount": ("currency", "double", "int"),
        "close": ("date",),
        "next_step": ("string", "textarea", "picklist"),
    }
)
# Words whose values are a list, and of which the customer may know more than the deal.
_LISTED: Final = frozenset({"region", "segment", "team", "product", "source", "type", "reason"})
_OF_ACCOUNTS: Final = frozenset({"region", "segment", "product"})
# Standard fields that mean something else, or nothing that a word is about.
_OTHER: Final = frozenset(
    "Id Name StageName ForecastCategory ForecastCategoryName CurrencyIsoCode Fiscal Username FirstName LastName Email "
    "Alias UserType TimeZoneSidKey LocaleSidKey FederationIdentifier ExpectedRevenue Probability AccountNumber "
    "TotalOpportunityQuantity FiscalQuarter FiscalYear NextStep Phone Fax Website PhotoUrl Sic TickerSymbol Site".split()
)
# So many fields are counted at once, and in all; and so many values of a field are looked at.
_AT_ONCE: Final = 25
_MOST: Final = 200
_VALUES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A field that could stand for a word: its path, its label, and the share of records that have it, 0 to 1."""

    path: str
    label: str
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a chain of fields holds: the share of records that have one, and the values, most frequent first."""

    share: Decimal
    values: tuple[str, ...]


def part_of(word: str) -> str:
    """Return which part of the field map a word is proposed from: a person's for the team, an activity's, or the deal's."""
    return {"team": "person", BUYER: "activity"}.get(word, "deal")


def offers(org: Org, word: str, taken: Iterable[str]) -> tuple[Offer, ...]:
    """Return the fields that could stand for a word and do not yet, the fullest first; none that nobody has filled in."""
    object_name, used = PARTS[part_of(word)], {path.casefold() for path in taken}
    if word == BUYER:
        return tuple(sorted(_of_buyers(org, object_name, used), key=lambda offer: (-offer.share, offer.path)))
    found = [
        (path, field)
        for path, field in _candidates(org, word, object_name)
        if path.casefold() not in used and field.name not in _OTHER
    ]
    found.sort(key=lambda item: (not item[0].endswith("__c"), item[1].type != "picklist"))
    total, counts = _counted(org, object_name, [path for path, _ in found[:_MOST]])
    made = [
        Offer(path=path, label=field.label, share=Decimal(counts[path]) / total)
        for path, field in found[:_MOST]
        if counts.get(path) and total
    ]
    return tuple(sorted(made, key=lambda offer: (-offer.share, offer.path)))


def held(org: Org, word: str, paths: Sequence[str]) -> Held:
    """Return what a chain of fields holds in the org; without values where it does not list them."""
    object_name = PARTS[part_of(word)]
    if word == BUYER:
        return Held(share=max(_ticked(org, object_name, paths), default=Decimal(0)), values=())
    only = _only(object_name)
    total = _count(org, object_name, only)
    filled = _count(
        org, object_name, (*only, f"({' OR '.join(soql.compare(path, '!=', None) for path in paths)})")
    )
    return Held(
        share=Decimal(filled) / total if total else Decimal(0),
        values=_values(org, object_name, paths) if word in _LISTED else _samples(org, object_name, paths[0]),
    )


def with_choice(text: str, part: str, word: str, paths: Sequence[str]) -> str:
    """Return `salesforce.toml` in which a word is read from these fields; everything else stays as it was written.

    Raises:
        BadRequest: the file is not TOML, or is written in a way that cannot be changed line by line.
    """
    value = json.dumps(list(paths)) if len(paths) != 1 else json.dumps(paths[0])
    line, lines = f"{word} = {value}", text.splitlines()
    header = next((at for at, told in enumerate(lines) if told.split("#")[0].strip() == f"[{part}]"), None)
    if header is None:
        lines += ([""] if lines else []) + [f"[{part}]", line]
    else:
        end = next(
            (at for at in range(header + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines)
        )
        old = [at for at in range(header + 1, end) if lines[at].partition("=")[0].strip() == word]
        lines[old[0] if old else header + 1 : old[0] + 1 if old else header + 1] = [line]
    made = "\n".join(lines) + "\n"
    try:
        wanted = tomllib.loads(text)
        wanted[part] = {**wanted.get(part, {}), word: list(paths) if len(paths) != 1 else paths[0]}
        same = tomllib.loads(made) == wanted
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{OWN} cannot be changed line by line; write there by hand: {line}") from error
    if not same:
        raise BadRequest(f"{OWN} cannot be changed line by line; write there by hand: {line}")
    return made


def _candidates(org: Org, word: str, object_name: str) -> Iterator[tuple[str, Field]]:
    fitting = _FITS.get(word, _WORDS)
    shape = org.describe(object_name)
    for field in shape.fields:
        if field.type in fitting:
            yield field.name, field
    if word in _OF_ACCOUNTS and (parent := shape.parent("Account")) is not None:
        for field in org.describe(parent.targets[0]).fields:
            if field.type in fitting:
                yield f"Account.{field.name}", field


def _of_buyers(org: Org, object_name: str, used: set[str]) -> Iterator[Offer]:
    """Yield what could say that the buyer took part: own checkboxes, and what an activity may be linked to."""
    for field in org.describe(object_name).fields:
        own = field.name.endswith("__c") and field.type in {"boolean", "reference"}
        if (own or field.name == "WhoId") and field.name.casefold() not in used:
            for share in _ticked(org, object_name, (field.name,)):
                if share:
                    yield Offer(path=field.name, label=field.label, share=share)


def _ticked(org: Org, object_name: str, paths: Sequence[str]) -> Iterator[Decimal]:
    """Yield the share of records of which each checkbox is ticked, each other field filled in; none for too many records."""
    for path in paths:
        field = org.describe(object_name).field(path)
        ticked = field is not None and field.type == "boolean"
        told = soql.compare(path, "=", True) if ticked else soql.compare(path, "!=", None)
        try:
            total = _count(org, object_name, ())
            yield Decimal(_count(org, object_name, (told,))) / total if total else Decimal(0)
        except BadRequest:
            continue


def _only(object_name: str) -> tuple[soql.Condition, ...]:
    return (soql.compare("IsActive", "=", True),) if object_name == "User" else ()


def _count(org: Org, object_name: str, where: Iterable[soql.Condition]) -> int:
    conditions = " AND ".join(where)
    query = f"SELECT COUNT() FROM {object_name}{f' WHERE {conditions}' if conditions else ''}"
    return int(org.get("query", q=query)["totalSize"])


def _counted(org: Org, object_name: str, paths: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return how many records there are, and how many have each field; fields that cannot be counted are left out."""
    counts: dict[str, int] = {}
    for first in range(0, len(paths), _AT_ONCE):
        some = paths[first : first + _AT_ONCE]
        try:
            counts |= _filled(org, object_name, some)
        except BadRequest:
            for path in some:
                try:
                    counts |= _filled(org, object_name, [path])
                except BadRequest:
                    continue
    return _count(org, object_name, _only(object_name)), counts


def _filled(org: Org, object_name: str, paths: Sequence[str]) -> dict[str, int]:
    columns = ", ".join(f"COUNT({soql.name(path)}) f{number}" for number, path in enumerate(paths))
    where = " AND ".join(_only(object_name))
    query = f"SELECT {columns} FROM {object_name}{f' WHERE {where}' if where else ''}"
    [told] = org.get("query", q=query)["records"]
    return {path: int(told[f"f{number}"]) for number, path in enumerate(paths)}


def _values(org: Org, object_name: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the values of the first field that is filled in, most frequent first; none where they cannot be grouped."""
    columns = ", ".join(f"{soql.name(path)} f{number}" for number, path in enumerate(paths))
    where = " AND ".join(_only(object_name))
    query = (
        f"SELECT {columns}, COUNT(Id) n FROM {object_name}{f' WHERE {where}' if where else ''} "
        f"GROUP BY {', '.join(map(soql.name, paths))} ORDER BY COUNT(Id) DESC LIMIT {_VALUES}"
    )
    try:
        rows = org.get("query", q=query)["records"]
    except BadRequest:
        return ()
    counts: dict[str, int] = {}
    for row in rows:
        value = next(
            (row[f"f{number}"] for number in range(len(paths)) if row[f"f{number}"] is not None), None
        )
        if value is not None:
            counts[str(value)] = counts.get(str(value), 0) + int(row["n"])
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def _samples(org: Org, object_name: str, path: str) -> tuple[str, ...]:
    query = soql.select((path,), object_name, where=(soql.compare(path, "!=", None),), limit=4)
    return tuple(dict.fromkeys(row[path] or "" for page in org.query(query, (path,))[1] for row in page))
