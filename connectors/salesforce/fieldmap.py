"""The field map: which fields of an org stand for our words. The defaults are `fields.toml`, the org's own come over them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from connectors.errors import BadRequest, NotAllowed
from connectors.salesforce.shapes import Field, Shape

OWN: Final = "salesforce.toml"
# The part of the org's own file that is about writing, and none of ours (`allowed`).
WRITING: Final = "write"
# Which object each part of the map is about.
PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {"deal": "Opportunity", "account": "Account", "person": "User", "activity": "Task"}
)
# What a word can be, where not everything will do: in our words, and as Salesforce names types.
_TYPES: Final = {
    ("deal", "amount"): ("number", ("currency", "double", "int", "long", "percent")),
    ("deal", "close"): ("date", ("date",)),
    ("person", "started_on"): ("date", ("date", "datetime")),
}
# Words that deals cannot do without.
_ALWAYS: Final = frozenset({"amount", "close"})
_PATH: Final = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)

Describe = Callable[[str], Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A field that stands for one of our words: its path from the object, and what describe says of it."""

    path: str
    field: Field


# Part to word to the fields that exist, first choice first; words that no field stands for are absent.
Fields = Mapping[str, Mapping[str, tuple[Source, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """What the two files say: part to word to paths, first choice first; `own` are the words of the org's own file."""

    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    own: frozenset[tuple[str, str]] = frozenset()

    def resolve(self, describe: Describe) -> Fields:
        """Return which of the fields an org has and shows.

        Raises:
            BadRequest: the org's own file names a field that is not there or cannot be read (the nearest are named), or one
                of another type.
        """
        found: dict[str, dict[str, tuple[Source, ...]]] = {}
        for part, words in self.words.items():
            found[part] = {}
            for word, paths in words.items():
                sources = []
                for path in paths:
                    source = _followed(PARTS[part], path, describe)
                    if source is not None:
                        _refuse_type(part, word, source)
                        sources.append(source)
                    elif (part, word) in self.own:
                        raise BadRequest(_missing(part, word, path, describe))
                if sources:
                    found[part][word] = tuple(sources)
        return found


def refuse_hidden_currency(describe: Describe) -> None:
    """Do nothing where an org has one currency, or says of its deals in which they are.

    Raises:
        NotAllowed: it has several, and this login may not read which.
    """
    deals = describe(PARTS["deal"])
    if deals.fields and not deals.field("CurrencyIsoCode") and describe("CurrencyType").fields:
        raise NotAllowed(
            "the org has several currencies, and this login may not read CurrencyIsoCode of Opportunity, so no amount can be "
            "told: a Salesforce administrator gives it the right to read that field"
        )


def load(home: Path) -> FieldMap:
    """Return the field map of an installation: the defaults, and over them `salesforce.toml` in its home.

    Raises:
        BadRequest: the file cannot be read or is not TOML, or names a part or a word that there is not, or no field.
    """
    words = {part: dict(told) for part, told in _read(Path(__file__).with_name("fields.toml")).items()}
    own = _read(home / OWN) if (home / OWN).is_file() else {}
    for part, told in own.items():
        if part not in words:
            raise BadRequest(
                f"{OWN} has a part [{part}]; there are {', '.join(f'[{name}]' for name in words)}"
            )
        for word in told:
            if word not in words[part]:
                known = ", ".join(words[part])
                raise BadRequest(f"{OWN} gives a field for {word!r} in [{part}]; the words there are {known}")
        words[part] |= told
    return FieldMap(words=words, own=frozenset((part, word) for part, told in own.items() for word in told))


def toml_of(path: Path) -> dict[str, object]:
    """Return what a TOML file says.

    Raises:
        BadRequest: it cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(f"{str(path)!r} cannot be read: {error.__class__.__name__}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{path.name} is not valid TOML: {error}") from error


def _read(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        part: {word: _paths(path.name, part, word, given) for word, given in _table(path.name, part, words)}
        for part, words in toml_of(path).items()
        if part != WRITING
    }


def _table(source: str, part: str, told: object) -> list[tuple[str, object]]:
    if not isinstance(told, dict):
        raise BadRequest(f"{source} has a line {part} = {told!r} outside of any part; put it under [deal]")
    return list(told.items())


def _paths(source: str, part: str, word: str, given: object) -> tuple[str, ...]:
    paths = [given] if isinstance(given, str) else given
    if (
        not isinstance(paths, list)
        or (not paths and word in _ALWAYS)
        or not all(isinstance(path, str) and _PATH.fullmatch(path) for path in paths)
    ):
        raise BadRequest(
            f"{source}: {word} = {given!r} in [{part}] is no field; write it like 'Amount', 'ARR__c' or 'Account.Region__c', "
            "a list of them, or [] for none"
        )
    return tuple(paths)


def _followed(object_name: str, path: str, describe: Describe) -> Source | None:
    """Return the field at the end of a path through parents, spelt as the org does; None where a step is not there."""
    *parents, last = path.split(".")
    shape = describe(object_name)
    spelt = []
    for step in parents:
        parent = shape.parent(step)
        if parent is None:
            return None
        spelt.append(parent.relationship or step)
        shape = describe(parent.targets[0])
    field = shape.field(last)
    return None if field is None else Source(path=".".join((*spelt, field.name)), field=field)


def _refuse_type(part: str, word: str, source: Source) -> None:
    wanted = _TYPES.get((part, word))
    if wanted is not None and source.field.type not in wanted[1]:
        raise BadRequest(
            f"{OWN} says that {word} of [{part}] is {source.path!r}, which holds a {source.field.type}: it takes a {wanted[0]}"
        )


def _missing(part: str, word: str, path: str, describe: Describe) -> str:
    names = [field.name for field in describe(PARTS[part]).fields]
    near = difflib.get_close_matches(path, names, n=3, cutoff=0.5)
    return (
        f"{OWN} says that {word} of [{part}] is {path!r}, which {PARTS[part]} does not have or this login may not read"
        + (f"; near it are {', '.join(near)}" if near else "")
    )
