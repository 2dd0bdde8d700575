"""What only the author of an edit is told about it."""

from __future__ import annotations

from bot.sentences import capital
from bot.store import Revision

# The check's name for a number in a person's words that nothing on the slide shows, and ours for a model's failure.
PERSONS, MODELS = "numbers.person", "words.model"


def remark_on(made: Revision | None) -> str:
    """Return what only its author is told of a revision: numbers in people's words that nothing shows, a model's failure."""
    if made is None:
        return ""
    return " ".join((*_found(made, PERSONS, " It stays as it was written."), *_found(made, MODELS)))


def _found(made: Revision, name: str, more: str = "") -> tuple[str, ...]:
    return tuple(
        f"{capital(line.partition(', ')[2].removesuffix(f' ({name})'))}.{more}"
        for line in made.problems
        if line.endswith(f"({name})")
    )
