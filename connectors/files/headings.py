"""What columns, stages and forecast categories are called: the table beside this module, folded for comparing."""

from __future__ import annotations

import re
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
# What Pipedrive writes before the columns of a deal, and a report before those of its record.
_BEFORE: Final = re.compile(
    r"^\s*(?:deal|opportunity|geschäft|affaire|transaction|trato|negocio)\s*[-–:]\s+", re.IGNORECASE
)
_PIPELINE: Final = re.compile(r"\([^()]*pipeline[^()]*\)\s*$", re.IGNORECASE)
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


def meant(heading: str, kind: Kind) -> Mapping[str, int]:
    """Return the meanings that a heading may have, each with how far down it stands; "Deal - Title" is one, as "Title" is."""
    table = meanings(kind)
    found = table.get(folded(heading))
    if found is None and kind == "deals":
        found = table.get(folded(_BEFORE.sub("", heading)))
    return found or {}


def known(heading: str) -> bool:
    """Say whether a cell is called like a column of any kind."""
    return bool(folded(heading)) and any(meant(heading, kind) for kind in KINDS)


def stage_word(stage: str) -> StageWord | None:
    """Return what a stage's name says: won, lost or open; None where it cannot be told.

    Won and lost are only well-known names as a whole, numbers aside: "6 - Closed Won" is won, "Won back" may be anything.
    """
    words = _stage_words(stage)
    table = _table()["stages"]
    for status in _CLOSING:
        if words in table[status]:
            return status
    if closing_words(stage) or put_aside(stage):
        return None
    return "open" if any(word in words for word in table["open"]) else None


def status_word(status: str) -> StageWord | None:
    """Return what a cell of a column of statuses says as a whole: won, lost or open; None where it is no status."""
    words = _stage_words(status)
    if words in _table()["statuses"]["open"]:
        return "open"
    return next((known for known in _CLOSING if words in _table()["stages"][known]), None)


def put_aside(stage: str) -> bool:
    """Say whether a stage's name has words of deals that are neither won nor worked on: unqualified, duplicate, nurture."""
    words = _stage_words(stage)
    return any(word in words for word in _table()["stages"]["aside"])


def closing_words(stage: str) -> frozenset[str]:
    """Return which of won, lost and closed a stage's name has words of, whatever it means by them."""
    words = f" {_stage_words(stage)} "
    table = _table()["stages"]
    return frozenset(
        status for status in (*_CLOSING, "closed") if any(f" {name} " in words for name in table[status])
    )


def _stage_words(stage: str) -> str:
    """Return the words of a stage without numbers and without the pipeline that HubSpot writes behind it."""
    return " ".join(word for word in _words(_PIPELINE.sub("", stage)) if not word.isdecimal())


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


def currency_code(currency: str) -> str | None:
    """Return the code of a currency that is written by its name; None where it is not known."""
    words = currency.casefold().strip()
    names = _table()["currencies"].items()
    return next((code for code, known in names if words in {name.casefold() for name in known}), None)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return kept.split()


@cache
def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = resources.files(__package__).joinpath("headings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
