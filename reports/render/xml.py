"""Text and numbers as XML: what a record says is made safe here, once, before it reaches any part."""

from __future__ import annotations

import re
from decimal import Decimal

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = R
NAMES = f'xmlns:a="{A}" xmlns:r="{R}" xmlns:p="{P}"'

# Characters that XML 1.0 forbids: controls but tab and line feed, surrogates, the two non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"[^\S\u00a0\u202f]+")
_PER_CENT = re.compile(r"(?<=[0-9]) (?=%)")
_SPECIAL = re.compile('[&<>"]')
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def clean(text: str) -> str:
    """Return the text without what XML forbids; line ends become LF, lone surrogates and controls are dropped."""
    if text.isprintable():
        return text
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the cleaned text on one line, runs of white space as one space; a per cent sign keeps to its number."""
    line = " ".join(words(clean(text))).strip()
    return _PER_CENT.sub("\u00a0", line) if " %" in line else line


def words(text: str) -> list[str]:
    """Return the parts of a text between which a line may break; a space that must not break stays inside its word."""
    if "\xa0" in text or "\u202f" in text:
        return [word for word in _BREAKS.split(text) if word]
    return text.split()


def esc(text: str) -> str:
    """Return the text cleaned and escaped, for element content and for attributes in double quotes."""
    text = clean(text)
    return _SPECIAL.sub(lambda match: _ENTITY[match[0]], text) if _SPECIAL.search(text) else text


def attr(text: str) -> str:
    """Return the text for an attribute: escaped, and its line ends kept as character references."""
    return esc(text).replace("\n", "&#10;").replace("\t", " ")


def number(value: Decimal | None) -> str | None:
    """Return the value in plain digits ("590000", "-0.25"); None where it is missing or not finite: a gap."""
    if value is None or not value.is_finite():
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
