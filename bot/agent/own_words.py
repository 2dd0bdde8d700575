"""A person's own words: titles of slides and notes on deals, kept as they were typed."""

from __future__ import annotations

from bot.agent.draft import Drafting
from bot.agent.intents import Candidate, Choose, Problem
from bot.agent.names import SHOWN, Named
from bot.agent.spelling import corrected
from bot.agent.tokens import loose
from reports.edits import AddNote, RemoveNote, SetTitle
from reports.spec import Note

_SIGNS = {":", "=", "->", "→"}
_SAYS = {"to", "as", "into", "with", "-", "–", "—"}
# Without a sign or a saying word the rest is taken as a title only when we were addressed: `title slide 2 is wrong`.
_BARE_VERBS = {"title", "rename", "retitle", "headline"}


def title(draft: Drafting, at: int) -> int | None:
    """Read `title slide 2: …`, `rename slide 2 to …`, `slide 2 title: …`: the words are the person's, to the line's end."""
    verb = draft.has("title", at)
    place = at + verb
    while verb and draft.key(place) in {"of", "for", "on", "the", "title", "headline", ":"}:
        place += 1
    refs = draft.refs(place, bare=bool(verb), many=False)
    if refs is None:
        return None
    place += refs.length
    if draft.key(place) == "'" and draft.key(place + 1) == "s":
        place += 2
    if draft.key(place) == "s":
        place += 1
    named = draft.key(place) in {"title", "headline", "heading", "header"}
    if not verb and not named:
        return None
    if (
        verb
        and draft.key(at) == "give"
        and not (draft.key(place) in {"the", "a"} and draft.key(place + 1) in {"title", "headline"})
    ):
        return None
    if draft.key(at) == "give":
        place, named = place + 2, False
    place += named
    says = draft.key(place) in _SIGNS or bool(verb and draft.key(place) in _SAYS)
    says_at = place
    while draft.key(says_at) in {"should", "be", "must", "read", "reads", "say", "says", "is"}:
        says_at += 1
    place = says_at if draft.quoted(says_at) else place
    place += says or (draft.key(place) in _SAYS and draft.quoted(place + 1) is not None)
    place += says and draft.key(place) in _SIGNS
    quoted = draft.quoted(place)
    text, end = quoted or draft.words_to_line_end(place)
    bare = (draft.addressed and draft.key(at) in _BARE_VERBS) or draft.key(at) == "give"
    if not text or not (says or quoted or bare):
        return None
    if draft.missing(refs):
        return end
    draft.put(SetTitle(slide=refs.ids[0], title=draft.person_text(text)))
    return end


def untitle(draft: Drafting, at: int) -> int | None:
    """Read `reset the title of slide 2`, `slide 2 original title`."""
    if draft.key(at) not in {
        "reset",
        "restore",
        "remove",
        "clear",
        "undo",
        "drop",
        "original",
        "computed",
        "default",
        "automatic",
    }:
        return None
    place = draft.articles(at + 1)
    while draft.key(place) in {"custom", "original", "own", "old"}:
        place += 1
    if draft.key(place) not in {"title", "headline", "heading", "titles"}:
        return None
    place += 1
    while draft.key(place) in {"of", "on", "for", "from"}:
        place += 1
    refs = draft.refs(place, bare=True)
    if refs is None:
        return None
    if not draft.missing(refs):
        draft.put(*(SetTitle(slide=slide, title=None) for slide in refs.ids))
    return place + refs.length


def note(draft: Drafting, at: int) -> int | None:
    """Read `note on ostrander: …`: the words are the person's, to the line's end."""
    found = note_at(draft, at)
    if found is None:
        return None
    record, text, end = found
    if isinstance(record, Candidate):
        draft.put(AddNote(note=Note(deal_id=record.id, deal=record.name, words=draft.person_text(text))))
    elif isinstance(record, Choose):
        draft.choices.append(record)
    else:
        draft.problems.append(record)
    return end


