"""Longest-match lookup of phrases in a list of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from bot.agent.tokens import words

T = TypeVar("T")


class Phrases(Generic[T]):
    """Phrases of folded words, each with what it stands for; looked up at a place in a list of words."""

    def __init__(self, entries: Iterable[tuple[str, T]] = ()) -> None:
        """Keep the entries; where a phrase comes twice, the first stays."""
        self._by_first: dict[str, dict[tuple[str, ...], T]] = {}
        self._longest: dict[str, int] = {}
        for phrase, meaning in entries:
            self.add(phrase, meaning)

    def add(self, phrase: str, meaning: T) -> None:
        """Add a phrase; a phrase without a word is left out."""
        key = words(phrase) or tuple(phrase.split())
        if not key:
            return
        self._by_first.setdefault(key[0], {}).setdefault(key, meaning)
        self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def exact(self, key: Sequence[str]) -> T | None:
        """Return what exactly these words stand for; None when they are no phrase."""
        return self._by_first.get(key[0], {}).get(tuple(key)) if key else None

    def at(self, keys: Sequence[str], start: int) -> tuple[T, int] | None:
        """Return what the longest phrase that begins at `start` stands for, and its length; None when none begins."""
        if start >= len(keys):
            return None
        known = self._by_first.get(keys[start])
        if known is None:
            return None
        for length in range(min(self._longest[keys[start]], len(keys) - start), 0, -1):
            found = known.get(tuple(keys[start : start + length]))
            if found is not None:
                return found, length
        return None

    def length(self, keys: Sequence[str], start: int) -> int:
        """Return how many words the longest phrase at `start` has; 0 when none begins there."""
        found = self.at(keys, start)
        return found[1] if found else 0

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield every phrase."""
        for known in self._by_first.values():
            yield from known


def plural(word: str) -> str | None:
    """Return the plain English plural of a phrase; None where it already looks like one."""
    if word.endswith("s") or not word[-1:].isalpha():
        return None
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
