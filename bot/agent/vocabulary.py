"""The built-in words, read once from `words.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.agent.dates import MONTHS, WEEKDAYS
from bot.agent.phrases import Phrases, plural
from bot.agent.tokens import fold, words


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The built-in words as data: `raw` is the file, `edits`, `commands` and `writes` are ready to look up."""

    raw: dict[str, Any]
    edits: dict[str, Phrases[str]]
    commands: Phrases[str]
    writes: Phrases[str]
    compare: Phrases[str]
    why: dict[str, Phrases[str]]
    provenance: Phrases[str]
    tails: Phrases[str]
    idle: Phrases[str]
    marks: Phrases[str]
    currencies: Phrases[str]
    slides: Phrases[str]
    reasons: Phrases[str]
    trend: Phrases[str]
    polite: Phrases[str]
    openers: Phrases[str]
    requests: Phrases[str]
    hedges: frozenset[str]
    filler: Phrases[str]
    capitals: frozenset[str]
    backward: frozenset[str]  # measures that look back rather than ahead
    typed: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Return the built-in words."""
    raw = tomllib.loads(resources.files("bot.agent").joinpath("words.toml").read_text(encoding="utf-8"))
    polite = raw["polite"]
    return Vocabulary(
        raw=raw,
        edits={name: _phrases({name: entries}) for name, entries in raw["edits"].items()},
        commands=_phrases(raw["commands"]),
        writes=_phrases(raw["writes"]),
        compare=_phrases(raw["compare"]),
        why={name: _phrases({name: entries}) for name, entries in raw["why"].items()},
        provenance=_phrases({"provenance": raw["provenance"]["words"]}),
        tails=_phrases({"tail": raw["provenance"]["tails"]}),
        idle=_phrases({"idle": raw["idle"]["words"]}),
        marks=_phrases(raw["marks"], plurals=True),
        currencies=_phrases(raw["currencies"], plurals=True),
        slides=_phrases(raw["slides"]),
        reasons=_phrases(raw["reasons"]),
        trend=_phrases(raw["trend"]),
        polite=_phrases({"polite": polite["words"]}),
        openers=_phrases({"opener": polite["openers"]}),
        requests=_phrases({"request": polite["requests"]}),
        hedges=frozenset(polite["hedges"]),
        filler=_phrases({"filler": polite["filler"]}),
        capitals=frozenset(raw["capitals"]["words"]),
        backward=frozenset(raw["defaults"]["backward"]),
        typed=_typed(raw),
    )


def _typed(raw: dict[str, Any]) -> frozenset[str]:
    """Return the words of commands and edits that a slip may be meant for, four letters or more."""
    found = {
        word
        for section in ("edits", "commands", "writes", "why")
        for name, phrases in raw[section].items()
        if name not in {"nouns", "articles", "show", "separators"}
        for phrase in phrases
        for word in words(phrase)
        if len(word) >= 4 and word.isalpha()
    }
    return frozenset(found | {word for word in (*MONTHS, *WEEKDAYS, "quarter") if len(word) >= 5})


def _phrases(entries: dict[str, list[str]], *, plurals: bool = False) -> Phrases[str]:
    """Return the phrases of a table of name → phrases, each standing for its name."""
    found: Phrases[str] = Phrases()
    for name, phrases in entries.items():
        for phrase in phrases:
            found.add(fold(phrase), name)
            more = plural(phrase) if plurals else None
            if more:
                found.add(fold(more), name)
    return found
