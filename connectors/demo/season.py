"""The season that is written by hand in `season.txt`, read into stories. The file says how it is to be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from connectors.demo import calendar, clock
from connectors.demo.names import SUBJECTS
from connectors.demo.people import REPS, rep_number
from connectors.demo.population import CURRENCIES, PRODUCTS, REGIONS, SEGMENTS, SOURCES, TYPES
from connectors.demo.simulate import CLOSED, LOST, OPEN, STAGES, WON
from connectors.demo.story import Event, Story

_CALLS = {"pipeline": 0, "best case": 1, "commit": 2}
_BY_STAGE = (0, 0, 1, 2)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOKEN = re.compile(
    r"(?P<due>due \d+ \w+)|(?P<step>step.*)|(?P<won>won)|(?P<lost>lost .+)|(?P<thousands>\d+k)|(?P<exact>[\d,.]+)"
    r"|(?P<call>pipeline|best case|commit)|(?P<stage>" + "|".join(STAGES[:4]) + r")|(?P<other>\S+)"
)
_TOUCHED = re.compile(r"(\d+) until (\d+ \w+)(?: after (\d+ \w+))?")
_CLOCKS = ("10:20", "11:05", "13:40", "14:15", "15:30", "16:10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """One deal of the season as it is written; `part` is its place in the story, `sign` what was planted (or empty)."""

    account: str
    owner: str
    segment: str
    currency: str
    product: str
    source: str
    type: str
    touched: str
    told: str
    part: str
    sign: str

    @property
    def region(self) -> str:
        """Return the region: that of its owner."""
        return REPS[rep_number(self.owner)].region


@cache
def season() -> tuple[Tale, ...]:
    """Return the season as it is written, in the file's order.

    Raises:
        ValueError: a line of the file is not in its own language.
    """
    return read(files("connectors.demo").joinpath("season.txt").read_text(encoding="utf-8"))


def read(text: str) -> tuple[Tale, ...]:
    """Read tales from text.

    Raises:
        ValueError: a heading does not have its six parts.
    """
    tales: list[Tale] = []
    for block in re.split(r"\n(?=[^\s#])", "\n" + text):
        lines = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith("#")]
        if lines:
            tales.append(_tale(lines[0], "; ".join(lines[1:])))
    return tuple(tales)


def stories(tales: Sequence[Tale], ids: Sequence[str], accounts: Sequence[str]) -> list[Story]:
    """Return the tales as stories, in their order.

    Raises:
        ValueError: an entry says something that is not in the language of the file.
    """
    keys = zip(tales, ids, accounts, strict=True)
    return [_story(tale, key, account, place) for place, (tale, key, account) in enumerate(keys)]


def _tale(heading: str, told: str) -> Tale:
    parts = [part.strip() for part in heading.split("|")]
    if len(parts) != 6:
        raise ValueError(
            f"cannot read {heading!r}: account | owner | segment currency | product, source | touched | for"
        )
    account, owner, size, what, touched, purpose = parts
    segment, currency = size.split()
    product, source, *kind = what.split(", ")
    part, *sign = purpose.split(", ")
    return Tale(
        account=account,
        owner=owner,
        segment=segment,
        currency=currency,
        product=product,
        source=source,
        type=kind[0] if kind else "New business",
        touched=touched,
        told=told,
        part=part,
        sign=sign[0] if sign else "",
    )


def _story(tale: Tale, key: str, account: str, place: int) -> Story:
    friday = REPS[rep_number(tale.owner)].habit == "friday"
    events: list[Event] = []
    for number, entry in enumerate(filter(None, (part.strip() for part in tale.told.split(";")))):
        day, _, what = entry.partition(":")
        hour = "16:50" if friday else _CLOCKS[(place + number) % len(_CLOCKS)]
        at = clock.at(_day(day), hour, tale.region)
        events.append(Event(at, _values(what.strip(), at, _day(day), before=events)))
    story = Story(
        id=key,
        name=tale.account,
        account=account,
        owner=rep_number(tale.owner),
        region=REGIONS.index(tale.region),
        segment=SEGMENTS.index(tale.segment),
        product=PRODUCTS.index(tale.product),
        source=SOURCES.index(tale.source),
        type=TYPES.index(tale.type),
        currency=CURRENCIES.index(tale.currency),
        created=events[0].at,
        events=events,
        planted={"part": tale.part} | ({"sign": tale.sign} if tale.sign else {}),
    )
    _touch(story, tale.touched, tale.region, place)
    return story


def _values(what: str, at: int, day: date, *, before: Sequence[Event]) -> dict[str, Any]:
    """Return what an entry says, as field values; the first entry of a deal sets them all."""
    values: dict[str, Any] = {} if before else {"status": OPEN, "next_step": None, "deleted": False}
    called = None
    for match in _TOKEN.finditer(what):
        text = match.group()
        match match.lastgroup:
            case "due":
                values["close"] = calendar.number(_due(text.removeprefix("due "), day))
            case "step":
                values["next_step"] = text.removeprefix("step").strip() or None
            case "won" | "lost" as end:
                values |= _ended(end, text, at, before)
            case "thousands":
                values["amount"] = int(text[:-1]) * 100_000
            case "exact":
                values["amount"] = round(float(text.replace(",", "")) * 100)
            case "call":
                called = _CALLS[text]
            case "stage":
                values["stage"] = STAGES.index(text)
                values["category"] = _BY_STAGE[values["stage"]]
            case _:
                raise ValueError(f"cannot read {text!r} in {what!r}: season.txt says what can happen")
    return values if called is None else values | {"category": called}


def _ended(end: str, text: str, at: int, before: Sequence[Event]) -> dict[str, Any]:
    won = end == "won"
    return {
        "stage": 4 if won else 5,
        "status": WON if won else LOST,
        "category": CLOSED,
        "amount": next(event.values["amount"] for event in reversed(before) if "amount" in event.values),
        "close": _company_day(at),
        "next_step": None,
        "reason": "Won: fit" if won else text.removeprefix("lost ").strip(),
    }


def _touch(story: Story, touched: str, region: str, place: int) -> None:
    """Add a touch every so many days, the last on the given day, none before the first."""
    words = _TOUCHED.fullmatch(touched)
    if words is None:
        raise ValueError(f"cannot read {touched!r}: write '6 until 30 Oct'")
    step, day = int(words[1]), _day(words[2])
    first = clock.at(_day(words[3]), "08:00", region) if words[3] else story.created
    number = 0
    while True:
        # Nobody calls on a weekend.
        workday = day - timedelta(days=max(day.weekday() - 4, 0))
        at = clock.at(workday, _CLOCKS[(place + number) % 6], region)
        if at <= first:
            break
        story.touch(at, ("meeting", "call", "email")[number % 3], SUBJECTS[(place + number) % len(SUBJECTS)])
        day, number = day - timedelta(days=step), number + 1
    story.touches.sort(key=lambda touch: touch.at)


def _day(text: str, year: int = calendar.TODAY.year) -> date:
    number, month = text.split()
    return date(year, _MONTHS.index(month) + 1, int(number))


def _due(text: str, after: date) -> date:
    """Return the first such day after the day it was entered."""
    due = _day(text)
    return due if due > after else _day(text, due.year + 1)


def _company_day(at: int) -> int:
    return int(clock.company_day(np.array([at], dtype=np.int64))[0])
