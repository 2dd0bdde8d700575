"""What a language model is asked, and what comes back: values and ports that need no library."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

from reports.facts import Frozen

Shape = TypeVar("Shape", bound=Frozen)
Which = Literal["reader", "writer"]


class Trouble(StrEnum):
    """Why a language model gave no answer that can be used."""

    LATE = "late"
    BUSY = "busy"
    AWAY = "away"
    REFUSED = "refused"
    NONSENSE = "nonsense"
    MISSING = "missing"  # the packages that it needs
    ABSENT = "absent"  # it names what is not there
    SPENT = "spent"  # by this person, today
    ALL_SPENT = "all_spent"  # by everybody, today


_WHY = {
    Trouble.LATE: "My language model did not answer in time",
    Trouble.BUSY: "My language model is over its rate limit",
    Trouble.AWAY: "My language model cannot be reached",
    Trouble.REFUSED: "My language model's server refused the request (quarterdeck doctor says more)",
    Trouble.NONSENSE: "My language model gave no answer that I can use",
    Trouble.MISSING: "What my language model needs is not installed (make setup installs it)",
    Trouble.ABSENT: "My language model read something that is not there",
    Trouble.SPENT: "You have used up today's requests to my language model",
    Trouble.ALL_SPENT: "Today's requests to my language model are used up",
}


class NoAnswer(Exception):
    """A model gave no answer that can be used."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep why; nothing that the model said is kept."""
        super().__init__(trouble.value)
        self.trouble = trouble


def why(trouble: Trouble, *, instead: str) -> str:
    """Return why there is no model in an answer and what was done `instead`, as one sentence for people."""
    return f"{_WHY[trouble]}; {instead}."


def hashed(*parts: str) -> str:
    """Return who or what the parts name, as a hash that tells no more than that it is the same one."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One question to a model: what it shall do, what it is asked, on whose behalf, and how long that may take.

    `person` is a hash that says who the same person is and nothing else; `workspace` groups what may be cached. At most
    `seconds` are waited, at most `letters` come back.
    """

    which: Which
    instructions: str
    text: str
    person: str
    workspace: str
    seconds: float
    letters: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a question cost."""

    requests: int = 0
    tokens: int = 0


class LanguageModel(Protocol):
    """A model behind a server; one call is one question, answered in a shape."""

    def ask(self, prompt: Prompt, shape: type[Shape]) -> tuple[Shape, Usage]:
        """Return the answer.

        Raises:
            NoAnswer: there is none that can be used.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class Server(LanguageModel, Protocol):
    """A model whose server says what it offers."""

    def names(self, seconds: float) -> tuple[str, ...]:
        """Return the names of the models that the server offers, in its order; at most `seconds` are waited.

        Raises:
            NoAnswer: it does not say.
        """
        ...


class Narrowing(Frozen):
    """Only (or not) these values of a dimension. No field has a default: strict schemas have none."""

    dim: str
    values: tuple[str, ...]
    leave_out: bool


class Edit(Frozen):
    """One small change of the deck of a thread; fields that the change does not need are null."""

    change: Literal[
        "filter",
        "unfilter",
        "period",
        "currency",
        "add_measure",
        "remove",
        "move_to_end",
        "breakdown",
        "chart",
    ]
    slide: int | None
    dim: str | None
    values: tuple[str, ...] | None
    period: str | None
    currency: str | None
    measure: str | None
    by: tuple[str, ...] | None
    chart: str | None


class Reading(Frozen):
    """What a message means, as a model reads it: names only; `as_of`, `amount` and `idle` are words of the message."""

    sort: Literal["question", "report", "findings", "deals", "follow_up", "edits", "nothing"]
    measure: str | None
    topic: str | None
    report: str | None
    by: tuple[str, ...]
    period: str | None
    as_of: str | None
    filters: tuple[Narrowing, ...]
    compare: str | None
    order: str | None
    status: str | None
    amount: str | None
    idle: str | None
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A message to be read: its words, whose they are, what there is to name, and what it may refer to.

    `vocabulary` holds what may be picked, as far as the person's rights show it; `named` the records and people whose
    names occur in the message, by dimension; `slides` number and key of the posted deck's slides; `before` the question
    that was answered last. `about` is the deck's revision as a hash, empty for none.
    """

    text: str
    person: str
    workspace: str
    today: str
    vocabulary: Mapping[str, object]
    named: Mapping[str, tuple[str, ...]]
    slides: tuple[tuple[int, str], ...] = ()
    before: Mapping[str, object] | None = None
    about: str = ""


class Reader(Protocol):
    """Reads what the rules cannot."""

    def read(self, asked: Asked) -> Reading:
        """Return what a message means.

        Raises:
            NoAnswer: there is no model for it now, and why.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to be worded: its template, and what kind of fact each of its tokens is; no fact's text is told."""

    template: str
    facts: tuple[tuple[str, str], ...]


class Writer(Protocol):
    """Words sentences anew; what it returns still has to pass the guard."""

    def word(self, sentences: tuple[Sentence, ...], *, person: str, workspace: str) -> Mapping[str, str]:
        """Return sentences by the template that each may stand in place of; some may be missing.

        Raises:
            NoAnswer: there is no model for it now, and why.
        """
        ...
