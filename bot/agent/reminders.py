"""Reminders and what is given to somebody: `remind jonas thursday re ostrander`, `todo call brandt`, `give A to priya`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.agent.intents import Candidate, Errand
from bot.agent.openings import Opening
from bot.agent.records import candidates
from bot.agent.reminder_days import BEFORE_A_DAY, CLOSING, day_at, day_behind, front_day, left_over
from bot.agent.utterance import Utterance

# Candidates beyond the five that can be shown only say that there are more.
_MOST = 6
_ME = {"me", "myself", "mich", "moi"}
_EVERYBODY = {"everyone", "everybody", "all", "us", "them", "team"}
# What begins a reminder to oneself, longest first; `for X` and `to X` may name somebody else.
_OWN = (
    ("set", "a", "reminder"),
    ("add", "a", "todo"),
    ("new", "todo"),
    ("remember", "to"),
    ("to", "do"),
    ("todo",),
    ("reminder",),
)
_TO = {"to", "that", ":", "-", "–", ",", "=", "dass"}
_ABOUT = {"re", "about", "regarding", "on", "concerning", "wegen"}
_LETTERS = {"a", "b", "c"}
# Behind these everything is what somebody shall know, a day in it too.
_THAT = {"that", "dass"}
_TEAM = {"team", "teams", "people", "reps", "region", "group"}


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom the words name: candidates, nobody for the person who speaks, or words that name nobody known; or several."""

    people: tuple[Candidate, ...] = ()
    unknown: str = ""
    several: bool = False


def reminder(begun: Opening) -> Errand | None:
    """Return what somebody shall be reminded of or is given; None where the words are about something else."""
    said, at = begun.said, begun.start
    if said.keys[at : at + 1] == ("remind",):
        return _for(said, at + 1)
    own = next((words for words in _OWN if said.keys[at : at + len(words)] == words), None)
    if own is not None:
        after = at + len(own)
        after += said.keys[after : after + 1] == (":",)
        if (named := _whose(said, own[-1], after)) is not None:
            return _told(said, *named)
        return _told(said, _Whom(), after)
    return given(begun)


def _whose(said: Utterance, own: str, at: int) -> tuple[_Whom, int] | None:
    """Return whom `todo for jonas`, `reminder: jonas, …` names, and the place behind; None for oneself."""
    joint = said.keys[at : at + 1]
    if joint == ("for",) or (joint == ("to",) and own == "reminder"):
        named = _named(said, at + 1)
        return named if named is not None and (named[0].people or said.keys[at + 1] in _ME) else None
    if own != "reminder" or at >= len(said.keys):
        return None
    named = _named(said, at)
    listed = named is not None and said.keys[named[1] : named[1] + 1] in {(",",), (":",)}
    return named if named is not None and listed and named[0].people else None


def given(begun: Opening) -> Errand | None:
    """Return the decision of a draft that is given to somebody, `give A to priya`; None for other words."""
    said, at = begun.said, begun.start
    if said.keys[at : at + 1] not in {("give",), ("hand",)}:
        return None
    place = at + 1 + (said.keys[at + 1 : at + 2] in {("decision",), ("action",)})
    letter = said.keys[place] if place < len(said.keys) else ""
    if letter not in _LETTERS or said.keys[place + 1 : place + 2] != ("to",):
        return None
    named = _named(said, place + 2)
    if named is None:
        return None
    day, rest = front_day(said, named[1])
    if [key for key in said.keys[rest:] if key not in CLOSING]:
        return None
    return _errand(named[0], day=day, letter=letter.upper())


def _for(said: Utterance, place: int) -> Errand | None:
    named = _named(said, place)
    return None if named is None else _told(said, *named)


def _told(said: Utterance, whom: _Whom, start: int) -> Errand:
    """Read when and what: a day before the words or behind them is when; the rest is a person's own words."""
    end = len(said.keys)
    while end > start and said.keys[end - 1] in CLOSING:
        end -= 1
    day, start = front_day(said, start)
    that = False
    while start < end and said.keys[start] in _TO:
        that = that or said.keys[start] in _THAT
        start += 1
    if day is None and not that:
        day, start = front_day(said, start)
        start += start < end and said.keys[start] in _TO
    if day is None and not that:
        day, end = day_behind(said, start, end)
    text = said.raw(start, end)
    undated = "" if that or day is not None else left_over(text)
    return _errand(whom, day=day, text=text, undated=undated, deals=_deals(said, start, end))


def _errand(
    whom: _Whom,
    *,
    day: date | None,
    text: str = "",
    letter: str = "",
    undated: str = "",
    deals: tuple[Candidate, ...] = (),
) -> Errand:
    return Errand(
        kind="remind",
        people=whom.people,
        unread=(whom.unknown,) if whom.unknown else (),
        bulk=whom.several,
        deals=deals,
        day=day,
        text=text,
        letter=letter,
        undated=undated,
    )


def _named(said: Utterance, at: int) -> tuple[_Whom, int] | None:
    """Return whom the words at a place name, and the place behind; None where there are no words."""
    at += said.keys[at : at + 1] in {("to",), ("for",)}
    if at >= len(said.keys):
        return None
    if said.keys[at] == "#":
        return _Whom(several=True), at + 1
    if said.tokens[at].shape in {"mention", "person"}:
        return _Whom(unknown=said.raw(at, at + 1)), at + 1
    if said.keys[at] in _EVERYBODY:
        return _Whom(several=True), at + 1
    named = said.names_at(at)
    mine = said.keys[at] in _ME
    if mine or named.people:
        end = at + (1 if mine else named.length)
        joined = end + 1 < len(said.keys) and said.keys[end] in {"and", "&", "+"}
        several = joined or (not mine and said.keys[end : end + 1] != () and said.keys[end] in _TEAM)
        return _Whom(people=() if mine else named.people[:_MOST], several=several), end
    if said.tokens[at].shape != "word":
        return None
    two = at + 2 < len(said.keys) and said.tokens[at + 1].shape == "word" and _ends(said, at + 2)
    end = at + 2 if two and not _ends(said, at + 1) else at + 1
    return _Whom(unknown=said.raw(at, end)), end


def _ends(said: Utterance, at: int) -> bool:
    """Say whether a name must have ended there: a day follows, or what it is about."""
    return said.keys[at] in _TO | _ABOUT | BEFORE_A_DAY or day_at(said, at) is not None


def _deals(said: Utterance, start: int, end: int) -> tuple[Candidate, ...]:
    """Return the deal that the words are about, or those that it may be; none where a name may mean anything.

    Words of a sentence are a name only where they name few open deals; behind `re` or `about`, they are meant as one.
    """
    place = start
    while place < end:
        named = said.names_at(place)
        if named.accounts or named.deals:
            every = candidates(named)
            alive = tuple(deal for deal in every if deal.id in named.open_ids)
            plain = place > start and said.keys[place - 1] in _ABOUT
            if plain or (0 < len(alive) < _MOST and not named.people):
                return (alive or every)[:_MOST]
        place += max(1, named.length)
    return ()
