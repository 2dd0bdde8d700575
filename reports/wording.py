"""Sentences worded by a model: which ones of a deck may be, what may be said in place of them, and the deck with them.

A sentence stands for a template of ours and binds the same facts. It may say them in other words, and nothing else:
no number, name, date, side, cause or link that the template's own sentence does not have.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from reports.deck import Block, Deck, Lines, Words
from reports.facts import Fact
from reports.loaded import CAUSES, CURRENCIES, DATES, PLAIN, PROMISES, QUANTITIES, SIDES
from reports.narrative import EXEMPT, TOKEN, say, strays, tokens

Wording = Mapping[str, str]
# How much longer than the template a sentence may be, and so many letters more: slides have no more room.
LONGER, _ROOM = 1.2, 25
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_PLAIN = frozenset(" .,;:!?'’“”\"()–—-→&")
# A sign before a fact would change it; what stands between these marks is a part of a sentence.
_SIGNS = frozenset("-–—−+~<>≈")
_PARTS = re.compile(r"[,;:!?—]|\.(?!\w)")
_ITEMS = re.compile(rf"{TOKEN.pattern}|{_WORD.pattern}")
_LINKS = re.compile(r"https?|www|://|[\w-]\.[A-Za-z]|\bmailto\b", re.IGNORECASE)
_CAUSE = re.compile(rf"\b(?:{'|'.join(re.escape(phrase) for phrase in CAUSES)})\b", re.IGNORECASE)
# Facts that say where something comes from: with one of them a sentence may say so.
_DRIVERS = re.compile(r"driver|cause(?:\..*)?|.*\.reason")


def sentences(deck: Deck) -> Mapping[str, tuple[Fact, ...]]:
    """Return the templates of a deck that a model may word, each with its facts, in their order.

    They are the message's headline, lead and changes, and the lines of slides but for lists of decisions, whose words
    people act on, and definitions. Titles stay: they are checked against what their slide shows.
    """
    found: dict[str, tuple[Fact, ...]] = {}
    for words, facts in _worded(deck):
        if words.by is None and tokens(words.template) and _is_sentence(words.template):
            bound = tuple(facts[name] for name in dict.fromkeys(tokens(words.template)) if name in facts)
            found.setdefault(words.template, bound)
    return found


def reworded(deck: Deck, wording: Wording) -> Deck:
    """Return the deck with the sentences of `wording` in place of its templates' (by template); others stay."""
    if not wording:
        return deck
    told = deck.message
    facts = {fact.id: fact for fact in told.facts}
    message = told.model_copy(
        update={
            "headline": _said(told.headline, facts, wording),
            "lead": None if told.lead is None else _said(told.lead, facts, wording),
            "changes": tuple(_said(words, facts, wording) for words in told.changes),
        }
    )
    slides = tuple(
        slide.model_copy(
            update={
                "blocks": tuple(
                    _block(block, {fact.id: fact for fact in slide.facts}, wording) for block in slide.blocks
                )
            }
        )
        for slide in deck.slides
    )
    return deck.model_copy(update={"message": message, "slides": slides})


