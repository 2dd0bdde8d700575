"""What scenarios of nudges and goals share: everybody known to the bot, owners' messages, and records that change meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.demo import DemoCrm
from connectors.demo.people import people
from tests.fakes.amended import AmendedCrm
from tests.fakes.slack.seen import Seen
from tests.scenarios.slack.stage import Clock, Stage, stage, told

DANA, JONAS, KATRIN, MARCUS = "Dana Whitcombe", "Jonas Adler", "Katrin Vogelsang", "Marcus Bell"
EVERYBODY = tuple(person.name for person in people())


def letters(at: Stage, who: str) -> list[Seen]:
    """Return the messages in which somebody is asked about deals, oldest first."""
    return [seen for seen in at.slack.seen_by(who) if is_letter(seen)]


def is_letter(seen: Seen) -> bool:
    words = told(seen)
    says = ("Your answer is kept here", "in your name; Undo takes it back")
    return seen.kind == "message" and any(one in words for one in says)


def asked(at: Stage) -> dict[str, int]:
    """Return how many messages that ask about deals stand before each person; nobody who has none."""
    found = {name: len(letters(at, name)) for name in EVERYBODY}
    return {name: number for name, number in found.items() if number}


def buttons(seen: Seen) -> list[str]:
    """Return what can be pressed on a message, in its order."""
    blocks = [*seen.blocks]
    found = [
        element for block in blocks for element in (*block.get("elements", ()), block.get("accessory", {}))
    ]
    return [element["text"]["text"] for element in found if element.get("type") == "button"]


def values(seen: Seen, label: str) -> list[str]:
    """Return what the buttons of that label carry."""
    found = [
        element
        for block in seen.blocks
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        if element.get("type") == "button" and element["text"]["text"] == label
    ]
    return [str(element["value"]) for element in found]


def press(at: Stage, who: str, seen: Seen, label: str, number: int = 0) -> None:
    """Press one of the buttons of that label, and let the bot work."""
    at.clock.forward(11)
    at.slack.click(who, seen, label, value=values(seen, label)[number])
    at.settle()


def modal(at: Stage, who: str) -> Seen:
    """Return the dialog that is open before somebody."""
    return next(seen for seen in at.slack.seen_by(who) if seen.kind == "modal")


def fill(at: Stage, who: str, **filled: Any) -> None:
    """Fill in the dialog that is open before somebody, and let the bot work."""
    at.slack.submit(who, modal(at, who).view, filled)
    at.settle()


def deal_of(at: Stage, seen: Seen, number: int = 0) -> str:
    """Return the deal that stands at a place among the open ones of a message."""
    return values(seen, "Leave it")[number].split("|")[1]


@contextmanager
def living(filled: Path, folder: Path) -> Iterator[tuple[Stage, AmendedCrm]]:
    """Open a stage on records that people change while time passes; `reload` brings the changes to the bot."""
    home = folder / "home"
    home.mkdir()
    shutil.copytree(filled / "mirror", home / "mirror")
    for name in ("quarterdeck.sqlite", "demo.json"):
        if (filled / name).exists():
            shutil.copy(filled / name, home / name)
    clock = Clock()
    crm = AmendedCrm(DemoCrm(), clock)
    with stage(home, clock=clock, crm=crm) as opened:
        opened.confirm(*EVERYBODY)
        yield opened, crm


def reload(at: Stage, crm: AmendedCrm) -> None:
    """Let the bot's copy of the records be brought up to date."""
    at.served.desk.line.mirror.load(crm)


def until(at: Stage, day: date, hour: int, minute: int = 0) -> None:
    """Let time pass, day by day, up to that time in New York."""
    zone = at.served.desk.line.company.zone
    end = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    while at.clock.at < end:
        at.clock.at = min(end, at.clock.at.replace(minute=0) + timedelta(hours=1))
        at.settle()
