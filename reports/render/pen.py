"""Text and boxes on a picture; a character that one bundled face lacks is taken from the other.

Carlito draws Latin, Greek and Cyrillic; DejaVu Sans (`fonts/LICENSE-DejaVu.txt`) the rest that it knows, right-to-left
scripts among them: those are put in the order and the joined forms in which they are read, here and not by a library
that may be missing on the next machine. What neither knows (Chinese, Japanese, Korean) comes from a face of the
machine where it has one, else it is a box.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageDraw, ImageFont

from reports.render.fonts import FALLBACK, font, wide_font
from reports.render.xml import one_line, words

_JOINS = range(0xFE70, 0xFEFD)


class Pen:
    """Draws on one picture. Positions are pixels from the top left; a text's position is its upper left corner."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        """Draw on this picture."""
        self._draw = draw

    def box(self, corners: tuple[float, float, float, float], colour: str) -> None:
        """Fill a rectangle; nothing when it is empty."""
        left, top, right, bottom = (round(value) for value in corners)
        if right > left and bottom > top:
            self._draw.rectangle((left, top, right - 1, bottom - 1), fill=f"#{colour}")

    def slit(self, x: float, top: float, bottom: float, colour: str) -> None:
        """Cut a slanted slit through a lying bar: the mark of an axis that does not start at zero."""
        self._draw.polygon([(x + 6, top), (x + 16, top), (x + 4, bottom), (x - 6, bottom)], fill=f"#{colour}")

    def width(self, text: str, size: int, *, bold: bool = False) -> float:
        """Return the width of a line in pixels."""
        return sum(_advance(char, size, bold) for char in _visual(one_line(text)))

    def cut(self, text: str, size: int, room: float, *, bold: bool = False) -> str:
        """Return the text, shortened with "…" where it does not fit."""
        text = one_line(text)
        if self.width(text, size, bold=bold) <= room:
            return text
        while text and self.width(text + "…", size, bold=bold) > room:
            text = text[:-1]
        return f"{text.rstrip(' ,;:.–-')}…"

    def wrapped(self, text: str, size: int, room: float, *, bold: bool = False) -> list[str]:
        """Return the lines of the text, broken at spaces; a word that is too long is shortened."""
        lines: list[str] = []
        for word in words(one_line(text)):
            if lines and self.width(f"{lines[-1]} {word}", size, bold=bold) <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(self.cut(word, size, room, bold=bold))
        return lines

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        colour: str,
        *,
        bold: bool = False,
        align: str = "left",
        room: float = 1080,
    ) -> None:
        """Draw one line, cut to `room` pixels; with `align` "right" the position is its upper right corner."""
        shown = self.cut(text, size, room, bold=bold)
        x, y = at
        if align == "right":
            x -= self.width(shown, size, bold=bold)
        baseline = y + size
        run, face = "", None
        for char in _visual(shown):
            wanted = _face(char, size, bold)
            if face is not None and wanted is not face:
                self._draw.text((x, baseline), run, font=face, fill=f"#{colour}", anchor="ls")
                x += sum(_advance(each, size, bold) for each in run)
                run = ""
            run, face = run + char, wanted
        if face is not None:
            self._draw.text((x, baseline), run, font=face, fill=f"#{colour}", anchor="ls")


@lru_cache(maxsize=4096)
def _advance(char: str, size: int, bold: bool) -> float:  # noqa: FBT001 — a cache key
    return (
        0.0 if unicodedata.category(char) in {"Mn", "Me", "Cf"} else _face(char, size, bold).getlength(char)
    )


def _face(char: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:  # noqa: FBT001 — passed on
    if char.isascii() or not _lacks(char):
        return font(size, bold=bold)
    wide = wide_font(size) if _lacks(char, FALLBACK) else None
    return wide or font(size, name=FALLBACK)


@lru_cache(maxsize=4096)
def _lacks(char: str, name: str = "") -> bool:
    """Return whether a bundled face (Carlito, or that of the file name) draws its empty box for the character."""
    face = font(24, name=name)
    box, glyph = face.getmask("\U000f0000"), face.getmask(char)
    return box.size == glyph.size and bytes(box) == bytes(glyph)


def _visual(text: str) -> str:
    """Return the line in the order in which it is drawn, left to right; characters without a picture are left out."""
    text = "".join(
        char
        for char in text
        if unicodedata.category(char) not in {"Cf", "Cn", "Co", "Cs"} and char not in "\ufe0e\ufe0f"
    )
    if not any(_right_to_left(char) for char in text):
        return text
    out, run = "", ""
    for index, char in enumerate(text):
        neutral = (
            run
            and not char.isalnum()
            and any(map(_right_to_left, text[index + 1 :]))
            and not _left_ahead(text, index)
        )
        if _right_to_left(char) or neutral or (run and unicodedata.combining(char)):
            run += char
        else:
            out, run = out + _joined(run)[::-1] + char, ""
    return out + _joined(run)[::-1]


def _left_ahead(text: str, index: int) -> bool:
    """Return whether the next character with a direction of its own runs left to right."""
    strong = next((char for char in text[index + 1 :] if char.isalnum()), "")
    return bool(strong) and not _right_to_left(strong)


def _right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """Return the joined forms of Arabic letters: {letter: {"initial": …, "medial": …, "final": …}}."""
    forms: dict[str, dict[str, str]] = {}
    for code in _JOINS:
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if len(letters) == 1 and kind.startswith("<"):
            forms.setdefault(chr(int(letters[0], 16)), {})[kind.strip("<>")] = chr(code)
    return forms


def _joined(run: str) -> str:
    """Return the run with Arabic letters in the forms that their neighbours give them; other scripts as they are."""
    forms, out = _forms(), []
    for index, char in enumerate(run):
        shapes = forms.get(char, {})
        before = "initial" in forms.get(run[index - 1] if index else "", {}) and "final" in shapes
        after = (
            "final" in forms.get(run[index + 1] if index + 1 < len(run) else "", {}) and "initial" in shapes
        )
        kind = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
            (before, after), "isolated"
        )
        out.append(shapes.get(kind, char))
    return "".join(out)
