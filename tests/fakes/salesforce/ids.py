"""Record ids of 15 characters, where case counts, and of 18, where it does not."""

from __future__ import annotations

from functools import cache
from string import ascii_lowercase, ascii_uppercase, digits

_SIGNS = digits + ascii_uppercase + ascii_lowercase
_CAPITALS = {ord(sign): "1" if sign in ascii_uppercase else "0" for sign in _SIGNS}
_CHECK = ascii_uppercase + "012345"


def record_id(prefix: str, number: int) -> str:
    """Return the id of 18 characters of the number-th record of an object."""
    most, rest = divmod(number, 62**6)
    more, least = divmod(rest, 62**3)
    return long_id(f"{prefix}QD0{_three(most)}{_three(more)}{_three(least)}")


def long_id(short: str) -> str:
    """Return an id of 15 or 18 characters as one of 18.

    Raises:
        ValueError: it is no id: another length, other signs, or a wrong check at its end.
    """
    if len(short) not in {15, 18} or not (short.isascii() and short.isalnum()):
        raise ValueError(f"{short!r} is no id")
    head, check = short[:15], ""
    for start in (0, 5, 10):
        bits = sum(
            1 << place for place, sign in enumerate(head[start : start + 5]) if sign in ascii_uppercase
        )
        check += _CHECK[bits]
    if len(short) == 18 and short[15:].upper() != check:
        raise ValueError(f"{short!r} is no id")
    return head + check


@cache
def _three(number: int) -> str:
    return _SIGNS[number // 3844] + _SIGNS[number // 62 % 62] + _SIGNS[number % 62]


def _sign(part: str) -> str:
    """Return the sign that says which of five letters are capitals."""
    return _CHECK[int(part[::-1].translate(_CAPITALS), 2)]
