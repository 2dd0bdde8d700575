"""How people ask to be told when something happens: `alert me on slips`, `when a commit deal slips tell me`."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.schedules.conditions import condition


def _whole(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_ME = r"\s+(?:me|us)\s+"
_AS_SOON = r"(?:when(?:ever)?|once|as\s+soon\s+as|the\s+moment|(?:every|each|any)\s*time)(?:\s+that)?(?:\s+there\s+(?:is|are))?"
_TELLS = r"(?:(?:tell|alert|notify|warn|ping|message|dm|text|e-?mail)\s+(?:me|us)|let\s+(?:me|us)\s+know)"
_WISH = r"(?:i\s+(?:want|need)|i['’]?d\s+like|give\s+me|send\s+me|get\s+me|set\s+up|create|make|add)"
_OPENINGS = tuple(
    _whole(opening)
    for opening in (
        rf"{_TELLS}\s+{_AS_SOON}\s+(?P<what>.+)",
        rf"(?:(?:alert|notify|warn|ping){_ME}|let\s+(?:me|us)\s+know\s+)if\s+(?P<what>.+)",
        rf"(?:alert|notify|warn){_ME}(?:on|of|about|for)\s+(?P<what>.+)",
        rf"(?:{_WISH}\s+)?(?:an?\s+|the\s+)?(?:new\s+)?alerts?\s+(?:when(?:ever)?|if|on|for|about|of|once)\s+(?P<what>.+)",
        rf"(?:{_AS_SOON}|if)\s+(?P<what>.+?),?\s+{_TELLS}",
    )
)
_IF = _whole(r"tell\s+(?:me|us)\s+if\s+(?P<what>.+)")
_WATCH = _whole(
    r"(?:watch|monitor|keep\s+an\s+eye\s+on|keep\s+(?:me|us)\s+(?:posted|updated|informed)\s+(?:on|about))\s+"
    r"(?:the\s+|deal\s+)*(?P<what>(?!list\b|out\b).+)"
)
_POLITE = _whole(r"(?:(?:please|pls|plz|can\s+you|could\s+you|would\s+you|hey|hi|ok)[\s,]+)+")
_THANKS = re.compile(r"(?:[\s,.!?]+(?:please|pls|thanks|thank\s+you|thx|cheers))+[\s.!?]*$", re.IGNORECASE)
_PAST = re.compile(r"\b(?:did|was|were|has|have|had|slipped|will)\b", re.IGNORECASE)
_CALLED = {"slip": "slip", "lo": "lost", "wo": "won", "win": "won"}
_KIND = _whole(
    r"(?:any\s+|all\s+|the\s+)?(?P<verb>slip(?:s|ped|page|ping)?|loss(?:es)?|lost|wins?|won)(?:\s+(?P<scope>.*\bdeals?\b.*))?"
)
_SCOPE_LAST = _whole(
    r"(?P<deals>.+?\b(?:deals?|opps?|opportunit(?:y|ies)))\s+(?P<verb>(?:(?:is|are|gets?|has\s+been)\s+)?"
    r"(?:slips?|won|lost|created|added|opened|closes?|closed|signed))\s+(?P<scope>(?:in|from|over|above|with)\s+.+)"
)


class Watch(NamedTuple):
    """What somebody wants to be told of: the words of a condition, or a thing that anything may happen to."""

    what: str
    anything: bool = False


def watch(text: str) -> Watch | None:
    """Return what somebody wants to be told when it happens; None where the words are about something else."""
    said = _THANKS.sub("", " ".join(text.split())).rstrip(" .!?")
    said = _POLITE.sub("", said, count=1) if _POLITE.match(said) else said
    for opening in _OPENINGS:
        if found := opening.fullmatch(said):
            return Watch(_plain(found["what"]))
    if (found := _IF.fullmatch(said)) and not _PAST.search(found["what"]) and condition(found["what"]):
        return Watch(_plain(found["what"]))
    if found := _WATCH.fullmatch(said):
        return Watch(found["what"], condition(found["what"]) is None)
    return None


def _plain(what: str) -> str:
    """Return a condition with its deals first and its verb last, which is how it is kept."""
    if found := _KIND.fullmatch(what):
        verb = next(verb for begin, verb in _CALLED.items() if found["verb"].casefold().startswith(begin))
        scope = found["scope"]
        if verb == "slip":
            return f"{scope} slip" if scope else "a deal slips"
        return f"{scope} are {verb}" if scope else f"a deal is {verb}"
    if found := _SCOPE_LAST.fullmatch(what):
        deals = re.sub(r"\bnew\s+", "", found["deals"], flags=re.IGNORECASE)
        return f"{deals} {found['scope']} {found['verb']}"
    return what
