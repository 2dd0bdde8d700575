"""Edits that bring a slide: `add win rate by segment after 3`, `replace slide 4 with …`, `bring back the appendix`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.agent.draft import Drafting
from bot.agent.grains import grain_at
from bot.agent.intents import Problem
from bot.agent.lexicon import chosen
from bot.agent.utterance import Value, filters_of
from reports.edits import AddSlide, RemoveSlide
from reports.facts import Dim
from reports.spec import Grain, Mark, Question

_NOUNS = {
    "slide",
    "slides",
    "chart",
    "table",
    "graph",
    "page",
    "view",
    "one",
    "new",
    "another",
    "extra",
    "more",
    "separate",
    "additional",
    "also",
    "section",
}
_LEADS = {
    "with",
    "for",
    "of",
    "on",
    "showing",
    "about",
    "that",
    "shows",
    ":",
    "-",
    "the",
    "a",
    "an",
    "our",
    "to",
    "show",
    "us",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to be put on a slide, how it is drawn, and where its words end."""

    question: Question
    mark: Mark | None
    end: int


def question_at(draft: Drafting, at: int) -> Asked | None:  # noqa: C901, PLR0912 — one branch a part of a question
    """Return the question that begins at `at`: a measure with by, filters, period, comparison, top N and chart."""
    said, place = draft.said, at
    measure: str | None = None
    by: tuple[Dim, ...] = ()
    values: list[Value] = []
    period: str | None = None
    compare = mark = None
    limit: int | None = None
    end = at
    while place < len(draft.keys):
        meanings = said.meanings_at(place)
        meant = chosen(meanings[0], "measure") if meanings else None
        if measure is None and meant is not None and meanings is not None:
            measure, place = meant.value, place + meanings[1]
        elif compared := said.lexicon.words.compare.at(draft.keys, place):
            compare, place = compared[0], place + compared[1]
        elif grouped := said.by_at(place):
            by, place = grouped[0], place + grouped[1]
        elif limited := said.limit_at(place):
            limit, place = limited[0], place + limited[1]
        elif drawn := _drawn(draft, place):
            mark, place = drawn
        elif spanned := said.period_at(place, "near"):
            period, place = spanned[0], place + spanned[1]
        elif named := said.values_at(place, names=True):
            if any(not value.known for value in named[0]):
                break
            values += named[0]
            place += named[1]
        elif draft.key(place) in {
            "for",
            "in",
            "only",
            "just",
            "of",
            "on",
            "the",
            "our",
            "as",
            "a",
            "during",
            "over",
            "with",
        }:
            if measure is None and draft.key(place) not in {"the", "our", "a", "of"}:
                break
            place += 1
            continue
        else:
            break
        end = place
    if measure is None:
        return None
    default = said.lexicon.words.raw["defaults"]
    question = Question(
        measure=measure,
        by=by or ((default["by"][measure],) if measure in default["by"] else ()),
        period=period,
        filters=filters_of(values),
        compare=compare,  # type: ignore[arg-type]
        limit=limit,
        order="desc" if limit else "natural",
    )
    return Asked(question, mark, end)  # type: ignore[arg-type]


def _drawn(draft: Drafting, at: int) -> tuple[str, int] | None:
    """Return the chart of `as a bar chart`, and where its words end."""
    place = at
    if draft.key(place) in {"as", "in"}:
        place += 1
        while draft.key(place) in {"a", "an", "the"}:
            place += 1
    found = draft.said.lexicon.words.marks.at(draft.keys, place)
    return (found[0], place + found[1]) if found and (place > at or found[1] > 1) else None


