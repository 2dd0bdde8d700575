"""Edits of what is looked at: filters, period, as-of day, currency; on the report or on slides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.agent.draft import Drafting, Sure
from bot.agent.intents import Problem
from bot.agent.lexicon import chosen
from bot.agent.utterance import Value, filters_of
from reports.edits import ClearFilter, Op, SetAsOf, SetBreakdown, SetCurrency, SetFilter, SetMark, SetPeriod
from reports.facts import Dim

# Verbs that nobody uses for anything but the deck; `for`, `in`, `to`, `do`, `with` … are used for everything.
_DECISIVE = {
    "show", "showing", "shows", "display", "make", "change", "switch", "convert", "set", "turn", "express", "expressed",
    "shown", "denominated", "redo", "back", "return", "limit", "restrict", "narrow", "filter", "scope", "use", "rerun",
    "same", "give", "report", "amounts", "numbers", "values", "all", "everything",
}  # fmt: skip
# `only` in these words is talk as often as an order.
_SOFT_ONLY = {"focus", "zoom", "drill"}
_WEAK_WITHOUT = {"no", "not", "less", "ignore", "other", "apart", "lose"}
# No lead (`could it only show …`) has more words; the bound keeps long messages cheap.
_LONGEST_LEAD = 12
# Verbs whose `out` stands behind what goes: `take APAC out`.
_PARTED = {"take", "leave", "strip"}
_LABELS = {"period", "currency", "timeframe", "quarter", "dates"}
_AFTERWARDS = {"only", "instead", "alone"}
# Led by one of these, a place or a time answers a question more often than it changes a deck.
_LOOSE = {"in", "on", "to", "at", "by", "with", "of", "as", "into", "be", "do", "until", "see"}


@dataclass(frozen=True, slots=True)
class Modifier:
    """One thing to look at differently: how to make its ops for a target, where it ends, how sure it is."""

    make: Callable[[str], tuple[Op, ...]]
    end: int
    sure: Sure
    whole: bool = False  # said of the whole report, or has no target at all
    named: bool = False  # a person or an account: `only Jonas` is talk more often than an edit
    read_as: tuple[str, ...] = ()  # what a word was taken for where that is not plain


def modifiers(draft: Drafting, at: int, targets: tuple[str, ...]) -> int | None:
    """Read one or more modifiers from `at` for the targets (slide ids; none: the report) and keep their ops.

    Returns the place behind them, None where there is none. `… on slide 3` behind one says where that one goes.
    """
    end: int | None = None
    place = at
    while True:
        found = _modifier(draft, place, targets)
        if found is None:
            return end
        place = _keep(draft, found, targets)
        end = place
        following = place
        while (step := draft.separator(following)) and draft.key(following) != "\n":
            following += step
        if _own_clause(draft, following):
            return end
        place = following


def _keep(draft: Drafting, found: Modifier, targets: tuple[str, ...]) -> int:
    """Keep a modifier's ops on the slides named behind it, else on `targets`; return where it ends."""
    end = found.end
    sure = found.sure
    place = end
    if draft.key(place) in {"on", "in", "for", "to", "at", "of"}:
        whole = draft.report_at(place + 1)
        refs = draft.refs(place + 1)
        if refs is not None:
            draft.missing(refs)
            draft.targets = refs.ids
            targets, end, sure = refs.ids, place + 1 + refs.length, Sure.CERTAIN
            if not refs.ids:
                return end
        elif whole:
            targets, end, sure = (), place + 1 + whole, Sure.CERTAIN
    elif (refs := draft.refs(place)) and refs.explicit and draft.separated(place + refs.length):
        draft.missing(refs)
        targets, end, sure = refs.ids, place + refs.length, Sure.CERTAIN
        draft.targets = refs.ids
    where = ("report",) if found.whole or not targets else targets
    for target in where:
        draft.put(*found.make(target), sure=Sure.CERTAIN if targets else sure)
    draft.read_as += found.read_as
    return end


def _own_clause(draft: Drafting, at: int) -> bool:
    """Say whether a clause with its own slides or verb begins at `at`."""
    if draft.has("add_strong", at) or draft.has("title", at) or draft.has("note", at) or draft.report_at(at):
        return True
    for name in ("move", "drop", "replace", "swap", "keep"):
        length = draft.has(name, at)
        if length and draft.refs(draft.articles(at + length), bare=True):
            return True
    refs = draft.refs(at, bare=False)
    return refs is not None


