"""What the terminal shows. Wraps to the window, respects NO_COLOR, and stays plain when piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.agent.answers.asking import headline
from bot.agent.reply import Reply
from bot.store import Revision
from reports.deck import Card, Deck, Message
from reports.facts import Measured, Tone
from reports.findings import Finding
from reports.words import clean, value_text

# Piped text is not cut to anybody's window.
PIPED_WIDTH = 160
STYLES: dict[Tone, str] = {"good": "green", "bad": "red", "warn": "yellow", "accent": "bold", "muted": "dim"}


class Terminal:
    """Prints values for a person; `out` is standard output where nothing else is given."""

    def __init__(self, out: TextIO | None = None) -> None:
        """Write to `out`."""
        out = out or sys.stdout
        self._console = Console(
            file=out, width=None if out.isatty() else PIPED_WIDTH, highlight=False, markup=False, emoji=False
        )

    def line(self, text: str = "", style: str = "") -> None:
        """Print one paragraph."""
        self._console.print(Text(clean(text), style=style), soft_wrap=not self._console.is_terminal)

    def said(self, who: str, text: str) -> None:
        """Print what somebody said in the thread."""
        self._console.print(
            Text.assemble((who, "bold"), "  ", clean(text)), soft_wrap=not self._console.is_terminal
        )

    def table(
        self, headings: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()
    ) -> None:
        """Print a table; `right` holds the numbers of the columns that hold numbers."""
        rights = set(right)
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for index, heading in enumerate(headings):
            table.add_column(Text(heading), justify="right" if index in rights else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(clean(cell)) for cell in row))
        self._console.print(table)

    def message(self, message: Message) -> None:
        """Print the message that carries a report, as it stands in a thread."""
        self.line(message.headline.text, "bold")
        if message.lead is not None:
            self.line(message.lead.text)
        if message.changes:
            self.line(message.changed_since, "bold")
            for number, words in enumerate(message.changes, start=1):
                self.line(f"{number}. {words.text}")
        if message.decisions:
            self.line("Decide today", "bold")
            for decision in message.decisions:
                self.line(f"{decision.letter}. {decision.words.text}")
        self.line(message.grey, "dim")

    def reply(self, reply: Reply, made: Revision | None = None, file: Path | None = None) -> None:
        """Print what one turn said; a silent turn says so in grey, with the reason."""
        for words in reply.read_as:
            self.line(words, "dim")
        if reply.silent:
            self.line(f"(nothing is said in the thread: {' '.join(reply.small)})", "dim")
        for change in reply.changes:
            self.line(f"• {change}")
        if made is not None and not reply.changes:
            self.message(made.deck.message)
        for number, words in enumerate(reply.lines):
            self.line(words, "bold" if number == 0 and not reply.silent else "")
        if reply.grid is not None:
            self.table(reply.grid.headings, reply.grid.rows, reply.grid.right)
        if not reply.silent:
            for words in reply.small:
                self.line(words, "dim")
        if reply.buttons:
            self.line("  ".join(f"[{button.label}]" for button in reply.buttons))
        if file is not None:
            self.line(str(file), "dim")

    def card(self, card: Card) -> None:
        """Print the phone card in letters: how far it is to the target, what moved, what could."""
        width = min(48, max(16, self._console.width - 24))
        if card.target:
            won, commit = (min(width, int(part * width / card.target)) for part in (card.won, card.commit))
            bar = "█" * won + "▓" * min(commit, width - won)
            self.line(f"  {bar.ljust(width, '·')} target {card.target_text}")
            self.line(f"  █ won {card.won_text}   ▓ commit {card.commit_text}   · {card.gap_text}", "dim")
        self.line(f"  {card.bridge_heading}", "dim")
        self.line("  " + "   ".join(f"{step.label} {step.text}" for step in card.bridge))
        for move in card.moves:
            self.line(f"  → {move.label} {move.text}{f' ({move.detail})' if move.detail else ''}")

    def titles(self, deck: Deck, file: Path) -> None:
        """Print the story of a deck: its titles, and where the file is."""
        self.line(deck.title, "bold")
        for slide in deck.slides:
            self.line(f"{slide.number:>2}  {slide.title.text}")
        for omitted in deck.omitted:
            self.line(f" –  left out: {omitted}", "dim")
        self.line(f"{file}", "dim")

    def measured(self, measured: Measured) -> None:
        """Print a measure with what a person needs to check it."""
        period = f", {measured.period.label}" if measured.period else ""
        self.line(f"{measured.label}{period}", "bold")
        dims = [dim for dim, _ in measured.rows[0].by] if measured.rows else []
        self.table(
            [*dims, measured.label, "n", "records"],
            (
                [
                    *(value or "(none)" for _, value in row.by),
                    value_text(row.value, measured.unit, measured.currency),
                    f"{row.n:,}",
                    f"{row.record_count:,}",
                ]
                for row in measured.rows
            ),
            right=range(len(dims), len(dims) + 3),
        )
        self.line(
            f"{measured.definition} (definitions v{measured.version}, as of {measured.as_of:%Y-%m-%d %H:%M} UTC)",
            "dim",
        )
        for note in measured.notes:
            self.line(note, "dim")

    def findings(self, found: Iterable[Finding], *, left_out: int) -> None:
        """Print findings, worst first, each with its evidence and what to do."""
        for finding in found:
            self.line(headline(finding), "bold")
            for evidence in finding.evidence:
                self.line(f"   {evidence.text}")
            self.line(f"   Do: {finding.act}" + (f" by {finding.by:%d %b}" if finding.by else ""))
        if left_out:
            self.line(f"and {left_out} more; --limit shows them", "dim")
