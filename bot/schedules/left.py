"""What is left of the words of a schedule while they are read."""

from __future__ import annotations

import re

_EDGES = re.compile(
    r"^(?:[\s,;:.–>→-]|(?:the|a|an|our|and|of|to|with|report\s+on|deck\s+on)\b)+|(?:[\s,;:.–>→-]|\b(?:at|on|in|to|and|for|by|from|every|each)$)+$",
    re.IGNORECASE,
)


def phrase(text: str) -> re.Pattern[str]:
    """Return the pattern of whole words; a channel's name and a part of a longer word are none."""
    return re.compile(rf"(?<![\w#-])(?:{text})(?![\w-])", re.IGNORECASE)


class Left:
    """What is left of the words while they are read."""

    def __init__(self, text: str) -> None:
        """Begin with all of the words."""
        self._text = text

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what is found, and leave it in."""
        return pattern.search(self._text)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what is found, and leave it out from now on."""
        if found := pattern.search(self._text):
            self._text = f"{self._text[: found.start()]} {self._text[found.end() :]}".strip()
        return found

    def whole(self) -> str:
        """Return what is left as it was said."""
        return " ".join(self._text.split())

    def rest(self) -> str:
        """Return what is left, without the small words at its ends."""
        text, before = " ".join(self._text.split()), ""
        while text != before:
            text, before = _EDGES.sub("", text).strip(), text
        return text
