"""`quarterdeck setup`: what the data seems to mean, confirmed or changed by a person, becomes the company file."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.company_file import replace_company
from bot.flows import pull
from bot.imports import Asked, answers
from bot.settings import Settings, read_settings
from bot.setups import HEADINGS, SCOPE, WRITTEN, as_meant, counted, kept, row, with_targets, written
from bot.store.files import write_atomically
from bot.terminal import Terminal
from bot.wiring import Installation, progress
from connectors import company as companies
from connectors.company_edit import amended
from connectors.errors import BadRequest
from connectors.files.guess import candidates, chosen
from connectors.files.mapping import FileMap
from connectors.files.proposal import Guess, Proposal, per_cent
from connectors.files.propose import propose
from connectors.files.raw import Raw
from connectors.files.reread import Read, Reread
from reports.errors import BadInput

# So many other columns are offered for a meaning.
OFFERED = 6
# What deals cannot do without.
NEEDED = frozenset({"stage", "amount", "close", "owner"})
_KEEPS = "Enter keeps it"


def run(arguments: Namespace) -> int:
    """Show what the data seems to mean, ask where somebody is there to answer, and write the company file."""
    settings = read_settings(os.environ, folder=Path.cwd(), home=arguments.home)
    terminal = Terminal()
    if settings.crm != "files":
        return _shown(settings, terminal)
    asks = sys.stdin.isatty() and sys.stdout.isatty() and not arguments.no_input and not arguments.accept
    with TemporaryDirectory(prefix=".setup-", dir=settings.home) as folder:
        shelf = Reread(settings.home, Path(folder))
        read = shelf.newest()
        before, file = read.mapping, settings.home / "company.toml"
        company = companies.load(file) if file.is_file() else None
        if asks:
            said: Callable[[Proposal], Proposal] = (
                (lambda made: kept(made, company)) if company is not None else lambda made: made
            )
            talk = Talk(shelf, Asked(terminal=terminal, allowed=True), read, said)
            read, proposal = talk.settled()
        else:
            proposal = _proposed(read) if company is None else with_targets(_proposed(read), company)
            _table(terminal, proposal)
        if not asks and not arguments.accept:
            terminal.line("Nothing was changed: on a terminal setup asks, --accept takes it all.")
            return 0
        text = _text(file, proposal, again=read.mapping != before)
        changed = shelf.take(read.mapping) if read.mapping != before else 0
    _written(file, text, terminal)
    if changed:
        terminal.line(f"Read again with other columns: {changed} of the exports.")
    with Installation(settings, progress=progress(quiet=False)) as opened:
        opened.load()
    terminal.line("Next: quarterdeck report weekly")
    return 0


class Talk:
    """One person's way through a proposal: what is wrong in it, then what it lacks."""

    def __init__(self, shelf: Reread, asked: Asked, read: Read, said: Callable[[Proposal], Proposal]) -> None:
        """Begin with what was read; `said` lays over a proposal what a person said before."""
        self._shelf, self._asked, self._read = shelf, asked, read
        self._said = [said]
        self._proposal = self._made()

    def settled(self) -> tuple[Read, Proposal]:
        """Show the whole proposal and change what is wrong in it, then ask about what has none.

        Return what was read in the end, and the proposal as it was confirmed.
        """
        self._changed()
        lacking = [guess.meaning for guess in self._proposal.guesses if self._lacks(guess)]
        for number, meaning in enumerate(lacking, start=1):
            self._ask(meaning, f"{number} of {len(lacking)}  ")
        return self._read, self._proposal

    def _changed(self) -> None:
        """Show all guesses with numbers, and ask about those whose numbers are written until Enter takes them."""
        terminal, meanings = self._asked.terminal, [guess.meaning for guess in self._proposal.guesses]
        _table(terminal, self._proposal, numbered=True)
        while given := self._asked.text("Enter takes them all; a number changes one."):
            if not given.isdecimal() or not 1 <= int(given) <= len(meanings):
                terminal.line(
                    f"{given!r}: press Enter, or write a number from 1 to {len(meanings)}", "yellow"
                )
                continue
            self._ask(meanings[int(given) - 1])

    def _ask(self, meaning: str, place: str = "") -> None:
        self._asked.terminal.line()
        self._asked.terminal.line(f"{place}{meaning.capitalize()}", "bold")
        while not self._kept(meaning):
            pass

    def _lacks(self, guess: Guess) -> bool:
        """Say whether a meaning has no proposal though a column could be chosen for it."""
        if guess.values or guess.sources or not guess.field:
            return False
        return bool(guess.further or candidates(*self._deals(), guess.field))

    def _deals(self) -> tuple[Raw, FileMap]:
        """Return the file of deals whose columns are chosen, and how it is read."""
        return next(
            (raw, file)
            for raw in self._read.raws
            if (file := self._read.mapping.file(raw.file, raw.headers)) is not None and file.kind == "deals"
        )

    def _kept(self, meaning: str) -> bool:
        """Show a meaning and ask; return whether it stays as it is."""
        guess = self._proposal.guess(meaning)
        _one(self._asked.terminal, guess)
        try:
            if meaning == SCOPE and guess.values:
                return self._scope()
            if meaning in WRITTEN:
                return self._write(meaning)
            if not guess.field:
                self._asked.terminal.line(
                    "There is no column to choose: it is written in the company file.", "dim"
                )
                return True
            return self._column(guess)
        except (BadInput, BadRequest) as error:
            self._asked.terminal.line(str(error), "yellow")
            return False

    def _write(self, meaning: str) -> bool:
        given = self._asked.text(f"{_KEEPS}, or write another.")
        if given:
            self._say(lambda made: written(made, meaning, given))
        return not given

    def _scope(self) -> bool:
        every = self._every_type()
        listed = "  ".join(f"{number} {name}" for number, name in enumerate(every, start=1))
        given = self._asked.text(f"{listed}\n{_KEEPS}, or write the numbers of the types that count.")
        if not given:
            return True
        numbers = given.replace(",", " ").split()
        if not all(number.isdecimal() and 1 <= int(number) <= len(every) for number in numbers):
            raise BadInput(f"{given!r}: write numbers from 1 to {len(every)}, for example 1 2")
        types = tuple(every[int(number) - 1] for number in numbers)
        self._say(lambda made: counted(made, types, every))
        return False

    def _every_type(self) -> tuple[str, ...]:
        """Return the deal types that the files have, those that count first."""
        found = _proposed(self._read).guess("type").values
        return tuple(dict.fromkeys((*self._proposal.types, *found)))

    def _column(self, guess: Guess) -> bool:
        """Offer other columns for a meaning; return whether it keeps its own."""
        raw, file = self._deals()
        offers = [
            (one.name, f"{per_cent(Decimal(str(one.share)))} filled: {', '.join(one.samples[:2])}")
            for one in candidates(raw, file, guess.field)[:OFFERED]
        ]
        offers += [(column, "of a linked file") for column in guess.further]
        for number, (name, told) in enumerate(offers, start=1):
            self._asked.terminal.line(f"{number:>3}  {name} ({told})", "dim")
        takes = "; 1 takes that column, +1 tries it where the others are empty" if offers else ""
        given = self._asked.text(f"{_KEEPS}{takes}{'' if guess.field in NEEDED else ', - takes none'}.")
        if not given:
            return True
        names = tuple(name for name, _ in offers)
        columns = _columns(given, file.columns.get(guess.field, ()), names)
        if not columns and guess.field in NEEDED:
            raise BadInput(f"deals need a column for {guess.meaning}")
        mapping = answers(chosen(self._read.mapping, raw, guess.field, columns), self._asked)
        self._read = self._shelf.by(self._read, mapping)
        self._proposal = self._made()
        return False

    def _say(self, said: Callable[[Proposal], Proposal]) -> None:
        self._proposal = said(self._proposal)
        self._said.append(said)

    def _made(self) -> Proposal:
        """Return the proposal of what is read by now, with everything that was said laid over it."""
        made = _proposed(self._read)
        for said in self._said:
            made = said(made)
        return made


