"""One person's way through a proposal: what is wrong in it, then what it lacks; where columns come from is left open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from bot.imports import Asked
from bot.setup_shown import columns_of, one, table
from bot.setups import SCOPE, WRITTEN, counted, written
from connectors.errors import BadRequest
from connectors.files.proposal import Guess, Proposal
from reports.errors import BadInput

# What deals cannot do without.
NEEDED = frozenset({"stage", "amount", "close", "owner"})
_KEEPS = "Enter keeps it"

Said = Callable[[Proposal], Proposal]
# Columns that could stand for a meaning, best first, each with what is told of it.
Offers = tuple[tuple[str, str], ...]


class Conversation(ABC):
    """What is asked and answered; whoever reads the columns says which there are, and takes other ones."""

    def __init__(self, asked: Asked, said: Said) -> None:
        """Begin; `said` lays over a proposal what a person said before."""
        self._asked = asked
        self._said = [said]
        self._proposal = self._made()

    @abstractmethod
    def proposed(self) -> Proposal:
        """Return the proposal of what is read by now."""

    @abstractmethod
    def offers(self, guess: Guess) -> Offers:
        """Return the columns that could stand for a meaning and do not yet."""

    @abstractmethod
    def taken(self, guess: Guess) -> tuple[str, ...]:
        """Return the columns that stand for a meaning now, in the order in which they are tried."""

    @abstractmethod
    def choose(self, guess: Guess, columns: tuple[str, ...]) -> None:
        """Let these columns stand for a meaning, none for none.

        Raises:
            BadRequest: they cannot.
        """

    def talked(self) -> Proposal:
        """Show the whole proposal and change what is wrong in it, then ask about what has none; return it as confirmed."""
        self._changed()
        lacking = [guess.meaning for guess in self._proposal.guesses if self._lacks(guess)]
        for number, meaning in enumerate(lacking, start=1):
            self._ask(meaning, f"{number} of {len(lacking)}  ")
        return self._proposal

    def _changed(self) -> None:
        """Show all guesses with numbers, and ask about those whose numbers are written until Enter takes them."""
        terminal, meanings = self._asked.terminal, [guess.meaning for guess in self._proposal.guesses]
        table(terminal, self._proposal, numbered=True)
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
        return bool(self.offers(guess))

    def _kept(self, meaning: str) -> bool:
        """Show a meaning and ask; return whether it stays as it is."""
        guess = self._proposal.guess(meaning)
        one(self._asked.terminal, guess)
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
        """Return the deal types that there are, those that count first."""
        found = self.proposed().guess("type").values
        return tuple(dict.fromkeys((*self._proposal.types, *found)))

    def _column(self, guess: Guess) -> bool:
        """Offer other columns for a meaning; return whether it keeps its own."""
        offers = self.offers(guess)
        for number, (name, told) in enumerate(offers, start=1):
            self._asked.terminal.line(f"{number:>3}  {name} ({told})", "dim")
        takes = "; 1 takes that column, +1 tries it where the others are empty" if offers else ""
        given = self._asked.text(f"{_KEEPS}{takes}{'' if guess.field in NEEDED else ', - takes none'}.")
        if not given:
            return True
        columns = columns_of(given, self.taken(guess), tuple(name for name, _ in offers))
        if not columns and guess.field in NEEDED:
            raise BadInput(f"deals need a column for {guess.meaning}")
        self.choose(guess, columns)
        self._proposal = self._made()
        return False

    def _say(self, said: Said) -> None:
        self._proposal = said(self._proposal)
        self._said.append(said)

    def _made(self) -> Proposal:
        """Return the proposal of what is read by now, with everything that was said laid over it."""
        made = self.proposed()
        for said in self._said:
            made = said(made)
        return made
