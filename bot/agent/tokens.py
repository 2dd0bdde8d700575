"""Text into words: positions kept, case and accents folded, Slack's marks understood. Never raises, linear in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# Longer messages are not commands; what lies beyond is neither read nor lost, the reader says that it was cut.
MAX_CHARS = 4_000

Shape = Literal["word", "number", "mark", "mention", "person", "link", "emoji", "mail"]

_TOKEN = re.compile(
    r"""
      (?P<mention><@[^<>\s]{1,80}>|<![^<>\s]{1,80}>|<\#[^<>\s]{1,80}>)
    | (?P<link><(?:https?|mailto)[^<>]{1,2000}>|https?://\S{1,2000})
    | (?P<emoji>:[a-z][a-z0-9_+\-]{1,40}:|:[+\-]1:)
    | (?P<mail>[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64}){1,4})
    | (?P<at>@[^\W_][\w.\-]{0,63})
    | (?P<span>\d{4}-\d\d?-\d\d?\.\.\d{4}-\d\d?-\d\d?)
    | (?P<day>\d{4}-\d\d?-\d\d?(?!\d))
    | (?P<quarter>(?:fy[ \-]?\d{2,4}|\d{4})[ \-]?q[1-4](?!\w)|q[1-4][ \-](?:fy[ \-]?)?\d{2,4}(?![\w.,]))
    | (?P<number>[$€£]?(?:\d{1,3}(?:,\d{3})+|\d{1,18})(?:\.\d{1,9})?(?:[a-z%]{1,8}(?![^\W_]))?)
    | (?P<short>w/o?(?!\w)|b/c(?!\w)|y/y|w/w|q/q)
    | (?P<word>[^\W_]+(?:['’`´.][^\W_]+)*)
    | (?P<mark>>=|<=|=>|\.\.|[\n>=<:;,.!?&+()\[\]"“”„‘’'–—\-/#$€£*_~|…])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHAPES: dict[str, Shape] = {
    "mention": "mention",
    "link": "link",
    "emoji": "emoji",
    "mail": "mail",
    "at": "person",
    "span": "word",
    "day": "word",
    "quarter": "word",
    "number": "number",
    "short": "word",
    "word": "word",
    "mark": "mark",
}
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "’": "'",
        "`": "'",
        "´": "'",
    }
)
# Marks that only decorate: Slack's bold, italics, strike-through and quoting.
_DECORATION = frozenset("*_~|()[]")
_PLAIN = re.compile(r"[A-Za-z]+(?:(?: [\-–&] | |-)[A-Za-z]+)*")
_BETWEEN = re.compile(r"[ \-–&]+")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark: folded for comparing (`key`), and where it stands in the text it came from."""

    key: str
    shape: Shape
    start: int
    end: int
    glued: bool = False  # nothing but this mark between two words: win-rate, win/loss


def fold(text: str) -> str:
    """Return `text` for comparing: no case, no accents, no apostrophes, ß as ss. The empty text stays empty."""
    lowered = text.casefold().translate(_LETTERS)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
    return lowered.replace("'", "")


def loose(key: str) -> str:
    """Return a folded word with ä, ae and a made equal (likewise o and u), for comparing names."""
    for digraph, letter in _DIGRAPHS:
        key = key.replace(digraph, letter)
    return key


def unescape(text: str) -> str:
    """Return `text` without Slack's three escapes and without what cannot be printed; line ends stay."""
    plain = text[:MAX_CHARS].replace("\r\n", "\n").replace("\r", "\n")
    for escape, letter in _ESCAPES:
        plain = plain.replace(escape, letter)
    return "".join(
        letter if letter.isprintable() or letter == "\n" else " "
        for letter in plain
        if letter.isascii() or unicodedata.category(letter) not in {"Cf", "Cs"}
    )


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of an unescaped text in order; decoration and emoji signs are left out."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        shape = _SHAPES[match.lastgroup or "word"]
        raw = match.group()
        if shape == "mark" and raw in _DECORATION:
            continue
        key = raw if shape == "mark" else fold(raw)
        if not key:
            continue
        start, end = match.span()
        glued = (
            raw in {"-", "/", "–"}
            and start > 0
            and end < len(text)
            and text[start - 1].isalnum()
            and text[end].isalnum()
            and not (text[end].isdigit() and bool(found) and found[-1].shape == "number")
        )
        found.append(Token(key, shape, start, end, glued))
    return tuple(token for token in found if not token.glued)


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a name or phrase, without marks: `Brandt & Söhne` → brandt, sohne."""
    if _PLAIN.fullmatch(text):  # what most names are; the same result for a tenth of the time
        return tuple(_BETWEEN.split(text.lower()))
    return tuple(token.key for token in tokens(text) if token.shape != "mark")
