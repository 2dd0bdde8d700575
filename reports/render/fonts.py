"""How wide a text is and how it breaks: measured with the bundled Carlito, so it is the same on every machine.

Carlito (SIL Open Font License 1.1, `fonts/OFL.txt`) has the advance widths of Calibri. Widths are in points.
"""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from importlib import resources
from pathlib import Path

from PIL import ImageFont

from reports.render.xml import one_line, words

LINE = 1.22  # line height of Calibri, in font sizes
FALLBACK = "DejaVuSans.ttf"
_EM = 2048
# Faces for Chinese, Japanese and Korean are too large to bundle: the first of these that the machine has is used.
WIDE = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


@lru_cache(maxsize=64)
def font(size: int, *, bold: bool = False, name: str = "") -> ImageFont.FreeTypeFont:
    """Return a bundled face at `size` pixels: Carlito, or the one of that file name."""
    return ImageFont.truetype(
        io.BytesIO(_face(name or ("Carlito-Bold.ttf" if bold else "Carlito-Regular.ttf"))),
        size,
        layout_engine=ImageFont.Layout.BASIC,
    )


@lru_cache(maxsize=16)
def wide_font(size: int, places: tuple[str, ...] = WIDE) -> ImageFont.FreeTypeFont | None:
    """Return the machine's face for Chinese, Japanese and Korean at `size` pixels; None where it has none."""
    found = next((place for place in places if Path(place).is_file()), None)
    return None if found is None else ImageFont.truetype(found, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=3)
def _face(name: str) -> bytes:
    return (resources.files("reports.render") / "fonts" / name).read_bytes()


class _Advances(dict[str, float]):
    """Widths of characters in type sizes, measured when first asked for; stand-ins where the face has no glyph."""

    def __init__(self, *, bold: bool) -> None:
        super().__init__()
        self._bold = bold

    def __missing__(self, char: str) -> float:
        if unicodedata.category(char) in {"Cf", "Mn", "Me"}:
            self[char] = 0.0
        elif unicodedata.east_asian_width(char) in {"W", "F"}:
            self[char] = 1.0
        else:
            self[char] = font(_EM, bold=self._bold).getlength(char) / _EM
        return self[char]


_REGULAR, _BOLD = _Advances(bold=False), _Advances(bold=True)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in points."""
    return _ems(text, bold) * size


@lru_cache(maxsize=16_384)
def _ems(text: str, bold: bool) -> float:  # noqa: FBT001 — a cache key
    return sum(map((_BOLD if bold else _REGULAR).__getitem__, text))


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return the lines of the text in `room` points: broken at spaces, a word that is too long inside itself."""
    if "\n" not in text and width(text, size, bold=bold) <= room:
        return [text]
    lines: list[str] = []
    space = width(" ", size, bold=bold)
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for word in words(paragraph):
            length = width(word, size, bold=bold)
            if line and used + space + length <= room:
                line, used = f"{line} {word}", used + space + length
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(word, size, room, bold=bold) if length > room else [word]
            lines += full
            used = width(line, size, bold=bold)
        lines.append(line)
    return lines


def _pieces(word: str, size: float, room: float, *, bold: bool) -> list[str]:
    pieces, piece, used = [], "", 0.0
    for char in word:
        step = width(char, size, bold=bold)
        if piece and used + step > room:
            pieces.append(piece)
            piece, used = "", 0.0
        piece, used = piece + char, used + step
    return [*pieces, piece]


def shortened(text: str, size: float, room: float, *, lines: int = 1, bold: bool = False) -> str:
    """Return the text on one paragraph as far as `lines` lines of `room` points hold it, cut words end in "…"."""
    text = one_line(text)
    if width(text, size, bold=bold) <= room:
        return text
    broken = wrapped(text, size, room, bold=bold)
    if len(broken) <= lines:
        return text
    kept, last = broken[: lines - 1], broken[lines - 1]
    while last and width(last + "…", size, bold=bold) > room:
        last = last[:-1]
    stem = last.rstrip(" ,;:.–-\u200d\ufe0f")
    return " ".join([*kept, f"{stem}…"])