def _modifier(  # noqa: C901, PLR0912 — one branch for each word that may lead
    draft: Drafting, at: int, targets: tuple[str, ...]
) -> Modifier | None:
    start = at
    negated = draft.has("without", at)
    if negated:
        found = _cleared(draft, at) or _without(draft, at, negated)
        if found is not None:
            return found
    certain = False
    while at < min(len(draft.keys), start + _LONGEST_LEAD):
        length = draft.has("only", at)
        soft = draft.key(at) in _SOFT_ONLY
        if length:
            certain = certain or not soft
            at += length
            continue
        length = draft.has("show", at)
        if length > draft.has("everything", at) and not draft.said.as_of_at(at):
            certain = certain or any(word in _DECISIVE for word in draft.keys[at : at + length])
            at += length
            continue
        if draft.key(at) in _LABELS and (
            at > start or draft.key(at + 1) in {":", "=", "to"} or draft.key(at) == "currency"
        ):
            certain, at = True, at + 1
            continue
        if draft.key(at) in {"the", "a", "an", ":", "=", "it", "to"} and at > start:
            at += 1
            continue
        break
    readers = (_cleared, _as_of, _currency, _filter, _period, *((_breakdown, _mark) if targets else ()))
    draft.targets_now, draft.bare = targets, at if at == start else -1
    for reader in readers:
        found = reader(draft, at)
        if found is not None:
            break
    else:
        return None
    end = found.end
    read_as = draft.said.bent(at, end) if reader in {_as_of, _period} else ()
    if reader is _period:
        end = draft.said.behind_nouns(end)
    while draft.key(end) in _AFTERWARDS:
        certain, end = True, end + 1
    if draft.has("only", end) and draft.separated(end + draft.has("only", end)):
        certain, end = True, end + draft.has("only", end)
    sure = found.sure
    if certain and (draft.addressed or not found.named):
        sure = Sure.CERTAIN
    elif at > start and _LOOSE & {draft.key(at - 1), draft.key(start)} and sure is Sure.ASKED:
        sure = Sure.TALK
    return Modifier(found.make, end, sure, found.whole, read_as=read_as)


def _filters(values: tuple[Value, ...], *, negate: bool) -> Callable[[str], tuple[Op, ...]]:
    filters = filters_of(values, negate=negate)
    return lambda target: tuple(SetFilter(target=target, filter=item) for item in filters)


def _unknown(draft: Drafting, values: tuple[Value, ...]) -> bool:
    """Note values that the company does not have; say whether there are any."""
    for value in values:
        if not value.known:
            known = draft.said.lexicon.values.get(value.dim, ())
            draft.problems.append(
                Problem(
                    kind="value",
                    value=value.value,
                    known=tuple(known),
                    message=f"There is no {value.dim} {value.value!r}; there is {', '.join(known[:12]) or 'none'}.",
                )
            )
    return any(not value.known for value in values)


def _filter(draft: Drafting, at: int) -> Modifier | None:
    found = draft.said.values_at(at)
    if found is None or not _plain(draft, at, found[0]):
        return None
    values, length = found
    named = any(value.named for value in values)
    if not draft.addressed and (
        (named and at == draft.bare) or any(_unsaid(draft, at, value) for value in values)
    ):
        return None
    explicit = draft.key(at + 1) in {"=", ":"}
    _unknown(draft, values)
    known = tuple(value for value in values if value.known)
    sure = Sure.CERTAIN if explicit else Sure.TALK if named else Sure.ASKED
    return Modifier(_filters(known, negate=False), at + length, sure, named=named)


def _unsaid(draft: Drafting, at: int, value: Value) -> bool:
    """Say whether `region: not sure` is no filter: an unknown value counts only with an equals sign."""
    return not value.known and "=" not in draft.keys[at : at + value.length]


def _plain(draft: Drafting, at: int, values: tuple[Value, ...]) -> bool:
    """Say whether the words are values here and not a measure (`commit by region`)."""
    del values
    found = draft.said.meanings_at(at)
    if found and chosen(found[0], "measure"):
        return draft.said.by_at(at + found[1]) is None
    return True


def _without(draft: Drafting, at: int, length: int) -> Modifier | None:
    place = draft.articles(at + length)
    found = draft.said.values_at(place)
    if found is None:
        return None
    parted = draft.key(at) in _PARTED and length == 1
    if parted and draft.key(place + found[1]) not in {"out", "off", "away"}:
        return None
    _unknown(draft, found[0])
    values = tuple(value for value in found[0] if value.known)
    named = any(value.named for value in values)
    weak = draft.key(at) in _WEAK_WITHOUT
    sure = Sure.TALK if named else Sure.ASKED if weak else Sure.CERTAIN
    return Modifier(_filters(values, negate=True), place + found[1] + parted, sure)


