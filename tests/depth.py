"""How many cases a long test goes through: a sound share of them, or all where TESTS_DEEP is set."""

from __future__ import annotations

import os

DEEP = bool(os.environ.get("TESTS_DEEP"))


def share(number: int, *, of: int) -> int:
    """Return `number`, or the whole number `of` where everything is to be tried."""
    return of if DEEP else number