def _columns(given: str, now: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that an answer means.

    Raises:
        BadInput: it is no number of an offered column, nor a dash.
    """
    if given == "-":
        return ()
    number = given.removeprefix("+").strip()
    if not number.isdecimal() or not 1 <= int(number) <= len(offered):
        raise BadInput(
            f"{given!r}: press Enter, or write a number from 1 to {len(offered)}, + and a number, or -"
        )
    column = offered[int(number) - 1]
    return (*now, column) if given.startswith("+") else (column,)


def _proposed(read: Read) -> Proposal:
    return propose(read.typed, read.raws, read.mapping, today=read.as_of)


def _table(terminal: Terminal, proposal: Proposal, *, numbered: bool = False) -> None:
    """Print all guesses as one table, with numbers where one may be chosen, then what was made of each."""
    rows = [row(guess) for guess in proposal.guesses]
    if numbered:
        numbers = [(str(number), *cells) for number, cells in enumerate(rows, start=1)]
        terminal.table(("No.", *HEADINGS), numbers, right=(0, 3))
    else:
        terminal.table(HEADINGS, rows, right=(2,))
    terminal.line()
    for guess in proposal.guesses:
        if guess.says:
            terminal.line(f"{guess.meaning.capitalize()}: {guess.says}.", "" if guess.open else "dim", hang=2)


def _one(terminal: Terminal, guess: Guess) -> None:
    terminal.table(HEADINGS, [row(guess)], right=(2,))
    if guess.says:
        terminal.line(f"{guess.says[:1].upper()}{guess.says[1:]}.", "dim")


def _text(file: Path, proposal: Proposal, *, again: bool) -> str:
    """Return the company file as it will be; what a person wrote there beside the proposal stays.

    Raises:
        BadRequest: the file cannot be changed line by line, or would say what cannot be used.
    """
    if not file.is_file():
        return proposal.company_toml()
    old = file.read_text(encoding="utf-8")
    company = companies.parse(old)
    same = proposal.currency == company.currency
    parts = proposal.parts(dimensions=company.dimensions, rates=company.rates if same else {})
    as_it_is = {
        "stages": proposal.stages == company.stages,
        "labels": bool(company.labels),
        "scope": proposal.types == company.types_in_scope,
        "fiscal": proposal.fiscal == company.fiscal,
        "rates": {**company.rates, **proposal.rates} == company.rates,
    }
    text = amended(
        old, {name: lines for name, lines in parts.items() if not as_it_is.get(name, False)}, again=again
    )
    companies.parse(text)
    return text


def _written(file: Path, text: str, terminal: Terminal) -> None:
    """Replace the company file, and say which version there is now."""
    if not file.is_file():
        write_atomically(file, text.encode())
        terminal.line(f"{file} is written: definitions v1.", "bold")
        return
    former = replace_company(file, text)
    if former is None:
        terminal.line(f"{file} says all that already.", "bold")
        return
    terminal.line(
        f"{file} is written: definitions v{companies.parse(text).version}. The former one is kept as {former.name}.",
        "bold",
    )


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
