"""`quarterdeck report KIND`: build a deck and write it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from bot.flows import build, pinned
from bot.store.files import write_atomically
from bot.wiring import day_from, filters_from, installation
from reports.errors import BadInput
from reports.kinds import KINDS
from reports.periods import Calendar
from reports.spec import DEFAULT_PERIOD


def run(arguments: Namespace) -> int:
    """Build the deck, write it where it was asked for, and say what it says."""
    kind = KINDS.get(arguments.kind.casefold())
    if kind is None:
        raise BadInput.unknown("report kind", arguments.kind, KINDS)
    with installation(arguments, template=arguments.template) as opened:
        line = opened.line()
        calendar = Calendar(opened.company.fiscal, opened.company.zone)
        as_of = calendar.end_of(day_from(arguments.as_of)) if arguments.as_of else None
        today = calendar.day(as_of or line.mirror.current().as_of)
        spec = kind.spec(
            period=calendar.asked(arguments.period, today) if arguments.period else DEFAULT_PERIOD,
            as_of=as_of,
            filters=filters_from(arguments.where),
        )
        built = build(line, pinned(line, spec))
        day = calendar.day(built.deck.as_of)
        out: Path = arguments.out or Path(f"{arguments.kind}-{day:%Y-%m-%d}.pptx")
        write_atomically(out, built.file)
    if arguments.json:
        shown = {
            "kind": built.deck.kind,
            "file": str(out),
            "as_of": built.deck.as_of.isoformat(),
            "slides": [
                {
                    "number": slide.number,
                    "key": slide.key,
                    "title": slide.title.text,
                    "facts": [fact.model_dump(mode="json") for fact in slide.facts],
                }
                for slide in built.deck.slides
            ],
            "problems": list(built.remarks),
        }
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
        return 0
    from bot.terminal import Terminal

    Terminal().titles(built.deck, out)
    return 0
