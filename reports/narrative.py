"""Sentences: templates with `{{fact}}` tokens, how they are filled, and the guard against stray numbers.

A machine's template holds no number of its own: every digit and number word comes from a bound fact.
A person's words may hold any.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from reports.deck import Words
from reports.facts import Fact, Unit
from reports.words import FRACTIONS, NUMBERS, ORDINALS, isolate

TOKEN = re.compile(r"\{\{([A-Za-z0-9_.:-]+)\}\}")
# What may stand in a template although it holds a digit: names of periods, and figures of speech.
EXEMPT = re.compile(r"\b(?:Q[1-4]|FY\d{2}(?:\d{2})?(?:-Q[1-4])?|H[12]|[Tt]op \d+|30/60/90)\b")
_FRACTION_PARTS = {part for name, _ in FRACTIONS for part in re.split(r"[ -]", name)} - {"a"}
_NOT_NUMBERS = {"", "no", "first", "second", "quarter", "quarters"}
NUMBER_WORDS = frozenset(
    ({*NUMBERS, *ORDINALS, "twice", "thrice", "dozen", "hundred", "thousand", "million"} | _FRACTION_PARTS)
    - _NOT_NUMBERS
)
_WORD = re.compile(r"[A-Za-z]+")


def fill(template: str, facts: Mapping[str, Fact]) -> str:
    """Return the text: every token replaced by its fact's text, once; sentences open with a capital.

    Raises:
        KeyError: a token names no fact.
    """

    def spoken(match: re.Match[str]) -> str:
        fact = facts[match[1]]
        if fact.unit is Unit.TEXT:
            return isolate(fact.text)
        opens = match.start() == 0 or template[: match.start()].endswith((". ", "\n"))
        return fact.text[:1].upper() + fact.text[1:] if opens else fact.text

    return TOKEN.sub(spoken, template)


def say(template: str, facts: Mapping[str, Fact]) -> Words:
    """Return machine words: the filled sentence with its template.

    Raises:
        KeyError: a token names no fact.
    """
    return Words(text=fill(template, facts), template=template)


def tokens(template: str) -> tuple[str, ...]:
    """Return the ids of the facts that a template binds, in their order."""
    return tuple(TOKEN.findall(template))


def guard(words: Words, facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return what is wrong with a text's numbers, one line per problem; nothing for a person's own words.

    Every token must name one of the facts, the text must be what the template gives with them, and outside
    the tokens there may be neither a digit nor a number word.
    """
    if words.by is not None:
        return ()
    known = {fact.id: fact for fact in facts}
    template = words.template or words.text
    missing = [name for name in tokens(template) if name not in known]
    problems = [f"{{{{{name}}}}} in {template!r} names no fact" for name in missing]
    problems += [f"{stray!r} in {template!r} comes from no fact" for stray in strays(template)]
    if not missing and fill(template, known) != words.text:
        problems.append(f"{words.text!r} is not what {template!r} gives")
    return tuple(problems)


def strays(template: str) -> tuple[str, ...]:
    """Return the numbers of a template that no fact stands behind: digits and number words."""
    rest = EXEMPT.sub(" ", TOKEN.sub(" ", template))
    digits = [part for part in rest.split() if any(map(_counts, part))]
    return (*digits, *(word for word in _WORD.findall(rest) if word.casefold() in NUMBER_WORDS))


def _counts(char: str) -> bool:
    """Say whether a character is a number in whatever script: a digit, a fraction, a Roman or Chinese numeral."""
    return unicodedata.numeric(char, None) is not None