def note_at(draft: Drafting, at: int) -> tuple[Candidate | Choose | Problem, str, int] | None:
    """Return the deal, the words and the end of a note that begins at `at`; None where none does."""
    verb = draft.has("note", at)
    if not verb:
        return _note_behind(draft, at)
    place = at + verb
    while draft.key(place) in {"on", "for", "about", "to", "re", "the", "deal", "regarding", "at", "in"}:
        place += 1
    if draft.refs(place) is not None:
        return None
    named = draft.said.names_at(place)
    if not (named.deals or named.accounts):
        named = Named()  # a note for a person is not a note on a deal
    colon = next(
        (index for index in range(place, min(place + 10, len(draft.keys))) if draft.key(index) == ":"), None
    )
    if not named:
        if colon is None or colon == place:
            return None
        text, end = draft.words_to_line_end(colon + 1)
        name = draft.said.raw(place, colon)
        near = _near(draft, place, colon)
        if near:
            draft.read_as.append(f"Read as: {near.deals[0].name if near.deals else near.accounts[0].name}")
            return deal_named(draft, near, name, text), text, end
        return (_no_deal(name), text, end) if text and draft.addressed else None
    after = place + named.length
    if colon is not None and colon - after <= 4:
        after = colon + 1
    else:
        while draft.key(after) in {"-", "–", "—", ",", "that", "saying", "says", "deal"}:
            after += 1
    quoted = draft.quoted(after)
    text, end = quoted or draft.words_to_line_end(after)
    if not text:
        return None
    return deal_named(draft, named, draft.said.raw(place, place + named.length), text), text, end


def _note_behind(draft: Drafting, at: int) -> tuple[Candidate | Choose | Problem, str, int] | None:
    """Read `ostrander note: …`."""
    named = draft.said.names_at(at)
    place = at + named.length
    if not (named.deals or named.accounts) or draft.keys[place : place + 2] != ("note", ":"):
        return None
    text, end = draft.words_to_line_end(place + 2)
    return (deal_named(draft, named, draft.said.raw(at, place), text), text, end) if text else None


def _near(draft: Drafting, start: int, end: int) -> Named | None:
    """Return what a name with a slip in it means; None where no name is near."""
    names = draft.said.lexicon.names
    keys = [corrected(loose(key), names.all_words()) or key for key in draft.keys[start:end]]
    named = names.at(keys, 0)
    return named if named.deals or named.accounts else None


def deal_named(draft: Drafting, named: Named, typed: str, text: str) -> Candidate | Choose | Problem:
    """Return the one deal that is meant; several to choose from; or the problem that it is none.

    Deals on the posted deck come before others, open ones before closed ones.
    """
    deals = (*named.deals, *named.account_deals)
    for chosen_from in (
        [deal for deal in deals if deal.id in draft.posted.records],
        [deal for deal in deals if deal.id in named.open_ids],
        list(deals),
    ):
        if len(chosen_from) == 1:
            return chosen_from[0]
        if chosen_from:
            return Choose(
                name=typed,
                candidates=tuple(chosen_from[:SHOWN]),
                more=max(0, len(chosen_from) - SHOWN),
                text=f"note on {{}}: {text}",
            )
    return _no_deal(typed)


def _no_deal(name: str) -> Problem:
    return Problem(
        kind="deal", value=name, message=f"I know no deal called {name!r}; write its name as the CRM has it."
    )


def unnote(draft: Drafting, at: int) -> int | None:
    """Read `remove the note on ostrander`."""
    if not draft.has("drop", at) and draft.key(at) not in {"clear", "reset"}:
        return None
    place = draft.articles(at + max(1, draft.has("drop", at)))
    if draft.key(place) not in {"note", "notes", "comment", "context"}:
        return None
    place += 1
    while draft.key(place) in {"on", "for", "about", "from", "the"}:
        place += 1
    named = draft.said.names_at(place)
    with_note = {note.deal_id for note in draft.spec.notes}
    deals = [deal for deal in (*named.deals, *named.account_deals) if deal.id in with_note]
    if not named or not deals:
        return None
    draft.put(*(RemoveNote(deal_id=deal.id) for deal in deals))
    return place + named.length
