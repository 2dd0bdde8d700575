"""`quarterdeck setup`: what the data seems to mean, confirmed or changed by a person, becomes the company file."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.flows import pull
from bot.imports import Asked, answers
from bot.settings import Settings, read_settings
from bot.setup_shown import company_text, keep_company, table
from bot.setup_talk import Conversation, Offers, Said
from bot.setups import HEADINGS, as_meant, kept, row, with_targets
from bot.terminal import Terminal
from bot.wiring import Installation, progress
from connectors import company as companies
from connectors.files.guess import candidates, chosen
from connectors.files.mapping import FileMap
from connectors.files.proposal import Guess, Proposal, per_cent
from connectors.files.propose import propose
from connectors.files.raw import Raw
from connectors.files.reread import Read, Reread

# So many other columns are offered for a meaning.
OFFERED = 6


def run(arguments: Namespace) -> int:
    """Show what the data seems to mean, ask where somebody is there to answer, and write the company file."""
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    terminal = Terminal()
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not arguments.no_input and not arguments.accept
    if settings.crm == "salesforce":
        from bot.salesforce_setup import set_up

        return set_up(settings, terminal, asks=asks, accept=arguments.accept)
    if settings.crm != "files":
        return _shown(settings, terminal)
    with TemporaryDirectory(prefix=".setup-", dir=settings.home) as folder:
        shelf = Reread(settings.home, Path(folder))
        read = shelf.newest()
        before, file = read.mapping, settings.home / "company.toml"
        company = companies.load(file) if file.is_file() else None
        if asks:
            said: Said = (lambda made: kept(made, company)) if company is not None else lambda made: made
            talk = Talk(shelf, Asked(terminal=terminal, allowed=True), read, said)
            read, proposal = talk.settled()
        else:
            proposal = _proposed(read) if company is None else with_targets(_proposed(read), company)
            table(terminal, proposal)
        if not asks and not arguments.accept:
            terminal.line("Nothing was changed: on a terminal setup asks, --accept takes it all.")
            return 0
        text = company_text(file, proposal, again=read.mapping != before)
        changed = shelf.take(read.mapping) if read.mapping != before else 0
    keep_company(file, text, terminal)
    if changed:
        terminal.line(f"Read again with other columns: {changed} of the exports.")
    with Installation(settings, progress=progress(quiet=False)) as opened:
        opened.load()
    terminal.line("Next: quarterdeck report weekly")
    return 0


class Talk(Conversation):
    """One person's way through what exports seem to mean."""

    def __init__(self, shelf: Reread, asked: Asked, read: Read, said: Said) -> None:
        """Begin with what was read; `said` lays over a proposal what a person said before."""
        self._shelf, self._read = shelf, read
        super().__init__(asked, said)

    def settled(self) -> tuple[Read, Proposal]:
        """Return what was read in the end, and the proposal as it was confirmed."""
        proposal = self.talked()
        return self._read, proposal

    def proposed(self) -> Proposal:
        """Return the proposal of what is read by now."""
        return _proposed(self._read)

    def offers(self, guess: Guess) -> Offers:
        """Return the columns that could stand for a meaning."""
        raw, file = self._deals()
        found = [
            (one.name, f"{per_cent(Decimal(str(one.share)))} filled: {', '.join(one.samples[:2])}")
            for one in candidates(raw, file, guess.field)[:OFFERED]
        ]
        return (*found, *((column, "of a linked file") for column in guess.further))

    def taken(self, guess: Guess) -> tuple[str, ...]:
        """Return the columns that stand for a meaning now."""
        return self._deals()[1].columns.get(guess.field, ())

    def choose(self, guess: Guess, columns: tuple[str, ...]) -> None:
        """Read the files again by these columns."""
        raw, _ = self._deals()
        mapping = answers(chosen(self._read.mapping, raw, guess.field, columns), self._asked)
        self._read = self._shelf.by(self._read, mapping)

    def _deals(self) -> tuple[Raw, FileMap]:
        """Return the file of deals whose columns are chosen, and how it is read."""
        return next(
            (raw, file)
            for raw in self._read.raws
            if (file := self._read.mapping.file(raw.file, raw.headers)) is not None and file.kind == "deals"
        )


def _proposed(read: Read) -> Proposal:
    return propose(read.typed, read.raws, read.mapping, today=read.as_of)


def _shown(settings: Settings, terminal: Terminal) -> int:
    """Show what the company file of a connector that asks nothing means."""
    with Installation(settings, progress=progress(quiet=False)) as opened, pull(opened.line()) as view:
        terminal.table(HEADINGS, [row(guess) for guess in as_meant(view)], right=(2,))
        terminal.line()
        terminal.line(
            f"This is what {opened.company.name} means, by its company file (definitions v{opened.company.version}). "
            "Your own numbers: quarterdeck import FILE, then quarterdeck setup."
        )
    return 0
