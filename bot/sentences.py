"""Small manners of writing that terminal and page share."""

from __future__ import annotations


def capital(sentence: str) -> str:
    """Return the sentence with a capital in front; a name such as `r2` stays as it is."""
    return sentence[:1].upper() + sentence[1:] if sentence[:2].isalpha() else sentence
