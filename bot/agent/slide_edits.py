"""Edits of the slides that are there: drop, keep, move, swap, and what one of them shows."""

from __future__ import annotations

from bot.agent.draft import Drafting, Sure
from bot.agent.modifiers import modifiers
from bot.agent.new_slides import add, question_at, replace
from bot.agent.own_words import note, title, unnote, untitle
from bot.agent.slides import Refs
from reports.edits import AddSlide, MoveSlide, RemoveSlide

_GONE = (
    ("can", "go"),
    ("should", "go"),
    ("could", "go"),
    ("has", "to", "go"),
    ("needs", "to", "go"),
    ("must", "go"),
    ("goes",),
    ("out",),
    ("go", "away"),
    ("gone",),
    ("off",),
    ("away",),
    ("is", "not", "needed"),
    ("not", "needed"),
    ("isnt", "needed"),
    ("are", "not", "needed"),
    ("arent", "needed"),
)
# `make slide 4 win rate by segment` puts another slide in its place.
_REMAKE = {"make", "turn", "change", "switch", "convert", "set"}
_UP = {"up": -1, "forward": -1, "earlier": -1, "down": 1, "back": 1, "later": 1}


def slide_edit(draft: Drafting, at: int) -> int | None:
    """Read one edit of slides or a note at `at` and keep its ops; return the place behind it, None for none."""
    for reader in (title, untitle, note, unnote, replace, _swap, _move, _keep, _drop, add, _about):
        end = reader(draft, at)
        if end is not None:
            return end
    return None


def _swap(draft: Drafting, at: int) -> int | None:
    """Read `swap 3 and 4`."""
    verb = draft.has("swap", at)
    if not verb:
        return None
    first = draft.refs(at + verb, bare=True, many=False)
    if first is None:
        return None
    place = at + verb + first.length
    if draft.key(place) not in {"and", "with", "&", "for"}:
        return None
    second = draft.refs(place + 1, bare=True, many=False)
    if second is None:
        return None
    end = place + 1 + second.length
    while draft.key(end) in {"around", "over", "places"}:
        end += 1
    if draft.missing(first) or draft.missing(second):
        return end
    one, other = sorted((first.ids[0], second.ids[0]), key=draft.posted.ids.index)
    behind_other = draft.posted.after(other)
    draft.put(MoveSlide(slide=other, before=one), MoveSlide(slide=one, before=behind_other))
    return end


def _move(draft: Drafting, at: int) -> int | None:
    """Read `move slide 5 before 2`, `5 after 7`, `put slide 6 first`, `move 3 to the end`, `move 4 up`, `move 6 to 2`."""
    verb = draft.has("move", at)
    verb += verb and draft.key(at + verb) == ":"
    refs = draft.refs(draft.articles(at + verb), bare=True, named=bool(verb))
    if refs is None:
        return None
    place = draft.articles(at + verb) + refs.length
    goal = _goal(draft, place, refs.ids, spoken=bool(verb) or refs.explicit)
    if goal is None:
        return None
    before, end = goal
    if not draft.missing(refs):
        draft.put(*(MoveSlide(slide=slide, before=before) for slide in refs.ids if slide != before))
    return end


def _goal(  # noqa: C901, PLR0912 — one branch a way to say a place
    draft: Drafting, place: int, moved: tuple[str, ...], *, spoken: bool
) -> tuple[str | None, int] | None:
    """Return before which slide (None: the end) the words at `place` put the moved ones, and where they end."""
    posted = draft.posted
    for name in ("first", "last"):
        length = draft.has(name, place)
        if length and (spoken or length > 1) and draft.separated(place + length):
            before = (
                next((slide for slide in posted.ids if slide not in moved), None) if name == "first" else None
            )
            return before, place + length
    to = place + 1 if draft.key(place) in {"to", "right", "directly", "just"} else place
    for name in ("before", "after"):
        length = draft.has(name, to)
        refs = (
            draft.refs(draft.articles(to + length), bare=True, many=False, named=spoken) if length else None
        )
        if refs is None:
            continue
        end = draft.articles(to + length) + refs.length
        if draft.missing(refs):
            return None, end
        if name == "before":
            return refs.ids[0], end
        following = posted.after(refs.ids[0])
        while following is not None and following in moved:
            following = posted.after(following)
        return following, end
    if not spoken or not moved:
        return None
    if draft.key(place) in _UP:
        step, end = _UP[draft.key(place)], place + 1
        if draft.key(end) in {"one", "1"}:
            end += 1
        neighbour = posted.before(moved[0]) if step < 0 else posted.after(moved[-1])
        if neighbour is None:
            return (moved[0] if step < 0 else None), end
        return (neighbour if step < 0 else posted.after(neighbour)), end
    if draft.key(place) in {"to", "into", "as"}:
        goal_at = place + 1
        while draft.key(goal_at) in {"position", "place", "spot", "number", "slot", "the"}:
            goal_at += 1
        refs = draft.refs(goal_at, bare=True, many=False)
        if refs is not None and not refs.unknown:
            target = refs.ids[0]
            ahead = posted.ids.index(target) < posted.ids.index(moved[0])
            return (target if ahead else posted.after(target)), goal_at + refs.length
    return None