def objections(sentence: str, template: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Return why a sentence may not stand in place of a template's, one line each; empty where it may."""
    return tuple(_objections(sentence, template, facts))


def _objections(sentence: str, template: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    yield from _tokens(sentence, template, facts)
    bare, own = TOKEN.sub(" ", sentence), TOKEN.sub(" ", template)
    if len(sentence) > len(template) * LONGER + _ROOM:
        yield "it is too long"
    if strange := sorted({char for char in bare if not _is_plain(char) and char not in own}):
        yield f"it holds {strange[0]!r}"
    if _LINKS.search(bare):
        yield "it holds what may be a link"
    yield from _numbers(bare, own)
    said, meant = _counted(bare), _counted(own)
    for what, loaded in (
        ("number", QUANTITIES),
        ("currency", CURRENCIES),
        ("date", DATES),
        ("promise", PROMISES),
    ):
        for word, times in said.items():
            if word in loaded and times > meant[word]:
                yield f"it says {word!r}, a {what} that is not in the template"
    for word in said:
        if word not in meant and word not in PLAIN:
            yield f"it says {word!r}, which is neither the template's nor a plain word"
    for side, loaded in SIDES.items():
        if any(word in loaded for word in said) != any(word in loaded for word in meant):
            yield f"it changes the side: {side}"
    drivers = any(_DRIVERS.fullmatch(name) for name in tokens(sentence))
    if not drivers and len(_CAUSE.findall(bare)) > len(_CAUSE.findall(own)):
        yield "it names a cause without a fact that is one"
    yield from _names(bare, own)


def _tokens(sentence: str, template: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    """Yield what is wrong with the facts: those of the template, each as often, those of one kind in their order."""
    said, meant = tokens(sentence), tokens(template)
    if Counter(said) != Counter(meant):
        yield "it does not bind the facts of the template"
    elif any(name not in facts for name in said):
        yield "it binds what is no fact"
    elif any(
        [name for name in said if facts[name].unit is unit]
        != [name for name in meant if facts[name].unit is unit]
        for unit in {facts[name].unit for name in meant}
    ):
        yield "it changes the order of its facts"
    if set("{}") & set(TOKEN.sub("", sentence)):
        yield "it holds a broken token"
    if _touched(sentence) - _touched(template):
        yield "it puts a sign or a letter to a fact"
    beside = _beside(template)
    for name, around in _beside(sentence).items():
        if beside.get(name) and not around & beside[name]:
            yield f"it says {name!r} of something else"


def _touched(sentence: str) -> Counter[tuple[str, str, str]]:
    """Return the facts that a sign stands before, or that touch a letter or a digit, each with what that is."""
    found: Counter[tuple[str, str, str]] = Counter()
    for match in TOKEN.finditer(sentence):
        before, behind = sentence[: match.start()], sentence[match.end() :]
        sign = before.rstrip()[-1:] if before.rstrip()[-1:] in _SIGNS or before[-1:].isalnum() else ""
        letter = behind[:1] if behind[:1].isalnum() else ""
        if sign or letter:
            found[match[0], sign, letter] += 1
    return found


def _beside(sentence: str) -> Mapping[str, set[str]]:
    """Return for each fact the nearest words on both sides, in its part of the sentence, that are more than plain."""
    found: dict[str, set[str]] = {}
    for part in _PARTS.split(sentence):
        row = [match[0] for match in _ITEMS.finditer(part)]
        facts = [place for place, item in enumerate(row) if TOKEN.fullmatch(item)]
        for place in facts:
            around = found.setdefault(tokens(row[place])[0], set())
            for side in (row[:place][::-1], row[place + 1 :]):
                for item in side:
                    if TOKEN.fullmatch(item):
                        break
                    word = re.sub("['’]", "", item.casefold())
                    if word not in PLAIN:
                        around.add(word)
                        break
    return found


def _numbers(bare: str, own: str) -> Iterator[str]:
    """Yield the numbers beside the facts; names of periods count, unless the template has them too."""
    allowed = Counter(EXEMPT.findall(own))
    if Counter(EXEMPT.findall(bare)) - allowed:
        yield "it names a period that is not in the template"
    known = Counter(strays(own))
    for stray in Counter(strays(bare)) - known:
        yield f"it says {stray!r}, which comes from no fact"


def _names(bare: str, own: str) -> Iterator[str]:
    """Yield capitalised words inside a sentence that the template does not have: they may be names."""
    known = set(_WORD.findall(own)) | {"I"}
    for match in _WORD.finditer(bare):
        before = bare[: match.start()].rstrip()
        opens = not before or before[-1] in ".!?:"
        if match[0][0].isupper() and not opens and match[0] not in known:
            yield f"it says {match[0]!r}, which may be a name"


def _counted(text: str) -> Counter[str]:
    """Return the words of a text, folded, apostrophes left out, and how often each occurs."""
    return Counter(re.sub("['’]", "", word.casefold()) for word in _WORD.findall(text))


def _is_plain(char: str) -> bool:
    """Say whether a character may stand in a sentence: a Latin letter, a space, a mark."""
    if char in _PLAIN:
        return True
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN ") and not _is_styled(char)


def _is_styled(char: str) -> bool:
    """Say whether a letter is one in disguise: full width, superscript, a ligature."""
    return unicodedata.normalize("NFKC", char) != char


def _worded(deck: Deck) -> Iterator[tuple[Words, Mapping[str, Fact]]]:
    told = deck.message
    facts = {fact.id: fact for fact in told.facts}
    for words in (told.headline, *((told.lead,) if told.lead else ()), *told.changes):
        yield words, facts
    for slide in deck.slides:
        shown = {fact.id: fact for fact in slide.facts}
        for block in slide.blocks:
            if isinstance(block, Lines) and _is_free(block):
                for words in block.lines:
                    yield words, shown


def _is_sentence(template: str) -> bool:
    """Say whether a template is a sentence that can be worded, not a definition: `{{name}}: {{definition}}`, `a = b`."""
    bare = TOKEN.sub(" ", template)
    return "=" not in bare and _WORD.search(bare) is not None


def _is_free(block: Lines) -> bool:
    """Say whether the lines of a block may be worded: decisions are not."""
    return block.numbered != "A"


def _block(block: Block, facts: Mapping[str, Fact], wording: Wording) -> Block:
    if not isinstance(block, Lines) or not _is_free(block):
        return block
    return block.model_copy(update={"lines": tuple(_said(words, facts, wording) for words in block.lines)})


def _said(words: Words, facts: Mapping[str, Fact], wording: Wording) -> Words:
    sentence = wording.get(words.template)
    if words.by is not None or sentence is None or objections(sentence, words.template, facts):
        return words
    return say(sentence, facts)
