"""The page's style sheet, in the deck's own colours. Words hold 4.5:1 on what they stand on."""

from __future__ import annotations

from importlib import resources

from bot.page.markup import LOOK, hexed
from reports.facts import Tone

_TONES: tuple[Tone, ...] = ("good", "bad", "warn", "accent", "muted")


def style() -> str:
    """Return the whole style sheet: the colours by what they are for, the rules, the tones of words and boxes."""
    named = {
        "ink": LOOK.ink,
        "muted": LOOK.muted,
        "rule": LOOK.rule,
        "panel": LOOK.panel,
        "paper": LOOK.paper,
        "accent": LOOK.accent_text,
        "total": LOOK.total,
    }
    colours = ";".join(f"--{name}:{hexed(colour.rgb)}" for name, colour in named.items())
    rules = (resources.files("bot.page") / "page.css").read_text(encoding="utf-8")
    return f":root{{{colours}}}\n{rules}{''.join(map(_tone, _TONES))}"


def _tone(tone: Tone) -> str:
    ink, ground = hexed(LOOK.text(tone).rgb), hexed(LOOK.tint(tone).rgb)
    return (
        f".{tone}{{color:{ink}}}.on-{tone}{{background:{ground}}}"
        f".on-{tone} h4,.on-{tone} strong{{color:{ink}}}\n"
    )
