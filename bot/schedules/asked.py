"""Whether words ask for something that comes again and again, or are about what comes already."""

from __future__ import annotations

import re

DAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_TIME = r"\d{1,2}(?:[:.]\d\d|\s?[ap]m\b)"
_NOUN = r"(?:schedules?|digests?|alerts?|weekl(?:y|ies)|subscriptions?)"
# What else such a verb may be about: an edit of a draft, a change of records.
_ELSE = (
    r"(?!.*\b(?:deals?|opps?|slides?|pages?|charts?|tables?|rows?|goals?|calls?|nudges?|close\s+dates?)\b)"
)
_LOOSE = r"(?:(?!from\b|in\b|with\b|to\b)[\w'’-]+\s+){0,4}?"


def _any(*texts: str) -> re.Pattern[str]:
    return re.compile("|".join(texts), re.IGNORECASE)


_COMES = _any(
    rf"\b(?:daily|weekdays|workdays|monthly)\s+(?:at\s+)?{_TIME}",
    r"\bevery\s+\d+\s+(?:min|hour|sec|day|week|month)",
    r"\b(?:\d{1,2}(?:st|nd|rd|th)|first|last\s+day|last|first\s+day)\s+of\s+(?:each|every)\s+month",
    rf"\b(?:every|each)\s+(?:(?:other|first|second|third|fourth|last|\d+(?:st|nd|rd|th))\s+)?{DAY}s?\b",
    r"\b(?:every|each)\s+\d{1,2}(?:st|nd|rd|th)\b",
    r"\b(?:bi-?weekly|fortnightly|semi-?monthly)\b",
    r"\b(?:once|twice|thrice|\d+\s*(?:x|times))\s+(?:a|per|every|each)\s+(?:day|week|month|quarter|year)\b",
    rf"\b{DAY}s?\s*(?:-|–|to|through)\s*{DAY}s?\b.*\b{_TIME}",
    rf"\b(?:weekly|digest|forecast)\b.*\b{DAY}s?,?\s+(?:at\s+)?{_TIME}",
    r"^(?:every|each)\s+(?:quarter|year)\s*[:,]",
    r"\b(?:weekly|digest|forecast)\s+(?:every|each)\s+(?:quarter|year)\b",
    r"^(?:monthly|daily)\s+(?:forecast|weekly|report|deck)\b",
    r"^(?:repeat|make|send|post|do|run)\s+(?:this|it|that)\s+(?:report\s+|deck\s+|a\s+)?(?:weekly|daily|monthly)\b",
)
_ASKS = _any(
    r"^(?:how\s+(?:many|much|often)|who|whose|do|does|did|is|are|was|were|why|where)\b",
    r"\b(?:bookings?|booked|win\s*rates?|won|wins|lost|losses|created|closed|attainment|slip\s*rate|sales\s+cycle|deal\s+size)\b"
    r".*\b(?:every|each)\s+(?:day|week|month|quarter)\b",
)
_AIMED = _any(
    _TIME,
    r"\bat\s+\d",
    r"(?<!\w)#\w",
    r"\b(?:to|for)\s+(?:me|us)\b",
    r"\bhere\b",
    r"^(?:please\s+|can\s+you\s+|could\s+you\s+)*(?:send|post|e-?mail|mail|schedule|dm|deliver|subscribe)\b",
)
_KEPT = _any(
    rf"{_ELSE}(?:cancel|stop|pause|halt|end|resume|unpause|restart|delete|remove|kill|turn\s+(?:off|on)|switch\s+(?:off|on)"
    rf"|disable|enable|skip|postpone|delay|reschedule)\s+{_LOOSE}{_NOUN}\b.*",
    rf"{_ELSE}(?:change|move|shift|switch|push)\s+{_LOOSE}{_NOUN}\s+(?:from\s+\S+\s+)?(?:to|on|at)\s+(?:{DAY}|\d|noon|every|each).*",
    r"(?:stop|quit|no\s+more|don['’]?t|do\s+not)\s+(?:sending|posting|e-?mailing|mailing|messaging|send|post)\s+(?:me|us|it|this|that|the)\b.*",
    r"when\b.*\b(?:weekly|digest|schedule)\b.*",
    r"(?:did|has|was|is|will)\b.*\b(?:weekly|digest)\b.*\b(?:go|went|gone|come|came|sent|posted|scheduled)\b.*",
    rf"who\s+(?:scheduled|set\s+up|gets|receives)\b.*\b{_NOUN}\b.*",
    r"(?:what|which)\s+(?:schedules|alerts|digests|subscriptions)\b.*",
    r"what(?:\s+is|['’]?s|\s+do\s+i\s+have|\s+have\s+i|\s+did\s+i)\s+scheduled(?:\s+for\s+me)?",
    r"(?:(?:show|list|see|open)\s+)?(?:me\s+)?(?:(?:my|all|the|our)\s+)*(?:schedules?|scheduled|alerts?|subscriptions?|digests)(?:\s+(?:list|all|show))?",
    r"un-?subscribe.*",
    rf"skip\s+(?:the\s+)?(?:this|next|coming)\s+(?:week|one|time|{DAY})",
    r"run\s+(?:it\s+)?now",
)
_BRAKE = re.compile(r"(?:stop|halt|freeze|pause)\s+all\s+(?:the\s+|our\s+)?schedules", re.IGNORECASE)


def comes_again(text: str) -> bool:
    """Say whether words ask for something that comes again and again, so far as patterns tell."""
    return _COMES.search(text.strip()) is not None


def is_question(text: str) -> bool:
    """Say whether words with a rhythm in them ask for numbers all the same: `win rate each week`."""
    return _ASKS.search(text.strip()) is not None and _AIMED.search(text) is None


def is_about_kept(text: str) -> bool:
    """Say whether words are about what comes by itself already: `pause the weekly`, `my alerts`, `when is the next weekly`."""
    said = " ".join(text.split()).strip(" .!?")
    said = re.sub(
        r"^(?:(?:please|pls|can you|could you)[\s,]+)+|[\s,]+(?:please|thanks|thx)$",
        "",
        said,
        flags=re.IGNORECASE,
    )
    return _KEPT.fullmatch(said) is not None and _BRAKE.fullmatch(said) is None
