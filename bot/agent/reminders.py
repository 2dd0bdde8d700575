"""Reminders and what is given to somebody: `remind jonas thursday re ostrander`, `todo call brandt`, `give A to priya`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.agent.intents import Candidate, Errand
from bot.agent.openings import Opening
from bot.agent.records import candidates
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
_BEFORE_A_DAY = {"on", "by", "until", "till", "before", "due", "for", "at", "bis"}
_CLOSING = {"please", "pls", "thanks", "thx", "ok", ".", "!", ","}
_TIME = re.compile(r"\d{1,2}(?:am|pm)|\d{1,2}")
_LETTERS = {"a", "b", "c"}
_FRIDAY = 4
_WEEK = 7


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
        if own[-1] == "reminder" and said.keys[after : after + 1] in {("for",), ("to",)}:
            named = _named(said, after + 1)
            if named is not None and (named[0].people or said.keys[after + 1] in _ME):
                return _told(said, named[0], named[1])
        return _told(said, _Whom(), after)
    return given(begun)


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
    day, rest = _front_day(said, named[1])
    if [key for key in said.keys[rest:] if key not in _CLOSING]:
        return None
    return _errand(named[0], day=day, letter=letter.upper())


def _for(said: Utterance, place: int) -> Errand | None:
    named = _named(said, place)
    return None if named is None else _told(said, *named)


def _told(said: Utterance, whom: _Whom, start: int) -> Errand:
    """Read when and what: a day before the words or behind them is when; the rest is a person's own words."""
    end = len(said.keys)
    while end > start and said.keys[end - 1] in _CLOSING:
        end -= 1
    day, start = _front_day(said, start)
    while start < end and said.keys[start] in _TO:
        start += 1
    if day is None:
        day, start = _front_day(said, start)
        start += start < end and said.keys[start] in _TO
    if day is None:
        day, end = _day_behind(said, start, end)
    return _errand(whom, day=day, text=said.raw(start, end), deals=_deals(said, start, end))


def _errand(
    whom: _Whom,
    *,
    day: date | None,
    text: str = "",
    letter: str = "",
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
    )


def _named(said: Utterance, at: int) -> tuple[_Whom, int] | None:
    """Return whom the words at a place name, and the place behind; None where there are no words."""
    at += said.keys[at : at + 1] in {("to",), ("for",)}
    if at >= len(said.keys):
        return None
    if said.tokens[at].shape in {"mention", "person"}:
        return _Whom(unknown=said.raw(at, at + 1)), at + 1
    if said.keys[at] in _EVERYBODY:
        return _Whom(several=True), at + 1
    named = said.names_at(at)
    mine = said.keys[at] in _ME
    if mine or named.people:
        end = at + (1 if mine else named.length)
        several = end + 1 < len(said.keys) and said.keys[end] in {"and", "&", "+"}
        return _Whom(people=() if mine else named.people[:_MOST], several=several), end
    if said.tokens[at].shape != "word":
        return None
    two = at + 2 < len(said.keys) and said.tokens[at + 1].shape == "word" and _ends(said, at + 2)
    end = at + 2 if two and not _ends(said, at + 1) else at + 1
    return _Whom(unknown=said.raw(at, end)), end


def _ends(said: Utterance, at: int) -> bool:
    """Say whether a name must have ended there: a day follows, or what it is about."""
    return said.keys[at] in _TO | _ABOUT | _BEFORE_A_DAY or _day_at(said, at) is not None


def _day_at(said: Utterance, at: int) -> tuple[date, int] | None:
    """Return the day that begins there and its length; `next week` is its Monday, the end of a week its Friday."""
    today = said.clock.today
    friday = today + timedelta(days=(_FRIDAY - today.weekday()) % _WEEK)
    phrases = (
        (("next", "week"), today + timedelta(days=_WEEK - today.weekday())),
        (("end", "of", "week"), friday),
        (("end", "of", "the", "week"), friday),
        (("eow",), friday),
        (("end", "of", "day"), today),
        (("eod",), today),
    )
    named = ((day, len(words)) for words, day in phrases if said.keys[at : at + len(words)] == words)
    return next(named, None) or said.day_at(at, "future")


def _front_day(said: Utterance, at: int) -> tuple[date | None, int]:
    """Return the day that the words at a place begin with and the place behind it; a time of day goes with it."""
    place = at + (said.keys[at : at + 1] != () and said.keys[at] in _BEFORE_A_DAY)
    found = _day_at(said, place) if place < len(said.keys) else None
    if found is None:
        return None, at
    return found[0], _behind_time(said, place + found[1])


def _behind_time(said: Utterance, at: int) -> int:
    """Return the place behind a time of day, `at 9am`, `at 15:00`; the same place where none is there."""
    place = at + (said.keys[at : at + 1] == ("at",))
    if place >= len(said.keys) or not _TIME.fullmatch(said.keys[place]):
        return at
    if place == at and said.keys[place].isdigit() and said.keys[place + 1 : place + 2] != (":",):
        return at
    place += 1
    return place + 2 if said.keys[place : place + 1] == (":",) else place


def _day_behind(said: Utterance, start: int, end: int) -> tuple[date | None, int]:
    """Return the day that the words up to `end` end with and where the words before it end."""
    for place in range(start, end):
        found = _day_at(said, place)
        if found is not None and _behind_time(said, place + found[1]) >= end:
            rest = place
            while rest > start and said.keys[rest - 1] in _BEFORE_A_DAY | {","}:
                rest -= 1
            return found[0], rest
    return None, end


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
