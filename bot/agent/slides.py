"""Which slides are meant: `slide 3`, `4 and 6`, `2-4`, `the last slide`, `the coverage slide`, against the posted deck."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.agent.lexicon import Lexicon, chosen
from reports.deck import Deck
from reports.spec import ReportSpec

_GLUED = re.compile(r"(?:s|sl|p|pg|slide)(\d{1,3})")
_WORDS = {"slide", "sl", "page", "pg", "slides", "pages", "slid"}
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10,
    "10th": 10,
}  # fmt: skip
_LAST = {"last", "final", "closing"}
_JOINTS = {",", "and", "&", "+", "or", "n"}
_TO = {"-", "–", "—", "to", "through", "thru", ".."}
_ARTICLES = {"the", "this", "that", "my", "our", "number", "no", "nr", "#", "both"}


@dataclass(frozen=True, slots=True)
class Refs:
    """Slides that words name: ids of the posted deck, numbers that it does not have, how many tokens were read.

    `explicit` says that the word slide (or a slide's name) was there, not only a number.
    """

    ids: tuple[str, ...]
    unknown: tuple[str, ...]
    length: int
    explicit: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The posted deck as people see it: number, id, key, measure and title of every slide, in order."""

    numbers: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    records: frozenset[str] = frozenset()

    def id_of(self, number: int) -> str | None:
        """Return the id of the slide with that number; None when the deck has none."""
        return self.ids[self.numbers.index(number)] if number in self.numbers else None

    def number_of(self, slide_id: str) -> int | None:
        """Return the number of the slide with that id; None when the deck has none."""
        return self.numbers[self.ids.index(slide_id)] if slide_id in self.ids else None

    def after(self, slide_id: str) -> str | None:
        """Return the id of the slide behind the given one; None at the end."""
        place = self.ids.index(slide_id) + 1
        return self.ids[place] if place < len(self.ids) else None

    def before(self, slide_id: str) -> str | None:
        """Return the id of the slide in front of the given one; None at the start."""
        place = self.ids.index(slide_id) - 1
        return self.ids[place] if place >= 0 else None

    def listing(self) -> tuple[str, ...]:
        """Return `1 Summary…` for every slide: what a person may choose from."""
        return tuple(
            f"{number} {title or key}"
            for number, key, title in zip(self.numbers, self.keys, self.titles, strict=True)
        )


def book(deck: Deck | None, spec: ReportSpec | None) -> Book:
    """Return the posted deck; where there is only a spec, its slides are numbered in order."""
    measures = (
        {slide.id: slide.question.measure if slide.question else "" for slide in spec.slides} if spec else {}
    )
    if deck is not None:
        return Book(
            numbers=tuple(slide.number for slide in deck.slides),
            ids=tuple(slide.id for slide in deck.slides),
            keys=tuple(slide.key for slide in deck.slides),
            measures=tuple(measures.get(slide.id, "") for slide in deck.slides),
            titles=tuple(slide.title.text for slide in deck.slides),
            records=frozenset(
                row.record
                for slide in deck.slides
                for block in slide.blocks
                if block.type == "table"
                for row in block.rows
                if row.record
            ),
        )
    slides = spec.slides if spec else ()
    return Book(
        numbers=tuple(range(1, len(slides) + 1)),
        ids=tuple(slide.id for slide in slides),
        keys=tuple(slide.key for slide in slides),
        measures=tuple(measures[slide.id] for slide in slides),
        titles=tuple("" for _ in slides),
    )


def refs_at(
    keys: Sequence[str],
    start: int,
    posted: Book,
    lexicon: Lexicon,
    *,
    bare: bool = False,
    many: bool = True,
    named: bool = False,
) -> Refs | None:
    """Return the slides that are named at `start`; None when no slide is named there.

    `bare` lets a number stand for a slide without the word slide, `named` what it shows; `many` reads lists and ranges.
    """
    first = _one(keys, start, posted, lexicon, bare=bare, named=named) or (
        _several(keys, start, posted) if many else None
    )
    if first is None:
        return None
    ids, unknown, at, explicit = list(first.ids), list(first.unknown), start + first.length, first.explicit
    numbered = (
        keys[at - 1].isdigit() or keys[at - 1] in _NUMBERS or _GLUED.fullmatch(keys[at - 1]) is not None
    )
    while many and numbered and at < len(keys):
        if (keys[at] in _TO and keys[at] != "to") or (keys[at] == "to" and _plural(keys, start)):
            last = _one(keys, at + 1, posted, lexicon, bare=True)
            low, high = _number(keys[at - 1]), _number(keys[at + last.length]) if last else None
            if last is None or low is None or high is None or not low < high <= low + 100:
                break
            for number in range(low + 1, high + 1):
                _put(number, posted, ids, unknown)
            at += 1 + last.length
            continue
        joint = at
        while joint < len(keys) and joint < at + 2 and keys[joint] in _JOINTS:
            joint += 1
        more = _one(keys, joint, posted, lexicon, bare=True)
        if (
            more is None
            and _plural(keys, start)
            and joint > at
            and joint < len(keys)
            and keys[joint] in _NUMBERS
        ):
            more = _found(_NUMBERS[keys[joint]], posted, 1, explicit=True)
        if more is None or not _lists(keys, joint, more.length):
            break
        ids += [item for item in more.ids if item not in ids]
        unknown += more.unknown
        at, explicit = joint + more.length, explicit or more.explicit
    return Refs(tuple(ids), tuple(unknown), at - start, explicit)


def _one(
    keys: Sequence[str], start: int, posted: Book, lexicon: Lexicon, *, bare: bool, named: bool = False
) -> Refs | None:
    """Return the one slide named at `start`."""
    at = start
    while at < len(keys) and at < start + 3 and keys[at] in _ARTICLES:
        at += 1
    if at >= len(keys):
        return None
    marked = "#" in keys[start:at]
    if matched := _GLUED.fullmatch(keys[at]):
        return _found(int(matched[1]), posted, at + 1 - start, explicit=True)
    if keys[at] in _WORDS:
        after = at + 1
        while after < len(keys) and keys[after] in {"number", "no", "nr", "#"}:
            after += 1
        number = _number(keys[after]) if after < len(keys) else None
        return _found(number, posted, after + 1 - start, explicit=True) if number is not None else None
    slide_word = at + 1 < len(keys) and keys[at + 1] in _WORDS
    if slide_word and (keys[at] in _LAST or keys[at] in _ORDINALS):
        number = posted.numbers[-1] if keys[at] in _LAST and posted.numbers else _ORDINALS.get(keys[at], 0)
        return _found(number, posted, at + 2 - start, explicit=True)
    if bare or marked:
        number = _number(keys[at])
        if number is not None and keys[at].isdigit():
            return _found(number, posted, at + 1 - start, explicit=marked)
    return _named(keys, start, at, posted, lexicon, bare=named)


def _named(
    keys: Sequence[str], start: int, at: int, posted: Book, lexicon: Lexicon, *, bare: bool
) -> Refs | None:
    """Return the slide that is called by what it shows: `the coverage slide`, `the win rate slide`, `the appendix`."""
    named = lexicon.words.slides.at(keys, at)
    measured = lexicon.phrases.at(keys, at)
    for length, key, measure in (
        (named[1] if named else 0, named[0] if named else "", None),
        (measured[1] if measured else 0, "", chosen(measured[0], "measure") if measured else None),
    ):
        end = at + length
        if not length:
            continue
        has_word = end < len(keys) and keys[end] in _WORDS
        if not has_word and not bare and keys[at] not in {"appendix", "hygiene"}:
            continue
        wanted = measure.value if measure else ""
        ids = [
            slide_id
            for slide_id, its_key, its_measure in zip(posted.ids, posted.keys, posted.measures, strict=True)
            if (key and _same(its_key, key)) or (wanted and its_measure == wanted)
        ]
        if len(ids) == 1:
            return Refs((ids[0],), (), end + has_word - start, True)
    return None


def _several(keys: Sequence[str], start: int, posted: Book) -> Refs | None:
    """Return the slides of `the last two slides`, `first 3 slides`."""
    at = start + (start < len(keys) and keys[start] == "the")
    if at + 2 >= len(keys) or keys[at] not in {"last", "first"} or keys[at + 2] not in _WORDS:
        return None
    count = _number(keys[at + 1])
    if not count or count > len(posted.ids):
        return None
    ids = posted.ids[-count:] if keys[at] == "last" else posted.ids[:count]
    return Refs(ids, (), at + 3 - start, explicit=True)


def _same(key: str, name: str) -> bool:
    """Say whether a slide's key is what the words call it; keys may be longer (`win_moves`, `next_quarter`)."""
    return key == name or key.split("_", maxsplit=1)[0] == name or name in key.split("_")


def _lists(keys: Sequence[str], start: int, length: int) -> bool:
    """Say whether a number in a list is a slide's, not a count or an amount of what follows (`4 and 2 deals`)."""
    following = keys[start + length] if start + length < len(keys) else ""
    return following not in {
        "deals",
        "deal",
        "more",
        "weeks",
        "days",
        "opps",
        "reps",
        "%",
        "percent",
        "x",
        "times",
    }


def _found(number: int | None, posted: Book, length: int, *, explicit: bool) -> Refs:
    slide_id = posted.id_of(number) if number is not None else None
    return Refs((slide_id,) if slide_id else (), () if slide_id else (str(number),), length, explicit)


def _put(number: int, posted: Book, ids: list[str], unknown: list[str]) -> None:
    slide_id = posted.id_of(number)
    if slide_id is None:
        unknown.append(str(number))
    elif slide_id not in ids:
        ids.append(slide_id)


def _plural(keys: Sequence[str], start: int) -> bool:
    return any(key in {"slides", "pages"} for key in keys[start : start + 3])


def _number(key: str) -> int | None:
    if matched := _GLUED.fullmatch(key):
        return int(matched[1])
    if key.isascii() and key.isdigit() and len(key) <= 3:
        return int(key)
    return _NUMBERS.get(key)
