"""What columns, stages and forecast categories are called: the table beside this module, folded for comparing."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, Literal

from connectors.files.columns import Kind

KINDS: Final[tuple[Kind, ...]] = ("deals", "accounts", "people", "products")

StageWord = Literal["open", "won", "lost"]
_CLOSING: Final[tuple[StageWord, ...]] = ("won", "lost")


def folded(text: str) -> str:
    """Return a text without case, accents, blanks and signs: what two spellings of one name have in common."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())


@cache
def meanings(kind: Kind) -> Mapping[str, Mapping[str, int]]:
    """Return for each folded heading the meanings it may have in a file of that kind, each with how far down it stands."""
    found: dict[str, dict[str, int]] = {}
    for meaning, names in _table()[kind].items():
        for place, name in enumerate(names):
            found.setdefault(folded(name), {}).setdefault(meaning, place)
    return MappingProxyType(found)


def known(heading: str) -> bool:
    """Say whether a cell is called like a column of any kind."""
    word = folded(heading)
    return bool(word) and any(word in meanings(kind) for kind in KINDS)


def stage_word(stage: str) -> StageWord | None:
    """Return what a stage's name says: won, lost or open; None where its words are not known."""
    words = " ".join(_words(stage))
    table = _table()["stages"]
    # "Closed Won" is won, "Won back, in negotiation" is not: what closes a deal stands for the whole name or ends it.
    for status in _CLOSING:
        if any(words == name or words.endswith(f" {name}") for name in table[status]):
            return status
    for status in _CLOSING:
        if any(words.startswith(f"{name} ") for name in table[status]):
            return status
    return "open" if any(word in words for word in table["open"]) else None


def category_word(category: str) -> str | None:
    """Return the neutral forecast category of that name; None where it is not known."""
    word = folded(category)
    return next(
        (
            neutral
            for neutral, names in _table()["categories"].items()
            if word in {folded(name) for name in names}
        ),
        None,
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return kept.split()


@cache
def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = resources.files(__package__).joinpath("headings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