def add(draft: Drafting, at: int) -> int | None:
    """Read `add win rate by segment after 3`, `include a slide with bookings by region`, `bring back the appendix`."""
    verb = draft.has("add_strong", at)
    weak = 0 if verb else draft.has("add", at)
    carried = not verb and not weak and draft.verb == "add"
    if not verb and not weak and not carried:
        return None
    place, nouns = at + (verb or weak), 0
    where = _where(draft, place)
    if where is not None:
        place = where[2]
    while draft.key(place) in _NOUNS or draft.key(place) in _LEADS:
        nouns += draft.key(place) in {"slide", "chart", "table", "graph", "page"}
        place += 1
    back = _add_back(draft, at, at + (verb or weak)) if verb else None
    if back is not None:
        return back
    found = question_at(draft, place)
    if found is None:
        return None
    end = found.end
    if draft.addressed and (grain := grain_at(draft.keys, end)):
        return _no_grain(draft, place, end + grain[1], grain[0])
    while draft.key(end) in {"slide", "chart", "table", "page"}:
        end += 1
    behind = _where(draft, end)
    if behind is not None:
        where, end = behind, behind[2]
    if weak and not nouns and where is None:
        return None
    if not (draft.separated(end) or draft.key(end) == "?"):
        return None
    draft.put(
        AddSlide(
            key="measure",
            question=found.question,
            mark=found.mark,
            after=where[0] if where else None,
            before=where[1] if where else None,
        )
    )
    draft.verb = "add"
    return end


def _no_grain(draft: Drafting, start: int, end: int, grain: Grain) -> int:
    """Note that a slide holds one period, and what gives the table of several."""
    asked = draft.said.raw(start, end)
    message = f"A slide cannot show every {grain} yet; ask for the table here: {asked}."
    draft.problems.append(Problem(kind="edit", value=asked, message=message))
    return end


def _add_back(draft: Drafting, at: int, place: int) -> int | None:
    """Read `bring back the coverage slide`: a slide of the report's kind that was left out."""
    place = draft.articles(place)
    found = draft.said.lexicon.words.slides.at(draft.keys, place)
    if found is None:
        return None
    key, length = found
    end = place + length
    named = draft.key(end) in {"slide", "page"}
    if not named and key != "appendix":
        return None
    end += named
    if draft.key(end) == "back":
        end += 1
    if key in draft.posted.keys:
        if draft.key(at) not in {"bring", "put", "restore"} and draft.keys[at : at + 2] != ("add", "back"):
            return None
        number = draft.posted.numbers[draft.posted.keys.index(key)]
        message = f"That slide is already there: it is slide {number}."
        draft.problems.append(Problem(kind="edit", value=draft.said.raw(at, end), message=message))
        return end
    where = _where(draft, end)
    draft.put(AddSlide(key=key, after=where[0] if where else None, before=where[1] if where else None))
    return where[2] if where else end


def _where(draft: Drafting, at: int) -> tuple[str | None, str | None, int] | None:
    """Return (after, before, end) of `after slide 3`, `before 2`, `at the end`, `as slide 3`."""
    for name in ("first", "last"):
        length = draft.has(name, at)
        if length and draft.separated(at + length):
            if name == "last":
                return (draft.posted.ids[-1] if draft.posted.ids else None), None, at + length
            return None, (draft.posted.ids[0] if draft.posted.ids else None), at + length
    place = at + 1 if draft.key(at) in {"right", "directly", "just", "and", "as", "at"} else at
    for name in ("after", "before", "as"):
        length = draft.has(name, place) if name != "as" else int(draft.key(at) in {"as", "at"})
        if not length:
            continue
        start = draft.articles(place + length) if name != "as" else at + 1
        while draft.key(start) in {"position", "number"}:
            start += 1
        refs = draft.refs(start, bare=True, many=False)
        if refs is None:
            continue
        if draft.missing(refs):
            return None, None, start + refs.length
        if name == "after":
            return refs.ids[0], None, start + refs.length
        return None, refs.ids[0], start + refs.length
    return None


def replace(draft: Drafting, at: int) -> int | None:
    """Read `replace slide 4 with win rate by segment`: the old one out, the new one in its place."""
    verb = draft.has("replace", at)
    refs = draft.refs(draft.articles(at + verb), bare=True) if verb else None
    if refs is None:
        return None
    place = draft.articles(at + verb) + refs.length
    if draft.key(place) not in {"with", "by", "for"}:
        return None
    found = question_at(draft, place + 1)
    if found is None:
        return None
    if not draft.missing(refs) and refs.ids:
        draft.put(
            AddSlide(key="measure", question=found.question, mark=found.mark, after=refs.ids[-1]),
            *(RemoveSlide(slide=slide) for slide in refs.ids),
        )
    return found.end
