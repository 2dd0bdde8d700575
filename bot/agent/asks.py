"""Questions to a measure, and their follow-ups: what nobody said is assumed, said, and offered otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bot.agent.grains import default_span
from bot.agent.intents import Alternative, Ask, FollowUp, Intent, Unread
from bot.agent.lexicon import Lexicon, chosen
from bot.agent.scan import Scan
from reports.facts import Dim, Filter
from reports.measures import CATALOGUE
from reports.spec import Question

# Measures of one instant: a past day, week or month means the state at its end.
_STANDING = {"open_pipeline", "commit", "best_case", "coverage", "gap", "attainment", "target"}
# Measures of what happened: a day means what happened on it.
_DAILY = {
    "bookings", "lost", "pipeline_created", "win_rate", "win_rate_value", "average_deal_size", "sales_cycle",
}  # fmt: skip
# Measures whose words (`how is`, `target`) go with others, as in `bookings vs target`.
_SAID_WITH = {"attainment", "gap", "target"}
_SHORT = 31
_CUTS: tuple[tuple[Dim, str], ...] = (("region", "By region"), ("segment", "By segment"), ("owner", "By rep"))
_BEST = {"best", "most", "highest", "biggest", "largest", "top", "beste", "bester", "besten", "meilleur"}
_WORST = {"worst", "least", "lowest", "smallest", "behind"}
_VERSUS = {
    "vs",
    "versus",
    "compare",
    "or",
    "against",
    "compared",
    "vergleiche",
    "vergleich",
    "gegen",
    "comparer",
}
_ASKED_BARE: tuple[Dim, ...] = ("owner", "region", "segment", "manager", "team", "product", "source", "stage")
_RANKED: tuple[Dim, ...] = (*_ASKED_BARE, "account", "type")


@dataclass(frozen=True, slots=True)
class _When:
    """For which period and as of which day a question is meant, and what of it had to be assumed."""

    period: str | None
    as_of: date | None
    assumed: tuple[str, ...] = ()


def ask(found: Scan, measure: str, filters: tuple[Filter, ...]) -> Ask:
    """Return the question to a measure, with what nobody said filled in from the company's defaults."""
    lexicon = found.said.lexicon
    filters = merged(filters)
    found = _developed(found, measure)
    by, assumed_by = _by(found, measure, filters, ranked=bool(_superlatives(found)))
    spans = _spans(found, measure)
    when = _when(found, measure)
    period = None if spans else when.period
    assumed = [*when.assumed, *assumed_by]
    if found.grain and period is None:
        clock, backward = lexicon.clock, measure in lexicon.words.backward
        period = default_span(found.grain, clock.calendar, clock.today, backward=backward)
        assumed.insert(0, f"period: {clock.calendar.parse(period, clock.today).label}")
    elif period is None and not spans:
        default = lexicon.words.raw["defaults"]["period"].get(measure, "this-quarter")
        if found.compare == "prior_quarter" and default != "this-quarter":
            # Against last quarter stands this one, not twelve months.
            period = default = "this-quarter"
        assumed.insert(0, f"period: {default.replace('-', ' ')}")
    asked = Question(
        measure=measure,
        by=by,
        period=period,
        filters=filters,
        compare=found.compare,  # type: ignore[arg-type]
        order=_order(found) or "natural",
        limit=found.limit,
        grain=found.grain,
        spans=spans,
    )
    return Ask(
        question=asked,
        as_of=when.as_of,
        currency=currency_of(found),
        alternatives=() if found.grain or spans else alternatives(asked, lexicon),
        assumed=tuple(assumed),
        unread=(*found.unread(), *_others(found, measure)),
    )


def _others(found: Scan, measure: str) -> tuple[str, ...]:
    """Return the words for other measures than the one that is answered, as typed: one number is one question."""
    return tuple(
        found.said.raw(start, end)
        for meanings, start, end in found.hits
        if all(item.sort == "measure" and item.value not in {measure, *_SAID_WITH} for item in meanings)
    )


def _developed(found: Scan, measure: str) -> Scan:
    """Return what was recognised with a trend read as months of what happened, as the week before of what stands."""
    if not (found.trend or "changed" in found.of("topic")) or found.grain or found.compare:
        return found
    return replace(found, grain="month") if measure not in _STANDING else replace(found, compare="prior_week")


