"""What every setup shows and writes: a proposal as a table, one guess, the answer to an offer, the company file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.company_file import replace_company
from bot.setups import HEADINGS, row
from bot.store.files import write_atomically
from bot.terminal import Terminal
from connectors import company as companies
from connectors.company import Target
from connectors.company_edit import amended
from connectors.files.proposal import RATE_DATE, Guess, Proposal
from connectors.files.targets import lines as lines_of
from connectors.files.targets import together
from reports.errors import BadInput


def columns_of(given: str, now: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, ...]:
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


def table(terminal: Terminal, proposal: Proposal, *, numbered: bool = False) -> None:
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


def one(terminal: Terminal, guess: Guess) -> None:
    """Print one guess, and what was made of it."""
    terminal.table(HEADINGS, [row(guess)], right=(2,))
    if guess.says:
        terminal.line(f"{guess.says[:1].upper()}{guess.says[1:]}.", "dim")


def company_text(file: Path, proposal: Proposal, *, again: bool, targets: Sequence[Target] = ()) -> str:
    """Return the company file as it will be; what a person wrote there beside the proposal stays.

    `targets` are added where the file has none for the same period, region and owner.

    Raises:
        BadRequest: the file cannot be changed line by line, or would say what cannot be used.
    """
    if not file.is_file():
        return proposal.company_toml()
    old = file.read_text(encoding="utf-8")
    company = companies.parse(old)
    same = proposal.currency == company.currency
    wanted = together(targets, company.targets)
    parts = proposal.parts(dimensions=company.dimensions, rates=company.rates if same else {})
    if targets:
        parts["targets"] = lines_of(wanted)
    rated = {**company.rates, **proposal.rates} == company.rates
    as_it_is = {
        "targets": wanted == company.targets,
        "stages": proposal.stages == company.stages,
        "labels": bool(company.labels),
        "scope": proposal.types == company.types_in_scope,
        "fiscal": proposal.fiscal == company.fiscal,
        "rates": rated,
        RATE_DATE: rated,
    }
    text = amended(
        old, {name: lines for name, lines in parts.items() if not as_it_is.get(name, False)}, again=again
    )
    companies.parse(text)
    return text


def keep_company(file: Path, text: str, terminal: Terminal) -> None:
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
