"""Requests known by how they begin or by one turn of phrase: why, where from, disputes, courtesies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.agent.amounts import amount_at
from bot.agent.asks import merged
from bot.agent.intents import (
    Candidate,
    Courtesy,
    Dispute,
    Help,
    Intent,
    Menu,
    Provenance,
    Why,
)
from bot.agent.lexicon import chosen
from bot.agent.records import candidates
from bot.agent.scan import scan
from bot.agent.utterance import Utterance
from reports.facts import Filter

_WRONG = (
    ("wrong",),
    ("incorrect",),
    ("not", "right"),
    ("isnt", "right"),
    ("arent", "right"),
    ("outdated",),
    ("out", "of", "date"),
    ("not", "correct"),
    ("is", "off"),
    ("are", "off"),
    ("doesnt", "look", "right"),
    ("looks", "off"),
    ("look", "off"),
    ("cant", "be", "right"),
    ("cannot", "be", "right"),
)
# What opens a question for where a number comes from, without a word like `from` at its end.
_TRACING = {
    "define", "definition", "source", "provenance", "explain", "prove", "evidence", "trace", "show", "deals", "records",
}  # fmt: skip
_TRACES = {
    ("how", "do", "you", "calculate"),
    ("how", "do", "we", "calculate"),
    ("how", "do", "you", "compute"),
    ("how", "do", "we", "compute"),
    ("how", "do", "you", "define"),
    ("how", "is", "it", "calculated"),
    ("what", "counts", "as"),
    ("what", "is", "behind"),
    ("what", "makes", "up"),
    ("whats", "the", "definition", "of"),
    ("whats", "behind"),
    ("where", "from"),
    ("which", "deals", "make", "up"),
    ("which", "deals", "are", "in"),
}
_CLAIMS = {
    "closed": "won", "signed": "won", "won": "won", "booked": "won", "lost": "lost", "dead": "lost", "moved": "moved",
    "pushed": "moved", "slipped": "moved",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """The message with politeness at its start left out: `start` is the first word that means something."""

    said: Utterance
    start: int

    @property
    def rest(self) -> tuple[str, ...]:
        """Return the words from the start on, without marks and politeness at the end."""
        said = self.said
        end = len(said.keys)
        while end > self.start and (
            said.tokens[end - 1].shape in {"mark", "emoji"} or _polite_end(said, end)
        ):
            end -= 1
        return said.keys[self.start : end]


def opening(said: Utterance) -> Opening:
    """Return where the message begins to mean something."""
    at = 0
    while at < len(said.keys):
        token = said.tokens[at]
        if token.shape in {"emoji", "mention", "person"} or (
            token.shape == "mark" and token.key not in {"?", ">", "<"}
        ):
            at += 1
            continue
        words = said.lexicon.words
        polite = max(words.polite.length(said.keys, at), words.openers.length(said.keys, at))
        longer = said.period_at(at) or said.meanings_at(at) or (said.keys[at] == "all" and (0, 2))
        if not polite or at + polite >= len(said.keys) or (longer and longer[1] > polite):
            break
        at += polite
    return Opening(said, at)


def courtesy(said: Utterance) -> Intent | None:
    """Return the menu, help, or a courtesy where the whole message is one."""
    words = tuple(
        token.key
        for token in said.tokens
        if token.shape not in {"emoji", "mention"} and token.key not in {"!", ".", ",", "/"}
    )
    if not words:
        return Courtesy(kind="fine") if said.text.strip(" \n/!.,") else Menu()
    stripped = words if words == ("?",) else tuple(word for word in words if word != "?")
    command = said.lexicon.words.commands.exact(stripped) if stripped else "help"
    if command == "menu":
        return Menu()
    if command == "help":
        return Help()
    if stripped[:1] == ("help",):
        return Help(about=" ".join(stripped[1:]))
    if command == "thanks":
        return Courtesy(kind="thanks")
    if command == "hello":
        return Courtesy(kind="hello")
    at = 0
    while at < len(words):
        length = max(
            said.lexicon.words.polite.length(words, at), said.lexicon.words.openers.length(words, at)
        )
        if not length:
            return None
        at += length
    return Courtesy(kind="fine")


def why(begun: Opening) -> Intent | None:
    """Read `why is emea low`, `what is driving the gap`, `how come ostrander slipped`."""
    said, at = begun.said, begun.start
    length = said.lexicon.words.why["words"].length(said.keys, at)
    phrase = said.meanings_at(at)
    if not length or (phrase and phrase[1] > length and chosen(phrase[0], "noun")):
        return None
    found = scan(said, at + length)
    measures = found.of("measure")
    direction = ""
    for index in range(at + length, len(said.keys)):
        for name in ("low", "high"):
            if not direction and said.lexicon.words.why[name].length(said.keys, index):
                direction = name
    filters = list(found.filters)
    for meanings, _, _ in found.hits:
        value = chosen(meanings, "value")
        if value and value.dim and not chosen(meanings, "measure") and not chosen(meanings, "topic"):
            filters.append(Filter(dim=value.dim, values=(value.value,)))
    deal: Candidate | None = None
    for named, _, _ in found.named:
        if named.people and not named.accounts and not named.deals and len(named.people) == 1:
            filters.append(Filter(dim="owner", values=(named.people[0].name,)))
            continue
        deals = [item for item in candidates(named) if item.id in named.open_ids] or list(candidates(named))
        if len(deals) == 1:
            deal = deals[0]
        elif len(named.accounts) == 1:
            filters.append(Filter(dim="account", values=(named.accounts[0].name,)))
    if said.keys[at] not in {"why", "how", "reason", "reasons", "explain"} and (
        deal or not (filters or measures)
    ):
        return None
    return Why(
        filters=merged(tuple(filters)),
        measure=measures[0] if measures else None,
        direction=direction,  # type: ignore[arg-type]
        period=found.periods[0] if found.periods else None,
        deal=deal,
        unread=tuple(said.raw(index, index + 1) for index in found.unknown if not _directional(said, index)),
        assumed=() if found.periods else ("period: this quarter",),
    )


def provenance(begun: Opening) -> Intent | None:
    """Read `where does 5.49 come from`, `how is coverage calculated`, `define win rate`."""
    said, at = begun.said, begun.start
    keys = said.keys
    length = said.lexicon.words.provenance.length(keys, at)
    if not length:
        return None
    opened = keys[at : at + length]
    tail = any(said.lexicon.words.tails.length(keys, index) for index in range(at + length, len(keys)))
    strict = opened[0] in _TRACING or opened in _TRACES
    number, value, measure, slide = None, None, None, None
    index = at + length
    while index < len(keys):
        if keys[index] == "slide" and index + 1 < len(keys):
            slide = keys[index + 1]
            index += 2
            continue
        amount = amount_at(keys, index)
        if amount is not None and number is None:
            number, value = _plain_number(keys[index]), amount[0].value
            index += amount[1]
            continue
        percent = re.fullmatch(r"(\d+(?:\.\d+)?)(?:%|x)", keys[index])
        if percent and number is None:
            number, value = percent[1], Decimal(percent[1])
        meanings = said.meanings_at(index)
        meant = chosen(meanings[0], "measure") if meanings else None
        if meanings and meant and measure is None:
            measure, index = meant.value, index + meanings[1]
            continue
        index += 1
    alone = opened in {("where", "from"), ("show", "your", "work")} or opened[-2:] == ("come", "from")
    pointed = tail and {"this", "that", "it", "number", "numbers"} & set(keys[at:])
    if number is None and measure is None and not alone and not pointed:
        return None
    if not (tail or strict or alone or (opened[0] in {"where", "whats", "what"} and number is not None)):
        return None
    if (
        number is None
        and opened[0] in {"what", "whats", "how"}
        and opened[-1] in {"is", "whats"}
        and not tail
    ):
        return None
    return Provenance(number=number, value=value, measure=measure, slide=slide)


def dispute(begun: Opening, *, addressed: bool) -> Intent | None:
    """Read `number's wrong, cobalt closed friday`: what somebody says a record should be."""
    said, keys = begun.said, begun.said.keys
    wrong = any(keys[index : index + len(words)] == words for index in range(len(keys)) for words in _WRONG)
    if "?" in keys:
        return None
    deal: Candidate | None = None
    claim, day, amount = "", None, None
    for index in range(begun.start, len(keys)):
        named = said.names_at(index)
        if named and not named.people and deal is None and not said.lexicon.words.filler.at(keys, index):
            deals = [item for item in candidates(named) if item.id in named.open_ids] or list(
                candidates(named)
            )
            deal = deals[0] if len(deals) == 1 else None
            following = keys[index + named.length : index + named.length + 3]
            claim = next((_CLAIMS[word] for word in following if word in _CLAIMS), claim)
        if deal is not None and day is None:
            found = said.day_at(index, "past")
            day = found[0] if found else None
            money = amount_at(keys, index)
            amount = money[0].meant if money and not money[0].bare else amount
    if not wrong and not (addressed and deal is not None and claim):
        return None
    if (
        not wrong
        and keys[begun.start : begun.start + 1]
        and keys[begun.start] in {"which", "what", "when", "did", "has", "is", "who", "show"}
    ):
        return None
    return Dispute(deal=deal, claim=claim or ("amount" if amount and deal else ""), day=day, amount=amount)  # type: ignore[arg-type]


def _plain_number(key: str) -> str:
    return key.lstrip("$€£").rstrip("abcdefghijklmnopqrstuvwxyz%")


def _directional(said: Utterance, index: int) -> bool:
    words = said.lexicon.words.why
    return bool(words["low"].length(said.keys, index) or words["high"].length(said.keys, index))


def _polite_end(said: Utterance, end: int) -> bool:
    return any(
        said.lexicon.words.polite.length(said.keys[:end], end - size) == size
        for size in (1, 2, 3)
        if end >= size
    )
