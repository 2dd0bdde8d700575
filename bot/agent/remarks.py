"""What only the author of an edit is told about it."""

from __future__ import annotations

from bot.sentences import capital
from bot.store import Revision

# The check's name for a number in a person's words that nothing on the slide shows.
PERSONS = "numbers.person"


def remark_on(made: Revision | None) -> str:
    """Return what only its author is told of a revision: numbers in people's words that nothing on the slide shows."""
    found = [] if made is None else [line for line in made.problems if line.endswith(f"({PERSONS})")]
    return " ".join(
        f"{capital(line.partition(', ')[2].removesuffix(f' ({PERSONS})'))}. It stays as it was written."
        for line in found
    )
