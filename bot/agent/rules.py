"""The reader: from a message to a typed intent, by rules and words that are data. It never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.agent.draft import Drafting, Sure
from bot.agent.intents import (
    AddNote,
    Ask,
    Candidate,
    DealCard,
    DealFilter,
    Dispute,
    Edits,
    FindingsAsk,
    FollowUp,
    Intent,
    Nothing,
    Problem,
    Provenance,
    Report,
    Surface,
    Unread,
    Why,
)
from bot.agent.lexicon import Lexicon
from bot.agent.openings import Opening, courtesy, dispute, opening, provenance, why
from bot.agent.own_words import note_at
from bot.agent.places import nowhere, only_nowhere
from bot.agent.questions import question
from bot.agent.records import choose
from bot.agent.reminders import given
from bot.agent.scan import scan
from bot.agent.slides import Book, book
from bot.agent.spelling import corrected
from bot.agent.suggestions import suggestions
from bot.agent.thread import draft_of, verdict
from bot.agent.tokens import MAX_CHARS, fold
from bot.agent.utterance import Utterance, utterance
from bot.agent.writes import write
from reports.deck import Deck
from reports.spec import ReportSpec

# A message with more words than this is a text, not a request.
MOST_WORDS = 250
_FEW = 2
_COMMAND = re.compile(r"\s*/[a-z][\w-]{0,30}(?=\s|$)", re.IGNORECASE)


def read(  # noqa: PLR0913 — what surrounds a message, by name
    text: str,
    lexicon: Lexicon,
    *,
    surface: Surface = "direct",
    addressed: bool | None = None,
    deck: Deck | None = None,
    spec: ReportSpec | None = None,
    asker: str | None = None,
    owner: str | None = None,
    previous: bool = False,
    now: datetime | None = None,
) -> Intent:
    """Return what a message means.

    Args:
        text: the message as it came, with Slack's marks or without.
        lexicon: what words and names mean here.
        surface: where it was written.
        addressed: whether it is meant for us; None: everywhere but in a thread without a mention.
        deck: the deck of this thread as it was posted, whose numbers `slide 3` means.
        spec: its spec; without it there are no edits.
        asker: the display name that a title or a note is signed with.
        owner: the asker as an owner of deals, for `my`; None takes `asker` where that is an owner's name.
        previous: whether a question was answered here before, which a follow-up would mean.
        now: when it was written; None is the lexicon's.

    A message in a thread that is not addressed to us gives edits (or undo, fresh data, publish) only when all of it
    reads as such; everything else gives `Nothing`, with what may be offered privately.
    """
    said = utterance(_without_command(text), lexicon)
    us, others = _mentions(said)
    meant = bool(addressed) if addressed is not None else surface != "thread" or us
    if others and not meant:
        return Nothing(reason="addresses another person")
    said = _without_us(said)
    if len(said.keys) > MOST_WORDS or len(text) > MAX_CHARS:
        if not meant:
            return Nothing(reason="too long to be an edit")
        return Unread(
            unread=(), suggestions=suggestions((), lexicon), read_as=("That is too long to be a request",)
        )
    reading = _Reading(
        said=said,
        lexicon=lexicon,
        surface=surface,
        addressed=meant,
        posted=book(deck, spec),
        spec=spec,
        author=asker or "somebody",
        owner=_owned_by(owner or asker, lexicon),
        previous=previous,
        now=now or lexicon.now,
    )
    return reading.intent()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One message being read."""

    said: Utterance
    lexicon: Lexicon
    surface: Surface
    addressed: bool
    posted: Book
    spec: ReportSpec | None
    author: str
    owner: str | None
    previous: bool
    now: datetime

    def intent(self) -> Intent:
        """Return the intent: an edit where all of it reads as one, else a question, else what is nearest."""
        if not self.addressed:
            return self._overheard()
        edits = self._edits(self.said)
        if edits is not None and self._is_edit(edits):
            return verdict(edits)
        plain = courtesy(self.said)
        if plain is not None:
            return plain
        if edits is not None and self.surface == "thread" and self._mostly_edit(edits):
            return verdict(edits)
        asked = self._asked(self.said)
        if not asked.unread and not isinstance(asked, Unread):
            return asked
        again = self._read_again()
        if again is not None:
            return again
        if isinstance(asked, Unread):
            return self._nearest(asked, edits)
        return nowhere(self.said, asked) or asked

    def _read_again(self) -> Intent | None:
        """Return what the message means with its slips mended; None when there are none, or it does not help."""
        mended, read_as = self._mended()
        if mended is None:
            return None
        again = self._edits(mended)
        meant = verdict(again) if again is not None and self._is_edit(again) else self._asked(mended)
        if isinstance(meant, Unread) or len(meant.unread) * 2 > len(mended.keys):
            return None
        if not isinstance(meant, Edits):
            # In a question a small word changes nothing, however it is written.
            filler = self.lexicon.words.filler
            read_as = tuple(said for said in read_as if not filler.exact((said.removeprefix("Read as: "),)))
        meant = nowhere(mended, meant) or meant
        return meant.model_copy(update={"read_as": (*read_as, *meant.read_as)})

    def _nearest(self, asked: Unread, edits: Drafting | None) -> Intent:
        """Return what comes nearest to a message that could not be read: a part of it, a choice, or suggestions."""
        if edits is None and (homeless := self._without_deck()):
            return homeless
        if edits is not None and (edits.ops or edits.problems or edits.flags):
            partial = verdict(edits)
            if not isinstance(partial, Unread):
                return partial
        if edits is not None and (problem := only_nowhere(self.said)):
            return problem
        common = self._common_name()
        if common is not None:
            return common
        first = tuple(self.said.raw(index, index + 1) for index in range(min(len(self.said.keys), 8)))
        return Unread(unread=asked.unread or first, suggestions=suggestions(self.said.keys, self.lexicon))

    def _overheard(self) -> Intent:
        """Return what a message in a thread means that is not addressed to us."""
        edits = self._edits(self.said)
        if edits is None:
            return Nothing(reason="there is no deck in this thread")
        if (handed := given(opening(self.said))) is not None:
            return handed
        meant = verdict(edits)
        if not isinstance(meant, Nothing) or meant.offer is not None:
            return meant
        return self._offered(meant)

    def _offered(self, silent: Nothing) -> Intent:
        """Return silence, with a question that we could answer as a private offer."""
        begun = opening(self.said)
        disputed = dispute(begun, addressed=False)
        if isinstance(disputed, Dispute) and disputed.deal is not None:
            return silent.model_copy(update={"offer": disputed, "offer_words": self.said.text.strip()})
        asks = "?" in self.said.keys
        opened = why(begun) or provenance(begun)
        if opened is None and asks:
            opened = self._asked(self.said)
        allowed = Ask | Why | Provenance | FindingsAsk | DealCard | DealFilter | Report
        if not isinstance(opened, allowed) or opened.unread or len(self.said.keys) > 20:
            return silent
        if isinstance(opened, Why) and not (opened.filters or opened.measure or opened.deal):
            return silent
        return Nothing(
            reason="a question, not addressed to us", offer=opened, offer_words=self.said.text.strip()
        )

    def _edits(self, said: Utterance) -> Drafting | None:
        """Return the message read as edits; None where there is no deck to edit."""
        if self.spec is None:
            return None
        return draft_of(
            said,
            self.posted,
            self.spec,
            author=self.author,
            addressed=self.addressed,
            now=self.now,
        )

    def _mostly_edit(self, edits: Drafting) -> bool:
        """Say whether a message to us is an edit but for a word or two, which are reported."""
        return Sure.CERTAIN in edits.sure and "?" not in self.said.keys and len(edits.unread) <= _FEW

    def _is_edit(self, edits: Drafting) -> bool:
        """Say whether a message addressed to us is an edit of the deck rather than a question."""
        if edits.unread or not (edits.ops or edits.flags or edits.problems or edits.choices):
            return False
        asks = "?" in self.said.keys and not edits.requested
        certain = (
            Sure.CERTAIN in edits.sure
            or bool(edits.flags or edits.problems or edits.choices)
            or (edits.requested and Sure.ASKED in edits.sure)
        )
        if self.surface == "thread":
            return certain or not asks
        return certain and not asks

    def _asked(self, said: Utterance) -> Intent:
        """Return what a message means that is not about a deck's slides."""
        begun = opening(said)
        for reader in (provenance, why):
            meant = reader(begun)
            if meant is not None:
                return meant
        noted = self._note(said, begun)
        if noted is not None:
            return noted
        written = write(begun)
        if written is not None:
            return written
        disputed = dispute(begun, addressed=True)
        if disputed is not None:
            return disputed
        lean = "past" if self._backward(said) else "near"
        found = scan(said, begun.start, lean=lean)  # type: ignore[arg-type]
        meant = question(found, asker=self.owner, previous=self.previous)
        meant = meant.model_copy(update={"read_as": (*found.read_as, *meant.read_as)})
        if isinstance(meant, Unread | FollowUp) or not found.unknown:
            return meant
        understood = len(said.keys) - len(found.unknown)
        return meant if understood >= len(found.unknown) else Unread(unread=found.unread())

    def _common_name(self) -> Intent | None:
        """Return a choice among the records with a word in their names that alone says too little (`paper`)."""
        found = scan(self.said, opening(self.said).start)
        for index in found.unknown:
            named = self.lexicon.names.every(self.said.keys[index])
            if named.accounts or named.deals:
                chosen = choose(found, named.accounts or named.deals, index, index + 1)
                return chosen.model_copy(update={"unread": ()})
        return None

    def _without_deck(self) -> Intent | None:
        """Return the problem with an edit where there is no deck to edit."""
        draft = draft_of(self.said, Book(), _EMPTY, author=self.author, addressed=True, now=self.now)
        if draft.unread or not (draft.flags or Sure.CERTAIN in draft.sure or draft.problems):
            return None
        return Problem(
            kind="edit",
            value=self.said.text.strip(),
            known=("weekly",),
            message="There is no deck in this conversation yet; ask for one first, for example: weekly.",
            undo=draft.flags == {"undo": None} and not draft.ops,
        )

    def _note(self, said: Utterance, begun: Opening) -> Intent | None:
        """Return a note on a deal outside of a deck's thread."""
        draft = Drafting(
            said=said,
            posted=self.posted,
            spec=self.spec or _EMPTY,
            author=self.author,
            addressed=True,
            now=self.now,
        )
        found = note_at(draft, begun.start)
        if found is None:
            return None
        record, text, _ = found
        return AddNote(deal=record, text=text) if isinstance(record, Candidate) else record

    def _backward(self, said: Utterance) -> bool:
        """Say whether the message asks about what has been: then `Q3` is the last one that has begun."""
        measures = self.lexicon.words.raw["defaults"]["backward"]
        for index in range(len(said.keys)):
            found = said.meanings_at(index)
            if found and any(
                (meaning.sort == "measure" and meaning.value in measures)
                or (meaning.sort == "topic" and meaning.value in {"wins", "losses", "slipped", "changed"})
                for meaning in found[0]
            ):
                return True
        return bool({"did", "was", "were"} & set(said.keys))

    def _mended(self) -> tuple[Utterance | None, tuple[str, ...]]:
        """Return the message with slips in command words mended, and what each was read as."""
        found = scan(self.said, opening(self.said).start)
        commands = self.lexicon.commands
        changes: dict[int, str] = {}
        for index in found.unknown:
            if self.said.tokens[index].shape != "word":
                continue
            better = corrected(self.said.keys[index], commands)
            if better is None and len(self.said.keys[index]) > 5:
                better = corrected(self.said.keys[index], self.lexicon.names.all_words())
            if better is not None:
                changes[index] = better
        if not changes:
            return None, ()
        keys = tuple(changes.get(index, key) for index, key in enumerate(self.said.keys))
        mended = Utterance(self.said.text, self.said.tokens, keys, self.lexicon)
        return mended, tuple(f"Read as: {word}" for word in changes.values())


