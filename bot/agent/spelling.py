"""Words that are nearly known: one letter wrong, missing, added, or two swapped (two such in long words)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHORTEST, _LONG = 4, 8


def corrected(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` is a slip of; None when it is known, there is none, or several are as near."""
    if len(word) < _SHORTEST or len(word) > 30 or not word.isalpha():
        return None
    known = frozenset(known)
    if word in known:
        return None
    allowed = 2 if len(word) >= _LONG else 1
    best: dict[int, set[str]] = {}
    for candidate in known:
        if candidate[:1] != word[:1] and candidate[1:2] != word[:1] and candidate[:1] != word[1:2]:
            continue
        if abs(len(candidate) - len(word)) <= allowed:
            steps = distance(word, candidate, allowed)
            if steps is not None:
                best.setdefault(steps, set()).add(candidate)
    for steps in sorted(best):
        return _same_stem(best[steps])
    return None


def nearest(text: str, names: Iterable[str]) -> str | None:
    """Return the name that looks most like a text of any length; None where none is near."""
    by_letters = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(text.casefold(), by_letters, n=1, cutoff=0.7)
    return by_letters[found[0]] if found else None


def distance(one: str, other: str, most: int) -> int | None:
    """Return how many slips (Damerau-Levenshtein, adjacent swaps count one) lie between two words; None above `most`."""
    if one == other:
        return 0
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        current = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return None
        before, row = row, current
    return row[-1] if row[-1] <= most else None


def _same_stem(words: set[str]) -> str | None:
    """Return the only word, or the shortest where they are one word with and without its plural s."""
    shortest = min(words, key=lambda word: (len(word), word))
    return shortest if all(word in {shortest, shortest + "s"} for word in words) else None