def _by(
    found: Scan, measure: str, filters: tuple[Filter, ...], *, ranked: bool
) -> tuple[tuple[Dim, ...], tuple[str, ...]]:
    """Return the dimensions to split by, and what of them was assumed."""
    by: tuple[Dim, ...] = tuple(found.by) or _named_dims(found)
    if by:
        return by, ()
    keys = set(found.said.keys)
    if ("who" in keys and (ranked or "short" in keys)) or "ranking" in found.nouns:
        return ("owner",), ()
    if measure == "open_pipeline" and any(
        item.dim == "category" and len(item.values) > 1 for item in filters
    ):
        return ("category",), ()
    if opposed := opposed_dims(found, filters):
        return opposed, ()
    raw = found.said.lexicon.words.raw["defaults"]
    defaults = raw["by"]
    if measure not in defaults or found.grain or len(set(found.periods)) > 1:
        return (), ()
    if measure in raw["bare"] and (found.periods or found.compare or filters):
        return (), ()
    dim = defaults[measure]
    narrow = {dim, "owner", "manager", "account"}
    if any(item.dim in narrow and len(item.values) == 1 and not item.negate for item in filters):
        return (), ()
    return (dim,), (f"by {dim}",)


def opposed_dims(found: Scan, filters: tuple[Filter, ...]) -> tuple[Dim, ...]:
    """Return the dimension whose values are held against each other: `emea vs apac`, `compare emea and amer`."""
    if not set(found.said.keys) & _VERSUS:
        return ()
    return tuple(item.dim for item in filters if len(item.values) > 1 and not item.negate)[:1]


def _spans(found: Scan, measure: str) -> tuple[str, ...]:
    """Return the periods that are held against each other, `q3 vs q4`; empty where there is one or none."""
    named = tuple(dict.fromkeys(found.periods))
    if found.grain or len(named) < 2 or CATALOGUE[measure].compares:
        return ()
    return () if measure in _STANDING and any(_past_day(found, name) for name in named) else named


def _past_day(found: Scan, name: str) -> bool:
    """Say whether a period is a short one that is over: of a standing measure that is a day, not a due date."""
    clock = found.said.clock
    span = clock.calendar.parse(name, clock.today)
    return span.end <= clock.today and (span.end - span.start).days <= _SHORT


def _when(found: Scan, measure: str) -> _When:
    """Return for when a question is meant: a past day is one to look from, or the day on which things happened."""
    clock = found.said.clock
    period, as_of = found.periods[0] if found.periods else None, found.as_of
    if (
        period is not None
        and as_of is None
        and measure in _STANDING
        and _standing_span(found, measure, period)
    ):
        # How much was open last week asks for that day's state, not for deals due last week.
        span = clock.calendar.parse(period, clock.today)
        last = date.fromordinal(span.end.toordinal() - 1)
        if last >= clock.today:
            return _When(None, None)
        return _When(None, last, (f"as of {last.day} {last:%b}",))
    if period == "this-week" and measure == "pipeline_created":
        # As on the slides: a week that has just begun is the seven days up to today.
        period = f"{date.fromordinal(clock.today.toordinal() - 6).isoformat()}..{clock.today.isoformat()}"
    if as_of is not None or not found.days:
        return _When(period, as_of)
    day = found.days[0]
    if day > clock.today:
        return _When(period or f"{clock.today.isoformat()}..{day.isoformat()}", None)
    if period is None and measure in _DAILY and "ago" not in found.said.keys:
        return _When(day.isoformat(), None)
    if period is None and CATALOGUE[measure].compares:
        return _When(f"{day.isoformat()}..{clock.today.isoformat()}", None)
    return _When(period, day)


def _standing_span(found: Scan, measure: str, period: str) -> bool:
    """Say whether a short period is meant as a day to look from: one that is over, and this week of a target."""
    return _past_day(found, period) or (CATALOGUE[measure].targets and period == "this-week")


