"""The state of reading one message as edits: where we are, what was understood, how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from bot.agent.intents import Choose, Problem
from bot.agent.slides import Book, Refs, refs_at
from bot.agent.utterance import Utterance
from reports.edits import Op
from reports.spec import PersonText, ReportSpec

_SEPARATORS = {",", ":", ";", ".", "&", "+", "\n", "!", "…", "—", "–", "->"}
_MOST_ARTICLES, _MOST_OPENERS = 4, 12
# Words after a number that say what it counts; then it is no slide.
_REPORT_WORDS = (
    ("the", "whole", "deck"),
    ("whole", "deck"),
    ("entire", "deck"),
    ("the", "entire", "deck"),
    ("the", "deck"),
    ("this", "deck"),
    ("deck",),
    ("the", "report"),
    ("whole", "report"),
    ("the", "whole", "report"),
    ("report",),
    ("all", "slides"),
    ("all", "the", "slides"),
    ("every", "slide"),
    ("everywhere",),
    ("the", "whole", "thing"),
    ("whole", "thing"),
    ("the", "presentation"),
    ("the", "slides"),
    ("all", "of", "it"),
    ("everything",),
)


class Sure(IntEnum):
    """How sure it is that words are an edit: they may be talk, are one when somebody is asked (please), or are one."""

    TALK = 0
    ASKED = 1
    CERTAIN = 2


@dataclass(slots=True)
class Drafting:
    """A message being read as edits of the posted deck.

    Attributes:
        sure: for every op how sure it is.
        targets: the slides that the clause before was about; a clause that follows with `and` is about them too.
        targets_now: the slides that the words being read are about.
        bare: where the words being read begin when nothing leads up to them (`EMEA` alone), else -1.
        verb: the verb of the clause before where it may be carried on (`add A by x and B by y`).
        unread: indexes of tokens that no edit explains.
        clauses: the typed words of each clause that was read in full.
    """

    said: Utterance
    posted: Book
    spec: ReportSpec
    author: str
    addressed: bool
    now: datetime
    ops: list[Op] = field(default_factory=list)
    sure: list[Sure] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    choices: list[Choose] = field(default_factory=list)
    flags: dict[str, int | None] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    targets_now: tuple[str, ...] = ()
    bare: int = -1
    verb: str = ""
    unread: list[int] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    read_as: list[str] = field(default_factory=list)
    requested: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the folded words."""
        return self.said.keys

    def has(self, name: str, at: int) -> int:
        """Return the length of a phrase of that list of edit words at `at`; 0 for none."""
        return self.said.lexicon.words.edits[name].length(self.keys, at)

    def key(self, at: int) -> str:
        """Return the word at `at`; empty behind the end."""
        return self.keys[at] if 0 <= at < len(self.keys) else ""

    def articles(self, at: int) -> int:
        """Return the place behind articles."""
        most = at + _MOST_ARTICLES
        while at < min(len(self.keys), most) and self.has("articles", at) and self.key(at) != "my":
            at += 1
        return at

    def separated(self, at: int) -> bool:
        """Say whether a clause may end at `at`: the end, a mark, a joining word, or politeness."""
        return (
            at >= len(self.keys)
            or self.keys[at] in _SEPARATORS
            or bool(self.has("separators", at))
            or bool(self.polite(at))
        )

    def separator(self, at: int) -> int:
        """Return the length of what separates clauses at `at`; a dash or a number does at the start of a line."""
        if at < len(self.keys) and self.keys[at] in _SEPARATORS:
            return 1
        if self.key(at - 1) in {"", "\n"} and (
            self.key(at) in {"-", "•"} or self.keys[at + 1 : at + 2] == (".",)
        ):
            return 1 + self.key(at).isdigit()
        return self.has("separators", at)

    def polite(self, at: int) -> int:
        """Return the length of a polite phrase or an emoji at `at`; some words are polite only where a clause begins."""
        if at < len(self.keys) and self.said.tokens[at].shape == "emoji":
            return 1
        words = self.said.lexicon.words
        length = words.polite.length(self.keys, at)
        opens = words.openers.length(self.keys, at)
        return max(length, opens) if self.begins(at) else length

    def begins(self, at: int) -> bool:
        """Say whether a clause may begin at `at`: the start, a mark or an emoji before it, or a polite opening."""
        for _ in range(_MOST_OPENERS):
            if at <= 0:
                return True
            if self.key(at - 1) in _SEPARATORS | {"?"} or self.said.tokens[at - 1].shape in {
                "emoji",
                "mention",
            }:
                return True
            words = self.said.lexicon.words
            length = next(
                (
                    size
                    for size in (1, 2, 3)
                    if at >= size
                    and size
                    in {words.openers.length(self.keys, at - size), words.polite.length(self.keys, at - size)}
                ),
                0,
            )
            if not length:
                return False
            at -= length
        return False

    def request(self, at: int) -> bool:
        """Say whether the phrase at `at` asks somebody to do something."""
        return bool(self.said.lexicon.words.requests.length(self.keys, at))

    def refs(self, at: int, *, bare: bool = False, many: bool = True, named: bool = False) -> Refs | None:
        """Return the slides named at `at`."""
        return refs_at(self.keys, at, self.posted, self.said.lexicon, bare=bare, many=many, named=named)

    def report_at(self, at: int) -> int:
        """Return the length of words for the whole report at `at`."""
        return max(
            (len(words) for words in _REPORT_WORDS if self.keys[at : at + len(words)] == words), default=0
        )

    def put(self, *ops: Op, sure: Sure = Sure.CERTAIN) -> None:
        """Keep ops."""
        self.ops.extend(ops)
        self.sure.extend([sure] * len(ops))

    def missing(self, refs: Refs) -> bool:
        """Note slides that the deck does not have; say whether there are any."""
        for number in refs.unknown:
            shown = ", ".join(str(item) for item in self.posted.numbers)
            self.problems.append(
                Problem(
                    kind="slide",
                    value=number,
                    known=self.posted.listing(),
                    message=f"There is no slide {number} in this deck; it has {shown}.",
                )
            )
        return bool(refs.unknown)

    def words_to_line_end(self, at: int) -> tuple[str, int]:
        """Return the text from token `at` to the end of its line as typed, without quotes around it, and its end."""
        end = at
        while end < len(self.keys) and self.keys[end] != "\n":
            end += 1
        if at >= end:
            return "", end
        first = self.said.tokens[at - 1].end if at else 0
        stop = self.said.tokens[end].start if end < len(self.keys) else len(self.said.text)
        text = self.said.text[first:stop].strip()
        for opening, closing in (
            ('"', '"'),
            ("“", "”"),
            ("„", "“"),
            ("'", "'"),
            ("‘", "’"),
            ("`", "`"),
            ("«", "»"),
        ):
            if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
                return text[1:-1].strip(), end
        return text, end

    def quoted(self, at: int) -> tuple[str, int] | None:
        """Return the text in quotes at `at` and the place behind them; None where no quotes open there."""
        pairs = {'"': '"', "“": "”", "„": "“", "'": "'", "‘": "’"}
        closing = pairs.get(self.key(at))
        if closing is None:
            return None
        for end in range(at + 1, len(self.keys)):
            if self.keys[end] in {closing, '"'} and self.keys[end] != "\n":
                text = self.said.text[self.said.tokens[at].end : self.said.tokens[end].start].strip()
                return (text, end + 1) if text else None
        return None

    def person_text(self, text: str) -> PersonText:
        """Return the words as those of the person who wrote."""
        return PersonText(text=text, by=self.author, at=self.now)
