"""`quarterdeck ask TEXT`: one turn of the agent in the terminal, which is one long thread."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from bot.agent.answers.asking import Asker
from bot.agent.remarks import remark_on
from bot.agent.turn import turn
from bot.flows import Line, file_of
from bot.wiring import installation
from reports.errors import BadInput

THREAD = "terminal"
OPERATOR = "you"


def run(arguments: Namespace) -> int:
    """Answer, and print the answer; a deck is kept, and where it lies is said."""
    with installation(arguments) as opened:
        line = opened.line()
        asker = asker_named(line, arguments.asker)
        reply, made = turn(line, " ".join(arguments.text), thread_id=THREAD, asker=asker)
        file = None if made is None else file_of(line, made, "deck")
        card = None if made is None else file_of(line, made, "card")
    if arguments.json:
        shown = reply.model_dump(mode="json") | {
            "file": None if file is None else str(file),
            "card": None if card is None else str(card),
            "remark": remark_on(made) if reply.changes else "",
            "titles": [] if made is None else [slide.title.text for slide in made.deck.slides],
        }
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
        return 0
    from bot.terminal import Terminal

    Terminal().reply(reply, made, file)
    return 0


def asker_named(line: Line, name: str | None) -> Asker:
    """Return who is asking: the CRM person of that name or e-mail, or the operator where no name is given.

    Raises:
        BadInput: nobody, or more than one person, goes by that name; the message lists the nearest.
    """
    if name is None:
        return Asker(name=OPERATOR)
    people = line.crm.people()
    folded = name.casefold()
    exact = [person for person in people if folded in {person.name.casefold(), person.email.casefold()}]
    matched = exact or [person for person in people if folded in person.name.casefold().split()]
    if len(matched) == 1:
        return Asker(name=matched[0].name, person_id=matched[0].id)
    raise BadInput.unknown("person", name, (person.name for person in matched or people))
