"""Colours and type: one highlight, the rest grey; text colours hold 4.5:1 on what they stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.facts import Tone

# Our own theme, as written into theme1.xml. accent1 is the highlight; 2 and 3 are the greys of bars; 4 to 6 status.
THEME: Mapping[str, str] = {
    "dk1": "17202E",
    "lt1": "FFFFFF",
    "dk2": "55606F",
    "lt2": "F2F4F7",
    "accent1": "1D4ED8",
    "accent2": "AEB7C2",
    "accent3": "5F6B7A",
    "accent4": "2E6B44",
    "accent5": "A63D28",
    "accent6": "855A0A",
    "hlink": "1D4ED8",
    "folHlink": "3B3F8F",
}
THEME_NAME = "Quarterdeck"
FACE = "Calibri"

# Type sizes in points.
TITLE, TITLE_LEAST = 26, 24
HEADING = 14
BODY, BODY_LEAST = 16, 12
TABLE, TABLE_LEAST = 13, 11
CHART = 12
FOOTER = 10


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour as DrawingML writes it, and what it comes out as ("1D4ED8")."""

    xml: str
    rgb: str

    @property
    def fill(self) -> str:
        """Return the solid fill element."""
        return f"<a:solidFill>{self.xml}</a:solidFill>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The colours of a template by what they are for, and how wide its body face runs against Carlito."""

    paper: Colour
    ink: Colour
    muted: Colour
    rule: Colour
    panel: Colour
    bar: Colour
    total: Colour
    accent: Colour
    accent_text: Colour
    good: Colour
    bad: Colour
    warn: Colour
    tints: tuple[tuple[str, Colour], ...]
    stretch: float = 1.03

    def text(self, tone: Tone) -> Colour:
        """Return the colour of words of that tone."""
        return {
            "good": self.good,
            "bad": self.bad,
            "warn": self.warn,
            "accent": self.accent_text,
            "muted": self.muted,
        }.get(tone, self.ink)

    def tint(self, tone: Tone) -> Colour:
        """Return the ground of a box or cell of that tone; text of the same tone is readable on it."""
        return dict(self.tints).get(tone, self.panel)

    def shape(self, tone: Tone) -> Colour:
        """Return the colour of bars and lines of that tone; neutral is grey."""
        return {
            "good": self.good,
            "bad": self.bad,
            "warn": self.warn,
            "accent": self.accent,
            "muted": self.bar,
        }.get(tone, self.bar)


def look_of(theme: Mapping[str, str], *, name: str = "", face: str = FACE) -> Look:
    """Return the look for a theme.

    Ours by its own slots; a foreign one with its accent1 and with greys mixed from its text and background, each
    darkened (or lightened) until it can be read.
    """
    if name == THEME_NAME:
        slot = {
            key: Colour(f'<a:schemeClr val="{_ALIAS.get(key, key)}"/>', rgb) for key, rgb in theme.items()
        }
        return Look(
            paper=slot["lt1"],
            ink=slot["dk1"],
            muted=slot["dk2"],
            rule=_plain(mixed(slot["dk2"].rgb, "FFFFFF", 0.28)),
            panel=slot["lt2"],
            bar=slot["accent2"],
            total=slot["accent3"],
            accent=slot["accent1"],
            accent_text=slot["accent1"],
            good=slot["accent4"],
            bad=slot["accent5"],
            warn=slot["accent6"],
            tints=_tints(
                slot["lt1"].rgb,
                slot["accent1"].rgb,
                slot["accent4"].rgb,
                slot["accent5"].rgb,
                slot["accent6"].rgb,
            ),
        )
    paper, ink = theme.get("lt1", "FFFFFF"), theme.get("dk1", "000000")
    accent = theme.get("accent1", THEME["accent1"])
    twins = [readable(rgb, paper) for rgb in (accent, THEME["accent4"], THEME["accent5"], THEME["accent6"])]
    return Look(
        paper=Colour('<a:schemeClr val="bg1"/>', paper),
        ink=Colour('<a:schemeClr val="tx1"/>', ink),
        muted=_plain(readable(mixed(ink, paper, 0.65), paper)),
        rule=_plain(mixed(ink, paper, 0.22)),
        panel=_plain(mixed(ink, paper, 0.05)),
        bar=_plain(mixed(ink, paper, 0.34)),
        total=_plain(mixed(ink, paper, 0.62)),
        accent=Colour('<a:schemeClr val="accent1"/>', accent),
        accent_text=_plain(twins[0]),
        good=_plain(twins[1]),
        bad=_plain(twins[2]),
        warn=_plain(twins[3]),
        tints=_tints(paper, *twins),
        stretch=_STRETCH.get(face, 1.2),
    )


_ALIAS = {"dk1": "tx1", "lt1": "bg1", "dk2": "tx2", "lt2": "bg2"}
# Average widths against Carlito, with a margin; other faces get the widest of them.
_STRETCH = {
    "Calibri": 1.03,
    "Carlito": 1.03,
    "Arial": 1.17,
    "Helvetica": 1.17,
    "Liberation Sans": 1.17,
    "Aptos": 1.15,
}


def _plain(rgb: str) -> Colour:
    return Colour(f'<a:srgbClr val="{rgb}"/>', rgb)


def _tints(paper: str, accent: str, good: str, bad: str, warn: str) -> tuple[tuple[str, Colour], ...]:
    tones = (("accent", accent), ("good", good), ("bad", bad), ("warn", warn))
    return tuple((tone, _plain(mixed(rgb, paper, 0.10))) for tone, rgb in tones)


def mixed(one: str, other: str, share: float) -> str:
    """Return the colour `share` of the way from `other` to `one`."""
    parts = zip(_channels(one), _channels(other), strict=True)
    return "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in parts)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(rgb: str, paper: str, ratio: float = 5.2) -> str:
    """Return the colour moved toward black or white, whichever is farther from `paper`, until it can be read on it."""
    toward = "000000" if _luminance(paper) > 0.18 else "FFFFFF"
    for step in range(21):
        twin = mixed(toward, rgb, step / 20)
        if contrast(twin, paper) >= ratio:
            return twin
    return toward


def _channels(rgb: str) -> tuple[int, int, int]:
    return int(rgb[0:2], 16), int(rgb[2:4], 16), int(rgb[4:6], 16)


def _luminance(rgb: str) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in _channels(rgb))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
