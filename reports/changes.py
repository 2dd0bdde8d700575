"""What a revision changed, in people's words: computed from specs and decks, never written by a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from reports.deck import Deck, Slide
from reports.facts import Filter
from reports.spec import Question, ReportSpec, SlideSpec

# Facts that are listed old → new when records were fetched again; the rest is counted.
_FACTS_SHOWN = 6
# The first line of a revision that shows what the one before did.
NOTHING = "Nothing changed"


def describe(
    before: ReportSpec, after: ReportSpec, deck_before: Deck, deck_after: Deck, *, zone: ZoneInfo
) -> tuple[str, ...]:
    """Return what changed, one line each, then `r1 → r2`, then which slides are unchanged.

    Slides that are gone are named by their old number, all others by their new one. A slide is unchanged when
    all that it shows is. Where records were fetched again, the facts that moved are listed old → new. An instant is
    named by its day in `zone`.
    """
    lines = [
        *_report(before, after, deck_after, zone),
        *_slides(before, after, deck_before, deck_after),
        *_notes(before, after),
        *_facts(before, after, deck_before, deck_after),
    ]
    if not lines:
        lines = [NOTHING]
    lines.append(f"r{deck_before.revision} → r{deck_after.revision}")
    same = _unchanged(deck_before, deck_after)
    if same:
        lines.append(f"unchanged: {', '.join(str(number) for number in same)}")
    return (lines[0][:1].upper() + lines[0][1:], *lines[1:])


def _report(before: ReportSpec, after: ReportSpec, deck: Deck, zone: ZoneInfo) -> list[str]:
    lines = []
    if before.filters != after.filters:
        lines.append(f"the report now shows {_only(deck.scope)}")
    if before.period != after.period:
        lines.append(f"the report now looks at {_period(after.period)} (was {_period(before.period)})")
    if before.as_of != after.as_of:
        lines.append(f"the report is now {_as_of(after, zone)}")
    if before.currency != after.currency:
        lines.append(f"amounts are now in {after.currency or 'the company currency'}")
    return lines


def _slides(before: ReportSpec, after: ReportSpec, deck_before: Deck, deck_after: Deck) -> list[str]:
    old_numbers, new_numbers = _numbers(deck_before, before), _numbers(deck_after, after)
    gone = [slide for slide in before.slides if after.slide(slide.id) is None]
    new = [slide for slide in after.slides if before.slide(slide.id) is None]
    drawn = {slide.id: slide for slide in deck_after.slides}
    lines = []
    for slide in after.slides:
        old = before.slide(slide.id)
        if old is not None and old != slide:
            number = new_numbers.get(slide.id)
            was = old_numbers.get(slide.id)
            name = f"slide {number}" + (f" (was {was})" if was != number else "")
            lines += [f"{name} {change}" for change in _slide(old, slide, drawn.get(slide.id))]
    if gone:
        lines.append(_listed([old_numbers.get(slide.id) for slide in gone], "dropped"))
    for slide in new:
        lines.append(f"slide {new_numbers.get(slide.id)} added: {_shown(slide, deck_after)}")
    lines += _moves(before, after, old_numbers, new_numbers)
    return lines


def _slide(old: SlideSpec, new: SlideSpec, drawn: Slide | None) -> list[str]:
    """Return what changed on one slide, each to be read behind its number."""
    changes = []
    if (old.filters, old.lifted) != (new.filters, new.lifted):
        scope = drawn.scope if drawn else _scope(new.filters)
        own = new.filters or new.lifted
        changes.append(f"now shows {_only(scope)}" if own else "now shows the report's scope")
    if old.period != new.period:
        changes.append(
            f"now looks at {_period(new.period)}" if new.period else "now looks at the report's period"
        )
    if old.currency != new.currency:
        changes.append(f"is now in {new.currency or 'the report currency'}")
    if old.title != new.title:
        changes.append(
            f"has a title by {new.title.by}, not computed: “{new.title.text}”"
            if new.title
            else "has its computed title again"
        )
    if old.question != new.question and new.question is not None:
        changes.append(f"now shows {_question(new.question)}")
    if old.mark != new.mark:
        changes.append(f"is now a {'table' if new.mark == 'table' else f'{new.mark} chart'}")
    return changes


def _moves(
    before: ReportSpec, after: ReportSpec, old_numbers: dict[str, int], new_numbers: dict[str, int]
) -> list[str]:
    """Return the slides that changed their place among those that stayed: the fewest moves that explain the order."""
    kept = [slide.id for slide in before.slides if after.slide(slide.id) is not None]
    order = [slide.id for slide in after.slides if slide.id in set(kept)]
    if kept == order:
        return []
    places = [kept.index(slide_id) for slide_id in order]
    still = set(_longest_rising(places))
    moved = [slide_id for slide_id, place in zip(order, places, strict=True) if place not in still]
    return [f"slide {old_numbers.get(slide_id)} moved to {new_numbers.get(slide_id)}" for slide_id in moved]


def _longest_rising(places: Sequence[int]) -> list[int]:
    """Return a longest rising subsequence: the slides that can be said to have stayed."""
    best: list[list[int]] = []
    for place in places:
        longest = max((run for run in best if run[-1] < place), key=len, default=[])
        best.append([*longest, place])
    return max(best, key=len, default=[])


def _notes(before: ReportSpec, after: ReportSpec) -> list[str]:
    added = [note for note in after.notes if note not in before.notes]
    removed = [note for note in before.notes if note not in after.notes]
    return [
        *(f"note on {note.deal} by {note.words.by}: “{note.words.text}”" for note in added),
        *(f"note on {note.deal} removed" for note in removed),
    ]


def _facts(before: ReportSpec, after: ReportSpec, deck_before: Deck, deck_after: Deck) -> list[str]:
    """Return the facts of unedited slides that moved because the records were fetched again."""
    if deck_before.generation == deck_after.generation and deck_before.as_of == deck_after.as_of:
        return []
    lines = []
    if before.as_of == after.as_of:
        lines.append("records fetched again")
    seen: set[tuple[str, str, str]] = set()
    for slide, old in _pairs(deck_before, deck_after):
        known = {fact.id: fact for fact in old.facts}
        for fact in slide.facts:
            was = known.get(fact.id)
            if was is None or was.text == fact.text or (fact.source, was.text, fact.text) in seen:
                continue
            seen.add((fact.source, was.text, fact.text))
            lines.append(f"slide {slide.number}, {fact.source}: {was.text} → {fact.text}")
    extra = len(lines) - _FACTS_SHOWN - 1
    return [*lines[: _FACTS_SHOWN + 1], f"and {extra} more figures moved"] if extra > 0 else lines


def _unchanged(deck_before: Deck, deck_after: Deck) -> list[int]:
    """Return the new numbers of the slides that show exactly what they showed, but for the revision in the footer."""
    return [
        slide.number
        for slide, old in _pairs(deck_before, deck_after)
        if _content(slide, deck_after) == _content(old, deck_before)
    ]


def _content(slide: Slide, deck: Deck) -> Slide:
    """Return what a slide shows, without its number and without the name of its revision."""
    footer = slide.footer.replace(f"r{deck.revision}, {deck.state}", "")
    return slide.model_copy(update={"number": 0, "footer": footer})


def _pairs(deck_before: Deck, deck_after: Deck) -> Iterable[tuple[Slide, Slide]]:
    """Yield every slide that is in both decks: the new one, then the old one."""
    known = {slide.id: slide for slide in deck_before.slides}
    return ((slide, known[slide.id]) for slide in deck_after.slides if slide.id in known)


def _numbers(deck: Deck, spec: ReportSpec) -> dict[str, int]:
    """Return the number of every slide: as posted, else by its place in the spec."""
    return {slide.id: place for place, slide in enumerate(spec.slides, start=1)} | {
        slide.id: slide.number for slide in deck.slides
    }


def _listed(numbers: Sequence[int | None], what: str) -> str:
    shown = [str(number) for number in numbers]
    if len(shown) == 1:
        return f"slide {shown[0]} {what}"
    return f"slides {', '.join(shown[:-1])} and {shown[-1]} {what}"


def _shown(slide: SlideSpec, deck: Deck) -> str:
    """Return what an added slide shows: its question in words, else its title."""
    if slide.question is not None:
        return _question(slide.question)
    drawn = next((item for item in deck.slides if item.id == slide.id), None)
    return drawn.title.text if drawn else slide.key.replace("_", " ")


def _question(question: Question) -> str:
    """Return `win rate by segment, EMEA only, last quarter, top 5`."""
    words = question.measure.replace("_", " ")
    if question.by:
        words += f" by {' and '.join(question.by)}"
    parts = [words]
    if question.filters:
        parts.append(_only(_scope(question.filters)))
    if question.period:
        parts.append(_period(question.period))
    if question.compare:
        parts.append(f"against {question.compare.replace('_', ' ').replace('prior', 'the prior')}")
    if question.limit:
        parts.append(f"top {question.limit}")
    return ", ".join(parts)


def _scope(filters: Sequence[Filter]) -> str:
    """Return `EMEA, ENT`, `all but APAC`; `everything` without a filter: for a slide that is not drawn."""
    return (
        ", ".join(("all but " if item.negate else "") + " or ".join(item.values) for item in filters)
        or "everything"
    )


def _only(scope: str) -> str:
    """Return a scope as what is shown: `EMEA only`, `all but APAC`, `all regions`."""
    return scope if scope.startswith(("all ", "everything")) or ", all but " in scope else f"{scope} only"


def _period(name: str) -> str:
    """Return a period's name as people say it: `last quarter`, `FY26-Q3`."""
    return name.replace("-", " ") if name[:1].islower() else name.replace("..", " to ")


def _as_of(spec: ReportSpec, zone: ZoneInfo) -> str:
    return (
        "as of the newest records"
        if spec.as_of is None
        else f"as of {spec.as_of.astimezone(zone):%d %b %Y}".replace("of 0", "of ")
    )
