"""Small manners of writing that terminal and page share."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[a-z]+(?!\w|[@./:-]\S)")


def capital(sentence: str) -> str:
    """Return the sentence with a capital in front.

    Only a plain word in small letters gets one: `r2`, `eBay`, an address and a file name stay as they are.
    """
    return sentence[:1].upper() + sentence[1:] if _PLAIN.match(sentence) else sentence