def _owned_by(name: str | None, lexicon: Lexicon) -> str | None:
    """Return the name where deals are owned or managed under it; None for anybody else."""
    return name if name in lexicon.values["owner"] or name in lexicon.values["manager"] else None


def _without_command(text: str) -> str:
    """Return the text without a slash command in front."""
    matched = _COMMAND.match(text)
    return text[matched.end() :] if matched else text


def _mentions(said: Utterance) -> tuple[bool, bool]:
    """Say whether the message mentions us, and whether it mentions anybody else."""
    us = others = False
    for token in said.tokens:
        if token.shape == "mention":
            name = token.key.strip("<>@!#").split("|")[0]
        elif token.shape == "person":
            name = token.key.lstrip("@").rstrip(".")
        else:
            continue
        if fold(name) in said.lexicon.bots:
            us = True
        elif not token.key.startswith("<#"):
            others = True
    return us, others


def _without_us(said: Utterance) -> Utterance:
    """Return the message without the mentions of us."""
    kept = [
        token
        for token in said.tokens
        if not (
            token.shape in {"mention", "person"}
            and fold(token.key.strip("<>@!#").split("|")[0].rstrip(".")) in said.lexicon.bots
        )
    ]
    return Utterance(said.text, tuple(kept), tuple(token.key for token in kept), said.lexicon)


_EMPTY = ReportSpec(kind="weekly", period="this-quarter", slides=())

__all__ = ["MOST_WORDS", "Edits", "Problem", "read"]
