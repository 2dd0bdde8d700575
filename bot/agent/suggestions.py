"""What would have worked, nearest first, when a message could not be read."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.agent.intents import Alternative
from bot.agent.lexicon import Lexicon

_MOST = 3
_USUAL = (
    Alternative(label="Weekly deck", text="weekly"),
    Alternative(label="At risk", text="at risk"),
    Alternative(label="Pipeline", text="pipeline"),
)
_OFFERED = (
    ("pipeline", "pipeline"),
    ("coverage by region", "coverage by region"),
    ("win rate", "win rate"),
    ("what slipped last week", "what slipped last week"),
    ("what changed", "what changed"),
    ("at risk", "at risk"),
    ("my deals", "my deals"),
    ("bookings this quarter", "bookings this quarter"),
    ("commit", "commit"),
    ("weekly deck", "weekly"),
    ("wins this month", "wins this month"),
    ("overdue deals", "overdue"),
    ("sales cycle", "sales cycle"),
    ("average deal size", "average deal size"),
    ("where can we win", "where can we win"),
)


def suggestions(keys: Sequence[str], lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Return up to three requests that look most like the words; the usual ones where none does."""
    del lexicon
    words = [key for key in keys[:30] if key.isalpha() and len(key) > 2]
    scored = []
    for label, text in _OFFERED:
        best = max(
            (
                difflib.SequenceMatcher(None, word, known).ratio()
                for word in words
                for known in text.split()
                if len(known) > 2
            ),
            default=0.0,
        )
        scored.append((-best, label, text))
    near = [
        Alternative(label=label.capitalize(), text=text)
        for score, label, text in sorted(scored)
        if score <= -0.7
    ]
    return tuple((near or list(_USUAL))[:_MOST])
