"""Where a schedule shall go to, by its words: `in #emea-sales`, `to me`, `here`, `to the leads`; and to whom it cannot."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.schedules.left import Left, phrase

_PERSON = re.compile(r"(?:\b(?:to|for|with|at)\s+)?(?<!\w)(?P<name>@[\w.-]+(?:\s+[A-Z][a-zà-ÿ]+\b)?)")
_HASH = re.compile(r"(?:\b(?:in|into|to|on|for|at)\s+)?(?<!\w)#(?P<name>[\w.-]+)", re.IGNORECASE)
_HERE = phrase(r"(?:in|to|into)?\s*(?:here|this\s+channel|this\s+room)")
_ME = phrase(
    r"(?:to|for)\s+(?:me|myself)|by\s+(?:dm|direct\s+message)|in\s+(?:my\s+)?(?:dms?|direct\s+messages?|inbox)|privately"
)
_CHANNEL = re.compile(
    r"\b(?:in|to|into)\s+(?P<name>(?:the\s+|our\s+)?[\w&-]+(?:\s+[\w&-]+){0,2})\s+channel\b", re.IGNORECASE
)
_DASHED = re.compile(
    r"\b(?:in|to|into)\s+(?P<name>\w+(?:-\w+)+)(?=\s*$|\s+(?:for|of|about|with)\b)", re.IGNORECASE
)
_TO = re.compile(
    r"\bto\s+(?P<name>(?:the\s+|our\s+|all\s+)?[^\W\d][\w&-]*(?:\s+[\w&-]+){0,2})\s*$", re.IGNORECASE
)
# Behind these verbs stands who gets it; behind the others only where what comes is named after them.
_TO_SOMEBODY = re.compile(r"\b(?:e-?mail|mail|dm|message|tell)\s*$|\bto\s*$", re.IGNORECASE)
_WHAT = r"(?:the|an?|this|that|it|our|my|their|his|her|every|weekly|forecast|digest)"


def place_of(left: Left) -> str:
    """Take where it shall go to, where that is plain; `@` and a name where it is somebody else."""
    if found := left.take(_PERSON):
        return found["name"]
    if found := left.take(_HASH):
        return f"#{found['name'].rstrip('.')}"
    if left.take(_ME):
        return "me"
    return "here" if left.take(_HERE) else ""


def named(left: Left, verb: str, people: Collection[str]) -> str:
    """Take a person or a channel that is only called something: `to katrin`, `to the leads`, `in emea-sales`."""
    if people:
        names = "|".join(re.escape(name) for name in sorted(people, key=len, reverse=True))
        behind = "" if _TO_SOMEBODY.search(verb) else rf"(?=\s+{_WHAT}\b)"
        patterns = [rf"\bto\s+(?P<name>{names})\b", *([rf"^(?P<name>{names})\b{behind}"] if verb else ())]
        for pattern in patterns:
            if found := left.take(re.compile(pattern, re.IGNORECASE)):
                return f"@{found['name']}"
    found = left.take(_CHANNEL) or left.take(_DASHED) or left.take(_TO)
    return "" if found is None else found["name"]