def _cleared(draft: Drafting, at: int) -> Modifier | None:
    """Read `all regions`, `no filters`, `remove the emea filter`, `whole company`."""
    place, verb = at, draft.has("clear", at)
    if verb:
        dim: Dim | None = None
        place = at + verb
        while place < len(draft.keys):
            value, named = draft.said.value_at(place), draft.said.dim_at(place)
            if draft.has("filters", place):
                place += draft.has("filters", place)
                return Modifier(_clear(dim), place, Sure.CERTAIN)
            if draft.key(place) in {"the", "all", "that", "any", "my", "this", "only"}:
                place += 1
            elif value is not None:
                dim, place = value.dim, place + value.length
            elif named is not None:
                dim, place = named[0], place + named[1]
            else:
                break
    if draft.key(at) in {"all", "every", "any"}:
        place = at + 1 + (draft.key(at + 1) == "the")
        named = draft.said.dim_at(place)
        behind = place + (named[1] if named else 0)
        if named is not None and (draft.separated(behind) or draft.key(behind) in {"on", "for", "in"}):
            return Modifier(_clear(named[0]), place + named[1], Sure.CERTAIN)
    length = draft.has("everything", at)
    if not length:
        return None
    words = draft.keys[at : at + length]
    plain = any(word.startswith("filter") or word in {"unfiltered", "company"} for word in words)
    return Modifier(_clear(None), at + length, Sure.CERTAIN if plain else Sure.ASKED)


def _clear(dim: Dim | None) -> Callable[[str], tuple[Op, ...]]:
    return lambda target: (ClearFilter(target=target, dim=dim),)


def _as_of(draft: Drafting, at: int) -> Modifier | None:
    found = draft.said.as_of_at(at)
    if found is None:
        return None
    day, length = found
    if day is None:
        return None
    if day > draft.said.clock.today:
        message = (
            f"{day:%d %b %Y} has not come yet; say a day up to today ({draft.said.clock.today:%d %b %Y})."
        )
        draft.problems.append(Problem(kind="day", value=day.isoformat(), message=message))
        return Modifier(lambda _target: (), at + length, Sure.CERTAIN, whole=True)
    if day == draft.said.clock.today:
        return Modifier(lambda _target: (SetAsOf(day=None),), at + length, Sure.CERTAIN, whole=True)
    instant = draft.said.clock.calendar.end_of(day)
    return Modifier(lambda _target: (SetAsOf(day=day, at=instant),), at + length, Sure.CERTAIN, whole=True)


def _currency(draft: Drafting, at: int) -> Modifier | None:
    found = draft.said.lexicon.words.currencies.at(draft.keys, at)
    if found is None:
        return None
    code, length = found
    known = draft.said.lexicon.currencies
    if code not in known:
        message = f"There is no plan rate for {code}; amounts can be shown in {', '.join(known)}."
        draft.problems.append(Problem(kind="currency", value=code, known=known, message=message))
        return Modifier(lambda _target: (), at + length, Sure.CERTAIN)
    led = draft.key(at - 1) in {"in", "to", "into", "use", "as"}
    sure = Sure.CERTAIN if led else Sure.ASKED
    return Modifier(lambda target: (SetCurrency(target=target, currency=code),), at + length, sure)


def _period(draft: Drafting, at: int) -> Modifier | None:
    found = draft.said.period_at(at, "near")
    if found is None:
        return None
    name, length = found
    past = draft.said.clock.calendar.parse(name, draft.said.clock.today).end <= draft.said.clock.today
    led = draft.key(at - 1)
    quarterly = "quarter" in name or "-Q" in name or "year" in name or name.startswith("FY")
    relative = name.startswith("last-") and quarterly
    sure = Sure.ASKED if quarterly else Sure.TALK
    if past and quarterly and (led == "for" or (relative and led not in _LOOSE)):
        sure = Sure.CERTAIN
    return Modifier(lambda target: (SetPeriod(target=target, period=name),), at + length, sure)


def _breakdown(draft: Drafting, at: int) -> Modifier | None:
    """Read `by region` (the lead `by` may have been taken): only slides of a measure can be broken down."""
    start = at - 1 if draft.key(at - 1) == "by" else at
    found = draft.said.by_at(start)
    if found is None:
        return None
    dims, length = found
    _fixed_form(draft, draft.targets_now)

    def make(target: str) -> tuple[Op, ...]:
        return () if target == "report" else (SetBreakdown(slide=target, by=dims),)

    return Modifier(make, start + length, Sure.ASKED)


def _fixed_form(draft: Drafting, targets: tuple[str, ...]) -> None:
    """Note slides of the report's kind: those can be neither broken down nor drawn in another way."""
    for slide in targets:
        number = draft.posted.number_of(slide)
        if number is not None and not draft.posted.measures[draft.posted.ids.index(slide)]:
            message = (
                f"Slide {number} has a fixed form; add a slide instead, for example: add win rate by segment."
            )
            draft.problems.append(Problem(kind="edit", value=str(number), message=message))


def _mark(draft: Drafting, at: int) -> Modifier | None:
    place = draft.articles(at)
    found = draft.said.lexicon.words.marks.at(draft.keys, place)
    if found is None:
        return None
    mark, length = found
    _fixed_form(draft, draft.targets_now)

    def make(target: str) -> tuple[Op, ...]:
        return () if target == "report" else (SetMark(slide=target, mark=mark),)  # type: ignore[arg-type]

    return Modifier(make, place + length, Sure.ASKED)