def _keep(draft: Drafting, at: int) -> int | None:
    """Read `keep only slides 1, 2 and 5`, `only slides 1-3`: the others go."""
    verb = draft.has("keep", at)
    if not verb:
        return None
    words = draft.keys[at : at + verb]
    refs = draft.refs(at + verb, bare="keep" in words or "leave" in words)
    if refs is None:
        return None
    end = at + verb + refs.length
    only = "only" in words or "just" in words
    if draft.key(end) == "only":
        only, end = True, end + 1
    if not only or not draft.separated(end) or (not refs.explicit and "keep" not in words):
        return None
    if not draft.missing(refs):
        draft.put(*(RemoveSlide(slide=slide) for slide in draft.posted.ids if slide not in refs.ids))
    return end


def _drop(draft: Drafting, at: int) -> int | None:
    """Read `drop 4 and 6`, `lose the appendix`, `remove slides 2-4`."""
    verb = draft.has("drop", at)
    if not verb:
        return None
    place = draft.articles(at + verb)
    refs = draft.refs(place, bare=True)
    if refs is None:
        return None
    end = place + refs.length
    if verb == 1 and draft.key(at) in {"take", "leave"}:
        if draft.key(end) not in {"out", "off", "away"}:
            return None
        end += 1
    if not refs.explicit and not draft.separated(end):
        return None
    if draft.missing(refs) and not refs.explicit and not draft.addressed:
        draft.problems.clear()
        return None
    draft.put(*(RemoveSlide(slide=slide) for slide in refs.ids))
    return end


def _about(draft: Drafting, at: int) -> int | None:
    """Read `slide 3 only EMEA in eur`, `on slide 3: …`, `slide 4 can go`, `make slide 3 enterprise only`."""
    place = at
    for _ in range(3):
        length = draft.has("show", place)
        if not length or draft.refs(place):
            break
        place += length
    place = draft.articles(place)
    refs = draft.refs(place) or _numbered(draft, place, led=place > at)
    whole = 0 if refs else draft.report_at(place)
    if refs is None and not whole:
        return None
    end = place + (refs.length if refs else whole)
    if refs and (gone := _gone(draft, end)):
        if not draft.missing(refs):
            draft.put(*(RemoveSlide(slide=slide) for slide in refs.ids))
        return gone
    while draft.key(end) in {
        ":",
        "-",
        "–",
        "—",
        "should",
        "to",
        "be",
        "must",
        "needs",
        "shows",
        "show",
        ",",
        "now",
        "is",
        "'",
    }:
        end += 1
    count = len(draft.ops)
    replaced = question_at(draft, end) if refs and not refs.unknown and len(refs.ids) == 1 else None
    if refs and replaced is not None and draft.key(at) in _REMAKE and draft.separated(replaced.end):
        draft.put(
            AddSlide(key="measure", question=replaced.question, mark=replaced.mark, after=refs.ids[0]),
            RemoveSlide(slide=refs.ids[0]),
        )
        return replaced.end
    targets = refs.ids if refs else ()
    found = modifiers(draft, end, targets)
    if found is None:
        return None
    draft.sure[count:] = [Sure.CERTAIN] * (len(draft.sure) - count)
    if refs and draft.missing(refs):
        return found
    draft.targets = targets
    return found


def _numbered(draft: Drafting, at: int, *, led: bool) -> Refs | None:
    """Return a bare number as a slide where `only` or a colon follows: `3 only EMEA`."""
    refs = draft.refs(at, bare=True)
    if refs is None:
        return None
    after = draft.key(at + refs.length)
    if _gone(draft, at + refs.length) or (led and draft.said.values_at(at + refs.length)):
        return refs
    return refs if after in {"only", "just", ":"} and draft.said.values_at(at + refs.length + 1) else None


def _gone(draft: Drafting, at: int) -> int | None:
    for words in _GONE:
        if draft.keys[at : at + len(words)] == words and draft.separated(at + len(words)):
            return at + len(words)
    return None
