"""`Reply`: what one turn of the agent says, before anybody decides where and how it is shown."""

from __future__ import annotations

from datetime import datetime

from reports.facts import Fact, Frozen
from reports.spec import Question


class Button(Frozen):
    """A choice beside an answer: its label, and the words it stands for (they are read again when it is taken).

    One with a `url` opens that address instead.
    """

    label: str
    text: str = ""
    url: str = ""


class Grid(Frozen):
    """A table of texts; `right` holds the numbers of the columns that hold numbers, `links` one address a row."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    links: tuple[str | None, ...] = ()


class Reply(Frozen):
    """What is said in one turn.

    Attributes:
        intent: how the words were read (the type of the intent).
        read_as: what was read for what, and which words played no part; shown first.
        lines: the answer, the most important line first.
        grid: the table under the lines.
        small: definitions, sources and remarks; shown grey.
        revision: number of the revision that this turn made; the deck goes with it.
        silent: nothing is said in the thread; `lines` may then hold a private offer.
        private: only the asker sees it.
        facts: the facts that were shown, for "where does that come from".
        question: the question that was answered, for "same for last year".
    """

    intent: str
    read_as: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    grid: Grid | None = None
    small: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    facts: tuple[Fact, ...] = ()
    question: Question | None = None
    as_of: datetime | None = None
    currency: str | None = None
    revision: int | None = None
    changes: tuple[str, ...] = ()
    silent: bool = False
    private: bool = False
