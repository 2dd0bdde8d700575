"""What the terminal shows. Wraps to the window, respects NO_COLOR, and stays plain when piped."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bot.agent.answers.asking import headline
from bot.agent.remarks import remark_on
from bot.agent.reply import Reply
from bot.columns import bridge_lines, table_lines
from bot.sentences import capital
from bot.store import Revision
from reports.deck import Card, Deck, Message
from reports.facts import Measured, Tone
from reports.findings import Finding
from reports.words import clean, together, value_text

# Piped text is not cut to anybody's window.
PIPED_WIDTH = 160
_MARK = re.compile(r"\s*(?:(?:\d+\.\s|\d+\s\s|[A-Z]\.\s|[•→–]\s)\s*)?")
STYLES: dict[Tone, str] = {"good": "green", "bad": "red", "warn": "yellow", "accent": "bold", "muted": "dim"}


class Terminal:
    """Prints values for a person; `out` is standard output where nothing else is given."""

    def __init__(self, out: TextIO | None = None) -> None:
        """Write to `out`; a pipe gets whole paragraphs, unless COLUMNS says how wide they may be."""
        out = out or sys.stdout
        asked = os.environ.get("COLUMNS", "")
        self._wraps = out.isatty() or asked.isdecimal()
        width = None if out.isatty() else max(20, int(asked)) if asked.isdecimal() else PIPED_WIDTH
        self._console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)

    def line(self, text: str = "", style: str = "", *, hang: int | None = None) -> None:
        """Print one paragraph; the rows of a numbered or indented one hang under its first word."""
        text = clean(text)
        mark = _MARK.match(text)
        lead = " " * (hang if hang is not None else len(mark.group()) if mark else 0)
        for paragraph in text.split("\n") if self._wraps else [text]:
            for index, row in enumerate(self._rows(paragraph, hang=len(lead))):
                self._console.print(Text((lead if index else "") + row, style=style), soft_wrap=True)

    def said(self, who: str, text: str) -> None:
        """Print what somebody said in the thread."""
        first, *others = self._rows(f"{who}  {clean(text)}", hang=2)
        self._console.print(Text.assemble((first[: len(who)], "bold"), first[len(who) :]), soft_wrap=True)
        for row in others:
            self._console.print(Text(f"  {row}"), soft_wrap=True)

    def table(
        self, headings: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()
    ) -> None:
        """Print a table; `right` holds the numbers of the columns that hold numbers."""
        names = [clean(name) for name in headings]
        cells = [[clean(cell) for cell in row] for row in rows]
        lines = table_lines(names, cells, frozenset(right), self._console.width, self._wrapped)
        for row in lines:
            self._console.print(Text(row), soft_wrap=True)

    def message(self, message: Message, card: Card | None = None) -> None:
        """Print the message that carries a report, as it stands in a thread, with its phone card in letters."""
        self.line(message.headline.text, "bold")
        if message.lead is not None:
            self.line(message.lead.text)
        if card is not None:
            self.line()
            self.card(card)
            self.line()
        if message.changes:
            self.line(message.changed_since, "bold")
            for number, words in enumerate(message.changes, start=1):
                self.line(f"{number}. {words.text}")
        if message.decisions:
            self.line("Decide today", "bold")
            for decision in message.decisions:
                self.line(f"{decision.letter}. {decision.words.text}")
        if message.followed is not None:
            self.line(message.followed.text)
        self.line(message.grey, "dim")

    def reply(
        self,
        reply: Reply,
        made: Revision | None = None,
        file: Path | None = None,
        *,
        card: Card | None = None,
        only: str = "",
    ) -> None:
        """Print what one turn said; a silent turn says so in grey, with the reason.

        `card` goes with the message of a new report; `only` is who alone sees a private reply in a thread.
        """
        for words in reply.read_as:
            self.line(words, "dim")
        if reply.silent:
            self.line(f"(Says nothing in the thread. {' '.join(reply.small)})".replace(" )", ")"), "dim")
        if only and reply.lines and (reply.private or reply.silent):
            self.line(f"Only {only} sees this:", "dim")
        self._changes(reply, made)
        if made is not None and not reply.changes:
            self.message(made.deck.message, card)
        for number, words in enumerate(reply.lines):
            self.line(capital(words), "bold" if number == 0 and not reply.silent else "")
        if reply.grid is not None:
            self.table(reply.grid.headings, reply.grid.rows, reply.grid.right)
        if not reply.silent:
            for words in reply.small:
                self.line(capital(words), "dim")
        if reply.buttons:
            self.line("  ".join(f"[{button.label}]" for button in reply.buttons))
        if file is not None:
            self.path(file)

    def _changes(self, reply: Reply, made: Revision | None) -> None:
        """Print what an edit changed, and what only its author is told of it."""
        for change in reply.changes:
            self.line(f"• {capital(change)}")
        remark = remark_on(made) if reply.changes else ""
        if remark:
            self.line(remark, "dim")

    def path(self, file: Path) -> None:
        """Print where a file is, on one line: it is there to be copied."""
        self._console.print(Text(clean(str(file)), style="dim"), soft_wrap=True)

    def card(self, card: Card) -> None:
        """Print the phone card in letters: how far it is to the target, what moved, what could."""
        room = self._console.width if self._wraps else 80
        wide = min(48, max(8, room - 4))
        if card.target:
            won, commit = (min(wide, int(part * wide / card.target)) for part in (card.won, card.commit))
            self.line(f"  {('█' * won + '▓' * min(commit, wide - won)).ljust(wide, '·')}")
            parts = (f"█ won {card.won_text}", f"▓ commit {card.commit_text}", f"· {card.gap_text}")
            self.line("  " + "   ".join((*parts, f"target {card.target_text}")), "dim")
        self.line(f"  {card.bridge_heading}", "dim")
        for row in bridge_lines(card.bridge, min(room - 2, 60)):
            self.line(f"  {row}", hang=4)
        self.line(f"  {card.moves_heading}", "dim")
        for move in card.moves:
            self.line(f"  → {move.label} {move.text}{f' ({move.detail})' if move.detail else ''}")

    def titles(self, deck: Deck, file: Path) -> None:
        """Print the story of a deck: its titles, and where the file is."""
        self.line(deck.title, "bold")
        for slide in deck.slides:
            self.line(f"{slide.number:>2}  {slide.title.text}")
        for omitted in deck.omitted:
            self.line(f" –  Left out: {omitted}", "dim")
        self.path(file)

    def measured(self, measured: Measured) -> None:
        """Print a measure with what a person needs to check it."""
        period = f", {measured.period.label}" if measured.period else ""
        self.line(f"{measured.label}{period}", "bold")
        dims = [dim for dim, _ in measured.rows[0].by] if measured.rows else []
        told_apart = any(row.n != row.record_count for row in measured.rows)
        counts = ["n", "records"] if told_apart else ["deals"]
        scale = together(row.value for row in measured.rows)
        self.table(
            [*(dim.capitalize() for dim in dims), measured.label, *counts],
            (
                [
                    *((value or "(none)").replace("_", " ") for _, value in row.by),
                    value_text(row.value, measured.unit, measured.currency, scale),
                    f"{row.n:,}",
                    *([f"{row.record_count:,}"] if told_apart else []),
                ]
                for row in measured.rows
            ),
            right=range(len(dims), len(dims) + 1 + len(counts)),
        )
        self.line(
            f"{measured.definition} (definitions v{measured.version}, as of {measured.as_of:%Y-%m-%d %H:%M} UTC)",
            "dim",
        )
        for note in measured.notes:
            self.line(capital(note), "dim")

    def findings(self, found: Iterable[Finding], *, left_out: int, untold: str = "") -> None:
        """Print findings, worst first, each with its evidence and what to do; then what could not be told of them."""
        for finding in found:
            self.line(headline(finding), "bold")
            for evidence in finding.evidence:
                self.line(f"   {evidence.text}")
            self.line(f"   Do: {finding.act}" + (f" by {finding.by:%d %b}" if finding.by else ""))
        if left_out:
            self.line(f"and {left_out} more; --limit shows them", "dim")
        if untold:
            self.line(f"{capital(untold)}.", "dim")

    def _rows(self, text: str, *, hang: int = 0) -> list[str]:
        """Return the rows of a paragraph; all but the first are `hang` columns narrower. A pipe gets one row."""
        if not self._wraps:
            return [text]
        room = self._console.width
        first, *others = self._wrapped(text, room) or [""]
        if not hang or not others:
            return [first, *others]
        return [first, *self._wrapped(text[len(first) :].lstrip(), max(8, room - hang))]

    def _wrapped(self, text: str, width: int) -> list[str]:
        """Return the text in rows of a width, broken at spaces; only a word that is too long is broken itself."""
        return [row.plain.rstrip() for row in Text(text).wrap(self._console, width)]