def alternatives(asked: Question, lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Return the two or three likeliest other readings of what nobody said, each in words that read as it."""
    words, scope = asked.measure.replace("_", " "), scope_words(asked.filters)
    by = f" by {' and '.join(asked.by)}" if asked.by else ""
    defaults = lexicon.words.raw["defaults"]
    backward = asked.measure in defaults["backward"]
    period = (
        f" {asked.period.replace('-', ' ') if asked.period[:1].islower() else asked.period}"
        if asked.period
        else ""
    )
    found = []
    if asked.measure == "win_rate":
        found.append(Alternative(label="By value", text=f"win rate by value{period}{scope}"))
    if asked.period is None:
        if asked.measure == "open_pipeline":
            found.append(Alternative(label="All open", text=f"{words} all periods{scope}{by}"))
        if backward:
            other = (
                "this quarter" if asked.measure.startswith(("win", "average", "sales")) else "last quarter"
            )
            found.append(Alternative(label=other.capitalize(), text=f"{words} {other}{scope}{by}"))
        else:
            found.append(Alternative(label="Next quarter", text=f"{words} next quarter{scope}{by}"))
    taken = {item.dim for item in asked.filters if len(item.values) == 1} | set(asked.by)
    usual = defaults["by"].get(asked.measure)
    for dim, label in sorted(_CUTS, key=lambda cut: cut[0] != usual):
        if dim not in taken and len(found) < 3:
            found.append(Alternative(label=label, text=f"{words}{period}{scope} by {dim}"))
    return tuple(found[:3])


def follow_up(found: Scan, filters: tuple[Filter, ...], *, previous: bool) -> Intent:
    """Return a change of the previous question; a place or a time alone asks for its open pipeline.

    What holds a word that is not understood is no follow-up, unless it begins like one (`and`, `what about`).
    """
    by = tuple(found.by) or opposed_dims(found, merged(filters))
    spans = tuple(dict.fromkeys(found.periods)) if len(set(found.periods)) > 1 else ()
    as_of = found.as_of or next((day for day in found.days if day <= found.said.clock.today), None)
    said = bool(
        filters
        or by
        or found.grain
        or found.periods
        or found.compare
        or found.currency
        or as_of
        or found.limit
    )
    if not said or (found.unknown and not found.leads_on and (previous or not filters)):
        return Unread(unread=found.unread())
    if found.compare not in {None, "target"} and not (previous or found.leads_on):
        asked = ask(found, "bookings", filters)
        return asked.model_copy(update={"assumed": ("measure: bookings", *asked.assumed)})
    if found.compare or previous or found.leads_on or not (filters or found.periods):
        return FollowUp(
            compare=found.compare,  # type: ignore[arg-type]
            filters=merged(filters),
            by=by,
            period=found.periods[0] if found.periods and not spans else None,
            currency=currency_of(found),
            as_of=as_of,
            limit=found.limit,
            order=_order(found),
            grain=found.grain,
            spans=spans,
            unread=found.unread(),
        )
    if len(found.unknown) > len(found.said.keys) // 2:
        return Unread(unread=found.unread())
    asked = ask(found, "open_pipeline", filters)
    return asked.model_copy(update={"assumed": ("measure: open pipeline", *asked.assumed)})


def _order(found: Scan) -> Literal["asc", "desc"] | None:
    """Return which end is asked for first: `top 5`, `best`, `worst`; None where nobody said."""
    said = _superlatives(found)
    if said & _WORST:
        return "asc"
    return "desc" if found.limit or said or "ranking" in found.nouns else None


def _superlatives(found: Scan) -> set[str]:
    """Return the words for the upper or the lower end; the best of `best case` is none."""
    keys = set(found.said.keys)
    return keys & (_BEST | _WORST) - ({"best"} if "case" in keys else set())


def ranked(found: Scan) -> tuple[Dim, ...]:
    """Return the dimension whose best or largest values are asked for without a measure: `top reps`."""
    ranking = "ranking" in found.nouns
    if not (_superlatives(found) or found.limit or ranking):
        return ()
    for meanings, _, _ in found.hits:
        meaning = chosen(meanings, "dim")
        for dim in _RANKED:
            if meaning is not None and meaning.value == dim and not chosen(meanings, "value"):
                return (dim,)
    return ("owner",) if ranking else ()


def currency_of(found: Scan) -> str | None:
    """Return the currency that was named; None for the company's own."""
    return found.currency


def _named_dims(found: Scan) -> tuple[Dim, ...]:
    """Return the dimension that is asked for without `by`: `top 5 reps`, `which region`."""
    for meanings, _, _ in found.hits:
        meaning = chosen(meanings, "dim")
        for dim in _ASKED_BARE:
            if meaning is not None and meaning.value == dim and not chosen(meanings, "value"):
                return (dim,)
    return ()


def is_short(found: Scan) -> bool:
    """Say whether the period that was named is a month or less."""
    clock = found.said.clock
    span = clock.calendar.parse(found.periods[0], clock.today)
    return (span.end - span.start).days <= _SHORT


def merged(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return one filter per dimension and sign: several values of one dimension are alternatives."""
    values_of: dict[tuple[Dim, bool], list[str]] = {}
    for item in filters:
        values = values_of.setdefault((item.dim, item.negate), [])
        values += [value for value in item.values if value not in values]
    return tuple(
        Filter(dim=dim, values=tuple(values), negate=negate) for (dim, negate), values in values_of.items()
    )


def scope_words(filters: tuple[Filter, ...]) -> str:
    """Return filters in words that read as them again: ` region=EMEA segment=ENT`, ` without region=APAC`."""
    return "".join(
        f"{' without' if item.negate else ''} {item.dim}={value}" for item in filters for value in item.values
    )
