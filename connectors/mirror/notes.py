"""What a connector notes of its records as a whole, as text in the mirror's `meta`, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final

from connectors.protocol import Unread

UNREAD: Final = "unread"
KNOWN_FROM: Final = "known_from"
# So many records are named in a sentence.
_FIRST: Final = 3


def unread_as_text(found: Iterable[Unread]) -> str:
    """Return what could not be read, as it is kept."""
    return json.dumps([asdict(each) for each in found])


def unread_of(meta: Mapping[str, str]) -> tuple[Unread, ...]:
    """Return what could not be read of a generation's records, by its `meta`; none where nothing is noted."""
    return tuple(
        Unread(**{**each, "records": tuple(each["records"])}) for each in json.loads(meta.get(UNREAD, "[]"))
    )


def known_from_as_text(found: Mapping[str, datetime]) -> str:
    """Return from when on changes of fields of deals are known, as it is kept."""
    return json.dumps({word: at.isoformat() for word, at in sorted(found.items())})


def known_from_of(meta: Mapping[str, str]) -> dict[str, datetime]:
    """Return from when on changes of fields of deals are known, where that is later than the first state, in UTC."""
    return {word: datetime.fromisoformat(at) for word, at in json.loads(meta.get(KNOWN_FROM, "{}")).items()}


def said(found: Unread) -> str:
    """Return a sentence without its end: how many values count as missing, and which of them the first are."""
    first, records = ", ".join(found.records[:_FIRST]), "record" if found.n == 1 else "records"
    more = f" and {found.n - _FIRST:,} more" if found.n > _FIRST else ""
    return (
        f"{found.object}.{found.field} of {found.n:,} {records} holds no value of its kind and counts as missing: "
        f"{first}{more}"
    )
